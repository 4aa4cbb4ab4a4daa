"""The one factor behind several children, by maximum likelihood, from statsmodels."""

from __future__ import annotations

import warnings

import numpy as np

from commonweal.errors import CommonwealError, Fault
from commonweal.methods import Floats


def one_factor(correlation: Floats, rows: int) -> Floats:
    """The loadings (children,) of the one maximum-likelihood factor, signed so that their sum is above 0.

    `correlation` (children, children) rests on `rows` observations. Raises EXTRA-MISSING where statsmodels is
    not installed.
    """
    try:
        from statsmodels.multivariate.factor import Factor
    except ImportError:
        raise CommonwealError(
            Fault(
                "EXTRA-MISSING",
                "weigh: factor needs statsmodels, which is not installed",
                "Install it with `pip install commonweal[statistics]`, or use weigh: pca.",
                path=("weigh",),
            )
        ) from None
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # a child that the factor explains wholly is on the edge, and no fault
        fitted = Factor(corr=correlation, n_factor=1, nobs=rows, method="ml").fit()
    loading = np.asarray(fitted.loadings, dtype=np.float64)[:, 0]
    signed: Floats = loading if loading.sum() >= 0 else -loading
    return signed
