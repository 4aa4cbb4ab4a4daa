"""Step 8: whether neighbouring areas are alike, and what that means for the other figures of an audit."""

from __future__ import annotations

import polars as pl

from commonweal.insight import words
from commonweal.insight.audit.document import Column, Finding, Mark, Part, Table
from commonweal.insight.audit.facts import Facts
from commonweal.insight.place_pattern import ALIKE, ISLAND, NONE, node_patterns, why_not

_COLUMNS = (
    Column("node", "Scores", "node"),
    Column("moran", "Moran’s I"),
    Column("expected", "By chance"),
    Column("p", "p", "p"),
    Column("high", "High among high", "count"),
    Column("low", "Low among low", "count"),
    Column("alone", "Unlike those around", "count"),
)


def part(facts: Facts) -> Part:
    """Moran's I of the index and its parents, or why neighbours are not looked at."""
    found = facts.edition.pattern
    if found.is_empty():
        reason = why_not(facts.edition.areas) or "too few have a score, or all have the same"
        return Part(8, (Finding(Mark.NOTE, f"Whether neighbours are alike was not looked at: {reason}."),))
    rows = tuple(
        (one.node.id, one.moran, one.expected, one.p, one.high, one.low, one.alone)
        for one in node_patterns(facts.tree, found)
    )
    table = Table("neighbours", "Are neighbours alike?", _COLUMNS, rows)
    return Part(8, tuple(_findings(facts, found)), (table,))


def _findings(facts: Facts, found: pl.DataFrame) -> list[Finding]:
    whole = found.filter(area="")
    alike = whole.filter(pl.col("class") == ALIKE)["node"].to_list()
    findings = []
    if alike:
        findings.append(
            Finding(
                Mark.NOTE,
                f"Neighbouring {facts.types} are alike in {facts.named(alike)}.",
                "They are not independent cases: correlations over"
                f" {facts.areas:,} {facts.types} rest on fewer.",
                "See whether figures were shared out from larger areas: that alone makes neighbours alike.",
            )
        )
    elif whole.filter(pl.col("class") != NONE).is_empty():
        text = f"Neighbouring {facts.types} are no more alike than chance would make them."
        findings.append(Finding(Mark.SOUND, text))
    islands = found.filter((pl.col("class") == ISLAND) & (pl.col("node") == facts.root.id)).height
    if islands:
        noun = words.types(facts.edition.areas.type, islands)
        text = f"{words.sentence(words.count(islands))} {noun} without a neighbour stayed out of it."
        findings.append(Finding(Mark.NOTE, text))
    return findings
