"""The records of a project, and how each source of them is written, dated and linked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from commonweal.errors import Fault
from commonweal.model.lookup import Lookup
from commonweal.model.period import Period
from commonweal.model.source import Records
from commonweal.project.links import BY_PLACE, read_link
from commonweal.project.paths import Files
from commonweal.project.persons import read_person
from commonweal.project.positions import Document, Keys
from commonweal.project.schema import GeographyKeys, RecordKeys
from commonweal.project.where_records_are import place_faults, refuse_addresses

#: The way from what codes mean, as written, to the areas of the project; told whether places are compared.
LookupFor = Callable[[GeographyKeys | None, bool], Lookup | None]


def read_records(
    files: Files,
    document: Document,
    written: Mapping[str, RecordKeys],
    outlines: bool,
    lookup_for: LookupFor,
) -> tuple[tuple[Records, ...], list[Fault]]:
    """The sources of records, sorted by name; `outlines` tells whether the areas have boundaries.

    Faults: LINK-TABLE, LINK-VINTAGE, PATH-…, PERIOD-FORM, PERIOD-UNKNOWN, RECORDS-KEYS, RECORDS-LINK,
    RECORDS-PERSON, RECORDS-URL. The files of records are not opened here.
    """
    found: list[Records] = []
    faults: list[Fault] = []
    for name, keys in sorted(written.items()):
        above: Keys = ("records", name)
        # a table that the project uses elsewhere too, such as the areas table, tells nothing of anyone
        own_table = {keys.link.path} - {"", *files.found}
        link, link_faults = read_link(files, document, above, keys.link, outlines)
        faults += [*link_faults, *_date_faults(document, above, keys)]
        lookup = None
        with document.placing(faults, above):
            lookup = lookup_for(keys.area, keys.link.by in BY_PLACE)
        paths: dict[str, Path] = {}
        for pattern in keys.path:
            with document.placing(faults, (*above, "path")):
                refuse_addresses([pattern])
                paths |= files.records(pattern)
        faults += place_faults(document, above, keys, paths)
        person, person_faults = read_person(document, above, keys)
        faults += person_faults
        if keys.subject != "thing" and not keys.published:
            files.private |= {*paths, *own_table}
        found.append(
            Records(
                name=name,
                paths=tuple(paths[key] for key in sorted(paths)),
                written=", ".join(keys.path) or f"table {keys.table}",
                subject=keys.subject,
                link=link,
                published=keys.published,
                key=keys.key,
                date=keys.date,
                month_first=keys.dates == "month-first",
                period=keys.period,
                covers=tuple(keys.covers),
                wider=keys.wider,
                line=document.line(above),
                lookup=lookup,
                person=person,
                url=keys.url,
                table=keys.table,
                sheet=keys.sheet,
                record=keys.record,
                types=keys.types,
                backend=keys.backend or ("postgres" if keys.url else "duckdb"),
                spark=keys.spark or ("local[*]" if keys.backend == "spark" else ""),
            )
        )
    return tuple(found), faults


def _date_faults(document: Document, above: Keys, keys: RecordKeys) -> list[Fault]:
    faults: list[Fault] = []
    if bool(keys.date) == bool(keys.period):
        what = "nothing says when the records were" if not keys.date else "both date and period are given"
        remedy = "Write `date:` (a column), or `period:` for a source of one period."
        faults.append(document.fault("PERIOD-UNKNOWN", what, remedy, above))
    labels = [("period", keys.period)] if keys.period else []
    for key, label in [*labels, *(("covers", label) for label in keys.covers)]:
        with document.placing(faults, (*above, key)):
            Period.parse(label)
    return faults
