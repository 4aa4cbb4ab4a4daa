"""What is counted over draws of chance, a batch at a time: pairs, classes, and how far scores spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np

from commonweal.arrays import Array, Floats
from commonweal.insight.performance import Band
from commonweal.insight.progress import class_of
from commonweal.model.project import PeerRule, ProgressRule

#: With more areas than this they are not compared each with each.
MOST_FOR_PAIRS: Final = 700
#: The middle 90 % of a normal distribution, in standard deviations.
_MIDDLE: Final = 1.6448536269514722


@dataclass(slots=True, eq=False)
class Pairs:
    """How often each area was above each other one: `above` (areas, areas); a tie is half of each."""

    above: Array
    total: int = 0

    @classmethod
    def of(cls, areas: int) -> Pairs:
        """Nothing counted yet."""
        return cls(np.zeros((areas, areas)))

    def add(self, scores: Floats) -> None:
        """Count a batch of scores (draws, areas) of one node."""
        if len(scores[0]) <= len(scores):
            for area, own in enumerate(scores.T):
                self.above[area] += (own[:, None] > scores).sum(axis=0)
                self.above[area] += 0.5 * (own[:, None] == scores).sum(axis=0)
        else:
            for row in scores:
                self.above += row[:, None] > row
                self.above += 0.5 * (row[:, None] == row)
        self.total += len(scores)

    @property
    def share(self) -> Floats:
        """The probability that the area of a row is above that of a column."""
        found: Floats = self.above / max(self.total, 1)
        return found


@dataclass(slots=True, eq=False)
class Spread:
    """The mean and the standard deviation of scores over draws, (nodes, areas)."""

    total: Array
    squares: Array
    centre: Floats
    count: int = 0

    @classmethod
    def about(cls, published: Floats) -> Spread:
        """Counted from the published scores (nodes, areas), so that squares stay small."""
        return cls(np.zeros(published.shape), np.zeros(published.shape), published)

    def add(self, scores: Sequence[Floats]) -> None:
        """Add a batch: the scores of each node, (draws, areas)."""
        for node, drawn in enumerate(scores):
            away = drawn - self.centre[node]
            self.total[node] += away.sum(axis=0)
            self.squares[node] += (away * away).sum(axis=0)
        self.count += len(scores[0]) if len(scores) else 0

    def between(self) -> tuple[Floats, Floats]:
        """The middle 90 % of scores, taken as normal, widened to what is published."""
        n = max(self.count, 1)
        mean = self.total / n
        sd = np.sqrt(np.maximum(self.squares / n - mean**2, 0.0))
        low = self.centre + np.minimum(mean - _MIDDLE * sd, 0.0)
        high = self.centre + np.maximum(mean + _MIDDLE * sd, 0.0)
        return low, high


@dataclass(eq=False)
class Marks:
    """How often each score had the class against its peers that is published: (nodes, areas)."""

    peers: Array
    rule: PeerRule
    published: Floats
    seen: Array = field(init=False)
    total: int = 0

    def __post_init__(self) -> None:
        self.seen = np.zeros(self.published.shape, dtype=np.int64)

    @cached_property
    def _classes(self) -> Array:
        return np.stack([self._marks(own[None])[0] for own in self.published])

    def _marks(self, scores: Floats) -> Array:
        """The class of each score, (draws, areas)."""
        by_area = np.ascontiguousarray(scores.T)
        return Band.of(by_area[self.peers.T], self.rule).marks(by_area).T

    def add(self, scores: Sequence[Floats]) -> None:
        """Count a batch: the scores of each node, (draws, areas)."""
        for node, drawn in enumerate(scores):
            self.seen[node] += (self._marks(drawn) == self._classes[node]).sum(axis=0)
        self.total += len(scores[0]) if len(scores) else 0


@dataclass(eq=False)
class Moves:
    """How often the progress of each score had the class that is published: (nodes, areas)."""

    rule: ProgressRule
    years: float
    first: Floats
    last: Floats
    seen: Array = field(init=False)
    total: int = 0

    def __post_init__(self) -> None:
        self.seen = np.zeros(self.first.shape, dtype=np.int64)

    @cached_property
    def _classes(self) -> Array:
        return class_of((self.last - self.first) / self.years, self.rule)

    def add(self, first: Sequence[Floats], last: Sequence[Floats]) -> None:
        """Count a batch: the scores of each node at both ends, (draws, areas)."""
        for node, (start, end) in enumerate(zip(first, last, strict=True)):
            found = class_of((end - start) / self.years, self.rule)
            self.seen[node] += (found == self._classes[node]).sum(axis=0)
        self.total += len(last[0]) if len(last) else 0
