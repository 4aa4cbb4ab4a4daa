"""Points given to indicators, as moves of their figures: from what, to what, and what bounds them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import polars as pl

from commonweal.insight import words
from commonweal.insight.scenario.ascent import Split
from commonweal.insight.scenario.bounds import ALL, HISTORY, PEERS, SCALE, Bound, Movable
from commonweal.insight.scenario.spot import Spot

#: One indicator's move. `points` are those of its score, `worth` the points of the node asked about that one
#: more of them is worth at the end of the move; `ceiling` is the score that it may reach, and `bound`,
#: `bound_area`, `since` and `until` say why: peers, all, history or scale.
MOVES: Final = {
    "indicator": pl.String, "name": pl.String, "unit": pl.String, "direction": pl.Int64,
    "value_before": pl.Float64, "value_after": pl.Float64, "score_before": pl.Float64,
    "score_after": pl.Float64, "points": pl.Float64, "worth": pl.Float64, "ceiling": pl.Float64,
    "bound": pl.String, "bound_area": pl.String, "since": pl.String, "until": pl.String,
}  # fmt: skip
#: Points below this are the rounding of floating point.
CRUMBS: Final = 1e-7
#: More moves than this in one sentence become "and four others".
_NAMED: Final = 6


def moves(here: Spot, may: Movable, split: Split) -> pl.DataFrame:
    """The indicators of the only area that move, most points first, with the columns of `MOVES`."""
    return pl.DataFrame(list(_rows(here, may, split)), schema=MOVES, orient="row").sort(
        pl.col("points").round(6), "indicator", descending=[True, False]
    )


def _rows(here: Spot, may: Movable, split: Split) -> Iterator[tuple[object, ...]]:
    points, worth = split.points[0], split.worth[0]
    moved = np.flatnonzero(points > CRUMBS)
    at = may.indicators[moved]
    before = here.scores[at]
    values = here.values_for(at, before + points[moved])
    after = here.score(at, values[None])[0] if len(at) else before
    for k, i, value, old, new in zip(moved.tolist(), at.tolist(), values, before, after, strict=True):
        node, bound = here.indicators[i], may.bound(0, k)
        yield (
            node.id, node.name, node.unit, node.direction, float(here.values[i]), float(value), float(old),
            float(new), float(points[k]), float(worth[k]), bound.score, bound.kind,
            bound.area, bound.since, bound.until,
        )  # fmt: skip


def values_of(here: Spot, found: pl.DataFrame) -> dict[int, float]:
    """The values that the moves end at, by position of the indicator."""
    at = {node.id: i for i, node in enumerate(here.indicators)}
    return {at[id]: value for id, value in found.select("indicator", "value_after").iter_rows()}


def largest(found: pl.DataFrame) -> str:
    """The largest moves: "unemployment from 8.1% to 6.5% (12.3 points) and four others"."""
    return words.few([_said(row) for row in found.iter_rows(named=True)], _NAMED)


def _said(row: dict[str, Any]) -> str:
    before = words.again(row["value_before"], row["unit"])
    after = words.amount(row["value_after"], row["unit"])
    return f"{words.inside(row['name'])} from {before} to {after} ({words.points(row['points'])})"


#: What a bound that leaves no room says of those it holds.
_HELD: Final = {
    PEERS: "none of its peers has a better one",
    ALL: "no area has a better one",
    HISTORY: "neither it nor those it is compared with ever rose between two published periods",
    SCALE: "it is at the top of its scale",
}


def stuck(may: Movable) -> str:
    """Why no figure may rise, and what to ask instead."""
    held = may.holds()
    if not held:
        return "None of the figures that count is a published one that could move."
    told = [f"{words.count(count)} because {_HELD[kind]}" for kind, count in held.items()]
    other = "Other bounds can be named with --within (peers, all, history)."
    return f"Of its figures {words.count(sum(held.values()))} can’t rise: {'; '.join(told)}. {other}"


def why(here: Spot, bound: Bound) -> str:
    """A bound in words: "the best of its peers, Harbour, has 62.1"."""
    if bound.kind == SCALE:
        return f"{words.number(bound.score)} is the top of the scale"
    name, score = here.edition.areas.names[bound.area], words.number(bound.score)
    if bound.kind == HISTORY:
        if not bound.since:
            return "none of the areas that bound it has risen between two periods"
        return f"the fastest rise, {name}’s from {bound.since} to {bound.until}, would lead to {score}"
    best = "of its peers" if bound.kind == PEERS else words.types(here.edition.areas.type, 1)
    return f"the best {best}, {name}, has {score}"
