"""Whole numbers about old areas, dealt out to new ones in whole numbers that add up exactly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Array
from commonweal.model.lookup import TOLERANCE, Lookup

#: Shares are dealt out in so many parts, so that whole numbers need no fractions.
_PARTS: Final = 10**15


def dealt(
    frame: pl.DataFrame, columns: Sequence[str], lookup: Lookup, parts: Sequence[str] = ()
) -> pl.DataFrame:
    """Rows about old areas (`area`), each dealt out into a row for each new one (`to`, with its `share`).

    The whole numbers in `columns` are dealt out by largest remainder: each new area gets the whole part of
    share x number, and what is left goes one by one to the largest fractions, of equal ones to the first
    code. Rows about other areas are left out.

    `parts` name columns that part one figure into rows (age bands, the values of a histogram). In each of
    them little is left, and would always go to the largest share; so rows of one figure are taken in order,
    and what an area did not get of its fractions in earlier rows is added to those of later ones.

    >>> from commonweal.model.area import Geography
    >>> shares = pl.DataFrame({"from": ["A", "A", "A"], "to": ["X", "Y", "Z"], "share": [0.5, 0.25, 0.25]})
    >>> lookup = Lookup.of(Geography("ward", "2014"), Geography("ward", "2022"), shares)
    >>> dealt(pl.DataFrame({"area": ["A"], "crimes": [7]}), ["crimes"], lookup).select("to", "crimes").rows()
    [('X', 3), ('Y', 2), ('Z', 2)]
    >>> ages = pl.DataFrame({"area": ["A"] * 4, "age": [1, 2, 3, 4], "ill": [1, 1, 1, 1]})
    >>> dealt(ages, ["ill"], lookup, ["age"]).filter(pl.col("ill") > 0).select("age", "to").rows()
    [(1, 'X'), (2, 'Y'), (3, 'Z'), (4, 'X')]
    """
    figures = pl.struct(name for name in frame.columns if name not in (*columns, *parts))
    figure = figures.rank("dense") if parts else pl.int_range(pl.len())
    rows = (
        frame.with_columns(figure.cast(pl.Int64).alias("figure#"))
        .sort("figure#", *parts, nulls_last=False, maintain_order=True)
        .with_row_index("row#")
        .join(_pairs(lookup), left_on="area", right_on="from", how="inner", maintain_order="left_right")
    )
    for name in columns:
        number = pl.col(name).cast(pl.Int128)
        # number x parts in two halves, since the product itself may not fit in 128 bits
        above = number // _PARTS
        below = (number - above * _PARTS) * pl.col("parts#")
        whole = above * pl.col("parts#") + below // _PARTS
        left = number - whole.sum().over("row#")
        found = rows.select(
            "row#",
            "figure#",
            whole.alias("whole"),
            (below - below // _PARTS * _PARTS).cast(pl.Int64).alias("fraction"),
            left.fill_null(0).cast(pl.Int64).alias("left"),
        )
        one = pl.Series(_one_by_one(found)).cast(pl.Int128)
        rows = rows.with_columns((found["whole"] + one).cast(frame.schema[name]).alias(name))
    return rows.drop("parts#", "row#", "figure#")


def _pairs(lookup: Lookup) -> pl.DataFrame:
    """from, to, share, size, and the share as a whole number of parts that add up for each old area."""
    share = pl.col("share")
    pairs = lookup.shares.filter(share > TOLERANCE).select("from", "to", "share", "size")
    parts = (share * _PARTS).round().cast(pl.Int128)
    largest = pl.int_range(pl.len()).over("from") == share.arg_max().over("from")
    rest = _PARTS - parts.sum().over("from")
    return pairs.with_columns((parts + pl.when(largest).then(rest).otherwise(0)).alias("parts#"))


def _one_by_one(rows: pl.DataFrame) -> Array:
    """Who gets one of what is left: 1 or 0 for each row. Rows of one cell (`row#`) follow one another."""
    given = np.zeros(rows.height, dtype=np.int64)
    if not rows.height:
        return given
    fraction = rows["fraction"].fill_null(0).to_numpy()
    cells = rows["row#"].to_numpy().astype(np.int64)
    starts = np.flatnonzero(np.diff(cells, prepend=-1))
    ends = np.append(starts[1:], rows.height)
    figures, left = rows["figure#"].to_numpy(), rows["left"].to_numpy()
    figure, owed = -1, fraction[:0]
    for start, end in zip(starts, ends, strict=True):
        cell = fraction[start:end]
        if figures[start] == figure:
            cell = cell + owed
        first = np.argsort(-cell, kind="stable")[: left[start]]
        given[start + first] = 1
        figure, owed = figures[start], cell - _PARTS * given[start:end]
    return given
