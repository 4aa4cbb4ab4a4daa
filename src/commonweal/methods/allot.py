"""Allot a budget so that a concave function is largest, or find the least budget that reaches so much.

The allotment maximises F(g) over 0 <= g <= room with sum g = budget. F is concave and never falls, so what is
found is the best there is, and how far it may be off is known: for any allotment h the gain F(h) - F(g) is at
most slope(g) (h - g), and the largest of these is had by filling where the slope is largest first.

Any number of such questions are answered at once, each a case of its own: what has (cases, n) in its shape.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from commonweal.arrays import Flags, Floats, Positions

#: F (cases,) with its slopes (cases, n) and curvatures (cases, n, n), of allotments (cases, n) in some cases.
Concave = Callable[[Floats, Positions], tuple[Floats, Floats, Floats]]
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


def most(of: Concave, room: Floats, budget: Floats) -> Floats:
    """The allotments (cases, n) of budgets (cases,) under which a concave function is largest.

    A primal-dual interior-point method: Newton's steps on the conditions of an optimum, with a barrier at
    both ends of each room that falls until the bound on what is lost (see above) is nothing.
    Source: Boyd and Vandenberghe, Convex Optimization (2004), section 11.7.

    >>> def two(g, cases):  # ln(1 + a) + ln(3 + b): both end up as high as one another
    ...     x = g + [1.0, 3.0]
    ...     return np.log(x).sum(axis=1), 1 / x, np.eye(2) * (-1 / x**2)[:, None]
    >>> most(two, np.full((2, 2), 10.0), np.array([4.0, 20.0])).round(6).tolist()
    [[3.0, 1.0], [10.0, 10.0]]
    """
    whole = room.sum(axis=1)
    found = np.where((budget >= whole)[:, None], room, 0.0)
    cases = np.flatnonzero((budget > 0.0) & (budget < whole))
    if len(cases):
        now = _begun(of, cases, room[cases], budget[cases])
        for _ in range(_ROUNDS):
            lost = loss(now.slope, now.gains, now.room, now.budget)
            done = lost <= _NEAR * np.maximum(np.abs(now.value), 1.0)
            if done.any():
                found[now.cases[done]] = now.gains[done]
                now = now.only(~done)
            if not len(now.cases):
                break
            now = _step(of, now)
        found[now.cases] = now.gains
        found[cases] = _tidy(found[cases], room[cases], budget[cases])
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Inside:
    """Where the method stands: allotments inside their rooms, the prices of both ends and of the budget."""

    cases: Positions
    room: Floats
    budget: Floats
    free: Flags
    gains: Floats
    low: Floats
    high: Floats
    price: Floats
    value: Floats
    slope: Floats
    curve: Floats

    def only(self, kept: Flags) -> _Inside:
        """Some of the cases."""
        return _Inside(*(getattr(self, name)[kept] for name in self.__slots__))

    def looked_at(self, of: Concave) -> _Inside:
        """The same with what F is there; where there is no room its slope is nothing."""
        value, slope, curve = of(self.gains, self.cases)
        both = self.free[:, :, None] & self.free[:, None]
        return replace(
            self, value=value, slope=np.where(self.free, slope, 0.0), curve=np.where(both, curve, 0.0)
        )


def _begun(of: Concave, cases: Positions, room: Floats, budget: Floats) -> _Inside:
    gains = room * (budget / room.sum(axis=1))[:, None]
    none = np.empty(len(cases))
    now = _Inside(cases, room, budget, room > 0, gains, room, room, none, none, room, none).looked_at(of)
    size = np.maximum(now.slope.max(axis=1), 1e-300)
    prices = np.where(now.free, size[:, None], 0.0)
    return replace(now, low=prices, high=prices, price=size)


def _step(of: Concave, now: _Inside) -> _Inside:
    """One of Newton's steps; what has no room stays where it is."""
    free, gains, low, high = now.free, np.where(now.free, now.gains, 1.0), now.low, now.high
    left = np.where(free, now.room - now.gains, 1.0)
    target = (_FALL * ((low * gains).sum(axis=1) + (high * left).sum(axis=1)) / (2 * free.sum(axis=1)))[
        :, None
    ]
    stiff = -now.curve
    diagonal = np.arange(gains.shape[1])
    stiff[:, diagonal, diagonal] += np.where(free, low / gains + high / left, 1.0)
    pull = np.where(free, now.slope - now.price[:, None] + target / gains - target / left, 0.0)
    along, across = np.moveaxis(np.linalg.solve(stiff, np.stack([pull, free * 1.0], axis=2)), 2, 0)
    price_step = along.sum(axis=1) / across.sum(axis=1)
    step = along - price_step[:, None] * across
    low_step = np.where(free, target / gains - low - low / gains * step, 0.0)
    high_step = np.where(free, target / left - high + high / left * step, 0.0)
    ends = ((gains, step), (left, -step), (low, low_step), (high, high_step))
    length = np.min([_reach(x, by) for x, by in ends], axis=0)
    far = length[:, None]
    moved = replace(
        now, gains=now.gains + far * step, price=now.price + length * price_step,
        low=low + far * low_step, high=high + far * high_step,
    )  # fmt: skip
    return moved.looked_at(of)


