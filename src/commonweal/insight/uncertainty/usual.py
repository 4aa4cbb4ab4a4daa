"""The choices of method that vary in re-runs: those that a project names, or the usual ones.

Source: OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 7: indicators in and out,
imputation, normalisation, weights and aggregation, all at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np

from commonweal.insight import words
from commonweal.insight.uncertainty.choices import Alternative, Choice, Input, WeightSets
from commonweal.insight.uncertainty.weight_sets import dirichlet, resampled
from commonweal.model.edition import Scoring
from commonweal.model.framework import Node
from commonweal.model.project import UncertaintyRule
from commonweal.model.recipe import Impute, Recipe, Treat

OWN: Final = Alternative("as published")
#: Why each choice could have been made otherwise.
WHY: Final = {
    "scale": "Different scales stretch the differences between areas differently.",
    "mean": "How parts are averaged settles how far a high score makes up for a low one.",
    "weights": "How much each part counts is a judgement.",
    "extremes": "One very high or low value can stretch a whole scale.",
    "gaps": "A missing figure can be left out or filled in.",
    "leave out": "No one part should carry the order by itself.",
}
#: What a scale runs to: 0-1, or 0-100.
_TOPS: Final = (1.0, 100.0)


def inputs(scoring: Scoring, rule: UncertaintyRule) -> tuple[Input, ...]:
    """What varies: choices between steps, what is left out, and weights."""
    named = usual(scoring) if rule.choices is None else dict(_named(rule.choices))
    found: list[Input] = [Choice(name, (OWN, *others)) for name, others in named.items() if others]
    if gone := _left_out(scoring, rule.leave_out):
        found.append(Choice("leave out", (OWN, *gone)))
    if rule.weights == "dirichlet":
        found.append(dirichlet(scoring, rule.replications))
    elif rule.weights == "pca-bootstrap":
        found.append(resampled(scoring, rule.replications))
    elif rule.weights:
        found.append(WeightSets.around(scoring, float(rule.weights), rule.replications))
    return tuple(found)


def usual(scoring: Scoring) -> dict[str, tuple[Alternative, ...]]:
    """The alternatives to an edition's own steps where a project names none, by choice."""
    top = _top(scoring)
    found = {
        "scale": tuple(_scales(scoring, top)),
        "mean": tuple(_means(scoring, top)),
        "extremes": tuple(_treatments(scoring.recipe)),
        "gaps": tuple(_fillings(scoring)),
    }
    return {name: others for name, others in found.items() if others}


def _named(choices: Mapping[str, tuple[Mapping[str, Any], ...]]) -> Iterator[tuple[str, Any]]:
    for name, steps in choices.items():
        yield name, tuple(Alternative(_label(step), dict(step)) for step in steps)


def _label(steps: Mapping[str, Any]) -> str:
    """Steps in words.

    >>> _label({"normalise": {"method": "zscore", "mean": 50}, "floor": 1})
    'normalise: zscore (mean 50), floor: 1'
    """
    return ", ".join(f"{key}: {_told(value)}" for key, value in steps.items())


def _told(value: Any) -> str:
    if not isinstance(value, Mapping):
        return str(value)
    rest = ", ".join(f"{key} {_told(held)}" for key, held in value.items() if key != "method")
    return f"{value['method']}{f' ({rest})' if rest else ''}" if "method" in value else rest


def _top(scoring: Scoring) -> float | None:
    """What the edition's own scores run to from 0; None where that is neither 1 nor 100."""
    nodes = [scoring.node_index[node.id] for node in scoring.framework.indicators]
    scores = scoring.scores[:, :, nodes]
    there = scores[np.isfinite(scores)]
    if not len(there) or there.min() < 0:
        return None
    return next((top for top in _TOPS if there.max() <= top * (1 + 1e-9)), None)


