"""The indicators in which one area stands best and worst among all."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Floats
from commonweal.methods.rank import rank
from commonweal.model.framework import Framework

STRENGTHS: Final = {
    "kind": pl.String, "indicator": pl.String, "parent": pl.String, "rank": pl.Int64, "value": pl.Float64,
}  # fmt: skip


def strengths(
    x: Floats, framework: Framework, area: int, count: int = 5, distinct: float = 0.2
) -> pl.DataFrame:
    """The `count` best and worst ranks of one area among the indicators of `x` (areas, indicators).

    Values are in their own units, ranked with their direction. Left out: indicators with too few different
    values (gaps count as one value) for a rank to mean much, at most the share `distinct` of areas; and those
    where the area holds the last rank there is. Equal ranks stand by parent, then as in the framework.
    """
    nodes = framework.indicators
    direction = np.array([float(node.direction or 1) for node in nodes])
    ranks, _ = rank((x * direction).T)
    few = np.array([len(np.unique(column)) <= distinct * len(x) for column in x.T])
    kept = ~few & (ranks[:, area] > 0) & (ranks[:, area] < ranks.max(axis=1))
    order = sorted(np.flatnonzero(kept), key=lambda i: (ranks[i, area], nodes[i].parent, i))
    picked = [("strength", i) for i in order[:count]]
    picked += [("weakness", i) for i in order[max(count, len(order) - count) :]]
    rows = [
        (kind, nodes[i].id, nodes[i].parent, int(ranks[i, area]), float(x[area, i])) for kind, i in picked
    ]
    return pl.DataFrame(rows, schema=STRENGTHS, orient="row")
