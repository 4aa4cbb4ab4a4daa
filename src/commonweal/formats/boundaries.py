"""Reads the outlines of areas from GeoJSON, GeoPackage, Shapefile or TopoJSON; their coordinates stay."""

from __future__ import annotations

import codecs
import warnings
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from commonweal.arrays import Array
from commonweal.errors import CommonwealError, Fault, raise_any, refusal
from commonweal.formats.packed import unpacked

#: How a GeoPackage and a Shapefile begin.
_SQLITE: Final = b"SQLite format 3\0"
_SHAPE: Final = b"\0\0\x27\x0a"
#: A kind of JSON that GDAL runs.
_COMMANDS: Final = b"gdal_streamed_alg"
#: So many areas without an outline are named.
_SHOWN: Final = 20


@dataclass(frozen=True, slots=True, eq=False)
class Outlines:
    """One shapely geometry for each code, in the same order, and what the coordinates are in."""

    codes: tuple[str, ...]
    geometries: Array  # objects, shape (areas,)
    crs: str


def read_boundaries(path: Path, code: str, wanted: Iterable[str] | None = None) -> Outlines:
    """Read one outline for each area, sorted by code, in the file's own coordinate reference system.

    `code` is the property that holds the areas' codes; `wanted` are the areas to keep (None: all).
    Raises BOUNDARIES-CODE, BOUNDARIES-CRS, BOUNDARIES-INVALID, BOUNDARIES-MISSING, FILE-FORMAT.
    """
    crs, codes, geometries = _read(path, code)
    faults = _crs_faults(path, crs, geometries)
    keep = set(codes) if wanted is None else set(wanted)
    faults += [
        _fault(
            path,
            "BOUNDARIES-CODE",
            f"area {name!r} has {n} outlines",
            "Merge them into one, or correct the codes.",
        )
        for name, n in sorted(Counter(c for c in codes if c in keep).items())
        if n > 1
    ]
    found = {name: shape for name, shape in zip(codes, geometries, strict=True) if name in keep}
    bare = [name for name in sorted(keep) if found.get(name) is None or found[name].is_empty]
    faults += _missing(path, code, bare, codes) if bare else []
    ordered = sorted(name for name in found if found[name] is not None)
    faults += _shape_faults(path, {name: found[name] for name in ordered})
    raise_any(faults)
    return Outlines(tuple(ordered), _objects([found[name] for name in ordered]), crs)


def _read(path: Path, code: str) -> tuple[str, list[str], Any]:
    import pyogrio.raw
    import shapely
    from pyogrio.errors import DataLayerError, DataSourceError

    try:
        source = _source(path)
        with warnings.catch_warnings():
            # GDAL remarks on harmless oddities of drivers; what matters is checked here
            warnings.simplefilter("ignore")
            names = list(pyogrio.read_info(source)["fields"])
            if code not in names:
                what = f"there is no property {code!r} in {path.name}"
                remedy = f"Name one of: {', '.join(names)}."
                raise refusal("BOUNDARIES-CODE", what, remedy, path=("code",))
            meta, _, shapes, fields = pyogrio.raw.read(source, columns=[code], force_2d=True)
    except (DataLayerError, DataSourceError, OSError, EOFError) as error:
        raise CommonwealError(_not_read(path)) from error
    codes = ["" if value is None else str(value).strip() for value in fields[0]]
    # TopoJSON has no place for a reference system; like GeoJSON without one it is in degrees
    standing = "EPSG:4326" if path.name.lower().endswith((".topojson", ".json")) else ""
    return meta["crs"] or standing, codes, shapely.from_wkb(shapes, on_invalid="ignore")


def _source(path: Path) -> Any:
    """What to read: a file that is what its contents say, or the contents themselves where they are JSON.

    GDAL knows a file by its contents, whatever its name, and some kinds do no more than name other files,
    addresses or commands. So nothing is opened that does not begin as one of the four kinds does.
    """
    packed = path.name.lower().endswith(".gz")
    with path.open("rb") as file:
        head = file.read(len(_SQLITE))
    if head.startswith((_SQLITE, _SHAPE)):
        return path
    text: bytes = unpacked(path) if packed else path.read_bytes()
    if not text.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{") or _COMMANDS in text:
        raise CommonwealError(_not_read(path))
    return text


def _not_read(path: Path) -> Fault:
    remedy = "Use GeoJSON, GeoPackage, Shapefile or TopoJSON; unpack an archive."
    return _fault(path, "FILE-FORMAT", "the file can't be read as boundaries", remedy)


def _crs_faults(path: Path, crs: str, geometries: Any) -> list[Fault]:
    import pyproj
    import shapely

    remedy = "Save the file with its coordinate reference system (a shapefile needs its .prj)."
    if not crs:
        return [_fault(path, "BOUNDARIES-CRS", "no coordinate reference system is given", remedy)]
    if not pyproj.CRS.from_user_input(crs).is_geographic or not len(geometries):
        return []
    west, south, east, north = shapely.total_bounds(geometries)
    if west >= -360 and east <= 360 and south >= -90 and north <= 90:
        return []
    return [
        _fault(
            path,
            "BOUNDARIES-CRS",
            f"coordinates such as {east:.0f}, {north:.0f} can't be degrees of {crs}",
            remedy,
        )
    ]


def _shape_faults(path: Path, shapes: dict[str, Any]) -> list[Fault]:
    import shapely

    faults = []
    for name, shape in shapes.items():
        if shape.geom_type not in ("Polygon", "MultiPolygon"):
            faults.append(
                _fault(
                    path,
                    "BOUNDARIES-INVALID",
                    f"the outline of area {name!r} is a {shape.geom_type}",
                    "Give each area a polygon.",
                )
            )
        elif not shapely.is_valid(shape):
            faults.append(
                _fault(
                    path,
                    "BOUNDARIES-INVALID",
                    f"the outline of area {name!r} is broken: {shapely.is_valid_reason(shape)}",
                    "Repair it (in QGIS: Fix geometries).",
                )
            )
    return faults


def _missing(path: Path, code: str, bare: list[str], held: list[str]) -> list[Fault]:
    """One fault for all areas without an outline, with the codes that the file has in the place of theirs."""
    one = len(bare) == 1
    listed = ", ".join(map(repr, bare[:_SHOWN])) + (f" and {len(bare) - _SHOWN} more" * (len(bare) > _SHOWN))
    what = f"area {listed} has no outline" if one else f"{len(bare)} areas have no outline: {listed}"
    remedy = (
        f"Add {'it' if one else 'them'}, or correct the code{'' if one else 's'} in the property {code!r}."
    )
    other = sorted({name for name in held if name} - set(bare))
    remedy += f" It holds {', '.join(map(repr, other[:3]))}{' and more' * (len(other) > 3)}." if other else ""
    return [_fault(path, "BOUNDARIES-MISSING", what, remedy)]


def _objects(shapes: list[Any]) -> Array:
    import numpy as np

    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array


def _fault(path: Path, code: str, what: str, remedy: str) -> Fault:
    return Fault(code, what, remedy, file=str(path))
