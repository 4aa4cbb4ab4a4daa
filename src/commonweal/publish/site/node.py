"""A node's page: where it is high and low, what it is, where it comes from, how it moves."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

from commonweal.insight import words
from commonweal.model.framework import Node
from commonweal.publish.site import findings, layout, numbers
from commonweal.publish.site.choropleth import MapPicture, break_places, choropleth
from commonweal.publish.site.evidence import count_text, interval_text, value_text
from commonweal.publish.site.lookup import Figure, Lookup, Statement
from commonweal.publish.site.ranking import (
    Drawing,
    Ranking,
    RankRow,
    dots_or_bars,
    drawing,
    only_range,
    ticks,
)
from commonweal.publish.site.scale import Axis, percent
from commonweal.publish.site.shapes import Shapes
from commonweal.publish.site.symbols import LEGEND, Symbol
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
    symbols: tuple[Symbol, ...]


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
        said=tuple(s for s in findings.about_node(lookup, node.id) if s.kind != "finding"),
        facts=_facts(lookup, node),
        type=lookup.type,
        types=lookup.types,
        map=_map(lookup, node, shapes) if shapes else None,
        ranking=_value_ranking(lookup, node) if node.is_indicator else _score_ranking(lookup, node),
        definitions=_definitions(lookup, node),
        children=_children(lookup, node),
        trend=trend(lookup, node),
        columns=columns,
        table=table,
        symbols=LEGEND if node.is_indicator else tuple(s for s in LEGEND if s.sign == "[x]"),
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
        facts.append(layout.Fact(f"{name}, {lookup.latest}", text, tail))
    if node.is_indicator:
        facts.append(layout.Fact("Direction", "Higher" if node.direction == 1 else "Lower", "is better"))
    weight = lookup.weights.get(node.id, (None, None, ""))[0]
    if weight is not None and node.parent:
        facts.append(
            layout.Fact("Weight", words.number(weight, 2), f"of {lookup.framework[node.parent].name}")
        )
    scored = lookup.of(node.id)
    facts.append(layout.Fact("Scored", str(scored), f"of {len(lookup.areas)} {lookup.types}"))
    return tuple(facts[:5])


def _map(lookup: Lookup, node: Node, shapes: Shapes) -> MapPicture:
    if node.is_indicator:
        places = lookup.places[node.id]
        figures = {a.code: lookup.figures[a.code, node.id] for a in lookup.areas}
        values = {code: figure.value for code, figure in figures.items() if figure.shown}
        text = {code: _label(values, value) for code, value in values.items()}
        text |= {code: "[c]" for code, figure in figures.items() if figure.hidden}

        def write(value: float) -> str:
            return numbers.short(value, node.unit, break_places([value], 0))

        def say(value: float) -> str:
            return numbers.with_unit(value, node.unit, places)

        caption = f"{node.name}, {lookup.latest}. The number on each {lookup.type} is its value, rounded."
    else:
        values = {a.code: score for a in lookup.areas if not isnan(score := lookup.score(a.code, node.id))}
        text = {code: str(lookup.rank(code, node.id)) for code in values}

        def write(value: float) -> str:
            return words.number(value, break_places([value], 0))

        def say(value: float) -> str:
            return f"score {lookup.points(value)}"

        caption = f"{node.name} score, {lookup.latest}. The number on each {lookup.type} is its rank."
    says = {}
    for area in lookup.areas:
        rank = lookup.rank(area.code, node.id)
        of = f", rank {rank} of {lookup.of(node.id)}" if rank else ""
        hidden = node.is_indicator and lookup.figures[area.code, node.id].hidden
        what = say(values[area.code]) if area.code in values else "confidential" if hidden else "no figure"
        says[area.code] = f"{area.name}, {what}{of}"
    return choropleth(
        shapes,
        values,
        write=write,
        hrefs={a.code: f"../areas/{lookup.area_files[a.code]}" for a in lookup.areas},
        says=says,
        texts=text,
        title=f"Map of {len(lookup.areas)} {lookup.types}: {node.name}",
        caption=caption,
    )


def _label(values: dict[str, float], value: float) -> str:
    """A value short enough to stand on a map: two or three digits, thousands as k."""
    largest = max(abs(v) for v in values.values())
    if largest >= 10_000:
        return f"{words.number(value / 1000, 0)}k"
    return words.number(value, 0 if largest >= 10 else 1)


def _score_ranking(lookup: Lookup, node: Node) -> Ranking:
    scores = [s for a in lookup.areas if not isnan(s := lookup.score(a.code, node.id))]
    shown = [(name, lookup.benchmark_score(name, node.id)) for name in lookup.benchmarks]
    line = next(((name, score) for name, score in reversed(shown) if not isnan(score)), None)
    axis = Axis.over([*scores, *([line[1]] if line else [])] or [lookup.scale.low, lookup.scale.high])
    rows = []
    for area in lookup.ordered(node.id):
        score, rank = lookup.score(area.code, node.id), lookup.rank(area.code, node.id)
        picture = Drawing() if isnan(score) else drawing(axis, score, None, None, bar=False)
        href = f"../areas/{lookup.area_files[area.code]}"
        rows.append(RankRow(str(rank or ""), area.name, href, picture, (lookup.points(score),)))
    return Ranking(
        caption=f"{words.sentence(lookup.types)} by score for {node.name} in {lookup.latest}",
        noun=words.sentence(lookup.type),
        axis="Score",
        ticks=ticks(axis),
        columns=("Score",),
        rows=tuple(rows),
        line=percent(axis.at(line[1])) if line else "",
        note=_note(axis, f"{line[0]}, {lookup.points(line[1])}" if line else "", bars=False),
    )


def _value_ranking(lookup: Lookup, node: Node) -> Ranking:
    places = lookup.places[node.id]
    figures = {a.code: lookup.figures[a.code, node.id] for a in lookup.areas}
    ends = [
        v
        for f in figures.values()
        if not isnan(f.value)
        for v in (f.value, f.lower, f.upper)
        if v is not None
    ]
    lines = [(name, lookup.benchmark_value(name, node.id)) for name in lookup.benchmarks]
    line = next(((name, value) for name, value in reversed(lines) if not isnan(value)), None)
    axis, bar = dots_or_bars(ends or [0.0, 1.0], [line[1]] if line else [])
    rows = []
    for area in lookup.ordered(node.id):
        figure, rank = figures[area.code], lookup.rank(area.code, node.id)
        rows.append(
            RankRow(
                str(rank or ""),
                area.name,
                f"../areas/{lookup.area_files[area.code]}",
                _picture(axis, figure, bar),
                (value_text(figure, node, places), lookup.points(lookup.score(area.code, node.id))),
            )
        )
    whiskers = any(row.drawing.low for row in rows)
    unit = words.sentence(node.unit) or "Value"
    named = f"{line[0]}, {numbers.short(line[1], node.unit, places)}" if line else ""
    return Ranking(
        caption=f"{words.sentence(lookup.types)} from best to worst for {node.name} in {lookup.latest}",
        noun=words.sentence(lookup.type),
        axis=f"{unit}, and its range from chance" if whiskers else unit,
        ticks=ticks(axis),
        columns=("Value", "Score"),
        rows=tuple(rows),
        line=percent(axis.at(line[1])) if line else "",
        note=_note(axis, named, bars=bar),
    )


def _picture(axis: Axis, figure: Figure, bar: bool) -> Drawing:
    if figure.hidden:
        return only_range(axis, figure.lower, figure.upper)
    if isnan(figure.value):
        return Drawing()
    return drawing(axis, figure.value, figure.lower, figure.upper, bar=bar)


def _note(axis: Axis, line: str, *, bars: bool) -> str:
    notes = []
    if line:
        notes.append(f"The dashed line is {line}. It plays no part in scores or ranks.")
    if not bars and axis.low != 0:
        notes.append(f"The axis starts at {words.number(axis.low, axis.places)}, not 0.")
    return " ".join(notes)


def _definitions(lookup: Lookup, node: Node) -> tuple[Definition, ...]:
    found = []
    if node.description:
        found.append(Definition("Definition", node.description))
    if node.is_indicator:
        found += _measured(lookup, node)
    else:
        count = len(lookup.framework.below(node.id))
        found.append(Definition("Made from", f"{count} {words.types('indicator', count)}"))
    weight, effective, reason = lookup.weights.get(node.id, (None, None, ""))
    if weight is not None and node.parent:
        text = f"{words.number(weight, 3)} of {lookup.framework[node.parent].name}"
        if effective is not None:
            text += f"; {words.number(effective, 3)} of the whole index"
        found.append(Definition("Weight", text))
    if reason:
        found.append(Definition("Why this weight", words.sentence(reason)))
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
        found.append(Definition("Goalposts", f"Worst, {worst}, scores 0; best, {best}, scores {top}"))
    sources = sorted({f.source for f in figures if f.source}) or ([node.source] if node.source else [])
    if sources:
        found.append(Definition("Source", "; ".join(sources)))
    dates = sorted({f.observed for f in figures if f.observed})
    if dates:
        found.append(Definition("Date", words.listed([numbers.day(date) for date in dates])))
    rounded = sorted({f.round_to for f in figures if f.round_to})
    if rounded:
        to = words.listed([words.number(r, 0) for r in rounded])
        found.append(Definition("Counts", f"Each rounded to {to} by itself, so they don’t add up exactly"))
    return found


def _children(lookup: Lookup, node: Node) -> tuple[ChildRow, ...]:
    rows = []
    for child in lookup.framework.children(node.id):
        weight = lookup.weights.get(child.id, (None, None, ""))[0]
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
            count_text(figure).split(" of ")[0],
            base,
            numbers.day(figure.observed) if figure.observed else "",
            lookup.points(lookup.score(area.code, node.id)),
            str(lookup.rank(area.code, node.id) or "[x]"),
        )
    unit = f"Value, {node.unit}" if node.unit else "Value"
    heads = (unit, "Range from chance", "Count", "Of", "Date", "Score", "Rank")
    kept = [k for k in range(len(heads)) if k in (0, 5, 6) or any(row[k] for row in rows.values())]
    return (
        tuple(heads[k] for k in kept),
        {code: tuple(row[k] for k in kept) for code, row in rows.items()},
    )
