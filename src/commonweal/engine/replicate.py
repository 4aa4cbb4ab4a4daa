"""Form the tree many times over: a batch of replications of scores, weights or both, at once.

Where children are the same in all replications and only weights differ, an arithmetic mean is one matrix
product; everything else runs over whole batches. Nothing is drawn here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Final

import numpy as np

from commonweal.arrays import Floats
from commonweal.engine.parent import lifts, mean, needed
from commonweal.model.edition import Scoring
from commonweal.model.framework import Node
from commonweal.model.recipe import Available, Method, Recipe, power

#: Numbers in one array of a batch: small enough to stay in a processor's cache.
_BATCH: Final = 250_000


def batch_size(cells: int) -> int:
    """How many replications of so many areas and periods to form at once.

    >>> batch_size(7_000), batch_size(10_000_000)
    (35, 1)
    """
    return max(1, _BATCH // max(cells, 1))


def fixed_weights(scoring: Scoring) -> dict[str, Floats]:
    """The weights of an edition as `replicate` takes them: (children, 1, periods, areas) by parent.

    One period or one area stands for all of them.
    """
    return {
        parent: np.ascontiguousarray(np.moveaxis(held, -1, 0))[:, None]
        for parent, held in scoring.child_weights.items()
    }


def spans(recipes: Sequence[Recipe]) -> list[tuple[Recipe, slice]]:
    """The recipe of each replication, as `replicate` takes them: neighbours with the same one together."""
    found: list[tuple[Recipe, slice]] = []
    for recipe, same in groupby(recipes):
        start = found[-1][1].stop if found else 0
        found.append((recipe, slice(start, start + len(list(same)))))
    return found


def replicate(
    scoring: Scoring,
    indicators: Sequence[Floats],
    weights: Mapping[str, Floats],
    recipes: Sequence[tuple[Recipe, slice]] = (),
) -> list[Floats]:
    """The scores of every node in framework order, each (replications, periods, areas).

    `indicators` holds the scores of each, (replications, periods, areas), nan where missing; one replication,
    period or area stands for all. `weights` gives each parent's (children, replications, periods, areas),
    likewise. Means, floor and how many children are needed are the edition's own, or those of `recipes`, each
    with the replications that it forms, in order. A mean that can't take a score leaves none.
    """
    framework, at = scoring.framework, scoring.node_index
    recipes = recipes or [(scoring.recipe, slice(None))]
    held: list[Floats] = [np.empty(0)] * len(framework)
    whole: dict[str, bool] = {}
    for node, scores in zip(framework.indicators, indicators, strict=True):
        held[at[node.id]] = scores
        whole[node.id] = not np.isnan(scores).any()
    for parent in framework.parents:
        children = framework.children(parent.id)
        left = [child.id not in scoring.dropped for child in children]
        kept = tuple(child for child, keep in zip(children, left, strict=True) if keep)
        if not kept:
            held[at[parent.id]] = np.full((1, 1, 1), np.nan)
            whole[parent.id] = False
            continue
        share = weights[parent.id][left]
        below = [held[at[child.id]] for child in kept]
        gaps = not all(whole[child.id] for child in kept)
        parts = []
        for recipe, span in _ways(parent, recipes):
            theirs = [child if len(child) == 1 else child[span] for child in below]
            own = share if share.shape[1] == 1 else share[:, span]
            parts.append((_formed(parent, kept, theirs, own, recipe, gaps), span))
        scores = parts[0][0] if len(parts) == 1 else _joined(parts)
        held[at[parent.id]] = scores
        whole[parent.id] = not (gaps or np.isnan(scores).any())
    return held


def _ways(parent: Node, recipes: Sequence[tuple[Recipe, slice]]) -> list[tuple[Recipe, slice]]:
    """The recipes that form a parent each in its own way: of neighbours that are alike in it, the first."""
    if len(recipes) == 1:
        return list(recipes)
    alike = [list(same) for _, same in groupby(recipes, lambda one: _way(parent, one[0]))]
    return [(same[0][0], slice(same[0][1].start, same[-1][1].stop)) for same in alike]


def _way(parent: Node, recipe: Recipe) -> tuple[Method, float | None, Available | None]:
    """All that a recipe says of how a parent is formed."""
    method = recipe.aggregate.method.at(parent.id, parent.level)
    return method, recipe.floor if lifts(method) else None, recipe.available


def _joined(parts: list[tuple[Floats, slice]]) -> Floats:
    """Scores of neighbouring replications as one array; one may stand for all of its part."""
    return np.concatenate(
        [np.broadcast_to(held, (span.stop - span.start, *held.shape[1:])) for held, span in parts]
    )


def _formed(
    parent: Node, children: tuple[Node, ...], below: list[Floats], share: Floats, recipe: Recipe, gaps: bool
) -> Floats:
    """The scores of a parent; `gaps` says whether a child has any."""
    method = recipe.aggregate.method.at(parent.id, parent.level)
    quick = None if gaps else _quick(below, share, method, recipe.floor)
    return _careful(parent, children, below, share, recipe) if quick is None else quick


def _quick(below: list[Floats], share: Floats, method: Method, floor: float | None) -> Floats | None:
    """A power mean with p of 1 or 0 of children without gaps; None where that is not what is asked for."""
    p = power(method)
    total = share.sum(axis=0)
    if p not in (0.0, 1.0) or not np.all(total > 0):
        return None
    share = share / total
    if p == 1.0:
        return _weighted(below, share)
    lifted = [child if floor is None else np.maximum(child, floor) for child in below]
    if floor is None and any((child <= 0).any() for child in lifted):
        return None
    found = _weighted([np.log(child) for child in lifted], share)
    result: Floats = np.exp(found, out=found)
    return result


def _weighted(below: list[Floats], share: Floats) -> Floats:
    """sum w x over children: a matrix product where only weights or only children are replicated."""
    k, replications, *cells = share.shape
    if all(child.shape[0] == 1 for child in below) and cells == [1, 1]:
        shape = np.broadcast_shapes(*(child.shape for child in below))
        same = all(child.shape == shape for child in below)
        flat = np.concatenate(below if same else [np.broadcast_to(child, shape) for child in below])
        flat = flat.reshape(k, -1)
        product: Floats = share.reshape(k, replications).T @ flat
        return product.reshape(replications, *shape[1:])
    shape = np.broadcast_shapes(share.shape[1:], *(child.shape for child in below))
    total = np.zeros(shape)
    part = np.empty(shape)
    for child, weight in zip(below, share, strict=True):
        np.multiply(child, weight, out=part)
        total += part
    return total


def _careful(
    parent: Node,
    children: tuple[Node, ...],
    below: list[Floats],
    share: Floats,
    recipe: Recipe,
) -> Floats:
    """Any mean, with gaps: the very function that scores an edition, over the batch."""
    method = recipe.aggregate.method.at(parent.id, parent.level)
    shape = np.broadcast_shapes(share.shape[1:], *(child.shape for child in below))
    stacked = np.stack([np.broadcast_to(child, shape) for child in below])
    enough = (~np.isnan(stacked)).sum(axis=0) >= needed(parent, children, recipe.available)
    return mean(stacked, share, enough, method, recipe.floor).scores
