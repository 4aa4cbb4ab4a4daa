"""The filter language of `where` and `among`: which records count.

A filter is read once into a small tree of our own, and anything that is not in that tree is refused.
What an engine is given later is written from the tree, never from the text, so a filter can do nothing
but compare columns with values.

An empty cell meets no comparison, not even `!=`; `is null` asks for it. A number is compared as a number
(a cell that is not one meets no comparison), a text in quotes as text, letter by letter.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal

from commonweal.errors import CommonwealError, refusal

if TYPE_CHECKING:
    from sqlglot import exp

Operator = Literal["=", "!=", "<", "<=", ">", ">="]
Value = str | float

#: What counts as a number in a cell: a decimal number, with blanks around it and an exponent if need be.
NUMBER: Final = r" *[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)? *"


@dataclass(frozen=True, slots=True)
class Compare:
    """A column compared with a value: a text, or a number."""

    column: str
    operator: Operator
    value: Value


@dataclass(frozen=True, slots=True)
class OneOf:
    """A column equal to one of several values."""

    column: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Like:
    """A column that fits a pattern: % stands for any text, _ for any one letter."""

    column: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Empty:
    """A column whose cell is empty."""

    column: str


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; where an empty cell leaves a condition open, its opposite is open too."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one of several conditions; with none, every record."""

    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of several conditions."""

    conditions: tuple[Condition, ...]


Condition = Compare | OneOf | Like | Empty | Not | AllOf | AnyOf

EVERY: Final = AllOf()


def columns_of(condition: Condition) -> frozenset[str]:
    """The columns that a condition looks at.

    >>> sorted(columns_of(parse_filter("ward = 'A' and not grade > 3")))
    ['grade', 'ward']
    """
    match condition:
        case AllOf(conditions) | AnyOf(conditions):
            return frozenset().union(*map(columns_of, conditions))
        case Not(inner):
            return columns_of(inner)
        case Compare(column) | OneOf(column) | Like(column) | Empty(column):
            return frozenset([column])


def both(first: Condition, second: Condition) -> Condition:
    """Two conditions at once.

    >>> both(EVERY, Empty("ward"))
    Empty(column='ward')
    """
    parts = tuple(c for c in (first, second) if c != EVERY)
    return parts[0] if len(parts) == 1 else AllOf(parts)


def written(condition: Condition) -> str:
    """A condition as a filter that reads as that condition; nothing for every record.

    >>> written(parse_filter("not `a b` = 'x' and (grade > 3 or grade is null)"))
    "(not (`a b` = 'x')) and ((`grade` > 3.0) or (`grade` is null))"
    """
    match condition:
        case AllOf(parts):
            return " and ".join(f"({text})" for part in parts if (text := written(part)))
        case AnyOf(parts):
            return " or ".join(f"({written(part)})" for part in parts)
        case Not(inner):
            return f"not ({written(inner)})"
        case Compare(column, operator, value):
            return f"{_quoted(column, '`')} {operator} {_literal(value)}"
        case OneOf(column, values):
            return f"{_quoted(column, '`')} in ({', '.join(map(_literal, values))})"
        case Like(column, pattern):
            return f"{_quoted(column, '`')} like {_literal(pattern)}"
        case Empty(column):
            return f"{_quoted(column, '`')} is null"


def _literal(value: Value) -> str:
    return _quoted(value, "'") if isinstance(value, str) else repr(value)


def _quoted(text: str, mark: str) -> str:
    return f"{mark}{text.replace(mark, mark * 2)}{mark}"


@lru_cache(maxsize=1024)
def parse_filter(text: str) -> Condition:
    """Read a filter; an empty one is met by every record.

    Raises FILTER-SYNTAX where the text can't be read, FILTER-NOT-ALLOWED where it asks for more than
    comparing columns with values.

    >>> parse_filter('category != "burglary"')
    Compare(column='category', operator='!=', value='burglary')
    >>> parse_filter("grade between 1 and 2.5").conditions[1]
    Compare(column='grade', operator='<=', value=2.5)
    """
    if not text.strip():
        return EVERY
    from sqlglot.errors import SqlglotError

    try:
        trees = _dialect()().parse(text)
    except SqlglotError as error:
        raise _syntax(text) from error
    if len(trees) != 1 or trees[0] is None:
        raise _refuse("more than one statement")
    return _condition(trees[0], text)


@lru_cache(maxsize=1)
def _dialect() -> Any:
    """Both kinds of quotes hold text, as people write them; a column's odd name goes in backticks."""
    from sqlglot import tokens
    from sqlglot.dialects.dialect import Dialect

    class Filter(Dialect):
        class Tokenizer(tokens.Tokenizer):
            # Lists, because the tokenizer declares them so.
            QUOTES = ["'", '"']  # noqa: RUF012
            IDENTIFIERS = ["`"]  # noqa: RUF012

    return Filter


