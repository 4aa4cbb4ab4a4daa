"""The records of a project and the measures that make indicators of them, checked against each other."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from commonweal.errors import CommonwealError, Fault
from commonweal.model.framework import Framework
from commonweal.model.period import Period
from commonweal.model.source import Link, Measure, Records
from commonweal.project.paths import Files
from commonweal.project.positions import Document, Keys
from commonweal.project.schema import LinkKeys, MeasureKeys, RecordKeys
from commonweal.project.settings import suggestion


def read_records(
    files: Files, document: Document, written: Mapping[str, RecordKeys], outlines: bool
) -> tuple[tuple[Records, ...], list[Fault]]:
    """The sources of records, sorted by name; `outlines` tells whether the areas have boundaries.

    Faults: PATH-…, PERIOD-FORM, PERIOD-UNKNOWN, RECORDS-LINK. The files themselves are not opened here.
    """
    found: list[Records] = []
    faults: list[Fault] = []
    for name, keys in sorted(written.items()):
        above: Keys = ("records", name)
        faults += [*_link_faults(document, above, keys.link, outlines), *_date_faults(document, above, keys)]
        paths: dict[str, Path] = {}
        for pattern in keys.path:
            try:
                paths |= files.files(pattern)
            except CommonwealError as error:
                faults += [document.place(fault, (*above, "path")) for fault in error.faults]
        if keys.subject != "thing" and not keys.published:
            files.private |= set(paths)
        found.append(
            Records(
                name=name,
                paths=tuple(paths[key] for key in sorted(paths)),
                written=", ".join(keys.path),
                subject=keys.subject,
                link=Link(**keys.link.model_dump()),
                published=keys.published,
                key=keys.key,
                date=keys.date,
                period=keys.period,
                covers=tuple(keys.covers),
                wider=keys.wider,
                line=document.line(above),
            )
        )
    return tuple(found), faults


def _link_faults(document: Document, above: Keys, link: LinkKeys, outlines: bool) -> list[Fault]:
    needs = ("column",) if link.by == "code" else ("x", "y")
    faults = [
        document.fault(
            "RECORDS-LINK",
            f"a link by {link.by} lacks {name!r}",
            "Name the column.",
            (*above, "link"),
        )
        for name in needs
        if not getattr(link, name)
    ]
    if link.by == "point" and not outlines:
        faults.append(
            document.fault(
                "RECORDS-LINK",
                "a link by point needs the areas' boundaries",
                "Name them under areas: `boundaries:` and `code:`.",
                (*above, "link"),
            )
        )
    return faults


def _date_faults(document: Document, above: Keys, keys: RecordKeys) -> list[Fault]:
    faults = []
    if bool(keys.date) == bool(keys.period):
        what = "nothing says when the records were" if not keys.date else "both date and period are given"
        remedy = "Write `date:` (a column), or `period:` for a source of one period."
        faults.append(document.fault("PERIOD-UNKNOWN", what, remedy, above))
    labels = [("period", keys.period)] if keys.period else []
    for key, label in [*labels, *(("covers", label) for label in keys.covers)]:
        try:
            Period.parse(label)
        except CommonwealError as error:
            faults += [document.place(fault, (*above, key)) for fault in error.faults]
    return faults


def read_measures(
    document: Document,
    written: Mapping[str, MeasureKeys],
    framework: Framework,
    left_out: Collection[str],
    records: Collection[str],
    denominators: Collection[str],
) -> tuple[tuple[Measure, ...], list[Fault]]:
    """The measures of indicators in the framework, sorted by indicator.

    Faults: INDICATOR-UNKNOWN, MEASURE-DENOMINATOR, MEASURE-FILTER, MEASURE-RECORDS. What a filter says is
    checked where records are read.
    """
    found: list[Measure] = []
    faults: list[Fault] = []
    known = [node.id for node in framework.indicators]
    for id, keys in sorted(written.items()):
        if id in left_out:
            continue
        above: Keys = ("measures", id)
        if id not in known:
            what = f"indicator {id!r} is not in the framework{suggestion(id, known)}"
            faults.append(document.fault("INDICATOR-UNKNOWN", what, "Name an indicator by its id.", above))
        if keys.records not in records:
            what = f"there are no records {keys.records!r}{suggestion(keys.records, records)}"
            remedy = "Name a source under `records:`."
            faults.append(document.fault("MEASURE-RECORDS", what, remedy, (*above, "records")))
        faults += _kind_faults(document, above, keys, denominators)
        found.append(Measure(indicator=id, line=document.line(above), **keys.model_dump()))
    return tuple(found), faults


def _kind_faults(
    document: Document, above: Keys, keys: MeasureKeys, denominators: Collection[str]
) -> list[Fault]:
    faults = []

    def fault(code: str, key: str, what: str, remedy: str) -> None:
        faults.append(document.fault(code, what, remedy, (*above, key)))

    name = keys.denominator
    if keys.kind == "rate" and name not in denominators:
        what = (
            f"there is no denominator {name!r}{suggestion(name, denominators)}" if name else "none is named"
        )
        fault("MEASURE-DENOMINATOR", "denominator", f"a rate needs a denominator: {what}", _DENOMINATOR)
    if keys.kind != "rate" and name:
        what = f"a {keys.kind} has no denominator, but {name!r} is given"
        fault("MEASURE-DENOMINATOR", "denominator", what, "Take it out, or make the measure a rate.")
    if keys.kind == "percentage" and not keys.where:
        remedy = "Say which records count with `where:`."
        fault("MEASURE-FILTER", "kind", "a percentage needs a filter", remedy)
    if keys.kind != "percentage" and keys.among:
        remedy = "Use `where:`, or make the measure a percentage."
        fault("MEASURE-FILTER", "among", f"a {keys.kind} has no base to choose with among", remedy)
    return faults


_DENOMINATOR = "Name one under `denominators:`."
