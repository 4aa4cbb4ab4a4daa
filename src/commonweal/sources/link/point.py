"""Links by point: the area whose outline covers a point, or the nearest one within some metres."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from commonweal.arrays import Array
from commonweal.formats.outlines import cover, middle, nearest, reprojected
from commonweal.model.area import Boundaries
from commonweal.model.projection import BOUNDARIES, local_metres, metric, projection
from commonweal.model.source import Link
from commonweal.sources.query import ByPoint, Unlinked

_DEGREES: Final = "EPSG:4326"


def by_point(boundaries: Boundaries, codes: Sequence[str], link: Link) -> tuple[ByPoint, tuple[str, ...]]:
    """A link by point to the areas with these codes, in their order, and what the reader should know.

    Where the nearest outline is asked for, in metres, and the boundaries are not in metres, they are taken to
    a system in metres about their middle. Raises LINK-CRS where a coordinate system is not known.
    """
    place = {code: index for index, code in enumerate(boundaries.codes)}
    outlines = np.asarray(boundaries.geometries, dtype=object)[[place[code] for code in codes]]
    if link.by == "nearest":
        crs, outlines, named = _in_metres(boundaries.crs, outlines)
    else:
        crs, named = boundaries.crs, BOUNDARIES
    project, notes = projection(link.crs, crs, named)
    return ByPoint(link.x, link.y, tuple(codes), outlines, project, link.within), notes


def _in_metres(crs: str, outlines: Array) -> tuple[str, Array, str]:
    """The outlines in metres, the system they are in, and what it is."""
    to_degrees, _ = projection(crs, _DEGREES)
    here = middle(outlines, to_degrees)
    if metric(crs, *here):
        return crs, outlines, BOUNDARIES
    local = local_metres(*here)
    project, _ = projection(crs, local)
    return local, reprojected(outlines, project), "metres about the middle of the areas"


def locate(link: ByPoint, x: Array, y: Array) -> Array:
    """The index of the first outline that covers each point, shape (points,); else an `Unlinked`.

    A point on a shared edge belongs to the area with the first code. One in no outline belongs to the
    nearest no further away than `link.within`, of equally near ones to the first. A coordinate that is nan
    or infinite is NO_COORDINATES.

    >>> import shapely
    >>> squares = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> link = ByPoint("x", "y", ("A", "B"), squares, lambda x, y: (x, y), within=0.5)
    >>> locate(link, np.array([0.5, 1.0, 1.5, 2.25, 3.0, np.nan]), np.full(6, 0.5)).tolist()
    [0, 0, 1, 1, -4, -3]
    """
    found = np.full(len(x), int(Unlinked.NO_COORDINATES), dtype=np.int64)
    given = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    if not len(given):
        return found
    found[given] = int(Unlinked.OUTSIDE)
    east, north = link.project(x[given], y[given])
    usable = np.flatnonzero(np.isfinite(east) & np.isfinite(north))
    east, north = east[usable], north[usable]
    index = cover(link.outlines, east, north)
    if link.within > 0:
        lost = np.flatnonzero(index < 0)
        index[lost] = nearest(link.outlines, east[lost], north[lost], link.within)
    found[given[usable]] = np.where(index < 0, int(Unlinked.OUTSIDE), index)
    return found
