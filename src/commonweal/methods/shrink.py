"""Figures of small areas, drawn towards those of many as far as chance alone may have moved them.

Empirical Bayes: the areas' true rates vary about a centre; how much is estimated from the areas themselves,
and each area's own count then moves its rate away from the centre. Counts enter as they were published.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from commonweal.arrays import Flags, Floats, Positions
from commonweal.methods.distributions import beta_quantile, gamma_quantile
from commonweal.methods.interval import Z, poisson_limits, wilson_limits


class Shrunk(NamedTuple):
    """Rates drawn towards a centre, shape (areas,), and 95 % limits of the posterior, shape (areas, 2)."""

    rate: Floats
    limits: Floats


class Around(NamedTuple):
    """What is true of the areas near each area together, all of shape (areas,).

    mean: their rate. scatter: sum n (x/n - mean)^2 / sum n. usual: the mean base. events,
    people: the sums of counts and bases.
    """

    mean: Floats
    scatter: Floats
    usual: Floats
    events: Floats
    people: Floats


def poisson_gamma(count: Floats, low: Floats, high: Floats, base: Floats, near: Positions | None) -> Shrunk:
    """Rates count / base, drawn to those of the areas near each, itself one of them.

    `near` has the shape (pairs, 2): an area, and one that is near it; None: all are near all.

    By moments (Marshall): m = sum x / sum n; s2 = sum n (x/n - m)^2 / sum n - m / nbar, 0 if below; the true
    rates are gamma with mean m and variance s2, so the posterior is gamma with shape m^2/s2 + x and rate
    m/s2 + n. Where s2 is 0 all have the rate m, with the limits of the count it comes from. A count that is
    not known exactly lies between `low` and `high`, which widens its limits. nan where the base is not
    known or 0.

    Source: Marshall 1991, Mapping disease and mortality rates using empirical Bayes estimators,
    doi:10.2307/2347593.

    >>> x, n = np.array([2.0, 30.0, 10.0]), np.array([100.0, 1000.0, 100.0])
    >>> shrunk = poisson_gamma(x, x, x, n, None)
    >>> shrunk.rate.round(4).tolist(), shrunk.limits[0].round(4).tolist()
    ([0.028, 0.0305, 0.0652], [0.0103, 0.0544])
    """
    known = base > 0
    around = _around(count, base, near)
    variance = around.scatter - around.mean / around.usual
    even = ~(variance > 0)
    spread = np.where(even, 1.0, variance)
    shape, rate = around.mean**2 / spread, around.mean / spread
    shrunk = np.where(even, around.mean, (shape + count) / (rate + base))
    ends = (
        np.stack(
            [
                gamma_quantile(0.025, np.where(known & ~even, shape + low, np.nan)),
                gamma_quantile(0.975, np.where(known & ~even, shape + high, np.nan)),
            ],
            axis=-1,
        )
        / (rate + base)[:, None]
    )
    common = poisson_limits(np.rint(around.events)) / around.people[:, None]
    return _known(known, shrunk, np.where(even[:, None], common, ends))


def beta_binomial(count: Floats, low: Floats, high: Floats, base: Floats, near: Positions | None) -> Shrunk:
    """Proportions count / base, drawn to those of the areas near each; `near` as in `poisson_gamma`.

    s2 = (sum n (x/n - m)^2 / sum n - m (1 - m) / nbar) / (1 - 1/nbar), 0 if below; with
    k = m (1 - m) / s2 - 1 the posterior is beta with m k + x and (1 - m) k + n - x.

    Source: Kleinman 1973, doi:10.1080/01621459.1973.10481332.

    >>> x, n = np.array([2.0, 30.0, 10.0]), np.array([100.0, 1000.0, 100.0])
    >>> beta_binomial(x, x, x, n, None).rate.round(4).tolist()
    [0.0278, 0.0305, 0.0662]
    """
    known = base > 0
    around = _around(count, base, near)
    binomial = around.mean * (1 - around.mean)
    more = np.where(around.usual > 1, around.usual, np.nan)
    variance = (around.scatter - binomial / more) / (1 - 1 / more)
    even = ~((variance > 0) & (variance < binomial))
    size = binomial / np.where(even, 1.0, variance) - 1
    first, second = around.mean * size, (1 - around.mean) * size
    shrunk = np.where(even, around.mean, (first + count) / (size + base))
    usable = known & ~even
    ends = np.stack(
        [
            beta_quantile(0.025, np.where(usable, first + low, np.nan), second + base - low),
            beta_quantile(0.975, np.where(usable, first + high, np.nan), second + base - high),
        ],
        axis=-1,
    )
    common = wilson_limits(around.events, around.people)
    return _known(known, shrunk, np.where(even[:, None], common, ends))


def by_standard_errors(count: Floats, low: Floats, high: Floats, base: Floats) -> Shrunk:
    """Proportions drawn to that of all areas, as the English indices of deprivation do within a district.

    On log odds: z = ln((x + 1/2) / (n - x + 1/2)), s2 = (n + 1)(n + 2) / (n (x + 1)(n - x + 1)), M the same
    of all areas together, t2 = sum (z - M)^2 / (areas - 1); w = (1/s2) / (1/s2 + 1/t2), and the shrunken
    proportion has the log odds w z + (1 - w) M, with the variance 1 / (1/s2 + 1/t2).

    Source: The English Indices of Deprivation 2019, technical report, appendix on shrinkage (MHCLG).

    >>> x, n = np.array([2.0, 30.0, 10.0]), np.array([100.0, 1000.0, 100.0])
    >>> by_standard_errors(x, x, x, n).rate.round(4).tolist()
    [0.0277, 0.0307, 0.0916]
    """
    known = base > 0
    n = np.where(known, base, np.nan)
    people, total = np.nansum(n), np.nansum(np.where(known, count, np.nan))
    centre = np.log((total + 0.5) / (people - total + 0.5))
    own = _log_odds(count, n)
    between = np.nansum((own - centre) ** 2) / max(int(known.sum()) - 1, 1)
    precision = n * (count + 1) * (n - count + 1) / ((n + 1) * (n + 2))
    # s2 t2 / (s2 + t2) and t2 / (s2 + t2), which hold where t2 is 0 too
    spread = between / (1 + precision * between)
    weight = precision * spread

    def drawn(x: Floats) -> Floats:
        odds: Floats = weight * _log_odds(x, n) + (1 - weight) * centre
        return odds

    half = Z * np.sqrt(spread)
    ends = np.stack([drawn(low) - half, drawn(high) + half], axis=-1)
    return _known(known, _share(drawn(count)), _share(ends))


def _around(count: Floats, base: Floats, near: Positions | None) -> Around:
    known = base > 0
    x, n = np.where(known, count, 0.0), np.where(known, base, 0.0)
    rate = x / np.where(known, base, 1.0)
    size = len(n)
    of, to = (np.zeros(size, dtype=np.intp), np.arange(size)) if near is None else np.asarray(near).T

    def gathered(figure: Floats) -> Floats:
        sums = np.bincount(of, weights=figure, minlength=1 if near is None else size).astype(float)
        whole: Floats = np.broadcast_to(sums, (size,)) if near is None else sums
        return whole

    people = gathered(n[to])
    people = np.where(people > 0, people, np.nan)
    mean = gathered(x[to]) / people
    scatter = gathered(n[to] * (rate[to] - mean[of]) ** 2) / people
    usual = people / gathered(known[to].astype(float))
    return Around(mean, scatter, usual, gathered(x[to]), people)


def _known(known: Flags, rate: Floats, limits: Floats) -> Shrunk:
    return Shrunk(np.where(known, rate, np.nan), np.where(known[:, None], limits, np.nan))


def _log_odds(count: Floats, base: Floats) -> Floats:
    odds: Floats = np.log((count + 0.5) / (base - count + 0.5))
    return odds


def _share(log_odds: Floats) -> Floats:
    share: Floats = 1 / (1 + np.exp(-log_odds))
    return share
