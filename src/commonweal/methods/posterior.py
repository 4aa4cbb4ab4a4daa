"""What the truth behind observed figures may be: draws from a posterior that leans on all areas together.

Areas of one indicator and period are taken as alike until their figures say otherwise. Their true values vary
about a common mean with a standard deviation tau; both are unknown and are drawn first, so that few areas
make wide intervals. Given those, each area's true value follows from its own figure:

- counts: n ~ Poisson(base x theta), theta ~ Gamma with that mean and tau;
- proportions: n ~ Binomial(base, theta), theta ~ Beta with that mean and tau;
- measured values: y ~ Normal(theta, sd), theta ~ Normal with that mean and tau.

A count that was rounded or hidden is first drawn from the whole numbers that it may stand for. Where figures
of one indicator and area stand in several periods, their draws are joined: see `persistence`.

Sources: Gelman et al., Bayesian Data Analysis, 3rd edition, section 5.4 (the grid over tau, uniform prior);
Clayton and Kaldor 1987, doi:10.2307/2532003 (gamma prior for rates of small areas).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from commonweal.arrays import Floats, Integers
from commonweal.methods.persistence import Figures, Joined, joined

Kind = Literal["count", "proportion", "measured"]
KINDS: Final[tuple[Kind, ...]] = ("count", "proportion", "measured")

#: Steps of the grid over tau, which ends at this many standard deviations of the figures.
_STEPS: Final = 48
_FAR: Final = 3.0
#: Of whole numbers that a published count may stand for, so many are told apart.
_STANDS_FOR: Final = 9
_TINY: Final = 1e-12
#: The least rate, and share, that logarithms are taken of.
_LEAST: Final = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Figures of one kind, flat: each belongs to a group (an indicator in a period), by number.

    Of counts and proportions `low` and `high` are the whole numbers a published count may stand for, and
    `base` is what it is out of. Of measured values `low` is the value, `high` is not used, and `base` is
    their standard error.
    """

    kind: Kind
    group: Integers
    low: Floats
    high: Floats
    base: Floats
    #: figures of one indicator in one area, by number; their indicator; and when each is of, in years
    series: Integers | None = None
    indicator: Integers | None = None
    time: Floats | None = None

    def __len__(self) -> int:
        return len(self.group)


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """The posterior of one kind of figures, ready to draw from.

    `weight` (groups, steps) is the cumulative posterior of tau on `tau`; `mean` and `spread` (groups,
    steps) are the common mean given tau, and its standard deviation; `stands` (figures, whole numbers)
    are the cumulative chances of the numbers that a count may stand for.
    """

    evidence: Evidence
    tau: Floats
    weight: Floats
    mean: Floats
    spread: Floats
    stands: Floats
    joined: Joined | None = None

    @classmethod
    def of(cls, evidence: Evidence, groups: int) -> Posterior:
        """The posterior given the figures of `groups` groups.

        With y_i the figure and v_i its sampling variance, p(tau | y) is proportional to
        V^(1/2) prod (v_i + tau^2)^(-1/2) exp(-(y_i - m)^2 / (2 (v_i + tau^2))), with m the mean of y
        weighted by 1/(v_i + tau^2) and V one over the sum of these weights.
        """
        figure, variance = _figures(evidence, groups)
        far = _FAR * np.sqrt(_moment(figure, evidence.group, groups))
        tau = np.linspace(0.0, 1.0, _STEPS)[None, :] * np.maximum(far, _TINY)[:, None]
        total = variance[:, None] + tau[evidence.group] ** 2 + _TINY**2
        precision = _summed(1.0 / total, evidence.group, groups)
        mean = _summed(figure[:, None] / total, evidence.group, groups) / precision
        misfit = (figure[:, None] - mean[evidence.group]) ** 2 / total + np.log(total)
        log = -0.5 * (_summed(misfit, evidence.group, groups) + np.log(precision))
        density = np.exp(log - log.max(axis=1, keepdims=True))
        weight = np.cumsum(density, axis=1)
        weight /= weight[:, -1:]
        best = np.argmax(density, axis=1)[:, None]
        at = [np.take_along_axis(table, best, 1)[:, 0][evidence.group] for table in (mean, tau)]
        found = cls(evidence, tau, weight, mean, 1.0 / np.sqrt(precision), _stands_for(evidence, *at))
        return replace(found, joined=_joined(found, density))

    def draw(self, random: np.random.Generator) -> Floats:
        """One draw of the true values, shape (figures,): per unit of base, or in the units of the values."""
        found: Floats = self.draws([random])[0]
        return found

    def draws(self, streams: Sequence[np.random.Generator]) -> Floats:
        """A draw from each stream, shape (streams, figures); what one gives hangs on no other."""
        evidence, groups = self.evidence, len(self.weight)
        chance, normal = np.empty((len(streams), groups)), np.empty((len(streams), groups))
        for stream, c, n in zip(streams, chance, normal, strict=True):
            stream.random(out=c)
            stream.standard_normal(out=n)
        tau, mean = self._common(chance, normal)
        drawn = self._apart(tau, mean, streams)
        if self.joined is None:
            return drawn
        kind = evidence.kind
        return _back(kind, self.joined.join(_linked(kind, drawn), _linked(kind, mean), normal))

    def _apart(self, tau: Floats, mean: Floats, streams: Sequence[np.random.Generator]) -> Floats:
        """Draws of each figure by its own period alone."""
        evidence = self.evidence
        if evidence.kind == "measured":
            return _measured(evidence, tau, mean, streams)
        count = self._counts(streams)
        if evidence.kind == "count":
            return _counted(evidence, count, tau, mean, streams)
        return _shares(evidence, count, tau, mean, streams)

    def _common(self, chance: Floats, normal: Floats) -> tuple[Floats, Floats]:
        """The spread tau and the mean of each group, both (draws, groups)."""
        row = np.arange(len(self.weight))
        # one search for all groups: the steps of group g lie between g and g + 1
        ends = (self.weight + row[:, None]).reshape(-1)
        step = np.minimum(np.searchsorted(ends, chance + row) - row * _STEPS, _STEPS - 1)
        return self.tau[row, step], self.mean[row, step] + self.spread[row, step] * normal

    def _counts(self, streams: Sequence[np.random.Generator]) -> Floats:
        """The whole numbers behind the counts, (draws, figures), or (1, figures) where all are known."""
        evidence = self.evidence
        unsure = np.flatnonzero(evidence.high > evidence.low)
        if not len(unsure):
            return evidence.low[None]
        chance = np.empty((len(streams), len(unsure)), dtype=np.float32)
        for stream, row in zip(streams, chance, strict=True):
            stream.random(out=row, dtype=np.float32)
        more = np.zeros(chance.shape, dtype=np.int8)
        for limit in self.stands[unsure, :-1].T.astype(np.float32, order="C"):
            more += chance > limit
        up = np.zeros((len(streams), len(evidence)), dtype=np.int8)
        up[:, unsure] = more
        return evidence.low + up


