"""Whether neighbours are alike: Moran's I of a map, and of each place in it.

Sources: Moran 1950, doi:10.1093/biomet/37.1-2.17; Anselin 1995, doi:10.1111/j.1538-4632.1995.tb00338.x;
false discoveries: Benjamini and Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from commonweal.methods import Flags, Floats, Positions

#: Shuffles of the map that observed values are held against, and the stream they come from.
SHUFFLES: Final = 999
_SEED: Final = 1950


@dataclass(frozen=True, slots=True, eq=False)
class Moran:
    """Moran's I, what it would be on average by chance, and the share of shuffled maps as extreme."""

    value: float
    expected: float
    p: float


@dataclass(frozen=True, slots=True, eq=False)
class Local:
    """Moran's I of each place, shape (areas,): its value, p, and whether it stands after correction.

    `own` and `around` are the deviations of the place and of the mean of its neighbours from the mean.
    """

    value: Floats
    p: Floats
    stands: Flags
    own: Floats
    around: Floats


def row_shares(neighbours: Flags) -> Floats:
    """Weights (areas, areas) that share each row out among the neighbours; a row without any is zero.

    >>> row_shares(np.array([[False, True], [True, False]])).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    count = neighbours.sum(axis=1, keepdims=True)
    shares: Floats = np.divide(neighbours, count, out=np.zeros(neighbours.shape), where=count > 0)
    return shares


def moran(x: Floats, neighbours: Flags, shuffles: int = SHUFFLES) -> Moran:
    """Moran's I = (n / sum w) sum_ij w_ij z_i z_j / sum z^2, weights shared out by row.

    p is two-sided, from shuffles of the values over the map: (1 + those at least as far from the expected
    -1/(n - 1)) / (1 + shuffles). nan where all values are the same or nobody has a neighbour.

    >>> line = np.abs(np.subtract.outer(np.arange(6), np.arange(6))) == 1
    >>> round(moran(np.arange(6.0), line).value, 3)
    0.629
    """
    n, weights, z = len(x), row_shares(neighbours), x - x.mean()
    expected, total, square = -1 / (n - 1), weights.sum(), float(z @ z)
    if not total or not square:
        return Moran(np.nan, expected, np.nan)
    observed = n / total * float(z @ weights @ z) / square
    stream = np.random.default_rng(_SEED)
    drawn = stream.permuted(np.broadcast_to(z, (shuffles, n)), axis=1)
    shuffled = n / total * np.einsum("ra,ra->r", drawn @ weights, drawn) / square
    extreme = np.abs(shuffled - expected) >= abs(observed - expected) - 1e-12
    return Moran(observed, expected, (1 + int(extreme.sum())) / (1 + shuffles))


def local_moran(x: Floats, neighbours: Flags, rate: float = 0.05, shuffles: int = SHUFFLES) -> Local:
    """Each place's I_i = z_i sum_j w_ij z_j / (sum z^2 / n), and which places stand after correction.

    p of a place is two-sided, from drawing its neighbours' values from all other places. Of the places that
    stand at most the share `rate` is expected to be there by chance (Benjamini and Hochberg).
    """
    n, weights, z = len(x), row_shares(neighbours), x - x.mean()
    around, scale = weights @ z, float(z @ z) / n
    p = np.full(n, np.nan)
    counts = neighbours.sum(axis=1)
    # the same draws serve every place, which keeps large maps quick
    picked = _draws(n - 1, int(counts.max()), shuffles)
    for i in np.flatnonzero(counts) if scale else ():
        means = np.delete(z, i)[picked[:, : counts[i]]].mean(axis=1)
        low, high = (means <= around[i]).sum(), (means >= around[i]).sum()
        p[i] = min(1.0, 2 * (1 + min(low, high)) / (1 + shuffles))
    value = z * around / scale if scale else np.full(n, np.nan)
    return Local(value, p, discoveries(p, rate), z, around)


def _draws(places: int, count: int, shuffles: int) -> Positions:
    """`shuffles` draws of `count` different places each."""
    stream = np.random.default_rng(_SEED)
    return np.argsort(stream.random((shuffles, places)), axis=1)[:, :count]


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
