"""How far the order of two areas hangs on the weights of their parts.

A power mean of parts keeps its order under the sum of w_i d_i, with d_i = f(a_i) - f(b_i) and f the bend of
the mean (x^p, ln x); so both questions here are about a linear function of weights that sum to one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commonweal.arrays import Floats


def share_above(lead: Floats) -> float:
    """The share of all weightings (w >= 0, sum w = 1, each as likely) in which sum w_i lead_i > 0.

    The volume of a simplex on one side of a plane, exactly: with y > 0 and x <= 0 the leads,
    A_0 = 1 and A_1 ... A_K = 0; for each x, for k = 1 ... K: A_k becomes (y_k A_k - x A_(k-1)) / (y_k - x);
    A_K is the share on the side of x. Source: Varsi 1973, Pacific J. Math. 46, 303-314, in the form of Ali
    1973, Pacific J. Math. 48, 313-322 (both used in Cales et al. 2018, doi:10.4230/LIPIcs.SoCG.2018.19).

    >>> [share_above(np.array(lead)) for lead in ([1.0, -1.0], [3.0, -1.0], [2.0, 1.0])]
    [0.5, 0.75, 1.0]
    """
    above, below = lead[lead > 0], lead[lead <= 0]
    if not len(above):
        return 0.0
    if not len(below):
        return 1.0
    share = np.zeros(len(above) + 1)
    share[0] = 1.0
    for x in below:
        for k, y in enumerate(above, 1):
            share[k] = (y * share[k] - x * share[k - 1]) / (y - x)
    return float(1.0 - share[-1])


@dataclass(frozen=True, slots=True, eq=False)
class Swap:
    """The nearest weights that make two areas equal, and how much weight moves on the way to them."""

    weights: Floats
    moved: float


def smallest_swap(lead: Floats, weights: Floats) -> Swap | None:
    """The smallest change of weights that makes sum w_i lead_i zero; None where no weighting does.

    Minimises sum |w'_i - w_i| / 2 (the weight moved) so that sum w'_i lead_i = 0, w' >= 0, sum w' = sum w.
    The optimum of this linear programme moves weight from the largest leads to the smallest one.

    >>> swap = smallest_swap(np.array([10.0, -10.0]), np.array([0.7, 0.3]))
    >>> swap.weights.round(12).tolist(), round(swap.moved, 12)
    ([0.5, 0.5], 0.2)
    """
    ahead = float(weights @ lead)
    if ahead < 0:
        return smallest_swap(-lead, weights)
    target = int(np.argmin(lead))
    if ahead == 0:
        return Swap(weights.copy(), 0.0)
    if lead[target] > 0:
        return None
    changed, moved = weights.astype(float).copy(), 0.0
    for giver in np.argsort(-lead, kind="stable"):
        gain = lead[giver] - lead[target]
        if gain <= 0:
            break
        step = min(changed[giver], ahead / gain)
        changed[giver] -= step
        changed[target] += step
        moved += float(step)
        ahead -= step * gain
        if ahead <= 1e-15 * abs(lead).max():
            return Swap(changed, moved)
    return Swap(changed, moved) if lead[target] == 0 else None
