"""Numbers and dates in tables: what pages need beyond the words of statements."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from math import floor, isfinite, log10
from typing import Final

from commonweal.insight import words

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
#: Words in the name of an area's attribute that say it is a sum of money in pounds.
_MONEY: Final = frozenset({"income", "earnings", "pay", "price", "rent", "wage", "wages", "salary"})


def places_for(values: Iterable[float]) -> int:
    """Decimals for a column: enough to tell its values apart, 0 to 4.

    >>> places_for([26574.2, 23000]), places_for([117.77, 90]), places_for([3.3, 9.7]), places_for([0.012])
    (0, 1, 1, 4)
    >>> places_for([85, 120, 90])
    0
    """
    found = [abs(value) for value in values if isfinite(value)]
    largest = max(found, default=0.0)
    if all(value == round(value) for value in found):
        return 0
    return min(4, max(0 if largest >= 1000 else 1, 2 - floor(log10(3 * largest))))


def attribute(value: float, name: str, places: int) -> str:
    """An area's attribute, with a pound sign where its name says that it is money.

    >>> attribute(26574.0, "median_household_income", 0), attribute(9.24, "density", 1)
    ('£26,574', '9.2')
    """
    text = words.number(abs(value), places)
    pound = "£" if _MONEY & set(name.lower().split("_")) else ""
    return f"{words.MINUS if value < 0 else ''}{pound}{text}"


def with_unit(value: float, unit: str, places: int) -> str:
    """A value with its unit: a percent or pound sign at the number, words after it.

    >>> with_unit(5.51, "% of homes", 1), with_unit(26574, "£", 0), with_unit(117.77, "per 1,000 homes", 1)
    ('5.5% of homes', '£26,574', '117.8 per 1,000 homes')
    """
    text = words.number(value, places)
    if unit.startswith("£"):
        sign, size = text[: len(text) - len(text.lstrip(words.MINUS))], text.lstrip(words.MINUS)
        return f"{sign}£{size}{unit[1:]}"
    if unit.startswith("%"):
        return f"{text}{unit}"
    return f"{text} {unit}".rstrip()


def short(value: float, unit: str, places: int) -> str:
    """A value with its sign only: where the column's heading has the unit.

    >>> short(117.77, "per 1,000 households", 1), short(5.5, "%", 1)
    ('117.8', '5.5%')
    """
    return with_unit(value, unit[:1] if unit.startswith(("£", "%")) else "", places)


def tail(unit: str) -> str:
    """What is left to say of a unit beside a number that `short` wrote.

    >>> tail("% of homes"), tail("%"), tail("per 1,000 homes"), tail("£")
    ('of homes', '', 'per 1,000 homes', '')
    """
    return unit[1:].strip() if unit.startswith(("£", "%")) else unit


def day(text: str) -> str:
    """A date in words; what is not a date (a year, a word) is left as it stands.

    >>> day("2018-10-01"), day("2018-10"), day("2018"), day("2015/16")
    ('1 October 2018', 'October 2018', '2018', '2015/16')
    """
    parts = text.split("-")
    if not all(part.isdigit() for part in parts):
        return text
    try:
        if len(parts) == 3:
            found = date.fromisoformat(text)
            return f"{found.day} {_MONTHS[found.month - 1]} {found.year}"
        if len(parts) == 2:
            return f"{_MONTHS[int(parts[1]) - 1]} {parts[0]}"
    except (ValueError, IndexError):
        return text
    return text


def heading(column: str) -> str:
    """A column's name as words.

    >>> heading("median_household_income")
    'Median household income'
    """
    return words.sentence(column.replace("_", " ").strip())
