"""Denominators by group: how many people of each age band and sex each area has, and what weighs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import polars as pl

from commonweal.arrays import Array
from commonweal.errors import Fault
from commonweal.methods.standardise import EUROPEAN_2013
from commonweal.model.period import Period
from commonweal.model.project import JOINT, Project
from commonweal.model.source import Measure, Standard
from commonweal.sources.measure.bands import are_bands, band, into

Group = tuple[str, ...]
#: The kinds that compare people of the same group.
BY_GROUP: Final = ("standardised_ratio", "standardised_rate", "life_expectancy")


@dataclass(frozen=True, slots=True, eq=False)
class Strata:
    """The groups of a measure, in order, and for each how many people each area has.

    `columns` names what parts people into groups; `population` has the shape (areas, groups).
    """

    columns: tuple[str, ...]
    groups: tuple[Group, ...]
    population: Array


def groups_of(project: Project, measure: Measure) -> tuple[Group, ...]:
    """The groups that a measure compares, by the columns it names, sorted: ages by age."""
    every = project.groups[measure.denominator]
    kept = [every.index(column) for column, _ in measure.by]
    own = project.strata.filter(pl.col("name") == measure.denominator)["group"].unique()
    found = {tuple(joined.split(JOINT)[i] for i in kept) for joined in own}
    return tuple(sorted(found, key=_order))


def _order(group: Group) -> tuple[tuple[float, str], ...]:
    return tuple((ages.first if (ages := band(text)) else -1.0, text) for text in group)


def strata(
    project: Project, measure: Measure, areas: Sequence[str], periods: Sequence[Period]
) -> tuple[Strata, Mapping[str, int]]:
    """The people of a measure's groups, in several periods together, by the latest figures begun by each.

    Also how many areas use figures of another year than a period's, by that year's label.
    """
    columns = tuple(column for column, _ in measure.by)
    groups = groups_of(project, measure)
    every = project.groups[measure.denominator]
    kept = [every.index(column) for column in columns]
    place = {group: i for i, group in enumerate(groups)}
    own = project.strata.filter(pl.col("name") == measure.denominator)
    rows = {code: i for i, code in enumerate(areas)}
    columns_of = {joined: place[_kept(joined, kept)] for joined in own["group"].unique()}
    table = own.with_columns(
        pl.col("area").replace_strict(rows, default=-1, return_dtype=pl.Int64).alias("row"),
        pl.col("group").replace_strict(columns_of, return_dtype=pl.Int64).alias("column"),
    )
    population = np.zeros((len(areas), len(groups)))
    older: dict[str, int] = {}
    for period in periods:
        there, said = _latest(table, period)
        one = np.full(population.shape, np.nan)
        one[there["row"].unique().to_numpy()] = 0.0
        np.add.at(one, (there["row"].to_numpy(), there["column"].to_numpy()), there["value"].to_numpy())
        population += one
        older |= said
    return Strata(columns, groups, population), older


def _kept(joined: str, kept: Sequence[int]) -> Group:
    texts = joined.split(JOINT)
    return tuple(texts[i] for i in kept)


def _latest(table: pl.DataFrame, period: Period) -> tuple[pl.DataFrame, dict[str, int]]:
    """The rows of each area's latest period that begins no later than `period`."""
    known = {label: Period.parse(label) for label in table["period"].unique().sort()}
    begun = sorted((p for p in known.values() if p.start <= period.start), key=lambda p: (p.start, p.end))
    order = {p.label: i for i, p in enumerate(begun)}
    ranked = table.filter((pl.col("row") >= 0) & pl.col("period").is_in(list(order))).with_columns(
        pl.col("period").replace_strict(order, default=-1, return_dtype=pl.Int64).alias("order")
    )
    latest = ranked.filter(pl.col("order") == pl.col("order").max().over("row"))
    areas = latest.group_by("period").agg(pl.col("row").n_unique()).sort("period")
    return latest, {
        label: count for label, count in areas.iter_rows() if known[label].start.year != period.start.year
    }


