"""Figures of small areas drawn towards those of others: after the gate, from what may be seen alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from commonweal.arrays import Array, Positions
from commonweal.methods.shrink import Shrunk, beta_binomial, by_standard_errors, poisson_gamma
from commonweal.model.area import Boundaries
from commonweal.model.observation import Status
from commonweal.model.source import Measure


def shrunken(frame: pl.DataFrame, measure: Measure, near: Positions | None) -> pl.DataFrame:
    """The observations of a measure, in the order of `frame`, drawn towards others' in each period.

    `frame` holds protected observations of this measure alone; `near` are pairs of row numbers within a
    period's areas in order of code (see `neighbours`). Numerators and denominators stay as they are; a hidden
    numerator enters as the middle of its range, and its range widens the limits. What has no value or no
    base keeps what it has. The status is estimated.
    """
    if not frame.height:
        return frame
    rows = frame.with_row_index("order#")
    parts = [
        _shrunken(part.sort("area"), measure, near)
        for _, part in rows.group_by("period", maintain_order=True)
    ]
    return pl.concat(parts).sort("order#").drop("order#")


def _shrunken(rows: pl.DataFrame, measure: Measure, near: Positions | None) -> pl.DataFrame:
    per = _floats(rows["per"])
    base, value = _floats(rows["denominator"]), _floats(rows["value"])
    low, high = (_floats(rows[name]) * base / per for name in ("lower", "upper"))
    hidden = np.isnan(_floats(rows["numerator"]))
    count = np.where(hidden, value * base / per, _floats(rows["numerator"]))
    ends = np.where(hidden, low, count), np.where(hidden, high, count)
    usable = np.isfinite(value) & (base > 0) & np.isfinite(count)
    found = _by_rule(measure, count, ends, np.where(usable, base, np.nan), near)
    told = usable & np.isfinite(found.rate)
    columns = {"value": found.rate, "lower": found.limits[:, 0], "upper": found.limits[:, 1]}
    return rows.with_columns(
        *(
            pl.Series(name, np.where(told, per * column, _floats(rows[name]))).fill_nan(None)
            for name, column in columns.items()
        ),
        pl.when(pl.Series(told)).then(pl.lit(Status.ESTIMATED.value)).otherwise("status").alias("status"),
    )


def _by_rule(
    measure: Measure, count: Array, ends: tuple[Array, Array], base: Array, near: Positions | None
) -> Shrunk:
    if measure.shrink == "deprivation-index-rule":
        return by_standard_errors(count, *ends, base)
    method = beta_binomial if measure.kind == "percentage" else poisson_gamma
    return method(count, *ends, base, near)


def neighbours(boundaries: Boundaries, codes: Sequence[str]) -> Positions:
    """Pairs of areas that share a stretch of boundary, by their places in `codes`, shape (pairs, 2).

    Each area is its own neighbour too. A corner alone makes no neighbours.
    """
    import shapely

    place = {code: i for i, code in enumerate(boundaries.codes)}
    outlines = boundaries.geometries[[place[code] for code in codes]]
    first, second = shapely.STRtree(outlines).query(outlines, predicate="intersects")
    shared = shapely.length(shapely.intersection(outlines[first], outlines[second])) > 0
    pairs: Positions = np.stack([first[shared], second[shared]], axis=-1).astype(np.intp)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def _floats(column: pl.Series) -> Array:
    return column.fill_null(float("nan")).to_numpy().astype(float)
