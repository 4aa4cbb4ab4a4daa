"""Suppose other figures for an area: scores, ranks and classes before and after, by the edition's method."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Array, Floats
from commonweal.engine.replicate import fixed_weights, replicate
from commonweal.errors import CommonwealError, Fault
from commonweal.insight.performance import performance
from commonweal.insight.progress import progress
from commonweal.insight.scenario.figures import supposed
from commonweal.insight.scenario.spot import Spot, spot
from commonweal.insight.scenario.telling import told
from commonweal.methods.rank import rank
from commonweal.model.edition import Edition, Scoring
from commonweal.model.observation import STATUS_CODE, Status

#: Class by area and node.
Classes = dict[tuple[str, str], str]

#: What is supposed. `held` is "best" or "worst" where the value is beyond that goalpost and the score stays
#: on it; `placed` is "line", or "read off" where the score is an approximation.
FIGURES: Final = {
    "indicator": pl.String, "name": pl.String, "unit": pl.String, "direction": pl.Int64,
    "value_before": pl.Float64, "value_after": pl.Float64, "score_before": pl.Float64,
    "score_after": pl.Float64, "held": pl.String, "placed": pl.String,
}  # fmt: skip
#: The area's nodes that what is supposed enters, from the index down.
NODES: Final = {
    "node": pl.String, "name": pl.String, "level": pl.String, "score_before": pl.Float64,
    "score_after": pl.Float64, "change": pl.Float64, "rank_before": pl.Int64, "rank_after": pl.Int64,
    "of": pl.Int64, "performance_before": pl.String, "performance_after": pl.String,
    "progress_before": pl.String, "progress_after": pl.String,
}  # fmt: skip
#: The areas whose score, place or class in the node asked about is another, the area itself among them,
#: in order of their place.
AREAS: Final = {
    "area": pl.String, "name": pl.String, "score_before": pl.Float64, "score_after": pl.Float64,
    "rank_before": pl.Int64, "rank_after": pl.Int64, "performance_before": pl.String,
    "performance_after": pl.String,
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Scenario:
    """An area with other figures than it has: before and after.

    The frames have the columns of `FIGURES`, `NODES` and `AREAS`; `says` is the same in sentences.
    """

    area: str
    name: str
    period: str
    figures: pl.DataFrame
    nodes: pl.DataFrame
    areas: pl.DataFrame
    says: tuple[str, ...]


def whatif(
    edition: Edition, area: str, figures: Mapping[str, float | str], *, period: str | None = None
) -> Scenario:
    """What the scores, ranks and classes would be if an area's figures were others.

    `figures` gives each indicator (id or name) a full value, or as text a change ("-2", "-10%"). Scales,
    weights and means are the edition's own and don't move; a value beyond the goalposts is held to them
    where the recipe clips. The latest period is meant if none is named.
    Raises AREA-UNKNOWN, EXPLAIN-PERIOD, INDICATOR-UNKNOWN, WHATIF-VALUE, SCORE-ZERO.
    """
    here = spot(edition, area, period)
    return scenario_of(here, supposed(here, figures))


def scenario_of(here: Spot, values: Mapping[int, float]) -> Scenario:
    """The scenario of full values by indicator position."""
    at = np.array(sorted(values))
    full = np.array([values[int(i)] for i in at])
    after = _after(here, at, full)
    figures = pl.DataFrame(list(_figures(here, at, full)), schema=FIGURES, orient="row")
    classes = [_performances(here, scoring) for scoring in (here.scoring, after)]
    nodes = pl.DataFrame(list(_nodes(here, at, after, classes)), schema=NODES, orient="row")
    areas = pl.DataFrame(list(_areas(here, after, classes)), schema=AREAS, orient="row")
    areas = areas.sort("rank_after", "area")
    says = told(here, figures, nodes, areas)
    return Scenario(here.code, here.name, here.label, figures, nodes, areas, says)


def _after(here: Spot, at: Array, full: Floats) -> Scoring:
    """The scoring with the values supposed; whatever they don't enter keeps its score to the last digit."""
    scoring, t, a = here.scoring, here.period, here.area
    before = np.moveaxis(scoring.scores[:, :, here.nodes], -1, 0)[:, None]
    leaves = before.copy()
    leaves[at, 0, t, a] = here.score(at, full[None])[0]
    weights = fixed_weights(scoring)
    scores = scoring.scores.copy()
    formed = (replicate(scoring, list(x), weights) for x in (before, leaves))
    for n, (old, new) in enumerate(zip(*formed, strict=True)):
        moved = (old != new)[0] & ~(np.isnan(old) & np.isnan(new))[0]
        if moved.any():
            scores[..., n] = np.where(moved, new[0], scores[..., n])
    top = here.ground.node
    if np.isfinite(scoring.scores[t, a, top]) and np.isnan(scores[t, a, top]):
        raise CommonwealError(_zero(here))
    ranks, of = scoring.ranks.copy(), scoring.of.copy()
    place, of[t] = rank(np.ascontiguousarray(scores[t].T))
    ranks[t] = place.T
    supposed_values, status, own = (
        scoring.values.copy(),
        scoring.value_status.copy(),
        scoring.entered_from.copy(),
    )
    changed = at[here.values[at] != full]
    supposed_values[t, a, at] = full
    status[t, a, changed] = STATUS_CODE[Status.OBSERVED]
    own[t, a, changed] = len(scoring.entered_periods)
    return replace(
        scoring, values=supposed_values, value_status=status, scores=scores, ranks=ranks, of=of,
        entered_periods=(*scoring.entered_periods, here.label), entered_from=own,
    )  # fmt: skip


