"""How columns move together: Pearson, Spearman and Kendall, each over the areas that have both values."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from commonweal.arrays import Floats
from commonweal.insight.diagnose.tails import correlation_p

#: A variance below this share of the mean square is nothing but the noise of floating point.
_NOTHING: Final = 1e-14


class Correlations(NamedTuple):
    """Square tables, a row and a column an indicator or node: r, and the areas that each pair rests on."""

    r: Floats
    pairs: Floats

    @property
    def p(self) -> Floats:
        """Two-sided p of each r, were there no link: the t test of Pearson's r."""
        return correlation_p(self.r, self.pairs)


def pearson(x: Floats) -> Correlations:
    """Pearson's r of all pairs of columns of `x` (areas, columns), each over the areas that have both.

    nan where a column is constant. Linear in areas: a few products of matrices, whatever is missing.

    >>> pearson(np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 5.0], [4.0, np.nan]])).r.round(6).tolist()
    [[1.0, 0.981981], [0.981981, 1.0]]
    """
    pairs, cross, spread, square = _moments(_standard(x))
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.where(spread > _NOTHING * square, spread, np.nan)
        r = np.clip(cross / np.sqrt(spread * spread.T), -1.0, 1.0)
    np.fill_diagonal(r, np.where(np.isnan(np.diagonal(r)), np.nan, 1.0))
    return Correlations(r, pairs)


def covariance(x: Floats) -> Floats:
    """Covariances of all pairs of columns, each over the areas that have both, divided by n - 1."""
    mean, scale = _middle(x)
    pairs, cross, _, _ = _moments((x - mean) / scale)
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Floats = cross / (pairs - 1) * scale * scale[:, None]
    return result


def spearman(x: Floats) -> Correlations:
    """Spearman's rho: Pearson's r of the ranks, ties at their mean rank, ranked among the pair's areas.

    >>> spearman(np.array([[1.0, 1.0], [2.0, 8.0], [3.0, 9.0], [9.0, 9.5]])).r[0, 1].round(12).item()
    1.0
    """
    there = ~np.isnan(x)
    found = pearson(np.stack([average_ranks(column) for column in x.T], axis=1))
    for i, j in _pairs_with_gaps(there):
        both = there[:, i] & there[:, j]
        if both.any():
            ranked = np.stack([average_ranks(x[both, i]), average_ranks(x[both, j])], axis=1)
            found.r[i, j] = found.r[j, i] = pearson(ranked).r[0, 1]
    return found


def kendall(x: Floats) -> Correlations:
    """Kendall's tau-b: (agreeing - disagreeing pairs of areas) / sqrt of the products of untied pairs.

    Work grows as n log n a pair of columns. Source: Knight, JASA 61 (1966) 436.

    >>> kendall(np.array([[1.0, 1.0], [2.0, 3.0], [3.0, 2.0], [4.0, 4.0]])).r[0, 1].round(6).item()
    0.666667
    """
    there = ~np.isnan(x)
    codes = np.stack([np.unique(column, return_inverse=True)[1].reshape(-1) for column in x.T], axis=1)
    count = x.shape[1]
    r, pairs = np.full((count, count), np.nan), (there.T.astype(float) @ there)
    for i in range(count):
        own = codes[there[:, i], i]
        r[i, i] = 1.0 if len(own) > 1 and own.min() < own.max() else np.nan
        for j in range(i + 1, count):
            both = there[:, i] & there[:, j]
            r[i, j] = r[j, i] = _tau(codes[both, i], codes[both, j])
    return Correlations(r, pairs)


def average_ranks(column: Floats) -> Floats:
    """Ranks from the smallest, 1; ties share their mean rank, missing stays missing.

    >>> average_ranks(np.array([5.0, 1.0, 5.0, np.nan])).tolist()
    [2.5, 1.0, 2.5, nan]
    """
    _, place, counts = np.unique(column, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks = (last - (counts - 1) / 2)[place.reshape(-1)]
    return np.where(np.isnan(column), np.nan, ranks)


def _middle(x: Floats) -> tuple[Floats, Floats]:
    """Mean and largest distance from it of each column: what keeps sums of squares exact."""
    there = ~np.isnan(x)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.nansum(x, axis=0) / there.sum(axis=0)
    reach = np.max(np.where(there, np.abs(x - mean), 0.0), axis=0, initial=0.0)
    return mean, np.where(reach > 0, reach, 1.0)


def _standard(x: Floats) -> Floats:
    mean, scale = _middle(x)
    standard: Floats = np.where(scale > 8 * np.finfo(float).eps * np.abs(mean), (x - mean) / scale, x * 0.0)
    return standard


def _moments(x: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Of each pair: areas, sum of products about the means, sum of squares of the first about its mean,
    and about nothing."""
    there = (~np.isnan(x)).astype(np.float64)
    filled = np.nan_to_num(x)
    pairs = there.T @ there
    total = filled.T @ there
    square = (filled * filled).T @ there
    with np.errstate(invalid="ignore", divide="ignore"):
        cross = filled.T @ filled - total * total.T / pairs
        spread = square - total * total / pairs
    return pairs, cross, spread, square


def _pairs_with_gaps(there: np.ndarray) -> list[tuple[int, int]]:
    """Pairs of columns that don't miss the same areas: their ranks differ from those of whole columns."""
    _, kind = np.unique(there, axis=1, return_inverse=True)
    kind = kind.reshape(-1)
    return [(i, j) for i in range(len(kind)) for j in range(i + 1, len(kind)) if kind[i] != kind[j]]


def _tau(x: np.ndarray, y: np.ndarray) -> float:
    n = len(x)
    if n < 2:
        return float("nan")
    joint = np.sort(x.astype(np.int64) * (int(y.max()) + 1) + y)
    falling = joint % (int(y.max()) + 1)
    every = n * (n - 1) // 2
    tied_x, tied_y = _ties(np.bincount(x)), _ties(np.bincount(y))
    tied_both = _ties(np.unique(joint, return_counts=True)[1])
    agreeing_less_not = every - tied_x - tied_y + tied_both - 2 * _inversions(falling)
    untied = float(every - tied_x) * float(every - tied_y)
    return float(agreeing_less_not / np.sqrt(untied)) if untied else float("nan")


def _ties(counts: np.ndarray) -> int:
    return int((counts.astype(np.int64) * (counts - 1) // 2).sum())


def _inversions(sequence: np.ndarray) -> int:
    """How many pairs stand in falling order, counted bit by bit from the highest, as a radix sort goes."""
    found = 0
    for bit in reversed(range(int(sequence.max()).bit_length())):
        prefix, ones = sequence >> (bit + 1), (sequence >> bit) & 1
        before = np.cumsum(ones) - ones
        first = np.r_[True, prefix[1:] != prefix[:-1]]
        start = np.maximum.accumulate(np.where(first, before, 0))
        found += int((before - start)[ones == 0].sum())
        sequence = sequence[np.argsort(sequence >> bit, kind="stable")]
    return found
