"""The measures of a project: what each kind takes and needs, and which measure is made of which."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from commonweal.errors import CommonwealError, Fault, near
from commonweal.model.source import Measure, MeasureKind, Person, Standard
from commonweal.project.columns import number, number_faults, read_rows
from commonweal.project.paths import Files
from commonweal.project.persons import also_faults
from commonweal.project.positions import Document, Keys
from commonweal.project.schema import MeasureKeys

#: The standard population that has a name.
EUROPEAN: Final = "european-2013"
_FROM_RECORDS: Final = frozenset({"records", "kind", "where", "may_be_empty", "pool"})
#: Kind -> the keys it takes beside those.
TAKES: Final[Mapping[MeasureKind, frozenset[str]]] = {
    "count": _FROM_RECORDS | {"annualise", "also_in"},
    "rate": _FROM_RECORDS | {"denominator", "per", "annualise", "shrink", "also_in"},
    "percentage": _FROM_RECORDS | {"among", "annualise", "shrink", "also_in"},
    "mean": _FROM_RECORDS | {"value", "decimals"},
    "median": _FROM_RECORDS | {"value", "decimals", "quantile"},
    "sum": _FROM_RECORDS | {"value", "decimals"},
    "ratio": _FROM_RECORDS | {"value", "over", "decimals", "per", "of", "to"},
    "distinct": _FROM_RECORDS | {"value", "denominator", "per", "also_in"},
    "standardised_ratio": _FROM_RECORDS | {"by", "denominator", "per"},
    "standardised_rate": _FROM_RECORDS | {"by", "denominator", "per", "standard"},
    "life_expectancy": _FROM_RECORDS | {"by", "denominator"},
    "change": frozenset({"kind", "of", "years", "as_"}),
}
#: Kind -> the keys it can't do without; where there are several such sets, one of them.
NEEDS: Final[Mapping[MeasureKind, tuple[tuple[str, ...], ...]]] = {
    "rate": (("denominator",),),
    "percentage": (("where",), ("also_in",)),
    "mean": (("value",),),
    "median": (("value",),),
    "sum": (("value",),),
    "ratio": (("value", "over"), ("of", "to")),
    "distinct": (("value",),),
    "standardised_ratio": (("denominator", "by"),),
    "standardised_rate": (("denominator", "by"),),
    "life_expectancy": (("denominator", "by"),),
    "change": (("of",),),
}
#: The kinds whose records a ratio may be made of: each counts records that meet a filter.
COUNTS: Final = ("count", "rate", "percentage")


@dataclass(frozen=True, slots=True)
class Names:
    """What a measure may name: indicators (those left out on purpose too), records, denominators.

    `outlines` tells whether the areas have boundaries, which say who is whose neighbour. `people` has the
    person key of each source, None for one that has none; those whose key is at fault are left out.
    """

    indicators: Collection[str]
    left_out: Collection[str]
    records: Collection[str]
    denominators: Collection[str]
    outlines: bool = True
    people: Mapping[str, Person | None] = field(default_factory=dict)


def read_measures(
    files: Files, document: Document, written: Mapping[str, MeasureKeys], names: Names
) -> tuple[tuple[Measure, ...], list[Fault]]:
    """The measures of indicators and of helpers, sorted by name.

    Faults: INDICATOR-UNKNOWN, MEASURE-DENOMINATOR, MEASURE-FILTER, MEASURE-GROUPS, MEASURE-HELPER,
    MEASURE-KEY, MEASURE-RECORDS, PATH-…, RECORDS-PERSON. What a filter says is checked where records are
    read.
    """
    found: list[Measure] = []
    faults: list[Fault] = []
    used = _used({id: keys for id, keys in written.items() if id not in names.left_out}, written)
    for id, keys in sorted(written.items()):
        if id in names.left_out and id not in used:
            continue
        above: Keys = ("measures", id)
        if id not in names.indicators and id not in used:
            what = f"indicator {id!r} is not in the framework{near(id, names.indicators)}"
            remedy = "Name an indicator by its id, or make another measure `of` this one."
            faults.append(document.fault("INDICATOR-UNKNOWN", what, remedy, above))
        found_here = [
            *_records_faults(keys, names),
            *_key_faults(keys, names),
            *_helper_faults(keys, written, names),
        ]
        faults += [
            document.fault(code, what, remedy, (*above, key)) for code, key, what, remedy in found_here
        ]
        standard = None
        with document.placing(faults, (*above, "standard")):
            standard = _standard(files, keys)
        helper = id not in names.indicators
        found.append(_measure(id, keys, document.line(above), standard, helper))
    return tuple(found), faults


def _measure(id: str, keys: MeasureKeys, line: int, standard: Standard | None, helper: bool) -> Measure:
    written = keys.model_dump(exclude={"as_", "by", "standard", "shrink"})
    return Measure(
        indicator=id,
        line=line,
        change=keys.as_,
        by=tuple(keys.by.items()),
        standard=standard,
        shrink=keys.shrink or "",
        helper=helper,
        **written,
    )


def _used(wanted: Mapping[str, MeasureKeys], written: Mapping[str, MeasureKeys]) -> Set[str]:
    """The measures that others are made of, however far down."""
    found: set[str] = set()
    waiting = [name for keys in wanted.values() for name in (keys.of, keys.to)]
    while waiting:
        name = waiting.pop()
        if name in written and name not in found:
            found.add(name)
            waiting += [written[name].of, written[name].to]
    return found


#: Code, key, what and remedy of something wrong with a measure.
Wrong = tuple[str, str, str, str]


def _records_faults(keys: MeasureKeys, names: Names) -> Iterator[Wrong]:
    if keys.also_in and "also_in" in TAKES[keys.kind]:
        if keys.also_in in names.records:
            yield from also_faults(keys, names.people)
        else:
            what = f"there are no records {keys.also_in!r}{near(keys.also_in, names.records)}"
            yield "MEASURE-RECORDS", "also_in", what, "Name a source under `records:`."
    if keys.kind == "change" or keys.records in names.records:
        return
    what = f"there are no records {keys.records!r}{near(keys.records, names.records)}"
    if not keys.records:
        what = f"a {_said(keys.kind)} needs `records`"
    yield "MEASURE-RECORDS", "records", what, "Name a source under `records:`."


def _key_faults(keys: MeasureKeys, names: Names) -> Iterator[Wrong]:
    kind, given = keys.kind, {name for name in keys.model_fields_set if _said_something(getattr(keys, name))}
    for name in sorted(given - TAKES[kind]):
        yield _not_taken(kind, name, str(getattr(keys, name)))
    ways = NEEDS.get(kind, ((),))
    if not any(given.issuperset(way) for way in ways):
        nearest = max(ways, key=lambda way: len(given.intersection(way)))
        for name in nearest:
            if name not in given:
                yield _lacking(kind, name, ways)
    elif kind == "ratio" and sum(bool(given.intersection(way)) for way in ways) > 1:
        yield "MEASURE-KEY", "of", "a ratio is made of columns or of measures, not of both", _WAYS
    name = keys.denominator
    if name and "denominator" in TAKES[kind] and name not in names.denominators:
        what = f"there is no denominator {name!r}{near(name, names.denominators)}"
        yield "MEASURE-DENOMINATOR", "denominator", f"a {_said(kind)} needs a denominator: {what}", _NAME_ONE
    if keys.shrink == "neighbours" and not names.outlines:
        what = "to find an area's neighbours its boundaries are needed"
        yield "MEASURE-KEY", "shrink", what, "Name them under areas: `boundaries:` and `code:`."


def _said_something(value: object) -> bool:
    """Whether a key that is written says more than leaving it out would: no decimals are said by 0."""
    return value is not False and value not in (None, "", {})


_NAME_ONE: Final = "Name one under `denominators:`."
_WAYS: Final = "Write `value:` and `over:`, or `of:` and `to:`."


def _not_taken(kind: MeasureKind, name: str, written: str) -> Wrong:
    if name == "denominator":
        what = f"a {_said(kind)} has no denominator, but {written!r} is given"
        return "MEASURE-DENOMINATOR", name, what, "Take it out, or make the measure a rate."
    if name == "among":
        what = f"a {_said(kind)} has no base to choose with among"
        return "MEASURE-FILTER", name, what, "Use `where:`, or make the measure a percentage."
    key = name.rstrip("_")
    kinds = ", ".join(sorted(other for other, keys in TAKES.items() if name in keys))
    return "MEASURE-KEY", name, f"a {_said(kind)} takes no {key!r}", f"Take it out; it is for: {kinds}."


def _lacking(kind: MeasureKind, name: str, ways: tuple[tuple[str, ...], ...]) -> Wrong:
    if name == "denominator":
        return "MEASURE-DENOMINATOR", name, f"a {_said(kind)} needs a denominator: none is named", _NAME_ONE
    if name == "where":
        return "MEASURE-FILTER", "kind", f"a {kind} needs a filter", "Say which records count with `where:`."
    what = {
        "value": "Name the column with `value:`.",
        "by": "Name the columns of denominators and records, as in `by: [age_band, sex]`.",
        "of": "Name another measure with `of:`.",
    }
    remedy = _WAYS if len(ways) > 1 else what[name]
    return "MEASURE-KEY", "kind", f"a {_said(kind)} needs {name!r}", remedy


def _helper_faults(keys: MeasureKeys, written: Mapping[str, MeasureKeys], names: Names) -> Iterator[Wrong]:
    for key, name in (("of", keys.of), ("to", keys.to)):
        if not name or key not in TAKES[keys.kind]:
            continue
        other = written.get(name)
        if other is None and keys.kind == "change" and name in names.indicators:
            continue  # its values come from a table
        if other is None:
            what = f"there is no measure {name!r}{near(name, written)}"
            yield "MEASURE-HELPER", key, what, "Add it under `measures:`."
        elif keys.kind == "change" and other.kind == "change":
            yield "MEASURE-HELPER", key, f"{name!r} is a change itself", "Name a measure made of records."
        elif keys.kind == "ratio" and other.kind not in COUNTS:
            what = f"{name!r} is a {_said(other.kind)}, which counts no records"
            yield "MEASURE-HELPER", key, what, f"Name a measure of kind {', '.join(COUNTS)}."
        elif keys.kind == "ratio" and other.records != keys.records:
            what = f"{name!r} is of the records {other.records!r}, the ratio of {keys.records!r}"
            yield "MEASURE-HELPER", key, what, "Name measures of the same records."


def _said(kind: str) -> str:
    """A kind as a sentence names it."""
    return kind.replace("_", " ")


def _standard(files: Files, keys: MeasureKeys) -> Standard | None:
    """A standard population of one's own; None for the European one, whose column only the ages tell.

    Raises COLUMN-MISSING, MEASURE-GROUPS, OBSERVATION-NUMBER, PATH-….
    """
    if keys.kind != "standardised_rate" or keys.standard in ("", EUROPEAN):
        return None
    rows = read_rows(files, keys.standard)
    columns = tuple(name for name in keys.by if name in rows.frame.columns)
    lacking = rows.require(["weight"])
    if not columns:
        what = f"it has no column of {', '.join(keys.by)}"
        lacking.append(rows.fault("MEASURE-GROUPS", what, "Head the columns as `by` names them, and weight."))
    if lacking:
        raise CommonwealError(lacking)
    if faults := number_faults(rows, ["weight"]):
        raise CommonwealError(faults)
    frame = rows.frame.with_columns(number("weight")).with_columns(
        pl.col(columns).cast(pl.String).str.strip_chars()
    )
    weights = {tuple(row[:-1]): row[-1] for row in frame.select(*columns, "weight").drop_nulls().iter_rows()}
    if not weights or min(weights.values()) < 0 or not sum(weights.values()) or len(weights) < frame.height:
        what = "a group stands twice, lacks its weight, or weighs less than nothing"
        raise CommonwealError(rows.fault("MEASURE-GROUPS", what, "Give each group one weight of 0 or more."))
    return Standard(columns, weights)
