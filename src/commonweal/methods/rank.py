"""Rank areas by their scores."""

from __future__ import annotations

import numpy as np

from commonweal.methods import Floats, Integers
from commonweal.methods.significant import DIGITS


def rank(scores: Floats) -> tuple[Integers, Integers]:
    """Ranks along the last axis and how many were ranked: 1 is the highest, ties share the best rank.

    Scores are first rounded to 12 significant digits of the largest absolute score in the column, so that
    the last bits of a sum never split a tie. A missing score has rank 0 and is not counted.

    >>> ranks, of = rank(np.array([0.3, 0.1 + 0.2, np.nan, 0.7, 0.1]))
    >>> ranks.tolist(), of.tolist()
    ([2, 2, 0, 1, 4], 4)
    """
    columns = scores.reshape(-1, scores.shape[-1])
    ranks = np.zeros(columns.shape, dtype=np.int32)
    of = np.zeros(len(columns), dtype=np.int32)
    for i, column in enumerate(columns):
        of[i] = _rank_column(column, ranks[i])
    return ranks.reshape(scores.shape), of.reshape(scores.shape[:-1])


def _rank_column(column: Floats, ranks: Integers) -> int:
    size = float(np.fmax.reduce(np.abs(column)))
    falling = -column
    if size > 0 and np.isfinite(size):
        shift = DIGITS - 1 - int(np.floor(np.log10(size)))
        # Far from 1 the power of ten would leave the range of floating-point numbers; halve it then.
        half = shift // 2
        falling *= 10.0**half
        falling *= 10.0 ** (shift - half)
        np.rint(falling, out=falling)
    order = np.argsort(falling)
    there = len(column) - int(np.isnan(column).sum())  # nan sorts last
    order, falling = order[:there], falling[order[:there]]
    place = np.arange(1, there + 1, dtype=np.int32)
    place[1:][falling[1:] == falling[:-1]] = 0
    ranks[order] = np.maximum.accumulate(place)
    return there
