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
from commonweal.sources.dates import form
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
    month_first: bool = False
    rows: int = 0
    filled: int = 0
    numbers: int = 0
    #: the kinds of dates and how they are written
    forms: Counter[tuple[str, str]] = field(default_factory=Counter)
    texts: set[str] = field(default_factory=set)
    odd: int = 0

    def take(self, cells: pl.Series) -> None:
        """Look at some more cells."""
        held, filled = _filled(cells)
        self.rows += len(held)
        self.filled += int(filled.sum())
        self.numbers += int(held.str.contains(f"^(?:{NUMBER})$").sum())
        if self.dated:
            for text, count in held.filter(filled).value_counts().iter_rows():
                self.forms[_form(text, self.month_first)] += count
        if len(self.texts) <= _DIFFERENT:
            self.texts |= set(held.filter(filled).unique()[: _DIFFERENT + 1])
        if self.declared is not None:
            self.odd += int(_odd(cells, self.declared, self.month_first).sum())


def _filled(cells: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Cells without blanks around them, and which of them hold anything."""
    held = cells.str.strip_chars(" ")
    return held, held.is_not_null() & (held != "")


def _odd(cells: pl.Series, kind: Type, month_first: bool) -> pl.Series:
    """Which cells hold something else than they should."""
    held, filled = _filled(cells)
    return filled & ~_fits(held, kind, month_first).fill_null(False)


def _fits(cells: pl.Series, kind: Type, month_first: bool) -> pl.Series:
    """Which cells read as what they should be."""
    if kind == "number":
        return cells.str.contains(f"^(?:{NUMBER})$")
    if kind == "date":
        return cells.map_elements(lambda text: _form(text, month_first)[0] != "", return_dtype=pl.Boolean)
    return cells.str.contains(_CODE) if kind == "code" else cells.is_not_null()


@lru_cache(maxsize=100_000)
def _form(text: str, month_first: bool) -> tuple[str, str]:
    """`dates.form`, once for each text."""
    return form(text, month_first)


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
        name: _Column(
            records.types.get(name),
            name == records.date or records.types.get(name) == "date",
            records.month_first,
        )
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
    kind, count = _commonest(column.forms)
    if kind:
        return f"{name} reads as {kind} ({_share(count, column.filled)}){rest}"
    if not column.dated and column.numbers >= _MOST * column.filled:
        return f"{name} reads as numbers ({_share(column.numbers, column.filled)}){rest}"
    several = len(column.texts)
    different = f"{several:,}" if several <= _DIFFERENT else f"more than {_DIFFERENT:,}"
    return f"{name} reads as text, {different} different{rest}"


def _commonest(forms: Counter[tuple[str, str]]) -> tuple[str, int]:
    """The commonest kind of dates in words, by how they are written most, and how many cells have it."""
    kinds: Counter[str] = Counter()
    for (kind, _), count in forms.items():
        kinds[kind] += count
    if not kinds:
        return "", 0
    kind, count = max(kinds.items(), key=lambda item: item[1])
    written = max((n, way) for (of, way), n in forms.items() if of == kind)[1]
    return (
        f"{written}s, counted by month" if written in ("day", "time") else f"{written}s" * bool(kind)
    ), count


def _misfits(records: Records, seen: Mapping[str, _Column]) -> Iterator[str]:
    """What is not as it was declared."""
    for name, column in seen.items():
        if column.declared and column.odd:
            place = next(_odd_places(records, name, column), records.written)
            yield (
                f"{name} is declared {_CALLED[column.declared]}; {column.odd:,} of {column.filled:,} cells"
                f" {'is' if column.odd == 1 else 'are'} not, the first at {place}"
            )


def _odd_places(records: Records, name: str, column: _Column) -> Iterator[str]:
    """Where the cells of a column stand that are not as they should be."""
    assert column.declared is not None
    for written in _files(records):
        for batch in batches(written, {name}):
            odd = _odd(_cells(batch.frame, name), column.declared, column.month_first)
            yield from (written.place(batch.places[row]) for row in odd.arg_true())


def _share(count: int, of: int) -> str:
    """A share rounded down to a tenth of a per cent, so that 100% is said only of all.

    >>> _share(9999, 10000), _share(1, 4)
    ('99.9%', '25%')
    """
    return f"{1000 * count // of / 10:g}%"
