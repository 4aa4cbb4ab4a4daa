"""Tail probabilities: how often chance alone gives a correlation, or a chi-squared, as large as this."""

from __future__ import annotations

from math import exp, lgamma, log
from typing import Final

import numpy as np

from commonweal.arrays import Floats

#: Where a continued fraction or series stops: below this a further term changes nothing.
_NEAR: Final = 1e-16
_MOST_TERMS: Final = 20_000
_TINY: Final = 1e-300


def correlation_p(r: Floats, pairs: Floats) -> Floats:
    """Two-sided p of Pearson's r over `pairs` areas: the t test with n - 2 degrees of freedom.

    t = r sqrt((n - 2) / (1 - r^2)), so p = I(1 - r^2; (n - 2) / 2, 1 / 2), the regularised incomplete beta
    function. nan where r is, or where there are fewer than 3 pairs. Source: Fisher, Biometrika 10 (1915).

    >>> correlation_p(np.array([0.5, 0.0, 1.0]), np.array([27.0, 10.0, 5.0])).round(6).tolist()
    [0.007913, 1.0, 0.0]
    """
    r, n = np.broadcast_arrays(np.asarray(r, dtype=np.float64), np.asarray(pairs, dtype=np.float64))
    p = np.full(r.shape, np.nan)
    tested = np.isfinite(r) & (n >= 3)
    found, half = r[tested], (n[tested] - 2) / 2
    p[tested] = _beta_half((1 - found) * (1 + found), found * found, half)
    return p


def _beta_half(x: Floats, rest: Floats, a: Floats) -> Floats:
    """I(x; a, 1/2) with `rest` = 1 - x given apart, since 1 - x would lose its digits near x = 1."""
    whole, at = np.unique(a, return_inverse=True)
    scale = np.array([lgamma(v) + lgamma(0.5) - lgamma(v + 0.5) for v in whole])[at.reshape(-1)]
    with np.errstate(divide="ignore"):
        front = np.exp(a * np.log(x) + 0.5 * np.log(rest) - scale)
    b = np.full_like(a, 0.5)
    low = x < (a + 1) / (a + 2.5)
    result = np.empty_like(x)
    result[low] = front[low] * _fraction(x[low], a[low], b[low]) / a[low]
    high = ~low
    result[high] = 1 - front[high] * _fraction(rest[high], b[high], a[high]) / 0.5
    return np.where(rest == 0, 1.0, np.where(x == 0, 0.0, result))


def _fraction(x: Floats, a: Floats, b: Floats) -> Floats:
    """The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method."""
    c = np.ones_like(x)
    d = 1 / (1 - (a + b) * x / (a + 1))
    h = d.copy()
    for m in range(1, _MOST_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _not_zero(1 + term * d)
            c = _not_zero(1 + term / c)
            h *= c * d
        if not x.size or np.abs(c * d - 1).max() <= 4 * _NEAR:
            break
    return h


def _not_zero(x: Floats) -> Floats:
    return np.where(np.abs(x) < _TINY, _TINY, x)


def chi_squared_p(x: float, degrees: float) -> float:
    """How often chance gives a chi-squared above `x`: Q(degrees / 2, x / 2), the incomplete gamma function.

    By its series below degrees + 2, by its continued fraction above (DLMF 8.11.4 and 8.9.2).

    >>> round(chi_squared_p(3.841458820694124, 1), 12), chi_squared_p(0.0, 3)
    (0.05, 1.0)
    """
    a, half = degrees / 2, x / 2
    if half <= 0:
        return 1.0
    front = exp(a * log(half) - half - lgamma(a))
    if half < a + 1:
        term = total = 1 / a
        for k in range(1, _MOST_TERMS):
            term *= half / (a + k)
            total += term
            if term <= _NEAR * total:
                break
        return 1 - front * total
    b = half + 1 - a
    c, d = 1 / _TINY, 1 / b
    h = d
    for k in range(1, _MOST_TERMS):
        part = -k * (k - a)
        b += 2
        d = 1 / (part * d + b or _TINY)
        c = b + part / c or _TINY
        h *= c * d
        if abs(c * d - 1) <= 4 * _NEAR:
            break
    return front * h
