"""Sensitivity: which choice of method moves ranks, and how much of the movement each one makes."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Array, Floats
from commonweal.insight.uncertainty.choices import Experiment
from commonweal.methods.rank import rank
from commonweal.methods.sobol import design, indices

#: A row an input: its share of the variance of a result by itself, and with all it takes part in.
SENSITIVITY: Final = {
    "input": pl.String, "first": pl.Float64, "first_low": pl.Float64, "first_high": pl.Float64,
    "total": pl.Float64, "total_low": pl.Float64, "total_high": pl.Float64,
}  # fmt: skip
#: Rows of the design unless others are asked for; runs are rows x (inputs + 2).
ROWS: Final = 256
_SEED: Final = 2001


def mean_rank_shift(ranks: Array, nominal: Array) -> Floats:
    """How many places areas move on average in each run: mean |rank - nominal rank|, shape (runs,).

    `ranks` (runs, areas), 0 where an area has none; areas without a rank on either side are left out, and a
    run without any is nan.

    >>> mean_rank_shift(np.array([[2, 1, 3]]), np.array([1, 2, 3])).round(3).tolist()
    [0.667]
    """
    there = (ranks > 0) & (nominal > 0)
    moved = np.where(there, np.abs(ranks - nominal), 0).sum(axis=1)
    count = there.sum(axis=1)
    shift: Floats = np.divide(moved, count, out=np.full(len(ranks), np.nan), where=count > 0)
    return shift


def root_scores(experiment: Experiment, points: Floats) -> Floats:
    """The index of every area in the latest period, shape (runs, areas), for each row of `points`."""
    scoring = experiment.scoring
    root = scoring.node_index[scoring.framework.roots[0].id]
    found = np.full((len(points), len(scoring.areas)), np.nan)
    for runs, held in experiment.run(points):
        found[runs] = held[root][:, -1]
    return found


def sensitivity(experiment: Experiment, rows: int = ROWS, area: str | None = None) -> pl.DataFrame:
    """First-order and total Sobol indices of each input of an experiment, in the latest period.

    The result that varies is the mean rank shift of the index against the edition's own ranks; for an
    `area`, its rank. Columns of `SENSITIVITY`; intervals are the middle 90 % of resamples. A run that fails
    leaves out its own row alone.
    """
    scoring = experiment.scoring
    points = design(rows, len(experiment.inputs), np.random.default_rng(_SEED))
    ranks, _ = rank(root_scores(experiment, points))
    if area is None:
        nominal = scoring.ranks[-1, :, scoring.node_index[scoring.framework.roots[0].id]]
        target = mean_rank_shift(ranks, nominal)
    else:
        own = ranks[:, scoring.area_index[area]].astype(float)
        target = np.where(own > 0, own, np.nan)
    found = indices(target, len(experiment.inputs))
    return pl.DataFrame(
        {
            "input": [one.name for one in experiment.inputs],
            "first": found.first,
            "first_low": found.first_between[:, 0],
            "first_high": found.first_between[:, 1],
            "total": found.total,
            "total_low": found.total_between[:, 0],
            "total_high": found.total_between[:, 1],
        },
        schema=SENSITIVITY,
    ).with_columns(pl.col(pl.Float64).fill_nan(None))
