"""How the columns that measures read numbers and groups from turn out: what is no number, or of no group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from commonweal.errors import Fault
from commonweal.model.project import PROJECT_FILE, Project
from commonweal.model.source import Measure
from commonweal.sources.filter import EVERY, Condition, Empty, both
from commonweal.sources.measure.form import group_columns, places
from commonweal.sources.measure.strata import BY_GROUP, strata
from commonweal.sources.plan import Plan
from commonweal.sources.query import Totals

#: Where less than this share of the cells can be used, the column is taken for the wrong one.
LEAST_SHARE: Final = 0.5
_READ: Final = ("filled", "read", "longer")
#: Of records about people, so few are not told as a number.
_FEW: Final = 8


def reading_faults(project: Project, plan: Plan, totals: Totals) -> list[Fault]:
    """MEASURE-VALUE and MEASURE-GROUPS, where most cells of a column say nothing that can be used."""
    faults = []
    for measure in plan.measures:
        for column, of, read, _ in _numbers(plan, totals, measure):
            if of and read < LEAST_SHARE * of:
                what = f"{read:,} of {of:,} filled cells of {column!r} hold a number"
                remedy = "Name another column, or write plain numbers: 12.50, with no unit and no comma."
                faults.append(_at(measure, "MEASURE-VALUE", what, remedy, "value"))
        of, placed = _placed(project, plan, totals, measure)
        if of and placed < LEAST_SHARE * of:
            columns = " and ".join(column for _, column in measure.by)
            what = f"{placed:,} of {of:,} records of {measure.indicator!r} have a group by {columns}"
            remedy = "Write groups as the denominators do, or ages as whole numbers."
            faults.append(_at(measure, "MEASURE-GROUPS", what, remedy, "by"))
    return faults


def reading_notes(project: Project, plan: Plan, totals: Totals) -> Iterator[str]:
    """What was left out of measures because a cell is empty, is no number, or is of no group."""
    for measure in plan.measures:
        for column, filled, read, longer in _numbers(plan, totals, measure):
            counted = plan.tallied(totals, plan.reading[measure.indicator, column]["records"])
            yield from _left_out(plan, measure, counted - filled, f"{column} is empty")
            yield from _left_out(plan, measure, filled - read, f"{column} is not a number")
            if longer:
                places, half = measure.decimals, 0.5 * 10.0**-measure.decimals
                text = (
                    f"{column} is read to {places} decimals, so figures are exact to {half:.{places + 1}f}."
                )
                yield f"{measure.indicator}: {text}"
        of, placed = _placed(project, plan, totals, measure)
        yield from _left_out(plan, measure, of - placed, f"they are of no group of {measure.denominator}")


def usable(project: Project, plan: Plan, totals: Totals, measure: Measure) -> Condition:
    """What a record has to meet beside the filters: to have a number, or a group, where one is read.

    Where all have, every record meets it. The columns it names are none of the source: all it says is that
    measures which read the same columns leave out the same records.
    """
    asked: Condition = EVERY
    for column, *_ in _numbers(plan, totals, measure):
        tallies = plan.reading[measure.indicator, column]
        if plan.tallied(totals, tallies["read"]) < plan.tallied(totals, tallies["records"]):
            asked = both(asked, Empty(f"numbers of {column} to {measure.decimals} decimals"))
    of, placed = _placed(project, plan, totals, measure)
    if placed < of:
        groups = ", ".join(column for _, column in measure.by)
        asked = both(asked, Empty(f"groups of {measure.denominator} by {groups}"))
    return asked


def _left_out(plan: Plan, measure: Measure, count: int, why: str) -> Iterator[str]:
    records = plan.records
    number = "some" if records.about_people and count < _FEW else f"{count:,}"
    if count:
        yield f"{measure.indicator}: {number} record{'s' * (count > 1)} left out, since {why}."


def _numbers(plan: Plan, totals: Totals, measure: Measure) -> Iterator[tuple[str, int, int, int]]:
    """For each column of numbers: its filled cells, those with a number, those with more decimals."""
    for (indicator, column), tallies in plan.reading.items():
        if indicator == measure.indicator:
            filled, read, longer = (plan.tallied(totals, tallies[name]) for name in _READ)
            yield column, filled, read, longer


def _placed(project: Project, plan: Plan, totals: Totals, measure: Measure) -> tuple[int, int]:
    """How many records of a measure by group there are, and how many of them have one."""
    if measure.kind not in BY_GROUP:
        return 0, 0
    held, _ = strata(project, measure, project.areas.codes, ())
    summed = plan.cells(totals, measure).group_by(group_columns(measure)).agg(pl.col("numerator").sum())
    there = places(measure, summed, held) >= 0
    return int(summed["numerator"].sum()), int(summed["numerator"].to_numpy()[there].sum())


def _at(measure: Measure, code: str, what: str, remedy: str, key: str) -> Fault:
    file = PROJECT_FILE if measure.line else ""
    return Fault(code, what, remedy, file, measure.line, ("measures", measure.indicator, key))
