"""What the figures of each kind of observation are: which of them count people, and what follows from them.

Protection reads this and nothing else about kinds, so a new kind is protected as soon as it stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Kind:
    """What numerator, denominator and value of an observation are, where its source is about people.

    numerator, denominator: it counts people of the source (else it is public, estimated, or not there).
    complement: denominator less numerator counts people too. follows: the value is
    per x numerator / denominator (or per x numerator, where there is no denominator), so it can be formed
    again from protected counts, as can its limits. digits: where the value is a weighted sum of small
    counts with weights that everyone knows, it gives them back if it is written out; how many significant
    digits of it are safe. expected: the denominator is made of all areas' counts by group. derived: it is
    made after the gate, from figures that have passed it.
    """

    numerator: bool = False
    denominator: bool = False
    complement: bool = False
    follows: bool = False
    digits: int | None = None
    expected: bool = False
    derived: bool = False


#: The kind of an observation -> what its figures are.
#:
#: A mean, median, sum or ratio has the number of people (or things) it is made of as denominator, and no
#: numerator. A count_ratio is a ratio of the counts of two measures. The denominators of a rate, of a
#: standardised rate and of a life expectancy are public populations, that of a standardised ratio is the
#: number expected, that of a count the share of its period that was covered.
KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "value": Kind(),
        "count": Kind(numerator=True, follows=True),
        "rate": Kind(numerator=True, follows=True),
        "percentage": Kind(numerator=True, denominator=True, complement=True, follows=True),
        "distinct": Kind(numerator=True, follows=True),
        "count_ratio": Kind(numerator=True, denominator=True, follows=True),
        "standardised_ratio": Kind(numerator=True, follows=True, expected=True),
        "standardised_rate": Kind(numerator=True, digits=3),
        "life_expectancy": Kind(numerator=True, digits=3),
        "mean": Kind(denominator=True),
        "median": Kind(denominator=True),
        "sum": Kind(denominator=True),
        "ratio": Kind(denominator=True),
        "change": Kind(derived=True),
    }
)
