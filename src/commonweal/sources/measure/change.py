"""Changes of figures over years: after the gate, from what may be seen alone."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Array
from commonweal.methods.change import difference, percent
from commonweal.model.observation import SCHEMA, STATUS_CODE, STATUSES, Status
from commonweal.model.period import Period
from commonweal.model.source import Measure
from commonweal.sources.dates import earlier

_CARRIED_OVER: Final = ("value", "lower", "upper", "status")


def changes(frame: pl.DataFrame, measure: Measure) -> pl.DataFrame:
    """The observations of a change, one for each of `frame` that has one so many years before.

    `frame` holds protected observations of the measure that changes. The interval is made of those of the
    two figures; where one of them is hidden, the change lies between what their ranges leave open, and its
    middle stands for it. The status is the later of the two.
    """
    labels = {
        label: str(then)
        for label in frame["period"].unique().sort()
        if (then := earlier(Period.parse(label), measure.years)) is not None
    }
    first = frame.select("area", pl.col("period").alias("before"), *(_first(name) for name in _CARRIED_OVER))
    before = pl.col("period").replace_strict(labels, default=None, return_dtype=pl.String)
    rows = frame.with_columns(before.alias("before")).join(first, on=["area", "before"], how="inner")
    rows = rows.sort("period", "area")
    value, limits = _moved(rows, measure)
    bounded = np.isfinite(value) & np.isfinite(limits).all(axis=1)
    later = np.maximum(_codes(rows["status"]), _codes(rows["first status"]))
    status = np.where(np.isfinite(value), later, STATUS_CODE[Status.MISSING])
    made = rows.with_columns(
        pl.lit(measure.indicator).alias("indicator"),
        pl.Series("value", value),
        pl.Series("lower", np.where(bounded, limits[:, 0], np.nan)),
        pl.Series("upper", np.where(bounded, limits[:, 1], np.nan)),
        *(pl.lit(None, dtype=pl.Float64).alias(name) for name in ("numerator", "denominator", "round_to")),
        pl.Series("status", [STATUSES[int(code)] for code in status], dtype=pl.String),
        pl.lit("change").alias("kind"),
        pl.lit(100.0 if measure.change == "percent" else 1.0).alias("per"),
    )
    return made.select(
        pl.col(name).fill_nan(None) if dtype == pl.Float64 else pl.col(name) for name, dtype in SCHEMA.items()
    )


def _first(name: str) -> pl.Expr:
    return pl.col(name).alias(f"first {name}")


def _moved(rows: pl.DataFrame, measure: Measure) -> tuple[Array, Array]:
    x, y = _floats(rows["first value"]), _floats(rows["value"])
    first = np.stack([_floats(rows["first lower"]), _floats(rows["first upper"])], axis=-1)
    last = np.stack([_floats(rows["lower"]), _floats(rows["upper"])], axis=-1)
    value, limits = (percent if measure.change == "percent" else difference)(x, first, y, last)
    hidden = _hidden(rows["status"]) | _hidden(rows["first status"])
    # what is known only by its range: nothing between the farthest ends can be ruled out
    own_first = np.where(_hidden(rows["first status"])[:, None], first, x[:, None])
    own_last = np.where(_hidden(rows["status"])[:, None], last, y[:, None])
    if measure.change == "percent":
        below = np.where(own_first > 0, own_first, np.nan)
        least, most = 100 * (own_last[:, 0] / below[:, 1] - 1), 100 * (own_last[:, 1] / below[:, 0] - 1)
    else:
        least, most = own_last[:, 0] - own_first[:, 1], own_last[:, 1] - own_first[:, 0]
    ends = np.stack([least, most], axis=-1)
    known = np.isfinite(value)
    value = np.where(hidden & known, (least + most) / 2, value)
    return value, np.where(hidden[:, None], ends, limits)


def _hidden(status: pl.Series) -> Array:
    return (status == Status.SUPPRESSED.value).to_numpy()


def _codes(status: pl.Series) -> Array:
    return status.replace_strict(STATUS_CODE, return_dtype=pl.Int64).to_numpy()


def _floats(column: pl.Series) -> Array:
    return column.fill_null(float("nan")).to_numpy().astype(float)
