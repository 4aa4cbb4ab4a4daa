"""What each part really counts: its weight on paper beside how much of the whole moves with it."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Floats
from commonweal.insight.diagnose.correlation import pearson
from commonweal.model.edition import Scoring

#: A curve has four numbers to find; fewer areas than this would let it follow chance.
FEWEST_FOR_A_CURVE: Final = 30

INFLUENCE: Final = {
    "node": pl.String, "parent": pl.String, "weight": pl.Float64, "effective_weight": pl.Float64,
    "r": pl.Float64, "areas": pl.Int64, "linear": pl.Float64, "correlation_ratio": pl.Float64,
    "share": pl.Float64,
}  # fmt: skip


def influence(scoring: Scoring) -> pl.DataFrame:
    """A row a node below a root: its weights, and how much of its parent's variation goes with it.

    In the latest period. `linear` is r^2, the share of the parent's variance that a straight line explains;
    `correlation_ratio` the same for a curve, V(E(parent | part)) / V(parent), from 30 areas on; `share` is
    r^2 over the sum of its siblings', to lay beside `weight` (the mean, where each area has its own). The two
    differ where parts vary unequally or hang together.
    Source: Paruolo, Saisana and Saltelli, JRSS A 176 (2013) 609.
    """
    tree, at = scoring.framework, scoring.node_index
    effective = _effective(scoring)
    rows = []
    for parent in tree:
        children = tree.children(parent.id)
        if not children:
            continue
        columns = scoring.scores[-1][:, [at[parent.id], *(at[child.id] for child in children)]]
        found = pearson(columns)
        linear = found.r[0, 1:] ** 2
        whole = float(np.nansum(linear))
        held = scoring.weights_of(parent.id, -1)
        for i, child in enumerate(children):
            rows.append(
                (
                    child.id,
                    parent.id,
                    float(held[i]),
                    effective[child.id],
                    float(found.r[0, i + 1]),
                    int(found.pairs[0, i + 1]),
                    float(linear[i]),
                    correlation_ratio(columns[:, i + 1], columns[:, 0]),
                    float(linear[i] / whole) if whole > 0 else float("nan"),
                )
            )
    order = {node.id: i for i, node in enumerate(tree)}
    rows.sort(key=lambda row: order[row[0]])
    return pl.DataFrame(rows, schema=INFLUENCE, orient="row").with_columns(pl.col(pl.Float64).fill_nan(None))


def correlation_ratio(part: Floats, whole: Floats) -> float:
    """The share of the whole's variance that a cubic in the part explains; nan under 30 areas with both.

    >>> x = np.linspace(-1.0, 1.0, 41)
    >>> round(correlation_ratio(x, x**3), 12), round(correlation_ratio(x, np.abs(x)), 2)
    (1.0, 0.94)
    """
    both = np.isfinite(part) & np.isfinite(whole)
    x, y = part[both], whole[both]
    if len(x) < FEWEST_FOR_A_CURVE or np.ptp(x) <= 0 or np.ptp(y) <= 0:
        return float("nan")
    unit = (x - x.mean()) / np.abs(x - x.mean()).max()
    basis, _ = np.linalg.qr(np.vander(unit, 4))
    from_mean = y - y.mean()
    explained = basis.T @ from_mean
    return float(min(1.0, explained @ explained / (from_mean @ from_mean)))


def _effective(scoring: Scoring) -> dict[str, float]:
    """Weights multiplied down from the root, which counts 1."""
    tree = scoring.framework
    found = {root.id: 1.0 for root in tree.roots}
    for parent in reversed(tree.parents):
        held = scoring.weights_of(parent.id, -1)
        for child, share in zip(tree.children(parent.id), held, strict=True):
            found[child.id] = found[parent.id] * float(share)
    return found
