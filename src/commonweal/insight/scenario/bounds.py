"""How far each indicator may realistically go: what peers or other areas have, and how fast any has moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, NamedTuple

import numpy as np

from commonweal.arrays import Array, Floats, Positions
from commonweal.errors import CommonwealError, Fault, raise_any, refusal
from commonweal.insight import words
from commonweal.insight.scenario.figures import indicator_at
from commonweal.insight.scenario.spot import Ground

#: No better than the best of the peers; than the best area; no faster than the area or a peer has ever moved.
PEERS: Final = "peers"
ALL: Final = "all"
HISTORY: Final = "history"
WITHIN: Final = (PEERS, ALL, HISTORY)
#: What holds an indicator: one of these, or the top of its scale.
SCALE: Final = "scale"
_KINDS: Final = (*WITHIN, SCALE)
#: Room below this is the rounding of floating point, not points.
NO_ROOM: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Bound:
    """The score that an indicator may reach, which kind of bound says so, and whose figures set it.

    `since` and `until` are the periods of the rise that a bound by history rests on; empty where none was
    seen.
    """

    score: float
    kind: str
    area: str
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Movable:
    """How far the indicators (positions) may move in some areas: arrays (areas, indicators).

    `room` in points, 0 at the bound and where a figure can't move; `ceiling` the score it may reach, nan
    where it can't move; `kind`, `who`, `since` and `until` say why, by position, -1 for none.
    """

    ground: Ground
    areas: Positions
    indicators: Array
    room: Floats
    ceiling: Floats
    kind: Array
    who: Array
    since: Array
    until: Array

    def holds(self) -> dict[str, int]:
        """How many of the indicators that may move each kind of bound holds where they stand."""
        held = self.kind[np.isfinite(self.ceiling) & (self.room == 0.0)]
        return {kind: int((held == k).sum()) for k, kind in enumerate(_KINDS) if (held == k).any()}

    def bound(self, row: int, k: int) -> Bound:
        """What holds an indicator of an area, by their places here."""
        scoring, kind = self.ground.scoring, _KINDS[int(self.kind[row, k])]
        area = "" if kind == SCALE else scoring.areas[int(self.who[row, k])]
        rise = self.since[row, k] >= 0 and kind == HISTORY
        ends = [scoring.periods[int(at[row, k])].label for at in (self.since, self.until)] if rise else []
        return Bound(float(self.ceiling[row, k]), kind, area, *ends)


def movable(ground: Ground, areas: Positions, within: Sequence[str], only: Sequence[str]) -> Movable:
    """Which indicators may move in some areas, and how far: every bound in `within` holds.

    No bounds named mean peers and history. Only published figures of the area itself move, and only those
    below the node that is asked about. `only` names the indicators to choose from; empty means all.
    Raises WHATIF-WITHIN, INDICATOR-UNKNOWN.
    """
    kinds = _kinds(ground, within)
    chosen = _chosen(ground, only)
    lowest = _Lowest.none(len(areas), len(chosen))
    for kind in kinds:
        lowest = lowest.or_lower(_bounds(ground, areas, chosen, kind), WITHIN.index(kind))
    top = np.broadcast_to(ground.ceilings[chosen], lowest.score.shape)
    nobody = np.full(top.shape, -1)
    some = np.isfinite(lowest.score)
    lowest = lowest.or_lower(_Found(np.where(some, top, np.inf), nobody, nobody, nobody), _KINDS.index(SCALE))
    moves = some & (ground.published & ground.followed)[areas][:, chosen]
    ceiling = np.where(moves, lowest.score, np.nan)
    room = ceiling - ground.scores[areas][:, chosen]
    return Movable(
        ground, areas, chosen, np.where(room > NO_ROOM, room, 0.0), ceiling,
        lowest.kind, lowest.who, lowest.since, lowest.until,
    )  # fmt: skip


def _chosen(ground: Ground, only: Sequence[str]) -> Array:
    """The indicators to choose from. Raises INDICATOR-UNKNOWN, all at once."""
    faults: list[Fault] = []
    found: set[int] = set()
    for asked in only:
        try:
            found.add(indicator_at(ground.edition.framework, asked))
        except CommonwealError as error:
            faults += error.faults
    name = words.inside(ground.top.name)
    for i in sorted(found - set(ground.below.tolist())):
        parts = ", ".join(ground.indicators[n].id for n in ground.below[:5])
        what = f"{ground.indicators[i].id!r} is no part of {name}, so it can't move it"
        faults.append(Fault("INDICATOR-UNKNOWN", what, f"Choose from what {name} is formed of: {parts}."))
    raise_any(faults)
    return np.array(sorted(found)) if found else ground.below


def _kinds(ground: Ground, within: Sequence[str]) -> tuple[str, ...]:
    """The kinds of bound that hold. Raises WHATIF-WITHIN where one can't be had."""
    why = {
        PEERS: "" if ground.edition.peers.height else "this edition names no peers",
        ALL: "" if len(ground.scoring.areas) > 1 else "there is no other area",
        HISTORY: _no_history(ground),
    }
    unknown = [kind for kind in within if kind not in WITHIN]
    if unknown:
        what = f"{unknown[0]!r} is not a bound"
        raise refusal("WHATIF-WITHIN", what, f"Use one or more of: {', '.join(WITHIN)}.")
    if within:
        wanted = tuple(dict.fromkeys(within))
    else:
        others = PEERS if not why[PEERS] else ALL
        wanted = tuple(kind for kind in (others, HISTORY) if not why[kind])
    lacking = [kind for kind in wanted if why[kind]]
    if lacking or not wanted:
        kind = lacking[0] if lacking else HISTORY
        can = [kind for kind in WITHIN if not why[kind]]
        remedy = f"Use {' or '.join(can)}." if can else "Suppose figures of your own instead."
        raise refusal("WHATIF-WITHIN", f"nothing bounds a change by {kind}: {why[kind]}", remedy)
    return wanted


