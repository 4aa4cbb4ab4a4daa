"""The figures behind the scores: value, count, date and interval of each indicator, and others beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isnan

from commonweal.insight import words
from commonweal.model.framework import Node
from commonweal.publish.site import numbers
from commonweal.publish.site.facts import Figure
from commonweal.publish.site.lookup import Lookup
from commonweal.publish.site.place import estimated
from commonweal.publish.site.symbols import SYMBOLS


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One indicator. `beside` holds the benchmarks' values, `posts` the worst and best of its scale."""

    id: str
    name: str
    href: str
    unit: str
    value: str
    interval: str
    count: str
    date: str
    beside: tuple[str, ...]
    posts: str
    weight: str
    score: str


@dataclass(frozen=True, slots=True)
class EvidenceTable:
    """A table for one part of the index; each group has a heading (empty if it is the part itself)."""

    name: str
    groups: tuple[tuple[str, tuple[EvidenceRow, ...]], ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """All tables, with the columns that this edition has. `intervals` heads the column of ranges."""

    beside: tuple[str, ...]
    posts: bool
    counts: bool
    intervals: str
    tables: tuple[EvidenceTable, ...]


def evidence(lookup: Lookup, area: str) -> Evidence:
    """The figures behind one area's scores."""
    beside = tuple(
        name
        for name in lookup.benchmarks
        if any(not isnan(lookup.benchmark_value(name, node.id)) for node in lookup.framework.indicators)
    )[:3]
    tops = lookup.framework.children(lookup.root.id)
    tables = [_table(lookup, area, top, beside) for top in tops if not top.is_indicator]
    loose = tuple(_row(lookup, area, top, beside) for top in tops if top.is_indicator)
    if loose:
        tables.append(EvidenceTable(lookup.root.name, (("", loose),)))
    rows = [row for table in tables for _, group in table.groups for row in group]
    return Evidence(
        beside,
        any(row.posts for row in rows),
        any(row.count for row in rows),
        range_heading([lookup.figures[area, node.id] for node in lookup.framework.indicators]),
        tuple(tables),
    )


def _table(lookup: Lookup, area: str, top: Node, beside: tuple[str, ...]) -> EvidenceTable:
    groups: dict[str, list[EvidenceRow]] = {}
    for leaf in lookup.framework.below(top.id):
        heading = "" if leaf.parent == top.id else lookup.framework[leaf.parent].name
        groups.setdefault(heading, []).append(_row(lookup, area, leaf, beside))
    return EvidenceTable(top.name, tuple((name, tuple(rows)) for name, rows in groups.items()))


def _row(lookup: Lookup, area: str, node: Node, beside: tuple[str, ...]) -> EvidenceRow:
    figure, places = lookup.figures[area, node.id], lookup.places[node.id]
    posts = lookup.goalposts.get(node.id)
    weight = lookup.weight(node.id).share
    return EvidenceRow(
        id=node.id,
        name=words.plain(node.name) if node.unit else node.name,
        href=f"../nodes/{lookup.node_files[node.id]}",
        unit=node.unit,
        value=value_text(figure, node, places),
        interval=interval_text(figure, places),
        count=count_text(figure),
        date=numbers.day(figure.observed) if figure.observed else "",
        beside=tuple(_other(lookup, name, node, places) for name in beside),
        posts=" to ".join(words.number(post, places) for post in posts) if posts else "",
        weight="" if weight is None else words.number(weight, 2),
        score=lookup.shown_points(area, node.id),
    )


def _other(lookup: Lookup, name: str, node: Node, places: int) -> str:
    """A benchmark's value with its symbol."""
    value = lookup.benchmark_value(name, node.id)
    if isnan(value):
        return SYMBOLS["missing"]
    return f"{numbers.short(value, node.unit, places)} {estimated(lookup, name, node.id)}".rstrip()


def value_text(figure: Figure, node: Node, places: int) -> str:
    """A value as its column shows it: with its sign, or the symbol that stands for it."""
    if figure.hidden:
        return "[c]"
    if isnan(figure.value):
        return SYMBOLS.get(figure.status, "[x]")
    symbol = SYMBOLS.get(figure.status, "")
    return f"{numbers.short(figure.value, node.unit, places)} {symbol}".rstrip()


def range_heading(figures: Iterable[Figure]) -> str:
    """What a column of ranges holds: those of hidden figures, those from chance, or both; empty for none."""
    found = [figure for figure in figures if interval_text(figure, 0)]
    hidden = any(figure.hidden for figure in found)
    chance = any(not figure.hidden for figure in found)
    if hidden and chance:
        return "Range from chance, or of what is hidden"
    return "Range of what is hidden" if hidden else "Range from chance" if chance else ""


def interval_text(figure: Figure, places: int) -> str:
    """The range of a value: from chance, or for a hidden one the range that it is in."""
    if figure.lower is None or figure.upper is None or isnan(figure.value):
        return ""
    return f"{words.number(figure.lower, places)} to {words.number(figure.upper, places)}"


def count_text(figure: Figure) -> str:
    """What was counted, and of how many."""
    base = "" if figure.denominator is None else words.number(figure.denominator, 0)
    if figure.hidden:
        return f"[c] of {base}" if base else "[c]"
    if figure.numerator is None or isnan(figure.value):
        return ""
    count = words.number(figure.numerator, 0)
    return f"{count} of {base}" if base else count
