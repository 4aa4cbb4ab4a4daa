"""What each published figure about people counts: from a project and its records to sources of a system."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from commonweal.model.period import Period
from commonweal.model.project import Project
from commonweal.model.source import Records
from commonweal.sources.collect import Collected
from commonweal.sources.dates import months
from commonweal.sources.filter import EVERY, AllOf, Empty
from commonweal.sources.ledger import COUNTED
from commonweal.sources.measure.kinds import KINDS
from commonweal.sources.protect.overlaps import Count, Source

#: What sets the sources of tables apart from those of records.
TABLE: Final = "table: "


def about_people(records: Records) -> bool:
    """Whether a source's figures must be protected: about persons or households, not yet published."""
    return records.subject != "thing" and not records.published


def record_sources(project: Project, collected: Collected, exact: pl.DataFrame) -> list[Source]:
    """A source for each source of records about people; `exact` holds their observations, with `row#`."""
    found = []
    for records in sorted(filter(about_people, project.records), key=lambda r: r.name):
        rows = exact.filter(pl.col("source") == records.name)
        counts = {}
        for indicator, label in (
            rows.select("indicator", "period").unique().sort("indicator", "period").rows()
        ):
            held = collected.figures[indicator, label]
            counts[indicator, label] = Count(held.numerator, held.base, held.months, held.people)
        ledger = collected.ledger.filter(pl.col("source") == records.name)
        fates = dict(ledger.select("fate", "records").iter_rows())
        found.append(Source(records.name, rows, counts, fates, _whole(rows, counts, fates)))
    return found


def _whole(rows: pl.DataFrame, counts: Mapping[tuple[str, str], Count], fates: Mapping[str, int]) -> bool:
    """Whether the periods of an indicator that counts every record hold all records that were counted."""
    size = pl.col("period").str.len_chars()  # 2016, 2015/16 and 2016-Q2, 2016-04: never both kinds in one
    for (indicator, _), part in rows.group_by("indicator", size, maintain_order=True):
        kind = KINDS[part["kind"][0]]
        for role, column, counted in (
            ("numerator", "numerator", kind.numerator),
            ("base", "denominator", kind.denominator),
        ):
            conditions = {getattr(counts[str(indicator), label], role) for label in part["period"].unique()}
            if counted and conditions == {EVERY} and part[column].sum() == fates.get(COUNTED):
                return True
    return False


def table_sources(exact: pl.DataFrame) -> list[Source]:
    """A source for each indicator of tables about people: nothing says how it overlaps with another."""
    found = []
    for (indicator,), rows in exact.group_by("indicator", maintain_order=True):
        base = Empty("base")
        counts = {}
        for label in rows["period"].unique().sort():
            inside = AllOf((base, Empty("count"))) if KINDS[rows["kind"][0]].complement else Empty("count")
            counts[str(indicator), label] = Count(inside, base, months(Period.parse(label)))
        found.append(Source(f"{TABLE}{indicator}", rows, counts))
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
        counts[indicator, label] = Count(kept, base, count.months)
    return Source(source.name, source.rows, counts)
