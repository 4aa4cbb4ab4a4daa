"""The protection page: how people are kept out of the figures, and what became of every record."""

from __future__ import annotations

from dataclasses import dataclass

from commonweal.insight import words
from commonweal.publish.site import layout
from commonweal.publish.site.lookup import Lookup
from commonweal.publish.site.symbols import LEGEND, Symbol


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of some of a source's records."""

    source: str
    fate: str
    records: str
    note: str


@dataclass(frozen=True, slots=True)
class ProtectionPage:
    """The protection page, ready to be written."""

    page: layout.Page
    lead: str
    says: tuple[str, ...]
    ledger: tuple[Fate, ...]
    hidden: str
    symbols: tuple[Symbol, ...]


def protection_page(lookup: Lookup) -> ProtectionPage:
    """How people are protected in an edition."""
    edition = lookup.edition
    hidden = sum(figure.hidden for figure in lookup.figures.values())
    ledger = edition.ledger.select("source", "fate", "records", "note").rows()
    return ProtectionPage(
        page=layout.page(edition, "protection.html", "How people are protected", "protection"),
        lead="This is an internal build: people are not protected in it."
        if edition.internal
        else "Figures are about places. No figure and no sentence here is about a person.",
        says=edition.protection,
        ledger=tuple(
            Fate(
                source,
                words.sentence(fate.replace("_", " ")),
                "[c]" if n is None else words.number(n, 0),
                note or "",
            )
            for source, fate, n, note in ledger
        ),
        hidden=f"{words.sentence(words.count(hidden))} of {len(lookup.figures):,} figures of {lookup.latest}"
        f" {'is' if hidden == 1 else 'are'} hidden."
        if hidden
        else "",
        symbols=LEGEND,
    )
