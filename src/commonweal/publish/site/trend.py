"""A trend: the place, a benchmark and the spread of the areas over the periods, as a picture and a table."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from math import isnan, nan

from commonweal.insight import words
from commonweal.model.framework import Node
from commonweal.publish.site import numbers
from commonweal.publish.site.lookup import Lookup
from commonweal.publish.site.ranking import dots_or_bars
from commonweal.publish.site.scale import Axis, percent

#: The picture's height in units: labels above, years below.
TOP, BOTTOM = 18.0, 190.0

Series = list[tuple[str, str, tuple[float, ...]]]


@dataclass(frozen=True, slots=True)
class Segment:
    """A straight piece of a line."""

    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(frozen=True, slots=True)
class Line:
    """One series: its pieces, its last point, and what stands for it in words."""

    name: str
    kind: str  # own, benchmark or areas
    segments: tuple[Segment, ...]
    x: str
    y: str
    text: str


@dataclass(frozen=True, slots=True)
class Level:
    """A ruled line of the picture with its number."""

    y: str
    text: str


@dataclass(frozen=True, slots=True)
class Trend:
    """The picture with its table."""

    says: str
    caption: str
    levels: tuple[Level, ...]
    periods: tuple[tuple[str, str], ...]
    labels: tuple[str, ...]
    lines: tuple[Line, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def trend(lookup: Lookup, node: Node) -> Trend | None:
    """The trend of a node; None with one period, or where fewer than two have a figure."""
    series = _series(lookup, node)
    found = [v for _, _, values in series for v in values if not isnan(v)]
    if len(lookup.periods) < 2 or len({round(v, 12) for v in found}) == 0:
        return None
    if node.is_indicator:
        axis, _ = dots_or_bars(found)
        places = lookup.places[node.id]
    else:
        axis, places = Axis.over(found), 1 if lookup.scale.high > 2 else 3

    def write(value: float) -> str:
        if isnan(value):
            return "[x]"
        return numbers.short(value, node.unit, places) if node.is_indicator else lookup.points(value)

    unit = f", {node.unit}" if node.unit else " score" if not node.is_indicator else ""
    start = "" if axis.low == 0 else f" The axis starts at {words.number(axis.low, axis.places)}, not 0."
    drawn = [(name, kind, values) for name, kind, values in series if kind != "table"]
    return Trend(
        says=_says(lookup, node, drawn, write),
        caption=f"{node.name}{unit}, {lookup.periods[0]} to {lookup.latest}.{start}",
        levels=tuple(Level(_y(axis, t), words.number(t, axis.places)) for t in axis.ticks),
        periods=tuple(
            (_x(k, len(lookup.periods)), label)
            for k, label in enumerate(lookup.periods)
            if len(lookup.periods) <= 8 or k % 2 == (len(lookup.periods) - 1) % 2
        ),
        labels=lookup.periods,
        lines=_lines(axis, drawn, write),
        rows=tuple((name, tuple(write(v) for v in values)) for name, _, values in series),
    )


def _series(lookup: Lookup, node: Node) -> Series:
    get = lookup.benchmark_value if node.is_indicator else lookup.benchmark_score
    found: Series = []
    for k, name in enumerate(lookup.benchmarks[:3]):
        values = tuple(get(name, node.id, period) for period in lookup.periods)
        if not all(isnan(v) for v in values):
            found.append((name, "own" if k == 0 else "benchmark", values))
    ends = [_spread(lookup, node, k) for k in range(len(lookup.periods))]
    kind = "table" if found else "areas"
    which = _which(lookup, node)
    for at, name in enumerate(("Highest", "Middle", "Lowest")):
        row = tuple(end[at] for end in ends)
        own_kind = "own" if kind == "areas" and at == 1 else kind
        if not all(isnan(v) for v in row):
            found.append((f"{name} {which}", own_kind, row))
    return found


def _which(lookup: Lookup, node: Node) -> str:
    """What the spread is of: "ward", or "of the 6 wards shown" where some are hidden in a period."""
    if not node.is_indicator:
        return lookup.type
    counts = {len(lookup.shown_values(node.id, k)) for k in range(len(lookup.periods))} - {0}
    if not any(lookup.hidden_values(node.id, k) for k in range(len(lookup.periods))):
        return lookup.type
    if len(counts) != 1:
        return f"of the {lookup.types} shown"
    (count,) = counts
    return f"of the {count} {words.types(lookup.edition.areas.type, count)} shown"


def _spread(lookup: Lookup, node: Node, period: int) -> tuple[float, float, float]:
    """Highest, middle and lowest of what may be shown in one period."""
    if node.is_indicator:
        values = lookup.shown_values(node.id, period)
    else:
        values = [s for a in lookup.areas if not isnan(s := lookup.trend(a.code, node.id)[period])]
    ordered = sorted(values)
    if not ordered:
        return nan, nan, nan
    half = len(ordered) // 2
    middle = ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
    return ordered[-1], middle, ordered[0]


def _x(k: int, count: int) -> str:
    return percent(8 + 76 * k / max(count - 1, 1))


def _y(axis: Axis, value: float) -> str:
    return f"{BOTTOM - (BOTTOM - TOP) * axis.at(value) / 100:.4g}"


def _lines(axis: Axis, series: Series, write: Callable[[float], str]) -> tuple[Line, ...]:
    made = []
    for name, kind, values in series:
        known = [(k, v) for k, v in enumerate(values) if not isnan(v)]
        pieces = tuple(
            Segment(_x(k, len(values)), _y(axis, v), _x(j, len(values)), _y(axis, w))
            for (k, v), (j, w) in itertools.pairwise(known)
            if j == k + 1
        )
        last, value = known[-1]
        made.append(
            Line(name, kind, pieces, _x(last, len(values)), _y(axis, value), f"{name} {write(value)}")
        )
    return tuple(made)


def _says(lookup: Lookup, node: Node, series: Series, write: Callable[[float], str]) -> str:
    parts = [
        f"{name} from {write(values[0])} to {write(values[-1])}"
        for name, _, values in series
        if not isnan(values[0]) and not isnan(values[-1])
    ]
    return f"{node.name}, {lookup.periods[0]} to {lookup.latest}: {'; '.join(parts)}."
