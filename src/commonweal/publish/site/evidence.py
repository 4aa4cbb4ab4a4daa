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
    """One indicator, with a figure for each column of the tables."""

    id: str
    name: str
    href: str
    unit: str
    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvidenceTable:
    """A table for one part of the index; each group has a heading (empty if it is the part itself)."""

    name: str
    groups: tuple[tuple[str, tuple[EvidenceRow, ...]], ...]

    @property
    def count(self) -> str:
        """How many indicators it holds."""
        held = sum(len(rows) for _, rows in self.groups)
        return f"{held} {words.types('indicator', held)}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """All tables, with the columns that this edition has; `chance` says whether any range is from chance."""

    beside: tuple[str, ...]
    columns: tuple[str, ...]
    chance: bool
    tables: tuple[EvidenceTable, ...]


def evidence(lookup: Lookup, area: str) -> Evidence:
    """The figures behind one area's scores."""
    leaves = lookup.framework.indicators
    beside = tuple(
        name
        for name in lookup.benchmarks
        if any(not isnan(lookup.benchmark_value(name, node.id)) for node in leaves)
    )[:3]
    ranges = range_heading(lookup.figures[area, node.id] for node in leaves)
    heads = (
        lookup.names[area],
        ranges,
        "Count",
        "Date",
        *beside,
        "Scale, worst to best",
        "Weight",
        "Score",
    )
    cells = {node.id: _cells(lookup, area, node, beside) for node in leaves}
    kept = [k for k in range(len(heads)) if any(row[k] for row in cells.values())]
    rows = {node.id: _row(lookup, node, tuple(cells[node.id][k] for k in kept)) for node in leaves}
    tops = lookup.framework.children(lookup.root.id)
    tables = [_table(lookup, top, rows) for top in tops if not top.is_indicator]
    loose = tuple(rows[top.id] for top in tops if top.is_indicator)
    if loose:
        tables.append(EvidenceTable(lookup.root.name, (("", loose),)))
    return Evidence(beside, tuple(heads[k] for k in kept), "chance" in ranges, tuple(tables))


def _table(lookup: Lookup, top: Node, rows: dict[str, EvidenceRow]) -> EvidenceTable:
    groups: dict[str, list[EvidenceRow]] = {}
    for leaf in lookup.framework.below(top.id):
        heading = "" if leaf.parent == top.id else lookup.framework[leaf.parent].name
        groups.setdefault(heading, []).append(rows[leaf.id])
    return EvidenceTable(top.name, tuple((name, tuple(found)) for name, found in groups.items()))


def _row(lookup: Lookup, node: Node, figures: tuple[str, ...]) -> EvidenceRow:
    name = words.plain(node.name) if node.unit else node.name
    return EvidenceRow(node.id, name, f"../nodes/{lookup.node_files[node.id]}", node.unit, figures)


def _cells(lookup: Lookup, area: str, node: Node, beside: tuple[str, ...]) -> tuple[str, ...]:
    """Everything known of one indicator, in the order of the headings."""
    figure, places = lookup.figures[area, node.id], lookup.places[node.id]
    posts = lookup.goalposts.get(node.id)
    weight = lookup.share_in(area, node.id)
    return (
        value_text(figure, node, places),
        interval_text(figure, places),
        count_text(figure),
        numbers.day(figure.observed) if figure.observed else "",
        *(_other(lookup, name, node, places) for name in beside),
        " to ".join(words.number(post, places) for post in posts) if posts else "",
        "" if weight is None else words.number(weight, 2),
        lookup.shown_points(area, node.id),
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
        return "Range, from chance or of what is hidden"
    return "Range, of what is hidden" if hidden else "Range, from chance" if chance else ""


def interval_text(figure: Figure, places: int) -> str:
    """The range of a value: from chance, or for a hidden one the range that it is in."""
    if figure.lower is None or figure.upper is None or isnan(figure.value):
        return ""
    return f"{words.number(figure.lower, places)} to {words.number(figure.upper, places)}"


def count_text(figure: Figure) -> str:
    """What was counted, and of how many."""
    base = "" if figure.denominator is None else f"of {words.number(figure.denominator, 0)}"
    if isnan(figure.value) and not figure.hidden:
        return ""
    return f"{counted_text(figure)} {base}".strip()


def counted_text(figure: Figure) -> str:
    """What was counted; nothing for a figure that is no count of anything, such as a mean."""
    if figure.hidden:
        return SYMBOLS["suppressed"]
    if figure.numerator is None or isnan(figure.value):
        return ""
    return words.number(figure.numerator, 0)
