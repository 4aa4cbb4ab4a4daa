"""Linking by point: edges, holes, overlaps, other coordinate systems."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from commonweal.errors import CommonwealError
from commonweal.model.area import Boundaries
from commonweal.model.source import Link
from commonweal.sources.link.point import by_point, locate, projection

POINT = Link("point", x="x", y="y")


def boundaries(outlines: dict[str, shapely.Geometry], crs: str = "EPSG:4326") -> Boundaries:
    return Boundaries(tuple(outlines), np.array(list(outlines.values()), dtype=object), crs)


def located(outlines: dict[str, shapely.Geometry], points: list[tuple[float, float]]) -> list[int]:
    link, _ = by_point(boundaries(outlines), sorted(outlines), POINT)
    x, y = (np.array(side, dtype=float) for side in zip(*points, strict=True))
    found: list[int] = locate(link, x, y).tolist()
    return found


def test_outlines_are_taken_in_order_of_code() -> None:
    overlapping = {"B": shapely.box(0, 0, 2, 2), "A": shapely.box(1, 1, 3, 3)}
    assert located(overlapping, [(0.5, 0.5), (1.5, 1.5), (2.5, 2.5), (2, 2)]) == [1, 0, 0, 0]


def test_a_hole_is_outside_and_a_part_is_inside() -> None:
    ring = shapely.difference(shapely.box(0, 0, 9, 9), shapely.box(3, 3, 6, 6))
    parts = shapely.union(shapely.box(10, 0, 11, 1), shapely.box(12, 0, 13, 1))
    points = [(1.0, 1.0), (4.5, 4.5), (10.5, 0.5), (11.5, 0.5), (12.5, 0.5)]
    assert located({"A": ring, "B": parts}, points) == [0, -4, 1, -4, 1]


def test_many_points_agree_with_testing_one_after_another() -> None:
    rng = np.random.default_rng(5)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(rng.random((40, 2)))))
    outlines = {f"{i:02}": cell for i, cell in enumerate(cells)}
    points = rng.random((2000, 2)) * 1.4 - 0.2
    expected = [
        next((i for i, cell in enumerate(cells) if shapely.covers(cell, shapely.Point(p))), -4)
        for p in points
    ]
    assert located(outlines, [tuple(p) for p in points.tolist()]) == expected


def test_no_point_at_all() -> None:
    link, _ = by_point(boundaries({"A": shapely.box(0, 0, 1, 1)}), ["A"], POINT)
    assert locate(link, np.array([]), np.array([])).tolist() == []
    assert locate(link, np.array([np.nan, np.inf]), np.array([0.5, 0.5])).tolist() == [-3, -3]


def test_points_are_taken_to_the_coordinates_of_the_boundaries() -> None:
    """Trig point of St Paul's: 51.5138 N, 0.0984 W is near 532 km east, 181 km north."""
    grid = boundaries({"A": shapely.box(531900, 181000, 532200, 181300)}, "EPSG:27700")
    link, notes = by_point(grid, ["A"], POINT)
    assert locate(link, np.array([-0.0984, -0.2]), np.array([51.5138, 51.5138])).tolist() == [0, -4]
    assert any("2 metres" in note for note in notes)
    assert by_point(boundaries({"A": shapely.box(0, 0, 1, 1)}), ["A"], POINT)[1] == ()


def test_the_same_system_by_another_name_is_left_alone() -> None:
    project, notes = projection("EPSG:4326", "OGC:CRS84")
    assert notes == ()
    assert project(np.array([1.0]), np.array([2.0]))[0].tolist() == [1.0]


def test_a_point_beyond_the_reach_of_the_projection_is_outside() -> None:
    link, _ = by_point(boundaries({"A": shapely.box(0, 0, 1, 1)}, "EPSG:27700"), ["A"], POINT)
    assert locate(link, np.array([1e9]), np.array([1e9])).tolist() == [-4]


def test_an_unknown_coordinate_system_is_a_fault() -> None:
    with pytest.raises(CommonwealError) as caught:
        projection("EPSG:27701", "moon")
    assert caught.value.faults[0].code == "LINK-CRS"
