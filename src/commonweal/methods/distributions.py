"""Quantiles of the gamma, beta and Student's t distributions, to 1e-11 of their value, mostly to 1e-13.

These three are all that intervals and posteriors here need, so they are written out instead of taking a
library of 114 MB for them. Everything works on whole arrays. The normal quantile is a number, `interval.Z`.

Sources: Abramowitz and Stegun 1964, Handbook of Mathematical Functions, 6.5 and 26.5 (incomplete gamma and
beta functions, continued fractions); Loader 2000, Fast and Accurate Computation of Binomial Probabilities
(densities without cancellation); Lentz 1976, doi:10.1364/AO.15.000668 (the fractions' evaluation).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import count
from typing import Final

import numpy as np

from commonweal.arrays import Floats

_TINY: Final = 1e-300
_CLOSE: Final = 1e-16
#: A factor that near to 1 changes a product by no more than rounding does.
_STILL: Final = 1e-15
#: From here on the series of Stirling's error is exact to the last bit.
_STIRLING_FROM: Final = 16.0
_log_gamma = np.vectorize(math.lgamma, otypes=[float])


def gamma_cdf(x: Floats, shape: Floats) -> Floats:
    """P(X <= x) of the gamma distribution with scale 1.

    >>> gamma_cdf(np.array([1.0]), np.array([1.0])).round(12).tolist()
    [0.632120558829]
    """
    return _gamma_sides(x, shape)[0]


def gamma_tail(x: Floats, shape: Floats) -> Floats:
    """P(X > x) of the gamma distribution with scale 1, with all its digits where it is small.

    Chi-squared with k degrees of freedom is above x as often as this at x/2 and shape k/2.

    >>> gamma_tail(np.array([1.0]), np.array([1.0])).round(12).tolist()
    [0.367879441171]
    """
    return _gamma_sides(x, shape)[1]


def gamma_density(x: Floats, shape: Floats) -> Floats:
    """The density of the gamma distribution with scale 1, at x > 0; 0 at 0.

    x^(a-1) e^-x / Gamma(a) = sqrt(a / 2 pi) / x exp(-a (ln(a/x) + x/a - 1) - S(a)), S Stirling's error.

    >>> gamma_density(np.array([2.0]), np.array([3.0])).round(12).tolist()
    [0.270670566473]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        away = shape * _excess(x / shape)
        front = np.sqrt(shape / (2 * np.pi)) * np.exp(-away - _stirling_error(shape)) / x
    return np.where(x > 0, front, 0.0)


def gamma_quantile(p: float, shape: Floats) -> Floats:
    """The x at which P(X <= x) = p, of the gamma distribution with scale 1; nan stays nan.

    Chi-squared with k degrees of freedom is twice this at shape k/2.

    >>> gamma_quantile(0.975, np.array([1.0, 10.0])).round(12).tolist()
    [3.688879454114, 17.084803451419]
    """
    shape = np.asarray(shape, dtype=float)
    known = shape > 0
    a = np.where(known, shape, 1.0)
    z = _rough_normal(p)
    middling = a * np.maximum(1 - 1 / (9 * a) + z / (3 * np.sqrt(a)), 0.01) ** 3
    small = np.exp((math.log(p) + _log_gamma(a + 1)) / a)
    found = _solved(
        np.maximum(np.where(a > 1, middling, small), _TINY),
        lambda x: gamma_cdf(x, a) - p,
        lambda x: gamma_density(x, a),
        lambda x: (a - 1) / x - 1,
        math.inf,
    )
    return np.where(known, found, np.nan)


def beta_cdf(x: Floats, a: Floats, b: Floats, rest: Floats | None = None) -> Floats:
    """P(X <= x) of the beta distribution: the regularised incomplete beta function.

    `rest` is 1 - x, for those who know it with more digits than x near 1 leaves it.

    >>> beta_cdf(np.array([0.5]), np.array([2.0]), np.array([3.0])).round(12).tolist()
    [0.6875]
    """
    rest = 1 - np.asarray(x, dtype=float) if rest is None else rest
    x, a, b, rest = np.broadcast_arrays(*(np.asarray(part, dtype=float) for part in (x, a, b, rest)))
    front = beta_density(x, a, b, rest) * x * rest
    centre = (a + 1) / (a + b + 2)
    # 1 - x would lose what a small x holds, so the fraction in x itself serves somewhat further there
    low = (x < centre) | ((x < 0.1) & (x < 4 * centre))
    at, first, second = np.where(low, x, rest), np.where(low, a, b), np.where(low, b, a)
    part = front * _fraction(_beta_terms(at, first, second), x.shape) / first
    inside = np.where(low, part, 1 - part)
    return np.where(x <= 0, 0.0, np.where(rest <= 0, 1.0, inside))


