"""What the columns of records read as: told at `check`, so that a slip shows before a figure does.

One pass over the columns that are used. Only shares, how many different texts there are, and places are
told; never a value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import polars as pl

from commonweal.errors import CommonwealError
from commonweal.model.project import Project
from commonweal.model.source import Records, Type
from commonweal.sources.collect import Collected
from commonweal.sources.dates import span
from commonweal.sources.filter import NUMBER
from commonweal.sources.link.build import columns_of_link
from commonweal.sources.read.batches import batches, frames
from commonweal.sources.read.describe import describe
from commonweal.sources.read.written import Written

#: Of a column with more different texts than this, only that is told.
_DIFFERENT: Final = 1_000
#: A column of which at least this share are numbers is told as one of numbers.
_MOST: Final = 0.5
_CALLED: Final[dict[Type, str]] = {
    "number": "a number", "date": "a date", "code": "a code", "text": "text",
}  # fmt: skip


#: One word, or two of which one has a digit, as postcodes do.
_CODE: Final = r"^(\S+|\S*[0-9]\S* \S+|\S+ \S*[0-9]\S*)$"


@dataclass(slots=True)
class _Column:
    """What was seen so far of one column; `odd` cells are not as declared."""

    declared: Type | None
    dated: bool
    rows: int = 0
    filled: int = 0
    numbers: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    texts: set[str] = field(default_factory=set)
    odd: int = 0

    def take(self, cells: pl.Series) -> None:
        """Look at some more cells."""
        held, filled = _filled(cells)
        self.rows += len(held)
        self.filled += int(filled.sum())
        self.numbers += int(_fits(held, "number").sum())
        if self.dated:
            for text, count in held.filter(filled).value_counts().iter_rows():
                self.kinds[_kind(text)] += count
        if len(self.texts) <= _DIFFERENT:
            self.texts |= set(held.filter(filled).unique()[: _DIFFERENT + 1])
        if self.declared is not None:
            self.odd += int(_odd(cells, self.declared).sum())


def _filled(cells: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Cells without blanks around them, and which of them hold anything."""
    held = cells.str.strip_chars(" ")
    return held, held.is_not_null() & (held != "")


def _odd(cells: pl.Series, kind: Type) -> pl.Series:
    """Which cells hold something else than they should."""
    held, filled = _filled(cells)
    return filled & ~_fits(held, kind).fill_null(False)


def _fits(cells: pl.Series, kind: Type) -> pl.Series:
    """Which cells read as what they should be."""
    if kind == "number":
        return cells.str.contains(f"^(?:{NUMBER})$")
    if kind == "date":
        return cells.map_elements(lambda text: bool(_kind(text)), return_dtype=pl.Boolean)
    return cells.str.contains(_CODE) if kind == "code" else cells.is_not_null()


@lru_cache(maxsize=100_000)
def _kind(text: str) -> str:
    """The kind of a date: month for a day too; empty where it is none."""
    found = span(text)
    return found.kind if found is not None else ""


def type_lines(project: Project, collected: Collected) -> list[str]:
    """A line for each source of files: what each column that is used reads as.

    After it comes a line for each column that is not as it was declared, with the place of the first cell.
    """
    told = []
    for records in sorted(project.records, key=lambda r: r.name):
        seen = _seen(records, collected.asked.get(records.name, frozenset()))
        if seen:
            told.append(f"{records.name}: {', '.join(_reads(name, one) for name, one in seen.items())}")
        told += [f"{records.name}: {line}" for line in _misfits(records, seen)]
    return told


def _seen(records: Records, asked: Collection[str]) -> Mapping[str, _Column]:
    """What was seen of each column: date and link first, then the others by name."""
    first = [name for name in (records.date, *columns_of_link(records.link)) if name]
    names = dict.fromkeys([*first, *sorted({*asked, *records.types})])
    seen = {
        name: _Column(records.types.get(name), name == records.date or records.types.get(name) == "date")
        for name in names
    }
    for written in _files(records):
        for frame in frames(written, seen.keys()):
            for name, column in seen.items():
                column.take(_cells(frame, name))
    return seen if records.paths else {}


def _cells(frame: pl.DataFrame, name: str) -> pl.Series:
    """A column, empty where records that name their own have none."""
    return frame[name] if name in frame.columns else pl.Series([None] * frame.height, dtype=pl.String)


def _files(records: Records) -> Iterator[Written]:
    for path in records.paths:
        with suppress(CommonwealError):
            yield describe(path, records)


def _reads(name: str, column: _Column) -> str:
    """A column in words.

    >>> _reads("fare", _Column(None, False, rows=1000, filled=1000, numbers=998))
    'fare reads as numbers (99.8%)'
    >>> _reads("kind", _Column(None, False, rows=4, filled=3, texts={"a", "b"}))
    'kind reads as text, 2 different, 25% empty'
    """
    if not column.filled:
        return f"{name} is empty"
    empty = column.rows - column.filled
    rest = f", {_share(empty, column.rows)} empty" if empty else ""
    kind, count = max(column.kinds.items(), key=lambda item: item[1]) if column.kinds else ("", 0)
    if kind:
        return f"{name} reads as {kind}s ({_share(count, column.filled)}){rest}"
    if not column.dated and column.numbers >= _MOST * column.filled:
        return f"{name} reads as numbers ({_share(column.numbers, column.filled)}){rest}"
    several = len(column.texts)
    different = f"{several:,}" if several <= _DIFFERENT else f"more than {_DIFFERENT:,}"
    return f"{name} reads as text, {different} different{rest}"


def _misfits(records: Records, seen: Mapping[str, _Column]) -> Iterator[str]:
    """What is not as it was declared."""
    for name, column in seen.items():
        if column.declared and column.odd:
            place = next(_odd_places(records, name, column.declared), records.written)
            yield (
                f"{name} is declared {_CALLED[column.declared]}; {column.odd:,} of {column.filled:,} cells"
                f" {'is' if column.odd == 1 else 'are'} not, the first at {place}"
            )


def _odd_places(records: Records, name: str, kind: Type) -> Iterator[str]:
    """Where the cells of a column stand that are not as they should be."""
    for written in _files(records):
        for batch in batches(written, {name}):
            odd = _odd(_cells(batch.frame, name), kind)
            yield from (written.place(batch.places[row]) for row in odd.arg_true())


def _share(count: int, of: int) -> str:
    """A share rounded down to a tenth of a per cent, so that 100% is said only of all.

    >>> _share(9999, 10000), _share(1, 4)
    ('99.9%', '25%')
    """
    return f"{1000 * count // of / 10:g}%"
