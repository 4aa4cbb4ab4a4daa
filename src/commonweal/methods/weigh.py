"""Say how much each child counts in its parent.

Every method takes

- `x` (children, periods, areas): the children's scores, nan where missing; the methods in `ON_VALUES` take
  their directed values, since they ask for no scale;
- `fresh` (periods, areas): whether at least one child's value is the period's own, not an older one carried;
- `per_point` (weight periods, children): how much of a directed value is one point of score;
- `given` (children,): the weights that the framework gives;
- `answers`: what people said, for the methods in `ASKS`: (people, children) points or (people, children,
  children) judgements, nan where they said nothing; None if they were not asked;

and returns a `Weighing` whose weights (weight periods, children) sum to one along the children. Weights
found from the data look at the area-periods in which every child is there and at least one is fresh; where
the data can't bear them they fall back to equal weights, and the reason says why. The methods in `BY_AREA`
give each area its own weights, from all that is there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from commonweal.arrays import Flags, Floats, Positions
from commonweal.methods.answers import Priorities, judged, shared_out
from commonweal.methods.benefit_of_doubt import best_shares
from commonweal.methods.factor import one_factor

#: What principal components need before they are trusted.
FEWEST_CHILDREN: Final = 3
FEWEST_AREAS: Final = 10
RESAMPLES: Final = 500
MOST_BAD_RESAMPLES: Final = 0.1
#: What is said of the one weight that stands for those of all areas.
OWN_WEIGHTS: Final = "each area has its own weights, in area_weights.csv: this is their mean"
#: Below this a weight, or a spread in units of the whole, is nothing but the noise of floating point.
_NOTHING: Final = 1e-10
_SEED: Final = 500
#: Resamples drawn at once: enough for speed, few enough to take little memory.
_AT_ONCE: Final = 25


class Weighing(NamedTuple):
    """Weights, loadings (children,; nan if there are none), why they fell back or what else there is to say.

    `weight` is (weight periods, children), or (periods, areas, children) where each area has its own; one
    weight period holds for all. `culprit` is the position of the child that made them fall back, -1 if it
    was no single one. `asked` is what the weights rest on where people were asked.
    """

    weight: Floats
    loading: Floats
    reason: str = ""
    culprit: int = -1
    asked: Priorities | None = None

    @property
    def in_areas(self) -> Floats:
        """The weights (weight periods, weight areas, children); one area where they hold for all."""
        return self.weight if self.weight.ndim == 3 else self.weight[:, None, :]


def given(
    x: Floats, fresh: Flags, per_point: Floats, given: Floats, answers: Floats | None = None
) -> Weighing:
    """The framework's weights, as shares of their sum."""
    return Weighing((given / given.sum())[None, :], np.full(len(given), np.nan))


def frozen(
    x: Floats, fresh: Flags, per_point: Floats, given: Floats, answers: Floats | None = None, *, edition: str
) -> Weighing:
    """The weights of an older edition, which stand in the framework in the place of its own."""
    return Weighing((given / given.sum())[None, :], np.full(len(given), np.nan))


def equal(
    x: Floats, fresh: Flags, per_point: Floats, given: Floats, answers: Floats | None = None
) -> Weighing:
    """1 / n each."""
    n = len(given)
    return Weighing(np.full((1, n), 1.0 / n), np.full(n, np.nan))


def pca(x: Floats, fresh: Flags, per_point: Floats, given: Floats, answers: Floats | None = None) -> Weighing:
    """Weights on the scores that make the parent a straight function of the first principal component.

    Over the area-periods in which every child is there and at least one is fresh: z = (x - mean) / sd and
    w is the first eigenvector of the correlation matrix, of unit length, signed so that sum w > 0. Then
    v_i is proportional to w_i per_point_i / sd_i, so that sum v_i score_i moves exactly as sum w_i z_i.

    Falls back to equal weights, and says why, if there are fewer than 3 children or 10 areas, if any
    w_i <= 0, or if any w_i <= 0 in more than 10 % of 500 resamples of the areas (all periods of an area
    together). Neither the order of the areas nor their names make a difference.
    """
    found = _complete(x, fresh, FEWEST_CHILDREN)
    if isinstance(found, Weighing):
        return found
    complete, starts = found
    sd = complete.std(axis=0, ddof=1)
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


def factor(
    x: Floats, fresh: Flags, per_point: Floats, given: Floats, answers: Floats | None = None
) -> Weighing:
    """l_i / sum l, with l the loadings of the one maximum-likelihood factor behind the children's scores.

    The factor model z_i = l_i f + e_i keeps what the children share and leaves out what each has alone.
    Weights stand on standardised scores (z-score, t-score, index-100). Falls back with fewer than 3 children
    or 10 areas, and if a loading is 0 or less.
    Source: Office for National Statistics, Health Index for England, weighting; Lawley and Maxwell,
    Factor Analysis as a Statistical Method (1971).
    """
    found = _complete(x, fresh, FEWEST_CHILDREN)
    if isinstance(found, Weighing):
        return found
    loading = one_factor(np.asarray(np.corrcoef(found[0].T)))
    if loading.min() <= _NOTHING:
        return _fall_back(x, "one child does not move with the others", loading, int(loading.argmin()))
    return Weighing((loading / loading.sum())[None, :], loading)