def _scales(scoring: Scoring, top: float | None) -> Iterator[Alternative]:
    """Between the ends, by mean and deviation, and by rank, on a scale of the same length as its own."""
    own = scoring.recipe.normalise
    rule = own.rule if own.rule in ("pooled", "each-period", "base") else "pooled"
    at = {"rule": rule, **({"base": own.base} if rule == "base" else {})}
    to = top or 100.0
    ends = {"method": "minmax", "low": 0.0, "high": to}
    if own.method.name not in ("minmax", "goalposts") or own.rule in ("given", "frozen"):
        yield Alternative("between the lowest and the highest value", {"normalise": ends | at})
    elif len(scoring.periods) > 1:
        other = "pooled" if rule == "each-period" else "each-period"
        yield Alternative(
            "between the lowest and the highest value of "
            + ("all periods" if other == "pooled" else "each period"),
            {"normalise": ends | {"rule": other}},
        )
    if own.method.name not in ("zscore", "t-score"):
        spread = {"method": "zscore", "mean": to / 2, "sd": to / 10}
        yield Alternative("by standard deviations from the mean", {"normalise": spread | at})
    if own.method.name != "percentile":
        yield Alternative(
            "by the share of areas that are worse", {"normalise": {"method": "percentile", "scale": to} | at}
        )


def _means(scoring: Scoring, top: float | None) -> Iterator[Alternative]:
    """Other means above the components; one that needs scores above 0 only where the scale has a 0."""
    own, tree = scoring.recipe.aggregate.method, scoring.framework
    above = _above(scoring)
    methods = {own.at(parent.id, parent.level).name for parent in tree.parents}
    if not above or methods & {"none", "copeland", "benefit-of-doubt"}:
        return
    kept = {
        parent.id: own.at(parent.id, parent.level).written() for parent in tree.parents if parent not in above
    }
    ways: list[tuple[str, Any]] = [("arithmetic mean", "arithmetic")]
    if top is not None:
        ways += [("power mean with p = 0.5", {"method": "power", "p": 0.5}), ("geometric mean", "geometric")]
    for label, way in ways:
        changed = {parent.id: way for parent in above}
        if all(own.at(parent.id, parent.level).written() == way for parent in above):
            continue
        steps: dict[str, Any] = {"aggregate": {"method": "arithmetic", "by": kept | changed}}
        if way == "geometric" and scoring.recipe.floor is None:
            steps["floor"] = (top or 100.0) / 100
        yield Alternative(label, steps)


def _above(scoring: Scoring) -> list[Node]:
    """The parents of parents; the index alone where there are none."""
    tree = scoring.framework
    above = [parent for parent in tree.parents if not any(c.is_indicator for c in tree.children(parent.id))]
    return above or [tree.roots[0]]


def _treatments(recipe: Recipe) -> Iterator[Alternative]:
    if not any(isinstance(step, Treat) and step.method.name != "none" for step in recipe.steps):
        rule = {"rule": "each-period"} if recipe.normalise.rule == "each-period" else {}
        yield Alternative("extreme values drawn in", {"treat": {"method": "winsorise", **rule}})


def _fillings(scoring: Scoring) -> Iterator[Alternative]:
    gaps = bool(np.isnan(scoring.values).any())
    filled = any(isinstance(step, Impute) and step.method.name != "none" for step in scoring.recipe.steps)
    if gaps and not filled:
        label = f"filled with the mean of the rest of the {scoring.framework.grouping}"
        yield Alternative(label, {"impute": "component-mean"})


def _left_out(scoring: Scoring, what: str) -> list[Alternative]:
    """Each indicator, or each parent just above indicators, that has a sister left to stand in."""
    tree = scoring.framework
    nodes = [
        node
        for node in tree
        if node.parent
        and node.id not in scoring.dropped
        and len(tree.children(node.parent)) > 1
        and (
            node.is_indicator
            if what == "indicators"
            else what == "components" and _holds_indicators(scoring, node)
        )
    ]
    return [Alternative(f"without {words.inside(node.name)}", without=frozenset({node.id})) for node in nodes]


def _holds_indicators(scoring: Scoring, node: Node) -> bool:
    return any(child.is_indicator for child in scoring.framework.children(node.id))
