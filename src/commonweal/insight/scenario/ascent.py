"""The best use of points of indicators, and the fewest that reach a score, for a node of areas.

With means of p <= 1 a node is concave in the scores of its indicators, so the best split of a budget and the
least budget for a score are convex programmes (`commonweal.methods.allot`), and those of many areas are cases
of one. A floor breaks this: below it a part counts as the floor and points on it are lost, until it is
passed. So each way of leaving such parts alone or raising them past the floor is a case by itself, without
the floor, and the best is taken: without its floor a mean is never higher, and where the parts raised are
above the floor it is the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, NamedTuple

import numpy as np

from commonweal.arrays import Array, Floats, Positions
from commonweal.errors import refusal
from commonweal.insight import words
from commonweal.insight.forming import Forming, formings, shares_of
from commonweal.insight.scenario.bounds import NO_ROOM, Movable
from commonweal.methods.allot import fill, least, loss, most
from commonweal.methods.tower import Height, Storey, Tower

#: With more parts below a floor than this not every way of raising them is tried.
_EVERY_WAY: Final = 6
#: As a share of the score: a split that could be better by more is not called the best.
_NEAR: Final = 1e-6
#: Cases worked on together: enough to be quick, few enough to need little memory.
_AT_ONCE: Final = 128


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Points given to each indicator of a `Movable` (areas, indicators), and the scores then (areas,).

    `worth` is what one point more of each would then add; `proved` whether no better split is possible.
    """

    points: Floats
    worth: Floats
    score: Floats
    proved: Array


def best_split(may: Movable, budget: float) -> Split:
    """The split of a budget of points under which the score of each area is highest. Raises WHATIF-METHOD."""
    found: list[_Tried] = []
    for cases in _batches(_ways(may)):
        climb = _climb(may, cases)
        points = most(climb.at, climb.room, np.full(len(cases), budget))
        found.append(climb.tried(points))
    tried = _Tried(*(np.concatenate(part) for part in zip(*found, strict=True)))
    return _chosen(may, tried, -tried.score)


def least_change(may: Movable, enough: float) -> Split | None:
    """The split of the fewest points under which the score of the only area is `enough`; None where none is.

    Raises WHATIF-METHOD.
    """
    climb = _climb(may, list(_ways(may)))
    reach = np.flatnonzero(climb.at(climb.room, np.arange(len(climb.room))).score >= enough)
    if not len(reach):
        return None
    points = climb.room.copy()
    for case in reach:
        points[case] = least(climb.at, climb.room[case], enough, int(case))
    tried = _Tried(*(part[reach] for part in climb.tried(points)))
    return _chosen(may, tried, tried.points.sum(axis=1))


def highest(may: Movable) -> Split:
    """Every movable indicator of the only area at its bound. Raises WHATIF-METHOD."""
    climb = _climb(may, list(_ways(may)))
    tried = climb.tried(climb.room)
    return _chosen(may, tried, -tried.score)


class _Case(NamedTuple):
    """An area, by its row, and the nodes below a floor that are to be raised past it."""

    row: int
    raised: tuple[int, ...]


class _Tried(NamedTuple):
    """What came of each case: the row of its area, points, worth, score, whether it is the best there is."""

    row: Array
    points: Array
    worth: Array
    score: Array
    best: Array


@dataclass(frozen=True, slots=True, eq=False)
class _Climb:
    """Cases as a tower without the floors of the parts that are raised; no room below what stands still."""

    rows: Positions
    tower: Tower
    start: Floats
    room: Floats

    def at(self, points: Floats, cases: Positions) -> Height:
        """The height with points given to the indicators (cases, indicators)."""
        return self.tower.at(self.start[cases] + points, cases)

    def tried(self, points: Floats) -> _Tried:
        """What points lead to, once they are gathered."""
        points = self._gathered(points)
        score, worth, _ = self.at(points, np.arange(len(points)))
        free = np.where(self.room > 0, worth, 0.0)
        near = _NEAR * np.maximum(np.abs(score), 1.0)
        return _Tried(
            self.rows, points, worth, score, loss(free, points, self.room, points.sum(axis=1)) <= near
        )

    def _gathered(self, points: Floats) -> Floats:
        """The same points under each arithmetic mean of indicators, on those that weigh most: never worse.

        Where several indicators weigh the same it makes no difference which of them moves, and one that
        moves is easier to read than several.
        """
        points = points.copy()
        place = {int(foot): k for k, foot in enumerate(self.tower.feet)}
        for storey in self.tower.storeys:
            own = [n for n, child in enumerate(storey.children.tolist()) if child in place]
            if storey.p == 1.0 and len(own) > 1:
                at = np.array([place[int(storey.children[n])] for n in own])
                points[:, at] = fill(storey.shares[:, own], self.room[:, at], points[:, at].sum(axis=1))
        return points


