"""SQL text, written from our own tree of conditions: names quoted, values escaped, nothing passed through.

Every column holds text, null where a cell is empty, compared letter by letter; the engine sees to that where
it reads. What engines write differently is a `Dialect`.
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
from commonweal.sources.query import DIGITS

#: A real day of the years 1 to 9999, written like 2016-04-13.
DAY: Final = (
    "[0-9]{4}-(((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01]))|((0[469]|11)-(0[1-9]|[12][0-9]|30))"
    "|(02-(0[1-9]|1[0-9]|2[0-8])))"
    "|([0-9]{2}(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)-02-29"
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


def distinct_names(columns: tuple[str, ...]) -> tuple[str, ...]:
    """Names an engine can tell apart; a column that is used never stands twice, so those keep theirs.

    >>> distinct_names(("id", "", "ID"))
    ('id', '#1', 'ID#2')
    """
    seen: set[str] = set()
    names = []
    for position, column in enumerate(columns):
        given = column if column and column.casefold() not in seen else f"{column}#{position}"
        seen.add(given.casefold())
        names.append(given)
    return tuple(names)


class Dialect:
    """What an engine needs written in its own way; all is about SQL expressions, and gives one.

    This one is what the engines have in common.
    """

    #: the types of text and of real numbers
    text_type = "varchar"
    real_type = "double"

    def name(self, column: str) -> str:
        """A quoted name."""
        return name(column)

    def text(self, value: str) -> str:
        """A quoted text."""
        return text(value)

    def matches(self, held: str, pattern: str) -> str:
        """Whether the whole of a text fits a regular expression."""
        return f"regexp_full_match({held}, {self.text(pattern)})"

    def like(self, held: str, pattern: str) -> str:
        """Whether a text fits a pattern of % and _, in which nothing escapes them."""
        return f"{held} like {self.text(pattern)}"

    def attempt(self, held: str, kind: str) -> str:
        """A text of the right form as another type."""
        return f"try_cast({held} as {kind})"

    def real(self, held: str) -> str:
        """A cell as a number, null where it is not one. The form is checked, since engines accept more."""
        return f"case when {self.matches(held, NUMBER)} then {self.attempt(held, self.real_type)} end"

    def whole(self, held: str, decimals: int) -> str:
        """A cell as a whole number of 10^-decimals, half away from zero; null where it is none."""
        read = self.attempt(f"trim({held})", f"decimal(18, {decimals})")
        return f"case when {self.matches(held, plain(decimals))} then {self.scaled(read, decimals)} end"

    def scaled(self, number: str, decimals: int) -> str:
        """A decimal number with so many decimals as a whole number, of a type that can be summed."""
        return f"cast(cast({number} as decimal(38, {decimals})) * {10**decimals} as bigint)"

    def square(self, whole: str) -> str:
        """The square of a whole number, of a type that can be summed."""
        return f"(cast({whole} as hugeint) * {whole})"

    def is_day(self, held: str) -> str:
        """Whether a text is a real day, written in full."""
        return f"({self.matches(held, DAY)} and {held} not like '0000%')"

    def month_of(self, seconds: str) -> str:
        """The month, written like 2016-04, of seconds since 1970 in universal time."""
        return f"strftime(make_timestamp({self.attempt(seconds, 'bigint')} * 1000000), '%Y-%m')"

    def condition(self, tree: Condition) -> str:
        """A condition as an expression that is true, false or null.

        >>> print(Dialect().condition(Compare("ward", "=", "A")))
        ("ward" = 'A')
        """
        match tree:
            case AllOf(parts):
                return "(" + (" and ".join(map(self.condition, parts)) or "true") + ")"
            case AnyOf(parts):
                return "(" + " or ".join(map(self.condition, parts)) + ")"
            case Not(inner):
                return f"(not {self.condition(inner)})"
            case Empty(column):
                return f"({self.name(column)} is null)"
            case Like(column, pattern):
                return f"({self.like(self.name(column), pattern)})"
            case OneOf(column, values):
                return "(" + " or ".join(self._compare(column, "=", value) for value in values) + ")"
            case Compare(column, operator, value):
                return f"({self._compare(column, operator, value)})"

    def _compare(self, column: str, operator: str, value: Value) -> str:
        held = self.name(column)
        if isinstance(value, str):
            return f"{held} {operator} {self.text(value)}"
        return f"({self.real(held)}) {operator} cast('{value!r}' as {self.real_type})"


def plain(decimals: int) -> str:
    """The form of a plain decimal number that fits the scale of 10^-decimals.

    >>> plain(2)
    ' *[+-]?(0*[0-9]{1,13}([.][0-9]*)?|[.][0-9]+) *'
    """
    return f" *[+-]?(0*[0-9]{{1,{DIGITS - decimals}}}([.][0-9]*)?|[.][0-9]+) *"
