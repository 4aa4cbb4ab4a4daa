"""What recipes may name and what the families offer are the same."""

from __future__ import annotations

import inspect

import pytest

from commonweal.methods import aggregate, impute, normalise, treat, weigh
from commonweal.model import recipe

FAMILIES = {
    "impute": impute.METHODS,
    "treat": treat.METHODS,
    "normalise": normalise.METHODS,
    "weigh": weigh.METHODS,
    "aggregate": aggregate.METHODS,
}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_recipe_names_the_methods_that_there_are(family: str) -> None:
    assert list(FAMILIES[family]) == list(recipe.METHODS[family])


@pytest.mark.parametrize("family", FAMILIES)
def test_the_functions_of_a_family_share_a_signature(family: str) -> None:
    positional = {
        tuple(p.name for p in inspect.signature(f).parameters.values() if p.kind is not p.KEYWORD_ONLY)
        for f in FAMILIES[family].values()
    }
    assert len(positional) == 1


@pytest.mark.parametrize("family", FAMILIES)
def test_parameters_are_those_of_the_recipe(family: str) -> None:
    for name, function in FAMILIES[family].items():
        parameters = inspect.signature(function).parameters.values()
        named = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
        assert named == list(recipe.METHODS[family][name])


def test_every_family_has_functions() -> None:
    assert set(FAMILIES) == set(recipe.METHODS)


def test_what_is_said_about_normalisations_names_real_ones() -> None:
    said = normalise.STRAIGHT | normalise.NEEDS_RANGE | normalise.HAS_GOALPOSTS
    assert said <= set(normalise.METHODS)
