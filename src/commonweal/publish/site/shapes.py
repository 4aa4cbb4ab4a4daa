"""The outlines of areas as SVG paths: simplified together, so that neighbours keep one shared edge."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import cos, radians
from typing import Any, Final

import numpy as np

from commonweal.model.area import Boundaries

#: The longer side of a map, in units of its view box. Coordinates are whole units: half a pixel on a desk.
SIZE: Final = 1000
#: How far a simplified edge may stray, in units of the view box.
TOLERANCE: Final = 1.5
#: The radius of a circle that a two-digit label fits in, in units of the view box.
ROOM: Final = 24.0

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Outline:
    """One area: its path, and where a label stands if there is room for one."""

    path: str
    x: int
    y: int
    room: bool


@dataclass(frozen=True, slots=True)
class Shapes:
    """All areas of a map: the size of its view box, an outline each, and the edges that two share."""

    width: int
    height: int
    outlines: dict[str, Outline]
    shared: str

    @property
    def crowded(self) -> bool:
        """Whether links on the map would be too many to step through; the list beside has them all."""
        return len(self.outlines) > 60


def draw(boundaries: Boundaries) -> Shapes:
    """Turn boundaries into paths.

    Coordinates in degrees are projected to a plane about their middle. The outlines are simplified as a
    coverage where they are one (no gaps or overlaps between neighbours), and otherwise kept as they are.
    Rounding sends equal points to equal points, so shared edges stay shared.
    """
    import shapely

    geometries = _flat(boundaries)
    left, bottom, right, top = shapely.total_bounds(geometries)
    scale = SIZE / max(right - left, top - bottom)
    origin, flip = np.array([left, top]), np.array([scale, -scale])
    placed = shapely.transform(geometries, lambda xy: (xy - origin) * flip)
    placed = shapely.force_2d(placed)
    if shapely.coverage_is_valid(placed):
        placed = shapely.coverage_simplify(placed, TOLERANCE, simplify_boundary=True)
    rings = {code: list(_rings(geometry)) for code, geometry in zip(boundaries.codes, placed, strict=True)}
    outlines = {
        code: Outline(_path(rings[code]), *_label(geometry))
        for code, geometry in zip(boundaries.codes, placed, strict=True)
    }
    width, height = (round(v * scale) for v in (right - left, top - bottom))
    return Shapes(width, height, outlines, _shared(ring for found in rings.values() for ring in found))


def _flat(boundaries: Boundaries) -> Any:
    """The geometries on a plane whose units are alike in both directions."""
    import shapely
    from pyproj import CRS

    geometries = np.asarray(boundaries.geometries, dtype=object)
    if not CRS.from_user_input(boundaries.crs).is_geographic:
        return geometries
    _, south, _, north = shapely.total_bounds(geometries)
    stretch = np.array([cos(radians((south + north) / 2)), 1.0])
    return shapely.transform(geometries, lambda xy: xy * stretch)


def _rings(geometry: Any) -> Iterator[list[Point]]:
    """The rings of an area on whole units, without repeated points; specks vanish."""
    import shapely

    for part in shapely.get_parts(geometry):
        if part.geom_type != "Polygon":
            continue
        for ring in (part.exterior, *part.interiors):
            points = [(int(x), int(y)) for x, y in np.rint(shapely.get_coordinates(ring))]
            kept = [p for p, q in itertools.pairwise(points) if p != q]
            if len(kept) > 2:
                yield kept


def _path(rings: Iterable[list[Point]]) -> str:
    return "".join(f"M{' '.join(f'{x} {y}' for x, y in ring)}z" for ring in rings)


def _label(geometry: Any) -> tuple[int, int, bool]:
    """The middle of the widest part of an area, and whether a label fits there."""
    import shapely

    parts = [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"]
    largest = max(parts, key=lambda part: part.area)
    circle = shapely.maximum_inscribed_circle(largest, tolerance=2.0)
    x, y = shapely.get_coordinates(circle)[0]
    return round(x), round(y), bool(shapely.length(circle) >= ROOM)


def _shared(rings: Iterable[list[Point]]) -> str:
    """The edges that stand in two outlines, strung together, each drawn once."""
    seen: Counter[tuple[Point, Point]] = Counter()
    order: list[tuple[Point, Point]] = []
    for ring in rings:
        for p, q in zip(ring, [*ring[1:], ring[0]], strict=True):
            edge = (min(p, q), max(p, q))
            seen[edge] += 1
            if seen[edge] == 2:
                order.append((p, q))
    strings: list[list[Point]] = []
    for p, q in order:
        if strings and strings[-1][-1] == p:
            strings[-1].append(q)
        else:
            strings.append([p, q])
    return "".join(f"M{' '.join(f'{x} {y}' for x, y in string)}" for string in strings)
