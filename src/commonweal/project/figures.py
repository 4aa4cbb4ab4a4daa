"""Figures beside the observations: denominators and benchmarks."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Final

import polars as pl

from commonweal.errors import CommonwealError, Fault, raise_any
from commonweal.model.area import Areas
from commonweal.model.codes import advice
from commonweal.model.lookup import MOVED, Lookup
from commonweal.model.observation import SCHEMA
from commonweal.model.project import JOINT, STRATA
from commonweal.project.columns import LINE, keep, read_rows, several
from commonweal.project.lookups import Lookups
from commonweal.project.moving import move_totals
from commonweal.project.paths import Files
from commonweal.project.positions import Document
from commonweal.project.schema import DenominatorKeys, FigureKeys
from commonweal.project.values import Known, observations, tidy

DENOMINATORS: Final[dict[str, type[pl.DataType]]] = {
    "name": pl.String,
    "area": pl.String,
    "period": pl.String,
    "value": pl.Float64,
}
BENCHMARKS: Final[dict[str, type[pl.DataType]]] = {"name": pl.String, **SCHEMA}


def read_denominator(
    files: Files,
    name: str,
    written: str | FigureKeys,
    areas: Areas,
    lookup: Lookup | None = None,
    beside: Set[str] = frozenset(),
) -> pl.DataFrame:
    """The denominators of one name: name, area, period, value.

    Rows about other places are left out, but for the benchmarks that stand `beside` the areas, by name. Where
    codes are not those of `areas`, `lookup` leads there, and figures are dealt out by its shares.

    Raises MEASURE-DENOMINATOR for an area without any, and what `tidy` finds.
    """
    keys = _keys(written)
    rows = keep(read_rows(files, keys.path, keys.sheet), keys.where, keys.missing)
    if keys.layout == "long":
        rows = rows.with_frame(rows.frame.with_columns(pl.lit(name).alias("indicator")))
    values = tidy(rows, keys, Known(None, (name,)))
    known = areas.codes if lookup is None else lookup.codes
    kept = pl.col("area").is_in([*known, *sorted(beside)])
    frame = values.rows.frame.filter(kept & pl.col("value").is_not_null())
    faults = [*values.faults, *_repeated(values.rows.file, frame, ["area", "period"])]
    strange = advice(set(values.rows.frame["area"].drop_nulls()) - set(known), areas) if not lookup else ""
    if strange and not frame.height:
        what = f"none of the areas of {name} is in the areas table"
        raise CommonwealError([*values.faults, rows.fault("MEASURE-DENOMINATOR", what, strange)])
    if lookup is not None and not faults:
        figures, benchmark = frame.select("area", "period", "value"), pl.col("area").is_in(sorted(beside))
        moved = move_totals(figures.filter(~benchmark), lookup, areas.codes)
        frame = pl.concat([moved, figures.filter(benchmark).select(moved.columns)])
    # an area whose figure can't be read has been told of already
    without = [] if values.faults else sorted(set(areas.codes) - set(frame["area"]))
    faults += several(
        rows.fault(
            "MEASURE-DENOMINATOR",
            f"{name} has no value for area {code!r}",
            "Add one, for any year up to then.",
        )
        for code in without
    )
    raise_any(faults)
    return frame.with_columns(pl.lit(name).alias("name")).select(list(DENOMINATORS)).sort("area", "period")


@dataclass(frozen=True, slots=True, eq=False)
class Denominators:
    """All denominators: whole, and by group where a table has groups.

    `moved` says which of them come from other areas, with the columns of `MOVED`; `groups` names what parts
    those in `strata` into groups. `told` says how they came to the areas of the index.
    """

    whole: pl.DataFrame
    moved: pl.DataFrame
    strata: pl.DataFrame
    groups: Mapping[str, tuple[str, ...]]
    told: tuple[str, ...] = ()


def read_denominators(
    files: Files,
    document: Document,
    written: Mapping[str, str | DenominatorKeys],
    areas: Areas,
    lookups: Lookups,
    beside: Set[str],
) -> tuple[Denominators, list[Fault]]:
    """Every table under `denominators`; see `read_denominator` and `read_strata`.

    Faults: theirs, and LINK-VINTAGE.
    """
    frames, moved = [pl.DataFrame(schema=DENOMINATORS)], [pl.DataFrame(schema=MOVED)]
    strata, groups, told = [pl.DataFrame(schema=STRATA)], {}, list[str]()
    faults: list[Fault] = []
    for name, keys in sorted(written.items()):
        with document.placing(faults, ("denominators", name)):
            geography = None if isinstance(keys, str) else keys.area
            if lookups.lost(areas, geography):
                continue
            lookup = lookups.to(areas, geography)
            if isinstance(keys, DenominatorKeys) and keys.by:
                groups[name] = tuple(keys.by)
                strata.append(read_strata(files, name, keys, areas, lookup))
                frames.append(whole(strata[-1]))
            else:
                frames.append(read_denominator(files, name, keys, areas, lookup, beside))
            if lookup is not None:
                figure = pl.DataFrame({"indicator": [""], "period": [""], "source": [name]})
                moved.append(lookup.moved(figure, areas.codes))
                told += lookups.told(name, lookup, areas)
    found = Denominators(pl.concat(frames), pl.concat(moved), pl.concat(strata), groups, tuple(told))
    return found, faults


def read_strata(
    files: Files, name: str, keys: DenominatorKeys, areas: Areas, lookup: Lookup | None = None
) -> pl.DataFrame:
    """The denominators of one name by group: name, area, period, group, value; see `read_denominator`.

    The texts of a group are joined by U+001F. Every area needs a figure of every group in each of its
    periods. Raises COLUMN-MISSING, MEASURE-DENOMINATOR, MEASURE-GROUPS, and what `tidy` finds.
    """
    rows = keep(read_rows(files, keys.path, keys.sheet), keys.where, keys.missing)
    if keys.layout == "wide":
        what = f"{name} is wide, and has groups"
        raise CommonwealError(rows.fault("MEASURE-GROUPS", what, "Write a row an area, period and group."))
    raise_any(rows.require(keys.by))
    texts = [pl.col(column).cast(pl.String).str.strip_chars().fill_null("") for column in keys.by]
    joined = rows.frame.with_columns(pl.concat_str(texts, separator=JOINT).alias("indicator"))
    groups = tuple(joined["indicator"].unique().sort())
    values = tidy(rows.with_frame(joined), keys.model_copy(update={"layout": "long"}), Known(None, groups))
    known = areas.codes if lookup is None else lookup.codes
    frame = values.rows.frame.filter(pl.col("area").is_in(list(known)) & pl.col("value").is_not_null())
    faults = [*values.faults, *_repeated(rows.file, frame, ["area", "period", "indicator"])]
    cells = frame.group_by("area", "period").agg(pl.len(), pl.col(LINE).min()).sort(LINE, "area", "period")
    faults += several(
        rows.fault(
            "MEASURE-GROUPS",
            f"{name} has {count} of {len(groups)} groups for area {area!r} in {period!r}",
            "Write a row for each group, with 0 where nobody is in it.",
            line,
        )
        for area, period, count, line in cells.iter_rows()
        if count < len(groups) and not values.faults
    )
    without = [] if faults else sorted(set(known) - set(frame["area"]))
    faults += several(
        rows.fault("MEASURE-DENOMINATOR", f"{name} has no value for area {code!r}", "Add its groups.")
        for code in without
    )
    raise_any(faults)
    if lookup is not None:
        parts = [
            move_totals(part.select("area", "period", "value"), lookup, areas.codes).with_columns(
                pl.lit(group).alias("indicator")
            )
            for (group,), part in frame.group_by("indicator", maintain_order=True)
        ]
        frame = pl.concat(parts)
    named = frame.with_columns(pl.lit(name).alias("name"), pl.col("indicator").alias("group"))
    return named.select(list(STRATA)).sort("area", "period", "group")


def whole(strata: pl.DataFrame) -> pl.DataFrame:
    """Denominators by group with all groups together: name, area, period, value."""
    summed = strata.group_by("name", "area", "period").agg(pl.col("value").sum())
    return summed.select(list(DENOMINATORS)).sort("area", "period")


def read_benchmark(files: Files, name: str, written: str | FigureKeys, known: Known) -> pl.DataFrame:
    """The values of a benchmark: name and the columns of observations; a column `name` wins over `name`."""
    keys = _keys(written)
    rows = keep(read_rows(files, keys.path, keys.sheet), keys.where, keys.missing)
    if keys.code is None and "name" not in {*rows.frame.columns, *map(str, keys.columns.values())}:
        rows = rows.with_frame(rows.frame.with_columns(pl.lit(name).alias("name")))
    values = tidy(rows, keys, known, index="name")
    frame = values.rows.frame
    raise_any([*values.faults, *_repeated(rows.file, frame, ["name", "period", "indicator"])])
    table = observations([frame.with_columns(pl.col("name").alias("area"))])
    return table.frame.with_columns(pl.col("area").alias("name")).select(list(BENCHMARKS))


def read_benchmarks(
    files: Files, document: Document, written: Mapping[str, str | FigureKeys], known: Known
) -> tuple[pl.DataFrame, list[Fault]]:
    """Every table under `benchmarks`, and what is wrong with them; see `read_benchmark`."""
    frames = [pl.DataFrame(schema=BENCHMARKS)]
    faults: list[Fault] = []
    for name, keys in sorted(written.items()):
        with document.placing(faults, ("benchmarks", name)):
            frames.append(read_benchmark(files, name, keys, known))
    return pl.concat(frames), faults


def _keys(written: str | FigureKeys) -> FigureKeys:
    return FigureKeys.model_validate({"path": written}) if isinstance(written, str) else written


def _repeated(file: str, frame: pl.DataFrame, key: list[str]) -> list[Fault]:
    again = frame.filter(~pl.struct(key).is_first_distinct()).sort(LINE)
    return several(
        Fault(
            "OBSERVATION-DUPLICATE",
            f"there is a second value for {', '.join(str(cell) for cell in cells[:-1])}",
            "Keep one.",
            file,
            cells[-1],
        )
        for cells in again.select(*key, LINE).iter_rows()
    )
