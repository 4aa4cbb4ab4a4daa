"""Least-squares lines of one indicator on others, which can be kept and put to use on other cells."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from commonweal.arrays import Floats

#: Rows that a line needs beyond the numbers it finds.
SPARE_ROWS: Final = 1


class Line(NamedTuple):
    """centre + sum of slope (x - mean), for the indicator at position `indicator`, on those at `known`.

    All values are directed. `centre` is nan where too few rows were there to find the line.
    """

    indicator: int
    known: tuple[int, ...]
    centre: float
    slope: Floats
    mean: Floats

    def at(self, x: Floats) -> Floats:
        """The estimates (cells,) where the known indicators are x (known, cells).

        >>> Line(0, (1,), 5.0, np.array([2.0]), np.array([10.0])).at(np.array([[10.0, 12.0]])).tolist()
        [5.0, 9.0]
        """
        found: Floats = self.centre + (x.T - self.mean) @ self.slope
        return found


def line(indicator: int, known: tuple[int, ...], x: Floats, y: Floats) -> Line:
    """The line fitted on x (known, rows) and y (rows,), by least squares with an intercept.

    Sums depend on the order of rows in their last bit: give them in one that areas have no part in.

    >>> line(0, (1,), np.array([[1.0, 2.0, 3.0]]), np.array([3.0, 5.0, 7.0])).centre  # y = 2 x + 1
    5.0
    """
    if len(known) == 0 or len(y) < len(known) + 1 + SPARE_ROWS:
        return Line(indicator, known, np.nan, np.zeros(len(known)), np.zeros(len(known)))
    mean, sd = x.mean(axis=1), x.std(axis=1)
    sd = np.where(sd > 0, sd, 1.0)
    coefficients = least_squares((x.T - mean) / sd, y)
    return Line(indicator, known, float(coefficients[0]), coefficients[1:] / sd, mean)


def least_squares(x: Floats, y: Floats) -> Floats:
    """Intercept and slopes on x (rows, columns); the shortest of all that fit equally well."""
    ones = np.ones((len(y), 1))
    return np.asarray(np.linalg.lstsq(np.hstack([ones, x]), y, rcond=None)[0], dtype=np.float64)
