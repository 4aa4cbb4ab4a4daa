"""Linking by place: edges, holes, overlaps, the nearest outline, other coordinate systems."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import shapely

from commonweal.errors import CommonwealError
from commonweal.model.area import Boundaries
from commonweal.model.projection import projection
from commonweal.model.source import Link
from commonweal.sources.link.point import by_point, locate

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
    assert notes == (
        "Points were taken from EPSG:4326 to EPSG:27700, the system of the boundaries, by OSTN15.",
    )
    assert by_point(boundaries({"A": shapely.box(0, 0, 1, 1)}), ["A"], POINT)[1] == ()


def test_the_same_system_by_another_name_is_left_alone() -> None:
    project, notes = projection("EPSG:4326", "OGC:CRS84")
    assert notes == ()
    assert project(np.array([1.0]), np.array([2.0]))[0].tolist() == [1.0]


def test_a_point_beyond_the_reach_of_the_projection_is_outside() -> None:
    link, _ = by_point(boundaries({"A": shapely.box(0, 0, 1, 1)}, "EPSG:27700"), ["A"], POINT)
    assert locate(link, np.array([1e9]), np.array([1e9])).tolist() == [-4]


def test_without_the_extra_the_grid_is_two_metres_off_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    exact, _ = projection("EPSG:4326", "EPSG:27700")
    monkeypatch.setattr("commonweal.model.projection.find_spec", lambda name: None)
    usual, notes = projection("EPSG:4326", "EPSG:27700")
    assert notes[1] == (
        "This crosses to or from the British National Grid and can be about 2 metres off."
        " The extra `ostn15` makes it exact."
    )
    points = np.array([-0.0984]), np.array([51.5138])
    (east, north), (near_east, near_north) = exact(*points), usual(*points)
    assert 0.5 < np.hypot(east - near_east, north - near_north)[0] < 3


def test_ostn15_gives_the_figures_of_ordnance_survey() -> None:
    """Test point TP01 (St Mary's) of the OSTN15 test data: 49.92226393730 N, 6.29977752014 W."""
    to_grid, _ = projection("EPSG:4258", "EPSG:27700")
    east, north = to_grid(np.array([-6.29977752014]), np.array([49.92226393730]))
    assert (east[0], north[0]) == pytest.approx((91492.146, 11318.804), abs=0.001)
    back, _ = projection("EPSG:27700", "EPSG:4326")
    assert back(east, north)[0][0] == pytest.approx(-6.29977752014, abs=1e-8)


@pytest.mark.parametrize("other", ["EPSG:3857", "EPSG:4277", "EPSG:32630"])
def test_the_grid_and_other_systems_meet_in_degrees(other: str) -> None:
    to_grid, notes = projection(other, "EPSG:27700")
    back, _ = projection("EPSG:27700", other)
    assert notes[0].endswith("by OSTN15.")
    x, y = back(np.array([530000.0]), np.array([180000.0]))
    east, north = to_grid(x, y)
    assert (east[0], north[0]) == pytest.approx((530000, 180000), abs=0.01)


def test_a_point_beyond_the_grid_is_outside() -> None:
    link, _ = by_point(boundaries({"A": shapely.box(0, 0, 7e5, 13e5)}, "EPSG:27700"), ["A"], POINT)
    assert locate(link, np.array([10.0, -0.1]), np.array([51.0, 51.5])).tolist() == [-4, 0]


NEAREST = Link("nearest", x="x", y="y", crs="EPSG:27700", within=250)


def near(crs: str, points: list[tuple[float, float]]) -> list[int]:
    """Squares A and B of a kilometre, 300 metres apart, asked about points of the National Grid."""
    project, _ = projection("EPSG:27700", crs)
    squares = [shapely.box(540000, 180000, 541000, 181000), shapely.box(541300, 180000, 542300, 181000)]
    outlines = [
        shapely.transform(s, lambda at: np.stack(project(at[:, 0], at[:, 1]), axis=1)) for s in squares
    ]
    link, _ = by_point(boundaries(dict(zip("AB", outlines, strict=True)), crs), ["A", "B"], NEAREST)
    x, y = (np.array(side, dtype=float) for side in zip(*points, strict=True))
    found: list[int] = locate(link, x, y).tolist()
    return found


FEET = "+proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +datum=WGS84 +units=us-ft"


@pytest.mark.parametrize("crs", ["EPSG:27700", "EPSG:4326", "EPSG:3857", FEET])
def test_the_nearest_is_so_many_metres_away_in_any_system(crs: str) -> None:
    """In degrees, in the stretched metres of a web map, in feet: 250 metres are 250 metres."""
    points = [(540500, 180500), (541100, 180500), (541200, 180500), (542549, 180500), (542551, 180500)]
    assert near(crs, [(float(x), float(y)) for x, y in points]) == [0, 0, 1, 1, -4]


def test_equally_near_is_the_first_code() -> None:
    assert near("EPSG:27700", [(541150.0, 180500.0)]) == [0]


def test_what_the_nearest_was_measured_in_is_said() -> None:
    link = Link("nearest", x="x", y="y", within=250)
    _, notes = by_point(boundaries({"A": shapely.box(0, 51, 1, 52)}), ["A"], link)
    assert notes == ("Points were taken from EPSG:4326 to metres about the middle of the areas.",)


def test_a_link_by_place_can_be_sent_to_another_process() -> None:
    outlines = boundaries({"A": shapely.box(531900, 181000, 532200, 181300)}, "EPSG:27700")
    for link in (POINT, Link("nearest", x="x", y="y", crs="EPSG:3857", within=10)):
        asked, _ = by_point(outlines, ["A"], link)
        sent = pickle.loads(pickle.dumps(asked))
        x, y = np.array([-0.0984, 9.0]), np.array([51.5138, 51.5])
        assert locate(sent, x, y).tolist() == locate(asked, x, y).tolist()


def test_an_unknown_coordinate_system_is_a_fault() -> None:
    with pytest.raises(CommonwealError) as caught:
        projection("EPSG:27701", "moon")
    assert caught.value.faults[0].code == "LINK-CRS"