def beta_density(x: Floats, a: Floats, b: Floats, rest: Floats | None = None) -> Floats:
    """The density of the beta distribution at 0 < x < 1; 0 at the ends. `rest` as in `beta_cdf`.

    >>> beta_density(np.array([0.25]), np.array([2.0]), np.array([2.0])).round(12).tolist()
    [1.125]
    """
    n, rest = a + b, 1 - x if rest is None else rest
    with np.errstate(divide="ignore", invalid="ignore"):
        away = a * _excess(n * x / a) + b * _excess(n * rest / b)
        error = _stirling_error(n) - _stirling_error(a) - _stirling_error(b)
        front = np.sqrt(a * b / (2 * np.pi * n)) * np.exp(error - away) / (x * rest)
    return np.where((x > 0) & (rest > 0), front, 0.0)


def beta_quantile(p: float, a: Floats, b: Floats) -> Floats:
    """The x at which P(X <= x) = p, of the beta distribution; nan stays nan.

    >>> beta_quantile(0.975, np.array([1.0, 5.0]), np.array([3.0, 5.0])).round(12).tolist()
    [0.707598226179, 0.787991493221]
    """
    a, b = np.broadcast_arrays(np.asarray(a, dtype=float), np.asarray(b, dtype=float))
    known = (a > 0) & (b > 0)
    a, b = np.where(known, a, 1.0), np.where(known, b, 1.0)
    found = _solved(
        _beta_start(p, a, b),
        lambda x: beta_cdf(x, a, b) - p,
        lambda x: beta_density(x, a, b),
        lambda x: (a - 1) / x - (b - 1) / (1 - x),
        1.0,
    )
    return np.where(known, found, np.nan)


def t_quantile(p: float, freedom: Floats) -> Floats:
    """The quantile of Student's t at 0.5 < p < 1; nan where there is no degree of freedom.

    t^2 = k y / (1 - y) with y the quantile of beta(1/2, k/2) at 2p - 1.

    >>> t_quantile(0.975, np.array([1.0, 10.0, 1e6])).round(9).tolist()
    [12.706204736, 2.228138852, 1.959966357]
    """
    k = np.asarray(freedom, dtype=float)
    known = np.where(k > 0, k, np.nan)
    y = beta_quantile(2 * p - 1, np.full(k.shape, 0.5), known / 2)
    root: Floats = np.sqrt(known * y / (1 - y))
    return root


# ---- how ----


def _gamma_sides(x: Floats, shape: Floats) -> tuple[Floats, Floats]:
    """P(X <= x) and P(X > x): by the series below shape + 1, by the continued fraction above."""
    x, shape = np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(shape, dtype=float))
    front = gamma_density(x, shape) * x
    low = x < shape + 1
    at = np.where(low, x, 0.0)
    below = front * _series(at, np.where(low, shape, 1.0))
    above = front * _fraction(_gamma_terms(np.where(low, shape + 2, x), shape), x.shape)
    return np.where(low, below, 1 - above), np.where(low, 1 - below, above)


def _excess(ratio: Floats) -> Floats:
    """r - 1 - ln r, without loss where r is near 1."""
    away = ratio - 1
    # Taylor's series of away - log1p(away), which would lose as many digits as away is small
    series = np.zeros_like(away)
    for k in range(24, 1, -1):
        series = away * series + (1 - 2 * (k % 2)) / k
    near = np.abs(away) < 0.1
    return np.where(near, np.where(near, away, 0.0) ** 2 * series, away - np.log(np.where(near, 1.0, ratio)))


