"""From one coordinate system to another, without fetching anything.

Between the British National Grid and longitude and latitude the exact way is OSTN15, a grid of corrections
by Ordnance Survey (Transformations and OSGM15 User Guide, 2015), which the package convertbng carries (the
extra `ostn15`). Where that is not installed a shift of seven parameters is used, about 2 metres off. What
goes between the grid and another system passes through longitude and latitude.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Any, Final, Protocol

import numpy as np

from commonweal.arrays import Array
from commonweal.errors import refusal

#: The British National Grid, and longitude and latitude as satellites give them.
_NATIONAL_GRID: Final = "EPSG:27700"
_DEGREES: Final = "EPSG:4326"
#: What points are mostly taken to.
BOUNDARIES: Final = "the system of the boundaries"
#: Degrees of these reference systems are one to OSTN15: they differ by less than a metre.
_SATELLITE: Final = ("World Geodetic System 1984", "European Terrestrial Reference System 1989")


class Projection(Protocol):
    """Takes x and y to other coordinates; what it can't take becomes infinite or nan. Can be pickled."""

    def __call__(self, x: Array, y: Array, /) -> tuple[Array, Array]:
        """The coordinates in the other system."""
        ...


@dataclass(frozen=True, slots=True)
class Unchanged:
    """From a coordinate system to itself."""

    def __call__(self, x: Array, y: Array, /) -> tuple[Array, Array]:
        """The same coordinates."""
        return x, y


@dataclass(frozen=True, slots=True)
class Usual:
    """The best way that pyproj knows without any grid; systems by code or WKT."""

    source: str
    target: str

    def __call__(self, x: Array, y: Array, /) -> tuple[Array, Array]:
        """The coordinates in the target system, x before y whatever its own order."""
        east, north = _transformer(self.source, self.target).transform(x, y)
        return np.asarray(east), np.asarray(north)


@dataclass(frozen=True, slots=True)
class ToGrid:
    """From longitude and latitude to the British National Grid by OSTN15; nan beyond its reach."""

    def __call__(self, x: Array, y: Array, /) -> tuple[Array, Array]:
        """Eastings and northings, in metres."""
        from convertbng import cutil

        east, north = cutil.convert_to_osgb36(x, y)
        return np.asarray(east), np.asarray(north)


@dataclass(frozen=True, slots=True)
class FromGrid:
    """From the British National Grid to longitude and latitude by OSTN15; nan beyond its reach."""

    def __call__(self, x: Array, y: Array, /) -> tuple[Array, Array]:
        """Longitudes and latitudes, in degrees."""
        from convertbng import cutil

        east, north = cutil.convert_osgb36_to_ll(x, y)
        return np.asarray(east), np.asarray(north)


@dataclass(frozen=True, slots=True)
class Steps:
    """One way after another."""

    first: Projection
    then: Projection

    def __call__(self, x: Array, y: Array, /) -> tuple[Array, Array]:
        """The coordinates at the end of the second."""
        return self.then(*self.first(x, y))


def projection(source: str, target: str, named: str = BOUNDARIES) -> tuple[Projection, tuple[str, ...]]:
    """The way from one coordinate system to another, and what the reader should know of it.

    `named` says what the target is. Raises LINK-CRS where one is not known.

    >>> project, notes = projection("EPSG:4326", "EPSG:4326")
    >>> project(np.array([1.0]), np.array([2.0]))
    (array([1.]), array([2.]))
    """
    if source == target:
        return Unchanged(), ()
    first, second = _system(source, source, target), _system(target, source, target)
    if first.equals(second, ignore_axis_order=True):
        return Unchanged(), ()
    ends = [name for name in (_named(second), named) if name]
    said = f"Points were taken from {_named(first)} to {', '.join(ends)}"
    if not (_is_grid(first) or _is_grid(second)):
        return Usual(source, target), (f"{said}.",)
    if find_spec("convertbng") is None:
        off = "This crosses to or from the British National Grid and can be about 2 metres off."
        return Usual(source, target), (f"{said}.", f"{off} The extra `ostn15` makes it exact.")
    way: Projection = FromGrid() if _is_grid(first) else ToGrid()
    other = target if _is_grid(first) else source
    if not _in_satellite_degrees(second if _is_grid(first) else first):
        way = Steps(way, Usual(_DEGREES, other)) if _is_grid(first) else Steps(Usual(other, _DEGREES), way)
    return way, (f"{said}, by OSTN15.",)


def metric(crs: str, longitude: float, latitude: float) -> bool:
    """Whether a distance in a system is one in metres, to a thousandth, at a place in degrees."""
    system = _system(crs, crs, crs)
    if not system.is_projected:
        return False
    import pyproj

    metres = all(abs(axis.unit_conversion_factor - 1) < 1e-9 for axis in system.axis_info[:2])
    scale = pyproj.Proj(system).get_factors(longitude, latitude)
    return metres and all(abs(s - 1) < 1e-3 for s in (scale.meridional_scale, scale.parallel_scale))


def local_metres(longitude: float, latitude: float) -> str:
    """A system in metres about a place: distances to the place are exact, others nearly (Snyder 1987, p 191).

    Thirty kilometres away a distance is 4 in a million off.

    >>> local_metres(0.1, 51.5)
    '+proj=aeqd +lat_0=51.5 +lon_0=0.1 +datum=WGS84 +units=m'
    """
    return f"+proj=aeqd +lat_0={latitude:.6g} +lon_0={longitude:.6g} +datum=WGS84 +units=m"


def _named(crs: Any) -> str:
    """The short name of a coordinate system, its code or its title; nothing where it has none."""
    authority = crs.to_authority()
    name = ":".join(authority) if authority else str(crs.name)
    return "" if name == "unknown" else name


def _system(crs: str, source: str, target: str) -> Any:
    import pyproj

    try:
        return pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError as error:
        what = f"{source!r} or {target!r} is not a known coordinate system"
        if source == target:
            what = f"{source!r} is not a known coordinate system"
        raise refusal("LINK-CRS", what, 'Write its code, like crs: "EPSG:27700".') from error


def _is_grid(crs: Any) -> bool:
    return bool(crs.equals(_system(_NATIONAL_GRID, _NATIONAL_GRID, _NATIONAL_GRID), ignore_axis_order=True))


def _in_satellite_degrees(crs: Any) -> bool:
    datum = crs.datum.name if crs.datum else ""
    degrees = all(axis.unit_name == "degree" for axis in crs.axis_info[:2])
    return bool(crs.is_geographic and degrees and datum.startswith(_SATELLITE))


@cache
def _transformer(source: str, target: str) -> Any:
    import pyproj
    from pyproj.network import set_network_enabled  # type: ignore[attr-defined]  # from its C part, untyped

    set_network_enabled(False)
    with warnings.catch_warnings():
        # that a better transformation exists elsewhere is said in our own note
        warnings.simplefilter("ignore")
        return pyproj.Transformer.from_crs(source, target, always_xy=True)
