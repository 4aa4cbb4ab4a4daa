"""Means and sums that would tell counts: of a column that hidden figures are told apart by.

A sum over a column that is 0 or 1 is the number of records that have a 1. It must not stand beside a hidden
count of just those; nor a mean, a median or a ratio. And any sum of the numbers by which a hidden count is
filtered narrows it: of 20 visits that waited 60 days in all, few waited 18.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import polars as pl

from commonweal.model.observation import Status
from commonweal.model.source import Measure
from commonweal.sources.filter import columns_of
from commonweal.sources.measure.gather import Counted
from commonweal.sources.measure.kinds import KINDS


def without_telltale(
    safe: pl.DataFrame,
    measures: Collection[Measure],
    figures: Mapping[tuple[str, str], Counted],
    *,
    all_inexact: bool = False,
) -> pl.DataFrame:
    """Protected observations, with no value where it is made of a column that a hidden figure is filtered by.

    Hidden figures of the same source and area are looked at, whatever their period; `all_inexact` says that
    every count is only roughly known. The number of people behind the value stays.
    """
    made_of = {
        m.indicator: {column for column in (m.value, m.over) if column}
        for m in measures
        if not m.of and m.kind in KINDS and not KINDS[m.kind].numerator and KINDS[m.kind].denominator
    }
    told_apart: dict[tuple[str, str], set[str]] = {}
    for source, area, indicator, period, status in safe.select(
        "source", "area", "indicator", "period", "status"
    ).iter_rows():
        counted = figures.get((indicator, period))
        if counted and (all_inexact or status == Status.SUPPRESSED):
            columns = {*columns_of(counted.numerator), *columns_of(counted.base)}
            told_apart.setdefault((source, area), set()).update(columns)
    tells = pl.Series(
        [
            bool(made_of.get(indicator, set()) & told_apart.get((source, area), set()))
            for source, area, indicator in safe.select("source", "area", "indicator").iter_rows()
        ],
        dtype=pl.Boolean,
    )
    shown = tells & safe["value"].is_not_null()
    return safe.with_columns(
        *(pl.when(tells).then(None).otherwise(pl.col(n)).alias(n) for n in ("value", "lower", "upper")),
        pl.when(shown).then(pl.lit(Status.SUPPRESSED.value)).otherwise(pl.col("status")).alias("status"),
    )
