"""How observations about people are protected: every count in them goes through the rule by itself.

A numerator and a base of people are counts, and so is what a percentage leaves over. The value is the
protected numerator over the protected base, its interval follows from those two, and a hidden cell has the
middle of its range as value and the range as interval.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import polars as pl

from commonweal.model.observation import STATUS_CODE, STATUSES, Status
from commonweal.sources.measure.observe import figures
from commonweal.sources.protect.rule import HIDDEN_TO, MIDDLE, ROUND_TO, is_hidden, shown

Array = np.ndarray[Any, Any]

#: A base shown as 10 stands for 8 to 12 people. With 8 or more on one side no more than 4 are left for the
#: other, so beside such a base a hidden count would be narrowed.
SMALL_BASE: Final = 12


def protect(frame: pl.DataFrame, *, public_base: bool) -> pl.DataFrame:
    """Protected observations, in the order of `frame` and with its columns.

    `public_base` says that the denominators of rates are public figures (a population), not people counted
    here; the denominator of a count is no base at all but the share of its period that was covered.

    A percentage of people hides its numerator where that is 1 to 7 and its complement where that is. It
    hides everything, base included, where the base is 1 to 7, where the base is at most 12 with a side
    to hide, and where both sides are 1 to 7; its range is then 0 to 100. Each other choice would tell a
    reader that some of 1 to 7 are impossible.
    """
    rows = frame.with_row_index("row#")
    parts = [
        _shielded(part) if kind[0] == "percentage" else _hidden(part, public_base or kind[0] == "count")
        for kind, part in rows.group_by("kind", maintain_order=True)
    ]
    return pl.concat(parts).sort("row#").drop("row#") if parts else frame


def _hidden(rows: pl.DataFrame, public_base: bool) -> pl.DataFrame:
    """Counts and rates: the numerator by the rule, and the base too if it is of people."""
    kind, per = str(rows["kind"][0]), _floats(rows["per"])
    count, base = _floats(rows["numerator"]), _floats(rows["denominator"])
    hidden, base = is_hidden(count), base if public_base else shown(base)
    given = _floats(rows["denominator"])
    ends = np.where(hidden[:, None], np.array([[MIDDLE, 1.0, HIDDEN_TO]]), shown(count)[:, None])
    value, limits = _each(kind, per, ends[:, 0], base)
    low, high = (_each(kind, per, ends[:, i], base)[0] for i in (1, 2))
    lost = np.isnan(base) & ~np.isnan(given)
    return _written(
        rows,
        np.where(hidden, np.stack([value, low, high]), np.stack([value, limits[:, 0], limits[:, 1]])),
        np.where(hidden, np.nan, shown(count)),
        base,
        hidden | lost,
    )


def _shielded(rows: pl.DataFrame) -> pl.DataFrame:
    """Percentages of people: numerator, complement and base by the rule."""
    count, base = _floats(rows["numerator"]), _floats(rows["denominator"])
    rest = base - count
    small, left_small = is_hidden(count), is_hidden(rest)
    nothing = is_hidden(base) | ((small | left_small) & (base <= SMALL_BASE)) | (small & left_small)
    base = np.where(nothing, np.nan, shown(base))
    value, limits = figures("percentage", 100.0, shown(count), base)
    usual = np.stack([value, limits[:, 0], limits[:, 1]])
    usable = np.where(base > 0, base, np.nan)
    few = np.stack([100 * n / usable for n in (MIDDLE, 1, HIDDEN_TO)])
    most = np.stack([100 - few[0], 100 - few[2], 100 - few[1]])
    all_or_none = np.array([[50.0], [0.0], [100.0]])
    cells = np.select([nothing, small, left_small], [all_or_none, few, most], usual)
    hidden = nothing | small | left_small
    return _written(rows, cells, np.where(hidden, np.nan, shown(count)), base, hidden)


def _each(kind: str, per: Array, count: Array, base: Array) -> tuple[Array, Array]:
    """Values and limits where each row may have a multiplier of its own."""
    value, limits = figures(kind, 1.0, count, base)
    scale = np.ones(len(per)) if kind == "count" else per
    return value * scale, limits * scale[:, None]


def _written(
    rows: pl.DataFrame, cells: Array, numerator: Array, denominator: Array, hidden: Array
) -> pl.DataFrame:
    """The rows with protected figures; a cell without a value stays without one."""
    missing = rows["value"].is_null().to_numpy()
    value, lower, upper = np.where(missing, np.nan, cells)
    later = np.maximum(
        rows["status"].replace_strict(STATUS_CODE, return_dtype=pl.Int64).to_numpy(),
        np.where(hidden, STATUS_CODE[Status.SUPPRESSED], STATUS_CODE[Status.ROUNDED]),
    )
    status = np.where(missing, STATUS_CODE[Status.MISSING], later)
    return rows.with_columns(
        pl.Series(name, column).fill_nan(None)
        for name, column in (
            ("value", value),
            ("lower", lower),
            ("upper", upper),
            ("numerator", numerator),
            ("denominator", denominator),
        )
    ).with_columns(
        pl.Series("status", [STATUSES[code] for code in status], dtype=pl.String),
        pl.lit(float(ROUND_TO)).alias("round_to"),
    )


def _floats(column: pl.Series) -> Array:
    return column.fill_null(float("nan")).to_numpy().astype(float)
