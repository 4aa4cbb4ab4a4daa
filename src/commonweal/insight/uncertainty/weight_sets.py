"""Sets of weights to draw from, other than a little more or less of each."""

from __future__ import annotations

from typing import Final

import numpy as np

from commonweal.arrays import Array, Floats
from commonweal.insight.uncertainty.choices import WeightSets
from commonweal.model.edition import Scoring

_SEED: Final = 1901
#: A part that sums of squares leave at this or less does not move.
_NOTHING: Final = 1e-12
#: Fewer children than this have no principal component worth the name.
_FEWEST: Final = 3


def dirichlet(scoring: Scoring, sets: int) -> WeightSets:
    """Weights of each parent drawn from all that add up to one, each as likely as the others."""
    drawn = {
        parent: np.stack([stream.dirichlet(np.ones(held.shape[-1])) for stream in _streams(number, sets)])
        for number, (parent, held) in enumerate(sorted(scoring.child_weights.items()))
    }
    return WeightSets("weights", drawn)


def resampled(scoring: Scoring, sets: int) -> WeightSets:
    """Weights of principal components, found again in resamples of the areas; other parents keep theirs.

    In each resample v_i is proportional to w_i / sd_i of the children's scores, w the first eigenvector of
    their correlations; equal where a w_i is 0 or less, as where they are first found.
    """
    drawn: dict[str, Floats] = {}
    for number, (parent, held) in enumerate(sorted(scoring.child_weights.items())):
        node = scoring.framework[parent]
        method = scoring.recipe.weigh.method.at(node.id, node.level).name
        own = held.mean(axis=(0, 1))
        if method != "pca" or len(own) < _FEWEST:
            drawn[parent] = np.repeat(own[None], sets, axis=0)
            continue
        children = scoring.framework.children(parent)
        at = [scoring.node_index[child.id] for child in children]
        scores = np.moveaxis(scoring.scores[:, :, at], 1, 0)  # areas, periods, children
        drawn[parent] = np.stack([_found_again(scores, stream) for stream in _streams(number, sets)])
    return WeightSets("weights", drawn)


def _found_again(scores: Array, stream: np.random.Generator) -> Floats:
    """Weights from areas drawn with replacement, all periods of an area together."""
    count = scores.shape[-1]
    rows = scores[stream.integers(len(scores), size=len(scores))].reshape(-1, count)
    rows = rows[np.isfinite(rows).all(axis=1)]
    equal = np.full(count, 1.0 / count)
    if len(rows) < _FEWEST:
        return equal
    sd = rows.std(axis=0, ddof=1)
    if sd.min() <= _NOTHING:
        return equal
    _, vectors = np.linalg.eigh(np.corrcoef(rows.T))
    loading = vectors[:, -1] * np.sign(vectors[:, -1].sum())
    if loading.min() <= _NOTHING:
        return equal
    share = loading / sd
    found: Floats = share / share.sum()
    return found


def _streams(parent: int, sets: int) -> list[np.random.Generator]:
    """A stream for each set, and each parent."""
    keys = ((_SEED << 96) + (parent << 64) + number for number in range(sets))
    return [np.random.Generator(np.random.Philox(key=key)) for key in keys]
