"""Boundaries as open data: GeoJSON in longitude and latitude, with each area's name and result."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from commonweal.files import write_text
from commonweal.model.area import Areas, Boundaries
from commonweal.model.projection import projection

_DECIMALS: Final = 6  # about 0.1 m
_DEGREES: Final = "EPSG:4326"


def longitude_latitude(boundaries: Boundaries) -> Any:
    """The geometries in WGS 84, longitude first, to six decimals; shape (areas,).

    They are moved the way the records were: by OSTN15 where that is installed and the British National Grid
    is crossed.
    """
    import shapely

    project, _ = projection(boundaries.crs, _DEGREES)
    return shapely.transform(
        boundaries.geometries, lambda xy: np.round(np.column_stack(project(xy[:, 0], xy[:, 1])), _DECIMALS)
    )


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
    write_text(path, f'{{"type":"FeatureCollection","features":[\n{body}\n]}}\n')
