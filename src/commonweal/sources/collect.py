"""Records of a project to observations: every source is read once for all of its measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from commonweal.errors import Fault, raise_any
from commonweal.model.lookup import MOVED
from commonweal.model.observation import SCHEMA, Observations
from commonweal.model.period import Period
from commonweal.model.project import Project
from commonweal.model.source import Records
from commonweal.report import Report
from commonweal.sources.backends.chosen import engine_of
from commonweal.sources.columns import columns_of_plan
from commonweal.sources.dates import covered_months, read_dates, targets
from commonweal.sources.ledger import (
    COUNTED,
    DIFFERING,
    IDENTICAL,
    NO_DATE,
    OUT_OF_PERIOD,
    UNLINKED,
    UNREADABLE,
    Fates,
    ledger,
)
from commonweal.sources.link.dealt import dealt_line
from commonweal.sources.link.transfer import move, moved, to_move
from commonweal.sources.measure.amounts import AMOUNTS
from commonweal.sources.measure.gather import Counted, gather, numbered, stretches
from commonweal.sources.measure.reads import reading_faults, reading_notes
from commonweal.sources.measure.times import Times, going_back
from commonweal.sources.people import keyed
from commonweal.sources.plan import Plan, plan_all, relative_to
from commonweal.sources.query import Backend, Totals, Unlinked
from commonweal.sources.read.room import room
from commonweal.sources.read.stage import ready
from commonweal.sources.suspect import by_text, faults, order_line


@dataclass(frozen=True, slots=True, eq=False)
class Collected:
    """What the records of a project say: exact, and not yet fit to be seen by anyone else."""

    counted: Observations
    ledger: pl.DataFrame
    notes: tuple[str, ...] = ()
    #: source -> its dates that can't be read, as written (None: no date)
    undated: Mapping[str, frozenset[str | None]] = field(default_factory=dict)
    #: source -> the columns of its records that were asked about
    asked: Mapping[str, frozenset[str]] = field(default_factory=dict)
    #: which figures came from other areas, and how sure each is, with the columns of `MOVED`
    moved: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=MOVED))
    #: indicator and period -> what its figures count
    figures: Mapping[tuple[str, str], Counted] = field(default_factory=dict)
    #: the indicators (or helpers) and periods that are only there for other measures to be made of
    aside: frozenset[tuple[str, str]] = frozenset()
    #: what means, sums and ratios about people are made of, with the columns of `AMOUNTS`
    amounts: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=AMOUNTS))
    #: what only the analyst may hear, since its numbers are exact
    exact: tuple[str, ...] = ()
    #: what may be a slip of the project, for whoever builds it
    doubts: tuple[str, ...] = ()


def collect(project: Project, *, report: Report | None = None, backend: Backend | None = None) -> Collected:
    """Count the records of every source of `project` and form its measures.

    `report` hears what is being read. `backend` takes the place of the engine that each source names. Every
    fault of every source is found before the first record is read, except those that only records show:
    FILTER-EMPTY, MEASURE-GROUPS, MEASURE-VALUE, RECORDS-UNDATED, RECORDS-UNLINKED, SCRATCH-FULL. Raises
    PERIOD-UNKNOWN, RECORDS-COLUMN, RECORDS-EMPTY, RECORDS-UNREADABLE, RECORDS-PART, FILE-…, RECORDS-LINK,
    LINK-CRS, PATH-VARIABLE, RECORDS-PERSON, MEASURE-DENOMINATOR, MEASURE-GROUPS, MEASURE-KEY, FILTER-SYNTAX,
    FILTER-NOT-ALLOWED, FILTER-COLUMN.
    """
    plans = plan_all(project)
    written = {plan.records.name: (plan.records, plan.written) for plan in plans}
    gathered, fates, notes = [], [], []
    back = going_back(project.measures)
    found: list[Fault] = []
    undated, asked = {}, {}
    exact: list[str] = []
    doubts: list[str] = []
    for plan in plans:
        if report is not None:
            report(f"reading {plan.records.name}")
        with (
            relative_to(project.root),
            room(project.root) as scratch,
            ready(plan.written, scratch, keyed(plan.records, plan.measures, written)) as files,
        ):
            plan = plan.on(files)
            engine = backend or engine_of(plan.records)
            totals = files.told(engine(plan.query, scratch=scratch))
            times = _times(project, plan.records, totals, back)
            more = plan.people(numbered(times, stretches(plan, times)))
            people = engine(more, scratch=scratch) if more else None
            fate = _fates(plan, totals, times, project.areas.codes)
            # these look at the files again, which may be gone after this
            found += [*faults(plan, totals, fate, project.areas), *reading_faults(project, plan, totals)]
        undated[plan.records.name] = frozenset(totals.cells["at"]) - times.spans.keys()
        asked[plan.records.name] = columns_of_plan(plan)
        formed = gather(project, plan, times, totals, people)
        gathered.append(formed)
        fates.append(fate)
        exact += _dealt(plan, totals, times, project.areas.codes)
        doubts += order_line(plan, totals)
        notes += [*(f"{plan.records.name}: {note}" for note in plan.notes), *_row_notes(plan, totals)]
        notes += [*formed.notes, *reading_notes(project, plan, totals)]
    raise_any(found)
    rows = pl.concat([pl.DataFrame(schema=SCHEMA), *(part.frame for part in gathered)])
    return Collected(
        counted=Observations(rows),
        ledger=ledger(fates),
        notes=tuple(notes),
        undated=undated,
        asked=asked,
        moved=moved(project, rows),
        figures={cell: counted for part in gathered for cell, counted in part.counted.items()},
        aside=frozenset().union(*(part.aside for part in gathered)),
        amounts=pl.concat([pl.DataFrame(schema=AMOUNTS), *(part.amounts for part in gathered)]),
        exact=tuple(exact),
        doubts=tuple(doubts),
    )


def _dealt(plan: Plan, totals: Totals, times: Times, areas: tuple[str, ...]) -> list[str]:
    lookup = to_move(plan.records)
    if lookup is None:
        return []
    counted = (pl.col("area") >= 0) & pl.col("at").is_in(times.kept(plan.measures), nulls_equal=True)
    return [dealt_line(plan.records.name, totals.cells.filter(counted), lookup, areas)]


def _times(project: Project, records: Records, totals: Totals, back: Mapping[str, frozenset[int]]) -> Times:
    spans = _spans(records, totals)
    wanted = targets(project.periods, spans.values())
    covered = covered_months(map(Period.parse, records.covers) if records.covers else spans.values())
    return Times(spans, wanted, covered, back)


def _spans(records: Records, totals: Totals) -> Mapping[str | None, Period]:
    """The span of each date as written; a source without dates has one span, its own period."""
    if not records.date:
        return {None: Period.parse(records.period)}
    return dict(read_dates(by_text(totals), records.month_first).spans.items())


def _row_notes(plan: Plan, totals: Totals) -> list[str]:
    if not totals.unreadable:
        return []
    places = ", ".join(f"{place.file.name}:{place.line}" for place in totals.where)
    more = " and more" if totals.unreadable > len(totals.where) else ""
    return [f"{plan.records.name}: rows that can't be taken apart into columns: {places}{more}."]


def _fates(plan: Plan, totals: Totals, times: Times, areas: tuple[str, ...]) -> Fates:
    """One fate for every record: the first that fits of date, period and area, else counted."""
    spans, kept = times.spans, times.kept(plan.measures)
    at, area = pl.col("at"), pl.col("area")
    fate = (
        pl.when(~at.is_in(list(spans), nulls_equal=True))
        .then(pl.lit(NO_DATE))
        .when(~at.is_in(kept, nulls_equal=True))
        .then(pl.lit(OUT_OF_PERIOD))
        .when(area < 0)
        .then(area.replace_strict(UNLINKED, default=COUNTED, return_dtype=pl.String))
        .otherwise(pl.lit(COUNTED))
    )
    fated = totals.cells.group_by("area", fate.alias("fate")).agg(pl.col("records").sum())
    if lookup := to_move(plan.records):
        counted = pl.col("fate") == COUNTED
        dealt = move(fated.filter(counted), ["records"], lookup, areas)
        elsewhere = pl.when(area < 0).then(pl.lit(UNLINKED[Unlinked.ELSEWHERE])).otherwise("fate")
        fated = pl.concat([fated.filter(~counted), dealt.with_columns(elsewhere.alias("fate"))])
    met = dict(fated.group_by("fate").agg(pl.col("records").sum()).rows())
    aside = {IDENTICAL: totals.identical, DIFFERING: totals.differing, UNREADABLE: totals.unreadable}
    return Fates(plan.records.name, {**met, **{name: count for name, count in aside.items() if count}})
