"""Fold a recipe over observations: scores of every node, and the trace of each step."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Floats
from commonweal.engine.cells import IMPUTED, Cells, Context
from commonweal.engine.enter import Entered, enter, fill
from commonweal.engine.parent import Formed, form, zero_fault
from commonweal.engine.run import Run
from commonweal.engine.scale import lines
from commonweal.engine.scale_frames import goalposts_frame, references_frame, scales_frame
from commonweal.engine.trace import trace
from commonweal.engine.tree import Tree
from commonweal.engine.weights import area_weights_frame, asked_frame, weights_frame
from commonweal.errors import Fault, raise_any
from commonweal.methods.rank import rank
from commonweal.methods.weigh import ASKS
from commonweal.model.area import Areas
from commonweal.model.edition import IMPUTATION, IMPUTATIONS, TREATMENTS, Scoring
from commonweal.model.framework import Framework, Node
from commonweal.model.handed_on import HandedOn
from commonweal.model.observation import Observations
from commonweal.model.period import Period
from commonweal.model.project import Periods
from commonweal.model.recipe import Fitted, Recipe

#: No answers at all.
NOBODY: Final[Mapping[str, Floats]] = MappingProxyType({})
#: No older edition.
NO_EDITIONS: Final[Mapping[str, HandedOn]] = MappingProxyType({})


def score(
    observations: Observations,
    framework: Framework,
    areas: Areas,
    periods: Periods,
    recipe: Recipe,
    editions: Mapping[str, HandedOn] = NO_EDITIONS,
    answers: Mapping[str, Floats] | None = None,
    denominators: pl.DataFrame | None = None,
) -> Scoring:
    """Score every node of the framework in every area and published period.

    `editions` holds what older ones hand on to rule frozen, by the name in the recipe; `answers` (by parent)
    what weights that ask people need: see `commonweal.methods.weigh`; `denominators` (name, area, period,
    value) what denominate divides by, beside the columns of the areas. Raises ANSWER-MISSING, what `enter`
    and `find_scales` raise, RECIPE-LEVEL, RECIPE-NODE, RECIPE-COLUMN, FRAMEWORK-GOALPOSTS, DENOMINATOR-ZERO,
    SCREEN-EMPTY, TREAT-VALUE, EDITION-LACKS and SCORE-ZERO.

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
    raise_any(_unasked(recipe, framework, answers))
    bases = {
        label: fill(observations, framework, areas, Periods((Period.parse(label),), periods.carry))
        for label in sorted({step.base for step in recipe.cells if isinstance(step, Fitted) and step.base})
    }
    raise_any(_no_base(recipe, bases, observations))
    context = Context(areas.attributes, pl.DataFrame() if denominators is None else denominators)
    return fold(
        entered,
        areas.codes,
        framework,
        recipe,
        bases,
        editions,
        context=context,
        answers=answers or {},
    )


def _no_base(recipe: Recipe, bases: Mapping[str, Entered], observations: Observations) -> list[Fault]:
    """RECIPE-RULE once for each base period that nothing is known of, whatever the indicators."""
    known = sorted(map(Period.parse, observations.frame["period"].unique()))
    absent = [
        label
        for label, base in bases.items()
        if np.isnan(base.values).all() and label not in {period.label for period in known}
    ]
    steps = [step for step in recipe.cells if isinstance(step, Fitted)]
    keys = {label: next(step.key for step in steps if step.base == label) for label in absent}
    held = ", ".join(period.label for period in known)
    return [
        Fault(
            "RECIPE-RULE",
            f"no indicator has a value in the base period {label}",
            f"Choose a base that has values. They are of {held}.",
            path=(key, "base"),
        )
        for label, key in keys.items()
    ]


