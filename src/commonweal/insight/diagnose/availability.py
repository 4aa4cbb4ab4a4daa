"""What is there: by area, and by area in each part of the framework."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from commonweal.arrays import Floats
from commonweal.model.framework import Framework


def by_area(x: Floats, areas: Sequence[str]) -> pl.DataFrame:
    """A row an area: how many of its cells (areas, indicators) are missing or 0, and two shares:
    of all cells those with a value, and of these the ones that are not 0.

    >>> by_area(np.array([[1.0, 0.0, np.nan, 4.0, 2.0]]), ["E1"]).row(0)
    ('E1', 1, 1, 2, 0.8, 0.75)
    """
    count = x.shape[1]
    missing, zero = np.isnan(x).sum(axis=1), (x == 0).sum(axis=1)
    with np.errstate(invalid="ignore"):
        nonzero = 1 - zero / (count - missing)
    return pl.DataFrame(
        {
            "area": list(areas),
            "missing": missing,
            "zero": zero,
            "missing_or_zero": missing + zero,
            "available_share": 1 - missing / count,
            "nonzero_share": nonzero,
        }
    ).with_columns(pl.col("nonzero_share").fill_nan(None))


def by_parent(x: Floats, framework: Framework) -> tuple[tuple[str, ...], Floats]:
    """For each parent the share of the indicators below it that an area has: names, and (areas, parents)."""
    at = {node.id: i for i, node in enumerate(framework.indicators)}
    there = ~np.isnan(x)
    parents = framework.parents
    below = [[at[leaf.id] for leaf in framework.below(parent.id)] for parent in parents]
    shares = np.stack([there[:, columns].mean(axis=1) for columns in below], axis=1)
    return tuple(parent.id for parent in parents), shares
