"""Put values on a scale, seen against a reference set of values.

Every method takes

- `x`: directed values (higher is better) of any shape, nan where missing;
- `reference` (n,): the directed values that set the scale, without nan;
- `marks`: what else a scale may hang on, `Marks`;

and returns the scores in the shape of `x`. What the reference is (all published periods, one base year, two
given goalposts) is the caller's affair. Values are directed by taking them times the direction, so that the
worst is always the smallest; a formula in directed values serves both directions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import numpy as np

from commonweal.arrays import Floats


class Marks(NamedTuple):
    """Single directed values, and weights, that some scales hang on; nan or None where there are none.

    `weight` (n,) belongs to the reference, value by value. `place` is the value of the area that all are
    seen against. `worst`, `best` and `target` are those of framework.csv.
    """

    weight: Floats | None = None
    place: float = np.nan
    worst: float = np.nan
    best: float = np.nan
    target: float = np.nan


NO_MARKS: Final = Marks()


def none(x: Floats, reference: Floats, marks: Marks = NO_MARKS) -> Floats:
    """The directed value itself.

    >>> none(np.array([3.0]), np.array([1.0, 5.0])).tolist()
    [3.0]
    """
    return x


def goalposts(x: Floats, reference: Floats, marks: Marks = NO_MARKS, *, clip: bool) -> Floats:
    """100 (x - worst) / (best - worst), worst and best the ends of the reference; `clip` limits to 0-100.

    >>> goalposts(np.array([0.0, 3.0, 9.0]), np.array([1.0, 5.0]), clip=True).tolist()
    [0.0, 50.0, 100.0]
    """
    score = _share(x, reference.min(), reference.max())
    score *= 100.0
    return np.clip(score, 0.0, 100.0, out=score) if clip else score


def minmax(x: Floats, reference: Floats, marks: Marks = NO_MARKS, *, low: float, high: float) -> Floats:
    """low + (high - low) (x - min) / (max - min).

    >>> minmax(np.array([1.0, 2.0, 5.0]), np.array([1.0, 2.0, 5.0]), low=1, high=100).tolist()
    [1.0, 25.75, 100.0]
    """
    score = _share(x, reference.min(), reference.max())
    score *= high - low
    score += low
    return score


def zscore(x: Floats, reference: Floats, marks: Marks = NO_MARKS, *, mean: float, sd: float) -> Floats:
    """mean + sd (x - the reference's mean) / its standard deviation (divisor n - 1).

    >>> zscore(np.array([2.0, 4.0]), np.array([1.0, 2.0, 3.0]), mean=0, sd=1).tolist()
    [0.0, 2.0]
    """
    centre, spread = moments(reference, None)
    score: Floats = x - centre
    score /= spread
    score *= sd
    score += mean
    return score


def t_score(x: Floats, reference: Floats, marks: Marks = NO_MARKS) -> Floats:
    """50 + 10 (x - mean) / sd: the z-score with mean 50 and standard deviation 10.

    Source: McCall, How to Measure in Education (1922).

    >>> t_score(np.array([2.0, 4.0]), np.array([1.0, 2.0, 3.0])).tolist()
    [50.0, 70.0]
    """
    return zscore(x, reference, marks, mean=50.0, sd=10.0)


def index_100(x: Floats, reference: Floats, marks: Marks = NO_MARKS, *, weight: str) -> Floats:
    """100 + 10 (x - mean) / sd: the place as a whole is 100, and one standard deviation is 10 points.

    mean = sum w x / W and sd^2 = sum w (x - mean)^2 W / (W^2 - sum w^2), with W = sum w, so that equal
    weights give the divisor n - 1. w is `marks.weight`: people, mostly, in the column that `weight` names.
    Source: Office for National Statistics, Health Index for England, "The scale of the Health Index" (100 is
    England in the base year, 110 is one standard deviation higher); weighted as in the code of
    Freni-Sterrantino and others, Journal of the Royal Statistical Society A (2024).

    >>> marks = Marks(weight=np.array([3.0, 1.0]))
    >>> x = np.array([4.0, 5.0, 8.0])  # mean 5, sd^2 = (3 x 1 + 1 x 9) x 4 / (16 - 10) = 8
    >>> index_100(x, np.array([4.0, 8.0]), marks, weight="population").round(2).tolist()
    [96.46, 100.0, 110.61]
    """
    mean, sd = moments(reference, marks.weight)
    score: Floats = x - mean
    score *= 10.0 / sd
    score += 100.0
    return score


def moments(reference: Floats, weight: Floats | None) -> tuple[float, float]:
    """The mean and the standard deviation of a reference, weighted if there are weights (see `index_100`).

    >>> moments(np.array([3.0, 1.0, 2.0]), None)
    (2.0, 1.0)
    """
    if weight is None:
        ordered = np.sort(reference)  # so that the order of the areas can't change the last bit of the sums
        return float(ordered.mean()), float(ordered.std(ddof=1))
    order = np.lexsort((weight, reference))
    ordered, share = reference[order], weight[order] / weight.max()
    total = share.sum()
    mean = (share @ ordered) / total
    variance = (share @ (ordered - mean) ** 2) * total / (total**2 - share @ share)
    return float(mean), float(np.sqrt(variance))


def rank(x: Floats, reference: Floats, marks: Marks = NO_MARKS) -> Floats:
    """1 + how many of the reference are worse: the worst is 1, ties share the lowest number.

    >>> rank(np.array([5.0, 7.0, 7.0, 9.0]), np.array([5.0, 7.0, 7.0, 9.0])).tolist()
    [1.0, 2.0, 2.0, 4.0]
    """
    return _worse(x, reference) + 1.0


def borda(x: Floats, reference: Floats, marks: Marks = NO_MARKS) -> Floats:
    """rank - 1: a point for each of the reference that is worse.

    Source: Borda, Mémoire sur les élections au scrutin (1784).

    >>> borda(np.array([5.0, 7.0, 7.0, 9.0]), np.array([5.0, 7.0, 7.0, 9.0])).tolist()
    [0.0, 1.0, 1.0, 3.0]
    """
    return _worse(x, reference)


def percentile(x: Floats, reference: Floats, marks: Marks = NO_MARKS, *, scale: float) -> Floats:
    """scale (rank - 1) / (n - 1), with n the size of the reference; at most `scale`.

    >>> percentile(np.array([5.0, 7.0, 9.0]), np.array([5.0, 7.0, 7.0, 8.0, 9.0]), scale=100).tolist()
    [0.0, 25.0, 100.0]
    """
    return scale * np.minimum(_worse(x, reference) / (len(reference) - 1.0), 1.0)


def quantile_scale(x: Floats, reference: Floats, marks: Marks = NO_MARKS, *, classes: float) -> Floats:
    """1 + floor(classes (rank - 1) / n), at most `classes`: classes of equal size, the worst is class 1.

    Ties share a class. With 5 classes these are fifths (quintiles).
    Source: OECD and JRC, Handbook on Constructing Composite Indicators (2008), categorical scales.

    >>> quantile_scale(np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 2.0, 3.0, 4.0]), classes=2).tolist()
    [1.0, 1.0, 2.0, 2.0]
    """
    # Whole numbers below 2^53 divide without error at whole results, so no class is missed by a last bit.
    return np.minimum(np.floor(classes * _worse(x, reference) / len(reference)) + 1.0, classes)


def distance_to_max(x: Floats, reference: Floats, marks: Marks = NO_MARKS, *, scale: float) -> Floats:
    """scale (1 - (max - x) / (max - min)): the best is `scale`, the worst 0.

    >>> distance_to_max(np.array([1.0, 4.0, 5.0]), np.array([1.0, 5.0]), scale=1).tolist()
    [0.0, 0.75, 1.0]
    """
    return scale * _share(x, reference.min(), reference.max())


def distance_to_target(
    x: Floats, reference: Floats, marks: Marks = NO_MARKS, *, cap: bool, scale: float
) -> Floats:
    """scale (x - min) / (target - min); `cap` limits what is beyond the target to `scale`, and nothing else.

    At direction -1 this is (max - x) / (max - target) in the values themselves.

    >>> marks = Marks(target=4.0)
    >>> distance_to_target(np.array([0.0, 2.0, 8.0]), np.array([0.0, 8.0]), marks, cap=True, scale=1).tolist()
    [0.0, 0.5, 1.0]
    """
    score = scale * _share(x, reference.min(), marks.target)
    return np.minimum(score, scale) if cap else score


def distance_to_reference(
    x: Floats, reference: Floats, marks: Marks = NO_MARKS, *, area: str, scale: float
) -> Floats:
    """scale (x - min) / (r - min), r the value of the area named: it scores `scale`, better ones more.

    Source: OECD and JRC, Handbook on Constructing Composite Indicators (2008), distance to a reference.

    >>> marks = Marks(place=4.0)
    >>> distance_to_reference(np.array([0.0, 2.0]), np.array([0.0, 8.0]), marks, area="E1", scale=1).tolist()
    [0.0, 0.5]
    """
    return scale * _share(x, reference.min(), marks.place)


def share_of_max(x: Floats, reference: Floats, marks: Marks = NO_MARKS, *, scale: float) -> Floats:
    """scale x / max where more is better, and scale min / x, in the values themselves, where less is.

    Either way the best has `scale`, and half as good is half of it. Values must be of one sign: at least 0
    where more is better, above 0 where less is (`refused` says so).
    Source: Hwang and Yoon, Multiple Attribute Decision Making (1981), linear scale transformation.

    >>> share_of_max(np.array([2.0, 8.0]), np.array([2.0, 8.0]), scale=100).tolist()
    [25.0, 100.0]
    >>> share_of_max(np.array([-2.0, -8.0]), np.array([-2.0, -8.0]), scale=100).tolist()
    [100.0, 25.0]
    """
    best = reference.max()
    share: Floats = x / best if best > 0 else best / x
    return scale * share


def threshold(x: Floats, reference: Floats, marks: Marks = NO_MARKS) -> Floats:
    """Points above (+) or below (-) a threshold, `target` of the framework, which scores 0.

    With `best` (a natural level): minus the overshoot 100 ((x - best) / (target - best) - 1). With `worst`:
    minus the shortfall 100 (x - target) / (worst - target). So best has 100 and worst -100.
    Source: Fanning, O'Neill, Hickel and Roux, The social shortfall and ecological overshoot of nations,
    Nature Sustainability 5 (2022).

    >>> overshoot = Marks(best=-280.0, target=-350.0)  # less is better: CO2 in parts per million
    >>> threshold(np.array([-280.0, -350.0, -420.0]), np.array([]), overshoot).tolist()
    [100.0, 0.0, -100.0]
    >>> shortfall = Marks(worst=0.0, target=80.0)
    >>> threshold(np.array([0.0, 60.0, 80.0]), np.array([]), shortfall).tolist()
    [-100.0, -25.0, 0.0]
    """
    unit = marks.target - marks.worst if np.isnan(marks.best) else marks.best - marks.target
    score: Floats = 100.0 * ((x - marks.target) / unit)
    return score


def exponential(x: Floats, reference: Floats, marks: Marks = NO_MARKS, *, rate: float) -> Floats:
    """-rate ln(1 - R (1 - exp(-100 / rate))) with R = (N - r + 1) / N.

    r is 1 for the largest, ties the lowest number. From 0 up to 100: few areas score high, so that a
    high score in one child is hardly taken back by low ones in others.
    Source: English Indices of Deprivation, technical report (rate 23).

    >>> exponential(np.array([1.0, 2.0]), np.array([1.0, 2.0]), rate=23).round(2).tolist()
    [15.65, 100.0]
    """
    not_better = np.searchsorted(np.sort(reference), x, side="right")
    share = np.where(np.isnan(x), np.nan, not_better / len(reference))
    score: Floats = -rate * np.log1p(share * np.expm1(-100.0 / rate))
    return score


def _share(x: Floats, low: float, high: float) -> Floats:
    # Dividing before anything else makes the best exactly 1.
    share: Floats = x - low
    share /= high - low
    return share


def _worse(x: Floats, reference: Floats) -> Floats:
    worse = np.searchsorted(np.sort(reference), x, side="left")
    return np.where(np.isnan(x), np.nan, worse.astype(np.float64))


METHODS: Final[dict[str, Callable[..., Floats]]] = {
    "none": none,
    "goalposts": goalposts,
    "minmax": minmax,
    "zscore": zscore,
    "rank": rank,
    "borda": borda,
    "percentile": percentile,
    "distance-to-max": distance_to_max,
    "distance-to-target": distance_to_target,
    "distance-to-reference": distance_to_reference,
    "share-of-max": share_of_max,
    "quantile-scale": quantile_scale,
    "exponential": exponential,
    "t-score": t_score,
    "index-100": index_100,
    "threshold": threshold,
}
#: Methods that are one straight line between the ends of what they may give.
STRAIGHT: Final = frozenset(
    {
        "none", "goalposts", "minmax", "zscore", "distance-to-max", "distance-to-target",
        "distance-to-reference", "t-score", "index-100", "threshold",
    }
)  # fmt: skip
#: Methods that need at least two different values in the reference.
NEEDS_RANGE: Final = frozenset(
    {"goalposts", "minmax", "zscore", "percentile", "distance-to-max", "t-score", "index-100"}
)
#: Methods whose scale is fixed by a worst and a best value, so that another edition can hand it on.
HAS_GOALPOSTS: Final = frozenset({"goalposts", "minmax", "distance-to-max"})
#: Methods whose scale is fixed by a mean and a standard deviation, with what these score and are worth.
HAS_MOMENTS: Final = frozenset({"zscore", "t-score", "index-100"})
#: Methods whose scale hangs on the ends of the reference, and on a mark of the framework or of an area.
HAS_ENDS: Final = frozenset({"distance-to-target", "distance-to-reference", "share-of-max"})
#: Methods that place a value among all those of the reference.
HAS_PLACES: Final = frozenset({"rank", "borda", "percentile", "quantile-scale", "exponential"})
#: Methods that hang on nothing but the marks of the framework.
FIXED: Final = frozenset({"none", "threshold"})
#: Methods that can't take every reference.
_DEMANDING: Final = HAS_ENDS | {"index-100", "threshold"}


def limits(method: str, parameters: Mapping[str, Any]) -> tuple[float, float]:
    """Between which scores a straight method holds what it gives.

    >>> limits("distance-to-target", {"cap": True, "scale": 100.0})
    (-inf, 100.0)
    """
    if method == "goalposts" and parameters["clip"]:
        return 0.0, 100.0
    if method == "distance-to-target" and parameters["cap"]:
        return -np.inf, float(parameters["scale"])
    return -np.inf, np.inf


def refused(method: str, reference: Floats, marks: Marks) -> str:
    """Why a method can't take a reference and its marks, in words; empty where it can.

    >>> refused("share-of-max", np.array([-3.0, 0.0]), NO_MARKS)
    'needs values of 0 or more where more is better, and above 0 where less is'
    """
    if method not in _DEMANDING:
        return ""
    low = reference.min() if len(reference) else np.nan
    if method == "share-of-max":
        one_sign = low >= 0 < reference.max() or reference.max() < 0
        return "" if one_sign else "needs values of 0 or more where more is better, and above 0 where less is"
    if method == "distance-to-target" and not marks.target > low:
        return "needs a target in the framework that is better than the worst value"
    if method == "distance-to-reference" and not marks.place > low:
        return "needs an area with a value that is better than the worst"
    if method == "index-100" and marks.weight is not None and np.unique(reference[marks.weight > 0]).size < 2:
        return "needs two different values with weights above 0"
    if method == "threshold" and not (marks.target > marks.worst) ^ (marks.best > marks.target):
        return "needs a target, and either a worst value worse than it or a best value better than it"
    return ""
