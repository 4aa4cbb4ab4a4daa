"""Totals to observations: counts, rates and percentages of each area and period, exact and with intervals.

A numerator and a base are whole numbers until here; the value follows from them by
value = per x numerator / denominator, and keeps following from them whatever the gate does later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from commonweal.methods.interval import poisson_limits, rate_limits, wilson_limits
from commonweal.model.observation import SCHEMA
from commonweal.model.period import Period
from commonweal.model.source import Measure
from commonweal.sources.dates import Month, months

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """How many records of a measure each area has in one period: those that count, and those in the base.

    Both have the shape (areas,); `base` is only there for a percentage. `share` is how much of the period
    the source covers, in months: 1.0 is all of it.
    """

    period: Period
    numerator: Array
    base: Array | None
    share: float = 1.0


def share_covered(period: Period, covered: frozenset[Month]) -> float:
    """The share of a period's months that a source covers.

    >>> share_covered(Period.parse("2018"), months(Period.parse("2018-Q1")))
    0.25
    """
    return len(months(period) & covered) / len(period.months)


def observations(
    measure: Measure, counts: Counts, areas: Sequence[str], denominators: Array | None
) -> pl.DataFrame:
    """The observations of one measure in one period: a row an area.

    A part-covered period is scaled up to the whole: the denominator is multiplied by the share covered
    (a percentage stays as it is), and the status is estimated. A percentage of nobody and a rate without
    a denominator are missing.
    """
    numerator = counts.numerator.astype(float)
    denominator = _denominator(measure, counts, denominators)
    value, limits = figures(measure.kind, measure.per, numerator, denominator)
    known = np.isfinite(value)
    status = np.where(known, "observed" if counts.share == 1 else "estimated", "missing")
    per = 100.0 if measure.kind == "percentage" else float(measure.per) if measure.kind == "rate" else 1.0
    frame = pl.DataFrame(
        {
            "period": [counts.period.label] * len(areas),
            "area": list(areas),
            "indicator": [measure.indicator] * len(areas),
            "value": value,
            "lower": limits[:, 0],
            "upper": limits[:, 1],
            "numerator": numerator,
            "denominator": denominator,
            "observed": [counts.period.label] * len(areas),
            "status": status.tolist(),
            "kind": [measure.kind] * len(areas),
            "per": [per] * len(areas),
            "round_to": np.full(len(areas), np.nan),
            "source": [measure.records] * len(areas),
        }
    )
    return frame.select(
        pl.col(name).fill_nan(None) if dtype == pl.Float64 else pl.col(name) for name, dtype in SCHEMA.items()
    )


def figures(kind: str, per: float, numerator: Array, denominator: Array) -> tuple[Array, Array]:
    """Values, shape (areas,), and their 95 % limits, shape (areas, 2); nan where there is no denominator.

    A count without a denominator is itself; one with a denominator was counted in that share of its period.

    >>> values, limits = figures("rate", 1000.0, np.array([10.0]), np.array([2000.0]))
    >>> values.tolist(), limits.round(3).tolist()
    ([5.0], [[2.394, 9.196]])
    """
    if kind == "count":
        share = np.where(np.isnan(denominator), 1.0, denominator)
        return numerator / share, poisson_limits(numerator) / share[:, None]
    usable = np.where(denominator > 0, denominator, np.nan)
    if kind == "percentage":
        return 100 * numerator / usable, wilson_limits(numerator, usable, 100)
    return per * numerator / usable, rate_limits(numerator, usable, per)


def _denominator(measure: Measure, counts: Counts, denominators: Array | None) -> Array:
    if measure.kind == "percentage":
        assert counts.base is not None
        return counts.base.astype(float)
    if measure.kind == "rate":
        assert denominators is not None
        return denominators * counts.share
    return np.full(len(counts.numerator), np.nan if counts.share == 1 else counts.share)


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
