"""Chance: how far scores and ranks could have come out otherwise, had the same truth been observed again.

Each replication draws a truth from the posterior of the published observations and puts it through the
method of the edition as it stands: its scales, its weights, its means.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl

from commonweal.engine.replicate import batch_size, fixed_weights, replicate
from commonweal.insight.uncertainty.evidence import Rescorer, sources
from commonweal.methods import Floats
from commonweal.model.edition import Scoring

#: Each replication has a random stream of its own, numbered by it: how they are shared out plays no part.
_SEED: Final = 2026


def chance(scoring: Scoring, observations: pl.DataFrame, replications: int) -> Iterator[list[Floats]]:
    """Batches of the scores of every node in framework order, each (replications, periods, areas).

    `observations` are the edition's own, protected: rounding and hiding are part of what is not known.
    """
    _, periods, areas = shape = (len(scoring.framework.indicators), len(scoring.periods), len(scoring.areas))
    nodes = [scoring.node_index[node.id] for node in scoring.framework.indicators]
    fixed = np.moveaxis(scoring.scores[:, :, nodes], -1, 0)
    drawn, rescorer, weights = sources(scoring, observations), Rescorer.of(scoring), fixed_weights(scoring)
    size = batch_size(periods * areas)
    for start in range(0, replications, size):
        streams = [
            np.random.Generator(np.random.Philox(key=(_SEED << 64) + number))
            for number in range(start, min(start + size, replications))
        ]
        truths = [[source.posterior.draw(stream) for source in drawn] for stream in streams]
        indicators = np.broadcast_to(fixed[:, None], (shape[0], len(streams), periods, areas)).copy()
        for k, source in enumerate(drawn):
            values = np.stack([truth[k] for truth in truths])
            scores = rescorer.scores(source, values)
            indicators[source.indicator, :, source.period, source.area] = scores.T
        indicators[np.broadcast_to(np.isnan(fixed)[:, None], indicators.shape)] = np.nan
        yield replicate(scoring, indicators, weights)
