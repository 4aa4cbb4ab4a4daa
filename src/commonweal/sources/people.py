"""People of one source who are in another too: the column that says so, and who may be asked about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from commonweal.errors import Fault
from commonweal.model.person import secret_of
from commonweal.model.project import PROJECT_FILE
from commonweal.model.source import Measure, Records
from commonweal.sources.filter import (
    EVERY,
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Empty,
    Like,
    Not,
    OneOf,
)
from commonweal.sources.query import Stored
from commonweal.sources.read.describe import Source
from commonweal.sources.read.keyed import YES, Keyed, digests
from commonweal.sources.read.written import Written


def column_of(source: str) -> str:
    """The column, added while records are read, that says whether their people are in a source too.

    No heading of a file has its parting sign.

    >>> column_of("exclusions")
    'also in\\x1fexclusions'
    """
    return f"also in\x1f{source}"


def also(measure: Measure) -> Condition:
    """What records have to meet for the people of another source: to have been found there."""
    return Compare(column_of(measure.also_in), "=", YES) if measure.also_in else EVERY


def keyed(
    records: Records,
    measures: Iterable[Measure],
    sources: Mapping[str, tuple[Records, tuple[Written, ...]]],
) -> Keyed | None:
    """How the person key of a source is read, where it has one; each source compared with is read for it.

    Raises as reading does, PATH-VARIABLE and RECORDS-PERSON.
    """
    if records.person is None:
        return None
    found = {}
    for name in sorted({measure.also_in for measure in measures} - {""}):
        other, files = sources[name]
        assert other.person is not None
        found[column_of(name)] = digests(files, other.person)
    return Keyed(records.person.column, secret_of(records.person), found)


def asked_of(records: Records, measures: Iterable[Measure], columns: frozenset[str]) -> frozenset[str]:
    """The columns that were asked about, as the source itself has them."""
    added = {column_of(measure.also_in) for measure in measures}
    person = {records.person.column} if records.person else set()
    return frozenset(columns - added | person)


def person_faults(records: Records, measure: Measure, where: Condition, among: Condition) -> Iterator[Fault]:
    """FILTER-NOT-ALLOWED where a filter compares a person key, of which only a digest is seen."""
    column = records.person.column if records.person else ""
    for which, condition in (("where", where), ("among", among)):
        if column and column in _compared(condition):
            what = f"a filter can't compare {column!r}, the person key: only a keyed hash of it is seen"
            remedy = "Ask whether it `is null`, or for people of another source with `also_in:`."
            path = ("measures", measure.indicator, which)
            file = PROJECT_FILE if measure.line else ""
            yield Fault("FILTER-NOT-ALLOWED", what, remedy, file, measure.line, path)


def folder_faults(records: Records, source: Source) -> list[Fault]:
    """RECORDS-PERSON where folders are named by person keys: names of folders can't be hashed."""
    column = records.person.column if records.person else ""
    files = () if isinstance(source, Stored) else source
    if not column or all(column not in dict(file.folders) for file in files):
        return []
    what = f"the folders of {records.name!r} are named by {column!r}, the person key"
    remedy = "Part the table by another column; names of folders are seen by everyone."
    return [Fault("RECORDS-PERSON", what, remedy, path=("records", records.name, "person"))]


def _compared(condition: Condition) -> frozenset[str]:
    """The columns whose texts or numbers a condition looks at."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            return frozenset().union(*map(_compared, parts))
        case Not(inner):
            return _compared(inner)
        case Empty():
            return frozenset()
        case Compare(column) | OneOf(column) | Like(column):
            return frozenset([column])
