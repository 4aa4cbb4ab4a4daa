"""How observations about people are protected: every count in them goes through the rule by itself.

A numerator and a base of people are counts, and so is what a percentage leaves over. The value is the
protected numerator over the protected base, its interval follows from those two, and a hidden cell has the
middle of its range as value and the range as interval. A cell that is hidden to protect another has a wider
range.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from commonweal.arrays import Array
from commonweal.methods.significant import significant
from commonweal.model.observation import STATUS_CODE, STATUSES, Status
from commonweal.sources.measure.kinds import KINDS
from commonweal.sources.measure.observe import figures
from commonweal.sources.protect.known import counts_base
from commonweal.sources.protect.rule import Rule

#: How far the ranges of a cell's count and of its base are widened: columns of a frame to be protected.
COUNT_LEVEL, BASE_LEVEL = "count#", "base#"


def protect(frame: pl.DataFrame, rule: Rule, *, public_base: bool, minimum_base: int = 0) -> pl.DataFrame:
    """Protected observations, in the order of `frame` and with its columns.

    `public_base` says that the denominators of rates are public figures (a population), not people counted
    here; the denominator of a count is no base at all but the share of its period that was covered. Where
    the denominator is below `minimum_base`, no value is left. The columns `count#` and `base#`, if there,
    say to which level ranges are widened (0: what the rule says).

    A percentage of people hides its numerator where that is hidden by the rule and its complement where
    that is. It hides everything, base included, where the base is hidden, where the base is at most
    `rule.small_base` with a side to hide, and where both sides are hidden; its range is then 0 to 100. Each
    other choice would tell a reader that some of the hidden counts are impossible.
    """
    levels = [pl.lit(0).alias(name) for name in (COUNT_LEVEL, BASE_LEVEL) if name not in frame.columns]
    rows = frame.with_columns(levels).with_row_index("order#")
    parts = [
        without_value(
            _protected(part, rule, public_base),
            part,
            minimum_base,
            public_base=not counts_base(str(part["kind"][0]), public_base),
        )
        for _, part in rows.group_by("kind", maintain_order=True)
    ]
    kept = frame.select(pl.exclude(COUNT_LEVEL, BASE_LEVEL)).columns
    return pl.concat(parts).sort("order#").select(kept) if parts else frame.select(kept)


def _protected(rows: pl.DataFrame, rule: Rule, public_base: bool) -> pl.DataFrame:
    name = str(rows["kind"][0])
    kind = KINDS[name]
    if kind.complement:
        return _shielded(rows, rule)
    if kind.follows:
        public = not kind.denominator and (public_base or name == "count")
        return _counted(rows, rule, public)
    return made(rows, rule)


def _counted(rows: pl.DataFrame, rule: Rule, public_base: bool) -> pl.DataFrame:
    """Counts and rates: the numerator by the rule, and the base too if it is of people."""
    kind, per = str(rows["kind"][0]), _floats(rows["per"])
    count, given = _floats(rows["numerator"]), _floats(rows["denominator"])
    level = rows[COUNT_LEVEL].to_numpy()
    hidden, base = rule.is_hidden(count) | (level > 0), given if public_base else rule.shown(given)
    base = np.where(rows[BASE_LEVEL].to_numpy() > 0, np.nan, base)
    low, high = _range(rule, count, level)
    value, limits = _each(kind, per, np.where(hidden, (low + high) / 2, rule.shown(count)), base)
    least, most = (_each(kind, per, end, base)[0] for end in (low, high))
    lost = np.isnan(base) & ~np.isnan(given)
    return _written(
        rows,
        rule,
        np.where(hidden, np.stack([value, least, most]), np.stack([value, limits[:, 0], limits[:, 1]])),
        np.where(hidden, np.nan, rule.shown(count)),
        base,
        hidden | lost,
        count == 0,
    )


def _shielded(rows: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """Percentages of people: numerator, complement and base by the rule."""
    count, base = _floats(rows["numerator"]), _floats(rows["denominator"])
    level, base_level = rows[COUNT_LEVEL].to_numpy(), rows[BASE_LEVEL].to_numpy()
    rest, small, left_small, nothing = sides(rule, count, base)
    nothing = nothing & ~np.isnan(base)
    wide = base_level > 0
    shown_base = np.where(nothing | wide, np.nan, rule.shown(base))
    value, limits = figures("percentage", 100.0, rule.shown(count), shown_base)
    usual = np.stack([value, limits[:, 0], limits[:, 1]])
    counted = _share(*_range(rule, count, level), shown_base, shown_base)
    left = 100 - _share(*_range(rule, rest, level), shown_base, shown_base)[[0, 2, 1]]
    side = np.where(left_small & ~nothing, rest, count)
    both = _share(*_range(rule, side, level), *_range(rule, base, base_level))
    both = np.where(left_small, 100 - both[[0, 2, 1]], both)
    all_or_none = np.array([[50.0], [0.0], [100.0]])
    hidden = nothing | small | left_small | (level > 0)
    cells = np.select(
        [nothing, wide, small, left_small, hidden], [all_or_none, both, counted, left, counted], usual
    )
    shown = np.where(hidden, np.nan, rule.shown(count))
    return _written(rows, rule, cells, shown, shown_base, hidden, count == 0)


def sides(rule: Rule, count: Array, base: Array) -> tuple[Array, Array, Array, Array]:
    """Of percentages: who is left over, whether the count is hidden, whether they are, whether all is."""
    rest = base - count
    small, left_small = rule.is_hidden(count), rule.is_hidden(rest)
    either = small | left_small
    nothing = rule.is_hidden(base) | (either & (base <= rule.small_base)) | (small & left_small)
    return rest, small, left_small, nothing


def made(rows: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """Means and the like, and weighted sums of counts: no value where the people behind it are few.

    Nor is there one where the number of people behind it is hidden for others: a mean of 7.453125 says that
    they are 32, or a multiple. A weighted sum with weights that everyone knows gives its counts back if all
    of its digits are shown.
    """
    kind = KINDS[str(rows["kind"][0])]
    count, base = _floats(rows["numerator"]), _floats(rows["denominator"])
    hidden = rule.is_hidden(count) if kind.numerator else rule.is_hidden(base)
    if COUNT_LEVEL in rows.columns:
        hidden = hidden | (rows[COUNT_LEVEL].to_numpy() > 0)
    cells = np.stack([_floats(rows[name]) for name in ("value", "lower", "upper")])
    if kind.digits is not None:
        cells = significant(cells, kind.digits)
    if kind.numerator:
        count = np.where(hidden, np.nan, rule.shown(count))
    if kind.denominator:
        base = np.where(hidden, np.nan, rule.shown(base))
    whole = np.full(len(rows), kind.digits is None)
    return _written(rows, rule, np.where(hidden, np.nan, cells), count, base, hidden, whole)


def without_value(
    done: pl.DataFrame, given: pl.DataFrame, minimum_base: int, *, public_base: bool
) -> pl.DataFrame:
    """Without a value where the denominator, of people or public, is below the minimum."""
    if not minimum_base or given["kind"][0] in ("count", "distinct"):
        return done
    few = given["denominator"].fill_null(0) < minimum_base
    # nobody is below the minimum too: told apart, every other figure withheld would be known to be of someone
    missing = (done["status"] == Status.MISSING) & (given["denominator"].is_null() | public_base)
    gone = [
        pl.when(few).then(None).otherwise(pl.col(name)).alias(name)
        for name in ("value", "lower", "upper", "numerator", "denominator")
    ]
    status = pl.when(few & ~missing).then(pl.lit(Status.SUPPRESSED.value)).otherwise(pl.col("status"))
    return done.with_columns(*gone, status.alias("status"))


def _range(rule: Rule, count: Array, level: Array) -> tuple[Array, Array]:
    """The published ends of hidden counts: those of the rule, or of the block they are widened to."""
    ends = [rule.block(max(rule.class_of(n), int(w == 0)), int(w)) if n == n else (np.nan, np.nan)
            for n, w in zip(count.tolist(), level.tolist(), strict=True)]  # fmt: skip
    low, high = np.array(ends, dtype=float).reshape(-1, 2).T
    return low, high


def _share(low: Array, high: Array, base_low: Array, base_high: Array) -> Array:
    """Middle, least and most of a percentage, shape (3, rows)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        least = 100 * low / np.where(base_high > 0, base_high, np.nan)
        most = np.minimum(100 * high / np.where(base_low > 0, base_low, np.nan), 100)
        most = np.where((base_low == 0) & (base_high > 0), 100, most)
    return np.stack([(least + most) / 2, least, most])


