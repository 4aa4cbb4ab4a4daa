"""From how a source is linked, as the project says it, to what an engine is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, Literal

from commonweal.errors import CommonwealError, Fault
from commonweal.model.project import Project
from commonweal.model.source import Link, Records
from commonweal.sources.link.point import by_point
from commonweal.sources.query import ByCode, ByPoint, Unlinked

Form = Literal["code", "postcode", "uprn"]
_FORMS: Final[dict[str, Form]] = {"postcode": "postcode", "uprn": "uprn"}


def columns_of_link(link: Link) -> tuple[str, ...]:
    """The columns of records that a link looks at."""
    return (link.x, link.y) if link.by_place else (link.column,)


def build_link(project: Project, records: Records) -> tuple[ByCode | ByPoint, tuple[str, ...], list[Fault]]:
    """The link of a source, what the reader should know of it, and its faults: LINK-CRS, RECORDS-LINK.

    Codes of other areas lead straight to those of the project where each goes whole to one; else the link
    is to the old areas, whose totals are dealt out afterwards (`transfer.move`).
    """
    if records.link.by_place:
        return _by_place(project, records)
    link, lookup = records.link, records.lookup
    codes = project.areas.codes if lookup is None or lookup.places is not None else lookup.codes
    index = {code: i for i, code in enumerate(codes)}
    if lookup is not None and lookup.places is not None:
        elsewhere = int(Unlinked.ELSEWHERE)
        index = {old: index.get(new, elsewhere) for old, new in lookup.places.items()}
    form = _FORMS.get(link.by, "code")
    if link.table is not None:
        return ByCode(link.column, codes, _through(link, index), form), (), []
    return ByCode(link.column, codes, None if lookup is None else index, form), (), []


def _through(link: Link, index: Mapping[str, int]) -> dict[str, int]:
    """Key -> where it leads; a key without an area, and one that leads to another place, lead nowhere."""
    assert link.table is not None
    return {
        key: int(Unlinked.NO_AREA) if area is None else index.get(area, int(Unlinked.ELSEWHERE))
        for key, area in link.table.select("key", "area").iter_rows()
    }


def _by_place(project: Project, records: Records) -> tuple[ByCode | ByPoint, tuple[str, ...], list[Fault]]:
    codes, path = project.areas.codes, ("records", records.name, "link")
    boundaries = project.areas.boundaries
    bare = sorted(set(codes) - set(boundaries.codes if boundaries else ()))
    if boundaries is None or bare:
        lacking = f"area {bare[0]!r} has no outline" if boundaries else "the areas have no boundaries"
        what = f"{records.name!r} is linked by {records.link.by}, and {lacking}"
        fault = Fault("RECORDS-LINK", what, "Add boundaries for every area, or link by code.", path=path)
        return ByCode("", codes), (), [fault]
    try:
        found, notes = by_point(boundaries, codes, records.link)
    except CommonwealError as error:
        return ByCode("", codes), (), [replace(fault, path=(*path, "crs")) for fault in error.faults]
    return found, notes, []
