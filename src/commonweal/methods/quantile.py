"""Quantiles of exact histograms, with limits that need no assumption about the shape of the values."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from commonweal.arrays import Floats
from commonweal.methods.distributions import beta_cdf

#: What may lie beyond each of the two limits.
_TAIL: Final = 0.025
Whole = NDArray[np.int64]


def quantiles(cell: Whole, value: Floats, count: Whole, size: int, share: float) -> tuple[Floats, Floats]:
    """The quantile of each of `size` cells, shape (size,), and its 95 % limits, shape (size, 2).

    The histogram is long: `count` numbers in `cell` (0 to size - 1) have `value`; sorted by cell, then value.
    With n numbers and h = n share, the quantile is the ceil(h)-th, and where h is whole the middle between
    that one and the next, so that of 0.5 is the median as it is taught. Its limits are two of the numbers
    themselves, by the ranks of `rank_limits`. A cell without numbers has none (nan).

    Source: Hyndman and Fan 1996, doi:10.1080/00031305.1996.10473566, definition 2.

    >>> cell, value = np.zeros(3, dtype=int), np.array([1.0, 2.0, 9.0])
    >>> quantiles(cell, value, np.array([2, 1, 1]), 2, 0.5)[0].tolist()
    [1.5, nan]
    >>> quantiles(cell, value, np.array([20, 10, 10]), 1, 0.9)[1].tolist()
    [[9.0, 9.0]]
    """
    counts = np.asarray(count, dtype=np.int64)
    n = np.bincount(np.asarray(cell), weights=counts, minlength=size).astype(np.int64)
    upto = np.cumsum(counts)
    before = np.cumsum(n) - n

    def ranked(rank: Whole) -> Floats:
        """The number of that rank in each cell; nan where there is none."""
        there = (rank >= 1) & (rank <= n)
        at = np.searchsorted(upto, before + np.where(there, rank, 1))
        return np.where(there, np.append(value, np.nan)[np.minimum(at, len(upto))], np.nan)

    exact = Fraction(str(share))
    first = -(-n * exact.numerator // exact.denominator)
    middle = n * exact.numerator % exact.denominator == 0
    found = (ranked(first) + ranked(np.where(middle, np.minimum(first + 1, n), first))) / 2
    low, high = rank_limits(n, share)
    return found, np.stack([ranked(low), ranked(high)], axis=-1)


def rank_limits(n: Whole, share: float) -> tuple[Whole, Whole]:
    """The ranks whose numbers are the 95 % limits of a quantile of `n` numbers.

    How many of n numbers lie below the quantile is binomial, B. The lower rank is the largest j for which
    P(B <= j - 1) is at most 0.025, the upper the smallest k for which P(B >= k) is. This holds whatever the
    values' distribution, ties included. Where n is too small the lower is 0, the upper n + 1.

    Source: David and Nagaraja 2003, Order Statistics, 7.1.

    >>> [rank.tolist() for rank in rank_limits(np.array([5, 6, 10, 100]), 0.5)]
    [[0, 1, 2, 40], [6, 6, 9, 61]]
    """
    each, where = np.unique(n, return_inverse=True)
    return _least_rank(each, share)[where], (each + 1 - _least_rank(each, 1 - share))[where]


def _least_rank(n: Whole, share: float) -> Whole:
    """The largest j for which P(Binomial(n, share) <= j - 1) is at most 0.025, by halving; 0 if none is."""
    low, high = np.zeros_like(n), np.asarray(n) + 1
    while (high - low > 1).any():
        j = np.maximum((low + high) // 2, 1)
        unlikely = beta_cdf(np.full(n.shape, 1 - share), np.maximum(n - j + 1, 1), j) <= _TAIL
        low, high = np.where(unlikely, np.maximum(low, j), low), np.where(unlikely, high, np.minimum(high, j))
    return low
