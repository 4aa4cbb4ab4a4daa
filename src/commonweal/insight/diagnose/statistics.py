"""Each indicator by itself: its middle, spread, shape, gaps and repeats, and what is unusual about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Floats
from commonweal.methods.moments import moments

#: Limits of the flags; those of the COIN Tool and COINr.
LEAST_AVAILABLE: Final = 0.65
LEAST_NONZERO: Final = 0.5
LEAST_DISTINCT: Final = 0.5
SKEWNESS: Final = 2.0
KURTOSIS: Final = 3.5


def statistics(x: Floats, names: Sequence[str]) -> pl.DataFrame:
    """A row a column of `x` (areas, indicators): minimum to kurtosis, counts, shares, flags.

    `available` counts values, `nonzero` those that are not 0, `distinct` different ones, `commonest` the
    areas that share one value. `available_share` is of all areas, the other shares of those with a value.
    Flags: low_available under 0.65; low_nonzero and low_distinct under 0.5 of all areas; outliers where
    |skewness| > 2 and kurtosis > 3.5. Source: Becker et al., COINr, JOSS 7 (2022) 4567.

    >>> table = statistics(np.array([[1.0], [1.0], [2.0], [np.nan]]), ["jobs"])
    >>> table.select("indicator", "median", "available", "distinct", "commonest", "low_available").row(0)
    ('jobs', 1.0, 3, 2, 2, False)
    """
    areas = len(x)
    available = (~np.isnan(x)).sum(axis=0)
    nonzero = (~np.isnan(x) & (x != 0)).sum(axis=0)
    distinct, commonest = _repeats(x)
    skew, kurt = moments(x.T)
    low, middle, high = _quantiles(x)
    with np.errstate(invalid="ignore", divide="ignore"):
        columns = {
            "min": low,
            "max": high,
            "mean": _mean(x),
            "median": middle,
            "sd": _sd(x),
            "skewness": skew,
            "kurtosis": kurt,
            "available": available,
            "nonzero": nonzero,
            "distinct": distinct,
            "commonest": commonest,
            "available_share": available / areas,
            "nonzero_share": nonzero / available,
            "distinct_share": distinct / available,
            "commonest_share": commonest / available,
            "low_available": available / areas < LEAST_AVAILABLE,
            "low_nonzero": nonzero / areas < LEAST_NONZERO,
            "low_distinct": distinct / areas < LEAST_DISTINCT,
            "outliers": (np.abs(skew) > SKEWNESS) & (kurt > KURTOSIS),
        }
    return pl.DataFrame({"indicator": list(names), **columns}).with_columns(pl.col(pl.Float64).fill_nan(None))


def _mean(x: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        mean: Floats = np.nansum(x, axis=0) / (~np.isnan(x)).sum(axis=0)
    return mean


def _sd(x: Floats) -> Floats:
    n = (~np.isnan(x)).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        sd: Floats = np.sqrt(np.nansum((x - _mean(x)) ** 2, axis=0) / (n - 1))
    return np.where(n > 1, sd, np.nan)


def _quantiles(x: Floats) -> tuple[Floats, Floats, Floats]:
    """Minimum, median and maximum of each column; nan in one without a value."""
    found = np.full((3, x.shape[1]), np.nan)
    for i, column in enumerate(x.T):
        there = column[~np.isnan(column)]
        if len(there):
            found[:, i] = there.min(), np.median(there), there.max()
    return found[0], found[1], found[2]


def _repeats(x: Floats) -> tuple[np.ndarray, np.ndarray]:
    """How many different values each column holds, and how often its commonest one stands there."""
    distinct = np.zeros(x.shape[1], dtype=np.int64)
    commonest = np.zeros(x.shape[1], dtype=np.int64)
    for i, column in enumerate(x.T):
        _, counts = np.unique(column[~np.isnan(column)], return_counts=True)
        distinct[i], commonest[i] = len(counts), counts.max(initial=0)
    return distinct, commonest
