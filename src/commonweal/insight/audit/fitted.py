"""Step 2 too: figures that came from areas which do not match those of the index."""

from __future__ import annotations

from typing import Final

import polars as pl

from commonweal.insight import words
from commonweal.insight.audit.document import Column, Finding, Mark, Part, Table
from commonweal.insight.audit.facts import Facts, agree

#: An area of which more than this share of the people is expected to be counted elsewhere is looked at.
UNSURE: Final = 0.2


def part(facts: Facts) -> Part:
    """Which sources were moved from other areas, and how sure that leaves each area."""
    fit = facts.edition.fit
    if fit.is_empty():
        return Part(2)
    sources = fit["source"].unique(maintain_order=True).to_list()
    count = agree(len(sources), "source is", "sources are")
    findings = [
        Finding(
            Mark.NOTE,
            f"{count} about areas that do not match these: {words.listed(sources)}.",
            "What was known of old areas was moved by shares, or each went whole to its best fit.",
            "The method page says how, fit.csv how far each area can be off.",
        ),
        *(finding for source in sources for finding in _unsure(facts, source)),
    ]
    columns = (
        Column("source", "Source", "text"),
        Column("area", "Area", "area"),
        Column("fitted", "Fitted", "text"),
        Column("apportioned", "Apportioned", "share"),
        Column("error", "Misplaced", "share"),
    )
    note = "Misplaced: the share of an area’s people who can be expected to be counted in another."
    return Part(2, tuple(findings), (Table.of("fit", "Figures from other areas", columns, fit, note),))


def _unsure(facts: Facts, source: str) -> list[Finding]:
    """A source whose areas are far off, or nobody knows how far."""
    rows = facts.edition.fit.filter(pl.col("source") == source)
    kind = facts.edition.areas.type
    found = []
    if unknown := rows["error"].null_count():
        areas = agree(unknown, f"{kind} gets", f"{facts.types} get")
        found.append(
            Finding(
                Mark.LOOK,
                f"{areas} figures of {source} without anyone knowing how far off they are.",
                "Old areas were given whole to new ones, and nothing says who lives where.",
                "Name a weight in the lookup, such as population.",
            )
        )
    far = rows.filter(pl.col("error") > UNSURE)
    if far.height:
        areas = agree(far.height, f"{kind} gets", f"{facts.types} get")
        most = f"{100 * float(far['error'].to_numpy().max()):.0f}"
        found.append(
            Finding(
                Mark.LOOK,
                f"{areas} figures of {source} with more than {100 * UNSURE:.0f}% of the people misplaced, as"
                f" far as can be expected, and at most {most}%.",
                "Such figures say much of the neighbours, too; their intervals are wider for it.",
                "Link the records by point or postcode, or look for figures on the new areas.",
            )
        )
    return found