def _stirling_error(x: Floats) -> Floats:
    """ln Gamma(x) - ((x - 1/2) ln x - x + ln(2 pi)/2)."""
    large = x >= _STIRLING_FROM
    at = np.where(large, x, _STIRLING_FROM)
    square = at * at
    series = (
        1 / 12
        - (1 / 360 - (1 / 1260 - (1 / 1680 - (1 / 1188 - 691 / 360360 / square) / square) / square) / square)
        / square
    ) / at
    low = np.where(large, 1.0, x)
    exact = _log_gamma(low) - ((low - 0.5) * np.log(low) - low + 0.5 * math.log(2 * math.pi))
    error: Floats = np.where(large, series, exact)
    return error


def _series(x: Floats, shape: Floats) -> Floats:
    """sum of x^n / (a (a + 1) ... (a + n))."""
    term = 1 / shape
    total = term.copy()
    for n in count(1):
        term = term * x / (shape + n)
        total = total + term
        if (term <= total * _CLOSE).all():
            return total
    raise AssertionError("a series that never ends")


#: The next numerator and denominator of a continued fraction.
Terms = Iterator[tuple[Floats, Floats]]


def _fraction(terms: Terms, shape: tuple[int, ...]) -> Floats:
    """The value of a continued fraction n1/(d1 + n2/(d2 + ...)), by Lentz's method."""
    value = np.full(shape, _TINY)
    above, below = value.copy(), np.zeros(shape)
    for numerator, denominator in terms:
        below = denominator + numerator * below
        below = 1 / np.where(np.abs(below) < _TINY, _TINY, below)
        above = denominator + numerator / above
        above = np.where(np.abs(above) < _TINY, _TINY, above)
        step = above * below
        value = value * step
        if (np.abs(step - 1) < _STILL).all():
            break
    return value


def _gamma_terms(x: Floats, shape: Floats) -> Terms:
    """Of Q(a, x) / (x^a e^-x / Gamma(a))."""
    yield np.ones_like(x), x + 1 - shape
    for n in count(1):
        yield n * (shape - n), x + 2 * n + 1 - shape


def _beta_terms(x: Floats, a: Floats, b: Floats) -> Terms:
    """Of a I_x(a, b) / (x^a (1 - x)^b / B(a, b))."""
    one = np.ones_like(x)
    yield one, one
    for m in count(0):
        yield -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)), one
        k = m + 1
        yield k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k)), one


#: More steps than any root here has needed; Halley's method trebles the digits with each.
_STEPS: Final = 40

Along = Callable[[Floats], Floats]


def _solved(start: Floats, off: Along, density: Along, bend: Along, end: float) -> Floats:
    """The root of `off` between 0 and `end` by Halley's steps, halving what would leave the range.

    `density` is the derivative of `off`, `bend` that of its logarithm.
    """
    x = start
    for _ in range(_STEPS):
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            newton = off(x) / density(x)
            step = newton / (1 - 0.5 * np.minimum(1.0, newton * bend(x)))
        step = np.where(np.isfinite(step), step, 0.0)
        moved = x - step
        moved = np.where(moved <= 0, 0.5 * x, np.where(moved >= end, 0.5 * (x + end), moved))
        done = np.abs(moved - x) <= _STILL * x
        x = moved
        if done.all():
            break
    return x


def _beta_start(p: float, a: Floats, b: Floats) -> Floats:
    """A value near the quantile: the normal's for broad shapes, the leading power's near the ends."""
    mean = a / (a + b)
    spread = np.sqrt(mean * (1 - mean) / (a + b + 1))
    broad = np.clip(mean + _rough_normal(p) * spread, mean / 4, 1 - (1 - mean) / 4)
    low, high = np.exp(a * np.log(mean)) / a, np.exp(b * np.log(1 - mean)) / b
    whole = np.maximum(low + high, _TINY)
    below = (a * whole * p) ** (1 / a)
    above = 1 - (b * whole * (1 - p)) ** (1 / b)
    ends = np.where(p * whole < low, below, above)
    return np.clip(np.where((a >= 1) & (b >= 1), broad, ends), _TINY, 1 - 1e-16)


def _rough_normal(p: float) -> float:
    from statistics import NormalDist

    return NormalDist().inv_cdf(p)
