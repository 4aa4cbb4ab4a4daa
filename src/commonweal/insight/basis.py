"""Whether the two ends of a change are made of the same indicators, and what to say where they are not."""

from __future__ import annotations

from collections.abc import Set
from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Array
from commonweal.insight import words
from commonweal.model.edition import Edition, Scoring
from commonweal.model.framework import Framework
from commonweal.model.observation import Status

SAME: Final = "same"
DIFFERS: Final = "differs"
#: More indicators than this are counted instead of named.
_NAMED: Final = 2


def same_indicators(scoring: Scoring, start: int, end: int) -> Array:
    """Whether the same indicators below a node have a score in both periods, shape (areas, nodes)."""
    tree, at = scoring.framework, scoring.node_index
    alike: Array = np.isfinite(scoring.scores[start]) == np.isfinite(scoring.scores[end])
    for node in tree.parents:
        alike[:, at[node.id]] = alike[:, [at[child.id] for child in tree.children(node.id)]].all(axis=1)
    return alike


def scored_indicators(scoring: Scoring, area: int, period: int) -> frozenset[str]:
    """The indicators that have a score in an area and a period (positions)."""
    scores, at = scoring.scores[period, area], scoring.node_index
    return frozenset(leaf.id for leaf in scoring.framework.indicators if np.isfinite(scores[at[leaf.id]]))


def difference(tree: Framework, node: str, first: Set[str], last: Set[str], since: str, until: str) -> str:
    """Which indicators below a node are known at one end only; empty where there are none.

    >>> from commonweal.model.framework import Node
    >>> arson, burglary = Node("a", "Arson", "i", direction=-1), Node("b", "Burglary", "i", direction=-1)
    >>> tree = Framework((Node("i", "Index", level="index"), arson, burglary))
    >>> difference(tree, "i", {"a"}, {"a", "b"}, "2021", "2025")
    'not of the same indicators: 2021 has no figure for burglary'
    """
    below = tree.below(node)
    new = [words.inside(leaf.name) for leaf in below if leaf.id in last - first]
    gone = [words.inside(leaf.name) for leaf in below if leaf.id in first - last]
    lacking = [
        f"{end} has no figure for {_named(names)}" for end, names in ((since, new), (until, gone)) if names
    ]
    return f"not of the same indicators: {', and '.join(lacking)}" if lacking else ""


def difference_of_place(edition: Edition, node: str, since: str, until: str) -> str:
    """What is unlike at the two ends of the place's own change; empty where nothing is.

    Its figures are made from those of its areas, so the areas must be the same too.
    """
    own = edition.benchmarks.filter(pl.col("name") == edition.place, pl.col("score").is_not_null())
    first, last = (set(own.filter(pl.col("period") == end)["node"]) for end in (since, until))
    found = difference(edition.framework, node, first, last, since, until)
    if found:
        return found
    made = set(own.filter(pl.col("period") == until, pl.col("status") == Status.ESTIMATED.value)["node"])
    others = _of_other_areas(edition.scoring, since, until) & made & first
    names = [words.inside(leaf.name) for leaf in edition.framework.below(node) if leaf.id in others]
    types = words.types(edition.areas.type)
    return f"not of the same {types}: other {types} have a figure for {_named(names)}" if names else ""


def _of_other_areas(scoring: Scoring, since: str, until: str) -> set[str]:
    """The indicators that not the same areas have a value of in two periods."""
    at = scoring.period_index
    there = np.isfinite(scoring.values)
    same = (there[at[since]] == there[at[until]]).all(axis=0)
    return {leaf.id for leaf, alike in zip(scoring.framework.indicators, same, strict=True) if not alike}


def _named(names: list[str]) -> str:
    return words.few(names, _NAMED, "other indicators")
