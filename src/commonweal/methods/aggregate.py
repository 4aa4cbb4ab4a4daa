"""Form a parent's score from its children's.

Every method takes scores (children, ...) with nan where missing and weights that broadcast to them, 0 or
more. Weights are rescaled over the children that are there; nan comes out where none with a weight is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from commonweal.methods import Floats


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


METHODS: Final[dict[str, Callable[..., Floats]]] = {
    "arithmetic": arithmetic,
    "geometric": geometric,
    "harmonic": harmonic,
    "power": power,
}
