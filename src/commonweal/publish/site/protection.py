"""The protection page: how people are kept out of the figures, and what became of every record."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from commonweal.insight import words
from commonweal.model.observation import Status
from commonweal.publish.site import layout
from commonweal.publish.site.lookup import Lookup
from commonweal.publish.site.symbols import Symbol, legend


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of some of a source's records."""

    source: str
    fate: str
    records: str
    note: str


@dataclass(frozen=True, slots=True)
class Cover:
    """An indicator that counts people: how many of its figures, in all periods, are hidden."""

    name: str
    href: str
    hidden: str
    of: str


@dataclass(frozen=True, slots=True)
class ProtectionPage:
    """The protection page, ready to be written."""

    page: layout.Page
    lead: str
    says: tuple[str, ...]
    covered: tuple[Cover, ...]
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
        says=_rules(lookup),
        covered=_covered(lookup),
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
        symbols=legend(lookup.figures.values()),
    )


def _rules(lookup: Lookup) -> tuple[str, ...]:
    """The sentences about all figures; those about one indicator stand as a table."""
    own = tuple(f"{node.name}: " for node in lookup.framework.indicators)
    return tuple(text for text in lookup.edition.protection if not text.startswith(own))


def _covered(lookup: Lookup) -> tuple[Cover, ...]:
    """The indicators whose figures were rounded or hidden, those with most hidden first."""
    hidden = (pl.col("status") == Status.SUPPRESSED.value).sum().alias("hidden")
    counts = (
        lookup.edition.observations.filter(pl.col("round_to").is_not_null())
        .group_by("indicator")
        .agg(hidden, pl.len().alias("of"))
        .sort("hidden", "indicator", descending=[True, False])
    )
    return tuple(
        Cover(
            lookup.framework[indicator].name,
            f"nodes/{lookup.node_files[indicator]}",
            words.number(count, 0) if count else "none",
            words.number(of, 0),
        )
        for indicator, count, of in counts.rows()
        if indicator in lookup.node_files
    )
