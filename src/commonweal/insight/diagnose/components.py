"""Principal components of a group: how much of its variation one direction holds, who takes part in it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from commonweal.arrays import Floats
from commonweal.insight.diagnose.correlation import pearson


class Components(NamedTuple):
    """The components of a group, largest first.

    `rows` complete areas; `eigenvalues` (components,) add up to the number of columns, `shares` to one;
    `loadings` (columns, components) are eigenvectors of unit length, each signed to sum to 0 or more.
    """

    rows: int
    eigenvalues: Floats
    shares: Floats
    loadings: Floats


def components(x: Floats) -> Components | None:
    """The eigenvectors of the correlations of `x` (areas, columns) over its complete rows, unrotated.

    None where fewer than 3 rows are complete or a column is constant in them.
    Source: OECD and JRC, Handbook on Constructing Composite Indicators (2008), step 4.

    >>> found = components(np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]]))
    >>> found.eigenvalues.round(6).tolist(), found.loadings[:, 0].round(6).tolist()
    ([2.0, 0.0], [0.707107, 0.707107])
    """
    rows = x[~np.isnan(x).any(axis=1)]
    if len(rows) < 3:
        return None
    r = pearson(rows).r
    if np.isnan(r).any():
        return None
    values, vectors = np.linalg.eigh(r)
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    vectors = vectors * np.where(vectors.sum(axis=0) < 0, -1.0, 1.0)
    return Components(len(rows), values, values / len(values), vectors)
