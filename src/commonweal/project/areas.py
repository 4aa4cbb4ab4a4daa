"""The areas of a project: its table of codes, names and attributes, and their boundaries."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

import polars as pl

from commonweal.errors import CommonwealError, Fault, raise_any, refusal
from commonweal.formats.boundaries import read_boundaries
from commonweal.model.area import Area, Areas, Boundaries
from commonweal.project.columns import LINE, Rows, keep, number, read_rows, renamed, several
from commonweal.project.paths import Files
from commonweal.project.schema import AreaKeys


def read_areas(files: Files, keys: AreaKeys) -> Areas:
    """Read the areas and, if the project names them, their boundaries.

    An attribute whose every value is a number is one. Raises AREA-DUPLICATE, AREA-EMPTY,
    AREA-NAME-EMPTY, BOUNDARIES-…, COLUMN-MISSING, FILE-…, PATH-….
    """
    rows = keep(read_rows(files, keys.table, keys.sheet), keys.where, keys.missing)
    if keys.columns:
        rows = renamed(rows, keys.columns)
        rows = rows.with_frame(rows.frame.select(*keys.columns.values(), LINE))
    raise_any(rows.require(("code", "name")))
    faults = _faults(rows)
    codes = rows.frame["code"].drop_nulls().unique().sort().to_list()
    boundaries = None
    try:
        boundaries = _boundaries(files, keys, codes)
    except CommonwealError as error:
        faults += error.faults
    raise_any(faults)
    items = tuple(Area(code, name) for code, name in rows.frame.select("code", "name").iter_rows())
    return Areas(keys.type, keys.vintage, items, _attributes(rows.frame), boundaries)


def attribute_faults(files: Files, keys: AreaKeys, areas: Areas, names: Sequence[str]) -> list[Fault]:
    """PEERS-ATTRIBUTE for each of `names` that is not a number for every area.

    An empty or odd cell is told with its line in the areas table, a name that is no column with its key.
    """
    rows = keep(read_rows(files, keys.table, keys.sheet), keys.where, keys.missing)
    rows = renamed(rows, keys.columns) if keys.columns else rows
    line = dict(rows.frame.select("code", LINE).iter_rows())
    faults = []
    for i, name in enumerate(names):
        if name not in areas.attributes.columns:
            have = [c for c in areas.attributes.columns if c != "code"]
            listed = f"Use one of: {', '.join(have)}; or add" if have else "Add"
            listed += f" a column {name} to the areas table, with a number for each area."
            faults.append(
                Fault("PEERS-ATTRIBUTE", f"areas have no attribute {name!r}", listed, path=("by", i))
            )
            continue
        values = areas.attributes[name]
        if values.null_count():
            code = areas.attributes.filter(pl.col(name).is_null())["code"][0]
            what = f"the attribute {name!r} is empty for area {code!r}"
            faults.append(rows.fault("PEERS-ATTRIBUTE", what, "Fill in a number.", line[code]))
        texts = [] if values.dtype.is_numeric() else areas.attributes.select("code", name).rows()
        if wrong := [row for row in texts if row[1] is not None and not _spells_number(row[1])]:
            code, text = wrong[0]
            what = f"the attribute {name!r} is not a number everywhere: area {code!r} has {text!r}"
            remedy = "Write numbers without commas or units."
            faults.append(rows.fault("PEERS-ATTRIBUTE", what, remedy, line[code]))
    return faults


def _spells_number(text: object) -> bool:
    try:
        return isfinite(float(str(text)))
    except ValueError:
        return False


def _faults(rows: Rows) -> list[Fault]:
    frame = rows.frame
    nameless = frame.filter(pl.col("code").is_not_null() & pl.col("name").is_null())
    repeated = frame.filter(pl.col("code").is_not_null() & ~pl.col("code").is_first_distinct())
    first = dict(frame.filter(pl.col("code").is_first_distinct()).select("code", LINE).iter_rows())
    return [
        *several(
            rows.fault("AREA-EMPTY", f"area {name!r} has no code", "Give each area a code.", line)
            for name, line in frame.filter(pl.col("code").is_null()).select("name", LINE).iter_rows()
        ),
        *several(
            rows.fault("AREA-NAME-EMPTY", f"area {code!r} has no name", "Give each area a name.", line)
            for code, line in nameless.select("code", LINE).iter_rows()
        ),
        *several(
            rows.fault(
                "AREA-DUPLICATE",
                f"area code {code!r} stands in line {first[code]} already",
                "Keep one row an area.",
                line,
            )
            for code, line in repeated.select("code", LINE).iter_rows()
        ),
    ]


def _attributes(frame: pl.DataFrame) -> pl.DataFrame:
    attributes = frame.drop("name", LINE)
    numeric = [
        name
        for name in attributes.columns
        if name != "code"
        and attributes[name].drop_nulls().len()
        and attributes.select(
            (pl.col(name).is_null() | number(name).is_finite().fill_null(False)).all()
        ).item()
    ]
    return attributes.select("code", pl.exclude("code")).with_columns(number(name) for name in numeric)


def _boundaries(files: Files, keys: AreaKeys, codes: list[str]) -> Boundaries | None:
    if keys.boundaries is None:
        return None
    try:
        path = files.file(keys.boundaries)
    except CommonwealError as error:
        raise CommonwealError(_at_key(fault, "boundaries") for fault in error.faults) from None
    if keys.code is None:
        raise refusal(
            "PROJECT-REQUIRED",
            "the key 'code' under areas is missing",
            "Name the property of the boundaries that holds the area's code.",
            path=("boundaries",),
        )
    try:
        outlines = read_boundaries(path, keys.code, codes)
    except CommonwealError as error:
        raise CommonwealError(
            fault if fault.path else fault.at(keys.boundaries) for fault in error.faults
        ) from None
    return Boundaries(outlines.codes, outlines.geometries, outlines.crs)


def _at_key(fault: Fault, key: str) -> Fault:
    return Fault(fault.code, fault.what, fault.remedy, path=(key,))
