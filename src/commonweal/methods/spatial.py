"""Whether neighbours are alike: Moran's I of a map, and of each place in it.

Neighbours are positions, shape (places, the most that any place has), -1 where a place has fewer; each
neighbour of a place weighs alike (weights shared out by row). Sources: Moran 1950,
doi:10.1093/biomet/37.1-2.17; Anselin 1995, doi:10.1111/j.1538-4632.1995.tb00338.x; false discoveries:
Benjamini and Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from commonweal.arrays import Flags, Floats, Positions

#: Shuffles of the map that observed values are held against, and the stream they come from.
SHUFFLES: Final = 999
#: Draws for each place. The least p is 2 in 1 + this many, and it has to be small enough to stand among as
#: many tests as there are places.
LOCAL_SHUFFLES: Final = 9_999
_SEED: Final = 1950


@dataclass(frozen=True, slots=True, eq=False)
class Moran:
    """Moran's I, what it would be on average by chance, and the share of shuffled maps as extreme."""

    value: float
    expected: float
    p: float


@dataclass(frozen=True, slots=True, eq=False)
class Local:
    """Moran's I of each place, shape (places,): its value, p, and whether it stands after correction.

    `own` and `around` are the deviations of the place and of the mean of its neighbours from the mean.
    """

    value: Floats
    p: Floats
    stands: Flags
    own: Floats
    around: Floats


def lag(x: Floats, neighbours: Positions) -> Floats:
    """The mean of each place's neighbours, x (places, ...); 0 for a place without any.

    >>> lag(np.array([1.0, 2.0, 6.0]), np.array([[1, -1], [0, 2], [1, -1]])).tolist()
    [2.0, 3.5, 2.0]
    """
    there = neighbours >= 0
    total = np.zeros(x.shape)
    for k in range(neighbours.shape[1]):
        has = there[:, k]
        total[has] += x[neighbours[has, k]]
    count = np.maximum(there.sum(axis=1), 1)
    mean: Floats = (total.T / count).T
    return mean


def moran(x: Floats, neighbours: Positions, shuffles: int = SHUFFLES) -> Moran:
    """Moran's I = (n / sum w) sum_ij w_ij z_i z_j / sum z^2, weights shared out by row.

    p is two-sided, from shuffles of the values over the map: (1 + those at least as far from the expected
    -1/(n - 1)) / (1 + shuffles). nan where all values are the same or nobody has a neighbour.

    >>> line = np.array([[1, -1], [0, 2], [1, 3], [2, 4], [3, 5], [4, -1]])
    >>> round(moran(np.arange(6.0), line).value, 3)
    0.714
    """
    n, z = len(x), x - x.mean()
    total = int((neighbours >= 0).any(axis=1).sum())
    expected, square = -1 / (n - 1), float(z @ z)
    if not total or not square:
        return Moran(np.nan, expected, np.nan)
    scale = n / total / square
    observed = scale * float(z @ lag(z, neighbours))
    stream = np.random.default_rng(_SEED)
    drawn = stream.permuted(np.broadcast_to(z[:, None], (n, shuffles)), axis=0)
    shuffled = scale * np.einsum("ar,ar->r", drawn, lag(drawn, neighbours))
    extreme = np.abs(shuffled - expected) >= abs(observed - expected) - 1e-12
    return Moran(observed, expected, (1 + int(extreme.sum())) / (1 + shuffles))


def local_moran(
    x: Floats, neighbours: Positions, rate: float = 0.05, shuffles: int = LOCAL_SHUFFLES
) -> Local:
    """Each place's I_i = z_i sum_j w_ij z_j / (sum z^2 / n), and which places stand after correction.

    p of a place is two-sided, from drawing its neighbours' values from all other places. Of the places that
    stand at most the share `rate` is expected to be there by chance (Benjamini and Hochberg).
    """
    n, z = len(x), x - x.mean()
    around, scale = lag(z, neighbours), float(z @ z) / n
    value = z * around / scale if scale else np.full(n, np.nan)
    p = _local_p(z, around, (neighbours >= 0).sum(axis=1), shuffles) if scale else np.full(n, np.nan)
    return Local(value, p, discoveries(p, rate), z, around)


def _local_p(z: Floats, around: Floats, counts: Positions, shuffles: int) -> Floats:
    """The two-sided p of each place, nan without neighbours.

    The same draws from the first n - 1 places serve every place: where a draw is the place itself, the last
    place stands in for it. So each place draws from all others, and large maps are quick.
    """
    n, p = len(z), np.full(len(z), np.nan)
    picked = _draws(n - 1, int(counts.max(initial=0)), shuffles)
    sums = np.cumsum(z[picked], axis=1)
    order = np.argsort(picked, axis=None, kind="stable")
    starts = np.searchsorted(picked.reshape(-1)[order], np.arange(n + 1))
    for i in np.flatnonzero(counts):
        means = sums[:, counts[i] - 1].copy()
        rows, columns = np.unravel_index(order[starts[i] : starts[i + 1]], picked.shape)
        means[rows[columns < counts[i]]] += z[-1] - z[i]
        means /= counts[i]
        near = 1e-12 * (abs(around[i]) + 1e-300)
        low, high = (means <= around[i] + near).sum(), (means >= around[i] - near).sum()
        p[i] = min(1.0, 2 * (1 + min(low, high)) / (1 + shuffles))
    return p


def _draws(places: int, count: int, shuffles: int) -> Positions:
    """`shuffles` draws of `count` different places each, in any order; none can stand twice in one draw."""
    stream = np.random.default_rng(_SEED)
    drawn = stream.integers(0, places, (shuffles, count))
    while True:
        ordered = np.sort(drawn, axis=1)
        again = (ordered[:, 1:] == ordered[:, :-1]).any(axis=1)
        if not again.any():
            return drawn
        drawn[again] = stream.integers(0, places, (int(again.sum()), count))


def discoveries(p: Floats, rate: float) -> Flags:
    """Which of many tests stand so that at most the share `rate` of them is false; nan was not tested.

    The k smallest p stand, with k the largest number whose p is at most rate x k / tests.

    >>> discoveries(np.array([0.001, 0.04, 0.03, 0.9]), 0.05).tolist()
    [True, False, False, False]
    """
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    within = np.flatnonzero(p[order] <= rate * np.arange(1, len(order) + 1) / max(len(order), 1))
    stands = np.zeros(len(p), dtype=bool)
    if len(within):
        stands[order[: within[-1] + 1]] = True
    return stands
