"""What each published figure about people counts: from a project and its records to sources of a system."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import polars as pl

from commonweal.model.period import Period
from commonweal.model.project import Project
from commonweal.model.source import Measure
from commonweal.sources.collect import Collected
from commonweal.sources.dates import months
from commonweal.sources.filter import AllOf, AnyOf, Compare, Empty
from commonweal.sources.measure.gather import Counted
from commonweal.sources.measure.kinds import KINDS
from commonweal.sources.protect.overlaps import Source

#: Below minus this there is no number: to be at least as much is to be a number at all.
FAR: Final = 1e300
#: What sets the sources of tables apart from those of records.
TABLE: Final = "table: "


def record_sources(project: Project, collected: Collected, exact: pl.DataFrame) -> list[Source]:
    """A source for each source of records about people; `exact` holds their observations, with `row#`."""
    measures = {measure.indicator: measure for measure in project.measures}
    found = []
    for records in sorted((r for r in project.records if r.about_people), key=lambda r: r.name):
        rows = exact.filter(pl.col("source") == records.name)
        cells = rows.select("indicator", "period").unique().sort("indicator", "period").rows()
        counts = {cell: _of_some(collected.figures[cell], measures[cell[0]]) for cell in cells}
        ledger = collected.ledger.filter(pl.col("source") == records.name)
        fates = dict(ledger.select("fate", "records").iter_rows())
        found.append(Source(records.name, rows, counts, fates))
    return found


def _of_some(counted: Counted, measure: Measure) -> Counted:
    """What is counted where a measure leaves out records that meet its conditions.

    A mean is of those that have a number, a standardised figure of those whose group is known.
    """
    numbers = tuple(Compare(column, ">=", -FAR) for column in (measure.value, measure.over) if column)
    if numbers and not counted.people:
        return replace(counted, base=AllOf((counted.base, *numbers)))
    if counted.grouped is None:
        return counted
    own = tuple(AllOf((counted.numerator, group)) for group in counted.grouped.conditions)
    told = replace(counted.grouped, conditions=own) if KINDS[measure.kind].expected else None
    return replace(counted, numerator=AnyOf(own), grouped=told)


def table_sources(exact: pl.DataFrame) -> list[Source]:
    """A source for each indicator of tables about people: nothing says how it overlaps with another."""
    found = []
    for (indicator,), rows in exact.group_by("indicator", maintain_order=True):
        base, name, counts = Empty("base"), f"{TABLE}{indicator}", {}
        for label in rows["period"].unique().sort():
            inside = AllOf((base, Empty("count"))) if KINDS[rows["kind"][0]].complement else Empty("count")
            counts[str(indicator), label] = Counted(name, inside, base, months(Period.parse(label)))
        found.append(Source(name, rows, counts, public_base=False))
    return found


def apart(source: Source) -> Source:
    """The same source, if its figures have nothing to do with each other but what one observation says.

    For figures that can't be sums of the same records: numbers at a date, or moved between areas.
    """
    counts = {}
    for (indicator, label), count in source.counts.items():
        base = Empty(f"base {indicator} {label}")
        inside = Empty(f"count {indicator} {label}")
        kept = AllOf((base, inside)) if count.base != count.numerator else inside
        counts[indicator, label] = _by_groups(
            Counted(source.name, kept, base, count.months), count, f"group {indicator} {label}"
        )
    return Source(source.name, source.rows, counts, public_base=source.public_base)


def _by_groups(own: Counted, count: Counted, column: str) -> Counted:
    """With groups of its own, which nothing but those expected of it is made of."""
    if count.grouped is None:
        return own
    groups = tuple(
        AllOf((own.numerator, Compare(column, "=", str(i)))) for i, _ in enumerate(count.grouped.conditions)
    )
    return replace(own, numerator=AnyOf(groups), grouped=replace(count.grouped, conditions=groups))
