"""Methods of a recipe in words, for the trace."""

from __future__ import annotations

from commonweal.model.recipe import Method


def in_words(method: Method) -> str:
    """A method with its settings.

    >>> in_words(Method("power", (("p", 0.5),)))
    'power (p 0.5)'
    """
    settings = ", ".join(f"{name} {value}" for name, value in method.parameters if value is not None)
    return f"{method.name} ({settings})" if settings else method.name
