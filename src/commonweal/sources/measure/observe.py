"""From figures to observations: a row an area, with status and interval; and the denominators of rates.

A numerator and a base are whole numbers until here; where the value follows from them by
value = per x numerator / denominator, it keeps following from them whatever the gate does later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from commonweal.arrays import Array
from commonweal.methods.interval import count_ratio_limits, poisson_limits, rate_limits, wilson_limits
from commonweal.model.observation import SCHEMA
from commonweal.model.period import Period
from commonweal.model.source import Measure
from commonweal.sources.dates import Month, months


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """The figures of a measure in one period, shape (areas,), limits (areas, 2); nan where there is none."""

    value: Array
    limits: Array
    numerator: Array
    denominator: Array


@dataclass(frozen=True, slots=True)
class Window:
    """A period of observation, and the stretch whose records are counted in it: more where it is pooled.

    `share` is how much of that stretch the source covers, in months: 1.0 is all of it.
    """

    period: Period
    over: Period
    share: float = 1.0


def share_covered(period: Period, covered: frozenset[Month]) -> float:
    """The share of a period's months that a source covers.

    >>> share_covered(Period.parse("2018"), months(Period.parse("2018-Q1")))
    0.25
    """
    return len(months(period) & covered) / len(period.months)


def observations(measure: Measure, window: Window, found: Figures, areas: Sequence[str]) -> pl.DataFrame:
    """The observations of one measure in one period: a row an area.

    What comes from a part-covered period is estimated; what has no value is missing. An interval that has no
    end is none.
    """
    known = np.isfinite(found.value)
    bounded = known & np.isfinite(found.limits).all(axis=1)
    status = np.where(known, "observed" if window.share == 1 else "estimated", "missing")
    frame = pl.DataFrame(
        {
            "period": [window.period.label] * len(areas),
            "area": list(areas),
            "indicator": [measure.indicator] * len(areas),
            "value": found.value,
            "lower": np.where(bounded, found.limits[:, 0], np.nan),
            "upper": np.where(bounded, found.limits[:, 1], np.nan),
            "numerator": found.numerator,
            "denominator": found.denominator,
            "observed": [window.over.label] * len(areas),
            "status": status.tolist(),
            "kind": [kind_of(measure)] * len(areas),
            "per": [multiplier(measure)] * len(areas),
            "round_to": np.full(len(areas), np.nan),
            "source": [measure.records] * len(areas),
        }
    )
    return frame.select(
        pl.col(name).fill_nan(None) if dtype == pl.Float64 else pl.col(name) for name, dtype in SCHEMA.items()
    )


def kind_of(measure: Measure) -> str:
    """The kind of a measure's observations, a name in `kinds.KINDS`: a ratio of counts has one of its own."""
    return "count_ratio" if measure.kind == "ratio" and measure.of else measure.kind


def multiplier(measure: Measure) -> float:
    """What numerator over denominator is multiplied with; 1 where there are none."""
    if measure.kind == "percentage":
        return 100.0
    per_something = ("rate", "ratio", "distinct", "standardised_ratio", "standardised_rate")
    return float(measure.per) if measure.kind in per_something else 1.0


def figures(kind: str, per: float, numerator: Array, denominator: Array) -> tuple[Array, Array]:
    """Values, shape (areas,), and their 95 % limits, shape (areas, 2), of a kind that follows from counts.

    nan where there is no denominator. A count without one is itself; one with a denominator was counted in
    that share of its period. Distinct people may have a denominator or none.

    >>> values, limits = figures("rate", 1000.0, np.array([10.0]), np.array([2000.0]))
    >>> values.tolist(), limits.round(3).tolist()
    ([5.0], [[2.394, 9.196]])
    """
    if kind in ("count", "distinct"):
        share = np.where(np.isnan(denominator), 1.0, np.where(denominator > 0, denominator, np.nan))
        return per * numerator / share, per * poisson_limits(numerator) / share[:, None]
    usable = np.where(denominator > 0, denominator, np.nan)
    if kind == "percentage":
        return 100 * numerator / usable, wilson_limits(numerator, usable, 100)
    if kind == "count_ratio":
        return per * numerator / usable, count_ratio_limits(numerator, denominator, per)
    return per * numerator / usable, rate_limits(numerator, usable, per)


def denominators_for(
    table: pl.DataFrame, areas: Sequence[str], period: Period
) -> tuple[Array, Mapping[str, int]]:
    """The denominator of each area: the latest whose own period begins no later than `period` does.

    `table` has area, period, value. Returns the figures, shape (areas,), nan where there is none, and how
    many areas use a figure of another year than the one in which `period` begins, by that year's label.

    >>> table = pl.DataFrame({"area": ["A", "A"], "period": ["2014", "2016"], "value": [10.0, 20.0]})
    >>> figures, older = denominators_for(table, ["A", "B"], Period.parse("2015"))
    >>> figures.tolist(), older
    ([10.0, nan], {'2014': 1})
    """
    begun = sorted(
        (p for p in {Period.parse(label) for label in table["period"]} if p.start <= period.start),
        key=lambda p: (p.start, p.end),
    )
    order = {p.label: i for i, p in enumerate(begun)}
    latest: dict[str, tuple[int, float]] = {}
    for area, label, value in table.select("area", "period", "value").iter_rows():
        if label in order and value is not None and order[label] >= latest.get(area, (-1, 0.0))[0]:
            latest[area] = (order[label], value)
    found = np.array([latest.get(code, (-1, np.nan))[1] for code in areas], dtype=float)
    older: dict[str, int] = {}
    for code in areas:
        place = latest.get(code, (-1, 0.0))[0]
        if place >= 0 and begun[place].start.year != period.start.year:
            older[begun[place].label] = older.get(begun[place].label, 0) + 1
    return found, older
