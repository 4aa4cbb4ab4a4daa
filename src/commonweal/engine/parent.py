"""Form one parent from its children: what it needs, the floor, the weights, the mean, the status."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commonweal.arrays import Flags, Floats
from commonweal.engine.available import needed
from commonweal.engine.enter import MISSING, Codes
from commonweal.errors import Fault
from commonweal.methods import aggregate, weigh
from commonweal.methods.weigh import Weighing
from commonweal.model.framework import Node
from commonweal.model.observation import STATUS_CODE, Status
from commonweal.model.recipe import COMPARES, Method, Recipe, power


@dataclass(frozen=True, slots=True, eq=False)
class Children:
    """A parent's children; arrays (children, periods, areas).

    `fresh` says where anything below a child is the period's own value. `offset` and `per_point`
    (weight periods, children) lead back from points of score to directed values: x = offset + per_point s.
    """

    nodes: tuple[Node, ...]
    scores: Floats
    status: Codes
    fresh: Flags
    offset: Floats
    per_point: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Formed:
    """A parent's score, status and freshness (periods, areas), its weights, and which children were lifted.

    `refused` marks the children (children, periods, areas) that the mean can't take.
    """

    scores: Floats
    status: Codes
    fresh: Flags
    weighing: Weighing
    lifted: Flags | None
    refused: Flags | None


def form(parent: Node, children: Children, recipe: Recipe, answers: Floats | None = None) -> Formed:
    """Weigh the children and take their mean, where enough of them are there.

    `answers` is what people said about the children, for the weights that ask them.
    """
    method = recipe.aggregate.method.at(parent.id, parent.level)
    there = ~np.isnan(children.scores)
    enough = there.sum(axis=0) >= needed(parent, children.nodes, recipe.available)
    weighing = _weigh(parent, children, recipe, answers, enough)
    weight = weighing.in_areas
    used, lifted = lift(children.scores, method, recipe.floor)
    if method.name in COMPARES:  # an area without the parent is compared with nobody
        used = np.where(enough, used, np.nan)
    matters = enough & (np.moveaxis(weight, -1, 0) > 0)
    refused = _where(refuses(method, used), matters)
    scores = mean(used, weight, method)
    scores[~enough] = np.nan
    if refused is not None:  # empty, so that one zero isn't told again at every level above
        scores[refused.any(axis=0)] = np.nan
    status = np.where(there, children.status, 0).max(axis=0)
    # A score that a hidden cell's middle went into is not hidden: it is an estimate.
    status[status == STATUS_CODE[Status.SUPPRESSED]] = STATUS_CODE[Status.ESTIMATED]
    status[np.isnan(scores)] = MISSING
    fresh = np.any(children.fresh & there, axis=0) & enough
    return Formed(scores, status, fresh, weighing, _where(lifted, matters), refused)


def lift(scores: Floats, method: Method, floor: float | None) -> tuple[Floats, Flags | None]:
    """The scores as they enter the mean, and which of them the floor lifted: only where p <= 0."""
    if floor is None or not lifts(method):
        return scores, None
    return np.maximum(scores, floor), scores < floor


def lifts(method: Method) -> bool:
    """Whether a floor lifts the children of a parent formed so: power means with p <= 0."""
    p = power(method)
    return p is not None and p <= 0


def mean(scores: Floats, weight: Floats, method: Method) -> Floats:
    """The mean (periods, areas) of children (children, periods, areas).

    `weight` (periods, areas, children) may have one period or one area, which then holds for all.
    """
    return aggregate.METHODS[method.name](scores, np.moveaxis(weight, -1, 0), **dict(method.parameters))


def refuses(method: Method, scores: Floats) -> Flags | None:
    """Which scores a method can't take: negative ones, and zeros where p <= 0. None: it takes them all."""
    p = power(method)
    if p == 1 or (p is None and method.name not in aggregate.NEEDS_POSITIVE):
        return None
    refused: Flags = scores <= 0 if lifts(method) else scores < 0
    return refused


def zero_fault(child: Node, parent: Node, method: Method, score: float, where: str, count: int) -> Fault:
    """SCORE-ZERO: a child of a parent has a score that the parent's mean can't take."""
    others = f" (and in {count - 1} more places)" if count > 1 else ""
    above = lifts(method)
    mean = method.name if power(method) is None else f"the {method.name} mean"
    return Fault(
        "SCORE-ZERO",
        f"{child.id!r} scores {score:g} in {where}{others}, and {mean}, which forms {parent.id!r}, needs"
        f" scores {'above 0' if above else 'of 0 or more'}",
        "Add a floor to the recipe (floor: 1), or use the arithmetic mean there."
        if above
        else "Use a normalisation without negative scores, or the arithmetic mean there.",
        path=("aggregate", parent.level),
    )


def _weigh(
    parent: Node, children: Children, recipe: Recipe, answers: Floats | None, enough: Flags
) -> Weighing:
    method = recipe.weigh.method.at(parent.id, parent.level)
    x = children.scores
    if method.name in weigh.BY_AREA:  # an area without the parent needs no weights of its own
        x = np.where(enough, x, np.nan)
    if method.name in weigh.ON_VALUES and ((children.offset != 0).any() or (children.per_point != 1).any()):
        x = children.offset.T[:, :, None] + x * children.per_point.T[:, :, None]
    given = np.array([child.weight for child in children.nodes])
    fresh = np.any(children.fresh, axis=0)
    of = weigh.METHODS[method.name]
    return of(x, fresh, children.per_point, given, answers, **dict(method.parameters))


def _where(flags: Flags | None, matters: Flags) -> Flags | None:
    if flags is None:
        return None
    both: Flags = flags & matters
    return both if both.any() else None
