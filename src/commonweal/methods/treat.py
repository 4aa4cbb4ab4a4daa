"""Draw in outliers, and bend skewed indicators straight.

Every method takes `x` (indicators, n), the values that it is fitted on: each row in ascending order with the
gaps (nan) last, in their own units, before any direction. It returns a `Treatment`, whose curves `bent`
puts on any values of these indicators.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from commonweal.arrays import Flags, Floats, Positions
from commonweal.methods.moments import constant, moments
from commonweal.methods.peak import peak

#: What can be done to a value after it is limited. A curve holds the position in this list.
BENDS: Final = ("none", "log", "mirrored-log", "sqrt", "cube-root", "box-cox", "yeo-johnson")
#: Powers tried by box-cox and yeo-johnson.
POWERS: Final = (-5.0, 5.0)
#: Of the range, what is added before the logarithm is taken, so that the least value has one.
_STEP: Final = 0.01


class Treatment(NamedTuple):
    """Curves (indicators, 5): low and high limit, bend, and two constants of the bend; and why.

    `points` (indicators,) is how many values the limits moved; `moments` (3, 2, indicators) are skewness and
    kurtosis before, after winsorising, and in the end, nan where a stage did not run.
    """

    curve: Floats
    points: Positions
    moments: Floats


def none(x: Floats) -> Treatment:
    """The values as they are."""
    return _as_it_is(x)


def winsorise(x: Floats, *, skew: float, kurtosis: float, max: int, then: str, then_on: str) -> Treatment:
    """Pull the furthest values in, one after the other, while an indicator is both skewed and peaked.

    An indicator passes if |G1| < skew or G2 < kurtosis (a constant one can't be tested, and passes).
    Otherwise, if G1 >= 0, all values at the maximum take the largest value below it, else all at the minimum
    the smallest value above it; until it passes or `max` values have been changed (tied ones move together,
    so that there can be more). No step is made that would leave one value for all.

    If it still fails, `then` follows, on the `untreated` or the `winsorised` values: `log` is
    ln(x - min + 0.01 (max - min)), `signed-log` the same where G1 > 0, else -ln(max + 0.01 (max - min) - x).
    Source: Becker and others 2022, COINr, doi:10.21105/joss.04567; OECD/JRC Handbook 2008, step 5.

    >>> found = winsorise(np.array([[1.0, 2.0, 3.0, 4.0, 5.0, 60.0]]), skew=2, kurtosis=3.5, max=5,
    ...                   then="none", then_on="untreated")
    >>> bent(found.curve, np.array([[60.0, 4.0]])).tolist(), found.points.tolist()
    ([[5.0, 4.0]], [1])
    """
    found = _as_it_is(x)
    fails = _fails(found.moments[0], skew, kurtosis)
    active = np.flatnonzero(fails & (max > 0))
    now = found.moments[0].copy()
    while len(active):
        moved = [_pull_in(x[i], found.curve[i], now[0, i] >= 0) for i in active]
        for i, points in zip(active, moved, strict=True):
            found.points[i] = points if points else found.points[i]
        stuck = np.array([points == 0 for points in moved])
        at = active[~stuck]
        now[:, at] = moments(limited(found.curve[at], x[at]))
        passed = ~_fails(now[:, active], skew, kurtosis)
        fails[active] = ~passed
        active = active[~passed & ~stuck & (found.points[active] < max)]
    touched = found.points > 0
    found.moments[1][:, touched] = now[:, touched]
    found.moments[2] = now
    second = np.flatnonzero(fails)
    if then != "none" and len(second):
        _take_logs(x, found, second, mirrored=then == "signed-log", from_start=then_on == "untreated")
    return found


def cap(x: Floats, *, low: float | None, high: float | None) -> Treatment:
    """No value below `low` or above `high`, both in the units of the indicator.

    >>> bent(cap(np.array([[1.0, 2.0, 9.0]]), low=None, high=5).curve, np.array([[1.0, 9.0]])).tolist()
    [[1.0, 5.0]]
    """
    found = _as_it_is(x)
    found.curve[:, 0] = -np.inf if low is None else low
    found.curve[:, 1] = np.inf if high is None else high
    found.points[:] = (x < found.curve[:, :1]).sum(axis=1) + (x > found.curve[:, 1:2]).sum(axis=1)
    return _finished(x, found)


def log(x: Floats) -> Treatment:
    """ln x, for values above 0."""
    return _bend_all(x, "log")


def sqrt(x: Floats) -> Treatment:
    """The square root, for values of 0 or more."""
    return _bend_all(x, "sqrt")


def cube_root(x: Floats) -> Treatment:
    """The cube root, which keeps the sign.

    >>> bent(cube_root(np.array([[-8.0, 27.0]])).curve, np.array([[-8.0, 27.0]])).round(12).tolist()
    [[-2.0, 3.0]]
    """
    return _bend_all(x, "cube-root")


def box_cox(x: Floats) -> Treatment:
    """(x^p - 1) / p, ln x at p = 0, for values above 0; p from -5 to 5 with the largest likelihood.

    Source: Box and Cox 1964, doi:10.1111/j.2517-6161.1964.tb00553.x.
    """
    logs = np.log(np.where(x > 0, x, np.nan))
    centred = logs - _mean(logs)[:, None]

    def likelihood(p: Floats) -> Floats:
        return np.asarray(-np.log(_variance(_power(centred, p))), dtype=np.float64)

    return _with_power(x, "box-cox", likelihood)


def yeo_johnson(x: Floats) -> Treatment:
    """Box-Cox of x + 1 for x >= 0, and -((1 - x)^(2 - p) - 1) / (2 - p) below; values of any sign.

    p from -5 to 5 with the largest likelihood. Source: Yeo and Johnson 2000, doi:10.1093/biomet/87.4.954.
    """
    stretch = _mean(np.sign(x) * np.log1p(np.abs(x)))

    def likelihood(p: Floats) -> Floats:
        bent = _yeo_johnson(x, p[:, None])
        found: Floats = -0.5 * np.log(_variance(bent)) + (p - 1.0) * stretch
        return found

    return _with_power(x, "yeo-johnson", likelihood)


def as_fitted(x: Floats, curve: Floats) -> Treatment:
    """The treatment with curves (indicators, 5) that were fitted on other values.

    >>> curve = np.array([[-np.inf, 5.0, 0.0, 0.0, 0.0]])  # nothing above 5
    >>> as_fitted(np.array([[1.0, 2.0, 60.0, 70.0]]), curve).points.tolist()
    [2]
    """
    found = _as_it_is(x)
    found.curve[:] = curve
    found.points[:] = (x < curve[:, :1]).sum(axis=1) + (x > curve[:, 1:2]).sum(axis=1)
    drawn = found.points > 0
    if drawn.any():
        found.moments[1][:, drawn] = moments(limited(curve[drawn], x[drawn]))
    return _finished(x, found)


METHODS: Final[dict[str, Callable[..., Treatment]]] = {
    "none": none,
    "winsorise": winsorise,
    "cap": cap,
    "log": log,
    "sqrt": sqrt,
    "cube-root": cube_root,
    "box-cox": box_cox,
    "yeo-johnson": yeo_johnson,
}


def limited(curve: Floats, x: Floats) -> Floats:
    """Values (indicators, ...) drawn in to the limits of their curves."""
    ends = curve[(slice(None), slice(0, 2), *(None,) * (x.ndim - 1))]
    held: Floats = np.clip(x, ends[:, 0], ends[:, 1])
    return held


def bent(curve: Floats, x: Floats) -> Floats:
    """Values (indicators, ...) put on their curves; nan or infinite where a bend can't take one."""
    y = limited(curve, x)
    for code in np.unique(curve[:, 2]):
        rows = np.flatnonzero(curve[:, 2] == code)
        a, b = (curve[rows, k].reshape(-1, *(1,) * (x.ndim - 1)) for k in (3, 4))
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            y[rows] = _bend(BENDS[int(code)], y[rows], a, b)
    return y


def _bend(name: str, x: Floats, a: Floats, b: Floats) -> Floats:
    bent: Floats
    match name:
        case "log":
            bent = np.log(x - a + b)
        case "mirrored-log":
            bent = -np.log(a - x + b)
        case "sqrt":
            bent = np.sqrt(x)
        case "cube-root":
            bent = np.cbrt(x)
        case "box-cox":
            logs = np.log(np.where(x > 0, x, np.nan))  # not 0 either, on which no power is fitted
            bent = np.where(a == 0, logs, np.expm1(a * logs) / np.where(a == 0, 1.0, a))
        case "yeo-johnson":
            bent = _yeo_johnson(x, a)
        case _:
            bent = x
    return bent


def _as_it_is(x: Floats) -> Treatment:
    curve = np.tile([-np.inf, np.inf, 0.0, 0.0, 0.0], (len(x), 1))
    held = np.full((3, 2, len(x)), np.nan)
    held[0] = moments(x)
    held[2] = held[0]
    return Treatment(curve, np.zeros(len(x), dtype=np.intp), held)


def _finished(x: Floats, found: Treatment) -> Treatment:
    found.moments[2] = moments(_finite(bent(found.curve, x)))
    return found


def _finite(x: Floats) -> Floats:
    return np.where(np.isfinite(x), x, np.nan)


def _fails(held: Floats, skew: float, kurtosis: float) -> Flags:
    with np.errstate(invalid="ignore"):
        fails: Flags = (np.abs(held[0]) >= skew) & (held[1] >= kurtosis)
    return fails


def _pull_in(row: Floats, curve: Floats, from_above: bool) -> int:
    """Move one limit of a curve to the next value; how many values lie beyond both now, 0 if it can't."""
    values = row[: np.searchsorted(row, np.inf, side="right")]
    values = values[~np.isnan(values)]
    least, most = max(values[0], curve[0]), min(values[-1], curve[1])
    if from_above:
        limit = values[np.searchsorted(values, most, side="left") - 1]
    else:
        limit = values[np.searchsorted(values, least, side="right")]
    if not (least < limit < most):
        return 0
    curve[1 if from_above else 0] = limit
    below = np.searchsorted(values, curve[0], side="left")
    return int(below + len(values) - np.searchsorted(values, curve[1], side="right"))


def _take_logs(x: Floats, found: Treatment, rows: Positions, *, mirrored: bool,
               from_start: bool) -> None:  # fmt: skip
    if from_start:
        found.curve[rows, 0], found.curve[rows, 1], found.points[rows] = -np.inf, np.inf, 0
    given = limited(found.curve[rows], x[rows])
    low, high = np.nanmin(given, axis=1), np.nanmax(given, axis=1)
    turned = mirrored & (moments(given)[0] <= 0)
    found.curve[rows, 2] = np.where(turned, BENDS.index("mirrored-log"), BENDS.index("log"))
    found.curve[rows, 3] = np.where(turned, high, low)
    found.curve[rows, 4] = _STEP * (high - low)
    found.moments[2][:, rows] = moments(bent(found.curve[rows], x[rows]))


def _bend_all(x: Floats, bend: str) -> Treatment:
    found = _as_it_is(x)
    found.curve[:, 2] = BENDS.index(bend)
    return _finished(x, found)


def _with_power(x: Floats, bend: str, likelihood: Callable[[Floats], Floats]) -> Treatment:
    found = _as_it_is(x)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        power = peak(likelihood, len(x), POWERS)
    varied = ~constant(x)  # one value for all is left alone
    found.curve[varied, 2], found.curve[varied, 3] = BENDS.index(bend), power[varied]
    return _finished(x, found)


def _mean(x: Floats) -> Floats:
    known = ~np.isnan(x)
    mean: Floats = np.where(known, x, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return mean


def _variance(x: Floats) -> Floats:
    return _mean((x - _mean(x)[:, None]) ** 2)


def _power(logs: Floats, p: Floats) -> Floats:
    """(e^(p l) - 1) / p, and l at p = 0."""
    by_row = p[:, None]
    return np.where(by_row == 0, logs, np.expm1(by_row * logs) / np.where(by_row == 0, 1.0, by_row))


def _yeo_johnson(x: Floats, p: Floats) -> Floats:
    up, down = np.log1p(np.maximum(x, 0.0)), np.log1p(np.maximum(-x, 0.0))
    q = 2.0 - p
    above = np.where(p == 0, up, np.expm1(p * up) / np.where(p == 0, 1.0, p))
    below = -np.where(q == 0, down, np.expm1(q * down) / np.where(q == 0, 1.0, q))
    return np.where(np.isnan(x), np.nan, np.where(x >= 0, above, below))
