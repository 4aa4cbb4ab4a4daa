"""What each step of a recipe leaves behind, and the way from a score back to the cells it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from commonweal.arrays import Floats, Integers
from commonweal.engine.parent import lift, lifts
from commonweal.methods.weigh import Weighing
from commonweal.model.edition import Scoring, StepTrace
from commonweal.model.framework import Framework, Node
from commonweal.model.observation import STATUSES
from commonweal.model.recipe import CELL_STEPS, Method, Recipe


def trace(
    framework: Framework,
    recipe: Recipe,
    cells: tuple[StepTrace, ...],
    scores: Floats,
    ranks: Integers,
    weighings: Mapping[str, Weighing],
) -> tuple[StepTrace, ...]:
    """The steps that ran, in order: those on `cells`, then weigh, floor and aggregate by level, then rank."""
    ids = tuple(node.id for node in framework)
    steps = list(cells)
    for level in framework.levels[1:]:
        parents = tuple(node for node in framework.parents if node.level == level)
        steps += _level(level, parents, framework, recipe, scores, weighings)
    steps.append(StepTrace("rank", "1 is the highest; equal to 12 digits shares the rank", ids, ranks))
    return tuple(steps)


def in_words(method: Method) -> str:
    """A method with its settings.

    >>> in_words(Method("power", (("p", 0.5),)))
    'power (p 0.5)'
    """
    settings = ", ".join(f"{name} {value}" for name, value in method.parameters if value is not None)
    return f"{method.name} ({settings})" if settings else method.name


def _level(
    level: str,
    parents: tuple[Node, ...],
    framework: Framework,
    recipe: Recipe,
    scores: Floats,
    weighings: Mapping[str, Weighing],
) -> list[StepTrace]:
    children = [child for parent in parents for child in framework.children(parent.id)]
    weights = [weighings[parent.id].in_areas for parent in parents]
    steps = [_weigh_step(level, parents, children, recipe, weights, scores.shape[:2])]
    lifting = [p for p in parents if lifts(recipe.aggregate.method.at(p.id, p.level))]
    if recipe.floor is not None and lifting:
        low = tuple(child for parent in lifting for child in framework.children(parent.id))
        says = f"children of a {level} below {recipe.floor:g} points enter with {recipe.floor:g}"
        values = np.maximum(_columns(scores, framework, low), recipe.floor)
        steps.append(StepTrace("floor", says, tuple(child.id for child in low), values))
    says = _said(level, [recipe.aggregate.method.at(parent.id, parent.level) for parent in parents])
    ids = tuple(parent.id for parent in parents)
    steps.append(StepTrace("aggregate", says, ids, _columns(scores, framework, parents)))
    return steps


def _weigh_step(
    level: str,
    parents: tuple[Node, ...],
    children: list[Node],
    recipe: Recipe,
    weights: list[Floats],
    shape: tuple[int, ...],
) -> StepTrace:
    """The weights of all children of a level; `weights` by parent, (periods, areas, children)."""
    says = _said(level, [recipe.weigh.method.at(parent.id, parent.level) for parent in parents])
    # Weights that hold for every area are shown for each without being written out.
    least = np.broadcast_shapes(*(weight.shape[:2] for weight in weights))
    held = np.concatenate([np.broadcast_to(w, (*least, w.shape[2])) for w in weights], axis=2)
    values = np.broadcast_to(held, (*shape, len(children)))
    return StepTrace("weigh", says, tuple(child.id for child in children), values)


def _said(level: str, methods: list[Method]) -> str:
    return f"{level}: " + ", ".join(sorted({in_words(method) for method in methods}))


def _columns(scores: Floats, framework: Framework, nodes: tuple[Node, ...]) -> Floats:
    position = {node.id: i for i, node in enumerate(framework)}
    return scores[:, :, [position[node.id] for node in nodes]]


@dataclass(frozen=True, slots=True)
class Followed:
    """One node on the way from a score down to the cells it came from.

    `weight` is the node's share of its parent, rescaled over the siblings that are there, and `entered`
    what entered the parent's mean (the score, or the floor). Indicators also have the `value` in the units
    of its source, what each step on cells made of it (`steps`: denominate, impute, treat, normalise …), the
    period it is from, and the `worst` and `best` of its scale where it has them, in the units that normalise
    met.
    """

    node: str
    level: str
    depth: int
    score: float | None
    status: str
    weight: float | None = None
    entered: float | None = None
    value: float | None = None
    steps: tuple[tuple[str, float | None], ...] = ()
    observed: str = ""
    worst: float | None = None
    best: float | None = None


def follow(scoring: Scoring, area: str, node: str, period: str) -> tuple[Followed, ...]:
    """Follow a score back to its input: the node, then all below it, each before its children.

    Raises KeyError for an area, node or period that the scoring does not have.
    """
    p, a = scoring.period_index[period], scoring.area_index[area]
    at = scoring.framework[node]
    return (_followed(scoring, at, p, a, 0), *_below(scoring, at, p, a, 1))


def _below(scoring: Scoring, parent: Node, p: int, a: int, depth: int) -> tuple[Followed, ...]:
    children = scoring.framework.children(parent.id)
    if not children:
        return ()
    held = np.array([scoring.scores[p, a, scoring.node_index[child.id]] for child in children])
    by_area = scoring.area_weights_of(parent.id, p)
    weights = np.where(np.isnan(held), 0.0, by_area[a if len(by_area) > 1 else 0])
    total = weights.sum()
    method = scoring.recipe.aggregate.method.at(parent.id, parent.level)
    used, _ = lift(held, method, scoring.recipe.floor)
    rows: list[Followed] = []
    for child, weight, entered in zip(children, weights, used, strict=True):
        share = float(weight / total) if total > 0 else None
        rows.append(_followed(scoring, child, p, a, depth, share, _number(entered)))
        rows += _below(scoring, child, p, a, depth + 1)
    return tuple(rows)


def _followed(
    scoring: Scoring,
    node: Node,
    p: int,
    a: int,
    depth: int,
    weight: float | None = None,
    entered: float | None = None,
) -> Followed:
    n = scoring.node_index[node.id]
    score = _number(scoring.scores[p, a, n])
    status = STATUSES[scoring.status[p, a, n]]
    if not node.is_indicator:
        return Followed(node.id, node.level, depth, score, status, weight, entered)
    i = [indicator.id for indicator in scoring.framework.indicators].index(node.id)
    own = int(scoring.entered_from[p, a, i])
    posts = scoring.goalposts.filter(indicator=node.id).rows_by_key("period", named=True, unique=True)
    post = posts.get("", posts.get(scoring.periods[p].label, {}))
    return Followed(
        node.id, node.level, depth, score, status, weight, entered,
        value=_number(scoring.values[p, a, i]),
        steps=tuple((step.step, _number(step.values[p, a, i])) for step in _on_cells(scoring)),
        observed=scoring.entered_periods[own] if own >= 0 else "",
        worst=post.get("worst"),
        best=post.get("best"),
    )  # fmt: skip


def _on_cells(scoring: Scoring) -> tuple[StepTrace, ...]:
    """The steps on the cells of indicators, after they entered."""
    return tuple(step for step in scoring.trace if step.step in CELL_STEPS)


def _number(x: float) -> float | None:
    return None if np.isnan(x) else float(x)
