"""SQL text, written from our own tree of conditions: names quoted, values escaped, nothing passed through.

Every column holds text, null where a cell is empty; the engine sees to that where it reads.
"""

from __future__ import annotations

from typing import Final

from commonweal.sources.filter import (
    NUMBER,
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Empty,
    Like,
    Not,
    OneOf,
    Value,
)


def name(column: str) -> str:
    """A quoted name.

    >>> print(name('a "b"'))
    "a ""b\"""
    """
    return '"' + column.replace('"', '""') + '"'


def text(value: str) -> str:
    """A quoted text.

    >>> print(text("it's"))
    'it''s'
    """
    return "'" + value.replace("'", "''") + "'"


def number(column: str) -> str:
    """A cell as a number, null where it is not one. The form is checked, since engines accept more."""
    held = name(column)
    return f"case when regexp_full_match({held}, {_NUMBER}) then try_cast({held} as double) end"


_NUMBER: Final = text(NUMBER)


def condition(tree: Condition) -> str:
    """A condition as a SQL expression that is true, false or null.

    >>> print(condition(Compare("ward", "=", "A")))
    ("ward" = 'A')
    """
    match tree:
        case AllOf(parts):
            return "(" + (" and ".join(map(condition, parts)) or "true") + ")"
        case AnyOf(parts):
            return "(" + " or ".join(map(condition, parts)) + ")"
        case Not(inner):
            return f"(not {condition(inner)})"
        case Empty(column):
            return f"({name(column)} is null)"
        case Like(column, pattern):
            return f"({name(column)} like {text(pattern)})"
        case OneOf(column, values):
            return "(" + " or ".join(_compare(column, "=", value) for value in values) + ")"
        case Compare(column, operator, value):
            return f"({_compare(column, operator, value)})"


def _compare(column: str, operator: str, value: Value) -> str:
    if isinstance(value, str):
        return f"{name(column)} {operator} {text(value)}"
    return f"({number(column)}) {operator} cast('{value!r}' as double)"
