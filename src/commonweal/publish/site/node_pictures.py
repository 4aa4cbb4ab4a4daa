"""A node's pictures: the map and the ranking, by value for indicators and by score for their parents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isnan

from commonweal.insight import words
from commonweal.model.framework import Node
from commonweal.publish.site import numbers
from commonweal.publish.site.choropleth import MapPicture, choropleth, places_of
from commonweal.publish.site.evidence import value_text
from commonweal.publish.site.facts import Figure
from commonweal.publish.site.lookup import Lookup
from commonweal.publish.site.place import estimated
from commonweal.publish.site.ranking import (
    WHISKERS,
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
from commonweal.publish.site.sureness import ASIDE, figures


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a map shows: a number an area to colour it by, the text on it, and what its link says.

    `printed` says what the texts are, for a map that has room for them. Classes go by values rounded to
    `places`.
    """

    values: dict[str, float]
    texts: dict[str, str]
    says: dict[str, str]
    write: Callable[[float], str]
    caption: str
    printed: str
    places: int


def node_map(lookup: Lookup, node: Node, shapes: Shapes, folder: str = "../areas/") -> MapPicture:
    """The map: an indicator by its values, a parent by its scores. `folder` leads to the areas' pages."""
    shown = _values(lookup, node) if node.is_indicator else _scores(lookup, node)
    says = {}
    for area in lookup.areas:
        rank = lookup.rank(area.code, node.id)
        place = f", rank {rank} of {lookup.of(node.id)}" if rank else ""
        says[area.code] = f"{area.name}, {shown.says.get(area.code, 'no figure')}{place}"
    fit = sum(outline.room for outline in shapes.outlines.values()) / len(shapes.outlines)
    printed = f" {shown.printed}{'' if fit == 1 else ', where there is room for it'}." if fit >= 0.5 else ""
    return choropleth(
        shapes,
        shown.values,
        write=shown.write,
        hrefs={a.code: f"{folder}{lookup.area_files[a.code]}" for a in lookup.areas},
        says=says,
        texts=shown.texts if fit >= 0.5 else {},
        title=f"Map of {len(lookup.areas)} {lookup.types}: {node.name}",
        caption=f"{shown.caption}. {_which_is_better(node)}{printed}{_of_those_shown(lookup, node)}",
        places=shown.places,
        direction=node.direction if node.is_indicator and node.direction else 1,
    )


def _of_those_shown(lookup: Lookup, node: Node) -> str:
    if not lookup.hidden_in(node.id):
        return ""
    shown = lookup.shown_in(node.id)
    return f" Classes part the {shown} {words.types(lookup.type, shown)} shown."


def _which_is_better(node: Node) -> str:
    if not node.is_indicator:
        return "A higher score is better."
    return f"{'Higher' if node.direction == 1 else 'Lower'} is better."


def _values(lookup: Lookup, node: Node) -> _Shown:
    places = lookup.places[node.id]
    figures = {a.code: lookup.figures[a.code, node.id] for a in lookup.areas}
    values = {code: figure.value for code, figure in figures.items() if figure.shown}
    hidden = [code for code, figure in figures.items() if figure.hidden]
    rounding = _label_places(list(values.values()), places)
    return _Shown(
        values,
        _labels(values, rounding) | dict.fromkeys(hidden, "[c]"),
        {code: numbers.with_unit(value, node.unit, places) for code, value in values.items()}
        | dict.fromkeys(hidden, "confidential"),
        lambda value: numbers.short(value, node.unit, places_of(value)),
        f"{node.name}, {lookup.latest}",
        f"The number on each {lookup.type} is its value{', in thousands' if rounding < 0 else ''}, rounded",
        rounding,
    )


def _scores(lookup: Lookup, node: Node) -> _Shown:
    values = {a.code: score for a in lookup.areas if not isnan(score := lookup.score(a.code, node.id))}
    return _Shown(
        values,
        {code: str(lookup.rank(code, node.id)) for code in values},
        {code: f"score {lookup.points(score)}" for code, score in values.items()},
        lambda value: words.number(value, places_of(value)),
        f"{node.name}: score in {lookup.latest}",
        f"The number on each {lookup.type} is its rank",
        1 if lookup.scale.high > 2 else 3,
    )


def _label_places(values: list[float], places: int) -> int:
    """Decimals of the numbers on a map: two or three digits in all, enough to part areas in classes.

    >>> _label_places([8.2, 21.0, 34.0, 13.9], 1), _label_places([26574.0, 31000.0], 0)
    (0, -3)
    >>> _label_places([13.1, 13.4, 13.2], 1)
    1
    """
    largest = max((abs(v) for v in values), default=0.0)
    if largest >= 10_000:
        return -3
    least = 0 if largest >= 10 else 1
    return least if len({round(v, least) for v in values}) > 3 else max(least, min(places, least + 1))


def _labels(values: dict[str, float], places: int) -> dict[str, str]:
    """Values as they stand on a map, thousands as k."""
    if places < 0:
        return {code: f"{words.number(value / 1000, 0)}k" for code, value in values.items()}
    return {code: words.number(value, places) for code, value in values.items()}


