"""Say how much each child counts in its parent.

Every method takes

- `x` (children, periods, areas): the children's values on any straight scale, nan where missing;
- `fresh` (periods, areas): whether at least one child's value is the period's own, not an older one carried;
- `per_point` (weight periods, children): how much of `x` is one point of score;
- `given` (children,): the weights that the framework gives;

and returns a `Weighing` whose weights (weight periods, children) sum to one along the children.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from commonweal.methods import Flags, Floats, Positions

#: What principal components need before they are trusted.
FEWEST_CHILDREN: Final = 3
FEWEST_AREAS: Final = 10
RESAMPLES: Final = 500
MOST_BAD_RESAMPLES: Final = 0.1
#: Below this a weight, or a spread in units of the whole, is nothing but the noise of floating point.
_NOTHING: Final = 1e-10
_SEED: Final = 500
#: Resamples drawn at once: enough for speed, few enough to take little memory.
_AT_ONCE: Final = 25


class Weighing(NamedTuple):
    """Weights (weight periods, children), loadings (children,; nan if there are none), why they fell back.

    `culprit` is the position of the child that made them fall back, -1 if it was no single one.
    """

    weight: Floats
    loading: Floats
    reason: str = ""
    culprit: int = -1


def given(x: Floats, fresh: Flags, per_point: Floats, given: Floats) -> Weighing:
    """The framework's weights, as shares of their sum."""
    return Weighing((given / given.sum())[None, :], np.full(len(given), np.nan))


def equal(x: Floats, fresh: Flags, per_point: Floats, given: Floats) -> Weighing:
    """1 / n each."""
    n = len(given)
    return Weighing(np.full((1, n), 1.0 / n), np.full(n, np.nan))


def pca(x: Floats, fresh: Flags, per_point: Floats, given: Floats) -> Weighing:
    """Weights on the scores that make the parent a straight function of the first principal component.

    Over the area-periods in which every child is there and at least one is fresh: z = (x - mean) / sd and
    w is the first eigenvector of the correlation matrix, of unit length, signed so that sum w > 0. Then
    v_i is proportional to w_i per_point_i / sd_i, so that sum v_i score_i moves exactly as sum w_i z_i.

    Falls back to equal weights, and says why, if there are fewer than 3 children or 10 areas, if any
    w_i <= 0, or if any w_i <= 0 in more than 10 % of 500 resamples of the areas (all periods of an area
    together). Neither the order of the areas nor their names make a difference.
    """
    children = len(x)
    if children < FEWEST_CHILDREN:
        return _fall_back(x, f"fewer than {FEWEST_CHILDREN} children")
    rows = fresh & ~np.isnan(x).any(axis=0)
    areas = int(rows.any(axis=0).sum())
    if areas < FEWEST_AREAS:
        whole = int((~np.isnan(x).any(axis=0)).any(axis=0).sum())
        own = "" if whole == areas else ", and not carried alone,"
        return _fall_back(x, f"complete{own} in {areas} areas, {FEWEST_AREAS} are needed")
    complete, starts = _by_area(x, rows)
    sd = complete.std(axis=0, ddof=1)
    flat = sd <= _NOTHING * np.abs(complete).max(axis=0)
    if flat.any():
        return _fall_back(x, "one child has the same value in all complete areas", culprit=int(flat.argmax()))
    z = (complete - complete.mean(axis=0)) / sd
    loading = _first_eigenvector(z.T @ z / (len(z) - 1))
    if loading.min() <= _NOTHING:
        least = int(loading.argmin())
        return _fall_back(x, "one child does not move with the others", loading, culprit=least)
    bad = _share_of_bad_resamples(z, starts)
    if bad > MOST_BAD_RESAMPLES:
        why = f"a loading is 0 or less in {bad:.0%} of {RESAMPLES} resamples of the areas"
        return _fall_back(x, why, loading)
    share = loading * per_point / sd
    return Weighing(share / share.sum(axis=1, keepdims=True), loading)


def _fall_back(x: Floats, why: str, loading: Floats | None = None, culprit: int = -1) -> Weighing:
    n = len(x)
    held = np.full(n, np.nan) if loading is None else loading
    return Weighing(np.full((1, n), 1.0 / n), held, f"equal weights: {why}", culprit)


def _by_area(x: Floats, rows: Flags) -> tuple[Floats, Positions]:
    """The complete rows (rows, children), area after area, and where each area starts.

    The areas are sorted by their values: codes and the order of the input must not decide which area a
    resample draws, nor in which order sums are taken.
    """
    children, periods, areas = x.shape
    content = np.where(rows, x, np.inf).reshape(children * periods, areas)
    order = np.lexsort(content)
    kept = rows[:, order].T  # areas, periods
    complete = x[:, :, order].transpose(2, 1, 0)[kept]
    count = kept.sum(axis=1)
    return complete, np.r_[0, np.cumsum(count[count > 0])[:-1]]


def _first_eigenvector(correlation: Floats) -> Floats:
    """Unit length, signed so that the sum is above 0; works on a stack of matrices too."""
    vectors = np.linalg.eigh(correlation)[1][..., -1]
    sign = np.where(vectors.sum(axis=-1, keepdims=True) < 0, -1.0, 1.0)
    signed: Floats = vectors * sign
    return signed


def _share_of_bad_resamples(z: Floats, starts: Positions) -> float:
    """In what share of resamples of areas some weight is 0 or less, or can't be found.

    A resample needs only how often each area is drawn: its moments are sums of the areas' own moments.
    """
    children = z.shape[1]
    upper = np.triu_indices(children)
    products = z[:, upper[0]] * z[:, upper[1]]
    moments = np.add.reduceat(np.column_stack([np.ones(len(z)), z, products]), starts)
    random = np.random.Generator(np.random.PCG64(_SEED))
    times = np.empty((_AT_ONCE, len(moments)))
    bad = 0
    for _ in range(RESAMPLES // _AT_ONCE):
        for row in times:
            row[:] = np.bincount(random.integers(0, len(moments), len(moments)), minlength=len(moments))
        total = times @ moments
        mean = total[:, 1 : 1 + children] / total[:, :1]
        square = np.empty((_AT_ONCE, children, children))
        square[:, upper[0], upper[1]] = square[:, upper[1], upper[0]] = (
            total[:, 1 + children :] / total[:, :1]
        )
        bad += _count_bad(square - mean[:, :, None] * mean[:, None, :])
    return bad / RESAMPLES


def _count_bad(covariance: Floats) -> int:
    variance = np.diagonal(covariance, axis1=1, axis2=2)
    flat: Flags = np.any(variance <= _NOTHING, axis=1)
    sd = np.sqrt(np.where(flat[:, None], 1.0, variance))
    loading = _first_eigenvector(covariance / (sd[:, :, None] * sd[:, None, :]))
    return int((flat | (loading.min(axis=1) <= _NOTHING)).sum())


METHODS: Final[dict[str, Callable[[Floats, Flags, Floats, Floats], Weighing]]] = {
    "given": given,
    "equal": equal,
    "pca": pca,
}
