"""Lookups from outlines laid over each other, weighed by area or by the points that fall in each pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Array
from commonweal.errors import CommonwealError, Fault, raise_any
from commonweal.formats.boundaries import Outlines, read_boundaries
from commonweal.formats.outlines import middle, overlaps, reprojected, weights_of_points
from commonweal.model.area import Areas, Boundaries, Geography
from commonweal.model.projection import local_metres, metric, projection
from commonweal.project.columns import LINE, Rows, read_rows, several
from commonweal.project.paths import Files
from commonweal.project.schema import LookupKeys

#: A piece of less than this share of its old area is taken for a flaw of the outlines.
SLIVER: Final = 0.001
#: An old area of which less than this share lies in new ones is one of another place.
INSIDE: Final = 0.5
_LIE: Final = "lie mostly outside this place and lead"
_DEGREES: Final = "EPSG:4326"


@dataclass(frozen=True, slots=True, eq=False)
class _Laid:
    """Old outlines and new ones in one system."""

    old: tuple[str, ...]
    new: tuple[str, ...]
    over: Array
    under: Array
    crs: str


def overlaid(files: Files, keys: LookupKeys, areas: Areas) -> tuple[pl.DataFrame, list[str]]:
    """from, to and weight of each pair of an old area and one of the project, and what was left out.

    The new outlines are those of the project. Raises BOUNDARIES-…, LINK-CRS, LOOKUP-OUTLINES, LOOKUP-WEIGHT
    and what reading tables raises.
    """
    raise_any(_lacks(keys, areas))
    outlines = _outlines(files, str(keys.boundaries), str(keys.code))
    new = areas.boundaries
    assert new is not None
    name = f"the lookup from {keys.from_.type} {keys.from_.vintage}".strip()
    if keys.points:
        laid = _laid(outlines, new, new.crs)
        pairs, told = _by_points(files, keys, laid)
    else:
        laid = _laid(outlines, new, _metres(new))
        pairs, told = _by_area(laid)
    return pairs, [f"{name}: {text}" for text in told]


def _lacks(keys: LookupKeys, areas: Areas) -> list[Fault]:
    faults = []
    target = Geography(keys.to.type, keys.to.vintage)
    if not target.fits(areas.geography):
        what = f"outlines lead to {target}, and the project has those of {areas.geography} alone"
        faults.append(Fault("LOOKUP-OUTLINES", what, "Name a table with `path:`.", path=("to",)))
    elif areas.boundaries is None:
        what = "a lookup from outlines needs those of the project's areas"
        remedy = "Name them under areas: `boundaries:` and `code:`."
        faults.append(Fault("LOOKUP-OUTLINES", what, remedy, path=("boundaries",)))
    needed = ["code", *(["x", "y", "weight"] if keys.points else [])]
    faults += [
        Fault("LOOKUP-OUTLINES", f"a lookup from outlines lacks {name!r}", "Name it.", path=("boundaries",))
        for name in needed
        if not getattr(keys, name)
    ]
    if not keys.points and keys.weight not in ("", "area"):
        what = f"outlines alone can't be weighed by {keys.weight!r}"
        remedy = "Write `weight: area`, or name `points:` that have that weight."
        faults.append(Fault("LOOKUP-OUTLINES", what, remedy, path=("weight",)))
    return faults


def _outlines(files: Files, written: str, code: str) -> Outlines:
    path = files.file(written)
    try:
        return read_boundaries(path, code)
    except CommonwealError as error:
        raise CommonwealError(f if f.path else f.at(written) for f in error.faults) from None


def _metres(boundaries: Boundaries) -> str:
    """A system in which areas of outlines can be compared: their own, if it is in metres."""
    to_degrees, _ = projection(boundaries.crs, _DEGREES)
    here = middle(np.asarray(boundaries.geometries, dtype=object), to_degrees)
    return boundaries.crs if metric(boundaries.crs, *here) else local_metres(*here)


def _laid(outlines: Outlines, boundaries: Boundaries, crs: str) -> _Laid:
    import shapely

    over = reprojected(outlines.geometries, projection(outlines.crs, crs)[0])
    under = reprojected(np.asarray(boundaries.geometries, dtype=object), projection(boundaries.crs, crs)[0])
    # an outline can cross itself by a hair once its vertices were rounded to another system
    over, under = (np.asarray(shapely.make_valid(side), dtype=object) for side in (over, under))
    return _Laid(outlines.codes, boundaries.codes, over, under, crs)


def _by_area(laid: _Laid) -> tuple[pl.DataFrame, list[str]]:
    import shapely

    sizes = pl.DataFrame({"old": np.arange(len(laid.old)), "size": shapely.area(laid.over)})
    pieces = overlaps(laid.over, laid.under).join(sizes, on="old", maintain_order="left")
    share = pl.col("area") / pl.col("size")
    slivers = pieces.filter(share < SLIVER)
    pieces = pieces.filter(share >= SLIVER)
    covered = pieces.group_by("old").agg(share.sum().alias("covered"))
    elsewhere = covered.filter(pl.col("covered") < INSIDE)["old"]
    pieces = pieces.filter(~pl.col("old").is_in(elsewhere.implode()))
    inside = covered.filter(pl.col("covered") >= INSIDE)
    told = []
    if slivers.height:
        hectares = slivers["area"].sum() / 10_000
        told.append(f"{_count(slivers.height, 'sliver')} ({hectares:.2f} hectares in all) dropped.")
    if len(elsewhere):
        lie = "lies mostly outside this place and leads" if len(elsewhere) == 1 else _LIE
        told.append(f"{_count(len(elsewhere), 'area')} {lie} nowhere.")
    if (gap := 1 - min(inside["covered"], default=1.0)) > SLIVER:
        told.append(f"up to {100 * gap:.1f}% of an area lies in no outline, and goes where the rest goes.")
    return _coded(pieces.with_columns(pl.col("area").alias("weight")), laid), told


def _by_points(files: Files, keys: LookupKeys, laid: _Laid) -> tuple[pl.DataFrame, list[str]]:
    assert keys.points is not None
    rows = read_rows(files, keys.points, keys.sheet)
    files.private.add(keys.points)
    names = (keys.x, keys.y, keys.weight)
    raise_any(rows.require(names))
    numbers = rows.frame.select(LINE, *(pl.col(name).cast(pl.Float64, strict=False) for name in names))
    raise_any(_number_faults(rows, numbers, names, keys.weight))
    project, notes = projection(keys.crs, laid.crs)
    x, y = project(numbers[keys.x].to_numpy(), numbers[keys.y].to_numpy())
    usable = np.isfinite(x) & np.isfinite(y)
    weights = numbers[keys.weight].to_numpy()
    pairs = weights_of_points(laid.over, laid.under, x[usable], y[usable], weights[usable])
    told = list(notes)
    inside = pairs.filter((pl.col("old") >= 0) & (pl.col("new") >= 0) & (pl.col("weight") > 0))
    lost = float(pairs.filter((pl.col("old") >= 0) & (pl.col("new") < 0))["weight"].sum())
    if lost:
        share = 100 * lost / float(pairs.filter(pl.col("old") >= 0)["weight"].sum())
        told.append(f"points with {share:.1f}% of the weight lie in no area of the index.")
    if lacking := len(laid.old) - inside["old"].n_unique():
        told.append(f"{_count(lacking, 'area')} without a weighed point lead{'s' * (lacking == 1)} nowhere.")
    return _coded(inside, laid), told


def _number_faults(rows: Rows, numbers: pl.DataFrame, names: tuple[str, ...], weight: str) -> list[Fault]:
    """Points may be addresses, so that no cell is repeated."""
    faults = []
    for name in names:
        sound = pl.col(name).is_finite() & (pl.lit(name != weight) | (pl.col(name) >= 0))
        for line in numbers.filter(~sound.fill_null(False))[LINE]:
            remedy = f"Write a number{' of 0 or more' if name == weight else ''}, or leave the row out."
            faults.append(rows.fault("LOOKUP-WEIGHT", f"{name} is not a number to use", remedy, line))
    return several(faults)


def _coded(pairs: pl.DataFrame, laid: _Laid) -> pl.DataFrame:
    return pairs.select(
        pl.Series("from", [laid.old[i] for i in pairs["old"]], dtype=pl.String),
        pl.Series("to", [laid.new[i] for i in pairs["new"]], dtype=pl.String),
        "weight",
    ).sort("from", "to")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
