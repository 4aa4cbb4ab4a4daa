"""When records happened: dates as written, the periods they fall in, and which of those are whole.

Dates are grouped as written and read here, once for each form of writing, so engines never parse them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from commonweal.errors import CommonwealError
from commonweal.model.period import Period
from commonweal.model.project import Periods

_DAY_FIRST: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")

#: Calendar months as whole numbers, counted from January of the year 0.
Month = int


@dataclass(frozen=True, slots=True)
class Dated:
    """How the dates of a source read: the kind they have, and the span of each text that has it.

    `kind` is month, quarter, year or financial year; a day counts as its month. Texts of another kind, or
    of none, are not in `spans`: their records have an unreadable date.
    """

    kind: str
    spans: Mapping[str, Period]


def span(text: str) -> Period | None:
    """The period that a date as written names; None if it can't be read.

    Days are written 2016-04-13 or 13/04/2016, months 2016-04, and 2016, 2015/16 and 2016-Q2 as everywhere.

    >>> span("13/04/2016").label, span("2016-04-13").label, span("2015/16").kind, span("4 May")
    ('2016-04', '2016-04', 'financial year', None)
    """
    iso, day_first = _ISO.fullmatch(text), _DAY_FIRST.fullmatch(text)
    try:
        if iso:
            day = date(int(iso[1]), int(iso[2]), int(iso[3]))
        elif day_first:
            day = date(int(day_first[3]), int(day_first[2]), int(day_first[1]))
        else:
            return Period.parse(text)
    except (CommonwealError, ValueError):
        return None
    return Period.parse(f"{day.year:04}-{day.month:02}")


def read_dates(records: Mapping[str, int]) -> Dated:
    """Read the dates of a source, given how many records have each text.

    The commonest kind is taken to be the column's kind (the finer one of two equally common): one stray
    year in a column of months would otherwise make a whole year look covered.

    >>> read_dates({"2016-04": 5, "01/05/2016": 3, "2016": 1, "soon": 9}).spans.keys()
    dict_keys(['2016-04', '01/05/2016'])
    """
    spans = {text: found for text in records if (found := span(text)) is not None}
    by_kind: Counter[str] = Counter()
    for text, found in spans.items():
        by_kind[found.kind] += records[text]
    if not by_kind:
        return Dated("month", {})
    finest = ("month", "quarter", "year", "financial year")
    kind = max(by_kind, key=lambda name: (by_kind[name], -finest.index(name)))
    return Dated(kind, {text: found for text, found in spans.items() if found.kind == kind})


def months(period: Period) -> frozenset[Month]:
    """The months of a period."""
    return frozenset(year * 12 + month - 1 for year, month in period.months)


def covered_months(spans: Iterable[Period]) -> frozenset[Month]:
    """Every month that lies in one of several periods."""
    return frozenset().union(*map(months, spans))


def targets(periods: Periods, spans: Iterable[Period]) -> tuple[Period, ...]:
    """The periods that a source's records are counted in, oldest first.

    They are the published ones, and as many before them of the same kind as may be carried. A source
    whose dates can't be placed in any of those (financial years, where calendar years are published) is
    counted in its own periods, no later than the last one published; with no published periods named, in
    calendar years, or its own periods where those are years of another kind.

    >>> published = Periods((Period.parse("2016"),), carry=2)
    >>> [p.label for p in targets(published, [Period.parse("2015-04")])]
    ['2014', '2015', '2016']
    >>> [p.label for p in targets(published, [Period.parse("2015/16")])]
    ['2015/16']
    """
    own = sorted(set(spans))
    wanted = set(periods.publish)
    for first in periods.publish:
        before = _previous(first)
        while before.start.year > 0 and periods.publish[0].years_after(before) <= periods.carry:
            wanted.add(before)
            before = _previous(before)
    if not wanted:
        wanted = {Period.parse(f"{s.start.year:04}") for s in own if s.start.year == s.end.year}
    if any(inside(s, target) for s in own for target in wanted) or not own:
        return tuple(sorted(wanted))
    if not periods.publish:
        return tuple(own)
    if own[0].kind == "month":
        return tuple(sorted(wanted))
    first, last = periods.publish[0], periods.publish[-1]
    return tuple(s for s in own if s.end <= last.end and first.years_after(s) <= periods.carry)


def inside(inner: Period, outer: Period) -> bool:
    """Whether a period lies wholly in another."""
    return outer.start <= inner.start and inner.end <= outer.end


def _previous(period: Period) -> Period:
    """The period of the same kind just before.

    >>> [_previous(Period.parse(text)).label for text in ("2016", "2015/16", "2016-Q1", "2016-01")]
    ['2015', '2014/15', '2015-Q4', '2015-12']
    """
    year = period.start.year
    if period.kind == "financial year":
        return Period.parse(f"{year - 1:04}/{year % 100:02}")
    if period.kind == "year":
        return Period.parse(f"{year - 1:04}")
    size = len(period.months)
    month = year * 12 + period.start.month - 1 - size
    if period.kind == "quarter":
        return Period.parse(f"{month // 12:04}-Q{month % 12 // 3 + 1}")
    return Period.parse(f"{month // 12:04}-{month % 12 + 1:02}")
