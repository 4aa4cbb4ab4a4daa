"""Allot a budget so that a concave function is largest, or find the least budget that reaches so much.

The allotment maximises F(g) over 0 <= g <= room with sum g = budget. F is concave and never falls, so what is
found is the best there is, and how far it may be off is known: for any allotment h the gain F(h) - F(g) is at
most slope(g) (h - g), and the largest of these is had by filling where the slope is largest first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from commonweal.methods import Floats

#: F and, at the same place, its slope (n,) and curvature (n, n).
Concave = Callable[[Floats], tuple[float, Floats, Floats]]
#: How far from the best an allotment may be, as a share of F.
_NEAR: Final = 1e-12
#: How far from what is wanted the least budget may be, before the last digits are topped up.
_REACHED: Final = 1e-11
#: Shares of the largest room that are crumbs.
_CRUMB: Final = 1e-9
_ROUNDS: Final = 200
#: How much of the way to an edge one step may go, and how fast the barrier falls.
_SHORT: Final = 0.95
_FALL: Final = 0.15


def most(of: Concave, room: Floats, budget: float) -> Floats:
    """The allotment (n,) of a budget under which a concave function, never falling, is largest.

    A primal-dual interior-point method: Newton's steps on the conditions of an optimum, with a barrier at
    both ends of each room that falls until the bound on what is lost (see above) is nothing.
    Source: Boyd and Vandenberghe, Convex Optimization (2004), section 11.7.

    >>> def two(g):  # ln(1 + a) + ln(3 + b): both end up as high as one another
    ...     x = g + [1.0, 3.0]
    ...     return float(np.log(x).sum()), 1 / x, np.diag(-1 / x**2)
    >>> most(two, np.array([10.0, 10.0]), 4.0).round(6).tolist()
    [3.0, 1.0]
    """
    whole = float(room.sum())
    if budget <= 0.0 or budget >= whole:
        return np.zeros_like(room) if budget <= 0.0 else room.copy()
    gains = room * (budget / whole)
    value, slope, curve = of(gains)
    size = max(float(slope.max()), 1e-300)
    low, high, price = np.full_like(room, size), np.full_like(room, size), size
    for _ in range(_ROUNDS):
        if loss(slope, gains, room, budget) <= _NEAR * max(abs(value), 1.0):
            break
        left = room - gains
        target = _FALL * float(low @ gains + high @ left) / (2 * len(room))
        stiff = np.diag(low / gains + high / left) - curve
        pull = slope - price + target / gains - target / left
        along, across = np.linalg.solve(stiff, np.stack([pull, np.ones_like(room)], axis=1)).T
        price_step = float(along.sum() / across.sum())
        step = along - price_step * across
        low_step = target / gains - low - low / gains * step
        high_step = target / left - high + high / left * step
        length = min(_reach(gains, step), _reach(left, -step), _reach(low, low_step), _reach(high, high_step))
        gains, price = gains + length * step, price + length * price_step
        low, high = low + length * low_step, high + length * high_step
        value, slope, curve = of(gains)
    return _tidy(gains, room, budget)


def _tidy(gains: Floats, room: Floats, budget: float) -> Floats:
    """The same without crumbs: what is all but nothing, or all but the whole room, is so."""
    crumb = _CRUMB * max(float(room.max()), 1e-300)
    tidy = np.where(gains < crumb, 0.0, np.where(room - gains < crumb, room, gains))
    over = budget - float(tidy.sum())
    k = int(np.argmax(room - tidy if over > 0 else tidy))
    tidy[k] = min(max(tidy[k] + over, 0.0), room[k])
    return tidy


def _reach(x: Floats, step: Floats) -> float:
    """How long a step may be that keeps everything above 0: at most whole."""
    falling = step < 0
    return min(1.0, _SHORT * float((-x[falling] / step[falling]).min())) if falling.any() else 1.0


def loss(slope: Floats, gains: Floats, room: Floats, budget: float) -> float:
    """The most that any other allotment of the budget could be better: 0 at the best.

    >>> loss(np.array([2.0, 1.0]), np.array([0.0, 3.0]), np.array([5.0, 5.0]), 3.0)
    3.0
    """
    return float(slope @ (fill(slope, room, budget) - gains))


def fill(worth: Floats, room: Floats, budget: float) -> Floats:
    """Fill what is worth most first, ties in order, until the budget is used.

    >>> fill(np.array([1.0, 3.0, 3.0]), np.array([5.0, 2.0, 2.0]), 3.0).tolist()
    [0.0, 2.0, 1.0]
    """
    order = np.argsort(-worth, kind="stable")
    before = np.r_[0.0, np.cumsum(room[order])[:-1]]
    filled = np.zeros_like(room)
    filled[order] = np.clip(budget - before, 0.0, room[order])
    return filled


def least(of: Concave, room: Floats, enough: float) -> Floats:
    """The allotment (n,) of the least budget under which a concave function is `enough`.

    The most that a budget reaches is itself concave in the budget: it lies below its tangents and above its
    chords, so a tangent reaches `enough` at a budget that is too small and a chord at one that is large
    enough. Both close in on the least, and halving keeps them from stalling. `enough` must be within reach
    of `room`.

    >>> def two(g):
    ...     x = g + [1.0, 3.0]
    ...     return float(np.log(x).sum()), 1 / x, np.diag(-1 / x**2)
    >>> least(two, np.array([10.0, 10.0]), float(np.log(16.0))).round(6).tolist()
    [3.0, 1.0]
    """
    small, large = (0.0, of(np.zeros_like(room))[0]), (float(room.sum()), of(room)[0])
    if small[1] >= enough:
        return np.zeros_like(room)
    near = _REACHED * max(abs(enough), 1.0)
    gains, tangent = room.copy(), 0.0
    for turn in range(_ROUNDS):
        if large[0] - small[0] <= near:
            break
        budget = _between(small, large, enough, tangent, turn)
        found = most(of, room, budget)
        value, slope, _ = of(found)
        if value >= enough - near:
            gains, large = found, (budget, value)
            if value <= enough + near:
                break
        else:
            small = (budget, value)
        price = _price(slope, room, budget)
        tangent = budget + (enough - value) / price if price > 0 else small[0]
    return _topped_up(of, room, gains, enough)


def _between(
    small: tuple[float, float], large: tuple[float, float], enough: float, tangent: float, turn: int
) -> float:
    """The next budget to try: by turns on the last tangent, on the chord and in the middle."""
    if turn % 3 == 0 and small[0] < tangent < large[0]:
        return tangent
    if turn % 3 == 2 or large[1] <= small[1]:
        return (small[0] + large[0]) / 2
    chord = small[0] + (large[0] - small[0]) * (enough - small[1]) / (large[1] - small[1])
    return min(max(chord, small[0]), large[0])


def _price(slope: Floats, room: Floats, budget: float) -> float:
    """What one more of the budget is worth: the slope of what is being filled when it is used up."""
    order = np.argsort(-slope, kind="stable")
    reached = np.searchsorted(np.cumsum(room[order]), budget)
    return float(slope[order[min(int(reached), len(order) - 1)]])


def _topped_up(of: Concave, room: Floats, gains: Floats, enough: float) -> Floats:
    """The same, a hair higher where the last digits fall short."""
    hair = 1e-15
    while of(gains)[0] < enough and hair < 1.0:
        gains = np.where(gains > 0, gains + hair * (room - gains), 0.0)
        hair *= 4.0
    return gains
