"""The narrow door to the engines: what may be asked of one, and what comes back.

An engine only reduces records to exact totals: counts, sums of whole numbers on a stated scale, least and
most, histogram bins, by area, by date as written, and by groups. It returns whole numbers. Everything that
needs judgement (periods, rates, protection) happens afterwards, on at most a few million cells.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Final, Literal, Protocol

import polars as pl

from commonweal.arrays import Array
from commonweal.sources.filter import EVERY, Condition, columns_of


class Unlinked(IntEnum):
    """Why a record has no area; stands in the place of an area's index."""

    EMPTY_CODE = -1
    UNKNOWN_CODE = -2
    NO_COORDINATES = -3
    OUTSIDE = -4
    NO_AREA = -5
    ELSEWHERE = -6


@dataclass(frozen=True, slots=True)
class ByCode:
    """A record belongs to the area that a text in one of its columns leads to.

    The text is read in a `form` (see `code_text`). `codes` are the areas in order; `places` says which text
    leads to which of them, by index, where that is not the code itself (a table of postcodes, a lookup, areas
    of another vintage), or as an `Unlinked` why to none.
    """

    column: str
    codes: tuple[str, ...]
    places: Mapping[str, int] | None = None
    form: Literal["code", "postcode", "uprn"] = "code"

    @property
    def index(self) -> Mapping[str, int]:
        """Text -> index of its area."""
        return self.places if self.places is not None else {code: i for i, code in enumerate(self.codes)}


def code_text(text: str, form: str) -> str:
    """A text as codes of a form are compared: trimmed of blanks; a postcode in capitals without any blank, a
    UPRN without zeros in front. Engines do the same.

    >>> code_text(" E05 ", "code"), code_text("rm10 7bn", "postcode"), code_text("000123", "uprn")
    ('E05', 'RM107BN', '123')
    """
    if form == "postcode":
        return text.translate(_POSTCODE)
    trimmed = text.strip(" ")
    return trimmed.lstrip("0") if form == "uprn" else trimmed


@dataclass(frozen=True, slots=True)
class ByPoint:
    """A record belongs to the first area, in order of code, whose outline covers its point.

    `outlines` are shapely geometries in the order of `codes`; `project` takes x and y as written to the
    coordinates of the outlines, and leaves what it can't take as infinity. A point in no outline belongs to
    the nearest one no further away than `within`, in the units of the outlines.
    """

    x: str
    y: str
    codes: tuple[str, ...]
    outlines: Array
    project: Callable[[Array, Array], tuple[Array, Array]]
    within: float = 0.0


@dataclass(frozen=True, slots=True)
class File:
    """One file of records, how it is written (CSV in UTF-8), and its columns in order.

    `folders` are columns that a Parquet file does not hold itself, with the one text each has in it: those
    that the folders of a parted table are named by (`year=2016`).
    """

    path: Path
    kind: Literal["csv", "parquet"]
    columns: tuple[str, ...]
    delimiter: str = ","
    folders: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Stored:
    """A table of a database: its address (never shown), its name in parts, its columns in order."""

    address: str = field(repr=False)
    name: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """A column read as whole numbers of 10^-decimals, half away from zero where a cell has more decimals.

    A cell that is not a plain decimal number, or takes more than 15 digits on this scale (zeros in front
    aside), has none; so the squares of a hundred million cells still add up in 128 bits. `decimals` is 0
    to 6.
    """

    column: str
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """One whole number a cell, over the records that meet `where`.

    count: how many records; with `number`, how many of them have one. sum, squares, least, most: of the
    number, and of its square.
    """

    kind: Literal["count", "sum", "squares", "least", "most"] = "count"
    where: Condition = EVERY
    number: Number | None = None

    def __post_init__(self) -> None:
        if self.kind != "count" and self.number is None:
            raise ValueError(f"a tally of {self.kind} needs a number")


@dataclass(frozen=True, slots=True)
class Cells:
    """The question for tallies by area and date as written, parted further by the texts of columns (`by`).

    The answer has area (an index into the link's codes, or an `Unlinked`), at (the date as written, null
    where there is none; a day written like 2016-04-13, with a time or not, is given as its month, and so are
    seconds since 1970, in universal time), g0, g1, ... (the texts of `by`, trimmed), value (of `bins`, the
    number itself: an exact histogram; null where a record has none), records, and t0, t1, ... one column a
    tally; sorted by all that comes before records. Sums and squares are 128-bit, all other columns 64-bit;
    least and most of nothing are null.
    """

    tallies: tuple[Tally, ...] = ()
    by: tuple[str, ...] = ()
    bins: Number | None = None


@dataclass(frozen=True, slots=True)
class Distinct:
    """The question how many different texts of a column there are by area and period.

    `periods` says for each date (as `Cells` gives it) which periods it lies in, by number. The answer has
    area, period, people; texts are trimmed, and records that meet `where` and have an empty cell are nobody.
    """

    column: str
    periods: Mapping[str | None, tuple[int, ...]] = field(default_factory=dict)
    where: Condition = EVERY


