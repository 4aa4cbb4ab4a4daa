"""A period of time that a figure belongs to: a year, a financial year, a quarter, a month."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from commonweal.errors import CommonwealError, Fault

_FORMS = (
    (re.compile(r"(\d{4})"), "year"),
    (re.compile(r"(\d{4})/(\d{2})"), "financial year"),
    (re.compile(r"(\d{4})-Q([1-4])"), "quarter"),
    (re.compile(r"(\d{4})-(0[1-9]|1[0-2])"), "month"),
)


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
        """Read ``2016``, ``2015/16`` (April to March), ``2016-Q2`` or ``2016-04``.

        Raises PERIOD-FORM.
        """
        label = str(text).strip()
        for form, kind in _FORMS:
            found = form.fullmatch(label)
            if found is None:
                continue
            year = int(found[1])
            if kind == "year":
                return cls(date(year, 12, 31), date(year, 1, 1), label, kind)
            if kind == "financial year":
                if int(found[2]) != (year + 1) % 100:
                    break
                return cls(date(year + 1, 3, 31), date(year, 4, 1), label, kind)
            first = int(found[2]) if kind == "month" else 3 * int(found[2]) - 2
            last = first if kind == "month" else first + 2
            return cls(
                date(year, last, calendar.monthrange(year, last)[1]), date(year, first, 1), label, kind
            )
        raise CommonwealError(
            Fault(
                "PERIOD-FORM",
                f"{label!r} is not a period",
                "write 2016, 2015/16 (April to March), 2016-Q2 or 2016-04.",
            )
        )

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
