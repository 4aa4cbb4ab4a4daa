"""A node's page: where it is high and low, what it is, where it comes from, how it moves."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

import numpy as np

from commonweal.insight import words
from commonweal.insight.facts import HIDDEN_SHARE
from commonweal.model.framework import Node
from commonweal.model.observation import STATUS_CODE, Status
from commonweal.publish.site import findings, layout, numbers
from commonweal.publish.site.choropleth import MapPicture
from commonweal.publish.site.evidence import counted_text, interval_text, range_heading, value_text
from commonweal.publish.site.facts import Statement
from commonweal.publish.site.lookup import Lookup
from commonweal.publish.site.node_pictures import node_map, score_ranking, value_ranking
from commonweal.publish.site.place import estimated, how_made
from commonweal.publish.site.ranking import Ranking
from commonweal.publish.site.shapes import Shapes
from commonweal.publish.site.symbols import SYMBOLS
from commonweal.publish.site.trend import Trend, trend


@dataclass(frozen=True, slots=True)
class Definition:
    """A term and what it is."""

    term: str
    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One area in the full table."""

    name: str
    href: str
    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChildRow:
    """A part of a node: its name, page and weight."""

    name: str
    href: str
    level: str
    weight: str


@dataclass(frozen=True, slots=True)
class NodePage:
    """The page of one node, ready to be written."""

    page: layout.Page
    name: str
    level: str
    description: str
    finding: findings.Finding
    warning: str
    said: tuple[Statement, ...]
    facts: tuple[layout.Fact, ...]
    type: str
    types: str
    map: MapPicture | None
    ranking: Ranking
    definitions: tuple[Definition, ...]
    children: tuple[ChildRow, ...]
    trend: Trend | None
    columns: tuple[str, ...]
    table: tuple[TableRow, ...]


def node_page(lookup: Lookup, node: Node, shapes: Shapes | None) -> NodePage:
    """The page of one node."""
    above = [
        layout.Crumb(parent.name, lookup.node_files[parent.id])
        for parent in reversed(lookup.framework.ancestors(node.id))
    ]
    crumbs = (layout.Crumb("Indicators", "../indicators.html"), *above, layout.Crumb(node.name))
    columns, table = _table(lookup, node)
    return NodePage(
        page=layout.page(
            lookup.edition, f"nodes/{lookup.node_files[node.id]}", node.name, "indicators", crumbs
        ),
        name=node.name,
        level=node.level,
        description=node.description,
        finding=findings.of_node(lookup, node.id),
        warning=_warning(lookup, node),
        said=tuple(s for s in findings.about_node(lookup, node.id) if s.kind != "finding"),
        facts=_facts(lookup, node),
        type=lookup.type,
        types=lookup.types,
        map=node_map(lookup, node, shapes) if shapes else None,
        ranking=value_ranking(lookup, node) if node.is_indicator else score_ranking(lookup, node),
        definitions=_definitions(lookup, node),
        children=_children(lookup, node),
        trend=trend(lookup, node),
        columns=columns,
        table=table,
    )


def _facts(lookup: Lookup, node: Node) -> tuple[layout.Fact, ...]:
    facts = []
    for name in lookup.benchmarks[:2]:
        value = (
            lookup.benchmark_value(name, node.id)
            if node.is_indicator
            else lookup.benchmark_score(name, node.id)
        )
        if isnan(value):
            continue
        if node.is_indicator:
            tail = numbers.tail(node.unit)
            text = numbers.short(value, node.unit, lookup.places[node.id])
        else:
            text, tail = lookup.points(value), f"of {lookup.out_of}" if lookup.out_of else "points"
        note = f"{tail} {estimated(lookup, name, node.id)}".strip()
        facts.append(layout.Fact(f"{name}, {lookup.latest}", text, note))
    if node.is_indicator:
        facts.append(layout.Fact("Direction", "Higher" if node.direction == 1 else "Lower", "is better"))
    weight = lookup.weight(node.id).share
    if weight is not None and node.parent:
        facts.append(
            layout.Fact("Weight", words.number(weight, 2), f"of {lookup.framework[node.parent].name}")
        )
    hidden = lookup.hidden_in(node.id)
    label, count = ("Shown", lookup.shown_in(node.id)) if hidden else ("Scored", lookup.of(node.id))
    facts.append(layout.Fact(label, str(count), f"of {len(lookup.areas)} {lookup.types}"))
    return tuple(facts[:5])


def _definitions(lookup: Lookup, node: Node) -> tuple[Definition, ...]:
    found = []
    if node.description:
        found.append(Definition("Definition", node.description))
    if node.is_indicator:
        found += _measured(lookup, node)
    else:
        count = len(lookup.framework.below(node.id))
        found.append(Definition("Made from", f"{count} {words.types('indicator', count)}"))
    made = how_made(lookup, node)
    if made:
        text = f"{SYMBOLS['estimated']} Not observed but worked out: {made}"
        if any(lookup.figures[a.code, node.id].ranged for a in lookup.areas if node.is_indicator):
            text += f"; a hidden {lookup.type} enters with the middle of its range"
        found.append(Definition(f"{lookup.edition.place} as a whole", text))
    weight = lookup.weight(node.id)
    if weight.share is not None and node.parent:
        text = f"{words.number(weight.share, 3)} of {lookup.framework[node.parent].name}"
        if weight.effective is not None:
            text += f"; {words.number(weight.effective, 3)} of the whole index"
        found.append(Definition("Weight", text))
    if weight.reason:
        found.append(Definition("Why this weight", words.sentence(weight.reason)))
    if node.licence:
        found.append(Definition("Licence", layout.licence(node.licence)))
    return tuple(found)


