"""Step 10: whether a reader can find, read and check every figure."""

from __future__ import annotations

from typing import Final

from commonweal.insight import words
from commonweal.insight.audit.document import Finding, Mark, Part
from commonweal.insight.audit.facts import Facts

#: What a publication should say, and what that is called in words.
_KEYS: Final = {
    "owner": "its owner",
    "contact": "a contact",
    "accessibility_contact": "a contact for accessibility",
    "licence": "a licence",
    "date": "the date of publication",
    "next_update": "the date of the next update",
}


def part(facts: Facts) -> Part:
    """What the publication says of itself, statements, and the tables beside the pages."""
    edition = facts.edition
    findings = []
    if edition.internal:
        findings.append(
            Finding(
                Mark.LOOK,
                "This is an internal build: people are not protected in it.",
                "It is not for publication.",
                "Build without --internal before anyone else sees it.",
            )
        )
    elif edition.publication.status == "draft":
        findings.append(
            Finding(Mark.NOTE, "This edition is a draft.", "Every page says so, and asks not to be indexed.")
        )
    empty = [what for key, what in _KEYS.items() if not getattr(edition.publication, key)]
    if empty:
        findings.append(
            Finding(
                Mark.LOOK,
                f"The publication does not name {words.listed(empty)}.",
                "Readers can’t tell whom to ask or what they may do with it.",
                "Fill in the keys under publication in commonweal.yaml.",
            )
        )
    else:
        findings.append(Finding(Mark.SOUND, "The publication names its owner, contacts, licence and dates."))
    if edition.statements.height:
        findings.append(
            Finding(
                Mark.SOUND,
                f"{edition.statements.height:,} sentences about places each have an address and a row of"
                " numbers in statements.csv.",
            )
        )
    if edition.areas.boundaries is None:
        findings.append(
            Finding(
                Mark.NOTE,
                "The project has no boundaries, so there are no maps.",
                "",
                "Name a file of outlines under areas in commonweal.yaml.",
            )
        )
    return Part(10, tuple(findings))
