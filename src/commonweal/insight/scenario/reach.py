"""The smallest realistic change of an area's figures that reaches a rank, a score or a class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from commonweal.insight import words
from commonweal.insight.asked import need_score
from commonweal.insight.scenario.ascent import Split, highest, least_change
from commonweal.insight.scenario.bounds import Movable, movable
from commonweal.insight.scenario.moves import listed, moves, values_of, why
from commonweal.insight.scenario.spot import Spot, spot
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

    `score` is the index that the target takes; `points` the sum of what the indicators move; `moves` has the
    columns of `MOVES` and is every indicator at its bound where the target can't be reached. `scenario` is
    the area after these moves; None where none is needed, or none is possible.
    """

    area: str
    name: str
    period: str
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
    period: str | None = None,
) -> Reach:
    """The smallest change of an area's figures that reaches ``rank=10``, ``score=60`` or ``class=over``.

    The size of a change is the sum of the points by which the scores of its indicators rise: with
    goalposts, hundredths of the way from worst to best, the one measure that all indicators share. No
    indicator may pass its bounds: ``peers`` (no better than the best of its peers), ``all`` (than the best
    area), ``history`` (no faster than the area or one of its peers has ever risen between two published
    periods). Every bound in `within` holds; empty means peers and history, as far as they are known. `only`
    names the indicators to choose from.
    Raises AREA-UNKNOWN, EXPLAIN-PERIOD, EXPLAIN-SCORE, INDICATOR-UNKNOWN, WHATIF-TARGET, WHATIF-WITHIN,
    WHATIF-METHOD.
    """
    here = spot(edition, area, period)
    root = here.scoring.node_index[here.root.id]
    need_score(edition, root, here.period, here.area)
    wanted = target_of(here, target)
    may = movable(here, within, only)
    now = float(here.scoring.scores[here.period, here.area, root])
    size = max(abs(wanted.score), 1.0)
    if now >= wanted.score - _LEVEL * size:
        return _reach(here, target, wanted, may, None, True)
    for enough in (wanted.score + _CLEARLY * size, wanted.score - _LEVEL * size):
        if (found := least_change(here, may, enough)) is not None:
            return _reach(here, target, wanted, may, found, True)
    return _reach(here, target, wanted, may, highest(here, may), False)


def _reach(here: Spot, asked: str, wanted: Target, may: Movable, split: Split | None, reached: bool) -> Reach:
    still = split or Split(np.zeros(len(may.room)), np.zeros(len(may.room)), 0.0, True)
    found = moves(here, may, still)
    scenario = scenario_of(here, values_of(here, found)) if found.height else None
    if split is None:
        says: tuple[str, ...] = (f"Nothing need change for {here.name} to {wanted.words} in {here.label}.",)
    elif reached:
        says = tuple(_smallest(here, wanted, found, split, scenario))
    else:
        says = tuple(_stopped(here, wanted, may, split, scenario))
    says += tuple(_left_out(here)) if split else ()
    return Reach(
        here.code, here.name, here.label, asked, wanted.score, reached, float(found["points"].sum()), found,
        scenario, (*says, FIXED),
    )  # fmt: skip


def _smallest(
    here: Spot, wanted: Target, found: pl.DataFrame, split: Split, scenario: Scenario | None
) -> Iterator[str]:
    size = words.points(float(found["points"].sum()))
    least = "The smallest change within the bounds" if split.proved else "A small change within the bounds"
    yield (
        f"{least} with which {here.name} would {wanted.words} in {here.label} is {size} over"
        f" {_indicators(found.height)}: {listed(found)}."
    )
    yield f"Its index would then be {words.number(split.index, 2)}."
    if not split.proved:
        yield "Many of its parts lie below the floor, and not every way of raising them was tried."
    if scenario:
        yield from scenario.says[1:-1]


def _stopped(
    here: Spot, wanted: Target, may: Movable, split: Split, scenario: Scenario | None
) -> Iterator[str]:
    now = here.scoring.scores[here.period, here.area, here.scoring.node_index[here.root.id]]
    if scenario is None:
        yield f"Within the bounds {here.name} can’t {wanted.words}: none of its figures may rise."
    else:
        best = scenario.nodes.row(by_predicate=pl.col("node") == here.root.id, named=True)
        place = words.place(best["rank_after"], best["of"])
        of = f"{best['of']:,} {words.types(here.edition.areas.type, best['of'])}"
        score, was = words.number(best["score_after"], 2), words.number(now, 2)
        yield f"Within the bounds {here.name} can’t {wanted.words}."
        yield f"With every figure at its bound its index would be {score} instead of {was}: {place} of {of}."
    worth = np.where(np.isfinite(split.worth), split.worth, 0.0)
    for k in np.argsort(-worth, kind="stable")[:_NAMED]:
        if worth[k] > 0:
            name = words.sentence(words.inside(here.indicators[may.indicators[k]].name))
            more = words.number(float(worth[k]), 2)
            yield f"{name} is held: {why(here, may.bounds[k])}. One point more of it would be worth {more}."


def _left_out(here: Spot) -> Iterator[str]:
    count = int((~here.published).sum())
    if count:
        has, stays = ("has", "stays as it is") if count == 1 else ("have", "stay as they are")
        some = f"{words.sentence(_indicators(count))} of {here.name}"
        yield f"{some} {has} no published figure and {stays} (hidden, filled in or missing)."


def _indicators(n: int) -> str:
    return f"{words.count(n)} indicator{'' if n == 1 else 's'}"
