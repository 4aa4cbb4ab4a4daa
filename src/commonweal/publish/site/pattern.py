"""Place on the home page: whether neighbours are alike, in words first, then in a table."""

from __future__ import annotations

from dataclasses import dataclass

from commonweal.insight import words
from commonweal.insight.place_pattern import node_patterns
from commonweal.publish.site import findings
from commonweal.publish.site.facts import Statement
from commonweal.publish.site.lookup import Lookup

#: Kinds of statements that this section shows.
KINDS = ("pattern", "clusters")


@dataclass(frozen=True, slots=True)
class PatternRow:
    """One node: Moran’s I, and how many areas are in clusters, or unlike all around."""

    name: str
    href: str
    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """What is said of the map as a whole."""

    said: tuple[Statement, ...]
    columns: tuple[str, ...]
    rows: tuple[PatternRow, ...]


def pattern(lookup: Lookup) -> Pattern | None:
    """Whether neighbours are alike in the index and its parents; None where there are no boundaries."""
    about = (
        *(s for s in lookup.statements.get("", ()) if not s.node),
        *findings.about_node(lookup, lookup.root.id),
    )
    said = tuple(sorted((s for s in about if s.kind in KINDS), key=lambda s: KINDS.index(s.kind)))
    if not said:
        return None
    columns = ("Moran’s I", "By chance", "p", "High among high", "Low among low", "Unlike those around")
    return Pattern(said, columns, tuple(_rows(lookup)))


def _rows(lookup: Lookup) -> list[PatternRow]:
    rows = []
    for one in node_patterns(lookup.framework, lookup.edition.pattern):
        figures = (
            words.number(one.moran, 2),
            words.number(one.expected, 2),
            words.number(one.p, 3),
            *(f"{n:,}" for n in (one.high, one.low, one.alone)),
        )
        rows.append(PatternRow(one.node.name, f"nodes/{lookup.node_files[one.node.id]}", figures))
    return rows
