"""Which area a point lies in: our own loop over outlines, with the points sorted by x.

Measured, this is five times faster than a spatial join through point objects: an outline looks only at
the points between its western and eastern edge, found by bisection, and tests them all in one call.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from commonweal.errors import CommonwealError, Fault
from commonweal.model.area import Boundaries
from commonweal.model.source import Link
from commonweal.sources.query import ByPoint, Unlinked

Array = np.ndarray[Any, Any]
Project = Callable[[Array, Array], tuple[Array, Array]]

#: The British National Grid: the way to it from longitude and latitude needs a grid of corrections.
_NATIONAL_GRID = 27700


def by_point(boundaries: Boundaries, codes: Sequence[str], link: Link) -> tuple[ByPoint, tuple[str, ...]]:
    """A link by point to the areas with these codes, in their order, and what the reader should know.

    Raises LINK-CRS where a coordinate system is not known.
    """
    import shapely

    place = {code: index for index, code in enumerate(boundaries.codes)}
    outlines = np.asarray(boundaries.geometries, dtype=object)[[place[code] for code in codes]]
    shapely.prepare(outlines)
    project, notes = projection(link.crs, boundaries.crs)
    return ByPoint(link.x, link.y, tuple(codes), outlines, project), notes


def projection(source: str, target: str) -> tuple[Project, tuple[str, ...]]:
    """The way from one coordinate system to another, and a note where it is not exact.

    Nothing is fetched: corrections that would have to be downloaded are not used.

    >>> project, notes = projection("EPSG:4326", "EPSG:4326")
    >>> project(np.array([1.0]), np.array([2.0]))
    (array([1.]), array([2.]))
    """
    if source == target:
        return _unchanged, ()
    import pyproj
    from pyproj.network import set_network_enabled  # type: ignore[attr-defined]  # from its C part, untyped

    try:
        first, second = pyproj.CRS.from_user_input(source), pyproj.CRS.from_user_input(target)
    except pyproj.exceptions.CRSError as error:
        raise CommonwealError(
            Fault(
                "LINK-CRS",
                f"{source!r} or {target!r} is not a known coordinate system",
                'Write its code, like crs: "EPSG:27700".',
            )
        ) from error
    if first.equals(second, ignore_axis_order=True):
        return _unchanged, ()
    set_network_enabled(False)
    with warnings.catch_warnings():
        # that a better transformation exists elsewhere is said in our own note
        warnings.simplefilter("ignore")
        transformer = pyproj.Transformer.from_crs(first, second, always_xy=True)

    def project(x: Array, y: Array) -> tuple[Array, Array]:
        east, north = transformer.transform(x, y)
        return east, north

    notes = [f"Points were taken from {source} to {_short(second)}, the system of the boundaries."]
    if _NATIONAL_GRID in (first.to_epsg(), second.to_epsg()):
        notes.append("This crosses to or from the British National Grid and can be about 2 metres off.")
    return project, tuple(notes)


def _short(crs: Any) -> str:
    """The short name of a coordinate system: its code, or its title."""
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else str(crs.name)


def _unchanged(x: Array, y: Array) -> tuple[Array, Array]:
    return x, y


def locate(link: ByPoint, x: Array, y: Array) -> Array:
    """The index of the first outline that covers each point, shape (points,); else an `Unlinked`.

    A point on a shared edge belongs to the area with the first code. A coordinate that is nan or
    infinite is NO_COORDINATES.

    >>> import shapely
    >>> squares = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> link = ByPoint("x", "y", ("A", "B"), squares, lambda x, y: (x, y))
    >>> locate(link, np.array([0.5, 1.0, 1.5, 3.0, np.nan]), np.full(5, 0.5)).tolist()
    [0, 0, 1, -4, -3]
    """
    found = np.full(len(x), int(Unlinked.NO_COORDINATES), dtype=np.int64)
    given = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    if not len(given):
        return found
    found[given] = int(Unlinked.OUTSIDE)
    east, north = link.project(x[given], y[given])
    usable = np.flatnonzero(np.isfinite(east) & np.isfinite(north))
    order = usable[np.argsort(east[usable], kind="stable")]
    found[given[order]] = _cover(link.outlines, east[order], north[order])
    return found


def _cover(outlines: Array, x: Array, y: Array) -> Array:
    """For points in order of x: the index of the first outline that covers each, or OUTSIDE."""
    import shapely

    found = np.full(len(x), int(Unlinked.OUTSIDE), dtype=np.int64)
    west, south, east, north = shapely.bounds(outlines).T
    starts = np.searchsorted(x, west, side="left")
    ends = np.searchsorted(x, east, side="right")
    for index, outline in enumerate(outlines):
        part = slice(starts[index], ends[index])
        near = (y[part] >= south[index]) & (y[part] <= north[index]) & (found[part] < 0)
        candidates = starts[index] + np.flatnonzero(near)
        inside = shapely.intersects_xy(outline, x[candidates], y[candidates])
        found[candidates[inside]] = index
    return found
