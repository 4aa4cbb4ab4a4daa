"""Correlations worth a look: inside groups, against what is outside the index, and with the nodes above."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Floats
from commonweal.insight.diagnose.correlation import Correlations, pearson
from commonweal.model.framework import Framework

#: Inside a group: pairs that say nearly the same, and pairs that pull apart.
HIGH: Final = 0.7
LOW: Final = -0.4

_PAIRS: Final = {
    "first": pl.String, "second": pl.String, "r": pl.Float64, "areas": pl.Int64, "p": pl.Float64,
}  # fmt: skip


def inside_groups(found: Correlations, names: Sequence[str], groups: Sequence[str]) -> pl.DataFrame:
    """Pairs of one group with r above `HIGH` (kind redundant) or below `LOW` (kind opposed)."""
    i, j = np.triu_indices(len(names), 1)
    group = np.asarray(groups)
    table = _table(found, names, names, i, j).with_columns(group=pl.Series(group[i], dtype=pl.String))
    return (
        table.filter(pl.Series(group[i] == group[j]) & ((pl.col("r") > HIGH) | (pl.col("r") < LOW)))
        .with_columns(
            kind=pl.when(pl.col("r") > 0).then(pl.lit("redundant")).otherwise(pl.lit("opposed")),
        )
        .select("kind", "group", *_PAIRS)
    )


def across_groups(
    found: Correlations, names: Sequence[str], groups: Sequence[str], high: float = 0.9
) -> pl.DataFrame:
    """Pairs of different groups with |r| above `high`: the index may count one thing twice."""
    i, j = np.triu_indices(len(names), 1)
    group = np.asarray(groups)
    table = _table(found, names, names, i, j)
    return table.filter(pl.Series(group[i] != group[j]) & (pl.col("r").abs() > high))


def against(
    x: Floats, names: Sequence[str], others: Floats, other_names: Sequence[str], high: float = HIGH
) -> pl.DataFrame:
    """Indicators and outside figures, such as the size of an area, with |r| above `high`."""
    found = pearson(np.concatenate([x, others], axis=1))
    count = len(names)
    i, j = (part.reshape(-1) for part in np.indices((count, len(other_names))))
    part = Correlations(found.r[:count, count:], found.pairs[:count, count:])
    return _table(part, names, other_names, i, j).filter(pl.col("r").abs() > high)


def with_ancestors(scores: Floats, framework: Framework) -> pl.DataFrame:
    """Each node with each node above it: node, ancestor, its level, r, areas, p. `scores` (areas, nodes)."""
    at = {node.id: i for i, node in enumerate(framework)}
    links = [(node.id, above) for node in framework for above in framework.ancestors(node.id)]
    names = [node.id for node in framework]
    i = np.array([at[node] for node, _ in links], dtype=np.intp)
    j = np.array([at[above.id] for _, above in links], dtype=np.intp)
    levels = pl.Series([above.level for _, above in links], dtype=pl.String)
    return (
        _table(pearson(scores), names, names, i, j)
        .rename({"first": "node", "second": "ancestor"})
        .with_columns(level=levels)
        .select("node", "ancestor", "level", "r", "areas", "p")
    )


def _table(
    found: Correlations, first: Sequence[str], second: Sequence[str], i: np.ndarray, j: np.ndarray
) -> pl.DataFrame:
    part = Correlations(found.r[i, j], found.pairs[i, j])
    columns = {
        "first": [first[k] for k in i],
        "second": [second[k] for k in j],
        "r": part.r,
        "areas": part.pairs.astype(np.int64),
        "p": part.p,
    }
    return pl.DataFrame(columns, schema=_PAIRS).with_columns(pl.col(pl.Float64).fill_nan(None))
