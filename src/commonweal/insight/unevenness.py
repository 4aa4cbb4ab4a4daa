"""The cost of unevenness: what a place loses because its scores are far apart.

A mean M_p with p < 1 lies below the plain mean A of the same scores. The difference is
A - M = sum w_i [(x_i - M) - (f(x_i) - f(M)) M^(1-p)], each term at least 0. Through a tree it is the node's
own difference plus each child's, times the child's share.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from commonweal.arrays import Array
from commonweal.insight.forming import Forming, bend, formings, shares
from commonweal.model.edition import UNEVENNESS, Scoring


def unevenness(scoring: Scoring) -> pl.DataFrame:
    """The cost of unevenness of every parent that can have one, with the parts it is made of.

    For each period, area and `node`: a row whose `part` is the node itself, the points lost between its
    own children; and a row for each child that has a cost, the child's whole cost times its share. They
    add up to the node's cost. Nodes with arithmetic means throughout have no rows, nor have those that are
    formed in another way than by a power mean, or have such a node below: there is no exact cost.
    Columns of `UNEVENNESS`.
    """
    shape = scoring.scores.shape
    cost = np.zeros(shape)
    uneven = np.zeros(shape[2], dtype=bool)
    pieces: list[tuple[int, int, Array]] = []
    inexact: set[int] = set()
    for form in formings(scoring):
        if not form.exact or inexact & set(form.children.tolist()):
            inexact.add(form.node)
            continue
        share = shares(scoring.scores[:, :, form.children], scoring.child_weights[form.id])
        parts: list[tuple[int, Array]] = []
        if form.p != 1:
            parts.append((form.node, own_cost(scoring, form, share).sum(axis=-1)))
        for k, child in enumerate(form.children):
            if uneven[child]:
                parts.append((int(child), share[:, :, k] * np.nan_to_num(cost[:, :, child])))
        if parts:
            uneven[form.node] = True
            cost[:, :, form.node] = sum(points for _, points in parts)
            pieces += [(form.node, part, points) for part, points in parts]
    return _frame(scoring, pieces)


def own_cost(scoring: Scoring, form: Forming, share: Array) -> Array:
    """What each child adds to the points lost between a node's children, shape (periods, areas, children)."""
    x, mean = form.lifted(scoring.scores[:, :, form.children]), scoring.scores[:, :, form.node, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        bent = (bend(x, form.p) - bend(mean, form.p)) * mean ** (1 - form.p)
        # where the mean is 0 (p > 0) every child is 0 too
        terms = share * ((x - mean) - np.where(mean == 0, 0.0, bent))
    return np.where(share > 0, terms, 0.0)


def _frame(scoring: Scoring, pieces: list[tuple[int, int, Array]]) -> pl.DataFrame:
    if not pieces:
        return pl.DataFrame(schema=UNEVENNESS)
    order = sorted(
        range(len(pieces)), key=lambda i: (pieces[i][0], pieces[i][1] != pieces[i][0], pieces[i][1])
    )
    nodes = np.array([pieces[i][0] for i in order])
    parts = np.array([pieces[i][1] for i in order])
    points = np.stack([pieces[i][2] for i in order], axis=-1)
    p, a, k = np.nonzero(np.isfinite(scoring.scores[:, :, nodes]))
    ids = pl.Series([node.id for node in scoring.framework])
    return pl.DataFrame(
        {
            "period": pl.Series([q.label for q in scoring.periods]).gather(p),
            "area": pl.Series(scoring.areas).gather(a),
            "node": ids.gather(nodes[k]),
            "part": ids.gather(parts[k]),
            "points": points[p, a, k],
        },
        schema=UNEVENNESS,
    )
