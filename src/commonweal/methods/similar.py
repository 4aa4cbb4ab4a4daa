"""How alike places are: coordinates in which distance means difference, groups, and the nearest of each.

Tables have a row a place and a column an attribute. Sources: Mahalanobis 1936 (as in De Maesschalck et al.
2000, doi:10.1016/S0169-7439(99)00047-7); k-means: Lloyd 1982, doi:10.1109/TIT.1982.1056489, begun as in Su
and Dy 2007, doi:10.3233/IDA-2007-11402 (Var-Part), which draws nothing at random.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from commonweal.arrays import Floats, Positions
from commonweal.methods.significant import DIGITS

#: A direction with less than this share of the largest spread is one attribute told twice.
_NO_SPREAD: Final = 1e-9
#: Rounds after which k-means stops, though it settles long before in practice.
_ROUNDS: Final = 300


def standardised(table: Floats) -> Floats:
    """Each column less its mean, in its standard deviations (divisor n); a constant column is zero.

    >>> standardised(np.array([[1.0, 7.0], [3.0, 7.0]])).tolist()
    [[-1.0, 0.0], [1.0, 0.0]]
    """
    spread = table.std(axis=0)
    result: Floats = (table - table.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    return result


def uncorrelated(table: Floats) -> Floats:
    """Coordinates whose Euclidean distances are Mahalanobis distances of the table.

    D^2 = (x - y)' S^-1 (x - y), S the covariance (divisor n): what two columns tell alike counts once. Where
    columns depend on one another S^-1 is the pseudo-inverse. Shape (places, directions with any spread).

    >>> twice = uncorrelated(np.array([[0.0, 0.0], [1.0, 2.0], [2.0, 4.0]]))
    >>> np.abs(np.diff(twice[:, 0])).round(6).tolist()
    [1.224745, 1.224745]
    """
    left, size, _ = np.linalg.svd(standardised(table), full_matrices=False)
    kept = size > _NO_SPREAD * max(size.max(initial=0.0), np.finfo(float).tiny)
    result: Floats = left[:, kept] * np.sqrt(len(table))
    return result


def clusters(points: Floats, count: int) -> Positions:
    """The group of each point, from 0: k-means, the same groups on every run.

    Begun by splitting the group with the largest sum of squares at its mean along its widest column, until
    there are `count`; then points go to the nearest centre, and centres to the mean of their points, until
    nothing moves. Groups are numbered by their first point.

    >>> clusters(np.array([[0.0], [9.0], [0.1], [9.2], [5.0]]), 3).tolist()
    [0, 1, 0, 1, 2]
    """
    group = np.zeros(len(points), dtype=np.intp)
    for new in range(1, count):
        widest = max(range(new), key=lambda g: _squares(points[group == g]).sum())
        members = group == widest
        column = int(_squares(points[members]).argmax())
        above = points[:, column] > points[members, column].mean()
        group[members & above] = new
    for _ in range(_ROUNDS):
        centres = np.stack([points[group == g].mean(axis=0) for g in np.unique(group)])
        away = np.stack([((points - centre) ** 2).sum(axis=1) for centre in centres])
        nearest = away.argmin(axis=0)
        if np.array_equal(nearest, group):
            break
        group = nearest
    _, first, number = np.unique(group, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[number]


def _squares(points: Floats) -> Floats:
    """The sum of squares of each column about its mean."""
    squares: Floats = ((points - points.mean(axis=0)) ** 2).sum(axis=0)
    return squares


def nearest(points: Floats, count: int, group: Positions | None = None) -> tuple[Positions, Floats]:
    """The `count` nearest other points of each point, nearest first, and their distances.

    Euclidean; equal distances go by position. With `group` only points of the same group are looked at. Both
    have the shape (points, count); position -1 and distance nan where a group has fewer. One row at a time,
    so that memory does not grow with the square of the points.

    >>> nearest(np.array([[0.0], [1.0], [3.0]]), 1)[0].tolist()
    [[1], [0], [1]]
    >>> nearest(np.array([[0.0], [1.0], [3.0]]), 1, np.array([0, 1, 0]))[0].tolist()
    [[2], [-1], [0]]
    """
    found = np.full((len(points), count), -1, dtype=np.intp)
    distances = np.full((len(points), count), np.nan)
    digits = _digits(points)
    for i, point in enumerate(points):
        away = np.round(np.sqrt(((points - point) ** 2).sum(axis=1)), digits)
        away[i] = np.inf
        if group is not None:
            away[group != group[i]] = np.inf
        close = np.flatnonzero((away <= np.partition(away, count - 1)[count - 1]) & np.isfinite(away))
        # a stable sort breaks ties by position
        close = close[np.argsort(away[close], kind="stable")][:count]
        found[i, : len(close)] = close
        distances[i, : len(close)] = away[close]
    return found, distances


def _digits(points: Floats) -> int:
    """Decimals of a distance that are more than the rounding of floating point, so that equal ones tie."""
    size = float(np.abs(points).max(initial=0.0))
    return DIGITS - 1 - int(np.floor(np.log10(size))) if size > 0 else 0
