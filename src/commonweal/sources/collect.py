"""Records of a project to observations: every source is read once for all of its measures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from commonweal.errors import Fault, raise_any
from commonweal.model.observation import SCHEMA, Observations
from commonweal.model.period import Period
from commonweal.model.project import Project
from commonweal.model.source import Measure, Records
from commonweal.sources.dates import covered_months, inside, read_dates, targets
from commonweal.sources.filter import EVERY, Condition
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
from commonweal.sources.measure import Counts, denominators_for, observations, share_covered
from commonweal.sources.plan import Plan, plan_all, relative_to
from commonweal.sources.query import Backend, Totals
from commonweal.sources.suspect import faults

Report = Callable[[str], None]

#: Where an engine may put what does not fit in memory; never in what is published.
SCRATCH: Final = ".commonweal/scratch"


@dataclass(frozen=True, slots=True, eq=False)
class Collected:
    """What the records of a project say: exact, and not yet fit to be seen by anyone else."""

    counted: Observations
    ledger: pl.DataFrame
    notes: tuple[str, ...] = ()


def collect(project: Project, *, report: Report | None = None, backend: Backend | None = None) -> Collected:
    """Count the records of every source of `project` and form its measures.

    `report` hears what is being read. `backend` is the engine, DuckDB if none is given. Every fault of
    every source is found before the first record is read, except those that only records show: FILTER-EMPTY,
    RECORDS-UNDATED, RECORDS-UNLINKED. Raises PERIOD-UNKNOWN, RECORDS-COLUMN, RECORDS-EMPTY,
    RECORDS-UNREADABLE, RECORDS-LINK, LINK-CRS, MEASURE-DENOMINATOR, FILTER-SYNTAX, FILTER-NOT-ALLOWED,
    FILTER-COLUMN.
    """
    plans = plan_all(project)
    engine = backend or _duckdb()
    scratch = project.root / SCRATCH
    frames, fates, notes = [], [], []
    found: list[Fault] = []
    for plan in plans:
        if report is not None:
            report(f"reading {plan.records.name}")
        with relative_to(project.root):
            totals = engine(plan.query, scratch=scratch)
        table, fate, said = _count(project, plan, totals)
        frames.append(table)
        fates.append(fate)
        found += faults(plan, totals, fate)
        notes += [f"{plan.records.name}: {note}" for note in (*plan.notes, *said)]
    raise_any(found)
    rows = pl.concat([pl.DataFrame(schema=SCHEMA), *frames])
    return Collected(Observations(rows), ledger(fates), tuple(notes))


def _duckdb() -> Backend:
    from commonweal.sources.backends import duckdb

    return duckdb.total


def _count(project: Project, plan: Plan, totals: Totals) -> tuple[pl.DataFrame, Fates, list[str]]:
    """The observations of a source, the fates of its records, and what the reader should know."""
    records = plan.records
    spans = _spans(records, totals.cells)
    wanted = targets(project.periods, spans.values())
    covered = covered_months(map(Period.parse, records.covers) if records.covers else spans.values())
    notes = _row_notes(totals)
    tables = [pl.DataFrame(schema=SCHEMA)]
    for measure in plan.measures:
        for period in wanted:
            share = share_covered(period, covered)
            if share < 1:
                notes += _part_covered(measure, period, share)
            if share == 1 or (share > 0 and measure.annualise):
                counts = _counts(plan, measure, period, share, totals.cells, spans)
                denominators, said = _denominators(project, measure, period)
                tables.append(observations(measure, counts, project.areas.codes, denominators))
                notes += said
    return pl.concat(tables), _fates(plan, totals, spans, wanted), notes


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
) -> Counts:
    numerator, base = plan.conditions[measure.indicator]
    within = [text for text, span in spans.items() if inside(span, period)]
    here = cells.filter((pl.col("area") >= 0) & pl.col("at").is_in(within, nulls_equal=True))
    size = len(plan.query.link.codes)

    def by_area(condition: Condition) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        index = plan.query.conditions.index(condition) if condition != EVERY else -1
        column = f"c{index}" if index >= 0 else "records"
        counted = np.zeros(size, dtype=np.int64)
        np.add.at(counted, here["area"].to_numpy(), here[column].to_numpy())
        return counted

    return Counts(period, by_area(numerator), by_area(base) if measure.kind == "percentage" else None, share)


def _denominators(
    project: Project, measure: Measure, period: Period
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]] | None, list[str]]:
    if measure.kind != "rate":
        return None, []
    table = project.denominators.filter(pl.col("name") == measure.denominator)
    found, older = denominators_for(table, project.areas.codes, period)
    said = [
        f"{measure.indicator}, {period}: the {measure.denominator} of {label} is used for {areas} areas."
        for label, areas in sorted(older.items())
    ]
    if lacking := int((~(found > 0)).sum()):
        said.append(f"{measure.indicator}, {period}: {lacking} areas have no {measure.denominator}: missing.")
    return found, said


def _part_covered(measure: Measure, period: Period, share: float) -> list[str]:
    size = len(period.months)
    held = round(share * size)
    if not held:
        return []
    outcome = "scaled up to the whole" if measure.annualise else "missing"
    return [f"{measure.indicator}, {period}: records cover {held} of {size} months: {outcome}."]


def _row_notes(totals: Totals) -> list[str]:
    if not totals.unreadable:
        return []
    places = ", ".join(f"{place.file.name}:{place.line}" for place in totals.where)
    more = " and more" if totals.unreadable > len(totals.where) else ""
    return [f"rows that can't be taken apart into columns: {places}{more}."]


def _fates(
    plan: Plan, totals: Totals, spans: Mapping[str | None, Period], wanted: tuple[Period, ...]
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
    met = dict(totals.cells.group_by(fate.alias("fate")).agg(pl.col("records").sum()).rows())
    aside = {IDENTICAL: totals.identical, DIFFERING: totals.differing, UNREADABLE: totals.unreadable}
    return Fates(plan.records.name, {**met, **{name: count for name, count in aside.items() if count}})
