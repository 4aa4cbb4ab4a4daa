"""The scorecard: for each part of the index a table of components and indicators, a picture in each row."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

from commonweal.insight import words
from commonweal.model.framework import Node
from commonweal.publish.site.lookup import Lookup
from commonweal.publish.site.scale import percent
from commonweal.publish.site.symbols import symbol

#: What the class of a progress is shown as: the sign of over, within or under.
PROGRESS_SIGN = {
    "deterioration": "under",
    "stagnation": "within",
    "steady improvement": "over",
    "significant improvement": "over",
}
#: What stands in place of a class where a change has none.
UNLIKE = "not of the same indicators"


@dataclass(frozen=True, slots=True)
class Spark:
    """A small trend, 52 by 16 units: its path and its last point."""

    path: str
    x: str
    y: str


@dataclass(frozen=True, slots=True)
class Row:
    """A component or indicator: name, scale with dot and band, score, rank, mark and trend.

    `low` and `high` are set for a hidden figure: the range that its score is in. A `hollow` mark could be
    chance.
    """

    name: str
    unit: str
    href: str
    parent: bool
    score: str
    symbol: str
    rank: str
    mark: str
    dot: str = ""
    band_from: str = ""
    band: str = ""
    low: str = ""
    high: str = ""
    trend: Spark | None = None
    hollow: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """One column: a dimension (or another part directly below the index) with its groups of rows."""

    name: str
    href: str
    score: str
    rank: str
    of: str
    progress: str
    trend: Spark | None
    groups: tuple[tuple[Row, ...], ...]


def cards(lookup: Lookup, area: str) -> tuple[Card, ...]:
    """The columns of an area's scorecard; indicators directly below the index share one column."""
    tops = lookup.framework.children(lookup.root.id)
    columns = [(top, _groups(lookup, area, top)) for top in tops if not top.is_indicator]
    loose = tuple(_row(lookup, area, top) for top in tops if top.is_indicator)
    if loose:
        columns.append((lookup.root, (loose,)))
    return tuple(_card(lookup, area, node, groups) for node, groups in columns)


def _card(lookup: Lookup, area: str, node: Node, groups: tuple[tuple[Row, ...], ...]) -> Card:
    rank = lookup.rank(area, node.id)
    change = lookup.changes.get((area, node.id))
    kind = words.sentence(change.kind or UNLIKE) if change else ""
    after = "?" if change and change.hollow else ","
    says = f"{kind}{after} {words.signed(change.per_year)} points a year" if change else ""
    return Card(
        name=node.name,
        href=lookup.node_files[node.id],
        score=lookup.points(lookup.score(area, node.id), 1),
        rank=words.ordinal(rank) if rank else "",
        of=lookup.of_areas(node.id),
        progress=says,
        trend=sparkline(lookup, area, node.id),
        groups=groups,
    )


def _groups(lookup: Lookup, area: str, top: Node) -> tuple[tuple[Row, ...], ...]:
    """Indicators directly below `top` first, then a group for each parent below it, at any depth."""
    children = lookup.framework.children(top.id)
    own = tuple(_row(lookup, area, child) for child in children if child.is_indicator)
    found = [own] if own else []
    for child in children:
        if not child.is_indicator:
            first, *rest = _groups(lookup, area, child)
            head = _row(lookup, area, child)
            direct = lookup.framework.children(child.id)[0].is_indicator or any(
                grandchild.is_indicator for grandchild in lookup.framework.children(child.id)
            )
            found += [(head, *first), *rest] if direct else [(head,), first, *rest]
    return tuple(found)


def _row(lookup: Lookup, area: str, node: Node) -> Row:
    score, rank = lookup.score(area, node.id), lookup.rank(area, node.id)
    figure = lookup.figures[area, node.id] if node.is_indicator else None
    mark = lookup.marks.get((area, node.id))
    band_from = band = low = high = ""
    if mark:
        start, end = lookup.scale.at(mark.low), lookup.scale.at(mark.high)
        band_from, band = percent(start), percent(end - start)
    if figure and figure.hidden:
        ends = score_range(lookup, node.id, figure.lower, figure.upper)
        if ends:
            low, high = (percent(lookup.scale.at(s)) for s in ends)
    return Row(
        name=words.plain(node.name) if node.unit else node.name,
        unit=node.unit,
        href=lookup.node_files[node.id],
        parent=not node.is_indicator,
        score=lookup.shown_points(area, node.id),
        symbol=symbol(figure) if figure and not figure.hidden and not isnan(score) else "",
        rank=str(rank) if rank else "",
        mark=mark.kind if mark else "",
        hollow=mark is not None and mark.hollow,
        dot="" if isnan(score) or lookup.hidden(area, node.id) else percent(lookup.scale.at(score)),
        band_from=band_from,
        band=band,
        low=low,
        high=high,
        trend=None if node.is_indicator else sparkline(lookup, area, node.id),
    )


def score_range(
    lookup: Lookup, indicator: str, lower: float | None, upper: float | None
) -> tuple[float, float] | None:
    """The scores of a range of values, where goalposts make scores."""
    posts = lookup.goalposts.get(indicator)
    method = lookup.edition.recipe.normalise.at(indicator).name
    if posts is None or lower is None or upper is None or method != "goalposts":
        return None
    worst, best = posts
    ends = sorted(100 * (v - worst) / (best - worst) for v in (lower, upper))
    return min(100.0, max(0.0, ends[0])), min(100.0, max(0.0, ends[1]))


def sparkline(lookup: Lookup, area: str, node: str) -> Spark | None:
    """A node's trend in one area; None with fewer than two scores.

    Its height is at least a tenth of the scale, so that noise does not look like a journey.
    """
    trend = lookup.trend(area, node)
    found = [s for s in trend if not isnan(s)]
    if len(found) < 2:
        return None
    middle = (max(found) + min(found)) / 2
    height = max(max(found) - min(found), 0.1 * (lookup.scale.high - lookup.scale.low))
    step = 48 / (len(trend) - 1)
    parts, pen = [], "M"
    for k, score in enumerate(trend):
        if isnan(score):
            pen = "M"
            continue
        x, y = f"{2 + k * step:.4g}", f"{8 - 12 * (score - middle) / height:.4g}"
        parts.append(f"{pen}{x} {y}")
        pen = "L"
    return Spark("".join(parts), x, y)
