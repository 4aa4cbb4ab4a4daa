"""The one factor behind several children, by maximum likelihood."""

from __future__ import annotations

from typing import Final

import numpy as np

from commonweal.arrays import Floats

#: The least share of a child that is its own: where the likelihood rises up to none, it is held here.
LEAST_OWN: Final = 0.005
_STEPS: Final = 10_000
#: The search ends where a step moves no loading by more than this.
_STILL: Final = 1e-13


def one_factor(correlation: Floats) -> Floats:
    """The loadings (children,) of the one maximum-likelihood factor, signed so that their sum is above 0.

    The model is z_i = l_i f + e_i: the correlations are l l' + diag(u), u_i = 1 - l_i^2 the part of a child
    that is its own, at least 0.005. It is found by expectation and maximisation in turn, each of which raises
    the likelihood: with b = l'(l l' + diag(u))^-1, l becomes R b' / (1 - b l + b R b').
    Source: Lawley and Maxwell, Factor Analysis as a Statistical Method (1971); Rubin and Thayer,
    EM algorithms for ML factor analysis, Psychometrika 47 (1982).

    >>> one_factor(np.array([[1.0, 0.56, 0.48], [0.56, 1.0, 0.42], [0.48, 0.42, 1.0]])).round(6).tolist()
    [0.8, 0.7, 0.6]
    """
    values, vectors = np.linalg.eigh(correlation)
    loading = vectors[:, -1] * np.sqrt(max(values[-1] - 1.0, 0.1))
    own = np.maximum(1.0 - loading**2, LEAST_OWN)
    for _ in range(_STEPS):
        scaled = loading / own
        score = scaled / (1.0 + scaled @ loading)
        shared = correlation @ score
        moved = shared / (1.0 - score @ loading + score @ shared)
        own = np.maximum(1.0 - moved * shared, LEAST_OWN)
        still = np.abs(moved - loading).max() < _STILL
        loading = moved
        if still:
            break
    signed: Floats = loading if loading.sum() >= 0 else -loading
    return signed
