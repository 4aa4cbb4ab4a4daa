"""The best use of points of indicators, and the fewest that reach a score, for the index of an area.

With means of p <= 1 the index is concave in the scores of its indicators, so the best split of a budget and
the least budget for a score are convex programmes (`commonweal.methods.allot`). A floor breaks this: below it
a part counts as the floor and points on it are lost, until it is passed. So each way of leaving such parts
alone or raising them past the floor is solved by itself, without the floor, and the best is taken: without
its floor a mean is never higher, and where the parts raised are above the floor it is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import numpy as np

from commonweal.errors import CommonwealError, Fault
from commonweal.insight import words
from commonweal.insight.forming import Forming, formings, shares_of
from commonweal.insight.scenario.bounds import NO_ROOM, Movable
from commonweal.insight.scenario.spot import Spot
from commonweal.methods import Floats
from commonweal.methods.allot import fill, least, loss, most
from commonweal.methods.tower import Storey, Tower

Array = np.ndarray[Any, Any]
#: With more parts below a floor than this not every way of raising them is tried.
_EVERY_WAY: Final = 6
#: As a share of the index: a split that could be better by more is not called the best.
_NEAR: Final = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Points given to each indicator of a `Movable`, and the index then.

    `worth` is what one point more of each would then add to the index; `proved` whether no better split is
    possible.
    """

    points: Floats
    worth: Floats
    index: float
    proved: bool


def best_split(here: Spot, may: Movable, budget: float) -> Split:
    """The split of a budget of points under which the index is highest. Raises WHATIF-METHOD."""
    ways = list(_ways(here, may))
    found = [way.filled(most(way.at, way.room, budget)) for way in ways]
    return _chosen(here, may, ways, found, key=lambda points, index: -index)


def least_change(here: Spot, may: Movable, enough: float) -> Split | None:
    """The split of the fewest points under which the index is `enough`; None where none is.

    Raises WHATIF-METHOD.
    """
    ways = [way for way in _ways(here, may) if way.at(way.room)[0] >= enough]
    found = [way.filled(least(way.at, way.room, enough)) for way in ways]
    if not ways:
        return None
    return _chosen(here, may, ways, found, key=lambda points, index: float(points.sum()))


def highest(here: Spot, may: Movable) -> Split:
    """Every movable indicator at its bound. Raises WHATIF-METHOD."""
    ways = list(_ways(here, may))
    return _chosen(here, may, ways, [way.room for way in ways], key=lambda points, index: -index)


@dataclass(frozen=True, slots=True, eq=False)
class _Way:
    """One choice of the parts below a floor that are raised: the tower without these floors.

    `feet` are the places among the movable indicators of those that then count, `room` theirs.
    """

    raised: frozenset[int]
    tower: Tower
    start: Floats
    feet: Array
    room: Floats

    def at(self, points: Floats) -> tuple[float, Floats, Floats]:
        return self.tower.at(self.start + points)

    def filled(self, points: Floats) -> Floats:
        """The same points under each arithmetic mean of indicators, on those that weigh most: never worse.

        Where several indicators weigh the same it makes no difference which of them moves, and one that
        moves is easier to read than several.
        """
        points = points.copy()
        place = {int(foot): k for k, foot in enumerate(self.tower.feet)}
        for storey in self.tower.storeys:
            own = [
                (place[c], w)
                for c, w in zip(storey.children.tolist(), storey.shares, strict=True)
                if c in place
            ]
            if storey.p == 1.0 and len(own) > 1:
                at, weight = np.array([k for k, _ in own]), np.array([w for _, w in own])
                points[at] = fill(weight, self.room[at], float(points[at].sum()))
        return points


