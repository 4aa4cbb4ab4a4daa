"""What figures about people count, written down with an edition, so that later ones can be compared."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import polars as pl

from commonweal.model.period import Period
from commonweal.model.published import DEFINITIONS, PublishedBefore
from commonweal.sources.dates import Month, months
from commonweal.sources.filter import parse_filter, written
from commonweal.sources.measure.gather import Counted
from commonweal.sources.protect.overlaps import Source

#: An indicator and a period.
Cell = tuple[str, str]
_STRETCH: Final = r"(\d+)-(\d\d) to (\d+)-(\d\d)"


def definitions(sources: Iterable[Source], aside: Collection[Cell] = frozenset()) -> pl.DataFrame:
    """What the figures of some sources count, but of those `aside`, with the columns of `DEFINITIONS`."""
    rows = [
        (*cell, source.name, *said(count))
        for source in sources
        for cell, count in source.counts.items()
        if cell not in aside
    ]
    return pl.DataFrame(rows, schema=DEFINITIONS, orient="row").sort("indicator", "period")


def said(count: Counted) -> tuple[str, str, str, str]:
    """What is counted, in words that stay the same: counted, among, people, months.

    >>> from commonweal.sources.filter import EVERY
    >>> said(Counted("r", parse_filter("a = 'x'"), EVERY, frozenset(range(24192, 24195))))
    ("`a` = 'x'", '', '', '2016-01 to 2016-03')
    """
    return written(count.numerator), written(count.base), count.people, _stretches(count.months)


def counted_then(edition: PublishedBefore, source: Source) -> Mapping[Cell, Counted]:
    """What the figures of an edition counted, of those made of a source that is there still.

    Where an edition does not tell, an indicator is taken to have counted what it counts now. A filter that is
    written alike is the very same.
    """
    if not edition.definitions.height:
        return _as_now(edition.observations, source)
    now = {written(c): c for count in source.counts.values() for c in (count.numerator, count.base)}
    own = edition.definitions.filter(pl.col("source") == source.name)
    found: dict[Cell, Counted] = {}
    for row in own.fill_null("").iter_rows(named=True):
        counted, among = (now.get(text) or parse_filter(text) for text in (row["counted"], row["among"]))
        cell = row["indicator"], row["period"]
        found[cell] = Counted(source.name, counted, among, _months(row["months"]), row["people"])
    return found


def redefined(edition: PublishedBefore, now: pl.DataFrame) -> frozenset[Cell]:
    """The indicators and periods whose figures counted something else in an edition than they do now.

    `now` has the columns of `DEFINITIONS`. A source that goes by another name is no other definition.
    """
    key, names = ["indicator", "period"], ["counted", "among", "people", "months"]
    both = edition.definitions.join(now, on=key, suffix=" now")
    other = pl.any_horizontal(
        pl.col(name).fill_null("") != pl.col(f"{name} now").fill_null("") for name in names
    )
    return frozenset(both.filter(other).select(key).iter_rows())


def _as_now(observations: pl.DataFrame, source: Source) -> Mapping[Cell, Counted]:
    now = {indicator: count for (indicator, _), count in source.counts.items() if not count.people}
    cells: Sequence[Any] = observations.select("indicator", "period").unique().rows()
    return {
        (indicator, period): source.counts.get((indicator, period))
        or replace(now[indicator], months=months(Period.parse(period)))
        for indicator, period in cells
        if indicator in now
    }


def _stretches(found: frozenset[Month]) -> str:
    """Months as stretches without a gap: 2016-01 to 2016-12, 2017-04 to 2017-04."""
    starts = sorted(month for month in found if month - 1 not in found)
    ends = sorted(month for month in found if month + 1 not in found)
    return ", ".join(f"{_month(a)} to {_month(b)}" for a, b in zip(starts, ends, strict=True))


def _month(month: Month) -> str:
    return f"{month // 12}-{month % 12 + 1:02}"


def _months(text: str) -> frozenset[Month]:
    found: set[Month] = set()
    for year, month, until_year, until in re.findall(_STRETCH, text):
        found |= set(range(12 * int(year) + int(month) - 1, 12 * int(until_year) + int(until)))
    return frozenset(found)
