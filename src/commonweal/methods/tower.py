"""A tower of power means, with its slope and curvature in some of what stands at its foot.

A power mean with p <= 1 is concave and never falls as a child rises (Hardy, Littlewood and Polya,
Inequalities, chapter 3), and a concave rising function of concave ones is concave: so is the whole tower.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commonweal.methods import Floats, Positions


@dataclass(frozen=True, slots=True, eq=False)
class Storey:
    """One mean: where its parent and its children stand, its exponent, and the shares (children,) of 1."""

    parent: int
    children: Positions
    p: float
    shares: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Tower:
    """Means on means, each child before its parent; the last storey is the top.

    `scores` (nodes,) are those of everything as it stands, and `feet` says which of them vary. What varies
    has no floor under it.
    """

    storeys: tuple[Storey, ...]
    scores: Floats
    feet: Positions

    def at(self, feet: Floats) -> tuple[float, Floats, Floats]:
        """The top's score, its slope (feet,) and its curvature (feet, feet) for scores of the feet.

        With e_i = w_i (M / x_i)^(1-p), the points that a mean gains for one of child i:
        slope g = sum e_i g_i, curvature H = sum e_i H_i + (1-p) (g g' / M - sum e_i g_i g_i' / x_i).

        >>> mean = Storey(2, np.array([0, 1]), 0.0, np.array([0.5, 0.5]))
        >>> tower = Tower((mean,), np.array([4.0, 9.0, 6.0]), np.array([0]))
        >>> top, slope, curvature = tower.at(np.array([4.0]))
        >>> round(top, 9), slope.round(9).tolist(), curvature.round(9).tolist()
        (6.0, [0.75], [[-0.09375]])
        """
        scores = self.scores.copy()
        scores[self.feet] = feet
        slopes: dict[int, Floats] = dict(zip(self.feet.tolist(), np.eye(len(self.feet)), strict=True))
        curves: dict[int, Floats] = {}
        top = -1
        for storey in self.storeys:
            top = storey.parent
            moving = [k for k, child in enumerate(storey.children.tolist()) if child in slopes]
            if not moving:
                continue
            x = scores[storey.children]
            mean = _mean(x, storey.shares, storey.p)
            scores[top] = mean
            e = storey.shares[moving]
            below = np.stack([slopes[int(storey.children[k])] for k in moving])
            bend = np.zeros((len(feet), len(feet)))
            if storey.p == 1.0:
                slope = e @ below
            else:
                # at a score of 0 a slope has no end; only the top's score is of use there
                with np.errstate(divide="ignore", invalid="ignore"):
                    e = e * (mean / x[moving]) ** (1.0 - storey.p)
                    slope = e @ below
                    part = np.outer(slope, slope) / mean - (below.T * (e / x[moving])) @ below
                    bend += (1.0 - storey.p) * part
            for k, worth in zip(moving, e, strict=True):
                child = int(storey.children[k])
                if child in curves:
                    bend += worth * curves[child]
            slopes[top], curves[top] = slope, bend
        none = np.zeros(len(feet))
        return float(scores[top]), slopes.get(top, none), curves.get(top, np.outer(none, none))


def _mean(x: Floats, shares: Floats, p: float) -> float:
    if p == 1.0:
        return float(shares @ x)
    with np.errstate(divide="ignore"):
        return float(np.exp(shares @ np.log(x)) if p == 0.0 else (shares @ x**p) ** (1.0 / p))
