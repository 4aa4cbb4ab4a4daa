"""The columns of tables that compare areas: over time, on the map, and under other weights."""

from __future__ import annotations

from typing import Final

import polars as pl

#: A straight line through the scores of three or more periods: `per_year` with its 95 % interval.
TRENDS: Final = {
    "area": pl.String, "node": pl.String, "since": pl.String, "until": pl.String, "periods": pl.Int64,
    "per_year": pl.Float64, "lower": pl.Float64, "upper": pl.Float64, "class": pl.String,
}  # fmt: skip
#: How unequal areas are in each period; `gap` is the mean of the best fifth less that of the worst.
SPREAD: Final = {
    "period": pl.String, "node": pl.String, "areas": pl.Int64, "average": pl.Float64,
    "deviation": pl.Float64, "gap": pl.Float64, "gini": pl.Float64,
}  # fmt: skip
#: Whether areas drew together: the standard deviation at both ends with p for no change, and the slope of
#: the change a year on the score at the start with its 95 % interval.
CONVERGENCE: Final = {
    "node": pl.String, "since": pl.String, "until": pl.String, "areas": pl.Int64,
    "deviation_first": pl.Float64, "deviation_last": pl.Float64, "p": pl.Float64,
    "slope": pl.Float64, "lower": pl.Float64, "upper": pl.Float64, "class": pl.String,
}  # fmt: skip
#: Moran's I of a node (no area), and of each area of it.
PATTERN: Final = {
    "period": pl.String, "node": pl.String, "area": pl.String, "neighbours": pl.Int64,
    "moran": pl.Float64, "expected": pl.Float64, "p": pl.Float64, "class": pl.String,
}  # fmt: skip
#: What it takes for an area to pass the other one, just above it: `weightings` is the share of all weightings
#: in which it would be above, `shift` the weight that must move from `giver` (ids) to `taker`; empty where
#: none would do.
OVERTAKING: Final = {
    "period": pl.String, "area": pl.String, "node": pl.String, "other": pl.String,
    "weightings": pl.Float64, "shift": pl.Float64, "giver": pl.String, "taker": pl.String,
}  # fmt: skip
