"""Areas that can't be told apart: those of which none is above another with a probability of 19 in 20."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from commonweal.arrays import Array
from commonweal.model.uncertainty import APART


def groups(above: Array, order: Sequence[int]) -> list[tuple[int, ...]]:
    """Runs of areas in order, best first, in which no two can be told apart; each as long as it can be.

    `above` (areas, areas) is the probability that the area of a row is above that of a column. Runs may
    share areas: a may not be told from b, nor b from c, and a from c all the same.

    >>> above = np.array([[0.5, 0.8, 0.99], [0.2, 0.5, 0.7], [0.01, 0.3, 0.5]])
    >>> groups(above, [0, 1, 2])
    [(0, 1), (1, 2)]
    """
    apart = np.maximum(above, above.T)[np.ix_(order, order)] >= APART
    found: list[tuple[int, ...]] = []
    start = end = 0
    for last in range(1, len(order) + 1):
        while last < len(order) and apart[start:last, last].any():
            if last - start > 1 and last > end:
                found.append(tuple(order[start:last]))
                end = last
            start += 1
    if len(order) - start > 1 and len(order) > end:
        found.append(tuple(order[start:]))
    return found
