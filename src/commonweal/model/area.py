"""Places: an area with a code and a name, and the set of them that an index is about."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from commonweal.errors import Fault, raise_any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Area:
    """A place with a code and a name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Geography:
    """What codes mean: areas of one type, as they were drawn in one year.

    Types are compared without regard to capitals. A vintage that is not stated fits any.

    >>> old = Geography("ward", "2014")
    >>> old.fits(Geography("Ward")), old.fits(Geography("ward", "2022"))
    (True, False)
    """

    type: str
    vintage: str = ""

    def fits(self, other: Geography) -> bool:
        """Whether codes of the one can be read as codes of the other."""
        unknown = not self.vintage or not other.vintage
        same_type = self.type.casefold() == other.type.casefold()
        return same_type and (unknown or self.vintage == other.vintage)

    def __str__(self) -> str:
        return f"{self.type} {self.vintage}".strip()


@dataclass(frozen=True, slots=True)
class Boundaries:
    """The outlines of areas: one shapely geometry per area, in the order of `codes`.

    `crs` is what the coordinates are in, as a code or WKT that pyproj reads.
    """

    codes: tuple[str, ...]
    geometries: Any  # numpy object array of shapely geometries, shape (areas,)
    crs: str


@dataclass(frozen=True, slots=True)
class Areas:
    """The areas of an index, of one type and vintage, in the order of their codes.

    `attributes` has a row an area, in the same order, with `code` and a column an attribute
    (population, median household income). Raises AREA-EMPTY, AREA-NAME-EMPTY, AREA-DUPLICATE.

    >>> Areas("ward", "2014", (Area("E2", "Abbey"), Area("E1", "Alibon"))).codes
    ('E1', 'E2')
    """

    type: str
    vintage: str
    items: tuple[Area, ...]
    attributes: pl.DataFrame = field(default_factory=pl.DataFrame)
    boundaries: Boundaries | None = None

    def __post_init__(self) -> None:
        faults = [
            Fault("AREA-EMPTY", f"area {area.name!r} has no code", "Give each area a code.")
            for area in self.items
            if not area.code
        ]
        faults += [
            Fault("AREA-NAME-EMPTY", f"area {area.code!r} has no name", "Give each area a name.")
            for area in self.items
            if not area.name
        ]
        faults += [
            Fault("AREA-DUPLICATE", f"area code {code!r} stands {count} times", "Keep one row an area.")
            for code, count in Counter(a.code for a in self.items if a.code).items()
            if count > 1
        ]
        raise_any(faults)
        object.__setattr__(self, "items", tuple(sorted(self.items, key=lambda area: area.code)))
        if "code" in self.attributes.columns:
            object.__setattr__(self, "attributes", self.attributes.sort("code"))

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes, in order."""
        return tuple(area.code for area in self.items)

    @property
    def geography(self) -> Geography:
        """What the codes mean."""
        return Geography(self.type, self.vintage)

    @property
    def names(self) -> dict[str, str]:
        """Code -> name."""
        return {area.code: area.name for area in self.items}

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Area]:
        return iter(self.items)
