"""Intervals by drawing the same things again: for figures whose chance has no formula of its own."""

from __future__ import annotations

import hashlib
from typing import Final

import numpy as np

from commonweal.arrays import Floats

#: How often a figure is formed from things drawn anew.
DRAWS: Final = 1000
#: How many numbers are drawn at a time: this bounds the memory, not the result.
_AT_ONCE: Final = 4_000_000
#: With fewer things than this many times the different ones, drawing each by itself is quicker.
_ONE_BY_ONE: Final = 10


def ratio_of_sums(value: Floats, over: Floats, count: Floats, name: str) -> Floats:
    """95 % limits of sum(value) / sum(over), shape (2,), by drawing as many things again as there are.

    The histogram is exact: `count` things have each pair of `value` and `over`. Percentiles of 1,000 draws
    with replacement, seeded by `name` (the area and period), so the same figures have the same limits. One
    thing has none (nan), nor has a ratio where a draw's sum of `over` is 0 or less.

    Source: Efron and Tibshirani 1993, An Introduction to the Bootstrap, 13.3.

    >>> ratio_of_sums(np.array([1.0, 3.0]), np.array([1.0, 1.0]), np.array([10, 10]), "E1 2016").tolist()
    [1.6, 2.4]
    """
    n = int(count.sum())
    if n < 2:
        return np.full(2, np.nan)
    chance = np.random.default_rng(seed(name))
    one_by_one = n < _ONE_BY_ONE * len(count)
    things = np.repeat(np.arange(len(count)), np.asarray(count, dtype=np.int64)) if one_by_one else None
    each = max(_AT_ONCE // (n if one_by_one else len(count)), 1)
    ratios = []
    for start in range(0, DRAWS, each):
        size = min(each, DRAWS - start)
        if things is not None:
            which = things[chance.integers(0, n, size=(size, n), dtype=np.int32)]
            above, below = value[which].sum(axis=1), over[which].sum(axis=1)
        else:
            drawn = chance.multinomial(n, count / n, size=size).astype(float)
            above, below = drawn @ value, drawn @ over
        ratios.append(np.divide(above, below, out=np.full(size, np.nan), where=below > 0))
    limits: Floats = np.quantile(np.concatenate(ratios), [0.025, 0.975])
    return limits


def seed(name: str) -> int:
    """A seed that depends on nothing but a name.

    >>> seed("E1 2016")
    1014953450086559871
    """
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