def _tidy(gains: Floats, room: Floats, budget: Floats) -> Floats:
    """The same without crumbs: what is all but nothing, or all but the whole room, is so."""
    crumb = _CRUMB * np.maximum(room.max(axis=1), 1e-300)[:, None]
    tidy = np.where(gains < crumb, 0.0, np.where(room - gains < crumb, room, gains))
    over = budget - tidy.sum(axis=1)
    rows = np.arange(len(tidy))
    k = np.argmax(np.where(over[:, None] > 0, room - tidy, tidy), axis=1)
    tidy[rows, k] = np.clip(tidy[rows, k] + over, 0.0, room[rows, k])
    return tidy


def _reach(x: Floats, step: Floats) -> Floats:
    """How long a step (cases,) may be that keeps everything above 0: at most whole."""
    falling = step < 0
    ends = np.divide(-x, step, out=np.full_like(x, np.inf), where=falling).min(axis=1)
    reach: Floats = np.minimum(1.0, _SHORT * ends)
    return reach


def loss(slope: Floats, gains: Floats, room: Floats, budget: Floats) -> Floats:
    """The most (cases,) that any other allotment of the budget could be better: 0 at the best.

    >>> slope, gains, room = np.array([[2.0, 1.0]]), np.array([[0.0, 3.0]]), np.array([[5.0, 5.0]])
    >>> loss(slope, gains, room, np.array([3.0])).tolist()
    [3.0]
    """
    lost: Floats = (slope * (fill(slope, room, budget) - gains)).sum(axis=1)
    return lost


def fill(worth: Floats, room: Floats, budget: Floats) -> Floats:
    """Fill what is worth most first, ties in order, until the budget is used.

    >>> fill(np.array([[1.0, 3.0, 3.0]]), np.array([[5.0, 2.0, 2.0]]), np.array([3.0])).tolist()
    [[0.0, 2.0, 1.0]]
    """
    order = np.argsort(-worth, axis=1, kind="stable")
    ordered = np.take_along_axis(room, order, 1)
    before = np.cumsum(ordered, axis=1) - ordered
    filled = np.zeros_like(room)
    np.put_along_axis(filled, order, np.clip(budget[:, None] - before, 0.0, ordered), 1)
    return filled


def least(of: Concave, room: Floats, enough: float, case: int = 0) -> Floats:
    """The allotment (n,) of the least budget under which a concave function is `enough`, in one case.

    The most that a budget reaches is itself concave in the budget: it lies below its tangents and above its
    chords, so a tangent reaches `enough` at a budget that is too small and a chord at one that is large
    enough. Both close in on the least, and halving keeps them from stalling. `enough` must be within reach
    of `room`.

    >>> def two(g, cases):
    ...     x = g + [1.0, 3.0]
    ...     return np.log(x).sum(axis=1), 1 / x, np.eye(2) * (-1 / x**2)[:, None]
    >>> least(two, np.array([10.0, 10.0]), float(np.log(16.0))).round(6).tolist()
    [3.0, 1.0]
    """
    free = room > 0

    def at(gains: Floats) -> tuple[float, Floats]:
        value, slope, _ = of(gains[None], np.array([case]))
        return float(value[0]), np.where(free, slope[0], 0.0)

    def this(gains: Floats, cases: Positions) -> tuple[Floats, Floats, Floats]:
        return of(gains, np.full_like(cases, case))

    small, large = (0.0, at(np.zeros_like(room))[0]), (float(room.sum()), at(room)[0])
    if small[1] >= enough:
        return np.zeros_like(room)
    near = _REACHED * max(abs(enough), 1.0)
    gains, tangent = room.copy(), 0.0
    for turn in range(_ROUNDS):
        if large[0] - small[0] <= near:
            break
        budget = _between(small, large, enough, tangent, turn)
        found = most(this, room[None], np.array([budget]))[0]
        value, slope = at(found)
        if value >= enough - near:
            gains, large = found, (budget, value)
            if value <= enough + near:
                break
        else:
            small = (budget, value)
        price = _price(slope, room, budget)
        tangent = budget + (enough - value) / price if price > 0 else small[0]
    return _topped_up(lambda g: at(g)[0], room, gains, enough)


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


def _topped_up(of: Callable[[Floats], float], room: Floats, gains: Floats, enough: float) -> Floats:
    """The same, a hair higher where the last digits fall short."""
    hair = 1e-15
    while of(gains) < enough and hair < 1.0:
        gains = np.where(gains > 0, gains + hair * (room - gains), 0.0)
        hair *= 4.0
    return gains
