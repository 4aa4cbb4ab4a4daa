"""The narrow door to the engines: what may be asked of one, and what comes back.

An engine is asked for one thing only: how many records there are in each area, at each date as written,
and how many of them meet each condition. It returns whole numbers. Everything that needs judgement
(periods, rates, protection) happens afterwards, on at most a few million cells.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any, Final, Literal, Protocol

import numpy as np
import polars as pl

from commonweal.sources.filter import Condition

Array = np.ndarray[Any, Any]


class Unlinked(IntEnum):
    """Why a record has no area; stands in the place of an area's index."""

    EMPTY_CODE = -1
    UNKNOWN_CODE = -2
    NO_COORDINATES = -3
    OUTSIDE = -4


@dataclass(frozen=True, slots=True)
class ByCode:
    """A record belongs to the area whose code stands in a column, blanks around it trimmed."""

    column: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ByPoint:
    """A record belongs to the first area, in order of code, whose outline covers its point.

    `outlines` are shapely geometries in the order of `codes`; `project` takes x and y as written to the
    coordinates of the outlines, and leaves what it can't take as infinity.
    """

    x: str
    y: str
    codes: tuple[str, ...]
    outlines: Array
    project: Callable[[Array, Array], tuple[Array, Array]]


@dataclass(frozen=True, slots=True)
class File:
    """One file of records: how it is written, and its columns in order."""

    path: Path
    kind: Literal["csv", "parquet"]
    columns: tuple[str, ...]
    delimiter: str = ","


@dataclass(frozen=True, slots=True)
class Query:
    """Count the records of `files` by area and date, all of them and those that meet each condition.

    `date` names the column that says when, or is empty; `key` the column whose repeats count once.
    """

    files: tuple[File, ...]
    link: ByCode | ByPoint
    conditions: tuple[Condition, ...] = ()
    date: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A place in a file where a row could not be taken apart."""

    file: Path
    line: int


@dataclass(frozen=True, slots=True, eq=False)
class Totals:
    """What an engine returns: exact whole numbers, and the fates that records met on the way.

    `cells` has area (an index into the link's codes, or an `Unlinked`), at (the date as written, null
    where there is none; a day written like 2016-04-13, with a time or not, is given as its month), records,
    and c0, c1, ... one column a condition; sorted by area and date.
    Repeats are already left out of it: `identical` rows equal the first of their key in every column,
    `differing` ones do not. `unreadable` counts rows that could not be taken apart; `where` names some.
    """

    cells: pl.DataFrame
    identical: int = 0
    differing: int = 0
    unreadable: int = 0
    where: tuple[Unreadable, ...] = ()


class Backend(Protocol):
    """An engine: one function from a question to its totals."""

    def __call__(self, query: Query, /, *, scratch: Path) -> Totals:
        """Answer `query`; `scratch` is a folder for what does not fit in memory."""
        ...


#: How many places of unreadable rows are named.
PLACES: Final = 5


def schema(query: Query) -> dict[str, type[pl.DataType]]:
    """The columns of `Totals.cells`."""
    counts = dict.fromkeys(("records", *condition_names(query)), pl.Int64)
    return {"area": pl.Int64, "at": pl.String, **counts}


def condition_names(query: Query) -> list[str]:
    """The names of the columns that count conditions."""
    return [f"c{i}" for i in range(len(query.conditions))]


def ordered(cells: pl.DataFrame, query: Query) -> pl.DataFrame:
    """Cells with the right types, in the one order, without those that hold no record."""
    typed = cells.select(pl.col(name).cast(dtype) for name, dtype in schema(query).items())
    return typed.filter(pl.col("records") > 0).sort("area", "at", nulls_last=False)
