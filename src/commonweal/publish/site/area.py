"""An area's page: its scorecard, the figures behind every score, and why they come out as they do."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

from commonweal.insight import order, words
from commonweal.insight.peers import says
from commonweal.publish.site import findings, layout, numbers
from commonweal.publish.site.evidence import Evidence, evidence
from commonweal.publish.site.facts import Statement
from commonweal.publish.site.lookup import Lookup
from commonweal.publish.site.notes import notes
from commonweal.publish.site.reasons import Gap, Unevenness, gap_to_peers, unevenness
from commonweal.publish.site.scale import percent
from commonweal.publish.site.scorecard import UNLIKE, Card, cards
from commonweal.publish.site.sureness import ASIDE, Places
from commonweal.publish.site.symbols import Symbol, legend
from commonweal.publish.site.unscored import Unscored, unscored


@dataclass(frozen=True, slots=True)
class Shape:
    """One part of the index as a row of places: `dots` are all of them, `own` is this area's."""

    name: str
    href: str
    dots: tuple[str, ...]
    own: str
    rank: str
    score: str


@dataclass(frozen=True, slots=True)
class PeerRow:
    """An area beside its peers."""

    name: str
    href: str
    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Peers:
    """The similar areas, and what makes them so."""

    names: tuple[layout.Link, ...]
    says: str
    columns: tuple[str, ...]
    rows: tuple[PeerRow, ...]
    own: PeerRow


@dataclass(frozen=True, slots=True)
class Said:
    """A column of sentences."""

    heading: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class AreaPage:
    """The page of one area, ready to be written."""

    page: layout.Page
    name: str
    code: str
    type: str
    types: str
    finding: findings.Finding
    shape: tuple[Shape, ...]
    part_level: str
    last_place: str
    facts: tuple[layout.Fact, ...]
    sure: tuple[Places, ...]
    of_chance: tuple[str, ...]
    unscored: Unscored | None
    unsure: bool
    sections: tuple[tuple[str, str], ...]
    said: tuple[Said, ...]
    why: tuple[Statement, ...]
    cards: tuple[Card, ...]
    bands: bool
    trends: str
    scale: str
    evidence: Evidence
    unevenness: Unevenness | None
    gap: Gap | None
    peers: Peers | None
    notes: tuple[str, ...]
    symbols: tuple[Symbol, ...]
    brief: str
    before: layout.Link | None
    after: layout.Link | None


def area_page(lookup: Lookup, code: str) -> AreaPage:
    """The page of one area."""
    name, root = lookup.names[code], lookup.root
    parts = lookup.framework.children(root.id)
    made = cards(lookup, code)
    shape = _shape(lookup, code)
    before, after = _neighbours(lookup, code)
    said, peers = _said(lookup, code), _peers(lookup, code)
    uneven, gap = unevenness(lookup, code), gap_to_peers(lookup, code)
    lost, rank, of = unscored(lookup, code), lookup.rank(code, root.id), lookup.of(root.id)
    sections = (
        ("h-none", "Why no score?", lost is not None),
        ("h-say", "What stands out", bool(said)),
        ("h-card", "Scorecard", True),
        ("h-why", "Why this score?", bool(uneven or gap)),
        ("h-figures", "The figures", True),
        ("h-peers", f"Similar {lookup.types}", bool(peers)),
        ("h-notes", "Notes", True),
    )
    return AreaPage(
        page=layout.page(
            lookup.edition,
            f"areas/{lookup.area_files[code]}",
            f"{name}, scorecard",
            "areas",
            (layout.Crumb(f"All {lookup.types}", "../index.html"), layout.Crumb(name)),
        ),
        name=name,
        code=code,
        type=lookup.type,
        types=lookup.types,
        finding=findings.of_area(lookup, code),
        shape=shape,
        part_level=words.sentence(parts[0].level),
        last_place=_last_place(lookup, code),
        facts=_facts(lookup, code),
        sure=lookup.sure.rows(code, root.id, rank, of),
        of_chance=_of_chance(lookup, code),
        unscored=lost,
        unsure=any(row.hollow for card in made for group in card.groups for row in group),
        sections=tuple((id, name) for id, name, there in sections if there),
        said=said,
        why=order.by_kind(lookup.statements.get(code, ()), order.WHY),
        cards=made,
        bands=any(row.band for card in made for group in card.groups for row in group),
        trends=f"{lookup.periods[0]} to {lookup.latest}" if len(lookup.periods) > 1 else "",
        scale=f"{words.number(lookup.scale.low, 0)} worst to {words.number(lookup.scale.high, 0)} best",
        evidence=evidence(lookup, code),
        unevenness=uneven,
        gap=gap,
        peers=peers,
        notes=notes(lookup, code),
        symbols=legend(lookup.figures[code, node.id] for node in lookup.framework.indicators),
        brief=lookup.area_files[code].removesuffix(".html"),
        before=before,
        after=after,
    )


