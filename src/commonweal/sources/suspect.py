"""What totals give away: links that fail, dates that can't be read, filters that no record meets.

Each would end in a published figure, most often a 0 everywhere, that says nothing of the areas.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Final

import numpy as np
import polars as pl

from commonweal.errors import Fault
from commonweal.model.area import Areas
from commonweal.model.codes import advice
from commonweal.model.project import PROJECT_FILE
from commonweal.model.source import Measure
from commonweal.sources.dates import Slashed, slashed
from commonweal.sources.filter import EVERY, Condition
from commonweal.sources.ledger import COUNTED, NO_DATE, OUT_OF_PERIOD, UNLINKED, Fates, phrase
from commonweal.sources.plan import Plan
from commonweal.sources.query import ByPoint, File, Totals, Unlinked

#: A source of which less than this share finds an area, or has a date that can be read, is a fault.
LEAST_SHARE: Final = 0.5
#: The west, south, east and north ends of points as they are written.
Extent = tuple[float, float, float, float]


def faults(plan: Plan, totals: Totals, fates: Fates, areas: Areas) -> list[Fault]:
    """FILTER-EMPTY, RECORDS-UNDATED and RECORDS-UNLINKED of one source that has been counted."""
    return [*_undated(plan, totals, fates), *_unlinked(plan, fates, areas), *_unmet(plan, totals)]


def _unlinked(plan: Plan, fates: Fates, areas: Areas) -> list[Fault]:
    """A source of the wider region may leave most records outside, but never all of them."""
    lost = {fate: fates.records[fate] for fate in UNLINKED.values() if fates.records.get(fate)}
    linked = fates.records.get(COUNTED, 0)
    records = linked + sum(lost.values())
    if not lost or linked >= LEAST_SHARE * records or (linked and plan.records.wider):
        return []
    why = "; ".join(phrase(fate, count) for fate, count in lost.items())
    what = f"{linked:,} of {records:,} records of {plan.records.name!r} find an area: {why}"
    wider = " Write `wider: true` if the source is about more than these areas." if linked else ""
    remedy = _place_remedy(plan) if isinstance(plan.query.link, ByPoint) else _code_remedy(plan, lost, areas)
    return [_at_records(plan, "RECORDS-UNLINKED", what, f"{remedy}{wider}", "link")]


def _code_remedy(plan: Plan, lost: Mapping[str, int], areas: Areas) -> str:
    """What the codes look like, or where the table of the link leads; no code is repeated."""
    link = plan.records.link
    if link.table is not None:
        if max(lost, key=lambda fate: lost[fate]) != UNLINKED[Unlinked.ELSEWHERE]:
            return f"Check that {link.column!r} holds what the table of the link has in the column `from:`."
        ends = link.table["area"].drop_nulls().unique()
        found = advice(set(ends) - set(areas.codes), areas) if plan.records.lookup is None else ""
        return f"The table of the link leads to areas of another place, type or vintage. {found}".strip()
    if plan.records.lookup is not None:
        return f"Check that {link.column!r} holds codes of {plan.records.lookup.source}, as `area` says."
    names = "link by lookup, with the areas table as `path`, `from: name` and `to: code`"
    found = advice(_texts(plan.query.files, link.column) - set(areas.codes), areas, names)
    return f"Check that {link.column!r} holds the codes of the areas table. {found}".strip()


def _place_remedy(plan: Plan) -> str:
    link, query = plan.records.link, plan.query.link
    assert isinstance(query, ByPoint)
    extent = _extent(plan.query.files, link.x, link.y)
    if extent is None:
        return f"Check that {link.x!r} and {link.y!r} hold numbers."
    if _lies_on(query, extent, turned=True) and not _lies_on(query, extent):
        first = f"x and y look swapped: write `x: {link.y}, y: {link.x}`."
    elif _lies_on(query, extent):
        first = "Fill in the coordinates that are missing."
    else:
        first = f"Check x, y and `crs`, which is {link.crs} now."
    return f"{first} {_said(extent)}"


def _lies_on(query: ByPoint, extent: Extent, turned: bool = False) -> bool:
    """Whether the middle of the points lies within the outlines' own extent, if need be turned about."""
    import shapely

    middle = [np.array([(extent[0] + extent[2]) / 2]), np.array([(extent[1] + extent[3]) / 2])]
    (east,), (north,) = query.project(*(reversed(middle) if turned else middle))
    west, south, eastern, northern = shapely.total_bounds(query.outlines)
    return bool(west <= east <= eastern and south <= north <= northern)


