"""Tail probabilities: how often chance alone gives a correlation, or a chi-squared, as large as this."""

from __future__ import annotations

import numpy as np

from commonweal.arrays import Floats
from commonweal.methods.distributions import beta_cdf, gamma_tail


def correlation_p(r: Floats, pairs: Floats) -> Floats:
    """Two-sided p of Pearson's r over `pairs` areas: the t test with n - 2 degrees of freedom.

    t = r sqrt((n - 2) / (1 - r^2)), so p = I(1 - r^2; (n - 2) / 2, 1 / 2), the regularised incomplete beta
    function. nan where r is, or where there are fewer than 3 pairs. Source: Fisher, Biometrika 10 (1915).

    >>> correlation_p(np.array([0.5, 0.0, 1.0]), np.array([27.0, 10.0, 5.0])).round(6).tolist()
    [0.007913, 1.0, 0.0]
    """
    r, n = np.broadcast_arrays(np.asarray(r, dtype=np.float64), np.asarray(pairs, dtype=np.float64))
    p = np.full(r.shape, np.nan)
    tested = np.isfinite(r) & (n >= 3)
    found, half = r[tested], (n[tested] - 2) / 2
    p[tested] = beta_cdf((1 - found) * (1 + found), half, np.array(0.5), rest=found * found)
    return p


def chi_squared_p(x: float, degrees: float) -> float:
    """How often chance gives a chi-squared above `x`: Q(degrees / 2, x / 2), the incomplete gamma function.

    >>> round(chi_squared_p(3.841458820694124, 1), 12), chi_squared_p(0.0, 3)
    (0.05, 1.0)
    """
    return float(gamma_tail(np.array(max(x, 0.0) / 2), np.array(degrees / 2)))
