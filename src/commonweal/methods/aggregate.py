"""Form a parent's score from its children's.

Every method takes scores (children, ..., areas) with nan where missing and weights that broadcast to them, 0
or more. Weights are rescaled over the children that are there; nan comes out where none with a weight is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from commonweal.arrays import Floats
from commonweal.methods.benefit_of_doubt import best_weights
from commonweal.methods.outrank import wins

#: Shares of the weight nearer than this to one half are one half.
_EVEN: Final = 1e-12


def arithmetic(x: Floats, weight: Floats) -> Floats:
    """sum w x: a low child is made up for by a high one, point for point.

    >>> arithmetic(np.array([0.0, 50.0, np.nan]), np.array([1.0, 3.0, 9.0])).tolist()
    37.5
    """
    return power(x, weight, p=1.0)


def geometric(x: Floats, weight: Floats) -> Floats:
    """exp(sum w ln x): unevenness costs, and a zero makes the parent zero.

    >>> round(float(geometric(np.array([2.0, 8.0]), np.array([1.0, 1.0]))), 12)
    4.0
    """
    return power(x, weight, p=0.0)


def harmonic(x: Floats, weight: Floats) -> Floats:
    """1 / sum(w / x): unevenness costs more still.

    >>> harmonic(np.array([2.0, 6.0]), np.array([1.0, 1.0])).tolist()
    3.0
    """
    return power(x, weight, p=-1.0)


def power(x: Floats, weight: Floats, *, p: float) -> Floats:
    """(sum w x^p)^(1/p), and exp(sum w ln x) at p = 0: the lower p, the more unevenness costs.

    Scores must be at least 0, unless p is 1. A zero with a weight makes the mean zero where p <= 0.
    Source: Hardy, Littlewood and Polya, Inequalities, chapter 2.

    >>> power(np.array([16.0, 64.0]), np.array([1.0, 1.0]), p=0.5).tolist()
    36.0
    """
    unit = _unit(x, p)
    total = np.zeros(np.broadcast_shapes(x.shape[1:], weight.shape[1:]))
    counted = np.zeros_like(total)
    with np.errstate(divide="ignore", invalid="ignore"):
        for child, share in zip(x, weight, strict=True):
            if not np.any(share):
                continue
            there = ~np.isnan(child) & (share > 0)
            part = share * _bend(child / unit if unit is not None else child, p)
            if there.all():
                total += part
                counted += share
            else:
                np.add(total, part, out=total, where=there)
                np.add(counted, share, out=counted, where=there)
        total /= counted
        mean = _unbend(total, p)
    return mean if unit is None else mean * unit


def _unit(x: Floats, p: float) -> Floats | None:
    """The largest child (smallest, where p < 0), by which scores are divided so that no power overflows."""
    if p in (1.0, 0.0, -1.0):
        return None
    largest: Floats = np.fmax.reduce(x) if p > 0 else np.fmin.reduce(x)
    return np.where(largest > 0, largest, 1.0)


def _bend(x: Floats, p: float) -> Floats:
    if p == 1.0:
        return x
    bent: Floats = np.log(x) if p == 0.0 else 1.0 / x if p == -1.0 else x**p
    return bent


def _unbend(x: Floats, p: float) -> Floats:
    if p == 1.0:
        return x
    straight: Floats = np.exp(x) if p == 0.0 else 1.0 / x if p == -1.0 else x ** (1.0 / p)
    return straight


def median(x: Floats, weight: Floats) -> Floats:
    """The weighted median: half of the weight is on children no higher, half on children no lower.

    Where exactly half of the weight is reached between two children it is the mean of the two, so that equal
    weights give the ordinary median. One extreme child can't move it.

    >>> median(np.array([10.0, 90.0, 30.0]), np.array([1.0, 1.0, 1.0])).tolist()
    30.0
    >>> median(np.array([10.0, 90.0, 30.0]), np.array([1.0, 2.0, 1.0])).tolist()
    60.0
    """
    ordered, share = _in_order(x, weight)
    reached = np.cumsum(share, axis=0)
    low = np.argmax(reached >= 0.5 - _EVEN, axis=0)[None]
    high = np.argmax(reached > 0.5 + _EVEN, axis=0)[None]
    middle = np.take_along_axis(ordered, low, axis=0) / 2 + np.take_along_axis(ordered, high, axis=0) / 2
    found: Floats = np.where(np.isnan(share[0]), np.nan, middle[0])
    return found


def owa(x: Floats, weight: Floats, *, weights: tuple[float, ...]) -> Floats:
    """Weights by place: the first of `weights` is for the best child, the last for the worst.

    With the children b_1 >= b_2 >= ... and their shares of the weight p_1, p_2, ..., the score is
    sum b_j (Q(p_1 + ... + p_j) - Q(p_1 + ... + p_(j-1))), where Q rises from 0 to 1 over equal steps, by
    each of `weights` over their sum. With equal shares and as many children as weights that is
    sum weights_j b_j; with fewer or more Q is read in between, so a missing child needs no other weights.
    Source: Yager, IEEE Transactions on Systems, Man and Cybernetics 18 (1988); with weights of the children:
    Torra, International Journal of Intelligent Systems 12 (1997).

    >>> owa(np.array([10.0, 90.0, 30.0]), np.ones(3), weights=(0.2, 0.3, 0.5)).round(9).tolist()
    32.0
    """
    ordered, share = _in_order(-x, weight)
    rises = np.r_[0.0, np.cumsum(weights) / np.sum(weights)]
    reached = np.minimum(np.cumsum(share, axis=0), 1.0)
    up_to = np.interp(reached, np.linspace(0.0, 1.0, len(rises)), rises)
    part = np.diff(up_to, axis=0, prepend=0.0)
    found: Floats = (part * np.where(np.isnan(ordered), 0.0, -ordered)).sum(axis=0)
    return np.where(np.isnan(share[0]), np.nan, found)


def mazziotta_pareto(x: Floats, weight: Floats, *, sign: str) -> Floats:
    """M - S^2 / M, M the mean and S the standard deviation (divisor n) of the children: unevenness costs.

    S^2 / M is S times the coefficient of variation. `sign` "-" is for an index that is good when high; "+"
    adds the penalty, for one that is bad when high. Scores must be at least 0; the authors use
    z-scores with mean 100 and standard deviation 10.
    Source: De Muro, Mazziotta and Pareto, Social Indicators Research 104 (2011).

    >>> mazziotta_pareto(np.array([90.0, 110.0]), np.array([1.0, 1.0]), sign="-").tolist()
    99.0
    """
    mean = power(x, weight, p=1.0)
    variance = power((x - mean) ** 2, weight, p=1.0)
    penalty = np.divide(variance, mean, out=np.zeros_like(mean), where=mean > 0)
    found: Floats = mean - penalty if sign == "-" else mean + penalty
    return found


def copeland(x: Floats, weight: Floats) -> Floats:
    """How many other areas it outranks less how many outrank it; children are never added up.

    Area i outranks area j if the children on which it stands higher have more than half of the weight of
    those that both have, ties counting half. From n - 1 down to 1 - n, with the areas on the last axis; each
    of the axes between (periods) is compared by itself.
    Source: Copeland (1951); Munda and Nardo, Applied Economics 41 (2009).

    >>> copeland(np.array([[3.0, 2.0, 1.0], [1.0, 3.0, 2.0], [2.0, 3.0, 1.0]]), np.ones((3, 1))).tolist()
    [0.0, 2.0, -2.0]
    """
    weight = np.broadcast_to(weight, (*weight.shape[: x.ndim - 1], x.shape[-1]))
    weight = np.broadcast_to(weight, x.shape)
    found = np.empty(x.shape[1:])
    for at in np.ndindex(x.shape[1:-1]):
        here = (slice(None), *at)
        found[at] = wins(x[here], weight[here][:, 0])
    return found


def benefit_of_doubt(x: Floats, weight: Floats) -> Floats:
    """100 sum w x with the weights that suit the area best, under which no area of any period exceeds 100.

    100 for the areas that no mixture of others beats. The framework's weights play no part but one: a child
    with weight 0 does not count. Scores must be at least 0. Weights: `benefit_of_doubt.best_weights`.
    Source: Melyn and Moesen (1991); Cherchye and others, Social Indicators Research 82 (2007).

    >>> benefit_of_doubt(np.array([[4.0, 2.0, 2.0], [2.0, 4.0, 2.0]]), np.ones((2, 1))).round(2).tolist()
    [100.0, 100.0, 66.67]
    """
    counted = np.where(np.broadcast_to(weight, x.shape) > 0, x, np.nan).reshape(len(x), -1)
    best = best_weights(counted)
    score = 100.0 * np.minimum(np.where(np.isnan(counted), 0.0, best * counted).sum(axis=0), 1.0)
    found: Floats = np.where(np.isnan(counted).all(axis=0), np.nan, score).reshape(x.shape[1:])
    return found


def none(x: Floats, weight: Floats) -> Floats:
    """No score: the parent only holds its children together, and the tree is a forest.

    >>> none(np.array([10.0, 90.0]), np.array([1.0, 1.0])).tolist()
    nan
    """
    return np.full(x.shape[1:], np.nan)


def _in_order(x: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """The children from the lowest up, and their shares of the weight; shares are nan where none has any."""
    share = np.where(np.isnan(x), 0.0, np.broadcast_to(weight, x.shape))
    order = np.argsort(np.where(share > 0, x, np.inf), axis=0, kind="stable")
    share = np.take_along_axis(share, order, axis=0)
    with np.errstate(invalid="ignore"):
        share = share / share.sum(axis=0)
    return np.take_along_axis(x, order, axis=0), share


METHODS: Final[dict[str, Callable[..., Floats]]] = {
    "arithmetic": arithmetic,
    "geometric": geometric,
    "harmonic": harmonic,
    "power": power,
    "median": median,
    "owa": owa,
    "mazziotta-pareto": mazziotta_pareto,
    "copeland": copeland,
    "benefit-of-doubt": benefit_of_doubt,
    "none": none,
}
#: Methods other than power means that can't take a score below 0.
NEEDS_POSITIVE: Final = frozenset({"mazziotta-pareto", "benefit-of-doubt"})
