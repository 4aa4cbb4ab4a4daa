"""Marks that chance alone would make: had all areas the same truth, how many would seem to stand out?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from commonweal.arrays import Array, Floats, Integers
from commonweal.insight.performance import Band
from commonweal.insight.uncertainty.chance import Chance
from commonweal.insight.uncertainty.evidence import Source
from commonweal.methods.posterior import Evidence
from commonweal.model.project import PeerRule

#: Draws of what would be observed; a mean over areas and indicators needs few.
REPLICATIONS: Final = 100
_SEED: Final = 1908
_WITHIN: Final = 1
#: Below this nothing is known of what a figure is out of.
_NO_BASE: Final = 1e-6
_TINY: Final = 1e-12


def null_figures(evidence: Evidence, wanted: Integers, streams: Sequence[np.random.Generator]) -> Floats:
    """What would be published of some figures if all areas of their groups were alike, (streams, figures).

    Per unit of base. With the mean of all figures of the group n ~ Poisson(base x mean), Binomial(base,
    mean), or y ~ Normal(mean, standard error); a count is then rounded as its own was, to the middle of the
    whole numbers that it may stand for.

    >>> alike = Evidence("count", np.zeros(3, dtype=int), *np.full((3, 3), 100.0))
    >>> null_figures(alike, np.arange(3), [np.random.default_rng(1)]).round(2).tolist()
    [[1.0, 0.94, 1.11]]
    """
    group, groups = evidence.group, int(evidence.group.max()) + 1
    base = evidence.base[wanted]
    if evidence.kind == "measured":
        weight = 1.0 / np.maximum(evidence.base, _TINY) ** 2
        mean = np.bincount(group, weight * evidence.low, groups) / np.bincount(group, weight, groups)
        alike = mean[group[wanted]]
        return np.stack([alike + base * stream.standard_normal(len(base)) for stream in streams])
    middle = (evidence.low + evidence.high) / 2
    mean = np.bincount(group, middle, groups) / np.bincount(group, evidence.base, groups)
    alike = mean[group[wanted]]
    if evidence.kind == "count":
        drawn = np.stack([stream.poisson(alike * base) for stream in streams]).astype(float)
    else:
        share, whole = np.clip(alike, 0.0, 1.0), np.rint(base).astype(np.int64)
        drawn = np.stack([stream.binomial(whole, share) for stream in streams]).astype(float)
    width = (evidence.high - evidence.low + 1)[wanted]
    shown = np.maximum(middle[wanted] + width * np.rint((drawn - middle[wanted]) / width), 0.0)
    figures: Floats = np.where(base < _NO_BASE, alike, shown / base)
    return figures


def marks_by_chance(chance: Chance, peers: Array, rule: PeerRule, replications: int = REPLICATIONS) -> Floats:
    """How often chance alone would mark each indicator in each area, (indicators, areas).

    In the latest period. Observations are drawn as if all areas were alike, scored on the edition's scales,
    and marked against `peers` (areas, count), which are positions. nan for an indicator of which chance is
    not known.
    """
    scoring = chance.scoring
    at = len(scoring.periods) - 1
    streams = [np.random.Generator(np.random.Philox(key=(_SEED << 64) + n)) for n in range(replications)]
    share = np.full((len(scoring.framework.indicators), len(scoring.areas)), np.nan)
    for source in chance.sources:
        now = np.flatnonzero(source.period == at)
        if not len(now):
            continue
        wanted, entry = np.unique(source.entries[now], return_inverse=True)
        figures = null_figures(source.posterior.evidence, wanted, streams)
        cells = Source(
            source.posterior, source.unit[wanted], entry, source.indicator[now], source.period[now],
            source.area[now],
        )  # fmt: skip
        scores = chance.rescorer.scores(cells, figures)
        for i in np.unique(cells.indicator):
            here = np.flatnonzero(cells.indicator == i)
            drawn = np.full((len(scoring.areas), replications), np.nan)
            drawn[cells.area[here]] = scores[:, here].T
            marks = Band.of(drawn[peers.T], rule).marks(drawn)
            share[i] = np.where(np.isnan(drawn).all(axis=1), np.nan, (marks != _WITHIN).mean(axis=1))
    return share
