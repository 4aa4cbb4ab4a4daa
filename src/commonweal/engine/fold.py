"""Fold a recipe over observations: scores of every node, and the trace of each step."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from commonweal.engine.enter import MISSING, Codes, Entered, enter, fill
from commonweal.engine.parent import Children, Formed, form, zero_fault
from commonweal.engine.scale import Scale, find_scales, goalposts_frame, lines
from commonweal.engine.trace import trace
from commonweal.engine.weights import weights_frame
from commonweal.errors import Fault, raise_any
from commonweal.methods import Flags, Floats
from commonweal.methods.rank import rank
from commonweal.methods.weigh import Weighing
from commonweal.model.area import Areas
from commonweal.model.edition import Scoring
from commonweal.model.framework import Framework, Node
from commonweal.model.observation import Observations
from commonweal.model.period import Period
from commonweal.model.project import Periods
from commonweal.model.recipe import Recipe


def score(
    observations: Observations,
    framework: Framework,
    areas: Areas,
    periods: Periods,
    recipe: Recipe,
    frozen_goalposts: pl.DataFrame | None = None,
) -> Scoring:
    """Score every node of the framework in every area and published period.

    `frozen_goalposts` (indicator, worst, best) is what rule frozen needs. Raises what `enter` and
    `find_scales` raise, RECIPE-LEVEL, RECIPE-NODE, FRAMEWORK-GOALPOSTS, and SCORE-ZERO.

    >>> from commonweal.model.area import Area
    >>> tree = Framework((Node("index", "Index", level="index"),
    ...                   Node("jobs", "Jobs", "index", direction=1),
    ...                   Node("crime", "Crime", "index", direction=-1)))
    >>> rows = pl.DataFrame({"period": "2016", "area": ["a", "b", "a", "b"],
    ...                      "indicator": ["jobs", "jobs", "crime", "crime"], "value": [1.0, 5.0, 9.0, 9.5]})
    >>> scoring = score(Observations.of(rows), tree, Areas("ward", "", (Area("a", "A"), Area("b", "B"))),
    ...                 Periods((Period.parse("2016"),)), Recipe.read({}))
    >>> scoring.scores[0].tolist()  # areas by nodes
    [[50.0, 0.0, 100.0], [50.0, 100.0, 0.0]]
    """
    raise_any(recipe.faults_against(framework))
    entered = enter(observations, framework, areas, periods)
    base = None
    if recipe.normalise.rule == "base":
        at = Periods((Period.parse(recipe.normalise.base),), periods.carry)
        base = fill(observations, framework, areas, at)
    return fold(entered, areas.codes, framework, recipe, base, frozen_goalposts)


def fold(
    entered: Entered,
    areas: tuple[str, ...],
    framework: Framework,
    recipe: Recipe,
    base: Entered | None = None,
    frozen_goalposts: pl.DataFrame | None = None,
) -> Scoring:
    """Run the recipe on what entered: normalise, then weigh and aggregate parent by parent, then rank."""
    scales = find_scales(entered, framework, recipe.normalise, base, frozen_goalposts)
    tree = _Tree.of(framework, entered, scales)
    faults: list[Fault] = []
    for parent in framework.parents:
        formed = form(parent, tree.children(parent), recipe)
        faults += _faults(formed, parent, tree, entered.periods, areas, recipe)
        tree.hold(parent, formed)
    raise_any(faults)
    ranks, of = rank(tree.scores)
    scores, ranks = np.moveaxis(tree.scores, 0, -1), np.moveaxis(ranks, 0, -1)
    reasons = {scale.node.id: scale.reason for scale in scales if scale.reason}
    return Scoring(
        periods=entered.periods,
        areas=areas,
        framework=framework,
        recipe=recipe,
        values=np.moveaxis(entered.values, 0, -1),
        value_status=np.moveaxis(entered.status, 0, -1),
        entered_periods=tuple(period.label for period in entered.own_periods),
        entered_from=np.moveaxis(entered.own, 0, -1),
        scores=scores,
        status=np.moveaxis(tree.status, 0, -1),
        ranks=ranks,
        of=of.T,
        child_weights={id: weighing.weight for id, weighing in tree.weighings.items()},
        weights=weights_frame(framework, tree.weighings, entered.periods, reasons),
        goalposts=goalposts_frame(scales, entered.periods),
        trace=trace(framework, recipe, entered, scores, ranks, tree.weighings),
        floored=_floored_frame(tree, entered.periods, areas),
        fits=lines(scales),
        reasons=reasons,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Tree:
    """The nodes while they are scored: arrays (nodes, periods, areas), filled from the indicators up."""

    framework: Framework
    position: dict[str, int]
    scales: dict[str, Scale]
    scores: Floats
    status: Codes
    fresh: Flags
    weighings: dict[str, Weighing] = field(default_factory=dict)
    #: child id -> where (periods, areas) a mean lifted it to the floor
    lifted: dict[str, Flags] = field(default_factory=dict)

    @classmethod
    def of(cls, framework: Framework, entered: Entered, scales: tuple[Scale, ...]) -> _Tree:
        shape = (len(framework), *entered.values.shape[1:])
        position = {node.id: i for i, node in enumerate(framework)}
        scores = np.full(shape, np.nan)
        status = np.full(shape, MISSING, dtype=np.uint8)
        fresh = np.zeros(shape, dtype=bool)
        for i, scale in enumerate(scales):
            at = position[scale.node.id]
            scores[at] = scale.scores(entered.values[i])
            unscored = np.isnan(scores[at]) & ~np.isnan(entered.values[i])
            status[at] = np.where(unscored, MISSING, entered.status[i])
            fresh[at] = ~np.isnan(scores[at]) & ~entered.carried[i]
        return cls(framework, position, {s.node.id: s for s in scales}, scores, status, fresh)

    def children(self, parent: Node) -> Children:
        nodes = self.framework.children(parent.id)
        at = [self.position[node.id] for node in nodes]
        offset, per_point = _points(nodes, self.scales)
        return Children(nodes, self.scores[at], self.status[at], self.fresh[at], offset, per_point)

    def hold(self, parent: Node, formed: Formed) -> None:
        at = self.position[parent.id]
        self.scores[at], self.status[at], self.fresh[at] = formed.scores, formed.status, formed.fresh
        self.weighings[parent.id] = formed.weighing
        if formed.lifted is not None:
            for node, where in zip(self.framework.children(parent.id), formed.lifted, strict=True):
                self.lifted[node.id] = where


def _points(nodes: tuple[Node, ...], scales: dict[str, Scale]) -> tuple[Floats, Floats]:
    """What leads from points of score back to directed values: offset and per point, (periods, children).

    Parents, and indicators without goalposts, are already what is weighed.
    """
    ends = [_ends(scales.get(node.id)) for node in nodes]
    periods = max(len(end) for end in ends)
    directed = np.stack([np.broadcast_to(end, (periods, 2)) for end in ends], axis=1)
    per_point = (directed[..., 1] - directed[..., 0]) / 100.0
    unknown = np.isnan(per_point)  # a period without any value: its child is missing there anyway
    return np.where(unknown, 0.0, directed[..., 0]), np.where(unknown, 1.0, per_point)


def _ends(scale: Scale | None) -> Floats:
    if scale is None or scale.method.name != "goalposts" or scale.reason:
        return np.array([[0.0, 100.0]])
    return scale.goalposts * float(scale.node.direction or 1)


def _faults(
    formed: Formed,
    parent: Node,
    tree: _Tree,
    periods: tuple[Period, ...],
    areas: tuple[str, ...],
    recipe: Recipe,
) -> list[Fault]:
    """What the mean refuses: one fault a child, naming the first place."""
    if formed.refused is None:
        return []
    method = recipe.aggregate.method.at(parent.id, parent.level)
    faults = []
    for node, where in zip(tree.framework.children(parent.id), formed.refused, strict=True):
        if where.any():
            p, a = np.argwhere(where)[0]
            found = float(tree.scores[tree.position[node.id], p, a])
            place = f"area {areas[a]!r}, period {periods[p].label}"
            faults.append(zero_fault(node, parent, method, found, place, int(where.sum())))
    return faults


def _floored_frame(tree: _Tree, periods: tuple[Period, ...], areas: tuple[str, ...]) -> pl.DataFrame:
    rows = [
        (periods[p].label, areas[a], node.id, float(tree.scores[tree.position[node.id], p, a]))
        for node in tree.framework
        if node.id in tree.lifted
        for p, a in np.argwhere(tree.lifted[node.id])
    ]
    schema = {"period": pl.String, "area": pl.String, "node": pl.String, "score": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row").sort("period", "area", maintain_order=True)
