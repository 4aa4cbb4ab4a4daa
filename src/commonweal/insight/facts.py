"""What statements are made from: an edition's latest period, with places, ties and words at hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np

from commonweal.arrays import Array
from commonweal.insight import words
from commonweal.model.edition import Edition
from commonweal.model.framework import Node
from commonweal.model.observation import STATUS_CODE, Status
from commonweal.model.uncertainty import APART, Uncertainty

#: Where a larger share of areas is hidden, no place is told from an indicator and its page warns.
HIDDEN_SHARE: Final = 0.2


class Statement(NamedTuple):
    """A sentence about an area, a node or, where both are empty, the place; with its number."""

    kind: str
    text: str
    area: str = ""
    node: str = ""
    against: str = ""
    value: float | None = None
    mark: str = ""
    lower: float | None = None
    upper: float | None = None
    probability: float | None = None


@dataclass(frozen=True, eq=False)
class Facts:
    """The latest period of an edition: scores, ranks and ties (areas, nodes), values (areas, indicators)."""

    edition: Edition
    at: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", len(self.edition.periods) - 1)

    @property
    def period(self) -> str:
        """The latest period's label."""
        return self.edition.periods[self.at].label

    @property
    def root(self) -> Node:
        """The index."""
        return self.edition.framework.roots[0]

    @cached_property
    def parts(self) -> tuple[Node, ...]:
        """The index's own children: its dimensions, in most frameworks."""
        return self.edition.framework.children(self.root.id)

    @property
    def codes(self) -> tuple[str, ...]:
        """The areas' codes, in order."""
        return self.edition.scoring.areas

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The areas' names, in the order of their codes."""
        return tuple(self._named[code] for code in self.codes)

    @cached_property
    def _named(self) -> dict[str, str]:
        return self.edition.areas.names

    def name(self, code: str) -> str:
        """The name of the area with a code."""
        return self._named[code]

    @cached_property
    def scores(self) -> Array:
        """Scores, shape (areas, nodes), nan for none."""
        latest: Array = self.edition.scoring.scores[self.at]
        return latest

    @cached_property
    def ranks(self) -> Array:
        """Ranks, shape (areas, nodes), 0 for none."""
        latest: Array = self.edition.scoring.ranks[self.at]
        return latest

    @cached_property
    def ties(self) -> Array:
        """How many areas share each rank, shape (areas, nodes)."""
        shared = np.zeros(self.ranks.shape, dtype=int)
        for n, column in enumerate(self.ranks.T):
            _, inverse, counts = np.unique(column, return_inverse=True, return_counts=True)
            shared[:, n] = counts[inverse]
        return shared

    @cached_property
    def shown(self) -> Array:
        """Values in their units, shape (areas, indicators); nan where there is none or it is hidden."""
        scoring = self.edition.scoring
        hidden = scoring.value_status[self.at] == STATUS_CODE[Status.SUPPRESSED]
        return np.where(hidden, np.nan, scoring.values[self.at])

    @cached_property
    def known(self) -> Array:
        """Whether a value is there and not hidden, shape (areas, indicators)."""
        there: Array = np.isfinite(self.shown)
        return there

    def hidden(self, node: Node) -> int:
        """In how many areas an indicator's value is hidden."""
        status = self.edition.scoring.value_status[self.at, :, self.indicator_index[node.id]]
        return int((status == STATUS_CODE[Status.SUPPRESSED]).sum())

    def ranked_safely(self, node: Node) -> bool:
        """Whether so few areas are hidden, a fifth at most, that the places of the others mean something."""
        return self.hidden(node) <= HIDDEN_SHARE * len(self.codes)

    @cached_property
    def indicator_index(self) -> dict[str, int]:
        """Indicator id -> position on the second axis of `shown`."""
        return {node.id: i for i, node in enumerate(self.edition.framework.indicators)}

    def index(self, node: Node) -> int:
        """The node's position on the second axis of `scores`."""
        return self.edition.scoring.node_index[node.id]

    def score(self, area: int, node: Node) -> float:
        """One score; nan for none."""
        return float(self.scores[area, self.index(node)])

    def rank(self, area: int, node: Node) -> int:
        """One rank; 0 for none."""
        return int(self.ranks[area, self.index(node)])

    def of(self, node: Node) -> int:
        """How many areas have a score for a node."""
        return int(self.edition.scoring.of[self.at, self.index(node)])

    def standing(self, area: int, node: Node) -> float:
        """A rank as a share: 0 is first, 1 is last, whatever the number of areas that have a score."""
        return self.share(self.rank(area, node), node)

    def share(self, rank: int, node: Node) -> float:
        """Any rank as a share: 0 is first, 1 is last."""
        return (rank - 1) / max(1, self.of(node) - 1)

    def placed(self, area: int, node: Node) -> bool:
        """Whether a place may be told: there are others, and it does not rest on hidden figures alone."""
        return bool(self.rank(area, node)) and self.of(node) > 1 and self.seen(area, node)

    def seen(self, area: int, node: Node) -> bool:
        """Whether any figure under a node is known: a score of hidden ones alone says nothing of an area."""
        leaves = [self.indicator_index[leaf.id] for leaf in self._below[node.id]]
        return bool(self.known[area, leaves].any())

    @cached_property
    def _below(self) -> dict[str, tuple[Node, ...]]:
        tree = self.edition.framework
        return {node.id: tree.below(node.id) for node in tree}

    def place(self, area: int, node: Node) -> str:
        """An area's place for a node, in words: first, joint 3rd, last."""
        ties = int(self.ties[area, self.index(node)])
        return words.place(self.rank(area, node), self.of(node), ties)

    @cached_property
    def _sure(self) -> Uncertainty | None:
        found = self.edition.uncertainty
        return None if found is None or found.why_not else found

    def by_chance(self, area: int, node: Node) -> tuple[int, int] | None:
        """The ranks that chance alone could give an area, where that is known."""
        return self._between(self._sure.ranks, area, node) if self._sure else None

    def by_choice(self, area: int, node: Node) -> tuple[int, int] | None:
        """The ranks in 9 of 10 re-runs with other choices, where there were any."""
        return self._between(self._sure.ranges, area, node) if self._sure else None

    def _between(self, held: Array, area: int, node: Node) -> tuple[int, int] | None:
        low, high = held[self.at, area, self.index(node)].tolist()
        return (low, high) if low else None

    def chance(self, area: int, node: Node) -> str:
        """ "; 14th to 17th by chance", to follow a place; nothing where there is no other place to tell."""
        ends = self.by_chance(area, node)
        return f"; {words.between(*ends)} by chance" if ends and ends[0] != ends[1] else ""

    @cached_property
    def _above(self) -> Array | None:
        """How probable it is that a row's area is above a column's; None where pairs are not known."""
        if self._sure is None or self._sure.pairs.is_empty():
            return None
        at, count = self.edition.scoring.area_index, len(self.codes)
        above = np.full((count, count), 0.5)
        for first, second, share in self._sure.pairs.select("area", "other", "above").rows():
            above[at[first], at[second]], above[at[second], at[first]] = share, 1 - share
        return above

    def apart(self, area: int, others: Array) -> Array:
        """Which others an area can be told apart from in the index; all of them where nothing is known.

        Two are told apart where one is above the other with a probability of 19 in 20; with too many areas
        to compare each with each, where the ranks that chance could give them do not overlap.
        """
        if self._sure is None:
            return np.ones(len(others), dtype=bool)
        if self._above is not None:
            share = self._above[area, others]
            clear: Array = np.maximum(share, 1 - share) >= APART
            return clear
        ends = self._sure.ranks[self.at, :, self.index(self.root)]
        beyond: Array = (ends[others, 0] > ends[area, 1]) | (ends[others, 1] < ends[area, 0])
        return beyond

    @property
    def pairs_known(self) -> bool:
        """Whether each area was compared with each."""
        return self._above is not None

    def of_areas(self, node: Node) -> str:
        """ "of 17 wards"."""
        n = self.of(node)
        return f"of {n:,} {self.types(n)}"

    def all_of(self, n: int) -> str:
        """ "All 17 wards", "Both wards"."""
        return f"Both {self.types()}" if n == 2 else f"All {n:,} {self.types(n)}"

    def types(self, n: int = 2) -> str:
        """The word for `n` areas."""
        return words.types(self.edition.areas.type, n)

    @cached_property
    def top(self) -> float | None:
        """100 where every score runs from 0 to 100 on goalposts, else None."""
        normalise = self.edition.recipe.normalise
        methods = {normalise.at(node.id) for node in self.edition.framework.indicators}
        bounded = {m for m in methods if m.name == "goalposts" and m["clip"]}
        return 100.0 if methods == bounded else None

    def points(self, score: float, decimals: int = 1) -> str:
        """A score as text; scales that are not 0 to 100 get two decimals."""
        return words.number(score, decimals if self.top else 2)

    def headline(self, score: float) -> str:
        """ "37.13 of 100", or the score alone on another scale."""
        return words.number(score, 2) + (" of 100" if self.top else "")

    def who(self, areas: Array) -> str:
        """Areas (positions) by name: "Abbey", "Abbey and River", "Abbey and three other wards"."""
        return words.few([self.names[int(a)] for a in areas], 2, f"other {self.types()}")
