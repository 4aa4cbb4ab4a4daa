"""All tables of values of a project: read, checked against each other, and sorted by what they need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from commonweal.errors import CommonwealError, Fault
from commonweal.model.area import Areas
from commonweal.model.framework import Framework
from commonweal.model.lookup import MOVED
from commonweal.model.observation import KEY, STATUSES, Observations
from commonweal.project.bases import about_people, base_faults, with_kinds
from commonweal.project.columns import LINE, Rows, several
from commonweal.project.lookups import Lookups
from commonweal.project.moving import move_values
from commonweal.project.paths import Files
from commonweal.project.positions import Document
from commonweal.project.schema import ValueKeys
from commonweal.project.values import Known, observations, read_values

_FILE = "(file)"


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """Observations that need no control, that the gate must see, and that have passed it.

    `moved` says which of them came from other areas, with the columns of `MOVED`; `told` says it in words.
    """

    given: Observations
    counted: Observations
    protected: Observations
    moved: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=MOVED))
    told: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[Observations, ...]:
        """The observations of every table, whoever looks at them."""
        return self.given, self.counted, self.protected


def read_tables(
    files: Files,
    document: Document,
    written: Sequence[ValueKeys],
    framework: Framework,
    known: Known,
    places: Sequence[int],
    areas: Areas | None,
    lookups: Lookups,
) -> tuple[Tables, list[Fault]]:
    """Read every table under `values`; `places` are theirs in the list there.

    Faults: those of `read_values`, LINK-VINTAGE, OBSERVATION-DUPLICATE, OBSERVATION-STATUS, PROJECT-REQUIRED,
    VALUES-BASE.
    """
    sorted_out: dict[str, list[pl.DataFrame]] = {"given": [], "counted": [], "protected": []}
    faults: list[Fault] = []
    moved, told = [pl.DataFrame(schema=MOVED)], list[str]()
    for i, keys in zip(places, written, strict=True):
        above = ("values", i)
        try:
            lookup = lookups.to(areas, keys.area) if areas else None
        except CommonwealError as error:
            faults += document.placed(error, above)
            continue
        codes = known if lookup is None else replace(known, areas=frozenset(lookup.codes), place=None)
        if areas and lookups.lost(areas, keys.area):
            codes = replace(known, areas=None)
        try:
            values = read_values(files, keys, codes)
        except CommonwealError as error:
            faults += document.placed(error, (*above, "path"))
            continue
        faults += values.faults
        people, unclear = about_people(values.rows, keys, framework)
        faults += [document.place(fault, above) for fault in unclear]
        frame = _finished(values.rows, keys)
        rows = values.rows.with_frame(frame)
        faults += _status_faults(rows)
        counted = rows.with_frame(frame.filter(people))
        faults += base_faults(counted)
        if counted.frame.height:
            files.private.add(keys.path)
        parts = {"protected" if keys.protected else "given": frame.filter(~people), "counted": counted.frame}
        twice = _duplicates([frame]) if lookup else []
        faults += twice
        if areas and lookup and not twice:
            moved.append(lookup.moved(frame, areas.codes))
            told += lookups.told(keys.source or keys.path, lookup, areas)
            parts = {name: move_values(part, lookup, areas.codes) for name, part in parts.items()}
        for name, part in parts.items():
            sorted_out[name].append(part)
    faults += _duplicates([frame for frames in sorted_out.values() for frame in frames])
    if faults:
        return Tables(observations([]), observations([]), observations([])), faults
    whole = {name: observations(frames) for name, frames in sorted_out.items()}
    return Tables(**whole, moved=pl.concat(moved), told=tuple(told)), []


def _finished(rows: Rows, keys: ValueKeys) -> pl.DataFrame:
    source = keys.source or keys.path
    frame = rows.frame if keys.protected else with_kinds(rows.frame, keys.kind, keys.per)
    if "source" not in frame.columns:
        frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias("source"))
    return frame.with_columns(
        pl.col("source").fill_null(pl.lit("" if keys.protected else source)), pl.lit(keys.path).alias(_FILE)
    )


def _status_faults(rows: Rows) -> list[Fault]:
    if "status" not in rows.frame.columns:
        return []
    unknown = rows.frame.filter(pl.col("status").is_not_null() & ~pl.col("status").is_in(STATUSES))
    return several(
        rows.fault(
            "OBSERVATION-STATUS", f"the status is {text!r}", f"Use one of {', '.join(STATUSES)}.", line
        )
        for text, line in unknown.select("status", LINE).iter_rows()
    )


def _duplicates(frames: list[pl.DataFrame]) -> list[Fault]:
    placed = [frame.select(*KEY, LINE, _FILE) for frame in frames if frame.height]
    if not placed:
        return []
    whole = pl.concat(placed)
    first = pl.struct(KEY).is_first_distinct()
    again = whole.filter(~first)
    if not again.height:
        return []
    both = again.join(whole.filter(first), on=KEY, how="left", suffix=" first", maintain_order="left")
    rows = both.group_by(
        "area", "period", _FILE, LINE, f"{_FILE} first", f"{LINE} first", maintain_order=True
    )
    return several(
        Fault(
            "OBSERVATION-DUPLICATE",
            f"{_has(indicators)} for area {area!r}, period {period!r} in {other}, line {other_line}, already",
            "Keep one value for each area, period and indicator.",
            file,
            line,
        )
        for area, period, file, line, other, other_line, indicators in rows.agg("indicator").iter_rows()
    )


def _has(indicators: list[str]) -> str:
    """What stands twice: a row of a wide table has several indicators."""
    if len(indicators) == 1:
        return f"indicator {indicators[0]!r} has a value"
    listed = ", ".join(indicators[:3]) + ", …" * (len(indicators) > 3)
    return f"{len(indicators)} indicators ({listed}) have values"
