"""Boundaries in each format, with their coordinates left as they are, and each way they can be wrong."""

from __future__ import annotations

import gzip
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import pytest
import shapely

from commonweal.errors import CommonwealError
from commonweal.formats.boundaries import read_boundaries

SQUARE = [[0.0, 51.0], [0.1, 51.0], [0.1, 51.1], [0.0, 51.1], [0.0, 51.0]]
BOWTIE = [[0.0, 51.0], [0.1, 51.1], [0.1, 51.0], [0.0, 51.1], [0.0, 51.0]]


def geojson(shapes: dict[str, Any], **more: object) -> bytes:
    features = [
        {"type": "Feature", "properties": {"ward": code}, "geometry": geometry}
        for code, geometry in shapes.items()
    ]
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def polygon(ring: list[list[float]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [ring]}


def written(path: Path, raw: bytes) -> Path:
    path.write_bytes(raw)
    return path


def save(path: Path, driver: str, crs: str | None) -> Path:
    box = shapely.box(530000, 180000, 531000, 181000)
    codes = [np.array(["E1"], dtype=object)]
    pyogrio.raw.write(
        path, shapely.to_wkb([box]), codes, ["ward"], geometry_type="Polygon", crs=crs, driver=driver
    )
    return path


def test_geojson_is_in_degrees_and_sorted_by_code(tmp_path: Path) -> None:
    path = written(tmp_path / "a.geojson", geojson({"E2": polygon(SQUARE), "E1": polygon(SQUARE)}))
    outlines = read_boundaries(path, "ward")
    assert outlines.codes == ("E1", "E2")
    assert outlines.crs == "EPSG:4326"
    assert outlines.geometries[0].bounds == (0.0, 51.0, 0.1, 51.1)


def test_packed_geojson_and_only_the_areas_wanted(tmp_path: Path) -> None:
    raw = geojson({"E1": polygon(SQUARE), "E2": polygon(BOWTIE)})
    path = written(tmp_path / "a.geojson.gz", gzip.compress(raw))
    assert read_boundaries(path, "ward", ["E1"]).codes == ("E1",)


@pytest.mark.parametrize(("name", "driver"), [("a.gpkg", "GPKG"), ("a.shp", "ESRI Shapefile")])
def test_other_formats_keep_their_coordinates(tmp_path: Path, name: str, driver: str) -> None:
    outlines = read_boundaries(save(tmp_path / name, driver, "EPSG:27700"), "ward")
    assert outlines.crs == "EPSG:27700"
    assert outlines.geometries[0].bounds == (530000, 180000, 531000, 181000)


def test_topojson(tmp_path: Path) -> None:
    topology = {
        "type": "Topology",
        "arcs": [SQUARE],
        "objects": {
            "wards": {
                "type": "GeometryCollection",
                "geometries": [{"type": "Polygon", "arcs": [[0]], "properties": {"ward": "E1"}}],
            }
        },
    }
    path = written(tmp_path / "a.topojson", json.dumps(topology).encode())
    assert read_boundaries(path, "ward").codes == ("E1",)


def faults(path: Path, wanted: list[str] | None = None, code: str = "ward") -> list[str]:
    with pytest.raises(CommonwealError) as raised:
        read_boundaries(path, code, wanted)
    return [f"{fault.code} {fault.what}" for fault in raised.value.faults]


def test_a_shapefile_without_its_prj(tmp_path: Path) -> None:
    path = save(tmp_path / "a.shp", "ESRI Shapefile", "EPSG:27700")
    (tmp_path / "a.prj").unlink()
    assert faults(path) == ["BOUNDARIES-CRS no coordinate reference system is given"]


def test_metres_that_pass_for_degrees(tmp_path: Path) -> None:
    ring = [[x * 5_000_000, y * 3_000] for x, y in SQUARE]
    path = written(tmp_path / "a.geojson", geojson({"E1": polygon(ring)}))
    assert faults(path)[0].startswith("BOUNDARIES-CRS coordinates such as 500000, 153300 can't be degrees")


def test_areas_of_another_vintage_are_one_fault_with_the_codes_that_are_there(tmp_path: Path) -> None:
    path = written(tmp_path / "a.geojson", geojson({"W1": polygon(SQUARE), "W2": polygon(SQUARE)}))
    with pytest.raises(CommonwealError) as caught:
        read_boundaries(path, "ward", [f"E{n:02}" for n in range(1, 24)])
    (fault,) = caught.value.faults
    assert fault.what.startswith("23 areas have no outline: 'E01', 'E02', 'E03', ")
    assert fault.what.endswith(", 'E20' and 3 more")
    assert fault.remedy == "Add them, or correct the codes in the property 'ward'. It holds 'W1', 'W2'."


@pytest.mark.parametrize(
    "text",
    [
        '<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>{path}</SrcDataSource></OGRVRTLayer>'
        "</OGRVRTDataSource>",
        '{{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read {path}"}}',
        "<OGRWFSDataSource><URL>http://127.0.0.1:9/</URL></OGRWFSDataSource>",
    ],
)
@pytest.mark.parametrize("name", ["a.geojson", "a.gdalg.json", "a.vrt", "a.geojson.gz"])
def test_a_file_that_names_another_is_not_followed(tmp_path: Path, text: str, name: str) -> None:
    outside = written(tmp_path / "secret.geojson", geojson({"E1": polygon(SQUARE)}))
    contents = text.format(path=outside).encode()
    path = tmp_path / name
    path.write_bytes(gzip.compress(contents) if name.endswith("gz") else contents)
    assert faults(path) == ["FILE-FORMAT the file can't be read as boundaries"]


def test_a_geopackage_that_reaches_for_another_file_is_refused(tmp_path: Path) -> None:
    outside = written(tmp_path / "secret.geojson", geojson({"E1": polygon(SQUARE)}))
    path = save(tmp_path / "a.gpkg", "GPKG", "EPSG:27700")
    with closing(sqlite3.connect(path)) as database:
        database.execute("pragma writable_schema=on")
        database.execute(
            "insert into sqlite_master(type, name, tbl_name, rootpage, sql) values ('table', 'b', 'b', 0, ?)",
            (f"create virtual table b using VirtualOGR('{outside}')",),
        )
        database.execute("update gpkg_contents set table_name = 'b', data_type = 'attributes'")
        database.commit()
    assert faults(path) == ["FILE-FORMAT the file can't be read as boundaries"]


def test_every_broken_outline_is_named(tmp_path: Path) -> None:
    shapes = {"E1": polygon(BOWTIE), "E2": {"type": "Point", "coordinates": [0, 51]}, "E3": None}
    path = written(tmp_path / "a.geojson", geojson(shapes))
    assert faults(path, ["E1", "E2", "E3", "E4"]) == [
        "BOUNDARIES-MISSING 2 areas have no outline: 'E3', 'E4'",
        "BOUNDARIES-INVALID the outline of area 'E1' is broken: Self-intersection[0.05 51.05]",
        "BOUNDARIES-INVALID the outline of area 'E2' is a Point",
    ]


def test_a_property_that_is_not_there_and_a_code_twice(tmp_path: Path) -> None:
    twice = geojson({"E1": polygon(SQUARE)})
    both = json.loads(twice)
    both["features"] *= 2
    path = written(tmp_path / "a.geojson", json.dumps(both).encode())
    assert faults(path, code="code") == ["BOUNDARIES-CODE there is no property 'code' in a.geojson"]
    assert faults(path) == ["BOUNDARIES-CODE area 'E1' has 2 outlines"]


@pytest.mark.parametrize("name", ["a.geojson", "a.geojson.gz"])
def test_a_file_that_is_no_boundaries(tmp_path: Path, name: str) -> None:
    path = written(tmp_path / name, b"{}")
    said = "is not whole gzip" if name.endswith("gz") else "can't be read as boundaries"
    assert faults(path) == [f"FILE-FORMAT the file {said}"]


def test_real_wards(shared_data: Path) -> None:
    folder = shared_data / "boundaries_and_lookups"
    lbbd = read_boundaries(folder / "wards_2014_lbbd_detailed.geojson", "GSS_CODE")
    london = read_boundaries(folder / "wards_2014_london_detailed.geojson.gz", "GSS_CODE", lbbd.codes)
    assert len(lbbd.codes) == 17
    assert london.codes == lbbd.codes
