"""What one period says of another: areas keep most of what sets them apart from year to year.

Draws of each period's true figures, made one period at a time, are joined: each leans on the others as far as
figures persist. Without that a change between two periods would be taken for more than it is.

The truth of area i at time t is m_t + d_it, with d_i normal, of standard deviation tau, and of correlation
exp(-c |s - t|) between times s and t in years. c is found from how much more figures move than counting
explains: the mean of ((y_t - y_s - (m_t - m_s))^2 - v_t - v_s) / (2 tau^2 |t - s|) over neighbours in time,
of the indicator and of all together. Given c, means and covariances are those of a normal posterior; the
shape about them is that of the draws.

Source: Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), equations 2.23 to 2.26.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from commonweal.arrays import Array, Floats

#: So many pairs of neighbours in time count for all indicators together, beside an indicator's own.
_SHARED: Final = 300.0
#: Neighbours in time from which it is learnt how far common means move.
_LEARNS: Final = 10
_FLOOR: Final = 0.01
_TINY: Final = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """Figures as a normal posterior sees them, each period by itself; all arrays (figures,).

    `group` numbers the indicator and period; `common` and `spread` are those of the areas together (m and
    tau), `centre` and `scale` those of the draws: mean and standard deviation.
    """

    group: Array
    common: Floats
    spread: Floats
    centre: Floats
    scale: Floats

    @property
    def trust(self) -> Floats:
        """How far each figure is trusted beside what the areas have in common, from 0 to 1."""
        trust: Floats = np.clip(1 - (self.scale / np.maximum(self.spread, _TINY)) ** 2, 1e-6, 1 - 1e-9)
        return trust

    @property
    def away(self) -> Floats:
        """How far what was observed is from what the areas have in common."""
        away: Floats = (self.centre - self.common) / self.trust
        return away

    @property
    def variance(self) -> Floats:
        """The sampling variance of what was observed."""
        variance: Floats = self.scale**2 / self.trust
        return variance


@dataclass(frozen=True, eq=False)
class Joined:
    """Series of one indicator in one area, latest first: `slots` (series, times) are figures, -1 for none.

    `mean` (series, times) and `factor` (series, times, times), lower triangular, are those of the joint
    posterior given the common means; `lean` (series, times, times) is how far it leans on those, and
    `means` (groups, groups), lower triangular, how unsure they are.
    """

    slots: Array
    mean: Floats
    factor: Floats
    lean: Floats
    means: Floats
    figures: Figures

    @cached_property
    def first(self) -> Array:
        """A figure of each group, in the order of groups."""
        first: Array = np.unique(self.figures.group, return_index=True)[1]
        return first

    def join(self, drawn: Floats, common: Floats, normal: Floats) -> Floats:
        """Draws (draws, figures) of single periods as draws of whole series.

        `common` (draws, groups) are the means that were drawn for single periods, `normal` the standard
        normal numbers that they came from.
        """
        figures, there = self.figures, self.slots >= 0
        at = np.where(there, self.slots, 0)
        # figures by draws from here on: each series is then a small matrix times a longer one
        own = np.ascontiguousarray(drawn.T)
        own -= figures.centre[:, None]
        moved = common.T - figures.common[self.first][:, None]
        own -= (1 - figures.trust)[:, None] * moved[figures.group]
        own /= figures.scale[:, None]
        total = self.factor @ own[at]
        total += self.lean @ (self.means @ normal.T)[figures.group[at]]
        total += self.mean[:, :, None]
        result = np.empty(drawn.shape)
        result.T[self.slots[there]] = total[there]
        return result


def joined(figures: Figures, series: Array, indicator: Array, time: Floats) -> Joined | None:
    """Join figures of one `series` (an indicator in an area), by `time` in years; None where none has two.

    `indicator` numbers what persists alike.
    """
    slots = _slots(series, time)
    if slots.shape[1] < 2:
        return None
    there = slots >= 0
    at = np.where(there, slots, 0)
    steady = _steady(figures, indicator)
    spread = np.where(there, steady[at], 1.0)
    decay = _decay(figures, slots, steady, indicator, time)[indicator[slots[:, 0]]]
    apart = np.abs(time[at][:, :, None] - time[at][:, None, :])
    alike = np.exp(-decay[:, None, None] * apart)
    alike *= there[:, :, None] & there[:, None, :]
    diagonal = np.arange(slots.shape[1])
    alike[:, diagonal, diagonal] = 1.0
    prior = spread[:, :, None] * alike * spread[:, None, :]
    # what the draws of one period say by themselves, as an observation with an error
    error = np.where(there, figures.variance[at], 1.0)
    away = np.where(there, figures.away[at], 0.0)
    whole = prior.copy()
    whole[:, diagonal, diagonal] += error
    precision = np.linalg.inv(whole)
    precision *= there[:, :, None] & there[:, None, :]
    neighbours = _neighbours(figures.group, indicator, time)
    means, moved = _common(figures, steady, slots, precision, away, neighbours)
    moved = np.where(there, moved[figures.group[at]], 0.0)
    gain = prior @ precision
    mean = figures.common[at] + moved + np.einsum("sij,sj->si", gain, away - moved)
    left = prior - gain @ prior
    left[:, diagonal, diagonal] += np.where(there, 1e-9 * spread**2, 1.0)
    factor: Floats = np.linalg.cholesky((left + left.transpose(0, 2, 1)) / 2)
    lean = np.eye(slots.shape[1]) - gain
    lean *= there[:, :, None] & there[:, None, :]
    return Joined(slots, mean, factor, lean, means, figures)


@dataclass(frozen=True, slots=True, eq=False)
class _Neighbours:
    """Groups of one indicator that follow each other in time, and the years between."""

    late: Array
    early: Array
    years: Floats


def _neighbours(group: Array, indicator: Array, time: Floats) -> _Neighbours:
    first = np.unique(group, return_index=True)[1]
    of, when = indicator[first], time[first]
    order = np.lexsort((when, of))
    early, late = order[:-1], order[1:]
    same = of[early] == of[late]
    early, late = early[same], late[same]
    return _Neighbours(late, early, np.maximum(when[late] - when[early], _TINY))


def _common(
    figures: Figures, steady: Floats, slots: Array, precision: Floats, away: Floats, near: _Neighbours
) -> tuple[Floats, Floats]:
    """How unsure the common means of all groups are, as a lower triangle, and how far they move.

    How far means move in time is learnt from all indicators: m_t - m_s ~ N(0, k^2 tau^2 |t - s|), k^2
    the mean of what moved beyond what is unsure. With few neighbours in time nothing is learnt.
    """
    group = np.where(slots >= 0, figures.group[np.where(slots >= 0, slots, 0)], 0)
    groups = int(figures.group.max()) + 1
    first = np.unique(figures.group, return_index=True)[1]
    mean, tau = figures.common[first], steady[first]
    whole, pull = np.zeros((groups, groups)), np.zeros(groups)
    rows = np.broadcast_to(group[:, :, None], precision.shape)
    np.add.at(whole, (rows, rows.transpose(0, 2, 1)), precision)
    np.add.at(pull, group, np.einsum("sij,sj->si", precision, away))
    unsure = _inverse(whole)
    late, early = near.late, near.early
    if len(late) >= _LEARNS:
        size = tau[late] * tau[early] * near.years
        moved = (mean + unsure @ pull)[late] - (mean + unsure @ pull)[early]
        noise = (unsure[late, late] + unsure[early, early] - 2 * unsure[late, early]) / size
        weight = 1.0 / (noise + _FLOOR)
        beyond = float(np.sum(weight * (moved**2 / size - noise)) / weight.sum())
        pulled = 1.0 / (max(beyond, _FLOOR**2) * size)
        for one, other in ((late, early), (early, late)):
            np.add.at(whole, (one, one), pulled)
            np.add.at(whole, (one, other), -pulled)
            np.add.at(pull, one, -pulled * (mean[one] - mean[other]))
        unsure = _inverse(whole)
    triangle = np.linalg.cholesky((unsure + unsure.T) / 2)
    return _floats(triangle), _floats(unsure @ pull)


def _inverse(whole: Floats) -> Floats:
    """The inverse of a precision whose rows may differ much in size."""
    size = np.sqrt(np.maximum(np.diag(whole), _TINY))
    scaled = whole / size[:, None] / size + 1e-9 * np.eye(len(whole))
    return _floats(np.linalg.inv(scaled) / size[:, None] / size)


def _floats(x: Array) -> Floats:
    return np.asarray(x, dtype=np.float64)


def _slots(series: Array, time: Floats) -> Array:
    """The figures of each series, latest first, (series, times); -1 where it has fewer."""
    order = np.lexsort((-time, series))
    ordered = series[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    place = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
    slots = np.full((len(starts), int(place.max()) + 1), -1)
    slots[np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, len(order)])), place] = order
    return slots


def _steady(figures: Figures, indicator: Array) -> Floats:
    """How far areas differ in an indicator, one figure for all times: the root mean square of tau."""
    count = np.bincount(indicator)
    square = np.bincount(indicator, figures.spread**2) / np.maximum(count, 1)
    by_indicator: Floats = np.maximum(np.sqrt(square), _TINY)
    return by_indicator[indicator]


def _decay(figures: Figures, slots: Array, steady: Floats, indicator: Array, time: Floats) -> Floats:
    """How fast each indicator forgets, a year, (indicators,)."""
    late, early = slots[:, :-1].reshape(-1), slots[:, 1:].reshape(-1)
    pair = early >= 0
    late, early = late[pair], early[pair]
    noise = figures.variance[late] + figures.variance[early]
    more = (figures.away[late] - figures.away[early]) ** 2 - noise
    size = 2 * steady[late] * steady[early]
    by = more / size / np.maximum(time[late] - time[early], _TINY)
    # differences between areas that are hardly there say nothing of how they persist
    weight = (size / (size + noise)) ** 2
    groups = int(indicator.max()) + 1
    of = indicator[late]
    total = np.bincount(of, weight * by, groups)
    count = np.bincount(of, weight, groups)
    shared = total.sum() / max(count.sum(), _TINY)
    found: Floats = np.maximum((total + _SHARED * shared) / (count + _SHARED), 0.0)
    return found
