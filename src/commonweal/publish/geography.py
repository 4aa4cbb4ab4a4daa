"""Boundaries as open data: GeoJSON in longitude and latitude, with each area's name and result."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from commonweal.model.area import Areas, Boundaries

_DECIMALS: Final = 6  # about 0.1 m


def longitude_latitude(boundaries: Boundaries) -> Any:
    """The geometries in WGS 84, longitude first, to six decimals; shape (areas,)."""
    import shapely
    from pyproj import CRS, Transformer

    geometries = boundaries.geometries
    source = CRS.from_user_input(boundaries.crs)
    if source != CRS.from_epsg(4326) and source != CRS.from_user_input("OGC:CRS84"):
        move = Transformer.from_crs(source, "EPSG:4326", always_xy=True)
        geometries = shapely.transform(
            geometries, lambda xy: np.column_stack(move.transform(xy[:, 0], xy[:, 1]))
        )
    return shapely.transform(geometries, lambda xy: np.round(xy, _DECIMALS))


def write_geojson(areas: Areas, path: Path, properties: Mapping[str, Mapping[str, object]]) -> None:
    """Write the boundaries of `areas` as GeoJSON (RFC 7946), a line an area, in the order of codes.

    `properties` maps a code to what stands beside its code and name.
    """
    import shapely

    if areas.boundaries is None:
        raise ValueError("these areas have no boundaries")
    outlines = dict(zip(areas.boundaries.codes, longitude_latitude(areas.boundaries), strict=True))
    features = [
        json.dumps(
            {
                "type": "Feature",
                "properties": {"code": area.code, "name": area.name, **properties.get(area.code, {})},
                "geometry": json.loads(shapely.to_geojson(outlines[area.code])),
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for area in areas
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    body = ",\n".join(features)
    path.write_text(
        f'{{"type":"FeatureCollection","features":[\n{body}\n]}}\n', encoding="utf-8", newline="\n"
    )