def _measured(lookup: Lookup, node: Node) -> list[Definition]:
    places = lookup.places[node.id]
    figures = [lookup.figures[a.code, node.id] for a in lookup.areas]
    found = [Definition("Unit", node.unit)] if node.unit else []
    found.append(Definition("Direction", f"{'Higher' if node.direction == 1 else 'Lower'} is better"))
    if node.denominator:
        found.append(Definition("Divided by", numbers.heading(node.denominator)))
    posts = lookup.goalposts.get(node.id)
    if posts:
        worst, best = (numbers.with_unit(post, node.unit, places) for post in posts)
        top = lookup.out_of or "the top"
        text = f"Worst, {worst}, scores 0; best, {best}, scores {top}"
        if any(_middle_of_hidden(lookup, node, post) for post in posts):
            text += ". One of them is the middle of a range that is hidden"
        found.append(Definition("Goalposts", text))
    sources = sorted({f.source for f in figures if f.source}) or ([node.source] if node.source else [])
    if sources:
        found.append(Definition("Source", "; ".join(sources)))
    dates = sorted({f.observed for f in figures if f.observed})
    if dates:
        found.append(Definition("Date", words.listed([numbers.day(date) for date in dates])))
    rounded = sorted({f.round_to for f in figures if f.round_to})
    if rounded:
        to = words.listed([words.number(r, 0) for r in rounded])
        counts = any(f.numerator is not None for f in figures)
        found.append(
            Definition("Counts", f"Each rounded to {to} by itself, so they don’t add up exactly")
            if counts
            else Definition("People behind it", f"Their number is rounded to {to}; the figure itself is not")
        )
    return found


def _middle_of_hidden(lookup: Lookup, node: Node, post: float) -> bool:
    """Whether a goalpost is a value that is hidden in some area and period, and that no one shows."""
    scoring, i = lookup.edition.scoring, lookup.framework.indicators.index(node)
    at_post = np.isclose(scoring.values[:, :, i], post, rtol=1e-9, atol=0)
    hidden = scoring.value_status[:, :, i] == STATUS_CODE[Status.SUPPRESSED]
    return bool((at_post & hidden).any() and not (at_post & ~hidden).any())


def _warning(lookup: Lookup, node: Node) -> str:
    """What is to be said where more than a fifth of the areas are hidden."""
    hidden, of = lookup.hidden_in(node.id), len(lookup.areas)
    if hidden <= HIDDEN_SHARE * of:
        return ""
    ranged = any(lookup.figures[a.code, node.id].ranged for a in lookup.areas)
    scored = "They were scored by the middle of their range, so" if ranged else "They were not scored, so"
    are = f"{hidden} of {of} {lookup.types} {'is' if hidden == 1 else 'are'}"
    return (
        f"Take care: {are} hidden to protect people. {scored} the ranks of the others, and whatever is built"
        " on this, could differ."
    )


def _children(lookup: Lookup, node: Node) -> tuple[ChildRow, ...]:
    rows = []
    for child in lookup.framework.children(node.id):
        weight = lookup.weight(child.id).share
        rows.append(
            ChildRow(
                child.name,
                lookup.node_files[child.id],
                words.sentence(child.level),
                "" if weight is None else words.number(weight, 3),
            )
        )
    return tuple(rows)


def _table(lookup: Lookup, node: Node) -> tuple[tuple[str, ...], tuple[TableRow, ...]]:
    areas = sorted(lookup.areas, key=lambda area: (area.name, area.code))
    if node.is_indicator:
        columns, figures = _value_columns(lookup, node)
    else:
        shown = lookup.periods[-5:]
        columns = (*(f"Score {p}" for p in shown), "Rank")
        first = len(lookup.periods) - len(shown)
        figures = {
            a.code: (
                *(lookup.points(s) for s in lookup.trend(a.code, node.id)[first:]),
                str(lookup.rank(a.code, node.id) or "[x]"),
            )
            for a in areas
        }
    rows = (TableRow(a.name, f"../areas/{lookup.area_files[a.code]}", figures[a.code]) for a in areas)
    return columns, tuple(rows)


def _value_columns(lookup: Lookup, node: Node) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    places = lookup.places[node.id]
    rows = {}
    for area in lookup.areas:
        figure = lookup.figures[area.code, node.id]
        base = "" if figure.denominator is None else words.number(figure.denominator, 0)
        rows[area.code] = (
            value_text(figure, node, places),
            interval_text(figure, places),
            counted_text(figure),
            base,
            numbers.day(figure.observed) if figure.observed else "",
            lookup.shown_points(area.code, node.id),
            SYMBOLS["suppressed"] if figure.hidden else str(lookup.rank(area.code, node.id) or "[x]"),
        )
    unit = f"Value, {node.unit}" if node.unit else "Value"
    heads = (
        unit,
        range_heading(lookup.figures[a.code, node.id] for a in lookup.areas),
        "Count",
        "Of",
        "Date",
        "Score",
        "Rank",
    )
    kept = [k for k in range(len(heads)) if k in (0, 5, 6) or any(row[k] for row in rows.values())]
    return (
        tuple(heads[k] for k in kept),
        {code: tuple(row[k] for k in kept) for code, row in rows.items()},
    )