def _counted(
    evidence: Evidence, count: Floats, tau: Floats, mean: Floats, streams: Sequence[np.random.Generator]
) -> Floats:
    """Rates given counts: theta ~ Gamma(shape + n, rate + base)."""
    mean = np.maximum(mean, _TINY)
    shape = np.minimum((mean / np.maximum(tau, _TINY)) ** 2, 1e9)
    drawn: Floats = np.take(shape, evidence.group, 1)
    drawn += count
    for stream, row in zip(streams, drawn, strict=True):
        stream.standard_gamma(row, out=row)
    rate = np.take(shape / mean, evidence.group, 1)
    rate += evidence.base
    drawn /= rate
    return drawn


def _shares(
    evidence: Evidence, count: Floats, tau: Floats, mean: Floats, streams: Sequence[np.random.Generator]
) -> Floats:
    """Shares given counts: theta ~ Beta(a + n, b + base - n)."""
    mean = np.clip(mean, 1e-6, 1 - 1e-6)
    size = np.clip(mean * (1 - mean) / np.maximum(tau, _TINY) ** 2 - 1, 1e-3, 1e9)
    a = np.take(mean * size, evidence.group, 1) + count
    b = np.take((1 - mean) * size, evidence.group, 1) + np.maximum(evidence.base - count, 0)
    drawn: Floats = np.stack([stream.beta(*row) for stream, *row in zip(streams, a, b, strict=True)])
    return drawn


