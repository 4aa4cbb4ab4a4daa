"""Put values on a scale, seen against a reference set of values.

Every method takes directed values (higher is better) of any shape, nan where missing, and the reference
that sets the scale: one-dimensional, without nan. What the reference is (all published periods, one base
year, two given goalposts) is the caller's affair. It returns the scores in the shape of the values.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from commonweal.methods import Floats


def none(x: Floats, reference: Floats) -> Floats:
    """The directed value itself.

    >>> none(np.array([3.0]), np.array([1.0, 5.0])).tolist()
    [3.0]
    """
    return x


def goalposts(x: Floats, reference: Floats, *, clip: bool) -> Floats:
    """100 (x - worst) / (best - worst), worst and best the ends of the reference; `clip` limits to 0-100.

    >>> goalposts(np.array([0.0, 3.0, 9.0]), np.array([1.0, 5.0]), clip=True).tolist()
    [0.0, 50.0, 100.0]
    """
    score = _share_of_range(x, reference)
    score *= 100.0
    return np.clip(score, 0.0, 100.0, out=score) if clip else score


def minmax(x: Floats, reference: Floats, *, low: float, high: float) -> Floats:
    """low + (high - low) (x - min) / (max - min).

    >>> minmax(np.array([1.0, 2.0, 5.0]), np.array([1.0, 2.0, 5.0]), low=1, high=100).tolist()
    [1.0, 25.75, 100.0]
    """
    score = _share_of_range(x, reference)
    score *= high - low
    score += low
    return score


def zscore(x: Floats, reference: Floats, *, mean: float, sd: float) -> Floats:
    """mean + sd (x - the reference's mean) / its standard deviation (divisor n - 1).

    >>> zscore(np.array([2.0, 4.0]), np.array([1.0, 2.0, 3.0]), mean=0, sd=1).tolist()
    [0.0, 2.0]
    """
    ordered = np.sort(reference)  # so that the order of the areas can't change the last bit of the sums
    score: Floats = x - ordered.mean()
    score /= ordered.std(ddof=1)
    score *= sd
    score += mean
    return score


def rank(x: Floats, reference: Floats) -> Floats:
    """1 + how many of the reference are worse: the worst is 1, ties share the lowest number.

    >>> rank(np.array([5.0, 7.0, 7.0, 9.0]), np.array([5.0, 7.0, 7.0, 9.0])).tolist()
    [1.0, 2.0, 2.0, 4.0]
    """
    worse = np.searchsorted(np.sort(reference), x, side="left")
    return np.where(np.isnan(x), np.nan, worse + 1.0)


def percentile(x: Floats, reference: Floats, *, scale: float) -> Floats:
    """scale (rank - 1) / (n - 1), with n the size of the reference; at most `scale`.

    >>> percentile(np.array([5.0, 7.0, 9.0]), np.array([5.0, 7.0, 7.0, 8.0, 9.0]), scale=100).tolist()
    [0.0, 25.0, 100.0]
    """
    share = (rank(x, reference) - 1.0) / (len(reference) - 1.0)
    return scale * np.minimum(share, 1.0)


def exponential(x: Floats, reference: Floats, *, rate: float) -> Floats:
    """-rate ln(1 - R (1 - exp(-100 / rate))) with R = (N - r + 1) / N.

    r is 1 for the largest, ties the lowest number. From 0 up to 100: few areas score high, so that a
    high score in one child is hardly taken back by low ones in others.
    Source: English Indices of Deprivation, technical report (rate 23).

    >>> exponential(np.array([1.0, 2.0]), np.array([1.0, 2.0]), rate=23).round(2).tolist()
    [15.65, 100.0]
    """
    not_better = np.searchsorted(np.sort(reference), x, side="right")
    share = np.where(np.isnan(x), np.nan, not_better / len(reference))
    score: Floats = -rate * np.log1p(share * np.expm1(-100.0 / rate))
    return score


def _share_of_range(x: Floats, reference: Floats) -> Floats:
    low, high = reference.min(), reference.max()
    # Dividing first makes the best exactly 1.
    share: Floats = x - low
    share /= high - low
    return share


METHODS: Final[dict[str, Callable[..., Floats]]] = {
    "none": none,
    "goalposts": goalposts,
    "minmax": minmax,
    "zscore": zscore,
    "rank": rank,
    "percentile": percentile,
    "exponential": exponential,
}
#: Methods that are one straight line between the ends of what they may give.
STRAIGHT: Final = frozenset({"none", "goalposts", "minmax", "zscore"})
#: Methods that need at least two different values in the reference.
NEEDS_RANGE: Final = frozenset({"goalposts", "minmax", "zscore", "percentile"})
#: Methods whose scale is fixed by a worst and a best value, so that another edition can hand it on.
HAS_GOALPOSTS: Final = frozenset({"goalposts", "minmax"})
