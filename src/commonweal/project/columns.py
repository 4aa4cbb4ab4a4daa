"""Tables with our names for their columns, the rows that are wanted, and numbers made of their text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from commonweal.errors import CommonwealError, Fault, near, raise_any
from commonweal.project.paths import Files

#: The column that keeps each row's line in the file.
LINE: Final = "(line)"
#: The column of a table that was wide: the heading each value stood under.
HEADING: Final = "(heading)"
#: So many faults of one kind in one file are told one by one; the rest are counted.
SHOWN = 20


_PERIOD: Final = re.compile(r"\d{4}(?:/\d{2}|-Q[1-4]|-\d{2})?")


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The rows of a file, as text, with their lines in the column `LINE`; `file` is its name in messages.

    `headings` are the columns as the file has them, whatever `frame` calls them by now.
    """

    file: str
    frame: pl.DataFrame
    header: int
    headings: tuple[str, ...] = ()

    def with_frame(self, frame: pl.DataFrame) -> Rows:
        """Other rows or columns of the same file."""
        return replace(self, frame=frame)

    def fault(self, code: str, what: str, remedy: str, line: int = 0) -> Fault:
        """A fault in this file."""
        return Fault(code, what, remedy, self.file, line)

    def require(self, columns: Iterable[str]) -> list[Fault]:
        """COLUMN-MISSING for each of `columns` that is not there."""
        have = [name for name in self.frame.columns if name != LINE]
        theirs = list(self.headings or have)
        alike = theirs + [_PERIOD.sub("{period}", name) for name in theirs]
        remedy = f"The columns are: {', '.join(theirs[:SHOWN])}{', …' if len(theirs) > SHOWN else ''}."
        if sum(name.startswith("(column ") for name in theirs) > len(theirs) / 2:
            remedy = "The first row looks like a title; delete the rows above the headings."
        return [
            self.fault(
                "COLUMN-MISSING",
                f"there is no column {name!r}{near(name, alike)}",
                remedy,
                self.header,
            )
            for name in columns
            if name not in have
        ]


def read_rows(files: Files, written: str, sheet: str | None = None) -> Rows:
    """Read a table that the project names."""
    table = files.table(written, sheet)
    lines = pl.Series(LINE, table.lines, dtype=pl.Int64)
    name = written if sheet is None else f"{written} (sheet {sheet})"
    header = 0 if table.path.suffix == ".parquet" else 1
    return Rows(name, table.frame.with_columns(lines), header, tuple(table.frame.columns))


def keep(rows: Rows, where: Mapping[str, list[str]], missing: Iterable[str] = ()) -> Rows:
    """The rows whose columns hold one of the texts of `where`; cells that say `missing` become empty."""
    raise_any(rows.require(where))
    frame = rows.frame
    for name, texts in where.items():
        frame = frame.filter(pl.col(name).is_in(texts))
    if not frame.height:
        raise CommonwealError(
            rows.fault(
                "FILE-EMPTY", f"no row meets where {dict(where)!r}", "Correct the filter, or the table."
            )
        )
    gone = list(missing)
    if gone:
        text = pl.col(pl.String)
        frame = frame.with_columns(pl.when(text.is_in(gone)).then(None).otherwise(text).name.keep())
    return rows.with_frame(frame)


def renamed(rows: Rows, names: Mapping[str, str]) -> Rows:
    """The rows with our names for the columns that `names` maps; others stay, unless one is in the way."""
    raise_any(rows.require(names))
    ours = set(names.values())
    in_the_way = [name for name in rows.frame.columns if name in ours and name not in names]
    return rows.with_frame(rows.frame.drop(in_the_way).rename(dict(names)))


def number(column: str) -> pl.Expr:
    """The number that a text spells, else null."""
    return pl.col(column).cast(pl.Float64, strict=False)


def number_faults(rows: Rows, columns: Iterable[str], code: str = "OBSERVATION-NUMBER") -> list[Fault]:
    """A fault for each cell of `columns` that has text but not a finite number."""
    faults: list[Fault] = []
    for name in columns:
        value = number(name)
        bad = rows.frame.filter(pl.col(name).is_not_null() & ~value.is_finite().fill_null(False))
        faults += several(
            rows.fault(
                code,
                f"{_named(name, row)} is {row[name]!r}{_why(row[name])}",
                _remedy(row[name], "indicator" in row),
                row[LINE],
            )
            for row in bad.iter_rows(named=True)
        )
    return faults


def _named(column: str, row: Mapping[str, str]) -> str:
    """Which cell of a row: in a wide table a line holds many values, so the heading has to be named."""
    if HEADING in row:
        return f"{row[HEADING]!r} of {row.get('area') or row.get('name') or 'the row'}"
    return f"{column} of {row['indicator']}" if row.get("indicator") else column


def _remedy(cell: str, missing: bool) -> str:
    bare = cell.rstrip(" %").replace(",", "")
    if bare != cell and bare.lstrip("+-").replace(".", "", 1).isdigit():
        return "Write the number alone, such as 1234.5."
    if not missing:
        return "Write a number such as 1234.5, or leave the cell empty."
    text = cell if cell.isalnum() else f'"{cell}"'
    return f"Write a number such as 1234.5, leave the cell empty, or write `missing: [{text}]` at the table."


def _why(cell: str) -> str:
    if "," in cell and cell.replace(",", "").replace(".", "").lstrip("+-").isdigit():
        return ", with a comma inside"
    return ""


def several(faults: Iterable[Fault]) -> list[Fault]:
    """The first faults of a kind, the last of them counting those left out."""
    found = list(faults)
    if len(found) <= SHOWN:
        return found
    last = found[SHOWN - 1]
    more = f"{last.what} (and {len(found) - SHOWN} more like this)"
    return [*found[: SHOWN - 1], Fault(last.code, more, last.remedy, last.file, last.line, last.path)]
