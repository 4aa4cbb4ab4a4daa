"""Twelve significant digits: what is published, and what ranks are told apart by."""

from __future__ import annotations

from typing import Final

import numpy as np

from commonweal.arrays import Array

DIGITS: Final = 12
#: Powers of ten up to here are exact doubles, so one division gives the nearest double.
_EXACT: Final = 22


def significant(x: Array, digits: int = DIGITS) -> Array:
    """Round to `digits` significant decimal digits; any shape, nan and infinity stay.

    Each result is the double nearest to a decimal number of that many digits, so rounding twice
    changes nothing, and writing it and reading it back gives the same double.

    >>> significant(np.array([1 / 3, 123456789.123456789, 0.0])).tolist()
    [0.333333333333, 123456789.123, 0.0]
    """
    values = np.asarray(x, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.floor(np.log10(np.abs(values)))
    places = digits - 1 - np.where(np.isfinite(size), size, 0.0)
    usual = np.abs(places) <= _EXACT
    scale = 10.0 ** np.abs(np.where(usual, places, 0.0))
    up = places >= 0
    with np.errstate(invalid="ignore", over="ignore"):
        rounded = np.where(up, np.rint(values * scale) / scale, np.rint(values / scale) * scale)
    if not usual.all():
        rare = ~usual
        rounded[rare] = [float(f"{value:.{digits}g}") for value in values[rare]]
    return np.where(np.isfinite(values), rounded, values)
