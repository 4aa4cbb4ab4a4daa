"""How the figures of each kind are formed from what the records of a measure come to in one period."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Array
from commonweal.methods.bootstrap import ratio_of_sums
from commonweal.methods.interval import mean_and_limits, sum_limits
from commonweal.methods.life_table import life_expectancy
from commonweal.methods.quantile import quantiles
from commonweal.methods.standardise import direct, expected
from commonweal.model.source import Measure
from commonweal.sources.measure.bands import Band, band, into
from commonweal.sources.measure.observe import Figures, Window, figures, kind_of, multiplier
from commonweal.sources.measure.strata import Group, Strata, life_bands, merged, standard_of
from commonweal.sources.query import DIGITS


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """What the records of a measure come to in a period.

    `cells` has area (an index into `areas`), whatever parts cells further (g0, ..., value) and a column for
    each tally by its name. `bases` are the areas' denominators, `strata` those by group.
    """

    measure: Measure
    window: Window
    areas: tuple[str, ...]
    cells: pl.DataFrame
    bases: Array | None = None
    strata: Strata | None = None

    def by_area(self, name: str) -> Array:
        """A tally of each area, shape (areas,): Python's integers, which know no largest one."""
        summed = self.cells.group_by("area").agg(pl.col(name).sum())
        found = np.zeros(len(self.areas), dtype=object)
        found[summed["area"].to_numpy()] = summed[name].to_list()
        return found

    def by_group(self, name: str) -> Array:
        """A tally of each area and group of the strata, shape (areas, groups); of other groups left out."""
        assert self.strata is not None
        found = np.zeros((len(self.areas), len(self.strata.groups)))
        rows = self.cells.select("area", *group_columns(self.measure), name)
        placed = places(self.measure, rows, self.strata)
        there = placed >= 0
        np.add.at(found, (rows["area"].to_numpy()[there], placed[there]), rows[name].to_numpy()[there])
        return found


def group_columns(measure: Measure) -> list[str]:
    """The columns of cells that hold what records say of their groups."""
    return [f"g{i}" for i in range(len(measure.by))]


def places(measure: Measure, cells: pl.DataFrame, strata: Strata) -> Array:
    """The group of each cell by its texts, shape (cells,); -1 where they name none."""
    place = {group: i for i, group in enumerate(strata.groups)}
    texts: list[list[str | None]] = []
    for i, column in enumerate(group_columns(measure)):
        found = into(cells[column].drop_nulls().unique().to_list(), {group[i] for group in strata.groups})
        texts.append([found.get(text) if text is not None else None for text in cells[column].to_list()])
    return np.array([place.get(group, -1) for group in zip(*texts, strict=True)], dtype=np.int64)


def form(held: Held) -> Figures:
    """The figures of a measure in one period."""
    return FORMS[kind_of(held.measure)](held)


def _floats(whole: Array) -> Array:
    return whole.astype(float)


def _following(held: Held, numerator: Array, denominator: Array) -> Figures:
    kind, per = kind_of(held.measure), multiplier(held.measure)
    value, limits = figures(kind, per, numerator, denominator)
    return Figures(value, limits, numerator, denominator)


def _count(held: Held) -> Figures:
    share = held.window.share
    return _following(
        held,
        _floats(held.by_area("numerator")),
        np.full(len(held.areas), np.nan if share == 1 else share),
    )


def _rate(held: Held) -> Figures:
    assert held.bases is not None
    return _following(held, _floats(held.by_area("numerator")), held.bases * held.window.share)


def _part(held: Held) -> Figures:
    """Records of a measure among, or beside, others: percentages and ratios of counts."""
    return _following(held, _floats(held.by_area("numerator")), _floats(held.by_area("base")))


def _distinct(held: Held) -> Figures:
    bases = np.full(len(held.areas), np.nan) if held.bases is None else held.bases
    found = _following(held, _floats(held.by_area("people")), bases)
    if held.bases is None:
        return found
    known = held.bases > 0
    return Figures(
        np.where(known, found.value, np.nan),
        np.where(known[:, None], found.limits, np.nan),
        found.numerator,
        found.denominator,
    )


def _none(held: Held) -> Array:
    return np.full(len(held.areas), np.nan)


def _mean(held: Held) -> Figures:
    n, unit = held.by_area("n"), 10.0**held.measure.decimals
    mean, limits = mean_and_limits(held.by_area("sum"), held.by_area("squares"), n)
    return Figures(mean / unit, limits / unit, _none(held), _floats(n))


def _sum(held: Held) -> Figures:
    total, unit = _floats(held.by_area("sum")), 10.0**held.measure.decimals
    limits = sum_limits(total, _floats(held.by_area("squares")))
    return Figures(total / unit, limits / unit, _none(held), _floats(held.by_area("n")))