def _chosen(
    here: Spot, may: Movable, ways: list[_Way], found: list[Floats], key: Callable[[Floats, float], float]
) -> Split:
    """The best of the ways, by movable indicator."""
    scored = [(points, way.at(points)[0]) for way, points in zip(ways, found, strict=True)]
    k = min(range(len(ways)), key=lambda n: key(*scored[n]))
    points = np.zeros(len(may.indicators))
    points[ways[k].feet] = scored[k][0]
    everything = _way(here, may, ways[k].raised, np.arange(len(points)))
    worth = np.zeros(len(points))
    worth[everything.feet] = everything.at(points[everything.feet])[1]
    near = all(
        loss(way.at(points)[1], points, way.room, float(points.sum())) <= _NEAR * max(abs(index), 1.0)
        for way, (points, index) in zip(ways, scored, strict=True)
    )
    return Split(points, worth, scored[k][1], near and len(_below_floor(here, may)) <= _EVERY_WAY)


def _ways(here: Spot, may: Movable) -> Iterator[_Way]:
    """A tower for each set of parts to raise past the floor; one where nothing is below it."""
    low = _below_floor(here, may)
    sizes = range(len(low) + 1) if len(low) <= _EVERY_WAY else (0, 1, len(low))
    for size in sizes:
        for raised in combinations(low, size):
            yield _way(here, may, frozenset(raised), np.flatnonzero(may.room > NO_ROOM))


def _below_floor(here: Spot, may: Movable) -> list[int]:
    """The nodes that a floor lifts and that movable indicators are at or below."""
    above = {n for i in may.indicators[may.room > NO_ROOM] for n in _path(here, int(here.nodes[i]))}
    scores = here.scoring.scores[here.period, here.area]
    return [
        int(child)
        for form in formings(here.scoring)
        for child in form.children
        if child in above and form.lifted(scores[child]) > scores[child]
    ]


def _path(here: Spot, n: int) -> list[int]:
    """A node and those above it, by position."""
    at, tree = here.scoring.node_index, here.edition.framework
    return [n, *(at[node.id] for node in tree.ancestors(tree.nodes[n].id))]


def _way(here: Spot, may: Movable, raised: frozenset[int], among: Array) -> _Way:
    scores = here.scoring.scores[here.period, here.area].copy()
    shares, stopped = {}, set()
    forms = [form for form in formings(here.scoring) if np.isfinite(scores[form.node])]
    when, who = np.array([here.period]), np.array([here.area])
    for form in forms:
        shares[form.node] = shares_of(here.scoring, form, when, who)[0]
        for child, share in zip(form.children.tolist(), shares[form.node], strict=True):
            lifted = float(form.lifted(scores[child])) if np.isfinite(scores[child]) else np.nan
            if share == 0 or (lifted > scores[child] and child not in raised):
                stopped.add(child)
                scores[child] = lifted
    root = here.scoring.node_index[here.root.id]
    paths = {k: _path(here, int(here.nodes[may.indicators[k]])) for k in among.tolist()}
    feet = np.array([k for k, p in paths.items() if root in p and not stopped & {*p}], dtype=np.int64)
    at = here.nodes[may.indicators[feet]]
    moving = {n for foot in at.tolist() for n in _path(here, foot)}
    storeys = tuple(_storey(here, form, shares[form.node]) for form in forms if form.node in moving)
    start = here.scores[may.indicators[feet]]
    return _Way(raised, Tower(storeys or (_top(here, root),), scores, at), start, feet, may.room[feet])


def _storey(here: Spot, form: Forming, shares: Floats) -> Storey:
    """A mean of the tower. Raises WHATIF-METHOD where it is none that can be climbed with certainty."""
    if not form.exact or form.p > 1:
        node = here.edition.framework.nodes[form.node]
        way = words.way(form.way) if not form.exact else f"a power mean with p = {form.p:g}"
        what = (
            f"{words.inside(node.name)} is formed by {way}, for which no change can be shown to be the least"
        )
        remedy = "Suppose figures instead (INDICATOR=VALUE), or use power means with p of 1 or less."
        raise CommonwealError(Fault("WHATIF-METHOD", what, remedy))
    counts = shares > 0
    return Storey(form.node, form.children[counts], form.p, shares[counts])


def _top(here: Spot, root: int) -> Storey:
    """The index as it stands, where nothing can move it."""
    return Storey(root, np.array([root]), 1.0, np.ones(1))
