"""A tower of power means, with its slope and curvature in some of what stands at its foot.

A power mean with p <= 1 is concave and never falls as a child rises (Hardy, Littlewood and Polya,
Inequalities, chapter 3), and a concave rising function of concave ones is concave: so is the whole tower.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from commonweal.arrays import Flags, Floats, Positions


@dataclass(frozen=True, slots=True, eq=False)
class Storey:
    """One mean: where its parent and its children stand, its exponent, and shares of 1 (cases, children)."""

    parent: int
    children: Positions
    p: float
    shares: Floats


class Height(NamedTuple):
    """The top's scores (cases,), their slopes (cases, feet) and curvatures (cases, feet, feet)."""

    score: Floats
    slope: Floats
    curvature: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Tower:
    """Means on means, each child before its parent, in any number of cases that differ in scores and shares.

    `scores` (cases, nodes) are those of everything as it stands, `feet` says which nodes vary, and `still`
    (cases, nodes) which count as they stand whatever happens below. What varies has no floor under it.
    """

    storeys: tuple[Storey, ...]
    scores: Floats
    feet: Positions
    still: Flags
    top: int

    def at(self, feet: Floats, cases: Positions) -> Height:
        """The top in some cases, for scores of the feet (cases, feet).

        With e_i = w_i (M / x_i)^(1-p), the points that a mean gains for one of child i:
        slope g = sum e_i g_i, curvature H = sum e_i H_i + (1-p) (g g' / M - sum e_i g_i g_i' / x_i).

        >>> mean = Storey(2, np.array([0, 1]), 0.0, np.array([[0.5, 0.5]]))
        >>> still = np.zeros((1, 3), dtype=bool)
        >>> tower = Tower((mean,), np.array([[4.0, 9.0, 6.0]]), np.array([0]), still, 2)
        >>> [part.round(9).tolist() for part in tower.at(np.array([[4.0]]), np.array([0]))]
        [[6.0], [[0.75]], [[[-0.09375]]]]
        """
        still = self.still[cases]
        scores = self.scores[cases]
        scores[:, self.feet] = np.where(still[:, self.feet], scores[:, self.feet], feet)
        one, flat = np.ones((len(cases), 1)), np.zeros((len(cases), 1, 1))
        parts = {int(node): _Part(np.array([k]), one, flat) for k, node in enumerate(self.feet)}
        for storey in self.storeys:
            x, shares = scores[:, storey.children], storey.shares[cases]
            mean = _mean(np.where(shares > 0, x, 1.0), shares, storey.p)
            scores[:, storey.parent] = np.where(still[:, storey.parent], scores[:, storey.parent], mean)
            moving = [k for k, child in enumerate(storey.children.tolist()) if child in parts]
            if moving:
                below = [parts[int(storey.children[k])] for k in moving]
                stuck = still[:, storey.children[moving]] | (shares[:, moving] == 0)
                parts[storey.parent] = _raised(
                    storey.p,
                    mean,
                    np.where(stuck, 1.0, x[:, moving]),
                    np.where(stuck, 0.0, shares[:, moving]),
                    below,
                )
        slope, curvature = np.zeros(feet.shape), np.zeros((*feet.shape, feet.shape[1]))
        if self.top in parts:
            columns, own, bend = parts[self.top]
            slope[:, columns] = own
            curvature[:, columns[:, None], columns] = bend
        return Height(scores[:, self.top], slope, curvature)


class _Part(NamedTuple):
    """A node's slope (cases, columns) and curvature (cases, columns, columns) in the feet below it."""

    columns: Positions
    slope: Floats
    curvature: Floats


def _raised(p: float, mean: Floats, x: Floats, shares: Floats, below: list[_Part]) -> _Part:
    """A mean's slope and curvature from those of the children that move, by the formulas of `Tower.at`."""
    columns = np.concatenate([part.columns for part in below])
    bend = np.zeros((len(mean), len(columns), len(columns)))
    # at a score of 0 a slope has no end; only the top's score is of use there
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        worth = shares if p == 1.0 else shares * (mean[:, None] / x) ** (1.0 - p)
        slope = np.concatenate([worth[:, k, None] * part.slope for k, part in enumerate(below)], axis=1)
        start = 0
        for k, part in enumerate(below):
            own = slice(start, start + len(part.columns))
            bend[:, own, own] = worth[:, k, None, None] * part.curvature
            if p != 1.0:
                each = ((1.0 - p) * worth[:, k] / x[:, k])[:, None] * part.slope
                bend[:, own, own] -= each[:, :, None] * part.slope[:, None]
            start = own.stop
        if p != 1.0:
            bend += ((1.0 - p) / mean)[:, None, None] * (slope[:, :, None] * slope[:, None])
    return _Part(columns, slope, bend)


def _mean(x: Floats, shares: Floats, p: float) -> Floats:
    """Power means (cases,) of children (cases, children)."""
    if p == 1.0:
        mean: Floats = (shares * x).sum(axis=1)
        return mean
    with np.errstate(divide="ignore"):
        bent = np.log(x) if p == 0.0 else x**p
        # a share of 0 takes nothing, not even of something without end
        whole = np.where(shares > 0, shares * bent, 0.0).sum(axis=1)
        found: Floats = np.exp(whole) if p == 0.0 else whole ** (1.0 / p)
    return found