def entropy(
    x: Floats, fresh: Flags, per_point: Floats, given: Floats, answers: Floats | None = None
) -> Weighing:
    """d_i / sum d, with d_i = 1 + sum_j p_ij ln p_ij / ln m and p_ij = x_ij / sum_j x_ij over m area-periods.

    A child whose scores are alike everywhere tells areas apart little, and weighs little. 0 ln 0 is 0.
    Falls back if a score is below 0, or if no child tells areas apart.
    Source: Hwang and Yoon, Multiple Attribute Decision Making (1981), entropy method.
    """
    found = _complete(x, fresh, fewest_areas=2, may_be_flat=True)
    if isinstance(found, Weighing):
        return found
    scores = np.sort(found[0], axis=0)
    if scores.min() < 0:
        why = "a child has scores below 0, which entropy can't take: normalise to scores of 0 or more"
        return _fall_back(x, why, culprit=int(scores[0].argmin()))
    total = scores.sum(axis=0)
    share = np.divide(scores, total, out=np.full_like(scores, 1.0 / len(scores)), where=total > 0)
    logs = np.log(share, out=np.zeros_like(share), where=share > 0)
    diversity = 1.0 + (share * logs).sum(axis=0) / np.log(len(scores))
    diversity[diversity < _NOTHING] = 0.0
    if not diversity.any():
        return _fall_back(x, "no child tells areas apart")
    return Weighing((diversity / diversity.sum())[None, :], np.full(len(x), np.nan))


def critic(
    x: Floats, fresh: Flags, per_point: Floats, given: Floats, answers: Floats | None = None
) -> Weighing:
    """C_i / sum C, with C_i = sd_i sum_k (1 - r_ik): the sd of scores put on 0-1, and their correlations.

    A child weighs more if it tells areas apart and if the others do not tell the same.
    Falls back if a child has one value for all.
    Source: Diakoulaki, Mavrotas and Papayannakis, Computers and Operations Research 22 (1995).
    """
    found = _complete(x, fresh, fewest_areas=3)
    if isinstance(found, Weighing):
        return found
    scores = found[0]
    spread = scores.std(axis=0, ddof=1) / np.ptp(scores, axis=0)
    contrast = spread * (1.0 - np.corrcoef(scores.T).reshape(len(x), len(x))).sum(axis=1)
    contrast[contrast < _NOTHING] = 0.0
    if not contrast.any():
        return _fall_back(x, "all children tell the same")
    return Weighing((contrast / contrast.sum())[None, :], np.full(len(x), np.nan))


def balanced(
    x: Floats, fresh: Flags, per_point: Floats, given: Floats, answers: Floats | None = None
) -> Weighing:
    """Weights under which every child moves with the parent's arithmetic mean alike: equal influence.

    cor(x_i, sum w x) is the same for all i where w_i is proportional to (R^-1 1)_i / sd_i, R the correlation
    matrix: the solution, in closed form, of the problem that the source solves by search where the influence
    of a child is its squared correlation with the index. Falls back if no weights above 0 do it.
    Source: Becker, Saisana, Paruolo and Vandecasteele, Weights and importance in composite indicators,
    Ecological Indicators 80 (2017).
    """
    found = _complete(x, fresh, fewest_areas=len(x) + 2)
    if isinstance(found, Weighing):
        return found
    scores = found[0]
    correlation = np.corrcoef(scores.T).reshape(len(x), len(x))
    if np.linalg.eigvalsh(correlation)[0] <= _NOTHING:
        return _fall_back(x, "some children tell exactly the same as others together: leave one out")
    share = np.linalg.solve(correlation, np.ones(len(x))) / scores.std(axis=0, ddof=1)
    if share.min() <= 0:
        why = "no weights above 0 give each child the same influence, since one moves against the rest"
        return _fall_back(x, why, culprit=int(share.argmin()))
    return Weighing((share / share.sum())[None, :], np.full(len(x), np.nan))


