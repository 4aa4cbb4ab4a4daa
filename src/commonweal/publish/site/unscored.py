"""The part of an area's page that says why it has no score: what is known, hidden and missing."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

from commonweal.insight import words
from commonweal.publish.site.lookup import Lookup


@dataclass(frozen=True, slots=True)
class KnownRow:
    """A part of the index, with a figure for each column."""

    name: str
    href: str
    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unscored:
    """Why an area has no score: what is known, hidden and missing in each part of the index."""

    says: str
    columns: tuple[str, ...]
    rows: tuple[KnownRow, ...]


def unscored(lookup: Lookup, code: str) -> Unscored | None:
    """Why there is no index score; None where there is one."""
    root, tree = lookup.root, lookup.framework
    if not isnan(lookup.score(code, root.id)):
        return None
    scored = {leaf.id for leaf in tree.indicators if not isnan(lookup.score(code, leaf.id))}
    rows = []
    for part in tree.children(root.id):
        leaves = tree.below(part.id)
        lost = [leaf for leaf in leaves if leaf.id not in scored]
        hidden = [words.plain(leaf.name) for leaf in lost if lookup.hidden(code, leaf.id)]
        missing = [words.plain(leaf.name) for leaf in lost if not lookup.hidden(code, leaf.id)]
        place = lookup.rank(code, part.id)
        score = lookup.points(lookup.score(code, part.id))
        figures = (
            f"{sum(leaf.id in scored for leaf in leaves)} of {len(leaves)}",
            "; ".join(hidden) or "none",
            "; ".join(missing) or "none",
            f"{score}, {words.ordinal(place)} of {lookup.of(part.id)}" if place else score,
        )
        rows.append(KnownRow(part.name, f"../nodes/{lookup.node_files[part.id]}", figures))
    of = len(tree.indicators)
    have = f"{100 * len(scored) / of:.0f}%) {'has' if len(scored) == 1 else 'have'}"
    says = (
        f"{words.sentence(words.tally(len(scored)))} of {of} {words.types('indicator', of)} ({have} a figure"
        " that can be scored. A part with too few has no score, and without its parts the whole has none."
        " Every figure that there is stands below, and so does the score of each part that has one."
    )
    return Unscored(says, ("Scored", "Hidden, and not scored", "Missing", "Score"), tuple(rows))