def _measured(
    evidence: Evidence, tau: Floats, mean: Floats, streams: Sequence[np.random.Generator]
) -> Floats:
    """True values given measured ones: normal about a mean of both, each by its precision."""
    tau, mean = np.take(tau, evidence.group, 1), np.take(mean, evidence.group, 1)
    own, common = evidence.base**2, tau**2
    trust = np.divide(common, common + own, out=np.ones_like(tau), where=common + own > 0)
    drawn = np.empty(trust.shape)
    for stream, row in zip(streams, drawn, strict=True):
        stream.standard_normal(out=row)
    drawn *= np.sqrt(trust * own)
    drawn += mean + trust * (evidence.low - mean)
    return drawn


def _joined(posterior: Posterior, density: Floats) -> Joined | None:
    """The joint posterior of series in time, where the evidence names them."""
    evidence = posterior.evidence
    if evidence.series is None or evidence.indicator is None or evidence.time is None or not len(evidence):
        return None
    share = density / density.sum(axis=1, keepdims=True)
    tau = np.maximum(np.sqrt((share * posterior.tau**2).sum(axis=1)), _TINY)[evidence.group]
    mean = (share * posterior.mean).sum(axis=1)[evidence.group]
    centre, scale = _moments(posterior, mean, tau)
    kind = evidence.kind
    figures = Figures(
        evidence.group,
        _linked(kind, mean),
        tau * _slope(kind, mean),
        _linked(kind, centre),
        scale * _slope(kind, centre),
    )
    return joined(figures, evidence.series, evidence.indicator, evidence.time)


def _linked(kind: Kind, x: Floats) -> Floats:
    """Figures on the scale on which areas keep their distance in time: rates by ratios, shares by odds."""
    if kind == "count":
        logs: Floats = np.log(np.maximum(x, _LEAST))
        return logs
    if kind == "proportion":
        odds = np.clip(x, _LEAST, 1 - _LEAST)
        logits: Floats = np.log(odds / (1 - odds))
        return logits
    return x


def _slope(kind: Kind, x: Floats) -> Floats:
    """How much that scale moves with a figure."""
    if kind == "count":
        return 1.0 / np.maximum(x, _LEAST)
    if kind == "proportion":
        odds = np.clip(x, _LEAST, 1 - _LEAST)
        return 1.0 / (odds * (1 - odds))
    return np.ones_like(x)


def _back(kind: Kind, x: Floats) -> Floats:
    """From that scale to figures again."""
    if kind == "count":
        rates: Floats = np.exp(x, out=x)
        return rates
    if kind == "proportion":
        shares: Floats = 1.0 / (1.0 + np.exp(-x))
        return shares
    return x


def _moments(posterior: Posterior, mean: Floats, tau: Floats) -> tuple[Floats, Floats]:
    """The mean and standard deviation of each true figure, given the common mean and spread."""
    evidence = posterior.evidence
    if evidence.kind == "measured":
        own, common = evidence.base**2, tau**2
        trust = common / np.maximum(common + own, _TINY**2)
        return mean + trust * (evidence.low - mean), np.maximum(np.sqrt(trust * own), _TINY)
    chance = np.diff(posterior.stands, axis=1, prepend=0.0)
    number = np.arange(chance.shape[1])
    up = (chance * number).sum(axis=1)
    unknown = (chance * number**2).sum(axis=1) - up**2
    count = evidence.low + up
    if evidence.kind == "count":
        mean = np.maximum(mean, _TINY)
        shape = np.minimum((mean / tau) ** 2, 1e9)
        size = shape / mean + evidence.base
        centre = (shape + count) / size
        return centre, np.maximum(np.sqrt(centre / size + unknown / size**2), _TINY)
    mean = np.clip(mean, 1e-6, 1 - 1e-6)
    prior = np.clip(mean * (1 - mean) / tau**2 - 1, 1e-3, 1e9)
    size = prior + evidence.base
    centre = (mean * prior + count) / size
    square = centre * (1 - centre) / (size + 1) + unknown / size**2
    return centre, np.maximum(np.sqrt(np.maximum(square, 0.0)), _TINY)


