"""Straight lines through few points, with exact intervals, and a test of two spreads of the same places.

Least squares with Student's t: the interval is exact where the points scatter about the line independently,
alike and normally. It serves from three points on, where rank-based intervals (Theil 1950; Sen 1968,
doi:10.1080/01621459.1968.10480934) can't reach 95 %: with n points they reach 1 - 2/n! at most, 67 % for
three and 92 % for four. Distribution of t: Abramowitz and Stegun 1964, 26.7.3 and 26.7.4. Spreads: Pitman
1939, doi:10.1093/biomet/31.1-2.9, Morgan 1939, doi:10.1093/biomet/31.1-2.13.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from commonweal.arrays import Flags, Floats


def inside(t: float, freedom: int) -> float:
    """The probability that Student's t is between -t and t, with `freedom` degrees of freedom, 1 or more.

    >>> round(inside(1.0, 1), 12), round(inside(2.228138852, 10), 9)
    (0.5, 0.95)
    """
    angle = np.arctan(abs(t) / np.sqrt(freedom))
    cos, odd = np.cos(angle), freedom % 2
    if freedom == 1:
        return float(2 * angle / np.pi)
    # term k is that before it times cos^2 (2k - 1)/(2k), or 2k/(2k + 1) for odd degrees
    k = np.arange(1, (freedom - odd) // 2)
    factors = cos**2 * (2 * k / (2 * k + 1) if odd else (2 * k - 1) / (2 * k))
    series = 1 + np.cumprod(factors).sum()
    sine = np.sin(angle) * series
    return float(2 / np.pi * (angle + sine * cos) if odd else sine)


@lru_cache(maxsize=256)
def quantile(share: float, freedom: int) -> float:
    """The t that holds `share` of Student's distribution between -t and t.

    >>> [round(quantile(0.95, n), 4) for n in (1, 2, 3, 15)]
    [12.7062, 4.3027, 3.1824, 2.1314]
    """
    low, high = 0.0, np.pi / 2
    for _ in range(80):
        middle = (low + high) / 2
        within = inside(np.tan(middle) * np.sqrt(freedom), freedom)
        low, high = (middle, high) if within < share else (low, middle)
    return float(np.tan(high) * np.sqrt(freedom))


@dataclass(frozen=True, slots=True, eq=False)
class Slopes:
    """The slope of each line and the ends of its 95 % interval, nan with fewer than three points."""

    slope: Floats
    lower: Floats
    upper: Floats


def slopes(x: Floats, y: Floats, used: Flags) -> Slopes:
    """Least-squares slopes of y on x along the first axis, over the points that are `used`.

    slope = sum (x - mean x)(y - mean y) / sum (x - mean x)^2 with standard error s / sqrt(sum (x - mean
    x)^2), s^2 the residual sum of squares over n - 2; the interval is slope -+ t(0.975, n - 2) standard
    errors. `x`, `y` and `used` share a shape (points, ...), or x is (points,).

    >>> found = slopes(np.array([0.0, 1.0, 2.0]), np.array([1.0, 2.0, 4.0]), np.ones(3, dtype=bool))
    >>> float(found.slope), round(float(found.lower), 3), round(float(found.upper), 3)
    (1.5, -2.168, 5.168)
    """
    x = np.broadcast_to(x.reshape(-1, *[1] * (y.ndim - 1)) if x.ndim == 1 else x, y.shape)
    n = used.sum(axis=0)
    enough = n >= 3
    with np.errstate(invalid="ignore", divide="ignore"):
        x0 = np.where(used, x - np.where(used, x, 0.0).sum(axis=0) / n, 0.0)
        y0 = np.where(used, y - np.where(used, y, 0.0).sum(axis=0) / n, 0.0)
        across = (x0**2).sum(axis=0)
        slope = (x0 * y0).sum(axis=0) / across
        rest = np.where(used, y0 - slope * x0, 0.0)
        error = np.sqrt((rest**2).sum(axis=0) / (n - 2) / across)
    t = np.full(n.shape, np.nan)
    for count in np.unique(n[enough]):
        t[n == count] = quantile(0.95, int(count) - 2)
    usable = enough & (across > 0)
    found = (slope, slope - t * error, slope + t * error)
    return Slopes(*(np.where(usable, one, np.nan) for one in found))


def same_spread(first: Floats, last: Floats) -> float:
    """The two-sided p that two measurements of the same places have one standard deviation.

    Their sums and differences are correlated just where the variances differ: t = r sqrt((n - 2)/(1 - r^2)).
    nan with fewer than three places, or where neither varies.

    >>> same_spread(np.array([1.0, 2.0, 3.0, 4.0]), np.array([4.0, 3.0, 2.0, 1.0]))
    1.0
    """
    n, plus, minus = len(first), first + last, last - first
    if n < 3:
        return np.nan
    plus, minus = plus - plus.mean(), minus - minus.mean()
    product, squares = float(plus @ minus), float(plus @ plus) * float(minus @ minus)
    # all of either is rounding: the two are mirror images, or the same but for a constant
    if squares <= 1e-24 * float(first @ first + last @ last) ** 2:
        return np.nan if not np.ptp(first) and not np.ptp(last) else 1.0
    r = float(np.clip(product / np.sqrt(squares), -1, 1))
    return 0.0 if abs(r) == 1 else 1 - inside(r * np.sqrt((n - 2) / (1 - r * r)), n - 2)
