"""The index without one of its parts: how far areas move in the ranking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Floats
from commonweal.engine.parent import mean, needed
from commonweal.methods.rank import rank
from commonweal.model.edition import Scoring

#: Means that can be taken again from the children's scores and weights alone.
MEANS: Final = frozenset({"arithmetic", "geometric", "harmonic", "power"})

REMOVALS: Final = {
    "node": pl.String, "level": pl.String, "mean_rank_change": pl.Float64, "largest_rank_change": pl.Int64,
    "areas": pl.Int64,
}  # fmt: skip


def removable(scoring: Scoring, node: str) -> bool:
    """Whether the index can be taken again without a node: there are parents above it, and all are means."""
    above = scoring.framework.ancestors(node)
    if node in scoring.dropped:
        return False
    method = scoring.recipe.aggregate.method
    return bool(above) and all(method.at(a.id, a.level).name in MEANS for a in above)


def without(scoring: Scoring, node: str) -> Floats:
    """Scores (areas,) of the root above `node`, with its weight set to 0 and those of its siblings rescaled.

    In the latest period. Everything below stays as scored: scales, weights within groups and gaps. The part
    left out counts as there, so that its own gaps don't stop a mean; a parent whose only weight it had goes
    with it. Where each area has its own weights they are not sought again: each area's are rescaled, and one
    that has all its weight on the node takes the mean of the areas' weights on the others.
    """
    tree, at = scoring.framework, scoring.node_index
    scores = scoring.scores[-1]
    gone = node
    changed: dict[str, Floats] = {}
    for parent in tree.ancestors(node):
        kept = [child.id not in scoring.dropped for child in tree.children(parent.id)]
        children = tuple(c for c, there in zip(tree.children(parent.id), kept, strict=True) if there)
        x = np.stack([changed.get(child.id, scores[:, at[child.id]]) for child in children])
        left = np.array([child.id == gone for child in children])
        weight = np.where(left, 0.0, scoring.area_weights_of(parent.id, -1)[:, kept])
        mean_weight = weight.mean(axis=0)
        if mean_weight.sum() == 0:
            gone = parent.id
            continue
        weight = np.where(weight.sum(axis=1, keepdims=True) > 0, weight, mean_weight)
        method = scoring.recipe.aggregate.method.at(parent.id, parent.level)
        there = ~np.isnan(x) | left[:, None]
        enough = there.sum(axis=0) >= needed(parent, children, scoring.recipe.available)
        changed[parent.id] = mean(x, weight.T, enough, method, scoring.recipe.floor).scores
    root = tree.ancestors(node)[-1]
    return changed.get(root.id, np.full(len(scoring.areas), np.nan))


def removals(scoring: Scoring, nodes: Sequence[str]) -> pl.DataFrame:
    """For each node that can be left out, the mean and largest absolute change of rank over all areas.

    In the latest period; areas ranked with and without the node count. Source: OECD and JRC Handbook (2008),
    step 7.
    """
    rows = []
    for node in nodes:
        if not removable(scoring, node):
            continue
        root = scoring.node_index[scoring.framework.ancestors(node)[-1].id]
        before = scoring.ranks[-1][:, root]
        after, _ = rank(without(scoring, node)[None])
        both = (before > 0) & (after[0] > 0)
        change = np.abs(before[both].astype(np.int64) - after[0][both])
        level = scoring.framework[node].level
        mean_change = float(change.mean()) if len(change) else None
        rows.append((node, level, mean_change, int(change.max(initial=0)), len(change)))
    return pl.DataFrame(rows, schema=REMOVALS, orient="row")