def _said(extent: Extent) -> str:
    """The extent of all points together, so coarse that it places none of them."""
    west, south, east, north = extent
    step = 1 if max(map(abs, extent)) <= 360 else -3
    ends = [f"{round(end, step):.{max(step, 0)}f}" for end in (west, east, south, north)]
    return f"(Points have x from {ends[0]} to {ends[1]}, y from {ends[2]} to {ends[3]}.)"


def _extent(files: Iterable[File], x: str, y: str) -> Extent | None:
    """The extent of the points in some files; None where there is none."""
    ends = [_extent_of_file(file, x, y) for file in files]
    known = [[end for end in e if end is not None] for e in ends if None not in e]
    if not known:
        return None
    wests, souths, easts, norths = zip(*known, strict=True)
    return min(wests), min(souths), max(easts), max(norths)


def _texts(files: Iterable[File], column: str) -> set[str]:
    """The different texts of a column, trimmed; this only helps to say what is wrong."""
    found: set[str] = set()
    for file in files:
        with suppress(pl.exceptions.PolarsError):
            text = pl.col(column).cast(pl.String).str.strip_chars()
            found |= set(_scan(file, (column,)).select(text.drop_nulls().unique()).collect().to_series())
    return found


def _scan(file: File, columns: tuple[str, ...]) -> pl.LazyFrame:
    """Some columns of a file."""
    if file.kind == "parquet":
        return pl.scan_parquet(file.path, glob=False, hive_partitioning=False)
    return pl.scan_csv(
        file.path,
        glob=False,
        separator=file.delimiter,
        schema={f"#{i}": pl.String for i in range(len(file.columns))},
        has_header=False,
        skip_rows=1,
        encoding="utf8-lossy",
        truncate_ragged_lines=True,
    ).rename({f"#{i}": name for i, name in enumerate(file.columns) if name in columns})


def _extent_of_file(file: File, x: str, y: str) -> tuple[float | None, ...]:
    """West, south, east and north; this only helps to say what is wrong, so a file may be passed over."""
    frame = _scan(file, (x, y))
    number = [
        pl.col(name).cast(pl.String).str.strip_chars().cast(pl.Float64, strict=False) for name in (x, y)
    ]
    usable = [pl.when(n.is_finite()).then(n) for n in number]
    ends = [usable[0].min().alias("w"), usable[1].min().alias("s")]
    ends += [usable[0].max().alias("e"), usable[1].max().alias("n")]
    try:
        return frame.select(ends).collect().row(0)
    except pl.exceptions.PolarsError:
        return (None,)


def _undated(plan: Plan, totals: Totals, fates: Fates) -> list[Fault]:
    """Too few dates that can be read, or an order of day and month by which some are put in a wrong month."""
    dates = slashed(by_text(totals))
    lost = fates.records.get(NO_DATE, 0)
    links = sum(fates.records.get(fate, 0) for fate in UNLINKED.values())
    dated = fates.records.get(COUNTED, 0) + fates.records.get(OUT_OF_PERIOD, 0) + links
    few = lost and dated < LEAST_SHARE * (dated + lost)
    if (few or dates.either) and (turned := _turned(plan, dates)):
        return [_at_records(plan, "RECORDS-UNDATED", *turned, "date")]
    if not few:
        return []
    what = f"{dated:,} of {dated + lost:,} records of {plan.records.name!r} have a date that can be read"
    day = "04/13/2016" if plan.records.month_first else "13/04/2016"
    remedy = f"Write dates as 2016-04-13, {day}, 2016-04, 2016-Q2, 2016 or 2015/16, all of one kind."
    return [_at_records(plan, "RECORDS-UNDATED", what, remedy, "date")]


