"""Skewness and kurtosis of many columns at once."""

from __future__ import annotations

import numpy as np

from commonweal.arrays import Flags, Floats


def moments(x: Floats) -> Floats:
    """Skewness G1 and excess kurtosis G2 of each row, shape (2, rows); gaps (nan) are skipped.

    With m_r the r-th central moment (divisor n): G1 = sqrt(n(n-1))/(n-2) m3/m2^1.5 and
    G2 = (n-1)/((n-2)(n-3)) ((n+1)(m4/m2^2 - 3) + 6). nan for a constant row, for G1 with fewer than three
    values and for G2 with fewer than four.
    Source: Joanes and Gill 1998, doi:10.1111/1467-9884.00122 (SKEW and KURT in spreadsheets).

    >>> moments(np.array([[1.0, 2.0, 3.0, 10.0, np.nan], [4.0, 4.0, 4.0, 4.0, 4.0]])).round(6).tolist()
    [[1.763633, nan], [3.228, nan]]
    """
    gaps = np.isnan(x)
    n = x.shape[1] - gaps.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(gaps, 0.0, x).sum(axis=1) / n
        d = x - mean[:, None]
        d[gaps] = 0.0
        reach = np.abs(d).max(axis=1, initial=0.0)
        d /= np.where(reach > 0, reach, 1.0)[:, None]  # so that no power overflows
        square = d * d
        m2, m3, m4 = (_products(a, b) / n for a, b in ((d, d), (square, d), (square, square)))
        skewness = np.sqrt(n * (n - 1.0)) / (n - 2.0) * m3 / m2**1.5
        kurtosis = (n - 1.0) / ((n - 2.0) * (n - 3.0)) * ((n + 1.0) * (m4 / m2**2 - 3.0) + 6.0)
    flat = constant(x)
    skewness[flat | (n < 3)] = np.nan
    kurtosis[flat | (n < 4)] = np.nan
    return np.stack([skewness, kurtosis])


def constant(x: Floats) -> Flags:
    """Which rows have no two different values."""
    low, high = np.fmin.reduce(x, axis=1), np.fmax.reduce(x, axis=1)
    flat: Flags = ~(low < high)
    return flat


def _products(a: Floats, b: Floats) -> Floats:
    """The sum of products of each row, in an order that no number of threads changes."""
    total: Floats = np.einsum("ij,ij->i", a, b)
    return total
