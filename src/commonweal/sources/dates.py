"""When records happened: dates as written, the periods they fall in, and which of those are whole.

Dates are grouped as written and read here, once for each form of writing, so engines never parse them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from commonweal.errors import CommonwealError
from commonweal.model.period import Period
from commonweal.model.project import Periods
from commonweal.sources.query import SECONDS

#: A time of day, to any part of a second, with a zone or without.
_TIME: Final = r"(?:[T ]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?(?:Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?)?"
_SLASHED: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})" + _TIME)
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})" + _TIME)
_SECONDS: Final = re.compile(SECONDS)

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


def form(text: str, month_first: bool = False) -> tuple[str, str]:
    """The kind of a date, as in `Dated`, and how it is written: as a day, a time, or as its kind; else empty.

    >>> form("13/04/2016"), form("2016-04-13 10:20"), form("1460588399"), form("2016-04"), form("soon")
    (('month', 'day'), ('month', 'time'), ('month', 'time'), ('month', 'month'), ('', ''))
    """
    found = span(text, month_first)
    if found is None:
        return "", ""
    if _SECONDS.fullmatch(text):
        return found.kind, "time"
    if not (_ISO.fullmatch(text) or _SLASHED.fullmatch(text)):
        return found.kind, found.kind
    # spreadsheets and databases give days as their midnight
    return found.kind, "time" if re.search(r":.*[1-9]|[1-9]:", text) else "day"


@dataclass(frozen=True, slots=True)
class Slashed:
    """How many records have a date such as 13/04/2016, by what the two numbers in front can be.

    Where one is above 12 it is the day: `day_first`, `month_first`. Else it may be `either`.
    """

    day_first: int = 0
    month_first: int = 0
    either: int = 0


def slashed(records: Mapping[str, int]) -> Slashed:
    """What dates with strokes tell of their order, given how many records have each text.

    >>> slashed({"04/13/2016": 3, "05/04/2016 10:20": 2, "2016-04": 9})
    Slashed(day_first=0, month_first=3, either=2)
    """
    found: Counter[str] = Counter()
    for text, count in records.items():
        if match := _SLASHED.fullmatch(text):
            first, second = int(match[1]), int(match[2])
            order = {(True, False): "day_first", (False, True): "month_first", (False, False): "either"}
            found[order.get((first > 12, second > 12), "")] += count
    return Slashed(found["day_first"], found["month_first"], found["either"])


def span(text: str, month_first: bool = False) -> Period | None:
    """The period that a date as written names; None if it can't be read.

    Days are written 2016-04-13 or 13/04/2016 (with `month_first` 04/13/2016), months 2016-04, and 2016,
    2015/16 and 2016-Q2 as everywhere.
    A time of day may follow a day; the day is the one that is written, whatever the zone. Seconds since 1970
    (ten digits, or thirteen for thousandths) are in universal time.

    >>> span("2016-04-13T23:59:59+01:00").label, span("1460588399").label
    ('2016-04', '2016-04')
    >>> span("13/04/2016").label, span("2016-04-13").label, span("2015/16").kind, span("4 May")
    ('2016-04', '2016-04', 'financial year', None)
    >>> span("04/13/2016"), span("04/13/2016", month_first=True).label
    (None, '2016-04')
    """
    iso, strokes = _ISO.fullmatch(text), _SLASHED.fullmatch(text)
    try:
        if iso:
            day = date(int(iso[1]), int(iso[2]), int(iso[3]))
        elif _SECONDS.fullmatch(text):
            day = datetime.fromtimestamp(int(text[:10]), UTC).date()
        elif strokes:
            month, number = (1, 2) if month_first else (2, 1)
            day = date(int(strokes[3]), int(strokes[month]), int(strokes[number]))
        else:
            return Period.parse(text)
    except (CommonwealError, ValueError):
        return None
    return Period.parse(f"{day.year:04}-{day.month:02}")


def read_dates(records: Mapping[str, int], month_first: bool = False) -> Dated:
    """Read the dates of a source, given how many records have each text.

    The commonest kind is taken to be the column's kind (the finer one of two equally common): one stray
    year in a column of months would otherwise make a whole year look covered.

    >>> read_dates({"2016-04": 5, "01/05/2016": 3, "2016": 1, "soon": 9}).spans.keys()
    dict_keys(['2016-04', '01/05/2016'])
    """
    spans = {text: found for text in records if (found := span(text, month_first)) is not None}
    by_kind: Counter[str] = Counter()
    for text, found in spans.items():
        by_kind[found.kind] += records[text]
    if not by_kind:
        return Dated("month", {})
    size = {found.kind: len(found.months) for found in spans.values()}
    kind = max(by_kind, key=lambda name: (by_kind[name], -size[name], name == "year"))
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
    >>> mixed = Periods((Period.parse("2016"), Period.parse("2017-Q1")))
    >>> [p.label for p in targets(mixed, [Period.parse("2016-10")])]
    ['2016', '2017-Q1']
    >>> [p.label for p in targets(published, [Period.parse("2015/16")])]
    ['2015/16']
    """
    own = sorted(set(spans))
    wanted = set(periods.publish)
    for first in periods.publish:
        before = earlier(first)
        while before is not None and first.years_after(before) <= periods.carry:
            wanted.add(before)
            before = earlier(before)
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


def earlier(period: Period, years: int = 0) -> Period | None:
    """The period of the same kind so many years before, or (0) the one just before; None before the year 1.

    >>> [str(earlier(Period.parse(text))) for text in ("2016", "2015/16", "2016-Q1", "12 months to 2016-02")]
    ['2015', '2014/15', '2015-Q4', '12 months to 2015-02']
    >>> str(earlier(Period.parse("2016-01"), years=1))
    '2015-01'
    """
    size = len(period.months)
    first = min(months(period)) - (12 * years or size)
    year, month = divmod(first, 12)
    last_year, last_month = divmod(first + size - 1, 12)
    if year < 1:
        return None
    two = f"{year:04}/{(year + 1) % 100:02}"
    written = {
        "year": f"{year:04}",
        "financial year": two,
        "academic year": f"{two} academic",
        "quarter": f"{year:04}-Q{month // 3 + 1}",
        "month": f"{year:04}-{month + 1:02}",
    }
    return Period.parse(written.get(period.kind, f"{period.kind} to {last_year:04}-{last_month + 1:02}"))


def pooled(period: Period, count: int) -> Period:
    """A period and those of its kind before it as one, `count` together; itself, if that is 1.

    >>> pooled(Period.parse("2018"), 3).label, pooled(Period.parse("2018"), 1).label
    ('2016 to 2018 together', '2018')
    """
    first, *_, last = (*parts_of(period, count), period)
    if first == last:
        return period
    begins, ends = min(months(first)), max(months(last))
    return Period.of_months(begins, ends - begins + 1, f"{first.label} to {last.label} together", "pooled")


def parts_of(period: Period, count: int) -> tuple[Period, ...]:
    """The periods that are pooled into one, oldest first: the period itself is the last.

    >>> [part.label for part in parts_of(Period.parse("2015/16"), 2)]
    ['2014/15', '2015/16']
    """
    found = [period]
    while len(found) < count and (before := earlier(found[0])) is not None:
        found.insert(0, before)
    return tuple(found)