def _turned(plan: Plan, dates: Slashed) -> tuple[str, str] | None:
    """What is wrong, and the remedy, where dates are written in the other order than they are read in."""
    orders = [("day-first", dates.day_first), ("month-first", dates.month_first)]
    (now, fitting), (other, against) = reversed(orders) if plan.records.month_first else orders
    if against <= fitting:
        return None
    example = "04/13/2016" if other == "month-first" else "13/04/2016"
    what = (
        f"the dates of {plan.records.name!r} look {other}, as in {example}: {against:,} can only be read so,"
    )
    what += f" {fitting:,} only {now}"
    if dates.either:
        what += f", and {dates.either:,} could be either and would be put in a wrong month"
    return what, f"Write `dates: {other}` at the source, or give days as 2016-04-13."


def order_line(plan: Plan, totals: Totals) -> list[str]:
    """A line about a source of which no date shows whether the day or the month comes first."""
    dates = slashed(by_text(totals))
    if not dates.either or dates.day_first or dates.month_first:
        return []
    now, other = ("month", "day") if plan.records.month_first else ("day", "month")
    told = f"{plan.records.name}: no date of {plan.records.date} shows whether day or month comes first"
    return [f"{told}; they are read {now}-first, and `dates: {other}-first` changes that"]


def by_text(totals: Totals) -> dict[str, int]:
    """How many records have each date, as engines give it."""
    return dict(
        totals.cells.group_by("at").agg(pl.col("records").sum()).drop_nulls("at").sort("at").iter_rows()
    )


def _at_records(plan: Plan, code: str, what: str, remedy: str, key: str) -> Fault:
    file = PROJECT_FILE if plan.records.line else ""
    return Fault(code, what, remedy, file, plan.records.line, ("records", plan.records.name, key))


def _unmet(plan: Plan, totals: Totals) -> list[Fault]:
    """A filter that no record meets is most likely a slip of the pen."""
    if not totals.cells["records"].sum():
        return []
    found = []
    for measure in plan.measures:
        numerator, base = plan.conditions[measure.indicator]
        empty_base = base != EVERY and not _met(plan, totals, base)
        # a ratio of measures has their filters, and they are looked at themselves
        if (
            measure.may_be_empty
            or measure.of
            or not (empty_base or (numerator != EVERY and not _met(plan, totals, numerator)))
        ):
            continue
        found.append(_empty(plan, totals, measure, "among" if empty_base else "where"))
    return found


def _met(plan: Plan, totals: Totals, condition: Condition) -> int:
    return int(totals.cells[plan.column(condition)].sum())


_COMPARE: Final = "Compare it with the records, letter by letter"
_COMPARE_KEYS: Final = "Compare how both sources write the person key, and the filter with the records"


def _empty(plan: Plan, totals: Totals, measure: Measure, which: str) -> Fault:
    text = measure.among if which == "among" else measure.where
    asked = f"meets the filter {text!r}" if text else f"is of a person in {measure.also_in!r}"
    asked += f" and is of a person in {measure.also_in!r}" * bool(
        text and measure.also_in and which == "where"
    )
    base = plan.conditions[measure.indicator][1]
    within = which == "where" and base != EVERY
    records = _met(plan, totals, base) if within else int(totals.cells["records"].sum())
    of = f"{records:,} records of {plan.records.name!r}{' that meet `among`' if within else ''}"
    return Fault(
        "FILTER-EMPTY",
        f"none of {of} {asked}",
        f"{_COMPARE_KEYS if measure.also_in else _COMPARE}; write `may_be_empty: true` if none is right.",
        PROJECT_FILE if measure.line else "",
        measure.line,
        ("measures", measure.indicator, which if text else "also_in"),
    )
