"""Performance: whether a score is over, within or under what its area's peers usually have."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import polars as pl

from commonweal.insight.peers import FEWEST, peer_index
from commonweal.model.edition import PERFORMANCE, Scoring
from commonweal.model.observation import STATUS_CODE, Status
from commonweal.model.project import PeerRule

Array = np.ndarray[Any, Any]
OVER: Final = "over"
WITHIN: Final = "within"
UNDER: Final = "under"
#: Differences below this are the rounding of floating point, not points.
_ON_THE_LINE: Final = 1e-9


def performance(scoring: Scoring, peers: pl.DataFrame, rule: PeerRule) -> pl.DataFrame:
    """Compare each score with those of the area's peers, for every node and period.

    centre = median (or mean) of the peers' scores; spread = their average absolute deviation about the
    centre (or their standard deviation about the mean); width = max(floor, times x spread). Further than
    width above the centre is over, further below under, on the line within. No row where the area has no
    score or fewer than three of its peers have one, nor for an indicator whose value is hidden: only the
    range of its score is known. Columns of `PERFORMANCE`; low and high are the band.
    """
    if peers.is_empty():
        return pl.DataFrame(schema=PERFORMANCE)
    theirs = scoring.scores[:, peer_index(scoring, peers), :].transpose(0, 1, 3, 2)  # (P, A, N, peers)
    centre = _mean(theirs) if rule.centre == "mean" else _median(theirs)
    if rule.spread == "standard-deviation":
        spread = np.sqrt(_mean((theirs - _mean(theirs)[..., None]) ** 2))
    else:
        spread = _mean(np.abs(theirs - centre[..., None]))
    width = np.maximum(rule.floor, rule.times * spread)
    beyond = scoring.scores - centre
    marks = np.select([beyond > width + _ON_THE_LINE, beyond < -width - _ON_THE_LINE], [2, 0], 1)
    scored = np.isfinite(scoring.scores) & (np.isfinite(theirs).sum(axis=-1) >= FEWEST)
    indicators = [scoring.node_index[node.id] for node in scoring.framework.indicators]
    scored[:, :, indicators] &= scoring.value_status != STATUS_CODE[Status.SUPPRESSED]
    p, a, n = np.nonzero(scored)
    return pl.DataFrame(
        {
            "period": pl.Series([q.label for q in scoring.periods]).gather(p),
            "area": pl.Series(scoring.areas).gather(a),
            "node": pl.Series([node.id for node in scoring.framework]).gather(n),
            "score": scoring.scores[scored],
            "centre": centre[scored],
            "spread": spread[scored],
            "low": (centre - width)[scored],
            "high": (centre + width)[scored],
            "class": pl.Series([UNDER, WITHIN, OVER]).gather(marks[scored]),
        },
        schema=PERFORMANCE,
    )


def _mean(x: Array) -> Array:
    """The mean along the last axis of what is there; nan where nothing is."""
    there = np.isfinite(x)
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Array = np.where(there, x, 0.0).sum(axis=-1) / there.sum(axis=-1)
    return result


def _median(x: Array) -> Array:
    """The median along the last axis of what is there; nan where nothing is."""
    held = np.sort(x, axis=-1)  # nan last
    n = np.isfinite(x).sum(axis=-1)
    low, high = np.maximum(n - 1, 0) // 2, np.minimum(n // 2, x.shape[-1] - 1)
    pair = np.take_along_axis(held, np.stack([low, high], axis=-1), axis=-1)
    result: Array = pair.sum(axis=-1) / 2
    return result