def _shape(lookup: Lookup, code: str) -> tuple[Shape, ...]:
    rows = []
    for part in lookup.framework.children(lookup.root.id):
        rank, of = lookup.rank(code, part.id), lookup.of(part.id)
        if not rank or len(lookup.framework.children(lookup.root.id)) < 2:
            continue
        step = 96 / max(of - 1, 1)
        every = tuple(percent(2 + step * k) for k in range(of)) if of <= 60 else ()
        rows.append(
            Shape(
                part.name,
                f"../nodes/{lookup.node_files[part.id]}",
                every,
                percent(2 + step * (rank - 1)),
                words.ordinal(rank),
                lookup.points(lookup.score(code, part.id)),
            )
        )
    return tuple(rows) if len(rows) <= 8 else ()


def _last_place(lookup: Lookup, code: str) -> str:
    """The last place in the parts that have one; in words where they are not of as many areas."""
    parts = lookup.framework.children(lookup.root.id)
    found = {lookup.of(part.id) for part in parts if lookup.rank(code, part.id)}
    return words.ordinal(found.pop()) if len(found) == 1 else "last"


def _facts(lookup: Lookup, code: str) -> tuple[layout.Fact, ...]:
    root = lookup.root
    score, rank = lookup.score(code, root.id), lookup.rank(code, root.id)
    of = f"of {lookup.out_of}" if lookup.out_of else ""
    text = "no score" if isnan(score) else lookup.points(score, 1)
    facts = [layout.Fact(f"{root.name}, {lookup.latest}", text, "" if isnan(score) else of)]
    if rank:
        facts.append(layout.Fact("Rank", words.ordinal(rank), lookup.of_areas(root.id)))
    for attribute in lookup.edition.peer_rule.by if lookup.edition.peer_rule else ():
        held = lookup.attributes.get(attribute, {})
        if code in held:
            place = 1 + sum(value > held[code] for value in held.values())
            text = numbers.attribute(held[code], attribute, lookup.attribute_places[attribute])
            facts.append(
                layout.Fact(numbers.heading(attribute), text, f"{words.ordinal(place)} of {len(held)}")
            )
    change = lookup.changes.get((code, root.id))
    if change:
        facts.append(
            layout.Fact(
                f"Change since {change.since}",
                words.signed(change.per_year),
                f"points a year: {change.kind}{'?' if change.hollow else ''}"
                if change.kind
                else f"points a year, {UNLIKE}",
            )
        )
    return tuple(facts)


def _of_chance(lookup: Lookup, code: str) -> tuple[str, ...]:
    """What is to be known of the places that chance could give."""
    root, rank = lookup.root.id, lookup.rank(code, lookup.root.id)
    aside = lookup.sure.aside(code, root, rank, lookup.of(root), lookup.score(code, root))
    known = lookup.sure.known_for(root) if lookup.sure.by_chance(code, root) else ""
    return tuple(filter(None, (known, ASIDE if known and aside else "")))


def _said(lookup: Lookup, code: str) -> tuple[Said, ...]:
    said = lookup.statements.get(code, ())
    return tuple(Said(heading, found) for heading, found in order.columns(lookup.edition.scoring, said))


def _peers(lookup: Lookup, code: str) -> Peers | None:
    peers, rule = lookup.peers.get(code, ()), lookup.edition.peer_rule
    if not peers or rule is None:
        return None
    root = lookup.root
    parts, name = lookup.framework.children(root.id)[:8], lookup.names[code]
    nearest = sorted(peers, key=lambda peer: (lookup.rank(peer, root.id) or len(lookup.areas), peer))

    def row(area: str) -> PeerRow:
        figures = []
        for attribute in rule.by:
            held = lookup.attributes.get(attribute, {})
            places = lookup.attribute_places.get(attribute, 0)
            figures.append(numbers.attribute(held[area], attribute, places) if area in held else "[x]")
        figures += [lookup.points(lookup.score(area, root.id)), str(lookup.rank(area, root.id) or "[x]")]
        figures += [lookup.points(lookup.score(area, part.id)) for part in parts]
        return PeerRow(lookup.names[area], lookup.area_files[area], tuple(figures))

    by = [numbers.heading(attribute).lower() for attribute in rule.by]
    return Peers(
        tuple(layout.Link(lookup.names[peer], lookup.area_files[peer]) for peer in peers),
        f"{words.possessive(name)} peers are the {words.count(len(peers))}"
        f" {words.types(lookup.edition.areas.type, len(peers))} {says(rule, by)}."
        + (" That is not part of the index." if by else ""),
        (*(numbers.heading(a) for a in rule.by), "Index", "Rank", *(part.name for part in parts)),
        tuple(row(peer) for peer in nearest),
        row(code),
    )


def _neighbours(lookup: Lookup, code: str) -> tuple[layout.Link | None, layout.Link | None]:
    """The areas before and after in the alphabet."""
    named = sorted(lookup.areas, key=lambda area: (area.name, area.code))
    at = next(k for k, area in enumerate(named) if area.code == code)

    def link(k: int) -> layout.Link | None:
        if not 0 <= k < len(named):
            return None
        return layout.Link(named[k].name, lookup.area_files[named[k].code])

    return link(at - 1), link(at + 1)
