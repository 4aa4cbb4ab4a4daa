"""What a budget of points would do best: its best split in an area, and in which area it would do most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Floats, Positions
from commonweal.errors import refusal
from commonweal.insight import words
from commonweal.insight.benchmarks import populations
from commonweal.insight.scenario.ascent import best_split
from commonweal.insight.scenario.bounds import Movable, movable
from commonweal.insight.scenario.moves import largest, moves, stuck, values_of
from commonweal.insight.scenario.spot import Ground, Spot, ground, scored_spot
from commonweal.insight.scenario.suppose import Scenario, scenario_of
from commonweal.insight.scenario.telling import FIXED
from commonweal.methods.rank import rank
from commonweal.model.edition import Edition

#: What the budget would do in each area: points used, the score and its place, the rise for each point used,
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
    node: str
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
    node: str
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
    node: str | None = None,
    period: str | None = None,
) -> Spending:
    """The split of a budget of points, within bounds, that lifts an area's index, or `node`, most.

    Points, bounds and faults are those of `whatif_reach`; WHATIF-BUDGET for a budget that is none.
    """
    here, size = scored_spot(edition, area, node, period), _budget(budget)
    may = movable(here.ground, np.array([here.area]), within, only)
    split = best_split(may, size)
    found = moves(here, may, split)
    scenario = scenario_of(here, values_of(here, found)) if found.height else None
    used = float(found["points"].sum())
    return Spending(
        here.code, here.name, here.label, here.top.id, size, used, found, scenario,
        (*_said(here, may, size, used, found, bool(split.proved[0]), scenario), FIXED),
    )  # fmt: skip


def whatif_place_budget(
    edition: Edition,
    budget: float,
    *,
    within: Sequence[str] = (),
    only: Sequence[str] = (),
    node: str | None = None,
    period: str | None = None,
) -> PlaceSpending:
    """What a budget of points would do best in each area, were it all spent there, and for the place.

    The place's mean is that of its areas' scores, weighted by population where each has one. Points, bounds
    and faults are those of `whatif_budget`.
    """
    here, size = ground(edition, node, period), _budget(budget)
    scored = np.flatnonzero(np.isfinite(here.tops))
    if not len(scored):
        what = f"no area has {words.an(here.called)} in {here.label}"
        raise refusal("EXPLAIN-SCORE", what, "Name another period.")
    share, by = _shares(edition, scored)
    may = movable(here, scored, within, only)
    split = best_split(may, size)
    before, used = here.tops[scored], split.points.sum(axis=1)
    gain = split.score - before
    most = may.indicators[split.points.argmax(axis=1)] if len(may.indicators) else np.zeros_like(scored)
    names, codes = edition.areas.names, [edition.scoring.areas[a] for a in scored]
    areas = pl.DataFrame(
        {
            "area": codes,
            "name": [names[code] for code in codes],
            "points": used,
            "score_before": before,
            "score_after": split.score,
            "gain": gain,
            "gain_per_point": np.divide(gain, used, out=np.full_like(gain, np.nan), where=used > 0),
            "rank_before": edition.scoring.ranks[here.period, scored, here.node],
            "rank_after": _places(before, split.score),
            "place_gain": gain * share,
            "first": [
                here.indicators[i].name if some else "" for i, some in zip(most, used > 0, strict=True)
            ],
        },
        schema=AREAS,
    ).with_columns(pl.col("gain_per_point").fill_nan(None))
    areas = areas.sort(pl.col("gain").round(9), "area", descending=[True, False])
    says = (*_said_of_place(here, size, by, areas), FIXED)
    return PlaceSpending(here.label, here.top.id, size, by, areas, says)


def _shares(edition: Edition, scored: Positions) -> tuple[Floats, str]:
    """What each area counts for in the mean of the place, and by what it is weighted: empty for alike."""
    people = populations(edition.areas)
    some = [people.get(edition.scoring.areas[a]) for a in scored]
    weighted = all(some)
    share = np.array([some_ or 0.0 for some_ in some] if weighted else np.ones(len(scored)))
    return share / share.sum(), "population" if weighted else ""


def _places(before: Floats, after: Floats) -> Positions:
    """The place that each area would have, were it alone to rise: one more than how many are above it."""
    ranks, _ = rank(np.concatenate([before, after]))
    others, own = np.sort(ranks[: len(before)]), ranks[len(before) :]
    return np.searchsorted(others, own) + 1


def _budget(budget: float) -> float:
    if isinstance(budget, bool) or not (np.isfinite(budget) and budget > 0):
        what = f"a budget of {budget} is none"
        raise refusal("WHATIF-BUDGET", what, "Give points of the scale above 0, such as 20.")
    return float(budget)


def _said(
    here: Spot,
    may: Movable,
    budget: float,
    used: float,
    found: pl.DataFrame,
    proved: bool,
    scenario: Scenario | None,
) -> Iterator[str]:
    if scenario is None:
        yield f"No figure of {here.name} may rise within the bounds, so no points can be used."
        yield stuck(may)
        return
    best = "would be used best" if proved else "could be used"
    yield f"In {here.name}, in {here.label}, {words.points(used)} {best} so: {largest(found)}."
    if used < budget - 1e-6:
        yield f"Of {words.points(budget)} no more can be used: every figure that counts is then at its bound."
    index = scenario.nodes.row(by_predicate=pl.col("node") == here.top.id, named=True)
    after, before = words.number(index["score_after"], 2), words.number(index["score_before"], 2)
    each = words.number(index["change"] / used, 3)
    yield (
        f"With these figures its {here.ground.called} would be {after} instead of {before}: {each} for each"
        " point."
    )
    yield from scenario.says[1:-1]


def _said_of_place(here: Ground, budget: float, by: str, areas: pl.DataFrame) -> Iterator[str]:
    most, widest = areas.row(0, named=True), areas.sort("place_gain", descending=True).row(0, named=True)
    type = here.edition.areas.type
    one = words.types(type, 1)
    if most["gain"] <= 0.0:
        yield f"No figure that counts may rise within the bounds in any {one}, so no points can be used."
        return
    gain, each = words.number(most["gain"], 2), words.number(most["gain_per_point"] or 0.0, 3)
    yield (
        f"Were {words.points(budget)} to be used in one {one}, its {here.called} would rise most in"
        f" {most['name']}: by {gain}, {each} for each point."
    )
    mean = f"the mean of all {words.types(type)}" + (f", weighted by {by}," if by else "")
    yield (
        f"For the place as a whole, {mean} would rise most with the points in {widest['name']}: by"
        f" {words.number(widest['place_gain'], 3)}."
    )
    yield "A point is one of an indicator’s score. What a point takes in money or work is not known here."
