"""Form one parent from its children: what it needs, the floor, the weights, the mean, the status."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Final, NamedTuple

import numpy as np

from commonweal.arrays import Flags, Floats
from commonweal.engine.enter import MISSING, Codes
from commonweal.errors import Fault
from commonweal.methods import aggregate, weigh
from commonweal.methods.weigh import Weighing
from commonweal.model.framework import Node
from commonweal.model.observation import STATUS_CODE, Status
from commonweal.model.recipe import COMPARES, Available, Method, Recipe, power

#: A share like 0.6 of 5 children is 3, whatever floating point makes of the product.
_NEAR: Final = 1e-9


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
    scores, lifted, refused = mean(
        children.scores, np.moveaxis(weighing.in_areas, -1, 0), enough, method, recipe.floor
    )
    status = np.where(there, children.status, 0).max(axis=0)
    # A score that a hidden cell's middle went into is not hidden: it is an estimate.
    status[status == STATUS_CODE[Status.SUPPRESSED]] = STATUS_CODE[Status.ESTIMATED]
    status[np.isnan(scores)] = MISSING
    fresh = np.any(children.fresh & there, axis=0) & enough
    return Formed(scores, status, fresh, weighing, lifted, refused)


def needed(parent: Node, children: tuple[Node, ...], step: Available | None) -> int:
    """Children needed. Weights play no part: a child of weight 0 counts.

    The standing rule: a parent of indicators needs all but one of them and at least one (two if it has
    three or more); a parent of parents needs all. A share is met unless there are strictly fewer; at least
    one child is always needed.

    >>> four = tuple(Node(f"i{n}", "", "c", direction=1) for n in range(4))
    >>> needed(Node("c", "", level="component"), four, None)
    3
    """
    count = len(children)
    rule = step.share.at(parent.id, parent.level) if step else None
    if isinstance(rule, float):
        return max(1, ceil(rule * count - _NEAR))
    if rule == "n-1" or all(child.is_indicator for child in children):
        return max(1, count - 1)  # of three that is two
    return count


def lift(scores: Floats, method: Method, floor: float | None) -> tuple[Floats, Flags | None]:
    """The scores as they enter the mean, and which of them the floor lifted: only where p <= 0."""
    if floor is None or not lifts(method):
        return scores, None
    return np.maximum(scores, floor), scores < floor


def lifts(method: Method) -> bool:
    """Whether a floor lifts the children of a parent formed so: power means with p <= 0."""
    p = power(method)
    return p is not None and p <= 0


class Mean(NamedTuple):
    """A mean (..., areas), and which of the children (children, ..., areas) it lifted and could not take."""

    scores: Floats
    lifted: Flags | None
    refused: Flags | None


def mean(scores: Floats, weight: Floats, enough: Flags, method: Method, floor: float | None) -> Mean:
    """The mean of children (children, ..., areas) where `enough` (..., areas) are there; elsewhere nan.

    One entry of an axis of `weight` (children, ..., areas) may stand for all. A child of weight 0 is neither
    lifted nor refused.
    """
    used, lifted = lift(scores, method, floor)
    if method.name in COMPARES:  # an area without the parent is compared with nobody
        used = np.where(enough, used, np.nan)
    found = aggregate.METHODS[method.name](used, weight, **dict(method.parameters))
    matters = enough & (weight > 0)
    refused = _where(refuses(method, used), matters)
    # empty where refused, so that one zero isn't told again at every level above
    there = enough if refused is None else enough & ~refused.any(axis=0)
    return Mean(np.where(there, found, np.nan), _where(lifted, matters), refused)


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
