"""What will be asked of each source, and everything that is wrong with it, before a record is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from commonweal.errors import CommonwealError, Fault, raise_any
from commonweal.model.project import PROJECT_FILE, Project
from commonweal.model.source import Measure, Records
from commonweal.sources.filter import EVERY, Condition, both, columns_of, parse_filter
from commonweal.sources.link.build import build_link, columns_of_link
from commonweal.sources.link.transfer import to_move
from commonweal.sources.measure.asks import (
    Need,
    asks,
    contributions,
    named_columns,
    need,
    number_columns,
    reading,
)
from commonweal.sources.measure.strata import BY_GROUP, group_faults
from commonweal.sources.people import also, folder_faults, person_faults
from commonweal.sources.placed import at_measure, at_records
from commonweal.sources.query import Cells, Distinct, Query, Stored, Tally, Totals, part_columns
from commonweal.sources.read.describe import Source, column_faults, describe_all, describe_source
from commonweal.sources.read.stage import Ready
from commonweal.sources.read.written import Written


@dataclass(frozen=True, slots=True)
class Plan:
    """One source, ready to be asked: its measures and the one query for all of them.

    `conditions` holds for each measure what its numerator and what its base is counted by, `needs` what it
    needs of the records, `reading` how a column of numbers reads (by measure and column). `written` are the
    source's files as they lie; the query has none until they are ready for an engine.
    """

    records: Records
    measures: tuple[Measure, ...]
    conditions: Mapping[str, tuple[Condition, Condition]]
    query: Query
    notes: tuple[str, ...] = ()
    written: tuple[Written, ...] = ()
    needs: Mapping[str, Need] = field(default_factory=dict)
    reading: Mapping[tuple[str, str], Mapping[str, Tally]] = field(default_factory=dict)

    def on(self, ready: Ready) -> Plan:
        """The plan with its files ready for an engine.

        Raises RECORDS-COLUMN and FILTER-COLUMN where records that name their own columns lack one.
        """
        new = [now for now, before in zip(ready.written, self.written, strict=True) if before.columns is None]
        raise_any(_columns(self.records, self.measures, tuple(new[:1])))
        return replace(self, query=replace(self.query, source=ready.files)) if ready.files else self

    def column(self, condition: Condition) -> str:
        """The column of the first answer that counts the records which meet a condition."""
        return self._column(0, Tally(where=condition))

    def cells(self, totals: Totals, measure: Measure) -> pl.DataFrame:
        """What was asked for a measure: area, at, what parts cells further, its tallies by their names."""
        wanted = self.needs[measure.indicator]
        number = next(
            i
            for i, ask in enumerate(self.query.asks)
            if isinstance(ask, Cells) and (ask.by, ask.bins) == (wanted.by, wanted.bins)
        )
        ask = self.query.asks[number]
        assert isinstance(ask, Cells)
        named = [pl.col(self._column(number, tally)).alias(name) for name, tally in wanted.tallies.items()]
        return totals.answers[number].select(*part_columns(ask), *named)

    def tallied(self, totals: Totals, tally: Tally) -> int:
        """A tally of the first question, over all areas and dates."""
        return int(totals.cells[self._column(0, tally)].sum())

    def people(self, periods: Mapping[str | None, tuple[int, ...]]) -> Query | None:
        """The second query, once the dates are known: for different people. None where nobody asks."""
        asks = tuple(Distinct(column, periods, where) for column, where in self.counted_once)
        return replace(self.query, asks=asks) if asks else None

    @property
    def counted_once(self) -> tuple[tuple[str, Condition], ...]:
        """The columns whose different texts are asked for in the second query, and of which records."""
        return tuple(dict.fromkeys(need.people for need in self.needs.values() if need.people is not None))

    def _column(self, question: int, tally: Tally) -> str:
        ask = self.query.asks[question]
        assert isinstance(ask, Cells)
        return "records" if tally == Tally() else f"t{ask.tallies.index(tally)}"


def plan_all(project: Project) -> list[Plan]:
    """The plans of every source, by name. Raises every fault of every source at once."""
    faults: list[Fault] = []
    plans = []
    for records in sorted(project.records, key=lambda r: r.name):
        own = [m for m in project.measures if m.records == records.name]
        try:
            with relative_to(project.root):
                plans.append(_plan(project, records, tuple(sorted(own, key=lambda m: m.indicator))))
        except CommonwealError as error:
            faults += error.faults
    raise_any(faults)
    return plans


def header_faults(root: Path, records: Iterable[Records], measures: Iterable[Measure]) -> list[Fault]:
    """What can be found wrong with sources and filters from the first lines of files alone.

    For a project that has other faults, so that these are told in the same run.
    """
    faults: list[Fault] = []
    listed = list(measures)
    for source in sorted(records, key=lambda r: r.name):
        files, found = describe_all(source) if source.paths else ((), [])
        found += _columns(source, tuple(m for m in listed if m.records == source.name), files)
        faults += [_relative(fault, root) for fault in found]
    return faults


def _columns(records: Records, measures: Iterable[Measure], files: tuple[Written, ...]) -> list[Fault]:
    """What is wrong with the columns that a source and the filters of its measures name."""
    found = [f for f in _own_faults(records, files) if f.code == "RECORDS-COLUMN"]
    for measure in measures:
        for which, text in (("where", measure.where), ("among", measure.among)):
            found += _filter(measure, which, text, files)[1]
        found += _column_faults(measure, files)
    return found


def _column_faults(measure: Measure, source: Source) -> list[Fault]:
    """RECORDS-COLUMN for columns that a measure names outside its filters, placed where it names them."""
    return [
        replace(
            at_measure(fault, measure),
            what=f"{fault.what} in {Path(fault.file).name}" if fault.file else fault.what,
            path=("measures", measure.indicator, key),
        )
        for key, columns in named_columns(measure).items()
        for fault in column_faults(source, columns, "RECORDS-COLUMN")
    ]


@contextmanager
def relative_to(root: Path) -> Iterator[None]:
    """Faults raised inside name files as the project does: relative to its folder where they lie in it."""
    try:
        yield
    except CommonwealError as error:
        raise CommonwealError([_relative(fault, root) for fault in error.faults]) from error


def _relative(fault: Fault, root: Path) -> Fault:
    path = Path(fault.file).absolute()
    inside = fault.file not in ("", PROJECT_FILE) and path.is_relative_to(root.absolute())
    return replace(fault, file=path.relative_to(root.absolute()).as_posix()) if inside else fault


def _plan(project: Project, records: Records, measures: tuple[Measure, ...]) -> Plan:
    source, found = describe_source(records)
    faults = [fault if fault.file else at_records(fault, records) for fault in found]
    conditions = {}
    for measure in measures:
        faults += [*_denominator_faults(project, measure), *_group_faults(project, measure)]
        faults += [*_column_faults(measure, source), *_people_faults(records, measure)]
        where, where_faults = _filter(measure, "where", measure.where, source)
        among, among_faults = _filter(measure, "among", measure.among, source)
        faults += [*where_faults, *among_faults, *person_faults(records, measure, where, among)]
        conditions[measure.indicator] = (both(among, both(where, also(measure))), among)
    link, notes, link_faults = build_link(project, records)
    raise_any([*faults, *_own_faults(records, source), *link_faults])
    for measure in measures:
        if measure.kind == "ratio" and measure.of:
            own = parse_filter(measure.where)
            pair = (both(own, conditions[name][0]) for name in (measure.of, measure.to))
            conditions[measure.indicator] = (next(pair), next(pair))
    needs = {m.indicator: _need(records, m, conditions[m.indicator]) for m in measures}
    read = {
        (m.indicator, column): reading(m, conditions[m.indicator][0], column)
        for m in measures
        for column in number_columns(m)
    }
    table, files = (source, ()) if isinstance(source, Stored) else ((), source)
    query = Query(table, link, asks(conditions, needs, read), records.date, records.key)
    return Plan(records, measures, conditions, query, notes, files, needs, read)


def _need(records: Records, measure: Measure, conditions: tuple[Condition, Condition]) -> Need:
    """What a measure needs, and of people how much a single record adds to it."""
    wanted = need(measure, *conditions)
    if not records.about_people:
        return wanted
    return replace(wanted, tallies={**wanted.tallies, **contributions(measure, conditions[0])})


def _group_faults(project: Project, measure: Measure) -> list[Fault]:
    return [at_measure(fault, measure) for fault in group_faults(project, measure)]


def _people_faults(records: Records, measure: Measure) -> list[Fault]:
    """Different people can't be dealt out between areas: nobody knows who of them lives where."""
    if measure.kind != "distinct" or to_move(records) is None:
        return []
    what = f"the people of {measure.indicator!r} can't be dealt out to other areas by shares"
    remedy = "Write `fit: best` in the lookup, or link the records by point or postcode."
    path = ("measures", measure.indicator, "kind")
    return [at_measure(Fault("MEASURE-KEY", what, remedy, path=path), measure)]


