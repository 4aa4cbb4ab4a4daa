"""The section `uncertainty` of a project: what is asked for, and whether it could be done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from commonweal.errors import CommonwealError, Fault
from commonweal.model.framework import Framework
from commonweal.model.project import UncertaintyRule
from commonweal.model.recipe import Recipe
from commonweal.project.positions import Document, Keys
from commonweal.project.schema import UncertaintyKeys

#: Steps that another choice may take otherwise; weights vary in a way of their own.
STEPS: Final = ("impute", "treat", "normalise", "aggregate", "available", "floor")


def uncertainty_rule(keys: UncertaintyKeys) -> UncertaintyRule:
    """What is asked for, as the model holds it."""
    choices = None if keys.choices is None else {name: tuple(ways) for name, ways in keys.choices.items()}
    return UncertaintyRule(keys.replications, choices, keys.leave_out, keys.weights)


def choice_faults(
    document: Document, keys: UncertaintyKeys, recipe: Recipe, framework: Framework
) -> Iterator[Fault]:
    """What is wrong with other ways to take a step, and with the spread of weights, each with its line."""
    if isinstance(keys.weights, float) and not 0 <= keys.weights < 1:
        what = f"weights under uncertainty is {keys.weights:g}"
        remedy = "Write a share from 0 to below 1, such as 0.25, or pca-bootstrap or dirichlet."
        yield document.fault("PROJECT-VALUE", what, remedy, ("uncertainty", "weights"))
    for name, ways in (keys.choices or {}).items():
        for number, steps in enumerate(ways):
            at: Keys = ("uncertainty", "choices", name, number)
            yield from _way_faults(document, steps, recipe, framework, at)


def _way_faults(
    document: Document, steps: Mapping[str, Any], recipe: Recipe, framework: Framework, at: Keys
) -> Iterator[Fault]:
    if other := sorted(set(steps) - set(STEPS)):
        what = f"a choice under uncertainty changes {', '.join(other)}"
        remedy = f"Change only: {', '.join(STEPS)}; how weights vary is set by `weights`."
        yield document.fault("PROJECT-VALUE", what, remedy, at)
        return
    try:
        changed = recipe.changed(steps)
    except CommonwealError as error:
        yield from document.placed(error, at)
        return
    if new := sorted(set(changed.editions) - set(recipe.editions)):
        what = f"a choice under uncertainty takes from an older edition, {new[0]!r}, that the recipe does not"
        yield document.fault("PROJECT-VALUE", what, "Name an edition that the recipe uses, or none.", at)
    known = {(fault.code, fault.what) for fault in recipe.faults_against(framework)}
    for fault in changed.faults_against(framework):
        if (fault.code, fault.what) not in known:
            yield document.place(fault, at)
