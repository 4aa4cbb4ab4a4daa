"""Marlbridge: a borough of 17 wards that does not exist, and the character of each ward.

Everything the demo writes follows from this table, from the indicators in `figures` and from a seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

NAME: Final = "Marlbridge"
COUNTY: Final = "Wexmoor county"
YEARS: Final = (2021, 2022, 2023, 2024, 2025)


@dataclass(frozen=True, slots=True)
class Ward:
    """A ward and its character: each trait is in standard deviations from the borough's middle.

    `drift` is how much prosperity changes in a year.
    """

    code: str
    name: str
    population: int
    households: int
    income: int
    prosperity: float
    centre: float
    green: float
    age: float
    drift: float = 0.0


#: In the order of their codes. The story: leafy Ashcombe and Kingsmead do well, the two dock wards struggle,
#: Old Town is busy and well connected, Saltmarsh cut off; Millbank is on its way up and Priory down.
WARDS: Final = (
    Ward("X05000001", "Ashcombe", 6420, 2790, 43900, 1.8, -0.9, 1.1, 0.9),
    Ward("X05000002", "Brackwater", 5870, 2610, 36100, 0.5, -1.0, 1.0, 1.1),
    Ward("X05000003", "Castle Hill", 6930, 3190, 40700, 0.8, 0.8, 0.7, 0.2),
    Ward("X05000004", "Dovecote", 7340, 3010, 33200, -0.1, 0.0, 0.0, 0.1),
    Ward("X05000005", "Eastfield", 7810, 3240, 34600, 0.2, -0.4, 0.1, 0.2, -0.05),
    Ward("X05000006", "Fallow Green", 7090, 2880, 31100, -0.6, -0.3, 0.3, 0.0),
    Ward("X05000007", "Gatehouse", 7620, 3350, 35300, 0.6, 1.2, -0.9, -1.5),
    Ward("X05000008", "Harbour", 8140, 3480, 28200, -1.6, 1.0, -1.2, -0.3, -0.06),
    Ward("X05000009", "Kingsmead", 6780, 2920, 42300, 1.4, -0.1, 0.5, 0.3),
    Ward("X05000010", "Larkrise", 8260, 3070, 36800, 0.3, -0.6, 0.2, -1.4, 0.07),
    Ward("X05000011", "Millbank", 7450, 3180, 32700, -0.3, 0.3, 0.0, -0.4, 0.16),
    Ward("X05000012", "Northgate", 7580, 3160, 33900, 0.1, 0.3, -0.4, -0.2),
    Ward("X05000013", "Old Town", 6650, 3320, 30400, -0.5, 1.6, -1.4, -0.9),
    Ward("X05000014", "Priory", 7210, 3050, 31900, -0.5, 0.6, -0.6, -0.1, -0.14),
    Ward("X05000015", "Quayside", 8370, 3510, 26900, -1.9, 0.9, -1.0, -0.6, 0.05),
    Ward("X05000016", "Saltmarsh", 4980, 2130, 29300, -1.1, -1.3, 1.2, 0.8),
    Ward("X05000017", "Thornley", 5240, 2330, 38800, 1.0, -1.4, 1.5, 1.3),
)
CODES: Final = tuple(ward.code for ward in WARDS)


def growing(base: int, year: int, scale: int) -> int:
    """A head count in one year: it grows by six in a thousand a year, and `scale` times as large.

    >>> [growing(5000, year, 1) for year in YEARS]
    [5000, 5030, 5060, 5091, 5121]
    """
    return round(base * scale * 1.006 ** (year - YEARS[0]))