def benefit_of_doubt(
    x: Floats,
    fresh: Flags,
    per_point: Floats,
    given: Floats,
    answers: Floats | None = None,
    *,
    least: float,
) -> Weighing:
    """Each area's own: the weights that show it at its best beside all areas of all periods, as shares.

    w of area k makes sum w x_k / max_j sum w x_j as large as can be, and then sum w x_k, with every w_i at
    least `least`: `benefit_of_doubt.best_shares`. A missing child has weight 0. An area without a score above
    0 has no best weights and takes the mean of the areas that have, in its period or else in all. Falls back
    if a score is below 0, or if none is above.
    Source: Melyn and Moesen (1991); Cherchye, Moesen, Rogge and Van Puyenbroeck, Social Indicators Research
    82 (2007).
    """
    if len(x) == 1:
        return equal(x, fresh, per_point, given)
    low = np.nan_to_num(x).min(axis=(1, 2), initial=0.0)
    if low.min() < 0:
        why = "a child has scores below 0, which benefit of the doubt can't take: normalise to 0 or more"
        return _fall_back(x, why, culprit=int(low.argmin()))
    share = best_shares(x.reshape(len(x), -1), least).reshape(x.shape)
    has = ~np.isnan(share[0])
    if not has.any():
        return _fall_back(x, "no child is above 0 anywhere")
    total, areas = np.where(has, share, 0.0).sum(axis=2), has.sum(axis=1)
    everywhere = total.sum(axis=1, keepdims=True) / areas.sum()
    typical = np.where(areas > 0, total / np.maximum(areas, 1), everywhere)
    weight = np.moveaxis(np.where(has, share, typical[:, :, None]), 0, -1)
    return Weighing(weight, np.full(len(x), np.nan), OWN_WEIGHTS)


def budget(
    x: Floats, fresh: Flags, per_point: Floats, given: Floats, answers: Floats | None = None, *, path: str
) -> Weighing:
    """The mean share of the points that people shared out among the children, in the table at `path`.

    Everyone counts alike, however many points they gave out. With an interval for each weight, and the number
    of those who took no part: `answers.shared_out`.
    Source: OECD and JRC, Handbook on Constructing Composite Indicators (2008), budget allocation.
    """
    return _asked(x, shared_out(answers) if answers is not None else None, path)


def pairwise(
    x: Floats, fresh: Flags, per_point: Floats, given: Floats, answers: Floats | None = None, *, path: str
) -> Weighing:
    """The analytic hierarchy process on people's comparisons of the children two by two, at `path`.

    Each person's priorities are the first eigenvector of their judgements, and the weights the geometric mean
    of the priorities of those whose consistency ratio is at most 0.10: `answers.judged`.
    Source: Saaty, The Analytic Hierarchy Process (1980); Forman and Peniwati, European Journal of Operational
    Research 108 (1998), aggregation of individual priorities.
    """
    return _asked(x, judged(answers) if answers is not None else None, path)


def _asked(x: Floats, found: Priorities | None, path: str) -> Weighing:
    if found is None or not found.used:
        why = "nobody was asked" if found is None else f"no answer can be used; {found.says}"
        return _fall_back(x, f"{why} ({path})")
    loading = np.full(len(x), np.nan)
    return Weighing(found.weight[None, :], loading, f"{found.says} ({path})", asked=found)


def _complete(
    x: Floats,
    fresh: Flags,
    fewest_children: int = 2,
    fewest_areas: int = FEWEST_AREAS,
    may_be_flat: bool = False,
) -> tuple[Floats, Positions] | Weighing:
    """The complete rows and where each area starts; or equal weights, where there are too few to look at."""
    if len(x) < fewest_children:
        return _fall_back(x, f"fewer than {fewest_children} children")
    rows = fresh & ~np.isnan(x).any(axis=0)
    areas = int(rows.any(axis=0).sum())
    if areas < fewest_areas:
        whole = int((~np.isnan(x).any(axis=0)).any(axis=0).sum())
        own = "" if whole == areas else ", and not carried alone,"
        return _fall_back(x, f"complete{own} in {areas} areas, {fewest_areas} are needed")
    complete, starts = _by_area(x, rows)
    flat = complete.std(axis=0, ddof=1) <= _NOTHING * np.abs(complete).max(axis=0)
    if flat.any() and not may_be_flat:
        return _fall_back(x, "one child has the same value in all complete areas", culprit=int(flat.argmax()))
    return complete, starts


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
    moments = np.empty((len(z), 1 + children + len(upper[0])))
    moments[:, 0] = 1.0
    moments[:, 1 : 1 + children] = z
    for product, (i, j) in zip(moments.T[1 + children :], zip(*upper, strict=True), strict=True):
        np.multiply(z[:, i], z[:, j], out=product)
    if len(starts) < len(z):  # an area with several periods is drawn with all of them
        moments = np.add.reduceat(moments, starts)
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


METHODS: Final[dict[str, Callable[..., Weighing]]] = {
    "given": given,
    "equal": equal,
    "pca": pca,
    "factor": factor,
    "entropy": entropy,
    "critic": critic,
    "balanced": balanced,
    "benefit-of-doubt": benefit_of_doubt,
    "budget": budget,
    "pairwise": pairwise,
    "frozen": frozen,
}
#: Methods that take directed values instead of scores.
ON_VALUES: Final = frozenset({"pca"})
#: Methods that give each area its own weights.
BY_AREA: Final = frozenset({"benefit-of-doubt"})
#: Methods that need people's answers.
ASKS: Final = frozenset({"budget", "pairwise"})
