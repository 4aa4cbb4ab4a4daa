"""Protection, peers, progress and publication as a project writes them, and what they need of one another."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from commonweal.errors import Fault
from commonweal.model.period import Period
from commonweal.model.project import PeerRule, ProgressRule
from commonweal.model.source import Protection
from commonweal.project.peers import Given
from commonweal.project.positions import Document
from commonweal.project.schema import ProjectFile

#: What an official publication must state.
OFFICIAL: Final = (
    "owner", "contact", "accessibility_contact", "url", "licence", "date", "next_update",
)  # fmt: skip
_SINCE: Final = ("progress", "since")


def protection_of(keys: ProjectFile) -> Protection:
    """How people are protected; the usual rule where nothing is said."""
    return Protection(**keys.protect.model_dump()) if keys.protect else Protection()


def peer_rule(keys: ProjectFile, given: Given) -> PeerRule | None:
    """Who areas are compared with, if the project says so; `given` are the peers chosen by hand."""
    if keys.peers is None:
        return None
    return PeerRule(**{**keys.peers.model_dump(), "by": tuple(keys.peers.by), "given": given})


def progress_rule(keys: ProjectFile) -> ProgressRule | None:
    """Since when progress counts, if the project asks for it."""
    if keys.progress is None:
        return None
    low, middle, high = keys.progress.cuts
    return ProgressRule(keys.progress.since, (low, middle, high))


def rule_faults(document: Document, keys: ProjectFile) -> Iterator[Fault]:
    """PROTECT-REASON, PROTECT-WEAK, PROJECT-VALUE for cuts that fall, PUBLICATION-OFFICIAL."""
    yield from (document.place(weak) for weak in protection_of(keys).faults())
    if keys.progress is not None and sorted(set(keys.progress.cuts)) != keys.progress.cuts:
        what = f"cuts under progress is {keys.progress.cuts}"
        remedy = "Write three numbers that rise."
        yield document.fault("PROJECT-VALUE", what, remedy, ("progress", "cuts"))
    lacking = [key for key in OFFICIAL if not getattr(keys.publication, key)]
    if keys.publication.status == "official" and lacking:
        what = f"the status is official, but these are empty: {', '.join(lacking)}"
        remedy = "Fill them in, or write `status: draft`."
        yield document.fault("PUBLICATION-OFFICIAL", what, remedy, ("publication", "status"))


def since_faults(document: Document, keys: ProjectFile, published: Collection[Period]) -> Iterator[Fault]:
    """PROGRESS-SINCE and PROGRESS-PERIODS: progress needs two published periods to count between."""
    if keys.progress is None or not published:
        return
    since, labels = keys.progress.since, [period.label for period in published]
    last = max(published)
    if since and since not in labels:
        what = f"progress counts since {since!r}, which is not published"
        yield document.fault("PROGRESS-SINCE", what, f"Use one of: {', '.join(labels)}.", _SINCE)
    elif (since or min(published).label) == last.label:
        what = f"progress is asked for, but no period before {last} is there to count from"
        remedy = "Publish an earlier period, count from one, or leave progress out."
        yield document.fault("PROGRESS-PERIODS", what, remedy, _SINCE)
