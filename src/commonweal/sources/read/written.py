"""How one file of records is written, as far as its name and its first bytes tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

from commonweal.errors import CommonwealError, Fault

Form = Literal["csv", "parquet", "json lines", "xml", "sheet", "sqlite", "duckdb"]


@dataclass(frozen=True, slots=True)
class Written:
    """One file of records: how it is written, and its columns in order.

    `columns` is None where only the whole file tells (JSON lines and XML, whose records name their own).
    `part` is the sheet, table or repeated element. `folders` are the columns that the folders of a parted
    table are named by (`year=2016`), with the text each has in this file.
    """

    path: Path
    form: Form
    columns: tuple[str, ...] | None
    delimiter: str = ","
    part: str = ""
    folders: tuple[tuple[str, str | None], ...] = ()

    def place(self, number: int) -> str:
        """What messages call the place of one of its records: a line, a row, or the number of a record.

        >>> Written(Path("a/food.csv"), "csv", ("id",)).place(17)
        'food.csv:17'
        >>> Written(Path("a/food.xml"), "xml", None, part="Place").place(17)
        'food.xml, record 17'
        """
        name = self.path.name
        if self.form in ("csv", "json lines"):
            return f"{name}:{number}"
        if self.form == "sheet" and self.part:
            return f"{name}, sheet {self.part}, row {number}"
        return f"{name}, {'record' if self.form == 'xml' else 'row'} {number}"


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Some records of a file in order, all columns text, an empty cell null, each with its place.

    `broken` are the places of rows that could not be taken apart.
    """

    frame: pl.DataFrame
    places: Sequence[int]
    broken: tuple[int, ...] = ()


Batches = Iterator[Batch]

#: So many cells, records or letters at most are held in memory at a time.
CELLS = 4_000_000
ROWS = 50_000
LETTERS = 32_000_000
#: A record (a line, an element) of more bytes than this is not held; its row can't be taken apart.
LONGEST = 16_000_000
#: A file whose records name more columns than this is not a table.
WIDEST = 2_000


class Gathering:
    """Records on their way into a batch, until there are as many as memory should hold."""

    def __init__(self, written: Written, columns: Iterable[str] | None = None) -> None:
        known = columns if columns is not None else written.columns or ()
        self.columns: dict[str, None] = dict.fromkeys(known)
        self._path = written.path
        self._clear()

    def _clear(self) -> None:
        self._rows: list[dict[str, str]] = []
        self._places: list[int] = []
        self._broken: list[int] = []
        self._letters = 0

    def add(self, place: int, row: dict[str, str]) -> None:
        """Take in one record, without its empty cells. Raises RECORDS-UNREADABLE where it names too much."""
        self._rows.append(row)
        self._places.append(place)
        if not row.keys() <= self.columns.keys():
            self.columns |= dict.fromkeys(row)
            if len(self.columns) > WIDEST:
                what = f"its records name more than {WIDEST:,} columns"
                raise CommonwealError(unreadable(self._path, what, "Name fields alike in all records."))
        self._letters += sum(map(len, row.values()))

    def lose(self, place: int) -> None:
        """Note a row that can't be taken apart."""
        self._broken.append(place)

    @property
    def full(self) -> bool:
        """Whether it is time to hand the batch on."""
        rows = len(self._rows) + len(self._broken)
        return rows >= ROWS or rows * len(self.columns) >= CELLS or self._letters >= LETTERS

    def batch(self) -> Batch:
        """What was gathered since the last batch; the columns known by now are in all that follow."""
        held = {
            name: pl.Series([row.get(name) for row in self._rows], dtype=pl.String) for name in self.columns
        }
        taken = Batch(pl.DataFrame(held), self._places, tuple(self._broken))
        self._clear()
        return taken


def unreadable(path: Path, what: str = "", remedy: str = "", line: int = 0) -> Fault:
    """The fault of a file that can't be read as records."""
    return Fault(
        "RECORDS-UNREADABLE",
        what or "the file can't be read as records",
        remedy or "Check that it is whole, and what its name says it is.",
        file=str(path),
        line=line,
    )


def no_room(scratch: Path) -> Fault:
    """The fault of a disk that is full while records are read."""
    what = "there is no room left on the disk that records are laid out on while they are read"
    remedy = "Free some room there; nothing else was changed."
    return Fault("SCRATCH-FULL", what, remedy, file=str(scratch))
