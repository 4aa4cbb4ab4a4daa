"""The outlines of the demo's wards: straight edges drawn by hand, made natural by a fractal.

The corners are laid on a plane in kilometres. Each edge is bent once, whichever ward asks for it, so that
neighbours share every vertex and the wards tile without a gap. The borough lies in the open North Sea,
where nobody lives.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from math import cos, radians
from typing import Final

import numpy as np

from commonweal.arrays import Array
from commonweal.demo.borough import WARDS
from commonweal.demo.chance import stream

SOUTH_WEST: Final = (1.60, 54.50)  # longitude and latitude of the plane's origin
_KM_PER_DEGREE: Final = 111.2
_BENDS: Final = 5  # an edge becomes 2**5 pieces
_ROUGH: Final = {
    "inland": 0.17,
    "outer": 0.24,
}  # sideways shift of an edge's middle, as a share of its length

#: Kilometres east and north of the origin.
CORNERS: Final = (
    (3.6, 9.9), (7.2, 9.8), (7.9, 9.7), (2.5, 9.6), (5.5, 9.6), (1.9, 9.5), (9.0, 9.5), (10.6, 9.2),
    (0.4, 8.6), (2.9, 7.6), (8.0, 7.5), (11.5, 7.5), (5.2, 7.4), (4.5, 7.0), (0.2, 6.8), (6.7, 6.7),
    (1.9, 6.6), (9.3, 6.6), (11.6, 5.6), (4.4, 5.3), (6.8, 5.3), (2.3, 5.2), (9.0, 5.2), (-0.3, 5.0),
    (3.7, 4.9), (5.7, 4.8), (7.6, 4.8), (10.4, 3.7), (11.9, 3.7), (0.8, 3.6), (0.0, 3.3), (3.8, 2.9),
    (7.5, 2.9), (5.7, 2.5), (8.4, 2.4), (2.7, 2.3), (11.6, 1.9), (0.1, 1.4), (5.7, 0.5), (10.4, 0.5),
    (2.6, 0.4), (8.7, 0.3), (1.0, 0.2), (4.2, 0.1), (7.2, 0.0),
)  # fmt: skip

#: The corners of each ward, in turn.
RINGS: Final = {
    "Thornley": (3, 9, 16, 14, 8, 5), "Larkrise": (9, 3, 0, 4, 12, 13),
    "Northgate": (12, 4, 1, 2, 10, 15), "Ashcombe": (10, 2, 6, 7, 11, 17),
    "Fallow Green": (14, 16, 21, 29, 30, 23), "Dovecote": (16, 9, 13, 19, 24, 21),
    "Castle Hill": (19, 13, 12, 15, 20, 25), "Kingsmead": (15, 10, 17, 22, 26, 20),
    "Eastfield": (22, 17, 11, 18, 28, 27), "Millbank": (29, 21, 24, 31, 35),
    "Priory": (31, 24, 19, 25, 33), "Old Town": (33, 25, 20, 26, 32),
    "Gatehouse": (32, 26, 22, 27, 34), "Brackwater": (30, 29, 35, 40, 42, 37),
    "Quayside": (35, 31, 33, 38, 43, 40), "Harbour": (38, 33, 32, 34, 41, 44),
    "Saltmarsh": (41, 34, 27, 28, 36, 39),
}  # fmt: skip


@cache
def ring(name: str) -> Array:
    """The closed outline of a ward: longitude and latitude of each vertex, to six decimals.

    >>> edge = ring("Ashcombe")
    >>> bool((edge[0] == edge[-1]).all())
    True
    """
    corners = RINGS[name]
    shared = _edges_of_two_wards()
    parts = [
        _edge(a, b, "inland" if frozenset((a, b)) in shared else "outer")[:-1]
        for a, b in pairwise((*corners, corners[0]))
    ]
    plane = np.concatenate([*parts, parts[0][:1]])
    return _degrees(plane)


def geojson() -> dict[str, object]:
    """All wards as a GeoJSON feature collection, in the order of their codes."""
    return {
        "type": "FeatureCollection",
        "name": "wards",
        "features": [
            {
                "type": "Feature",
                "properties": {"code": ward.code, "name": ward.name},
                "geometry": {"type": "Polygon", "coordinates": [ring(ward.name).tolist()]},
            }
            for ward in WARDS
        ],
    }


@cache
def _edges_of_two_wards() -> frozenset[frozenset[int]]:
    sides = [frozenset(side) for ring in RINGS.values() for side in pairwise((*ring, ring[0]))]
    return frozenset(side for side in sides if sides.count(side) == 2)


def _edge(a: int, b: int, kind: str) -> Array:
    """The bent edge from corner a to corner b: the same vertices, turned round, from b to a."""
    bent = _bent(min(a, b), max(a, b), kind)
    return bent if a < b else bent[::-1]


@cache
def _bent(a: int, b: int, kind: str) -> Array:
    """Midpoint displacement: each piece is halved, its middle shifted sideways by a share of its length."""
    draw = stream(17, "edge", a, b)
    line = np.array([CORNERS[a], CORNERS[b]], dtype=float)
    for _ in range(_BENDS):
        steps = np.diff(line, axis=0)
        sideways = np.stack([-steps[:, 1], steps[:, 0]], axis=1)
        shift = _ROUGH[kind] * (2 * draw.random(len(steps)) - 1)
        middles = line[:-1] + steps / 2 + shift[:, None] * sideways
        line = np.insert(line, np.arange(1, len(line)), middles, axis=0)
    return line


def _degrees(plane: Array) -> Array:
    east, north = SOUTH_WEST
    longitude = east + plane[:, 0] / (_KM_PER_DEGREE * cos(radians(north)))
    latitude = north + plane[:, 1] / _KM_PER_DEGREE
    return np.round(np.stack([longitude, latitude], axis=1), 6)


def points_inside(name: str, count: int) -> Array:
    """`count` points inside a ward, shape (count, 2): the middles of its streets, as it were."""
    edge = ring(name)
    low, high = edge.min(axis=0), edge.max(axis=0)
    draw = stream(17, "streets", name)
    found: list[Array] = []
    while sum(map(len, found)) < count:
        tried = np.round(low + draw.random((2 * count, 2)) * (high - low), 6)
        found.append(tried[_inside(tried, edge)])
    return np.concatenate(found)[:count]


def _inside(points: Array, edge: Array) -> Array:
    """Whether points lie inside a closed ring: a ray to the east crosses it an odd number of times."""
    x, y = points[:, :1], points[:, 1:]
    x0, y0, x1, y1 = edge[:-1, 0], edge[:-1, 1], edge[1:, 0], edge[1:, 1]
    level = np.where(y1 == y0, 1.0, y1 - y0)  # a flat piece is never crossed
    crosses = ((y0 > y) != (y1 > y)) & (x < x0 + (y - y0) * (x1 - x0) / level)
    odd: Array = crosses.sum(axis=1) % 2 == 1
    return odd
