"""The steps of a recipe as written: a mapping of steps, or a list of mappings with one step each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from commonweal.model.recipe import ORDER
from commonweal.project.positions import Keys


def with_steps(recipe: Any, change: Mapping[str, Any]) -> Any:
    """A recipe as written, with the steps of `change` in the place of its own.

    >>> with_steps([{"impute": "none"}, {"weigh": "equal"}], {"treat": "winsorise", "weigh": "pca"})
    [{'impute': 'none'}, {'treat': 'winsorise'}, {'weigh': 'pca'}]
    """
    if not isinstance(recipe, list):
        return {**(recipe or {}), **change}
    kept = [item for item in recipe if not set(item) & set(change)]
    for key, value in change.items():
        later = (i for i, item in enumerate(kept) if _order(item) > _order({key: value}))
        kept.insert(next(later, len(kept)), {key: value})
    return kept


def _order(item: Mapping[str, Any]) -> int:
    return max((ORDER.index(key) for key in item if key in ORDER), default=0)


def place_of(recipe: Any, key: str) -> Keys:
    """Where a step stands in commonweal.yaml."""
    if isinstance(recipe, list):
        for number, item in enumerate(recipe):
            if isinstance(item, Mapping) and key in item:
                return ("recipe", number)
    return ("recipe",)
