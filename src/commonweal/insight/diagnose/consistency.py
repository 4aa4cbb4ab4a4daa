"""Whether the parts of a group belong together: Cronbach's alpha, KMO, Bartlett's test of sphericity."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from commonweal.arrays import Floats
from commonweal.insight.diagnose.correlation import covariance, pearson
from commonweal.insight.diagnose.tails import chi_squared_p

#: A correlation matrix this near to singular has no inverse worth using.
_SINGULAR: Final = 1e-12


class Bartlett(NamedTuple):
    """Bartlett's test: chi-squared, its degrees of freedom, and p, were all columns unrelated."""

    chi_squared: float
    degrees: int
    p: float


def alpha(x: Floats) -> float:
    """Cronbach's alpha of the columns of `x` (areas, parts).

    k / (k - 1) (1 - sum of variances / variance of the sum), with covariances over the areas that have
    both. Negative where parts pull against each other; nan for a single part. Above 0.7 is usually held to be
    enough. Source: Cronbach, Psychometrika 16 (1951) 297.

    >>> round(alpha(np.array([[1.0, 2.0], [2.0, 2.0], [3.0, 5.0], [4.0, 6.0]])), 6)
    0.916031
    """
    k = x.shape[1]
    table = covariance(x)
    whole = table.sum()
    if k < 2 or not np.isfinite(whole) or whole <= 0:
        return float("nan")
    return float(k / (k - 1) * (1 - np.trace(table) / whole))


def kmo(x: Floats) -> float:
    """Kaiser, Meyer and Olkin's measure of sampling adequacy over the complete rows of `x`.

    sum r^2 / (sum r^2 + sum a^2) over the pairs, a the partial correlations: near 1 where the parts
    share what they have in common, 0.6 or more to be worth a common factor. nan where columns are
    linearly dependent or complete rows are no more than columns. Source: Kaiser, Psychometrika 39 (1974) 31.
    """
    r = _complete(x)
    if r is None:
        return float("nan")
    inverse = np.linalg.inv(r)
    scale = np.sqrt(np.diagonal(inverse))
    partial = inverse / (scale * scale[:, None])
    off = ~np.eye(len(r), dtype=bool)
    shared = float((r[off] ** 2).sum())
    whole = shared + float((partial[off] ** 2).sum())
    return shared / whole if whole > 0 else float("nan")


def bartlett(x: Floats) -> Bartlett | None:
    """Bartlett's test that the columns of `x` are unrelated, over its complete rows; None as for `kmo`.

    chi^2 = -(n - 1 - (2 k + 5) / 6) ln |R|, with k (k - 1) / 2 degrees of freedom.
    Source: Bartlett, Journal of the Royal Statistical Society B 16 (1954) 296.
    """
    r = _complete(x)
    if r is None:
        return None
    n, k = int((~np.isnan(x).any(axis=1)).sum()), len(r)
    # Without relation the log is 0; the noise of floating point must not make it less.
    statistic = max(0.0, float(-(n - 1 - (2 * k + 5) / 6) * np.linalg.slogdet(r)[1]))
    degrees = k * (k - 1) // 2
    return Bartlett(statistic, degrees, chi_squared_p(statistic, degrees))


def _complete(x: Floats) -> Floats | None:
    """The correlations over complete rows, None where no inverse can be trusted."""
    rows = x[~np.isnan(x).any(axis=1)]
    if x.shape[1] < 2 or len(rows) <= x.shape[1]:
        return None
    r = pearson(rows).r
    if np.isnan(r).any() or np.linalg.eigvalsh(r)[0] < _SINGULAR:
        return None
    return r
