"""Benefit of the doubt: each area is seen with the weights that suit it best.

The weights of area k solve the linear programme

    maximise sum_i w_i x_ik   so that   sum_i w_i x_ij <= 1 for every area j, and w >= 0.

A solution is a corner of one and the same polyhedron for all areas. So the corner found for one area is kept
for every other area that it is best for as well, which is told by the corner's own equations; few corners
serve thousands of areas, and no solver library is needed.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from commonweal.arrays import Floats, Positions

#: What is nearer to 0 than this, where 1 is the largest score of each child, is 0.
_NOTHING: Final = 1e-11
#: What a sum of weights may cost where sums of weighted children are 1: a tie is decided, and little else.
_SPARING: Final = 1e-7
#: A smaller share of the weight is the noise of floating point.
_NO_SHARE: Final = 1e-10
#: Corners visited for one area before the search is given up: far more than it ever takes.
_MOST_STEPS: Final = 10_000


def best_weights(x: Floats) -> Floats:
    """The weights (children, areas) that show each area at its best among all.

    `x` (children, areas), 0 or more; a missing one is nan and counts as 0, so that it neither helps its area
    nor holds back others. sum w x is 1 for the areas that no mixture of others beats, and less for the rest.
    A child that is 0 for all has weight 0. Where several weights are equally good, one of them is given.
    Source: Melyn and Moesen (1991); Cherchye, Moesen, Rogge and Van Puyenbroeck, Social Indicators Research
    82 (2007); missing as 0: Kuosmanen, Journal of the Operational Research Society 60 (2009).

    >>> x = np.array([[4.0, 2.0, 2.0], [2.0, 4.0, 2.0]])
    >>> (best_weights(x) * x).sum(axis=0).round(4).tolist()
    [1.0, 1.0, 0.6667]
    """
    return _best(x, 0.0)


def best_shares(x: Floats, least: float) -> Floats:
    """The best weights as shares (children, areas) that sum to one in each area.

    `x` as in `best_weights`. The shares of area k make sum w x_k / max_j sum w x_j as large as can be, to one
    part in ten million; of those that do, which are many for an area at the front, they make sum w x_k itself
    the largest. None is below `least`, which is at most 1 / children: such weights are mixtures of those that
    give one child all that is over, so they are the best weights of children that are mixed alike.
    A missing child has no share, and the others of its area are rescaled; nan where nothing is above 0.
    Source: restrictions on weights, Allen, Athanassopoulos, Dyson and Thanassoulis, Annals of Operations
    Research 73 (1997).

    >>> x = np.array([[100.0, 40.0, 60.0], [40.0, 100.0, 30.0]])
    >>> best_shares(x, least=0.0).round(3).tolist()
    [[1.0, 0.0, 0.5], [0.0, 1.0, 0.5]]
    >>> best_shares(x, least=0.2).round(3).tolist()
    [[0.8, 0.2, 0.5], [0.2, 0.8, 0.5]]
    """
    known = np.nan_to_num(x)
    over = max(0.0, 1.0 - len(x) * least)
    mixed = _best(least * known.sum(axis=0) + over * known, _SPARING)
    weights = least * mixed.sum(axis=0) + over * mixed
    weights[np.isnan(x)] = 0.0
    return _as_shares(np.where(weights > _NO_SHARE * weights.sum(axis=0), weights, 0.0))


def _as_shares(weights: Floats) -> Floats:
    total = weights.sum(axis=0)
    shares: Floats = np.divide(weights, total, out=np.full_like(weights, np.nan), where=total > 0)
    return shares


def _best(x: Floats, sparing: float) -> Floats:
    """The best weights (children, areas); `sparing` above 0 prefers those with a small sum, all but alike.

    A small sum is a large mean: sum w x / sum w.
    """
    known = np.nan_to_num(x)
    largest = known.max(axis=1, initial=0.0)
    useful = largest > 0
    weights = np.zeros_like(known)
    if not useful.any():
        return weights
    size = largest[useful, None]
    # A fixed order, so that the order of the areas can't choose between equally good weights.
    areas, back = np.unique(known[useful] / size, axis=1, return_inverse=True)
    goals = areas - sparing * areas.max(axis=0) * (size.min() / size)
    weights[useful] = _corners(areas, goals)[:, back.reshape(-1)] / size
    return weights


def _corners(x: Floats, goals: Floats) -> Floats:
    weights = np.zeros_like(x)
    open_areas = x.any(axis=0)
    while open_areas.any():
        k = int(open_areas.argmax())
        corner, basis = _corner(x, goals[:, k])
        served = open_areas & np.all(np.linalg.solve(basis, goals) >= -_NOTHING, axis=0)
        served[k] = True
        weights[:, served] = corner[:, None]
        open_areas &= ~served
    return weights


def _corner(x: Floats, goal: Floats) -> tuple[Floats, Floats]:
    """The corner w that is best for `goal`, and the matrix of its equations, by the dual simplex method.

    The columns are the areas (w x <= 1) and minus the unit vectors (-w <= 0). It begins at w = 0, moves along
    the edge that the most hopeful equation frees until another binds, and stops where none is left to free.
    """
    children = len(x)
    columns = np.hstack([x, -np.eye(children)])
    limits = np.r_[np.ones(x.shape[1]), np.zeros(children)]
    chosen: Positions = np.arange(x.shape[1], columns.shape[1])
    for step in range(_MOST_STEPS):
        basis = columns[:, chosen]
        inverse = np.linalg.inv(basis)
        corner = limits[chosen] @ inverse
        value = inverse @ goal
        if value.min() >= -_NOTHING:
            return np.maximum(corner, 0.0), basis
        # Past the usual number of steps the first, not the largest, is taken: that can't go round in circles.
        leaves = int(value.argmin()) if step < 50 * children else int((value < -_NOTHING).argmax())
        slope = inverse[leaves] @ columns
        slope[chosen] = 0.0
        room = np.maximum(limits - corner @ columns, 0.0)
        ratio = np.full(len(room), np.inf)
        np.divide(room, -slope, out=ratio, where=slope < -_NOTHING)
        chosen[leaves] = int(ratio.argmin())
        chosen.sort()
    raise ArithmeticError("benefit of the doubt found no best weights")
