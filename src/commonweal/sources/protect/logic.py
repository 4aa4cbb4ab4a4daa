"""Which conditions can be met together: known from the filters alone, whatever the records say.

Someone who reads the published definitions knows that domestic violence is counted in domestic abuse too,
without having seen a record. What a column can hold is cut at the values that the filters mention: each of
them, any other text, the numbers between, nothing. Every mixture of these is tried, and what the conditions
say of it is one *vector*: a kind of record that may exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise, product
from math import floor
from types import MappingProxyType
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
    columns_of,
)

#: For each condition, whether a record meets it.
Vector = tuple[bool, ...]
#: True, False, or open (None): an empty cell meets no comparison and no opposite of one.
Truth = bool | None

#: So many mixtures of what columns can hold are tried; with more, conditions are only compared two by two.
MIXTURES: Final = 20_000
#: So many patterns of one column may hold or not, each by itself.
PATTERNS: Final = 8


class World(IntEnum):
    """What a column is taken to hold: anything; something in every cell; only what filters mention, or only
    whole numbers where they compare numbers.
    """

    OPEN = 0
    FILLED = 1
    CLOSED = 2


#: Column -> what it holds; one that is not named is open.
Worlds = Mapping[str, World]


@dataclass(frozen=True, slots=True)
class Held:
    """What a cell may hold, as far as filters can tell: a text they mention or its place between those.

    `place` orders texts: odd numbers are the mentioned ones, even numbers the gaps between them. `number` is
    what the cell reads as, `fits` are the patterns it fits. An empty cell has no place.
    """

    place: int | None
    text: str | None = None
    number: float | None = None
    fits: frozenset[str] = frozenset()


#: Every column may hold anything.
OPEN: Final[Worlds] = MappingProxyType({})


def vectors(conditions: Sequence[Condition], worlds: Worlds = OPEN) -> list[Vector] | None:
    """Every way in which records can meet some conditions and not others; None where there are too many.

    In a closed world someone's sex is F or M where those are mentioned, and nothing else.

    >>> from commonweal.sources.filter import parse_filter
    >>> abuse = parse_filter("context in ('domestic-abuse', 'domestic-violence')")
    >>> vectors([abuse, parse_filter("context = 'domestic-violence'")])
    [(False, False), (True, False), (True, True)]
    >>> vectors([parse_filter("sex = 'F'"), parse_filter("sex = 'M'")], {"sex": World.CLOSED})
    [(False, True), (True, False)]
    """
    leaves = list(dict.fromkeys(leaf for c in conditions for leaf in _leaves(c)))
    columns = sorted(set[str]().union(*map(columns_of, conditions)))
    choices: list[list[dict[Condition, Truth]]] = []
    size = 1
    for column in columns:
        own = [leaf for leaf in leaves if leaf.column == column]
        found = _told_apart(own, worlds.get(column, World.OPEN))
        if found is None or (size := size * len(found)) > MIXTURES:
            return None
        choices.append(found)
    seen = {
        tuple(_truth(condition, known) is True for condition in conditions)
        for mixture in product(*choices)
        for known in [{leaf: truth for part in mixture for leaf, truth in part.items()}]
    }
    return sorted(seen)


def groups(conditions: Sequence[Condition]) -> list[list[int]]:
    """Conditions that look at common columns, directly or through others, by number.

    Conditions of different groups have nothing to do with each other: whatever counts the ones have, the
    others may have any, as long as both are of the same number of records.
    """
    found: list[tuple[set[str], list[int]]] = []
    for number, condition in enumerate(conditions):
        columns, members = set(columns_of(condition)), [number]
        for group in [g for g in found if g[0] & columns]:
            found.remove(group)
            columns |= group[0]
            members = group[1] + members
        found.append((columns, members))
    return sorted(sorted(members) for _, members in found)


Leaf = Compare | Like | Empty


def _leaves(condition: Condition) -> Iterator[Leaf]:
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _leaves(part)
        case Not(inner):
            yield from _leaves(inner)
        case OneOf(column, values):
            yield from (Compare(column, "=", value) for value in values)
        case Compare() | Like() | Empty():
            yield condition


def _truth(condition: Condition, known: dict[Condition, Truth]) -> Truth:
    match condition:
        case AllOf(parts):
            found = [_truth(part, known) for part in parts]
            return False if False in found else None if None in found else True
        case AnyOf(parts):
            found = [_truth(part, known) for part in parts]
            return True if True in found else None if None in found else False
        case Not(inner):
            held = _truth(inner, known)
            return None if held is None else not held
        case OneOf(column, values):
            return _truth(AnyOf(tuple(Compare(column, "=", value) for value in values)), known)
        case _:
            return known[condition]


def _told_apart(leaves: Sequence[Leaf], world: World) -> list[dict[Condition, Truth]] | None:
    """What the leaves of one column can say together; None where too many patterns may hold or not."""
    texts = sorted(
        {leaf.value for leaf in leaves if isinstance(leaf, Compare) and isinstance(leaf.value, str)}
    )
    patterns = sorted({leaf.pattern for leaf in leaves if isinstance(leaf, Like)})
    if len(patterns) > PATTERNS:
        return None
    known: dict[tuple[Truth, ...], dict[Condition, Truth]] = {}
    for held in _holdings(leaves, texts, patterns):
        if not _in_world(held, leaves, world):
            continue
        said: dict[Condition, Truth] = {leaf: _said(leaf, held, texts) for leaf in leaves}
        known.setdefault(tuple(said.values()), said)
    return list(known.values())


def _in_world(held: Held, leaves: Sequence[Leaf], world: World) -> bool:
    """Whether a cell may hold something; what filters ask for by name (`is null`) is held in every world."""
    if world == World.OPEN:
        return True
    if held.place is None:
        return any(isinstance(leaf, Empty) for leaf in leaves)
    numbers = {leaf.value for leaf in leaves if isinstance(leaf, Compare) and not isinstance(leaf.value, str)}
    exactly = all(isinstance(leaf, Compare) and leaf.operator in ("=", "!=") for leaf in leaves)
    if world == World.CLOSED and exactly:
        return held.text is not None or held.number in numbers
    if world == World.CLOSED and numbers:
        return held.number is not None and held.number == floor(held.number)
    return not numbers or held.number is not None or held.text is not None


def _holdings(leaves: Sequence[Leaf], texts: list[str], patterns: list[str]) -> Iterator[Held]:
    yield Held(None)
    for i, text in enumerate(texts):
        fits = frozenset(p for p in patterns if _fits(p, text))
        yield Held(2 * i + 1, text, _number(text), fits)
    numbers = _numbers(
        {leaf.value for leaf in leaves if isinstance(leaf, Compare) and not isinstance(leaf.value, str)}
    )
    for place in range(0, 2 * len(texts) + 1, 2):
        for number, fits in product(numbers, _possible(patterns)):
            yield Held(place, None, number, fits)


def _numbers(mentioned: Iterable[float]) -> list[float | None]:
    """No number, each one mentioned, and one in each gap: a whole one if there is any."""
    points = sorted(mentioned)
    if not points:
        return [None]
    between = [whole if (whole := floor(a) + 1.0) < b else (a + b) / 2 for a, b in pairwise(points)]
    return [None, floor(points[0]) - 1.0, *points, *between, floor(points[-1]) + 1.0]


def _possible(patterns: Sequence[str]) -> Iterator[frozenset[str]]:
    """Which patterns a text may fit at once: of beginnings, those that begin one another; any of the rest."""
    begins = {p: p[:-1] for p in patterns if re.fullmatch(r"[^%_]*%", p)}
    for chosen in product((False, True), repeat=len(patterns)):
        fits = frozenset(p for p, held in zip(patterns, chosen, strict=True) if held)
        longest = max((begins[p] for p in fits if p in begins), key=len, default=None)
        if longest is None or all((p in fits) == longest.startswith(begin) for p, begin in begins.items()
                                  if p in fits or longest.startswith(begin)):  # fmt: skip
            yield fits


def _said(leaf: Leaf, held: Held, texts: list[str]) -> Truth:
    if held.place is None:
        return True if isinstance(leaf, Empty) else None
    match leaf:
        case Empty():
            return False
        case Like(_, pattern):
            return pattern in held.fits
        case Compare(_, operator, value):
            mine: float | None = held.number if not isinstance(value, str) else float(held.place)
            theirs = value if not isinstance(value, str) else float(2 * texts.index(value) + 1)
            if mine is None:
                return None
            return {
                "=": mine == theirs, "!=": mine != theirs, "<": mine < theirs,
                "<=": mine <= theirs, ">": mine > theirs, ">=": mine >= theirs,
            }[operator]  # fmt: skip


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(NUMBER, text) else None


def _fits(pattern: str, text: str) -> bool:
    wild = {"%": ".*", "_": "."}
    return bool(re.fullmatch("".join(wild.get(c, re.escape(c)) for c in pattern), text, re.DOTALL))