def _figures(evidence: Evidence, groups: int) -> tuple[Floats, Floats]:
    """Each figure per unit of its base, and its sampling variance about a common mean."""
    if evidence.kind == "measured":
        return evidence.low, evidence.base**2
    middle = (evidence.low + evidence.high) / 2
    width = evidence.high - evidence.low + 1
    common = (_total(middle, evidence.group, groups) + 0.5) / _total(evidence.base, evidence.group, groups)
    mean = common[evidence.group]
    if evidence.kind == "proportion":
        mean = mean * (1 - np.minimum(mean, 1 - 1e-6))
    unknown = (width**2 - 1) / 12  # of a whole number that may be any of `width`
    return middle / evidence.base, mean / evidence.base + unknown / evidence.base**2


def _stands_for(evidence: Evidence, mean: Floats, tau: Floats) -> Floats:
    """The cumulative chances (figures, whole numbers) of what each count may stand for, by its prior.

    Neighbouring chances of a negative binomial stand as (n + a)/(n + 1) x base/(rate + base), of a
    beta-binomial as (base - n)/(n + 1) x (n + a)/(base - n - 1 + b).
    """
    if evidence.kind == "measured" or not len(evidence) or np.all(evidence.low == evidence.high):
        return np.ones((len(evidence), 1))
    width = int(min(_STANDS_FOR, (evidence.high - evidence.low).max() + 1))
    mean = np.maximum(mean, _TINY)
    n = evidence.low[:, None] + np.arange(width - 1)
    base = evidence.base[:, None]
    if evidence.kind == "count":
        shape = np.minimum((mean / np.maximum(tau, _TINY)) ** 2, 1e9)[:, None]
        ratio = (n + shape) / (n + 1) * base / (shape / mean[:, None] + base)
    else:
        mean = np.clip(mean, 1e-6, 1 - 1e-6)
        size = np.clip(mean * (1 - mean) / np.maximum(tau, _TINY) ** 2 - 1, 1e-3, 1e9)
        a, b = (mean * size)[:, None], ((1 - mean) * size)[:, None]
        left = np.maximum(base - n, 0)
        ratio = left / (n + 1) * (n + a) / np.maximum(left - 1 + b, _TINY)
    ratio = np.where(n < evidence.high[:, None], ratio, 0.0)
    chances = np.cumprod(np.concatenate([np.ones((len(evidence), 1)), ratio], axis=1), axis=1)
    cumulative = np.cumsum(chances, axis=1)
    result: Floats = cumulative / cumulative[:, -1:]
    return result


def _moment(figure: Floats, group: Integers, groups: int) -> Floats:
    """The mean square about the mean of each group."""
    count = np.maximum(np.bincount(group, minlength=groups), 1)
    mean = _total(figure, group, groups) / count
    square: Floats = _total((figure - mean[group]) ** 2, group, groups) / np.maximum(count - 1, 1)
    return square


def _total(values: Floats, group: Integers, groups: int) -> Floats:
    return np.bincount(group, weights=values, minlength=groups).astype(np.float64)


def _summed(table: Floats, group: Integers, groups: int) -> Floats:
    """Column sums of a table (figures, steps) by group; groups stand together and in order."""
    result = np.zeros((groups, table.shape[1]))
    np.add.at(result, group, table)
    return result