def _no_history(ground: Ground) -> str:
    if len(ground.scoring.periods) < 2:
        return "one period is published"
    if ground.edition.recipe.normalise.rule == "each-period":
        return "each period has a scale of its own"
    return ""


class _Found(NamedTuple):
    """Bounds (areas, indicators) of one kind: the score, inf for none, whose it is, and of which rise."""

    score: Floats
    who: Array
    since: Array
    until: Array


class _Lowest(NamedTuple):
    """The bound (areas, indicators) that holds first, of which kind it is, and whence it is."""

    score: Floats
    kind: Array
    who: Array
    since: Array
    until: Array

    @classmethod
    def none(cls, areas: int, indicators: int) -> _Lowest:
        """No bound yet."""
        nothing = np.full((areas, indicators), -1)
        return cls(np.full((areas, indicators), np.inf), nothing, nothing, nothing, nothing)

    def or_lower(self, found: _Found, kind: int) -> _Lowest:
        """The lower of two bounds; of two that are level the first."""
        lower = found.score < self.score
        pairs = zip((found.score, np.full(lower.shape, kind), *found[1:]), self, strict=True)
        return _Lowest(*(np.where(lower, new, old) for new, old in pairs))


def _bounds(ground: Ground, areas: Positions, chosen: Array, kind: str) -> _Found:
    known = ground.known[:, :, chosen]
    if kind == HISTORY:
        return _fastest(ground, areas, chosen, known)
    groups = [ground.peers[a] for a in areas] if kind == PEERS else None
    best, who = _highest(known[ground.period], groups, len(areas))
    nobody = np.full(who.shape, -1)
    return _Found(np.where(np.isfinite(best), best, np.inf), who, nobody, nobody)


def _fastest(ground: Ground, areas: Positions, chosen: Array, known: Floats) -> _Found:
    """The present score and the largest rise from one period to a later one, of the area and its peers.

    Of all areas, for one that has no peers.
    """
    alone = np.array([len(ground.peers[a]) == 0 for a in areas])
    groups = [np.union1d(ground.peers[a], [a]) for a in areas]
    best = np.zeros((len(areas), len(chosen)))
    who = np.broadcast_to(areas[:, None], best.shape)
    since = until = np.full(best.shape, -1)
    for first, last in combinations(range(len(known)), 2):
        rise = known[last] - known[first]
        found, whose = _highest(rise, groups, len(areas))
        if alone.any():
            of_all = _highest(rise, None, len(areas))
            found, whose = (
                np.where(alone[:, None], all_, own) for all_, own in zip(of_all, (found, whose), strict=True)
            )
        more = found > best
        best, who = np.where(more, found, best), np.where(more, whose, who)
        since, until = np.where(more, first, since), np.where(more, last, until)
    return _Found(ground.scores[areas][:, chosen] + best, who, since, until)


def _highest(x: Floats, groups: Sequence[Array] | None, rows: int) -> tuple[Floats, Array]:
    """The highest x (areas, indicators) in each group of areas and whose it is; -inf where none is known.

    Without groups all areas are one, for every row.
    """
    there = np.where(np.isnan(x), -np.inf, x)
    if groups is None:
        who = there.argmax(axis=0)
        best = there[who, np.arange(x.shape[1])]
        shape = (rows, x.shape[1])
        return np.broadcast_to(best, shape), np.broadcast_to(who, shape)
    widest = max(map(len, groups), default=0)
    if widest == 0:
        return np.full((rows, x.shape[1]), -np.inf), np.full((rows, x.shape[1]), -1)
    members = np.array([[*group, *[-1] * (widest - len(group))] for group in groups])
    best, who = np.full((rows, x.shape[1]), -np.inf), np.full((rows, x.shape[1]), -1)
    for column in members.T:
        own = np.where(column[:, None] >= 0, there[column], -np.inf)
        more = own > best
        best, who = np.where(more, own, best), np.where(more, column[:, None], who)
    return best, who
