"""How far each indicator may realistically go: what peers or other areas have, and how fast any has moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from commonweal.errors import CommonwealError, Fault
from commonweal.insight.scenario.figures import indicator_at
from commonweal.insight.scenario.spot import Spot
from commonweal.methods import Floats
from commonweal.model.observation import STATUS_CODE, Status

Array = np.ndarray[Any, Any]
#: No better than the best of the peers; than the best area; no faster than the area or a peer has ever moved.
PEERS: Final = "peers"
ALL: Final = "all"
HISTORY: Final = "history"
WITHIN: Final = (PEERS, ALL, HISTORY)
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
    """The indicators (positions) that may move, their points of room, 0 at the bound, and their bounds."""

    indicators: Array
    room: Floats
    bounds: tuple[Bound, ...]


def movable(here: Spot, within: Sequence[str], only: Sequence[str]) -> Movable:
    """Which indicators may move, and how far: every bound in `within` holds; empty means peers and history.

    Only published figures of the area itself move. `only` names the indicators to choose from; empty means
    all. Raises WHATIF-WITHIN, INDICATOR-UNKNOWN.
    """
    kinds = _kinds(here, within)
    chosen = [indicator_at(here.edition.framework, asked) for asked in only]
    found = [
        (i, bound)
        for i in (sorted(set(chosen)) or range(len(here.indicators)))
        if here.published[i] and here.followed[i]
        for bound in _lowest(here, i, kinds)
    ]
    at = np.array([i for i, _ in found], dtype=np.int64)
    room = np.array([bound.score for _, bound in found]) - here.scores[at]
    return Movable(at, np.where(room > NO_ROOM, room, 0.0), tuple(bound for _, bound in found))


def _kinds(here: Spot, within: Sequence[str]) -> tuple[str, ...]:
    """The kinds of bound that hold. Raises WHATIF-WITHIN where one can't be had."""
    why = {
        PEERS: "" if here.edition.peers.height else "this edition names no peers",
        ALL: "" if len(here.scoring.areas) > 1 else "there is no other area",
        HISTORY: _no_history(here),
    }
    unknown = [kind for kind in within if kind not in WITHIN]
    if unknown:
        what = f"{unknown[0]!r} is not a bound"
        raise CommonwealError(Fault("WHATIF-WITHIN", what, f"Use one or more of: {', '.join(WITHIN)}."))
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
        raise CommonwealError(
            Fault("WHATIF-WITHIN", f"nothing bounds a change by {kind}: {why[kind]}", remedy)
        )
    return wanted


def _no_history(here: Spot) -> str:
    if len(here.scoring.periods) < 2:
        return "one period is published"
    if here.edition.recipe.normalise.rule == "each-period":
        return "each period has a scale of its own"
    return ""


def _lowest(here: Spot, i: int, kinds: Sequence[str]) -> Iterator[Bound]:
    """The bound that holds an indicator first, if any is known."""
    found = [bound for kind in kinds for bound in _bound(here, i, kind)]
    if found:
        lowest = min(found, key=lambda bound: bound.score)
        top = here.ceiling(i)
        yield Bound(top, "scale", "") if top < lowest.score else lowest


def _bound(here: Spot, i: int, kind: str) -> Iterator[Bound]:
    others = here.peers if kind != ALL else np.arange(len(here.scoring.areas))
    scores = _published_scores(here, i)
    if kind == HISTORY:
        areas = np.union1d(others, [here.area]) if len(others) else np.arange(len(here.scoring.areas))
        yield _fastest(here, i, scores[:, areas], areas)
        return
    now = scores[here.period, others]
    if np.isfinite(now).any():
        k = int(np.nanargmax(now))
        yield Bound(float(now[k]), kind, here.scoring.areas[int(others[k])])


def _fastest(here: Spot, i: int, scores: Floats, areas: Array) -> Bound:
    """The present score and the largest rise from one period to a later one, over all `areas`."""
    best, who, since, until = 0.0, here.area, here.period, here.period
    for first in range(len(scores)):
        for last in range(first + 1, len(scores)):
            rise = scores[last] - scores[first]
            if np.isfinite(rise).any() and np.nanmax(rise) > best:
                k = int(np.nanargmax(rise))
                best, who, since, until = float(rise[k]), int(areas[k]), first, last
    now = float(here.scores[i])
    if best == 0.0:
        return Bound(now, HISTORY, here.code)
    ends = (here.scoring.periods[since].label, here.scoring.periods[until].label)
    return Bound(now + best, HISTORY, here.scoring.areas[who], *ends)


def _published_scores(here: Spot, i: int) -> Floats:
    """Scores (periods, areas) of an indicator's published figures; nan where hidden or filled in."""
    status = here.scoring.value_status[:, :, i]
    own = (status != STATUS_CODE[Status.SUPPRESSED]) & (status != STATUS_CODE[Status.IMPUTED])
    return np.where(own, here.scoring.scores[:, :, here.nodes[i]], np.nan)
