"""The part of an area's page that says why it has no score: what is known, hidden and missing."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import Final

from commonweal.insight import words
from commonweal.publish.site.lookup import Lookup

_COLUMNS: Final = (
    ("Can be scored", "n"), ("Score", "n"), ("Rank", "n"), ("Hidden, and not scored", ""), ("Missing", ""),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class KnownRow:
    """A part of the index, with a figure for each column."""

    name: str
    href: str
    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unscored:
    """Why an area has no score: what is known, hidden and missing in each part of the index.

    A column is its heading and its kind: `n` for numbers.
    """

    says: str
    columns: tuple[tuple[str, str], ...]
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
        figures = (
            f"{len(leaves) - len(lost)} of {len(leaves)}",
            lookup.points(lookup.score(code, part.id)),
            str(lookup.rank(code, part.id) or "[x]"),
            "; ".join(hidden),
            "; ".join(missing),
        )
        rows.append((part, figures))
    kept = [k for k in range(len(_COLUMNS)) if any(figures[k] for _, figures in rows)]
    of = len(tree.indicators)
    have = f"{100 * len(scored) / of:.0f}%) {'has' if len(scored) == 1 else 'have'}"
    says = (
        f"{words.sentence(words.tally(len(scored)))} of {of} {words.types('indicator', of)} ({have} a figure"
        " that can be scored. A part with too few has no score, and without its parts the whole has none."
        " Every figure that there is stands below, and so does the score of each part that has one."
    )
    return Unscored(
        says,
        tuple(_COLUMNS[k] for k in kept),
        tuple(
            KnownRow(part.name, f"../nodes/{lookup.node_files[part.id]}", tuple(figures[k] for k in kept))
            for part, figures in rows
        ),
    )
