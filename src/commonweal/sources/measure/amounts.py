"""What means, sums and ratios of sums are made of: amounts, and the largest that a single record adds.

Exact, and not yet fit to be seen: the gate judges by them which figures a single record stands out in.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Array
from commonweal.sources.measure.form import Held, whole_numbers

#: A row a figure and column of numbers, which is named with its decimals. above, below: what its numbers
#: above 0 add up to, and those below 0 without their sign. largest: the most that a record adds to either.
AMOUNTS: Final[dict[str, type[pl.DataType]]] = {
    "indicator": pl.String, "period": pl.String, "area": pl.String, "column": pl.String,
    "above": pl.Float64, "below": pl.Float64, "largest": pl.Float64,
}  # fmt: skip


def amounts(held: Held) -> pl.DataFrame:
    """The amounts of a figure in each area, with the columns of `AMOUNTS`; no rows for other kinds.

    What was dealt out from other areas has as its largest what the largest of each of them come to here: more
    than any record adds.
    """
    measure, cells = held.measure, held.cells
    if "largest" in cells.columns:
        total, below = held.by_area("sum"), -held.by_area("below")
        return _rows(held, measure.value, total + below, below, held.by_area("largest"))
    if measure.kind != "ratio" or not measure.value:
        return pl.DataFrame(schema=AMOUNTS)
    over = whole_numbers(cells["g0"], measure.decimals).alias("over")
    both = pl.col("value").is_not_null() & pl.col("over").is_not_null() & (pl.col("n") > 0)
    pairs = cells.with_columns(over).filter(both)
    return pl.concat(
        _histogram(held, pairs.select("area", "n", pl.col(name).alias("number")), column)
        for name, column in (("value", measure.value), ("over", measure.over))
    )


def with_largest(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells with the larger of their least and most number, without its sign, in place of both."""
    if "most" not in cells.columns:
        return cells
    largest = pl.max_horizontal(pl.col("least").abs(), pl.col("most").abs()).fill_null(0)
    return cells.with_columns(largest.alias("largest"), pl.col("below").fill_null(0)).drop("least", "most")


def _histogram(held: Held, numbers: pl.DataFrame, column: str) -> pl.DataFrame:
    found = np.zeros((3, len(held.areas)))
    number = pl.col("number").cast(pl.Float64)
    added = (number * pl.col("n")).alias("added")
    sums = numbers.with_columns(added).group_by("area").agg(
        pl.col("added").filter(number > 0).sum().alias("above"),
        -pl.col("added").filter(number < 0).sum().alias("below"),
        number.abs().max().alias("largest"),
    )  # fmt: skip
    found[:, sums["area"].to_numpy()] = sums.select("above", "below", "largest").to_numpy().T
    return _rows(held, column, *found)


def _rows(held: Held, column: str, above: Array, below: Array, largest: Array) -> pl.DataFrame:
    unit = 10.0**held.measure.decimals
    columns = (above, below, largest)
    return pl.DataFrame(
        {
            "indicator": held.measure.indicator,
            "period": held.window.period.label,
            "area": list(held.areas),
            "column": f"{column} to {held.measure.decimals} decimals",
            **{
                name: numbers.astype(float) / unit
                for name, numbers in zip(("above", "below", "largest"), columns, strict=True)
            },
        },
        schema=AMOUNTS,
    )
