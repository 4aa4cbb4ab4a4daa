"""How unsure figures become where they were moved between areas that do not match.

Areas are fitted to others by shares of their people (apportioned), or each goes whole to the one where most
of its people live (best fit), as official statistics do from output areas (ONS, An overview of best-fitting,
2012). Either way some people are counted in another area than their own: their expected share is the error.
"""

from __future__ import annotations

import numpy as np

from commonweal.arrays import Array


def apportioned_limits(value: Array, limits: Array, error: Array) -> Array:
    """Limits, shape (areas, 2), of figures whose counts were dealt out by shares.

    Of n_i records of old area i each belongs to new area j with the chance w_ij, so that their number there
    has the variance sum n_i w_ij (1 - w_ij). Where records lie as the people do this is error x the count
    N = sum n_i w_ij. A count has the variance N by itself (Poisson), so together they are N (1 + error),
    and each half-width, of a rate or a percentage of such counts too, is sqrt(1 + error) times what it was.

    >>> apportioned_limits(np.array([10.0]), np.array([[6.0, 15.0]]), np.array([0.21])).round(2).tolist()
    [[5.6, 15.5]]
    """
    wider: Array = value[:, None] + (limits - value[:, None]) * np.sqrt(1 + error)[:, None]
    return wider


def best_fit_limits(value: Array, limits: Array, error: Array, percentage: Array) -> Array:
    """Limits, shape (areas, 2), of figures whose areas were fitted whole.

    A share `error` of an area's people may be missing, or be others: no matter of chance, and as large as
    error x value for figures above 0; for a percentage (`percentage`, shape (areas,)) as error x the larger
    of value and 100 - value. It is added in quadrature to each half-width.

    >>> value, limits = np.array([40.0]), np.array([[37.0, 43.0]])
    >>> best_fit_limits(value, limits, np.array([0.1]), np.array([False])).tolist()
    [[35.0, 45.0]]
    """
    reach = np.where(percentage, np.maximum(value, 100 - value), np.abs(value))
    off = (error * reach)[:, None]
    half = np.hypot(limits - value[:, None], off)
    wider: Array = value[:, None] + half * np.array([-1.0, 1.0])
    return wider
