"""The drawn wards of the demo tile the borough, and its points lie where they are said to."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from commonweal.demo import outline
from commonweal.demo.borough import NAME, WARDS


@pytest.fixture(scope="module")
def wards() -> list[shapely.Polygon]:
    return [shapely.Polygon(outline.ring(ward.name)) for ward in WARDS]


def test_there_are_17_wards_with_codes_that_no_place_has():
    assert len({ward.code for ward in WARDS}) == len({ward.name for ward in WARDS}) == 17
    assert all(ward.code.startswith("X05") for ward in WARDS), NAME


def test_wards_tile_without_gap_or_overlap(wards):
    assert shapely.is_valid(wards).all()
    assert shapely.coverage_is_valid(wards)
    borough = shapely.union_all(wards)
    assert borough.geom_type == "Polygon"
    assert not borough.interiors
    assert sum(ward.area for ward in wards) == pytest.approx(borough.area)


def test_neighbours_share_every_vertex_of_their_border(wards):
    north, east = (wards[[ward.name for ward in WARDS].index(name)] for name in ("Larkrise", "Thornley"))
    shared = set(north.exterior.coords) & set(east.exterior.coords)
    border = shapely.line_merge(shapely.intersection(north.exterior, east.exterior))
    assert len(shared) == 33
    assert set(border.coords) == shared


def test_edges_are_natural_not_straight(wards):
    assert all(len(ward.exterior.coords) > 100 for ward in wards)


def test_points_lie_inside_their_ward(wards):
    for ward, shape in zip(WARDS, wards, strict=True):
        points = outline.points_inside(ward.name, 50)
        assert points.shape == (50, 2)
        assert shapely.contains_xy(shape, *points.T).all()
        assert len(np.unique(points, axis=0)) == 50


def test_the_feature_collection_has_a_feature_a_ward():
    features = outline.geojson()["features"]
    assert [feature["properties"]["code"] for feature in features] == [ward.code for ward in WARDS]