_OPERATORS: Final[dict[str, Operator]] = {
    "EQ": "=", "NEQ": "!=", "LT": "<", "LTE": "<=", "GT": ">", "GTE": ">=",
}  # fmt: skip
_TURNED: Final[dict[Operator, Operator]] = {
    "=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<=",
}  # fmt: skip
_PARTS: Final = {
    "And": {"this", "expression"}, "Or": {"this", "expression"}, "Not": {"this"}, "Paren": {"this"},
    "In": {"this", "expressions"}, "Between": {"this", "low", "high"}, "Is": {"this", "expression"},
    "Like": {"this", "expression", "negate"}, "Column": {"this"}, "Literal": {"this", "is_string"},
    "Neg": {"this"}, "Null": set[str](), **{name: {"this", "expression"} for name in _OPERATORS},
}  # fmt: skip


def _condition(tree: exp.Expr, text: str) -> Condition:
    name = _allowed(tree)
    args = tree.args
    match name:
        case "Paren":
            return _condition(args["this"], text)
        case "And":
            return AllOf((_condition(args["this"], text), _condition(args["expression"], text)))
        case "Or":
            return AnyOf((_condition(args["this"], text), _condition(args["expression"], text)))
        case "Not":
            return Not(_condition(args["this"], text))
        case "In":
            return OneOf(_column(args["this"]), tuple(_value(v) for v in args["expressions"]))
        case "Between":
            column = _column(args["this"])
            low, high = _value(args["low"]), _value(args["high"])
            return AllOf((Compare(column, ">=", low), Compare(column, "<=", high)))
        case "Is" if _allowed(args["expression"]) == "Null":
            return Empty(_column(args["this"]))
        case "Like":
            pattern = _value(args["expression"])
            if not isinstance(pattern, str):
                raise _refuse("like with a number")
            like = Like(_column(args["this"]), pattern)
            return Not(like) if args.get("negate") else like
        case _ if name in _OPERATORS:
            return _comparison(_OPERATORS[name], args["this"], args["expression"])
    raise _syntax(text)


def _comparison(operator: Operator, left: exp.Expr, right: exp.Expr) -> Compare:
    if _allowed(left) in ("Literal", "Neg"):
        return Compare(_column(right), _TURNED[operator], _value(left))
    return Compare(_column(left), operator, _value(right))


def _column(tree: exp.Expr) -> str:
    if _allowed(tree) != "Column":
        raise _refuse("a comparison without a column")
    return str(tree.name)


def _value(tree: exp.Expr) -> Value:
    name = _allowed(tree)
    if name == "Literal" and tree.args["is_string"]:
        return str(tree.this)
    sign = -1 if name == "Neg" else 1
    literal = tree.this if name == "Neg" else tree
    if _allowed(literal) != "Literal" or literal.args["is_string"]:
        found = {"Column": "comparing two columns", "Null": "comparing with null (write: is null)"}
        raise _refuse(found.get(name, "a value that is neither text nor number"))
    if not re.fullmatch(NUMBER, literal.this) or not math.isfinite(float(literal.this)):
        raise _refuse("a number out of range")
    return sign * float(literal.this)


def _allowed(tree: exp.Expr) -> str:
    """The kind of a node of the parsed text, if it and everything it carries is on the list."""
    name = type(tree).__name__
    if name not in _PARTS:
        raise _refuse(_plain(name, tree))
    extra = sorted(part for part, held in tree.args.items() if held and part not in _PARTS[name])
    if extra:
        raise _refuse("a subquery" if "query" in extra else f"{name.lower()} with {', '.join(extra)}")
    return name


def _plain(name: str, tree: exp.Expr) -> str:
    from sqlglot import exp

    if name in ("Subquery", "Select", "Exists"):
        return "a subquery"
    if isinstance(tree, exp.Func):
        called = tree.name if isinstance(tree, exp.Anonymous) else tree.sql_name()
        return f"the function {called.lower()}"
    return name.lower()


def _refuse(what: str) -> CommonwealError:
    return refusal(
        "FILTER-NOT-ALLOWED",
        f"a filter can't use {what}",
        "Compare columns with values: = != < <= > >=, in (...), between, like, is null; "
        "join them with and, or, not.",
    )


def _syntax(text: str) -> CommonwealError:
    return refusal(
        "FILTER-SYNTAX",
        f"the filter {text!r} can't be read",
        "Write it like: category = 'burglary' and month >= '2016-04'.",
    )
