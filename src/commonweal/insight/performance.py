"""Performance: whether a score is over, within or under what its area's peers usually have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Array
from commonweal.insight.peers import FEWEST, of_peers, peer_index
from commonweal.model.edition import PERFORMANCE, Scoring
from commonweal.model.observation import STATUS_CODE, Status
from commonweal.model.project import PeerRule

OVER: Final = "over"
WITHIN: Final = "within"
UNDER: Final = "under"
CLASSES: Final = (UNDER, WITHIN, OVER)
#: Differences below this are the rounding of floating point, not points.
_ON_THE_LINE: Final = 1e-9
#: With so many peers or fewer, comparing neighbours beats sorting.
_FEW: Final = 9


def performance(scoring: Scoring, peers: pl.DataFrame, rule: PeerRule) -> pl.DataFrame:
    """Compare each score with those of the area's peers, for every node and period.

    centre = median (or mean) of the peers' scores; spread = their average absolute deviation about the
    centre (or their standard deviation about the mean); width = max(floor, times x spread). Further than
    width above the centre is over, further below under, on the line within. No row where the area has no
    score or fewer than three of its peers have one, nor for an indicator whose value is hidden: only the
    range of its score is known. Columns of `PERFORMANCE`; low and high are the band. `probability` is empty
    here: it comes from draws.
    """
    if peers.is_empty():
        return pl.DataFrame(schema=PERFORMANCE)
    theirs = np.moveaxis(of_peers(scoring.scores, peer_index(scoring, peers)), 2, 0)  # (peers, P, A, N)
    band = Band.of(theirs, rule)
    scored = np.isfinite(scoring.scores) & (np.isfinite(theirs).sum(axis=0) >= FEWEST)
    indicators = [scoring.node_index[node.id] for node in scoring.framework.indicators]
    scored[:, :, indicators] &= scoring.value_status != STATUS_CODE[Status.SUPPRESSED]
    marks = band.marks(scoring.scores)
    p, a, n = np.nonzero(scored)
    return pl.DataFrame(
        {
            "period": pl.Series([q.label for q in scoring.periods]).gather(p),
            "area": pl.Series(scoring.areas).gather(a),
            "node": pl.Series([node.id for node in scoring.framework]).gather(n),
            "score": scoring.scores[scored],
            "centre": band.centre[scored],
            "spread": band.spread[scored],
            "low": (band.centre - band.width)[scored],
            "high": (band.centre + band.width)[scored],
            "class": pl.Series(CLASSES).gather(marks[scored]),
            "probability": pl.repeat(None, len(p), dtype=pl.Float64, eager=True),
        },
        schema=PERFORMANCE,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """What is usual among peers: arrays of one shape, an entry each score that is compared."""

    centre: Array
    spread: Array
    width: Array

    @classmethod
    def of(cls, theirs: Array, rule: PeerRule) -> Band:
        """From the peers' scores, along the first axis; those that are nan are left out."""
        ordered = _ordered(theirs)
        centre = _mean(ordered) if rule.centre == "mean" else _median(ordered)
        if rule.spread == "standard-deviation":
            spread = np.sqrt(_mean((ordered - _mean(ordered)) ** 2))
        else:
            spread = _mean(np.abs(ordered - centre))
        return cls(centre, spread, np.maximum(rule.floor, rule.times * spread))

    def marks(self, scores: Array) -> Array:
        """The position in `CLASSES` of each score."""
        beyond = scores - self.centre
        over = (beyond > self.width + _ON_THE_LINE).astype(np.int8)
        over -= beyond < -self.width - _ON_THE_LINE
        over += 1
        return over


def _ordered(x: Array) -> Array:
    """Sorted along the first axis, nan last: a few long rows by comparing neighbours, which is faster."""
    if len(x) > _FEW:
        result: Array = np.sort(x, axis=0)
        return result
    gaps = np.isnan(x)
    some = bool(gaps.any())
    rows = list(np.where(gaps, np.inf, x) if some else x)
    for done in range(len(rows)):
        for k in range(done % 2, len(rows) - 1, 2):
            low, high = rows[k], rows[k + 1]
            rows[k], rows[k + 1] = np.minimum(low, high), np.maximum(low, high)
    ordered = np.stack(rows)
    if some:
        ordered[np.isinf(ordered)] = np.nan
    return ordered


def _mean(x: Array) -> Array:
    """The mean along the first axis of what is there; nan where nothing is."""
    there = np.isfinite(x)
    whole = x if there.all() else np.where(there, x, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Array = whole.sum(axis=0) / there.sum(axis=0)
    return result


def _median(ordered: Array) -> Array:
    """The median along the first axis of what is there, sorted with nan last; nan where nothing is."""
    n = np.isfinite(ordered).sum(axis=0)
    if (n == len(ordered)).all():
        middle: Array = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
        return middle
    low, high = np.maximum(n - 1, 0) // 2, np.minimum(n // 2, len(ordered) - 1)
    pair = np.take_along_axis(ordered, np.stack([low, high]), axis=0)
    result: Array = pair.sum(axis=0) / 2
    return result