def _zero(here: Spot) -> Fault:
    what = f"with these figures a part of {here.name} scores 0 or less, and the mean above it can't take that"
    return Fault(
        "SCORE-ZERO", what, "Suppose a value nearer to the present one, or add a floor to the recipe."
    )


def _figures(here: Spot, at: Array, full: Floats) -> Iterator[tuple[object, ...]]:
    before, after = here.scores[at], here.score(at, full[None])[0]
    for i, value, old, new in zip(at.tolist(), full, before, after, strict=True):
        node, hidden = here.indicators[i], bool(here.hidden[i])
        straight = here.is_straight(i)
        yield (
            node.id, node.name, node.unit, node.direction,
            None if hidden else _number(here.values[i]), float(value),
            None if hidden else _number(old), float(new),
            _held(here, i, float(value), float(new)) if straight else "",
            "line" if straight else "read off",
        )  # fmt: skip


def _held(here: Spot, i: int, value: float, score: float) -> str:
    """Which goalpost a value is beyond, where its score is held there."""
    if here.edition.recipe.normalise.at(here.indicators[i].id).name != "goalposts" or score not in (
        0.0,
        100.0,
    ):
        return ""
    nearer = value - (here.indicators[i].direction or 1) * (1e-9 if score == 100.0 else -1e-9) * max(
        abs(value), 1.0
    )
    still = here.score(np.array([i]), np.array([[nearer]]))[0, 0]
    return "" if still != score else "best" if score == 100.0 else "worst"


def _nodes(here: Spot, at: Array, after: Scoring, classes: list[Classes]) -> Iterator[tuple[object, ...]]:
    tree, t, a = here.edition.framework, here.period, here.area
    entered = {here.indicators[i].id for i in at.tolist()}
    entered |= {above.id for id in entered for above in tree.ancestors(id)}
    progresses = [_progresses(here, scoring) for scoring in (here.scoring, after)]
    unseen = {here.indicators[i].id for i in at.tolist() if here.hidden[i]}
    for n, node in enumerate(tree):
        if node.id not in entered:
            continue
        old, new = here.scoring.scores[t, a, n], after.scores[t, a, n]
        place = int(here.scoring.ranks[t, a, n])
        if node.id in unseen:
            old, place = np.nan, 0
        yield (
            node.id, node.name, node.level, _number(old), _number(new), _number(new - old),
            place or None, int(after.ranks[t, a, n]) or None, int(after.of[t, n]),
            *(found.get((here.code, node.id), "") for found in classes),
            *(found.get(node.id, "") for found in progresses),
        )  # fmt: skip


def _areas(here: Spot, after: Scoring, classes: list[Classes]) -> Iterator[tuple[object, ...]]:
    t, n, names = here.period, here.ground.node, here.edition.areas.names
    for a, code in enumerate(here.scoring.areas):
        old, new = here.scoring.scores[t, a, n], after.scores[t, a, n]
        places = [int(scoring.ranks[t, a, n]) for scoring in (here.scoring, after)]
        marks = [found.get((code, here.top.id), "") for found in classes]
        if a == here.area or places[0] != places[1] or marks[0] != marks[1]:
            yield (
                code, names[code], _number(old), _number(new),
                *(place or None for place in places), *marks,
            )  # fmt: skip


def _performances(here: Spot, scoring: Scoring) -> Classes:
    """Class of performance by area and node, in the period."""
    rule = here.edition.peer_rule
    if rule is None:
        return {}
    t = slice(here.period, here.period + 1)
    one = replace(
        scoring, periods=scoring.periods[t], scores=scoring.scores[t], value_status=scoring.value_status[t]
    )
    found = performance(one, here.edition.peers, rule)
    return {(area, node): mark for area, node, mark in found.select("area", "node", "class").iter_rows()}


def _progresses(here: Spot, scoring: Scoring) -> dict[str, str]:
    """Class of the area's progress by node; none where what is supposed is of a period between the ends."""
    rule = here.edition.progress_rule
    if rule is None:
        return {}
    found = progress(scoring, rule).filter(pl.col("area") == here.code, pl.col("class").is_not_null())
    return dict(found.select("node", "class").iter_rows())


def _number(x: float) -> float | None:
    return float(x) if np.isfinite(x) else None
