"""Areas against each other, part by part: which one is ahead in more of what is weighed."""

from __future__ import annotations

import numpy as np

from commonweal.arrays import Floats, Integers


def outranking(x: Floats, weight: Floats) -> Floats:
    """The share of weight (areas, areas) in which the area of the row is above that of the column.

    `x` (areas, parts), higher is better; a tie counts half, the diagonal is 0. Over the parts that both have;
    nan where they share none. Grows with the square of areas.
    Source: Munda and Nardo, Applied Economics 41 (2009) 1513.

    >>> outranking(np.array([[3.0, 1.0], [2.0, 1.0]]), np.array([3.0, 1.0])).tolist()
    [[0.0, 0.875], [0.125, 0.0]]
    """
    areas = len(x)
    ahead, shared = np.zeros((areas, areas)), np.zeros((areas, areas))
    for column, share in zip(x.T, weight, strict=True):
        there = ~np.isnan(column)
        ahead += share * (column[:, None] > column)
        ahead += share / 2 * (column[:, None] == column)
        shared += share * (there[:, None] & there)
    with np.errstate(invalid="ignore", divide="ignore"):
        ahead /= shared
    np.fill_diagonal(ahead, 0.0)
    return ahead


def copeland(ahead: Floats) -> Integers:
    """Copeland's score of each area: how many others it is ahead of by weight, less those ahead of it.

    >>> copeland(np.array([[0.0, 0.9], [0.1, 0.0]])).tolist()
    [1, -1]
    """
    near = 1e-9  # half the weight may come out one last bit above or below a half
    others = ~np.eye(len(ahead), dtype=bool)
    above, below = (ahead > 0.5 + near) & others, (ahead < 0.5 - near) & others
    score: Integers = (above.sum(axis=1) - below.sum(axis=1)).astype(np.int32)
    return score


def dominant(ahead: Floats) -> int:
    """How many pairs of areas are clear: one is at least as good in everything and better in something.

    >>> dominant(np.array([[0.0, 1.0], [0.0, 0.0]]))
    1
    """
    return int((ahead >= 1 - 1e-9).sum())
