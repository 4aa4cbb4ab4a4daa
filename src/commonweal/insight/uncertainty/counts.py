"""Counting ranks over replications: however many there are, the counts take the same memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from commonweal.arrays import Array, Floats

#: Counters that may be held for one edition: 300 MB.
ROOM: Final = 75_000_000
#: With more areas than this, ranks are counted in so many classes of equal width.
CLASSES: Final = 1024


@dataclass(slots=True, eq=False)
class RankCounts:
    """How often each area had each rank: `counts` (nodes, periods, areas, classes of rank).

    `nodes` are positions in the framework; those of which ranks are not counted have no intervals.
    """

    nodes: tuple[int, ...]
    counts: Array
    total: int = 0

    @classmethod
    def of(cls, nodes: Sequence[int], periods: int, areas: int) -> RankCounts:
        """Room for the ranks of as many of `nodes` as there is room for, the first ones first."""
        classes = min(areas, CLASSES)
        fit = max(1, ROOM // (periods * areas * classes))
        kept = tuple(nodes[:fit])
        return cls(kept, np.zeros((len(kept), periods, areas, classes), dtype=np.int32))

    def add(self, ranks: Array) -> None:
        """Count ranks (nodes, replications, periods, areas); 0 is no rank."""
        _, periods, areas, classes = self.counts.shape
        cell = np.arange(periods * areas).reshape(1, periods, areas) * classes
        for held, found in zip(self.counts, ranks, strict=True):
            classed = found if classes == areas else (found.astype(np.int64) - 1) * classes // areas + 1
            where = cell + classed
            if where.size < held.size:
                flat = held.reshape(-1)
                for one, ranked in zip(where, found > 0, strict=True):
                    flat[one[ranked] - 1] += 1  # a cell has one rank, so none is met twice
            else:
                seen = where[found > 0] - 1
                held += np.bincount(seen, minlength=held.size).reshape(held.shape).astype(np.int32)
        self.total += ranks.shape[1]

    def of_node(self, position: int) -> RankCounts:
        """The counts of one of the nodes, by its position among them."""
        kept = slice(position, position + 1)
        return RankCounts(self.nodes[kept], self.counts[kept], self.total)

    def between(self, share: float) -> Array:
        """The ranks that hold the middle `share` of replications, (nodes, periods, areas, 2); 0: none.

        The least rank that at least (1 - share)/2 of them reach, and the least that (1 + share)/2 reach.
        """
        classes = self.counts.shape[-1]
        areas = self.counts.shape[2]
        reached = np.cumsum(self.counts, axis=-1)
        seen = reached[..., -1:]
        ends = [
            (reached < np.ceil(level * seen - 1e-9)).sum(axis=-1)
            for level in ((1 - share) / 2, (1 + share) / 2)
        ]
        low = ends[0] * areas // classes + 1
        high = np.minimum(((ends[1] + 1) * areas - 1) // classes + 1, areas)
        return np.where(seen > 0, np.stack([low, high], axis=-1), 0)

    def at_or_above(self, rank: Floats) -> Array:
        """The share of replications in which an area had this rank or a better one."""
        areas, classes = self.counts.shape[2:]
        upto = (np.arange(classes) + 1) * areas / classes <= rank + 1e-9
        with np.errstate(invalid="ignore", divide="ignore"):
            share: Array = (self.counts * upto).sum(axis=-1) / self.counts.sum(axis=-1)
        return share
