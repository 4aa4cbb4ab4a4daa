"""Weights from what people said: points shared out, or parts compared two by two.

Every weight has an interval, from resamples of the people: what others of their kind might have said.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from commonweal.arrays import Flags, Floats

#: Saaty's random indices: the mean consistency index of random judgements, by the number of parts.
RANDOM_INDEX: Final = (
    0.0, 0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59,
)  # fmt: skip
#: Judgements that contradict themselves more than this are not used.
MOST_INCONSISTENT: Final = 0.10
RESAMPLES: Final = 2000
_SEED: Final = 2000
_INTERVAL: Final = (0.025, 0.975)


class Priorities(NamedTuple):
    """Weights (children,) with the ends of their 95 % intervals, and who stands behind them.

    `asked` people are in the table, `absent` of them took no part or said too little, `inconsistent` ones
    contradicted themselves, and `used` are left. `consistency` (people,) is each one's consistency ratio,
    nan for a budget.
    """

    weight: Floats
    low: Floats
    high: Floats
    asked: int
    absent: int
    inconsistent: int
    consistency: Floats

    @property
    def used(self) -> int:
        """How many people's answers the weights rest on."""
        return self.asked - self.absent - self.inconsistent

    @property
    def says(self) -> str:
        """Who stands behind the weights, in words."""
        said = [f"answers of {self.used} of the {self.asked} asked"]
        if self.absent:
            little = "" if np.isnan(self.consistency).all() else " or compared too little"
            said.append(f"{self.absent} took no part{little}")
        if self.inconsistent:
            said.append(f"{self.inconsistent} left out, consistency ratio above {MOST_INCONSISTENT:.2f}")
        return ", ".join(said)


def shared_out(points: Floats) -> Priorities:
    """The mean of each person's shares: w_i = mean over people of points_i / sum of the person's points.

    `points` (people, children), nan where one said nothing. One who gave no points took no part; a blank
    beside points is 0.

    >>> found = shared_out(np.array([[60.0, 40.0], [2.0, 8.0], [np.nan, np.nan]]))
    >>> found.weight.round(3).tolist(), found.says
    ([0.4, 0.6], 'answers of 2 of the 3 asked, 1 took no part')
    """
    points = np.nan_to_num(points)
    total = points.sum(axis=1)
    took_part = total > 0
    shares = points[took_part] / total[took_part, None]
    inconsistency = np.full(len(points), np.nan)
    return _pooled(shares, took_part, np.zeros(len(points), dtype=bool), inconsistency, geometric=False)


def judged(judgements: Floats) -> Priorities:
    """Each person's priorities, their geometric mean over people as weights, summing to one.

    `judgements` (people, children, children): how many times as important the first is as the second, nan
    where not compared. One who compared nothing, or too few to link all children, took no part; one whose
    consistency ratio is above 0.10 is left out.
    """
    took_part = np.array([_connected(~np.isnan(one)) for one in judgements], dtype=bool)
    found = [priorities(one) for one in judgements[took_part]]
    ratio = np.full(len(judgements), np.nan)
    ratio[took_part] = [consistency for _, consistency in found]
    consistent = [own for own, consistency in found if consistency <= MOST_INCONSISTENT]
    shares = np.array(consistent).reshape(len(consistent), judgements.shape[1])
    return _pooled(shares, took_part, took_part & (ratio > MOST_INCONSISTENT), ratio, geometric=True)


def priorities(judgements: Floats) -> tuple[Floats, float]:
    """One person's priorities and consistency ratio, from judgements (children, children).

    a_ij says how many times as important i is as j; a_ji is 1 / a_ij, and the diagonal 1. The priorities are
    the eigenvector of the largest eigenvalue L, summing to one, and the ratio is ((L - n) / (n - 1)) / RI
    with Saaty's random index RI. A pair left out (nan) is filled in as the priorities have it: its cell is 0
    and the diagonal one more for each (Harker, Mathematical Modelling 9, 1987).

    >>> own, ratio = priorities(np.array([[1, 2, 6], [1 / 2, 1, 3], [1 / 6, 1 / 3, 1]]))
    >>> own.round(3).tolist(), round(abs(ratio), 6)
    ([0.6, 0.3, 0.1], 0.0)
    """
    n = len(judgements)
    if n == 1:
        return np.ones(1), 0.0
    gaps = np.isnan(judgements)
    matrix = np.where(gaps, 0.0, judgements)
    np.fill_diagonal(matrix, 1.0 + (gaps & ~np.eye(n, dtype=bool)).sum(axis=1))
    values, vectors = np.linalg.eig(matrix)
    largest = int(values.real.argmax())
    own = np.abs(vectors[:, largest].real)
    random = RANDOM_INDEX[min(n, len(RANDOM_INDEX) - 1)]
    index = max(float(values[largest].real) - n, 0.0) / (n - 1)
    return own / own.sum(), index / random if random else 0.0


def _connected(compared: Flags) -> bool:
    """Whether the comparisons link every part with every other, if through others."""
    reached = np.zeros(len(compared), dtype=bool)
    reached[0] = True
    linked = compared | compared.T
    for _ in range(len(compared)):
        reached |= linked[reached].any(axis=0)
    return bool(reached.all())


def _pooled(
    shares: Floats, took_part: Flags, inconsistent: Flags, consistency: Floats, *, geometric: bool
) -> Priorities:
    """Mean shares, and their intervals over resamples of the people."""
    # In the order of what they said, so that neither names nor lines decide who is drawn.
    shares = shares[np.lexsort(shares.T[::-1])] if len(shares) else shares
    weight = _mean(shares[None], geometric)[0]
    low = high = weight
    if len(shares) > 1:
        random = np.random.Generator(np.random.PCG64(_SEED))
        drawn = shares[random.integers(0, len(shares), (RESAMPLES, len(shares)))]
        low, high = np.quantile(_mean(drawn, geometric), _INTERVAL, axis=0)
    absent = int((~took_part).sum())
    return Priorities(weight, low, high, len(took_part), absent, int(inconsistent.sum()), consistency)


def _mean(shares: Floats, geometric: bool) -> Floats:
    """The mean over people of (..., people, children), summing to one; nan where there is nobody."""
    if not shares.shape[-2]:
        return np.full((*shares.shape[:-2], shares.shape[-1]), np.nan)
    mean = np.exp(np.log(shares).mean(axis=-2)) if geometric else shares.mean(axis=-2)
    whole: Floats = mean / mean.sum(axis=-1, keepdims=True)
    return whole