def fold(
    entered: Entered,
    areas: tuple[str, ...],
    framework: Framework,
    recipe: Recipe,
    bases: Mapping[str, Entered] | None = None,
    editions: Mapping[str, HandedOn] = NO_EDITIONS,
    *,
    context: Context | None = None,
    answers: Mapping[str, Floats] = NOBODY,
) -> Scoring:
    """Run the recipe on what entered: its steps on cells, then weigh and aggregate by parent, then rank.

    `bases` holds what enters each base period that a rule names.
    """
    context = context or Context()
    cells = Cells.of(framework, areas, entered, bases or {})
    run = reduce(Run.then, recipe.cells, Run.of(framework, context, editions, cells))
    tree = Tree.of(framework, run.cells, run.scales)
    faults: list[Fault] = []
    for parent in framework.parents:
        if parent.id not in tree.kept:
            tree.leave_out(parent)
            continue
        formed = form(parent, tree.children(parent), recipe, tree.answers(parent, answers.get(parent.id)))
        faults += _faults(formed, parent, tree, entered.periods, areas, recipe)
        tree.hold(parent, formed)
    raise_any(faults)
    ranks, of = rank(tree.scores)
    scores, ranks = np.moveaxis(tree.scores, 0, -1), np.moveaxis(ranks, 0, -1)
    reasons = run.why_unscored()
    published = cells.published
    filled = np.False_ if run.filled is None else run.filled[:, published]
    plain = not (run.curves or run.denominated or run.imputed)
    return Scoring(
        periods=entered.periods,
        areas=areas,
        framework=framework,
        recipe=recipe,
        values=np.moveaxis(run.source[:, published], 0, -1),
        value_status=np.moveaxis(np.where(filled, IMPUTED, entered.status), 0, -1),
        entered_periods=tuple(period.label for period in entered.own_periods),
        entered_from=np.moveaxis(entered.own, 0, -1),
        scores=scores,
        status=np.moveaxis(tree.status, 0, -1),
        ranks=ranks,
        of=of.T,
        child_weights={id: weighing.in_areas for id, weighing in tree.weighings.items()},
        weights=weights_frame(framework, tree.weighings, entered.periods, reasons),
        goalposts=goalposts_frame(run.scales, entered.periods),
        trace=trace(framework, recipe, run.trace, scores, ranks, tree.weighings),
        floored=_floored_frame(tree, entered.periods, areas),
        fits=lines(run.scales) if run.straight else np.full((1, len(cells.nodes), 4), np.nan),
        reasons=reasons,
        answers=answers,
        asked=asked_frame(framework, tree.weighings),
        area_weights=area_weights_frame(tree, entered.periods, areas),
        met=None if plain or run.met is None else np.moveaxis(run.met[:, published], 0, -1),
        treatments=_stacked(run.treatments, TREATMENTS),
        imputed=_stacked(run.imputed, IMPUTATIONS),
        scales=scales_frame(run.scales, entered.periods),
        references=references_frame(run.scales, entered.periods),
        imputation=_stacked(run.learnt, IMPUTATION),
        editions=editions,
        screened=run.screened_frame(),
        curves=run.curves,
        denominated=run.denominated,
        divisors=None if run.divided_by is None else np.moveaxis(run.divided_by[:, published], 0, -1),
        denominators=context.denominators,
        dropped=frozenset(node.id for node in framework if node.id not in tree.kept),
        notes=run.notes,
    )


def _stacked(frames: tuple[pl.DataFrame, ...], schema: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    return pl.concat(frames) if frames else pl.DataFrame(schema=schema)


def _unasked(recipe: Recipe, framework: Framework, answers: Mapping[str, Floats] | None) -> list[Fault]:
    """Weights that ask people need a project folder, which holds their answers."""
    methods = {recipe.weigh.method.at(parent.id, parent.level).name for parent in framework.parents}
    if answers is not None or not methods & ASKS:
        return []
    what = f"weigh: {min(methods & ASKS)} needs a table of answers, and there is none here"
    return [Fault("ANSWER-MISSING", what, "Build a project folder that has the table.", path=("weigh",))]


def _faults(
    formed: Formed,
    parent: Node,
    tree: Tree,
    periods: tuple[Period, ...],
    areas: tuple[str, ...],
    recipe: Recipe,
) -> list[Fault]:
    """What the mean refuses: one fault a child, naming the first place."""
    if formed.refused is None:
        return []
    method = recipe.aggregate.method.at(parent.id, parent.level)
    faults = []
    for node, where in zip(tree.nodes(parent), formed.refused, strict=True):
        if where.any():
            p, a = np.argwhere(where)[0]
            found = float(tree.scores[tree.position[node.id], p, a])
            place = f"area {areas[a]!r}, period {periods[p].label}"
            faults.append(zero_fault(node, parent, method, found, place, int(where.sum())))
    return faults


def _floored_frame(tree: Tree, periods: tuple[Period, ...], areas: tuple[str, ...]) -> pl.DataFrame:
    rows = [
        (periods[p].label, areas[a], node.id, float(tree.scores[tree.position[node.id], p, a]))
        for node in tree.framework
        if node.id in tree.lifted
        for p, a in np.argwhere(tree.lifted[node.id])
    ]
    schema = {"period": pl.String, "area": pl.String, "node": pl.String, "score": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row").sort("period", "area", maintain_order=True)
