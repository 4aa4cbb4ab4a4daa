"""A period of time that a figure belongs to: a year of any kind, a quarter, a month, the months to one."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from commonweal.errors import refusal

_FORMS = (
    (re.compile(r"(\d{4})"), "year"),
    (re.compile(r"(\d{4})/(\d{2})"), "financial year"),
    (re.compile(r"(\d{4})-Q([1-4])"), "quarter"),
    (re.compile(r"(\d{4})-(0[1-9]|1[0-2])"), "month"),
    (re.compile(r"(\d{4})/(\d{2}) academic"), "academic year"),
    (re.compile(r"([2-9]|[1-9]\d) months to (\d{4})-(0[1-9]|1[0-2])"), "months"),
)
#: The month in which years that are written 2015/16 begin.
_BEGINS = {"financial year": 4, "academic year": 9}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A named stretch of days, both ends included; ordered by its end, then its start.

    >>> Period.parse("2016").end
    datetime.date(2016, 12, 31)
    >>> Period.parse("2015/16").start
    datetime.date(2015, 4, 1)
    >>> Period.parse("2016-Q2").kind
    'quarter'
    """

    end: date
    start: date
    label: str
    kind: str

    @classmethod
    def parse(cls, text: object) -> Period:
        """Read ``2016``, ``2015/16`` (April to March), ``2015/16 academic`` (September to August),
        ``2016-Q2``, ``2016-04`` or ``12 months to 2016-06`` (2 to 99 of them).

        Raises PERIOD-FORM.

        >>> Period.parse("2015/16 academic").end, Period.parse("12 months to 2018-06").start
        (datetime.date(2016, 8, 31), datetime.date(2017, 7, 1))
        """
        label = str(text).strip()
        for form, kind in _FORMS:
            found = form.fullmatch(label)
            if found is None:
                continue
            year = int(found[1])
            if kind == "year":
                return cls(date(year, 12, 31), date(year, 1, 1), label, kind)
            if kind in _BEGINS:
                if int(found[2]) != (year + 1) % 100:
                    break
                return cls.of_months(12 * year + _BEGINS[kind] - 1, 12, label, kind)
            if kind == "months":
                last = 12 * int(found[2]) + int(found[3])
                if last - year < 12:
                    break
                return cls.of_months(last - year, year, label, f"{year} months")
            first = int(found[2]) if kind == "month" else 3 * int(found[2]) - 2
            return cls.of_months(12 * year + first - 1, 1 if kind == "month" else 3, label, kind)
        raise refusal(
            "PERIOD-FORM",
            f"{label!r} is not a period",
            "write 2016, 2015/16 (April to March), 2015/16 academic (September to August), 2016-Q2,"
            " 2016-04 or 12 months to 2016-06.",
        )

    @classmethod
    def of_months(cls, first: int, size: int, label: str, kind: str) -> Period:
        """The period of so many months from `first`, counted from January of the year 0.

        >>> Period.of_months(12 * 2016, 36, "2016 to 2018 together", "pooled").end
        datetime.date(2018, 12, 31)
        """
        (year, month), start = divmod(first + size - 1, 12), divmod(first, 12)
        end = date(year, month + 1, calendar.monthrange(year, month + 1)[1])
        return cls(end, date(start[0], start[1] + 1, 1), label, kind)

    @property
    def months(self) -> tuple[tuple[int, int], ...]:
        """The (year, month) pairs that the period is made of.

        >>> Period.parse("2016-Q1").months
        ((2016, 1), (2016, 2), (2016, 3))
        """
        count = (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1
        first = self.start.year * 12 + self.start.month - 1
        return tuple(((first + i) // 12, (first + i) % 12 + 1) for i in range(count))

    def years_after(self, other: Period) -> float:
        """Years from the end of `other` to the end of this period, to the nearest month.

        >>> Period.parse("2018").years_after(Period.parse("2016"))
        2.0
        """
        mine, theirs = self.end + timedelta(days=1), other.end + timedelta(days=1)
        return ((mine.year - theirs.year) * 12 + mine.month - theirs.month) / 12

    def __str__(self) -> str:
        return self.label
