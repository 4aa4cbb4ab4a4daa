"""How much a figure has changed, with an interval from those of the two figures."""

from __future__ import annotations

import numpy as np

from commonweal.arrays import Floats


def difference(
    first: Floats, first_limits: Floats, last: Floats, last_limits: Floats
) -> tuple[Floats, Floats]:
    """last - first, shape (...,), and its 95 % limits, shape (..., 2), of two independent figures.

    lower = d - sqrt((y - ly)^2 + (ux - x)^2), upper = d + sqrt((uy - y)^2 + (x - lx)^2), with x the first and
    y the last figure, l and u their limits. Unlike the delta method it keeps the lopsidedness of their
    intervals, and it needs nothing but those.

    Source: Zou and Donner 2008, doi:10.1002/sim.3095.

    >>> ends = np.array([[7.0, 14.0]]), np.array([[12.0, 19.0]])
    >>> change, limits = difference(np.array([10.0]), ends[0], np.array([15.0]), ends[1])
    >>> change.tolist(), limits.tolist()
    ([5.0], [[0.0, 10.0]])
    """
    (lx, ux), (ly, uy) = np.moveaxis(first_limits, -1, 0), np.moveaxis(last_limits, -1, 0)
    moved = last - first
    lower = moved - np.hypot(last - ly, ux - first)
    upper = moved + np.hypot(uy - last, first - lx)
    return moved, np.stack([lower, upper], axis=-1)


def percent(first: Floats, first_limits: Floats, last: Floats, last_limits: Floats) -> tuple[Floats, Floats]:
    """100 (last / first - 1), shape (...,), and its 95 % limits, shape (..., 2), of two independent figures.

    The ratio r lies where last - r first may be 0: with x the first and y the last figure, l and u limits,
    lower = (xy - sqrt((xy)^2 - ly (2y - ly) ux (2x - ux))) / (ux (2x - ux)) and
    upper = (xy + sqrt((xy)^2 - uy (2y - uy) lx (2x - lx))) / (lx (2x - lx)).
    From nothing there is no percentage (nan). Where the first figure may well be 0 there is no upper limit;
    where it may be twice itself the lower one is -100, for a last figure that can't be negative.

    Source: Donner and Zou 2012, doi:10.1177/0962280210383082.

    >>> ends = np.array([[90.0, 111.0]]), np.array([[135.0, 166.0]])
    >>> change, limits = percent(np.array([100.0]), ends[0], np.array([150.0]), ends[1])
    >>> change.tolist(), limits.round(1).tolist()
    ([50.0], [[29.3, 73.6]])
    """
    (lx, ux), (ly, uy) = np.moveaxis(first_limits, -1, 0), np.moveaxis(last_limits, -1, 0)
    x = np.where(first > 0, first, np.nan)
    ratio = last / x

    def end(own: Floats, other: Floats, sign: int) -> Floats:
        below = other * (2 * x - other)
        below = np.where(below > 0, below, np.nan)
        root = np.sqrt(np.maximum((x * last) ** 2 - own * (2 * last - own) * below, 0.0))
        found: Floats = (x * last + sign * root) / below
        return found

    lower = np.where((ux >= 2 * x) & (ly >= 0), 0.0, end(ly, ux, -1))
    limits = np.stack([lower, end(uy, lx, 1)], axis=-1)
    return 100 * (ratio - 1), 100 * (limits - 1)
