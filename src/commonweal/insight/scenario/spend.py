"""What a budget of points would do best: its best split in an area, and in which area it would do most."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from commonweal.errors import CommonwealError, Fault
from commonweal.insight import words
from commonweal.insight.asked import need_score, period_at
from commonweal.insight.benchmarks import populations
from commonweal.insight.scenario.ascent import best_split
from commonweal.insight.scenario.bounds import movable
from commonweal.insight.scenario.moves import listed, moves, values_of
from commonweal.insight.scenario.spot import Spot, spot
from commonweal.insight.scenario.suppose import Scenario, scenario_of
from commonweal.insight.scenario.telling import FIXED
from commonweal.methods.rank import rank
from commonweal.model.edition import Edition

#: What the budget would do in each area: points used, the index and its place, the rise for each point used,
#: the rise of the place's mean, and the indicator that would take most of the points.
AREAS: Final = {
    "area": pl.String, "name": pl.String, "points": pl.Float64, "score_before": pl.Float64,
    "score_after": pl.Float64, "gain": pl.Float64, "gain_per_point": pl.Float64, "rank_before": pl.Int64,
    "rank_after": pl.Int64, "place_gain": pl.Float64, "first": pl.String,
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Spending:
    """The best use of a budget in one area: its moves (columns of `MOVES`), and the area after them."""

    area: str
    name: str
    period: str
    budget: float
    points: float
    moves: pl.DataFrame
    scenario: Scenario | None
    says: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PlaceSpending:
    """The best use of a budget in each area in turn: `areas` has the columns of `AREAS`, most gain first.

    `weighted_by` says by what the place's mean is weighted: "population", or empty for a plain mean.
    """

    period: str
    budget: float
    weighted_by: str
    areas: pl.DataFrame
    says: tuple[str, ...]


def whatif_budget(
    edition: Edition,
    area: str,
    budget: float,
    *,
    within: Sequence[str] = (),
    only: Sequence[str] = (),
    period: str | None = None,
) -> Spending:
    """The split of a budget of points, within bounds, under which an area's index would be highest.

    Points, bounds and faults are those of `whatif_reach`; WHATIF-BUDGET for a budget that is none.
    """
    here = spot(edition, area, period)
    need_score(edition, here.scoring.node_index[here.root.id], here.period, here.area)
    size = _budget(budget)
    may = movable(here, within, only)
    split = best_split(here, may, size)
    found = moves(here, may, split)
    scenario = scenario_of(here, values_of(here, found)) if found.height else None
    used = float(found["points"].sum())
    return Spending(
        here.code, here.name, here.label, size, used, found, scenario,
        (*_said(here, size, used, found, split.proved, scenario), FIXED),
    )  # fmt: skip


def whatif_place_budget(
    edition: Edition,
    budget: float,
    *,
    within: Sequence[str] = (),
    only: Sequence[str] = (),
    period: str | None = None,
    report: Callable[[str], None] = lambda step: None,
) -> PlaceSpending:
    """What a budget of points would do best in each area, were it all spent there, and for the place.

    The place's mean is that of its areas' indexes, weighted by population where each has one. `report` is
    told each area as it is worked on. Points, bounds and faults are those of `whatif_budget`.
    """
    t, size = period_at(edition.scoring, period), _budget(budget)
    root = edition.scoring.node_index[edition.framework.roots[0].id]
    column = edition.scoring.scores[t, :, root]
    scored = np.flatnonzero(np.isfinite(column))
    people = populations(edition.areas)
    weighted = all(people.get(edition.scoring.areas[a]) for a in scored)
    share = np.array([people[edition.scoring.areas[a]] if weighted else 1.0 for a in scored])
    share = share / share.sum()
    rows = []
    for a, part in zip(scored.tolist(), share.tolist(), strict=True):
        here = Spot(edition, a, t)
        report(f"Working out {here.name}")
        may = movable(here, within, only)
        split = best_split(here, may, size)
        used, gain = float(split.points.sum()), split.index - float(column[a])
        ranked = column.copy()
        ranked[a] = split.index
        first = here.indicators[may.indicators[int(split.points.argmax())]].name if used > 0 else ""
        rows.append(
            (
                here.code, here.name, used, float(column[a]), split.index, gain,
                gain / used if used > 0 else None, int(edition.scoring.ranks[t, a, root]),
                int(rank(ranked[None])[0][0, a]), gain * part, first,
            )
        )  # fmt: skip
    if not rows:
        what = f"no area has an index in {edition.scoring.periods[t].label}"
        raise CommonwealError(Fault("EXPLAIN-SCORE", what, "Name another period."))
    areas = pl.DataFrame(rows, schema=AREAS, orient="row").sort(
        pl.col("gain").round(9), "area", descending=[True, False]
    )
    label, by = edition.scoring.periods[t].label, "population" if weighted else ""
    return PlaceSpending(label, size, by, areas, (*_said_of_place(edition, size, by, areas), FIXED))


def _budget(budget: float) -> float:
    if isinstance(budget, bool) or not (np.isfinite(budget) and budget > 0):
        what = f"a budget of {budget} is none"
        raise CommonwealError(Fault("WHATIF-BUDGET", what, "Give points of the scale above 0, such as 20."))
    return float(budget)


def _said(
    here: Spot, budget: float, used: float, found: pl.DataFrame, proved: bool, scenario: Scenario | None
) -> Iterator[str]:
    if scenario is None:
        yield f"No figure of {here.name} may rise within the bounds, so no points can be used."
        return
    best = "would be used best" if proved else "could be used"
    yield f"In {here.name}, in {here.label}, {words.points(used)} {best} so: {listed(found)}."
    if used < budget - 1e-6:
        yield f"Of {words.points(budget)} no more can be used: every figure that counts is then at its bound."
    index = scenario.nodes.row(by_predicate=pl.col("node") == here.root.id, named=True)
    after, before = words.number(index["score_after"], 2), words.number(index["score_before"], 2)
    each = words.number(index["change"] / used, 3)
    yield f"With these figures its index would be {after} instead of {before}: {each} for each point."
    yield from scenario.says[1:-1]


def _said_of_place(edition: Edition, budget: float, by: str, areas: pl.DataFrame) -> Iterator[str]:
    most, widest = areas.row(0, named=True), areas.sort("place_gain", descending=True).row(0, named=True)
    one = words.types(edition.areas.type, 1)
    gain, each = words.number(most["gain"], 2), words.number(most["gain_per_point"] or 0.0, 3)
    yield (
        f"Were {words.points(budget)} to be used in one {one}, its index would rise most in {most['name']}:"
        f" by {gain}, {each} for each point."
    )
    mean = f"the mean of all {words.types(edition.areas.type)}" + (f", weighted by {by}," if by else "")
    yield (
        f"For the place as a whole, {mean} would rise most with the points in {widest['name']}: by"
        f" {words.number(widest['place_gain'], 3)}."
    )
    yield "A point is one of an indicator’s score. What a point takes in money or work is not known here."