def _chosen(may: Movable, tried: _Tried, key: Floats) -> Split:
    """The best case of each area, the one with the lowest key; the first of several."""
    order = np.lexsort((key, tried.row))
    rows, first = np.unique(tried.row[order], return_index=True)
    at = order[first]
    proved = np.ones(len(rows), dtype=bool)
    np.logical_and.at(proved, tried.row, tried.best)
    low = _below_floor(may)
    proved &= np.array([len(low.get(row, ())) <= _EVERY_WAY for row in rows.tolist()])
    worth = np.where(np.isfinite(may.ceiling), tried.worth[at], 0.0)
    return Split(tried.points[at], worth, tried.score[at], proved)


def _batches(cases: Iterator[_Case]) -> Iterator[list[_Case]]:
    batch: list[_Case] = []
    for case in cases:
        batch.append(case)
        if len(batch) == _AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _ways(may: Movable) -> Iterator[_Case]:
    """A case for each set of parts to raise past the floor; one where nothing is below it."""
    below = _below_floor(may)
    for row in range(len(may.areas)):
        low = below.get(row, ())
        sizes = range(len(low) + 1) if len(low) <= _EVERY_WAY else (0, 1, len(low))
        for size in sizes:
            for raised in combinations(low, size):
                yield _Case(row, raised)


def _below_floor(may: Movable) -> dict[int, list[int]]:
    """The nodes that a floor lifts and that movable indicators are at or below, by the row of the area."""
    forms, under = _forms(may), _under(may)
    if all(form.floor is None or not form.p <= 0 for form in forms):
        return {}
    scores = may.ground.scoring.scores[may.ground.period][may.areas]
    moving = (may.room > NO_ROOM) @ under
    found: dict[int, list[int]] = {}
    for form in forms:
        x = scores[:, form.children]
        low: Array = (form.lifted(x) > x) & moving[:, form.children]
        for row, k in np.argwhere(low).tolist():
            found.setdefault(row, []).append(int(form.children[k]))
    return found


def _forms(may: Movable) -> list[Forming]:
    """How the node that is asked about and those below it are formed, each child before its parent."""
    tree, top = may.ground.edition.framework, may.ground.top
    return [
        form for form in formings(may.ground.scoring) if form.id == top.id or top in tree.ancestors(form.id)
    ]


def _under(may: Movable) -> Array:
    """Which nodes each movable indicator is or stands below: (indicators, nodes)."""
    ground = may.ground
    at, tree = ground.scoring.node_index, ground.edition.framework
    under = np.zeros((len(may.indicators), len(tree.nodes)), dtype=bool)
    for k, i in enumerate(may.indicators.tolist()):
        node = ground.indicators[i]
        under[k, [at[above.id] for above in (node, *tree.ancestors(node.id))]] = True
    return under


def _climb(may: Movable, cases: Sequence[_Case]) -> _Climb:
    """The tower of some cases. Raises WHATIF-METHOD."""
    ground = may.ground
    rows = np.array([case.row for case in cases])
    areas = may.areas[rows]
    scores = ground.scoring.scores[ground.period][areas]
    raised = np.zeros(scores.shape, dtype=bool)
    for n, case in enumerate(cases):
        raised[n, list(case.raised)] = True
    still = np.zeros(scores.shape, dtype=bool)
    under, when, storeys = _under(may), np.full_like(areas, ground.period), []
    moving = np.logical_or.reduce(under[np.isfinite(may.ceiling).any(axis=0)])
    for form in _forms(may):
        x = scores[:, form.children]
        shares = shares_of(ground.scoring, form, when, areas)
        lifted: Array = (form.lifted(x) > x) & ~raised[:, form.children]
        scores[:, form.children] = np.where(lifted, form.lifted(x), x)
        still[:, form.children] |= lifted | (shares == 0)
        if moving[form.node]:
            _check(may, form)
            storeys.append(Storey(form.node, form.children, form.p, shares))
    free: Array = ~(still @ under.T)
    at = ground.nodes[may.indicators]
    tower = Tower(tuple(storeys), scores, at, still, ground.node)
    return _Climb(rows, tower, scores[:, at], np.where(free, may.room[rows], 0.0))


def _check(may: Movable, form: Forming) -> None:
    """Refuse a mean that can't be climbed with certainty: WHATIF-METHOD."""
    if form.exact and form.p <= 1:
        return
    node = may.ground.edition.framework.nodes[form.node]
    way = words.way(form.way) if not form.exact else f"a power mean with p = {form.p:g}"
    what = f"{words.inside(node.name)} is formed by {way}, for which no change can be shown to be the least"
    remedy = (
        "Suppose figures instead (INDICATOR=VALUE), ask about a part that is formed otherwise (--node), or"
        " use power means with p of 1 or less."
    )
    raise refusal("WHATIF-METHOD", what, remedy)