def merged(
    columns: tuple[str, ...], groups: Sequence[Group], fewer: tuple[str, ...], targets: Sequence[Group]
) -> Array:
    """Which of `targets`, by fewer columns or wider bands, each group is in, shape (groups,); -1: none.

    >>> groups = [("0", "F"), ("1-4", "F"), ("90+", "M")]
    >>> merged(("age", "sex"), groups, ("age",), [("0-4",), ("5-9",)]).tolist()
    [0, 0, -1]
    """
    place = {target: i for i, target in enumerate(targets)}
    by_column = [
        into({group[columns.index(name)] for group in groups}, {target[i] for target in targets})
        for i, name in enumerate(fewer)
    ]
    found = [
        place.get(tuple(by_column[i].get(group[columns.index(name)], "") for i, name in enumerate(fewer)), -1)
        for group in groups
    ]
    return np.array(found, dtype=np.int64)


def standard_of(measure: Measure, groups: Sequence[Group]) -> Standard | None:
    """The standard population of a measure: its own, else the European one for its column of ages, if any."""
    if measure.standard is not None:
        return measure.standard
    column = _ages(measure, groups)
    weights: dict[Group, float] = {(label,): weight for label, weight in EUROPEAN_2013.items()}
    return None if column is None else Standard((column,), weights)


def _ages(measure: Measure, groups: Sequence[Group]) -> str | None:
    for i, (column, _) in enumerate(measure.by):
        if are_bands({group[i] for group in groups}):
            return column
    return None


def life_bands(measure: Measure, groups: Sequence[Group]) -> tuple[str, tuple[str, ...]] | None:
    """The column of ages and its bands in order, if they make a life table: 0, on without a gap, open."""
    column = _ages(measure, groups)
    if column is None:
        return None
    at = [name for name, _ in measure.by].index(column)
    labels = sorted({group[at] for group in groups}, key=lambda text: _order((text,)))
    bands = [found for label in labels if (found := band(label)) is not None]
    follows = all(after.first == before.last + 1 for before, after in pairwise(bands))
    whole = bands[0].first == 0 and bands[0].width == 1 and np.isinf(bands[-1].last) and follows
    return (column, tuple(labels)) if whole else None


def group_faults(project: Project, measure: Measure) -> list[Fault]:
    """MEASURE-GROUPS: what of a measure's groups does not fit those of its denominator or standard."""
    if measure.kind not in BY_GROUP or not measure.denominator:
        return []

    def fault(key: str, what: str, remedy: str) -> list[Fault]:
        return [Fault("MEASURE-GROUPS", what, remedy, path=("measures", measure.indicator, key))]

    there = project.groups.get(measure.denominator)
    if there is None:
        what = f"denominator {measure.denominator!r} of {measure.indicator!r} has no groups"
        return fault("denominator", what, "Say what parts it: `{path: …, by: [age_band, sex]}`.")
    strange = [column for column, _ in measure.by if column not in there]
    if strange:
        what = f"{measure.denominator!r} is not parted by {', '.join(strange)}"
        return fault("by", what, f"Use some of: {', '.join(there)}.")
    groups = groups_of(project, measure)
    if measure.kind == "life_expectancy" and life_bands(measure, groups) is None:
        what = f"the groups of {measure.denominator!r} make no life table"
        return fault("by", what, "Use bands of age from 0, 1-4, 5-9 on, the last of them open: 90+.")
    return _standard_faults(measure, groups, fault) if measure.kind == "standardised_rate" else []


def _standard_faults(measure: Measure, groups: Sequence[Group], fault: Any) -> list[Fault]:
    standard = standard_of(measure, groups)
    if standard is None:
        what = f"no column of {measure.indicator!r} holds bands of age, such as 0-4 and 90+"
        return list(fault("by", what, "Name one, or a `standard:` of your own."))
    found = merged(tuple(c for c, _ in measure.by), groups, standard.columns, list(standard.weights))
    if (found < 0).any():
        lost = ", ".join(groups[int(i)][0] for i in np.flatnonzero(found < 0)[:3])
        return list(fault("standard", f"the standard population has no group that holds {lost}", _FIT))
    empty = [
        group for i, (group, weight) in enumerate(standard.weights.items()) if weight and i not in set(found)
    ]
    if empty:
        what = f"the standard population's group {', '.join(empty[0])} has no people in the denominators"
        return list(fault("standard", what, _FIT))
    return []


_FIT: Final = "Give both the same groups, or the denominators finer ones."
