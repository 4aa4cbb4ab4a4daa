"""Rank areas by their scores."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from commonweal.arrays import Floats, Integers
from commonweal.methods.significant import DIGITS

#: Ranks of a few areas take a byte each.
SmallRanks = NDArray[np.int8 | np.int32]
#: With this many areas or fewer, comparing each with each is faster than sorting many columns.
_FEW: Final = 40
#: Columns compared at once: they stay in a processor's cache.
_AT_ONCE: Final = 8_192


def rank(scores: Floats) -> tuple[Integers, Integers]:
    """Ranks along the last axis and how many were ranked: 1 is the highest, ties share the best rank.

    Scores are first rounded to 12 significant digits of the largest absolute score in the column, so that
    the last bits of a sum never split a tie. A missing score has rank 0 and is not counted.

    >>> ranks, of = rank(np.array([0.3, 0.1 + 0.2, np.nan, 0.7, 0.1]))
    >>> ranks.tolist(), of.tolist()
    ([2, 2, 0, 1, 4], 4)
    """
    columns = scores.reshape(-1, scores.shape[-1])
    if columns.shape[1] <= _FEW:
        ranks, of = _rank_by_pairs(columns)
        return ranks.reshape(scores.shape), of.reshape(scores.shape[:-1])
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


def _rank_by_pairs(columns: Floats) -> tuple[Integers, Integers]:
    """The same for many short columns (columns, areas): one more than the number of areas above."""
    there = ~np.isnan(columns)
    size = np.max(np.abs(columns), axis=1, initial=0.0, where=there)
    usable = (size > 0) & np.isfinite(size)
    shift = np.where(usable, DIGITS - 1 - np.floor(np.log10(np.where(usable, size, 1.0))), 0.0)
    half = np.trunc(shift / 2)
    keys = np.ascontiguousarray(columns.T)
    if usable.any():
        rounded = np.rint(keys * 10.0**half * 10.0 ** (shift - half))
        keys = np.where(usable, rounded, keys)
    ranks = np.where(there, _above(keys).T, 0).astype(np.int32)
    return ranks, there.sum(axis=1).astype(np.int32)


def draw_ranks(scores: Floats) -> SmallRanks:
    """Ranks along the last axis of scores that were drawn: 1 is the highest, 0 where there is none.

    What was drawn ties only where it is the same to the last bit, so it needs no rounding first.

    >>> draw_ranks(np.array([[0.3, 0.7, np.nan, 0.3]])).tolist()
    [[2, 1, 0, 2]]
    """
    columns = scores.reshape(-1, scores.shape[-1])
    if columns.shape[1] > _FEW:
        return _by_sorting(columns).reshape(scores.shape)
    ranks = np.empty(columns.shape, dtype=np.int8)
    for start in range(0, len(columns), _AT_ONCE):
        keys = np.ascontiguousarray(columns[start : start + _AT_ONCE].T)
        ranks[start : start + _AT_ONCE] = np.where(np.isnan(keys), 0, _above(keys)).T
    return ranks.reshape(scores.shape)


def _by_sorting(columns: Floats) -> SmallRanks:
    """Ranks of long columns (columns, areas), ties sharing the best."""
    falling = -columns
    order = np.argsort(falling, axis=1)
    falling = np.take_along_axis(falling, order, 1)
    place = np.broadcast_to(np.arange(1, columns.shape[1] + 1, dtype=np.int32), columns.shape).copy()
    tied = falling[:, 1:] == falling[:, :-1]
    if tied.any():
        place[:, 1:][tied] = 0
        np.maximum.accumulate(place, axis=1, out=place)
    place[np.isnan(falling)] = 0
    ranks = np.empty(columns.shape, dtype=np.int32)
    np.put_along_axis(ranks, order, place, 1)
    return ranks


def _above(keys: Floats) -> SmallRanks:
    """One more than how many rows of a column are above each: (areas, columns), few areas."""
    places = np.empty(keys.shape, dtype=np.int8)
    for own, place in zip(keys, places, strict=True):
        np.add.reduce((keys > own).view(np.int8), axis=0, dtype=np.int8, out=place)
    places += 1
    return places
