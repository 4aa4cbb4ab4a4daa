"""Records of a project to observations: every source is read once for all of its measures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from commonweal.errors import Fault, raise_any
from commonweal.model.lookup import MOVED
from commonweal.model.observation import SCHEMA, Observations
from commonweal.model.period import Period
from commonweal.model.project import Project
from commonweal.model.source import Measure, Records
from commonweal.sources.backends.chosen import engine_of
from commonweal.sources.dates import covered_months, inside, read_dates, targets
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
from commonweal.sources.link.transfer import move, moved, to_move
from commonweal.sources.measure.observe import Counts, denominators_for, observations, share_covered
from commonweal.sources.plan import Plan, plan_all, relative_to
from commonweal.sources.query import Backend, Totals, Unlinked, columns_asked
from commonweal.sources.read.stage import ready, scratch_folder
from commonweal.sources.suspect import faults

Report = Callable[[str], None]
#: Indicator, period, and what is true of it.
Note = tuple[str, str, str]


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


def collect(project: Project, *, report: Report | None = None, backend: Backend | None = None) -> Collected:
    """Count the records of every source of `project` and form its measures.

    `report` hears what is being read. `backend` takes the place of the engine that each source names. Every
    fault of every source is found before the first record is read, except those that only records show:
    FILTER-EMPTY, RECORDS-UNDATED, RECORDS-UNLINKED, SCRATCH-FULL. Raises PERIOD-UNKNOWN, RECORDS-COLUMN,
    RECORDS-EMPTY, RECORDS-UNREADABLE, RECORDS-PART, FILE-…, RECORDS-LINK, LINK-CRS, MEASURE-DENOMINATOR,
    FILTER-SYNTAX, FILTER-NOT-ALLOWED, FILTER-COLUMN.
    """
    plans = plan_all(project)
    frames, fates, notes = [], [], []
    found: list[Fault] = []
    undated, asked = {}, {}
    for plan in plans:
        if report is not None:
            report(f"reading {plan.records.name}")
        with (
            relative_to(project.root),
            scratch_folder(project.root) as scratch,
            ready(plan.written, scratch) as files,
        ):
            plan = plan.on(files)
            engine = backend or engine_of(plan.records)
            totals = files.told(engine(plan.query, scratch=scratch))
            table, fate, said = _count(project, plan, totals)
            found += faults(plan, totals, fate, project.areas)
        undated[plan.records.name] = frozenset(totals.cells["at"]) - _spans(plan.records, totals.cells).keys()
        asked[plan.records.name] = columns_asked(plan.query)
        frames.append(table)
        fates.append(fate)
        notes += [*(f"{plan.records.name}: {note}" for note in plan.notes), *said]
    raise_any(found)
    rows = pl.concat([pl.DataFrame(schema=SCHEMA), *frames])
    came = moved(project, rows)
    return Collected(Observations(rows), ledger(fates), tuple(notes), undated, asked, came)


def _count(project: Project, plan: Plan, totals: Totals) -> tuple[pl.DataFrame, Fates, list[str]]:
    """The observations of a source, the fates of its records, and what the reader should know."""
    records = plan.records
    spans = _spans(records, totals.cells)
    wanted = targets(project.periods, spans.values())
    covered = covered_months(map(Period.parse, records.covers) if records.covers else spans.values())
    notes: list[Note] = []
    tables = [pl.DataFrame(schema=SCHEMA)]
    for measure in plan.measures:
        for period in wanted:
            share = share_covered(period, covered)
            if share < 1:
                notes += _part_covered(measure, period, share)
            if share == 1 or (share > 0 and measure.annualise):
                counts = _counts(plan, measure, period, share, totals.cells, spans, project.areas.codes)
                denominators, said = _denominators(project, measure, period)
                tables.append(observations(measure, counts, project.areas.codes, denominators))
                notes += said
    fates = _fates(plan, totals, spans, wanted, project.areas.codes)
    return pl.concat(tables), fates, [*_row_notes(records.name, totals), *_together(notes)]


def _together(notes: list[Note]) -> list[str]:
    """Each thing that is to be said of an indicator once, with all periods it is true of.

    >>> _together([("crime", "2016", "is missing."), ("crime", "2017", "is missing.")])
    ['crime, 2016 and 2017: is missing.']
    """
    periods: dict[tuple[str, str], list[str]] = {}
    for indicator, label, text in notes:
        periods.setdefault((indicator, text), []).append(label)
    return [
        f"{indicator}, {', '.join(labels[:-1])}{' and ' * (len(labels) > 1)}{labels[-1]}: {text}"
        for (indicator, text), labels in periods.items()
    ]


def _spans(records: Records, cells: pl.DataFrame) -> Mapping[str | None, Period]:
    """The span of each date as written; a source without dates has one span, its own period."""
    if not records.date:
        return {None: Period.parse(records.period)}
    by_text = cells.group_by("at").agg(pl.col("records").sum()).drop_nulls("at").sort("at")
    spans = read_dates(dict(by_text.rows())).spans
    return dict(spans.items())


def _counts(
    plan: Plan,
    measure: Measure,
    period: Period,
    share: float,
    cells: pl.DataFrame,
    spans: Mapping[str | None, Period],
    areas: tuple[str, ...],
) -> Counts:
    numerator, base = plan.conditions[measure.indicator]
    within = [text for text, span in spans.items() if inside(span, period)]
    here = cells.filter((pl.col("area") >= 0) & pl.col("at").is_in(within, nulls_equal=True))
    columns = {"numerator": plan.column(numerator), "base": plan.column(base)}
    totals = here.group_by("area").agg(pl.col(column).sum().alias(name) for name, column in columns.items())
    if lookup := to_move(plan.records):
        totals = move(totals, list(columns), lookup, areas, {"numerator": "base"})
    totals = totals.filter(pl.col("area") >= 0)

    def by_area(name: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        counted = np.zeros(len(areas), dtype=np.int64)
        counted[totals["area"].to_numpy()] = totals[name].to_numpy()
        return counted

    return Counts(
        period, by_area("numerator"), by_area("base") if measure.kind == "percentage" else None, share
    )


def _denominators(
    project: Project, measure: Measure, period: Period
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]] | None, list[Note]]:
    if measure.kind != "rate":
        return None, []
    table = project.denominators.filter(pl.col("name") == measure.denominator)
    found, older = denominators_for(table, project.areas.codes, period)
    said = [
        f"the {measure.denominator} of {label} is used for {_areas(areas)}."
        for label, areas in sorted(older.items())
    ]
    if lacking := int((~(found > 0)).sum()):
        said.append(f"{measure.denominator} is not known for {_areas(lacking)}: missing.")
    return found, [(measure.indicator, period.label, text) for text in said]


def _areas(count: int) -> str:
    return f"{count} area{'s' * (count != 1)}"


def _part_covered(measure: Measure, period: Period, share: float) -> list[Note]:
    size = len(period.months)
    held = round(share * size)
    if not held:
        return []
    outcome = "scaled up to the whole" if measure.annualise else "missing"
    return [(measure.indicator, period.label, f"records cover {held} of {size} months: {outcome}.")]


def _row_notes(source: str, totals: Totals) -> list[str]:
    if not totals.unreadable:
        return []
    places = ", ".join(f"{place.file.name}:{place.line}" for place in totals.where)
    more = " and more" if totals.unreadable > len(totals.where) else ""
    return [f"{source}: rows that can't be taken apart into columns: {places}{more}."]


def _fates(
    plan: Plan,
    totals: Totals,
    spans: Mapping[str | None, Period],
    wanted: tuple[Period, ...],
    areas: tuple[str, ...],
) -> Fates:
    """One fate for every record: the first that fits of date, period and area, else counted."""
    kept = [text for text, span in spans.items() if any(inside(span, period) for period in wanted)]
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
