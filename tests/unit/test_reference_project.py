"""The reference has every key that commonweal.yaml may hold, and every word that a key may be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

from commonweal.model.recipe import METHODS, ORDER, RULES_OF
from commonweal.project.schema import ProjectFile

DOCS = Path(__file__).parents[2] / "docs" / "reference"
PAGE = (DOCS / "project.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
#: Sections that take the keys of a table of values too, and say so.
LIKE_VALUES = ("benchmarks", "denominators")
KEYS = {field.alias or name: field.annotation for name, field in ProjectFile.model_fields.items()}


def parts(annotation: Any) -> Iterator[Any]:
    """An annotation and all that it is made of."""
    yield annotation
    for part in get_args(annotation):
        if get_origin(annotation) is not Literal:
            yield from parts(part)


def models(annotation: Any) -> list[type[BaseModel]]:
    return [p for p in parts(annotation) if isinstance(p, type) and issubclass(p, BaseModel)]


def held(model: type[BaseModel]) -> Iterator[tuple[str, list[str]]]:
    """Each key of a model and of those in it, with the words it may be."""
    for name, field in model.model_fields.items():
        literals = [p for p in parts(field.annotation) if get_origin(p) is Literal]
        yield field.alias or name, [word for literal in literals for word in get_args(literal)]
        for inner in models(field.annotation):
            yield from held(inner)


def said(text: str) -> set[str]:
    """The words of what is written as code, or stands in the first column of a table."""
    code = re.findall(r"```.*?```|`[^`]*`|^\|[^|]*\|", text, re.MULTILINE | re.DOTALL)
    return set(re.findall(r"[a-z_][a-z0-9_-]*", " ".join(code)))


@pytest.mark.parametrize("section", sorted(KEYS))
def test_every_key_is_described(section: str) -> None:
    text = SECTIONS[section] + SECTIONS["Tables"] + SECTIONS["values"] * (section in LIKE_VALUES)
    found = [key for model in models(KEYS[section]) for key in held(model)]
    words = said(text)
    assert [key for key, _ in found if key not in words] == []
    assert [word for _, choices in found for word in choices if word not in words] == []


def test_every_step_method_and_parameter_is_described() -> None:
    recipe = said((DOCS / "recipe.md").read_text(encoding="utf-8") + SECTIONS["recipe"])
    steps = {*ORDER, *(rule for rules in RULES_OF.values() for rule in rules)}
    methods = {name for family in METHODS.values() for name in family}
    parameters = {p for family in METHODS.values() for takes in family.values() for p in takes}
    assert sorted((steps | methods | parameters) - recipe) == []
