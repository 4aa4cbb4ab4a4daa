"""The smallest realistic change of an area's figures that reaches a rank, a score or a class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from commonweal.insight import words
from commonweal.insight.scenario.ascent import Split, highest, least_change
from commonweal.insight.scenario.bounds import Movable, movable
from commonweal.insight.scenario.moves import largest, moves, stuck, values_of, why
from commonweal.insight.scenario.spot import Spot, scored_spot
from commonweal.insight.scenario.suppose import Scenario, scenario_of
from commonweal.insight.scenario.target import Target, target_of
from commonweal.insight.scenario.telling import FIXED
from commonweal.model.edition import Edition

#: Shares of a score: past it without a doubt, for places are told apart by 12 digits, and level with it but
#: for floating point.
_CLEARLY: Final = 1e-11
_LEVEL: Final = 1e-13
#: How many bounds are named that hold an area most.
_NAMED: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """The smallest change that reaches a target, or where the bounds stop the area.

    `node` is what is to reach it, `score` the score that it takes; `points` the sum of what the indicators
    move; `moves` has the columns of `MOVES` and is every indicator at its bound where the target can't be
    reached. `scenario` is the area after these moves; None where none is needed, or none is possible.
    """

    area: str
    name: str
    period: str
    node: str
    target: str
    score: float
    reached: bool
    points: float
    moves: pl.DataFrame
    scenario: Scenario | None
    says: tuple[str, ...]


def whatif_reach(
    edition: Edition,
    area: str,
    target: str,
    *,
    within: Sequence[str] = (),
    only: Sequence[str] = (),
    node: str | None = None,
    period: str | None = None,
) -> Reach:
    """The smallest change of an area's figures that reaches ``rank=10``, ``score=60`` or ``class=over``.

    In the index, or in `node` (id or name): a dimension, a component, an indicator.

    The size of a change is the sum of the points by which the scores of its indicators rise: with
    goalposts, hundredths of the way from worst to best, the one measure that all indicators share. No
    indicator may pass its bounds: ``peers`` (no better than the best of its peers), ``all`` (than the best
    area), ``history`` (no faster than the area or one of its peers has ever risen between two published
    periods). Every bound in `within` holds; empty means peers and history, as far as they are known. `only`
    names the indicators to choose from.
    Raises AREA-UNKNOWN, EXPLAIN-NODE, EXPLAIN-PERIOD, EXPLAIN-SCORE, INDICATOR-UNKNOWN, WHATIF-TARGET,
    WHATIF-WITHIN, WHATIF-METHOD.
    """
    here = scored_spot(edition, area, node, period)
    wanted = target_of(here, target)
    may = movable(here.ground, np.array([here.area]), within, only)
    now = float(here.ground.tops[here.area])
    size = max(abs(wanted.score), 1.0)
    if now >= wanted.score - _LEVEL * size:
        return _reach(here, target, wanted, may, None, True)
    for enough in (wanted.score + _CLEARLY * size, wanted.score - _LEVEL * size):
        if (found := least_change(may, enough)) is not None:
            return _reach(here, target, wanted, may, found, True)
    return _reach(here, target, wanted, may, highest(may), False)


def _reach(here: Spot, asked: str, wanted: Target, may: Movable, split: Split | None, reached: bool) -> Reach:
    found = moves(here, may, split or Split(np.zeros_like(may.room), may.room, may.room, may.room))
    scenario = scenario_of(here, values_of(here, found)) if found.height else None
    if split is None:
        says: tuple[str, ...] = (
            f"Nothing need change for {here.name} to {wanted.words} in {here.label}: {_stands(here)}.",
        )
    elif reached:
        says = tuple(_smallest(here, wanted, found, split, scenario))
    else:
        says = tuple(_stopped(here, wanted, may, split, scenario))
    says += tuple(_left_out(here)) if split else ()
    return Reach(
        here.code, here.name, here.label, here.top.id, asked, wanted.score, reached,
        float(found["points"].sum()), found, scenario, (*says, FIXED),
    )  # fmt: skip


def _smallest(
    here: Spot, wanted: Target, found: pl.DataFrame, split: Split, scenario: Scenario | None
) -> Iterator[str]:
    size = words.points(float(found["points"].sum()))
    proved = bool(split.proved[0])
    least = "The smallest change within the bounds" if proved else "A small change within the bounds"
    yield (
        f"{least} with which {here.name} would {wanted.words} in {here.label} is {size} over"
        f" {_indicators(found.height)}: {largest(found)}."
    )
    yield f"Its {here.ground.called} would then be {words.number(float(split.score[0]), 2)}."
    if not proved:
        yield "Many of its parts lie below the floor, and not every way of raising them was tried."
    if scenario:
        yield from scenario.says[1:-1]


def _stopped(
    here: Spot, wanted: Target, may: Movable, split: Split, scenario: Scenario | None
) -> Iterator[str]:
    now = float(here.ground.tops[here.area])
    if scenario is None:
        yield f"Within the bounds {here.name} can’t {wanted.words}: none of its figures may rise."
        yield f"{words.sentence(_stands(here))}."
        yield stuck(may)
        return
    best = scenario.nodes.row(by_predicate=pl.col("node") == here.top.id, named=True)
    place = words.place(best["rank_after"], best["of"])
    of = f"{best['of']:,} {words.types(here.edition.areas.type, best['of'])}"
    score, was = words.number(best["score_after"], 2), words.number(now, 2)
    yield f"Within the bounds {here.name} can’t {wanted.words}."
    yield (
        f"With every figure at its bound its {here.ground.called} would be {score} instead of {was}:"
        f" {place} of {of}."
    )
    worth = np.where(np.isfinite(split.worth[0]), split.worth[0], 0.0)
    for k in np.argsort(-worth, kind="stable")[:_NAMED]:
        if worth[k] > 0:
            name = words.sentence(words.inside(here.indicators[may.indicators[k]].name))
            more = words.number(float(worth[k]), 2)
            held = why(here, may.bound(0, int(k)))
            yield f"{name} is held: {held}. One point more of it would be worth {more}."


def _stands(here: Spot) -> str:
    """Where the area is: "its index is 46.61, 3rd of 17 wards"."""
    ranks, of = (x[here.period] for x in (here.scoring.ranks, here.scoring.of))
    rank, count = int(ranks[here.area, here.ground.node]), int(of[here.ground.node])
    score, types = (
        words.number(float(here.ground.tops[here.area]), 2),
        words.types(here.edition.areas.type, count),
    )
    return f"its {here.ground.called} is {score}, {words.place(rank, count)} of {count:,} {types}"


def _left_out(here: Spot) -> Iterator[str]:
    count = int((~here.published[here.ground.below]).sum())
    if count:
        has, stays = ("has", "stays as it is") if count == 1 else ("have", "stay as they are")
        some = f"{words.sentence(_indicators(count))} of {here.name}"
        yield f"{some} {has} no published figure and {stays} (hidden, filled in or missing)."


def _indicators(n: int) -> str:
    return f"{words.count(n)} indicator{'' if n == 1 else 's'}"
