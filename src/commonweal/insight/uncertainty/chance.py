"""Chance: how far scores and ranks could have come out otherwise, had the same truth been observed again.

Each replication draws a truth from the posterior of the published observations and puts it through the
method of the edition as it stands: its scales, its weights, its means.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Array, Floats
from commonweal.engine.replicate import batch_size, fixed_weights, replicate
from commonweal.insight.uncertainty.evidence import Rescorer, Source, sources
from commonweal.model.edition import Scoring

#: Each replication has a random stream of its own, numbered by it: how they are shared out plays no part.
_SEED: Final = 2026
#: So many replications at least make a batch: what is looked up once for all of them pays for itself.
_LEAST: Final = 4


@dataclass(frozen=True, eq=False)
class Chance:
    """A scoring and the posterior of what was observed: what is drawn from, over and over."""

    scoring: Scoring
    sources: tuple[Source, ...]

    @classmethod
    def of(cls, scoring: Scoring, observations: pl.DataFrame) -> Chance:
        """From the edition's own observations, protected: rounding and hiding are part of what is unknown."""
        return cls(scoring, tuple(sources(scoring, observations)))

    @cached_property
    def moves(self) -> Array:
        """Which nodes chance can move at all, shape (nodes,), in framework order."""
        at, tree = self.scoring.node_index, self.scoring.framework
        moves = np.zeros(len(tree), dtype=bool)
        for source in self.sources:
            moves[[at[tree.indicators[i].id] for i in np.unique(source.indicator)]] = True
        for parent in tree.parents:
            moves[at[parent.id]] = any(moves[at[child.id]] for child in tree.children(parent.id))
        return moves

    def draws(self, replications: int, threads: int = 1) -> Iterator[list[Floats]]:
        """Batches of the scores of every node in framework order, each (replications, periods, areas).

        One replication stands for all of a node that chance can't move. Batches come in order, whatever the
        number of threads, and no more of them are held than there are threads and one.
        """
        cells = len(self.scoring.periods) * len(self.scoring.areas)
        figures = (len(source.posterior.evidence) for source in self.sources)
        size = max(batch_size(max(cells, *figures, 1)), _LEAST)
        batches = [range(k, min(k + size, replications)) for k in range(0, replications, size)]
        if threads == 1:
            yield from map(self._batch, batches)
            return
        with ThreadPoolExecutor(threads) as pool:
            # one more than there are threads, so that none waits while a batch is counted
            waiting = [pool.submit(self._batch, batch) for batch in batches[: threads + 1]]
            for batch in batches[threads + 1 :]:
                yield waiting.pop(0).result()
                waiting.append(pool.submit(self._batch, batch))
            for last in waiting:
                yield last.result()

    def _batch(self, numbers: Sequence[int]) -> list[Floats]:
        streams = [np.random.Generator(np.random.Philox(key=(_SEED << 64) + number)) for number in numbers]
        indicators: list[Floats] = list(self._fixed)
        for source, places in zip(self.sources, self._places, strict=True):
            scores = self.rescorer.scores(source, source.posterior.draws(streams))
            for i, cells, at in places:
                if len(indicators[i]) == 1:
                    indicators[i] = np.repeat(indicators[i], len(streams), axis=0)
                indicators[i].reshape(len(streams), -1)[:, at] = scores[:, cells]
        return replicate(self.scoring, indicators, self._weights)

    @cached_property
    def _fixed(self) -> Floats:
        """The published scores of indicators, (indicators, 1, periods, areas)."""
        nodes = [self.scoring.node_index[node.id] for node in self.scoring.framework.indicators]
        return np.moveaxis(self.scoring.scores[:, :, nodes], -1, 0)[:, None]

    @cached_property
    def _places(self) -> list[list[tuple[int, Array, Array]]]:
        """By source and indicator: its cells that have a score, and their places among periods and areas."""
        areas = len(self.scoring.areas)
        found = []
        for source in self.sources:
            at = source.period * areas + source.area
            there = ~np.isnan(self._fixed.reshape(len(self._fixed), -1)[source.indicator, at])
            held = (
                (int(i), np.flatnonzero((source.indicator == i) & there)) for i in np.unique(source.indicator)
            )
            found.append([(i, cells, at[cells]) for i, cells in held])
        return found

    @cached_property
    def rescorer(self) -> Rescorer:
        """The way from values to scores."""
        return Rescorer(self.scoring)

    @cached_property
    def _weights(self) -> dict[str, Floats]:
        return fixed_weights(self.scoring)
