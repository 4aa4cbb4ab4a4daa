"""Compare areas two by two: on how much of the weight does one stand above the other."""

from __future__ import annotations

from typing import Final

import numpy as np

from commonweal.arrays import Floats
from commonweal.methods.significant import DIGITS

#: Areas compared with all others at once: enough for speed, few enough to take little memory.
_AT_ONCE: Final = 64
#: Sums of weights nearer than this to one another are equal.
_EVEN: Final = 1e-12


def wins(x: Floats, weight: Floats) -> Floats:
    """Copeland's number: how many others each area outranks (a share above 0.5) less how many outrank it.

    `x` (children, areas) with nan where missing, `weight` (children,). The share of area i over area j is
    that of the weight on which i is above j, plus half of that on which they tie, over the children that
    both have. Scores equal to 12 significant digits tie, so that the last bit of a sum decides nothing. nan
    for an area that has no child with a weight. Time grows with the square of the areas.
    Source: Copeland (1951), after Saari and Merlin, Economic Theory 8 (1996).

    >>> wins(np.array([[3.0, 1.0, 2.0]]), np.array([1.0])).tolist()
    [2.0, -2.0, 0.0]
    """
    there = np.any(~np.isnan(x) & (weight[:, None] > 0), axis=0)
    shares = weight / (weight.sum() or 1.0)
    rounded = _rounded(x)
    won = np.empty(x.shape[1])
    for start in range(0, x.shape[1], _AT_ONCE):
        lead = _lead(rounded, shares, slice(start, start + _AT_ONCE))
        won[start : start + _AT_ONCE] = (lead > _EVEN).sum(axis=1) - (lead < -_EVEN).sum(axis=1)
    return np.where(there, won, np.nan)


def _lead(x: Floats, weight: Floats, at: slice) -> Floats:
    """The weight on which areas of one block are above each area, less that on which they are below.

    A missing score is neither above nor below, and so plays no part. The share of one over the other is above
    0.5 exactly where the lead is above 0.
    """
    lead = np.zeros((x[:, at].shape[1], x.shape[1]))
    for child, share in zip(x, weight, strict=True):
        if share > 0:
            ours = child[at, None]
            above, below = (ours > child).view(np.int8), (ours < child).view(np.int8)
            lead += share * (above - below)
    return lead


def _rounded(x: Floats) -> Floats:
    """Each child in steps of a 12-digit number of its largest score."""
    size = np.fmax.reduce(np.abs(x), axis=1, initial=0.0)
    with np.errstate(divide="ignore"):
        step = np.where(size > 0, 10.0 ** (DIGITS - 1 - np.floor(np.log10(size))), 1.0)
    return np.rint(x * step[:, None])