def _median(held: Held) -> Figures:
    known = held.cells.filter(pl.col("value").is_not_null() & (pl.col("n") > 0))
    parts = known.group_by("area", "value").agg(pl.col("n").sum()).sort("area", "value")
    unit = 10.0**held.measure.decimals
    numbers, counts = parts["value"].to_numpy().astype(float), parts["n"].to_numpy()
    cell, size = parts["area"].to_numpy(), len(held.areas)
    value, limits = quantiles(cell, numbers, counts, size, held.measure.quantile)
    n = np.bincount(cell, weights=counts, minlength=size).astype(float)  # of nothing it is whole
    return Figures(value / unit, limits / unit, _none(held), n)


def _ratio(held: Held) -> Figures:
    """Of the records that have both numbers."""
    unit = 10.0**held.measure.decimals
    over = whole_numbers(held.cells["g0"], held.measure.decimals)
    pairs = (
        held.cells.with_columns(over.alias("over"))
        .filter(pl.col("value").is_not_null() & pl.col("over").is_not_null() & (pl.col("n") > 0))
        .group_by("area", "value", "over")
        .agg(pl.col("n").sum())
        .sort("area", "value", "over")
    )
    value, limits, n = _none(held), np.full((len(held.areas), 2), np.nan), np.zeros(len(held.areas))
    for (area,), part in pairs.group_by("area", maintain_order=True):
        above, below, counts = (part[name].to_numpy().astype(float) for name in ("value", "over", "n"))
        i = int(str(area))
        n[i] = counts.sum()
        if (divisor := float(below @ counts)) > 0:
            value[i] = held.measure.per * (above @ counts) / divisor
            name = f"{held.measure.indicator}\x1f{held.areas[i]}\x1f{held.window.over.label}"
            limits[i] = held.measure.per * ratio_of_sums(above / unit, below / unit, counts, name)
    return Figures(value, limits, _none(held), n)


def whole_numbers(texts: pl.Series, decimals: int) -> pl.Series:
    """Cells as whole numbers of 10^-decimals as engines read them (`query.Number`).

    >>> whole_numbers(pl.Series(["1.005", "-2", "1e3", "", None]), 2).to_list()
    [101, -200, None, None, None]
    """
    distinct = texts.drop_nulls().unique().to_list()
    found = {text: _whole_number(text, decimals) for text in distinct}
    return texts.replace_strict(found, default=None, return_dtype=pl.Int64)


def _whole_number(text: str, decimals: int) -> int | None:
    plain = text.strip(" ")
    if not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)", plain):
        return None
    before, _, behind = plain.lstrip("+-").partition(".")
    if len(before.lstrip("0")) > DIGITS - decimals:
        return None
    kept = int(f"0{before}{behind[:decimals]:0<{decimals}}") if decimals else int(f"0{before}")
    whole = kept + (behind[decimals : decimals + 1] >= "5")
    return -whole if plain.startswith("-") else whole


def _standardised_ratio(held: Held) -> Figures:
    assert held.strata is not None
    events = held.by_group("numerator")
    due = expected(held.strata.population, events)
    known = np.isfinite(due)
    found = _following(held, events.sum(axis=1), np.where(due > 0, due, np.nan))
    return replace(found, numerator=np.where(known, found.numerator, np.nan))


def _standardised_rate(held: Held) -> Figures:
    assert held.strata is not None
    standard = standard_of(held.measure, held.strata.groups)
    assert standard is not None
    targets = list(standard.weights)
    events, people = _merged(held, standard.columns, targets)
    used = [i for i, group in enumerate(targets) if standard.weights[group]]
    weights = np.array([standard.weights[targets[i]] for i in used])
    value, limits = direct(events[:, used], people[:, used], weights, held.measure.per)
    return Figures(value, limits, events.sum(axis=1), people.sum(axis=1))


def _life_expectancy(held: Held) -> Figures:
    """At birth: that of the first band."""
    assert held.strata is not None
    known = life_bands(held.measure, held.strata.groups)
    assert known is not None
    column, labels = known
    deaths, people = _merged(held, (column,), [(label,) for label in labels])
    years, limits = life_expectancy(deaths, people, np.array([_band(label).width for label in labels]))
    return Figures(years[:, 0], limits[:, 0], deaths.sum(axis=1), people.sum(axis=1))


def _merged(held: Held, columns: tuple[str, ...], targets: Sequence[Group]) -> tuple[Array, Array]:
    """Records and people of each area by other groups than the strata's, each shape (areas, targets)."""
    assert held.strata is not None
    place = merged(held.strata.columns, held.strata.groups, columns, targets)
    found = []
    for parts in (held.by_group("numerator"), held.strata.population):
        together = np.zeros((len(parts), len(targets)))
        np.add.at(together.T, place, parts.T)
        found.append(together)
    return found[0], found[1]


def _band(label: str) -> Band:
    found = band(label)
    assert found is not None
    return found


#: Kind of observation -> how its figures are formed.
FORMS: Final[Mapping[str, Callable[[Held], Figures]]] = {
    "count": _count,
    "rate": _rate,
    "percentage": _part,
    "count_ratio": _part,
    "distinct": _distinct,
    "mean": _mean,
    "median": _median,
    "sum": _sum,
    "ratio": _ratio,
    "standardised_ratio": _standardised_ratio,
    "standardised_rate": _standardised_rate,
    "life_expectancy": _life_expectancy,
}