def score_ranking(lookup: Lookup, node: Node) -> Ranking:
    """The areas by a parent's score, a dot each."""
    scores = [s for a in lookup.areas if not isnan(s := lookup.score(a.code, node.id))]
    shown = [(name, lookup.benchmark_score(name, node.id)) for name in lookup.benchmarks]
    line = next(((name, score) for name, score in reversed(shown) if not isnan(score)), None)
    reach = [end for a in lookup.areas for end in lookup.sure.scores(a.code, node.id) if end is not None]
    held = [*scores, *reach, *([line[1]] if line else [])]
    axis = Axis.over(held or [lookup.scale.low, lookup.scale.high])
    ranged = lookup.sure.has_ranks(node.id)
    rows = []
    for area in lookup.ordered(node.id):
        score, rank = lookup.score(area.code, node.id), lookup.rank(area.code, node.id)
        ends = lookup.sure.scores(area.code, node.id)
        picture = Drawing() if isnan(score) else drawing(axis, score, *ends, bar=False)
        href = f"../areas/{lookup.area_files[area.code]}"
        places = (figures(lookup.sure.by_chance(area.code, node.id)),) if ranged else ()
        rows.append(RankRow(str(rank or ""), area.name, href, picture, (lookup.points(score), *places)))
    return Ranking(
        caption=f"{words.sentence(lookup.types)} by score for {node.name} in {lookup.latest}",
        noun=words.sentence(lookup.type),
        axis="Score, and its range from chance" if reach else "Score",
        ticks=ticks(axis),
        columns=("Score", "Chance could place it") if ranged else ("Score",),
        rows=tuple(rows),
        line=percent(axis.at(line[1])) if line else "",
        chance=of_chance(lookup, node) if ranged else "",
        note=f"{f'{WHISKERS} ' if reach else ''}{_note(axis, _named(lookup, line), bars=False)}".strip(),
        together=lookup.sure.together() if node == lookup.root else (),
    )


def of_chance(lookup: Lookup, node: Node) -> str:
    """What is to be known of ranges from chance before a ranking is read."""
    aside = any(
        lookup.sure.aside(a.code, node.id, rank, lookup.of(node.id), lookup.score(a.code, node.id))
        for a in lookup.areas
        if (rank := lookup.rank(a.code, node.id))
    )
    known = "" if node.is_indicator else lookup.sure.known_for(node.id)
    return " ".join(filter(None, (known, ASIDE if aside else "")))


def _named(lookup: Lookup, line: tuple[str, float] | None) -> str:
    return f"{line[0]}, {lookup.points(line[1])}" if line else ""


def value_ranking(lookup: Lookup, node: Node) -> Ranking:
    """The areas by an indicator's value, a bar each with its interval."""
    places = lookup.places[node.id]
    held = {a.code: lookup.figures[a.code, node.id] for a in lookup.areas}
    ends = [
        v for f in held.values() if not isnan(f.value) for v in (f.value, f.lower, f.upper) if v is not None
    ]
    lines = [(name, lookup.benchmark_value(name, node.id)) for name in lookup.benchmarks]
    line = next(((name, value) for name, value in reversed(lines) if not isnan(value)), None)
    axis, bar = dots_or_bars(ends or [0.0, 1.0], [line[1]] if line else [])
    ranged = node.id in (lookup.sure.found.known if lookup.sure.found else ())
    rows = []
    for area in lookup.ordered(node.id):
        figure, rank = held[area.code], lookup.rank(area.code, node.id)
        could = (figures(lookup.sure.by_chance(area.code, node.id)) if rank else "",) if ranged else ()
        rows.append(
            RankRow(
                str(rank or ""),
                area.name,
                f"../areas/{lookup.area_files[area.code]}",
                _picture(axis, figure, bar),
                (value_text(figure, node, places), lookup.shown_points(area.code, node.id), *could),
            )
        )
    shown = [held[a.code] for a in lookup.areas]
    whiskers = any(f.shown and f.lower is not None for f in shown)
    unit = words.sentence(node.unit) or "Value"
    named = ""
    if line:
        sign = estimated(lookup, line[0], node.id)
        named = f"{line[0]}, {numbers.short(line[1], node.unit, places)} {sign}".rstrip()
    return Ranking(
        caption=f"{words.sentence(lookup.types)} from best to worst for {node.name} in {lookup.latest}",
        noun=words.sentence(lookup.type),
        axis=f"{unit}, and its range from chance" if whiskers else unit,
        ticks=ticks(axis),
        columns=("Value", "Score", *(("Chance could place it",) if ranged else ())),
        rows=tuple(rows),
        line=percent(axis.at(line[1])) if line else "",
        chance=of_chance(lookup, node) if ranged else "",
        note=f"{_note(axis, named, bars=bar)} {_hidden(lookup, shown)}".strip(),
    )


def _hidden(lookup: Lookup, figures: list[Figure]) -> str:
    hidden = [figure for figure in figures if figure.hidden]
    if not hidden:
        return ""
    drawn = "its range is drawn, and" if any(figure.ranged for figure in hidden) else "it was not scored, and"
    return f"[c] is hidden to protect people: {drawn} the {lookup.type} has no rank."


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