@dataclass(frozen=True, slots=True)
class Query:
    """Questions about the records of one source.

    `source` are files, in order, or one table. `date` names the column that says when, or is empty; `key`
    the column whose repeats count once: the first in order of files and lines is kept (in a table, which
    has no order, the row that comes first by all its columns).
    """

    source: tuple[File, ...] | Stored
    link: ByCode | ByPoint
    asks: tuple[Cells | Distinct, ...] = (Cells(),)
    date: str = ""
    key: str = ""

    @property
    def files(self) -> tuple[File, ...]:
        """The files; none where the source is a table."""
        return () if isinstance(self.source, Stored) else self.source


def columns_asked(query: Query) -> frozenset[str]:
    """The columns of records that a query looks at.

    >>> sorted(columns_asked(Query((), ByCode("ward", ()), (Cells(by=("age",)),), "when")))
    ['age', 'ward', 'when']
    """
    link = query.link
    found = {query.date, query.key, *((link.column,) if isinstance(link, ByCode) else (link.x, link.y))}
    for ask in query.asks:
        if isinstance(ask, Distinct):
            found |= {ask.column} | columns_of(ask.where)
            continue
        numbers = [tally.number for tally in ask.tallies] + [ask.bins]
        found |= {*ask.by, *(number.column for number in numbers if number)}
        found |= {column for tally in ask.tallies for column in columns_of(tally.where)}
    return frozenset(found - {""})


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A place in a file where a row could not be taken apart."""

    file: Path
    line: int


@dataclass(frozen=True, slots=True, eq=False)
class Totals:
    """What an engine returns: exact whole numbers, and the fates that records met on the way.

    `answers` has a table for each question of the query, in order. Repeats are already left out of them:
    `identical` rows equal the first of their key in every column, `differing` ones do not. `unreadable`
    counts rows that could not be taken apart; `where` names some.
    """

    answers: tuple[pl.DataFrame, ...]
    identical: int = 0
    differing: int = 0
    unreadable: int = 0
    where: tuple[Unreadable, ...] = ()

    @property
    def cells(self) -> pl.DataFrame:
        """The answer to the first question."""
        return self.answers[0]

    def fingerprint(self) -> str:
        """The SHA-256 of all answers, written as CSV: equal totals of any engines have equal ones."""
        parts = [answer.write_csv().encode() for answer in self.answers]
        return hashlib.sha256(b"\0".join(parts)).hexdigest()


class Backend(Protocol):
    """An engine: one function from a question to its totals."""

    def __call__(self, query: Query, /, *, scratch: Path) -> Totals:
        """Answer `query`; `scratch` is a folder for what does not fit in memory."""
        ...


#: Seconds since 1970, from the year 2001 on, with parts of one behind a point; or thousandths of seconds.
SECONDS: Final = "[1-9][0-9]{9}([0-9]{3})?([.][0-9]+)?"

#: How many places of unreadable rows are named.
PLACES: Final = 5

#: A number has at most so many digits on its scale.
DIGITS: Final = 15

#: As a postcode, each of these letters becomes the one in its place; blanks, which have none, fall away.
SMALL: Final = "abcdefghijklmnopqrstuvwxyz \t\u00a0"
CAPITALS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_POSTCODE: Final = str.maketrans(SMALL[: len(CAPITALS)], CAPITALS, SMALL[len(CAPITALS) :])

_WIDE: Final = ("sum", "squares")


def schema(ask: Cells | Distinct) -> dict[str, type[pl.DataType]]:
    """The columns of the answer to a question.

    >>> list(schema(Cells((Tally(), Tally("sum", number=Number("cost", 2))), by=("age",))))
    ['area', 'at', 'g0', 'records', 't0', 't1']
    """
    if isinstance(ask, Distinct):
        return dict.fromkeys(("area", "period", "people"), pl.Int64)
    wide = {f"t{i}": pl.Int128 if tally.kind in _WIDE else pl.Int64 for i, tally in enumerate(ask.tallies)}
    return {**part_columns(ask), "records": pl.Int64, **wide}


def part_columns(ask: Cells) -> dict[str, type[pl.DataType]]:
    """The columns that part records into cells.

    >>> list(part_columns(Cells(bins=Number("wait"))))
    ['area', 'at', 'value']
    """
    groups = {f"g{i}": pl.String for i in range(len(ask.by))}
    return {"area": pl.Int64, "at": pl.String, **groups, **({"value": pl.Int64} if ask.bins else {})}


def ordered(answer: pl.DataFrame, ask: Cells | Distinct) -> pl.DataFrame:
    """An answer with the right types, in the one order, without cells that hold nothing."""
    typed = answer.select(pl.col(name).cast(dtype) for name, dtype in schema(ask).items())
    if isinstance(ask, Distinct):
        return typed.filter(pl.col("people") > 0).sort("area", "period")
    return typed.filter(pl.col("records") > 0).sort(list(part_columns(ask)), nulls_last=False)
