"""The exact split of a gap between two sides into what each node of the tree makes of it.

For one parent with the power mean M_p, sides 0 and 1, f(x) = (x^p - 1)/p (ln x at p = 0),
lam = (M1 - M0)/(f(M1) - f(M0)), c = (f(M1) + f(M0))/2 and a bar for the mean of the sides:

    child on both sides    value part   lam wbar_i (f(x_i1) - f(x_i0))
                           weight part  lam (w_i1 - w_i0) (fbar_i - c)
    child on one side      lam w_i1 (f(x_i1) - c)   or   -lam w_i0 (f(x_i0) - c)

They add up to M1 - M0. A child's own split enters its parent's times (value part of i)/(x_i1 - x_i0).
That ratio is lam wbar_i / lam_p(x_i0, x_i1), which needs no division by a small difference and is right
where the sides are equal too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commonweal.arrays import Array
from commonweal.insight.forming import Forming, bend, formings, shares_of, stretch
from commonweal.model.edition import Scoring


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One side of each of K gaps: scores (K, nodes) and, by parent, the shares of its children (K, n)."""

    scores: Array
    shares: dict[int, Array]


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """What each node makes of K gaps, in points of the node at the top; arrays (K, nodes).

    `points`: of the node itself (0 where it plays no part). `gaps`: the "weights and gaps" that stay at a
    parent. `effect`: points of the top for one point of this node. `shown`: on both sides all the way
    down; `lone`: on one side only, with its parent shown. `weight`: the node's share in its parent.
    """

    points: Array
    gaps: Array
    effect: Array
    weight: Array
    shown: Array
    lone: Array


def side(scoring: Scoring, forms: tuple[Forming, ...], periods: Array, areas: Array) -> Side:
    """The side made of pairs of a period and an area (positions, shape (K,) each)."""
    return Side(
        scoring.scores[periods, areas],
        {form.node: shares_of(scoring, form, periods, areas) for form in forms},
    )


def split(scoring: Scoring, zero: tuple[Array, Array], one: tuple[Array, Array], top: int) -> Split:
    """Split the gap of node `top` from side `zero` to side `one`, each (periods, areas) of shape (K,).

    A parent that is no power mean is not opened: nothing below it is shown.
    Both sides must have a score for `top`.
    """
    forms = formings(scoring)
    before, after = side(scoring, forms, *zero), side(scoring, forms, *one)
    shape = before.scores.shape
    points, gaps, effect, weight = (np.zeros(shape) for _ in range(4))
    shown, lone = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    result = Split(points, gaps, effect, weight, shown, lone)
    result.points[:, top] = after.scores[:, top] - before.scores[:, top]
    result.effect[:, top] = 1.0
    result.weight[:, top] = 1.0
    result.shown[:, top] = True
    for form in reversed(forms):
        if form.exact and result.shown[:, form.node].any():
            _open(form, before, after, result)
    return result


def _open(form: Forming, before: Side, after: Side, into: Split) -> None:
    """Pass one parent's points on to its children."""
    x0, x1 = before.scores[:, form.children], after.scores[:, form.children]
    w0, w1 = before.shares[form.node], after.shares[form.node]
    m0, m1 = before.scores[:, form.node, None], after.scores[:, form.node, None]
    l0, l1 = form.lifted(x0), form.lifted(x1)
    f0, f1 = bend(l0, form.p), bend(l1, form.p)
    has0, has1 = np.isfinite(x0), np.isfinite(x1)
    both = has0 & has1
    weight = (w0 + w1) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        lam = stretch(m0, m1, form.p)
        middle = (bend(m0, form.p) + bend(m1, form.p)) / 2
        slope = stretch(l0, l1, form.p)
        per_point = np.where((weight > 0) & (slope > 0), lam * weight / slope, 0.0)
        # where the floor lifts a child, only the part of its change above the floor counts
        raised = np.where(x0 == x1, l0 == x0, (l1 - l0) / (x1 - x0))
        weighing = np.where(w1 == w0, 0.0, lam * (w1 - w0) * ((f0 + f1) / 2 - middle))
        arriving = np.where(w1 > 0, lam * w1 * (f1 - middle), 0.0)
        leaving = np.where(w0 > 0, -lam * w0 * (f0 - middle), 0.0)
    # both means 0: nothing is passed on (an arithmetic mean has no such corner)
    live = (m0 != 0) | (m1 != 0) | (form.p == 1)
    shown = into.shown[:, form.node, None]
    effect = into.effect[:, form.node, None]
    lone = np.where(has1 & ~has0, arriving, np.where(has0 & ~has1, leaving, 0.0))
    value = np.where(both, per_point * (l1 - l0), lone)
    into.points[:, form.children] = np.where(shown & live, effect * value, 0.0)
    into.gaps[:, form.node] = np.where(shown & live & both, effect * weighing, 0.0).sum(axis=1)
    into.effect[:, form.children] = np.where(shown & live & both, effect * per_point * raised, 0.0)
    into.weight[:, form.children] = weight
    into.shown[:, form.children] = shown & both
    into.lone[:, form.children] = shown & (has0 != has1)
