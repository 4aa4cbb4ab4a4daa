"""The home page: who leads, every place on a map and in order, what changed."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

import numpy as np

from commonweal.insight import words
from commonweal.insight.progress import CLASSES, class_of
from commonweal.model.project import ProgressRule
from commonweal.publish.site import findings, layout, place
from commonweal.publish.site.choropleth import MapPicture
from commonweal.publish.site.facts import Statement
from commonweal.publish.site.lookup import Lookup
from commonweal.publish.site.node_pictures import node_map, of_chance
from commonweal.publish.site.pattern import KINDS, Pattern, pattern
from commonweal.publish.site.ranking import WHISKERS, Drawing, Ranking, RankRow, drawing, ticks
from commonweal.publish.site.scale import Axis, percent
from commonweal.publish.site.scorecard import PROGRESS_SIGN, UNLIKE
from commonweal.publish.site.shapes import Shapes
from commonweal.publish.site.sureness import figures as figures_of

#: What is said of the index under what changed.
_MOVED = ("change", "progress-classes", "convergence", "inequality")


@dataclass(frozen=True, slots=True)
class Move:
    """One row of what changed: where a score was, where it is, and the class of the change."""

    name: str
    href: str
    first: str
    last: str
    per_year: str
    kind: str
    sign: str
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Moves:
    """What changed since a period, for the place or for its areas."""

    since: str
    until: str
    said: tuple[Statement, ...]
    says: str
    noun: str
    rows: tuple[Move, ...]
    still: tuple[layout.Link, ...]


@dataclass(frozen=True, slots=True)
class Home:
    """The home page, ready to be written."""

    page: layout.Page
    heading: str
    finding: findings.Finding
    more: tuple[Statement, ...]
    facts: tuple[layout.Fact, ...]
    types: str
    type: str
    map: MapPicture | None
    scale: str
    ranged: bool
    ranking: Ranking
    moves: Moves | None
    pattern: Pattern | None
    measures: str
    sure: tuple[str, ...]
    parts: tuple[layout.Link, ...]


def home(lookup: Lookup, shapes: Shapes | None) -> Home:
    """The home page of an edition."""
    edition = lookup.edition
    where = f" of {edition.place}" if edition.place else ""
    heading = f"How the {len(lookup.areas)} {lookup.types}{where} are doing"
    return Home(
        page=layout.page(edition, "index.html", f"{heading} in {lookup.latest}", "areas"),
        heading=heading,
        finding=findings.of_place(lookup),
        more=tuple(
            s for s in lookup.statements.get("", ()) if not s.node and s.kind not in ("finding", *KINDS)
        ),
        facts=_facts(lookup),
        types=lookup.types,
        type=lookup.type,
        scale=place.scale_ends(lookup),
        ranged=any(figure.shown and figure.lower is not None for figure in lookup.figures.values()),
        map=node_map(lookup, lookup.root, shapes, "areas/") if shapes else None,
        ranking=_ranking(lookup),
        moves=_moves(lookup),
        pattern=pattern(lookup),
        measures=lookup.root.description,
        sure=how_sure(lookup),
        parts=tuple(
            layout.Link(child.name, f"nodes/{lookup.node_files[child.id]}")
            for child in lookup.framework.children(lookup.root.id)
        ),
    )


def how_sure(lookup: Lookup) -> tuple[str, ...]:
    """What a reader should know of the ranks before reading them as an order."""
    found = lookup.sure.found
    if found is None:
        held = lookup.edition.uncertainty
        return (held.why_not,) if held is not None else ()
    says = []
    if found.known:
        says.append(
            f"Figures of a {lookup.type} move by chance. Each rank comes with the places that chance alone"
            " could give it; where they overlap, read them as alike."
        )
    if found.reruns:
        says.append("How ranks move with other choices of method is on the page of each " + lookup.type + ".")
    return tuple(says)


def _facts(lookup: Lookup) -> tuple[layout.Fact, ...]:
    root, whole = lookup.root, lookup.edition.place
    facts = []
    own = lookup.benchmark_score(whole, root.id)
    note = f"of {lookup.out_of}" if lookup.out_of else ""
    if not isnan(own):
        how = place.how_made(lookup, root)
        said = f"{note} {place.estimated(lookup, whole, root.id)}".strip() + (f", {how}" if how else "")
        facts.append(layout.Fact(f"{whole}, {lookup.latest}", lookup.points(own, 1), said))
        change = place.change(lookup, root)
        if change is not None:
            unlike = place.unlike(lookup, root)
            unit = f"points a year{f', {unlike}' if unlike else ''}"
            facts.append(layout.Fact(f"Change since {lookup.since}", words.signed(change), unit))
    ranked = [area for area in lookup.ordered(root.id) if lookup.rank(area.code, root.id)]
    for label, area in (("Highest", ranked[:1]), ("Lowest", ranked[-1:])):
        if area:
            score = lookup.points(lookup.score(area[0].code, root.id), 1)
            facts.append(layout.Fact(f"{label} {lookup.type}", score, area[0].name))
    count = len(lookup.framework.indicators)
    levels = [
        f"{number} {words.types(level, number)}" for level, number in lookup.levels() if level != root.level
    ]
    facts.append(layout.Fact("Made from", str(count), _made_from(levels)))
    return tuple(facts)


def _made_from(levels: list[str]) -> str:
    *above, indicators = levels
    noun = indicators.split(" ", 1)[1]
    return ", ".join([noun, *reversed(above)])


def _ranking(lookup: Lookup) -> Ranking:
    root = lookup.root.id
    scores = [s for a in lookup.areas if not isnan(s := lookup.score(a.code, root))]
    reach = [end for a in lookup.areas for end in lookup.sure.scores(a.code, root) if end is not None]
    axis = Axis.over([*scores, *reach] or [0.0, lookup.scale.high])
    columns = ["Score"]
    if lookup.changes:
        columns.append(f"Points a year since {lookup.since}")
    ranged = lookup.sure.has_ranks(root)
    if ranged:
        columns.append("Chance could place it")
    rows = []
    for area in lookup.ordered(root):
        score, rank = lookup.score(area.code, root), lookup.rank(area.code, root)
        figures = [lookup.points(score)]
        if lookup.changes:
            change = lookup.changes.get((area.code, root))
            unlike = "" if change is None or change.kind else "*"
            figures.append(f"{words.signed(change.per_year)}{unlike}" if change else "[x]")
        if ranged:
            figures.append(figures_of(lookup.sure.by_chance(area.code, root)))
        ends = lookup.sure.scores(area.code, root)
        picture = Drawing() if isnan(score) else drawing(axis, score, *ends, bar=False)
        href = f"areas/{lookup.area_files[area.code]}"
        rows.append(RankRow(str(rank) if rank else "", area.name, href, picture, tuple(figures)))
    note = "" if axis.low == 0 else f"The axis starts at {words.number(axis.low, axis.places)}, not 0."
    starred = any(figure.endswith("*") for row in rows for figure in row.figures)
    marked = (
        f"* {words.sentence(UNLIKE)} at both ends: the page of the {lookup.type} says which."
        if starred
        else ""
    )
    return Ranking(
        caption=f"{words.sentence(lookup.types)} by score in {lookup.latest}",
        noun=words.sentence(lookup.type),
        axis="Score, and its range from chance" if reach else "Score",
        ticks=ticks(axis),
        columns=tuple(columns),
        rows=tuple(rows),
        chance=of_chance(lookup, lookup.root) if ranged else "",
        note=" ".join(filter(None, (WHISKERS if reach else "", note, marked))),
        together=lookup.sure.together(),
    )


def _moves(lookup: Lookup) -> Moves | None:
    """The place's scores then and now, for the level above indicators; largest gain first."""
    rule = lookup.edition.progress_rule or ProgressRule()
    found, still = [], []
    for node in lookup.framework.parents:
        if not lookup.framework.children(node.id)[0].is_indicator:
            continue
        ends, change = place.ends(lookup, node), place.change(lookup, node)
        if ends is None or change is None:
            continue
        if not lookup.renewed(node.id):
            still.append(layout.Link(node.name, f"nodes/{lookup.node_files[node.id]}"))
            continue
        unlike = place.unlike(lookup, node)
        kind = unlike or CLASSES[int(class_of(np.array([change]), rule)[0])]
        found.append(
            (
                -change,
                Move(
                    node.name,
                    f"nodes/{lookup.node_files[node.id]}",
                    lookup.points(ends[0]),
                    lookup.points(ends[1]),
                    words.signed(change),
                    words.sentence(kind),
                    PROGRESS_SIGN.get(kind, ""),
                    percent(lookup.scale.at(ends[0])),
                    percent(lookup.scale.at(ends[1])),
                ),
            )
        )
    if not found:
        return None
    scale = f"on a scale of {words.number(lookup.scale.low, 0)} to {words.number(lookup.scale.high, 0)}"
    return Moves(
        lookup.since,
        lookup.latest,
        tuple(s for s in findings.about_node(lookup, lookup.root.id) if s.kind in _MOVED),
        f"Scores of {lookup.edition.place} as a whole: hollow dot {lookup.since}, solid dot {lookup.latest},"
        f" {scale}. The class says how large a change is, not whether it could be chance.",
        words.sentence(lookup.framework.levels[1]),
        tuple(move for _, move in sorted(found, key=lambda pair: (pair[0], pair[1].name))),
        tuple(sorted(still, key=lambda link: link.name)),
    )
