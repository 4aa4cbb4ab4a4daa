"""95 % intervals of counts, proportions and means: how far chance alone could have moved a figure.

Limits are two-sided with equal tails. The formulas are those of English public health practice
(Fingertips Public Health Technical Guide).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from commonweal.arrays import Array
from commonweal.methods.distributions import gamma_quantile, t_quantile

#: The standard normal quantile at 0.975.
Z: Final = 1.959963984540054

#: Below this count Byar's approximation is not close enough, and the exact limits are used.
EXACT_BELOW: Final = 10

#: Exact Poisson limits of the counts 0 to 9, chi2(0.025, 2x)/2 and chi2(0.975, 2x + 2)/2. A table:
#: these few are exact to the last digit, and cost nothing.
EXACT_LIMITS: Final = np.array(
    [
        [0.0, 3.6888794541139354],
        [0.025317807984289876, 5.571643390938898],
        [0.24220927854396496, 7.22468766772396],
        [0.6186721228956014, 8.767273069742323],
        [1.0898653736263249, 10.241588675403694],
        [1.6234863901184207, 11.66833207932267],
        [2.2018942534908508, 13.059474022518685],
        [2.8143630515198654, 14.422675361702376],
        [3.4538321767485014, 15.763189220193313],
        [4.115373097378334, 17.084803451419166],
    ]
)


def poisson_limits(count: Array) -> Array:
    """The 95 % limits of Poisson counts, shape (..., 2): lower, upper.

    Below 10 exact; from 10 on Byar's approximation,
    lower = x (1 - 1/(9x) - z/(3 sqrt x))^3, upper = (x+1)(1 - 1/(9(x+1)) + z/(3 sqrt(x+1)))^3.
    Counts are whole numbers; nan stays nan.

    Source: Breslow and Day 1987, Statistical Methods in Cancer Research II, doi:10.1002/sim.4780080614.

    >>> poisson_limits(np.array([0, 10, 100])).round(3).tolist()
    [[0.0, 3.689], [4.787, 18.391], [81.362, 121.628]]
    """
    x = np.asarray(count, dtype=float)
    small = x < EXACT_BELOW
    safe = np.where(small, float(EXACT_BELOW), x)
    lower = safe * (1 - 1 / (9 * safe) - Z / (3 * np.sqrt(safe))) ** 3
    above = safe + 1
    upper = above * (1 - 1 / (9 * above) + Z / (3 * np.sqrt(above))) ** 3
    byar = np.stack([lower, upper], axis=-1)
    exact = EXACT_LIMITS[np.where(small, x, 0).astype(int)]
    return np.where(small[..., None], exact, byar)


def rate_limits(count: Array, denominator: Array, per: float) -> Array:
    """The 95 % limits of the rate per x count / denominator, shape (..., 2): lower, upper.

    The denominator is taken as known; only the count varies by chance.

    >>> rate_limits(np.array([10]), np.array([1000]), per=1000).round(3).tolist()
    [[4.787, 18.391]]
    """
    limits: Array = per * poisson_limits(count) / np.asarray(denominator, dtype=float)[..., None]
    return limits


def wilson_limits(count: Array, base: Array, per: float = 1.0) -> Array:
    """The 95 % limits of the proportion per x count / base, shape (..., 2): lower, upper.

    With p = x/n: per (2x + z^2 -+ z sqrt(z^2 + 4x(1 - p))) / (2 (n + z^2)), the Wilson score without
    continuity correction; 0 of n has the lower limit 0, n of n the upper limit `per`.

    Source: Wilson 1927, doi:10.1080/01621459.1927.10502953.

    >>> wilson_limits(np.array([0, 5, 10]), np.array([10, 10, 10]), per=100).round(3).tolist()
    [[0.0, 27.753], [23.659, 76.341], [72.247, 100.0]]
    """
    x = np.asarray(count, dtype=float)
    n = np.asarray(base, dtype=float)
    root = Z * np.sqrt(Z**2 + 4 * x * (1 - x / n))
    scale = per / (2 * (n + Z**2))
    # at the ends the formula gives 0 and 1 only up to the last bit
    lower = np.where(x == 0, 0.0, (2 * x + Z**2 - root) * scale)
    upper = np.where(x == n, per, (2 * x + Z**2 + root) * scale)
    return np.stack([lower, upper], axis=-1)


def mean_and_limits(total: Array, squares: Array, n: Array) -> tuple[Array, Array]:
    """Means, shape (...,), and their 95 % limits by Student's t, shape (..., 2): lower, upper.

    total, squares: sums of whole numbers and of their squares, as Python's own integers (dtype object) where
    they may pass 64 bits; n: how many. With s^2 = (n sum x^2 - (sum x)^2) / (n (n - 1)) formed in whole
    numbers, so that a large offset costs no digit: mean -+ t(0.975, n - 1) s / sqrt n. Of one number there is
    a mean and no limits, of none neither (nan).

    Source: Student 1908, doi:10.1093/biomet/6.1.1.

    >>> mean_and_limits(np.array([60]), np.array([1802]), np.array([2]))[0].tolist()
    [30.0]
    >>> mean_and_limits(np.array([60]), np.array([1802]), np.array([2]))[1].round(3).tolist()
    [[17.294, 42.706]]
    """
    counted = np.asarray(n, dtype=float)
    whole = np.asarray(n, dtype=object)
    spread = (whole * np.asarray(squares, dtype=object) - np.asarray(total, dtype=object) ** 2).astype(float)
    some = np.where(counted > 0, counted, np.nan)
    more = np.where(counted > 1, counted, np.nan)
    mean = np.asarray(total).astype(float) / some
    each, where = np.unique(more, return_inverse=True)
    half = t_quantile(0.975, each - 1)[where] * np.sqrt(spread / (more * more * (more - 1)))
    return mean, np.stack([mean - half, mean + half], axis=-1)


def sum_limits(total: Array, squares: Array) -> Array:
    """The 95 % limits of sums of so much a thing, where the number of things varies too, shape (..., 2).

    A sum of x and of x^2 over the things that happened have the moments of w times a Poisson count k, with
    w = sum x^2 / sum x and k = (sum x)^2 / sum x^2; its exact limits, w chi2(0.025, 2k)/2 and
    w chi2(0.975, 2k + 2)/2, are those of a count where every x is 1. Only sums above 0 have any (nan), save
    of nothing: 0 to nan.

    Source: Fay and Feuer 1997, doi:10.1002/(SICI)1097-0258(19970415)16:7<791::AID-SIM500>3.0.CO;2-#.

    >>> sum_limits(np.array([9.0]), np.array([9.0])).round(3).tolist()
    [[4.115, 17.085]]
    """
    x, square = np.asarray(total, dtype=float), np.asarray(squares, dtype=float)
    some = np.where((x > 0) & (square > 0), x, np.nan)
    each, number = square / some, some * some / np.where(square > 0, square, np.nan)
    ends = [each * gamma_quantile(0.025, number), each * gamma_quantile(0.975, number + 1)]
    return np.stack([np.where((x == 0) & (square == 0), 0.0, ends[0]), ends[1]], axis=-1)


def count_ratio_limits(first: Array, second: Array, per: float) -> Array:
    """The 95 % limits of per x first / second, two counts of different things, shape (..., 2).

    Given how many there are together, the first is a proportion p of them, and the ratio is p / (1 - p):
    the Wilson limits of p, turned the same way. Where the second may be 0 there is no upper limit (nan).

    Source: Przyborowski and Wilenski 1940, doi:10.1093/biomet/31.3-4.313 (the conditional argument).

    >>> count_ratio_limits(np.array([20]), np.array([10]), per=1).round(3).tolist()
    [[0.952, 4.2]]
    """
    x, y = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    together = np.where(x + y > 0, x + y, np.nan)
    share = wilson_limits(x, together)
    rest = np.where(share < 1, 1 - share, np.nan)
    limits: Array = per * share / rest
    return limits