def _each(kind: str, per: Array, count: Array, base: Array) -> tuple[Array, Array]:
    """Values and limits where each row may have a multiplier of its own."""
    value, limits = figures(kind, 1.0, count, base)
    scale = np.ones(len(per)) if kind == "count" else per
    return value * scale, limits * scale[:, None]


def _written(
    rows: pl.DataFrame,
    rule: Rule,
    cells: Array,
    numerator: Array,
    denominator: Array,
    hidden: Array,
    exact: Array,
) -> pl.DataFrame:
    """The rows with protected figures; a cell without a value stays without one.

    `exact` are the values that rounding leaves as they are: 0, and a mean, whose number of people is rounded.

    A share or mean of nobody is missing, which says that there is nobody; where its base is hidden for others
    it is hidden like any other, since a range from 0 would be no range if every hidden base were of someone.
    """
    missing = rows["value"].is_null().to_numpy()
    if BASE_LEVEL in rows.columns:
        widened = (rows[BASE_LEVEL].to_numpy() > 0) | (rows[COUNT_LEVEL].to_numpy() > 0)
        nobody = (_floats(rows["denominator"]) == 0) & np.isnan(denominator)
        missing = missing & ~(widened & nobody)
    value, lower, upper = np.where(missing, np.nan, cells)
    later = np.maximum(
        rows["status"].replace_strict(STATUS_CODE, return_dtype=pl.Int64).to_numpy(),
        np.select([hidden, exact], [STATUS_CODE[Status.SUPPRESSED], STATUS_CODE[Status.OBSERVED]],
                  STATUS_CODE[Status.ROUNDED]),
    )  # fmt: skip
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
        pl.lit(float(rule.round_to)).alias("round_to"),
    )


def _floats(column: pl.Series) -> Array:
    return column.fill_null(float("nan")).to_numpy().astype(float)