def _filter(measure: Measure, which: str, text: str, source: Source) -> tuple[Condition, list[Fault]]:
    """A filter of a measure, and its faults, placed where the filter is written."""
    path = ("measures", measure.indicator, which)
    try:
        condition = parse_filter(text)
    except CommonwealError as error:
        found = error.faults
        condition = EVERY
    else:
        found = tuple(
            replace(fault, what=f"{fault.what} in {Path(fault.file).name}") if fault.file else fault
            for fault in column_faults(source, columns_of(condition), "FILTER-COLUMN")
        )
    return condition, [replace(at_measure(fault, measure), path=path) for fault in found]


def _denominator_faults(project: Project, measure: Measure) -> list[Fault]:
    needed = measure.kind in ("rate", *BY_GROUP) or (measure.kind == "distinct" and measure.denominator)
    if not needed:
        return []
    there = sorted(set(project.denominators["name"])) if project.denominators.height else []
    if measure.denominator in there:
        return []
    what = (
        f"denominator {measure.denominator!r} of {measure.indicator!r} is not in the project"
        if measure.denominator
        else f"{measure.kind.replace('_', ' ')} {measure.indicator!r} has no denominator"
    )
    remedy = f"Use one of: {', '.join(there)}." if there else "Add it under denominators."
    return [Fault("MEASURE-DENOMINATOR", what, remedy, path=("measures", measure.indicator, "denominator"))]


def _own_faults(records: Records, source: Source) -> list[Fault]:
    """What is wrong with a source whatever is measured: its dates, and the columns it names."""
    path = ("records", records.name)
    link = columns_of_link(records.link)
    person = records.person.column if records.person else ""
    named = [column for column in (records.key, records.date, person, *link, *records.types) if column]
    faults = [_placed(fault, records) for fault in column_faults(source, named, "RECORDS-COLUMN")]
    faults += [at_records(fault, records) for fault in folder_faults(records, source)]
    if not records.date and not records.period:
        what = f"nothing says when the records of {records.name!r} happened"
        remedy = "Name the column with `date:`, or the period of the whole source with `period:`."
        faults.append(Fault("PERIOD-UNKNOWN", what, remedy, path=path))
    return faults


def _placed(fault: Fault, records: Records) -> Fault:
    """A fault of a column, at the source in the project where its lines are known, else at the file."""
    path = ("records", records.name)
    if not records.line:
        return replace(fault, path=path)
    what = f"{fault.what} in {Path(fault.file).name}" if fault.file else fault.what
    return replace(at_records(fault, records), what=what, path=path)
