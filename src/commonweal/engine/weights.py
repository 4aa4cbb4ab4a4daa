"""Weights as OUT/data/weights.csv holds them: in the parent, and in the index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl

from commonweal.engine.tree import Tree
from commonweal.methods.answers import Priorities
from commonweal.methods.weigh import Weighing
from commonweal.model.edition import AREA_WEIGHTS, ASKED, WEIGHTS
from commonweal.model.framework import Framework, Node
from commonweal.model.period import Period


def weights_frame(
    framework: Framework,
    weighings: Mapping[str, Weighing],
    periods: tuple[Period, ...],
    reasons: Mapping[str, str],
) -> pl.DataFrame:
    """A row a node; one for each period, where its weight or one above it changes between periods.

    Where each area has its own weights they stand with their mean. The effective weight is the product of the
    weights from the node up to the index. `reasons` says why indicators have no score.
    """
    rows = [
        (
            label,
            node.id,
            node.parent,
            *_weights(framework, weighings, node, p),
            _reason(node, weighings, reasons, framework),
        )
        for node in framework
        for p, label in _weight_periods(framework, weighings, node, periods)
    ]
    return pl.DataFrame(rows, schema=WEIGHTS, orient="row").with_columns(pl.col("loading").fill_nan(None))


def area_weights_frame(tree: Tree, periods: tuple[Period, ...], areas: tuple[str, ...]) -> pl.DataFrame:
    """Each area's own weights: a row for each child of a parent that has them, where the parent is scored."""
    nodes = tree.framework.nodes
    found = [np.empty((4, 0))]
    for parent in tree.framework.parents:
        held = tree.weighings[parent.id].in_areas
        if held.shape[1] > 1:
            children = [tree.position[child.id] for child in tree.framework.children(parent.id)]
            scored = ~np.isnan(tree.scores[tree.position[parent.id]])
            p, a, k = np.nonzero(np.repeat(scored[:, :, None], len(children), axis=2))
            found.append(np.stack([p, a, np.array(children)[k], held[p, a, k]]))
    *keys, weight = np.concatenate(found, axis=1)
    order = np.lexsort(keys[::-1])
    period, area, node = (key[order].astype(np.int64) for key in keys)
    columns = {
        "period": pl.Series([period.label for period in periods]).gather(period),
        "area": pl.Series(areas).gather(area),
        "node": pl.Series([node.id for node in nodes]).gather(node),
        "parent": pl.Series([node.parent for node in nodes]).gather(node),
        "weight": weight[order],
    }
    return pl.DataFrame(columns, schema=AREA_WEIGHTS)


def asked_frame(framework: Framework, weighings: Mapping[str, Weighing]) -> pl.DataFrame:
    """The weights that people gave, with their intervals and who took no part."""
    rows = [
        (child.id, parent.id, *ends, asked.asked, asked.absent, asked.inconsistent)
        for parent in framework.parents
        if (asked := weighings[parent.id].asked) is not None
        for child, *ends in zip(
            framework.children(parent.id),
            asked.weight.tolist(),
            asked.low.tolist(),
            asked.high.tolist(),
            strict=True,
        )
    ]
    return pl.DataFrame(rows, schema=ASKED, orient="row")


def _weight_periods(
    framework: Framework, weighings: Mapping[str, Weighing], node: Node, periods: tuple[Period, ...]
) -> Iterator[tuple[int, str]]:
    chain = [above.id for above in framework.ancestors(node.id)]
    if all(len(weighings[id].in_areas) == 1 for id in chain):
        yield 0, ""
    else:
        yield from ((p, period.label) for p, period in enumerate(periods))


def _weights(
    framework: Framework, weighings: Mapping[str, Weighing], node: Node, period: int
) -> tuple[float | None, float, float]:
    """Loading, weight in the parent, weight in the index."""
    loading, own, effective = None, 1.0, 1.0
    below = node
    for above in framework.ancestors(node.id):
        weighing = weighings[above.id]
        at = [child.id for child in framework.children(above.id)].index(below.id)
        held = weighing.in_areas
        weight = float(held[0 if len(held) == 1 else period, :, at].mean())
        if below is node:
            loading, own = float(weighing.loading[at]), weight
        effective *= weight
        below = above
    return loading, own, effective


def _reason(
    node: Node, weighings: Mapping[str, Weighing], reasons: Mapping[str, str], framework: Framework
) -> str:
    said = [reasons[node.id]] if node.id in reasons else []
    if node.parent and weighings[node.parent].reason:
        weighing = weighings[node.parent]
        if weighing.asked is not None:
            said.append(_interval(weighing.asked, framework, node))
        named = framework.children(node.parent)[weighing.culprit].id if weighing.culprit >= 0 else ""
        said.append(weighing.reason + (f" ({named})" if named else ""))
    return "; ".join(said)


def _interval(asked: Priorities, framework: Framework, node: Node) -> str:
    at = framework.children(node.parent).index(node)
    return f"95 % interval {asked.low[at]:.3f} to {asked.high[at]:.3f}"
