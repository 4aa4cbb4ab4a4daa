"""What each indicator would be in each ward and year, were there no chance: a story told in numbers.

An indicator's *fortune* g (in standard deviations, more is better) follows from the ward's character, from
the component it belongs to, and from effects of its own that stay the same over the years. Its value is then
mid + direction x spread x g, or mid x exp(direction x spread x g) for rates, which can't fall below nothing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from commonweal import frameworks
from commonweal.arrays import Array
from commonweal.demo.borough import WARDS, YEARS
from commonweal.demo.chance import stream

FRAMEWORK: Final = "social-progress"
ELECTION_YEARS: Final = (2018, 2022)  # the first is before the index begins


@dataclass(frozen=True, slots=True)
class Leaning:
    """How the fortune of a component follows from a ward's traits, and its trend a year."""

    prosperity: float
    centre: float = 0.0
    green: float = 0.0
    age: float = 0.0
    trend: float = 0.0


@dataclass(frozen=True, slots=True)
class Shape:
    """The borough's middle in 2023, the spread between wards, and what limits a value.

    `log` has the spread as a share of the middle; `decimals` are those that are published.
    """

    mid: float
    spread: float
    log: bool = False
    decimals: int = 1
    high: float = np.inf


LEANINGS: Final = {
    "nutrition-and-basic-medical-care": Leaning(0.7, -0.1, 0.1, -0.4, trend=0.02),
    "water-and-sanitation": Leaning(0.6, -0.3, 0.2, 0.2),
    "shelter": Leaning(0.7, -0.2, 0.0, 0.2, trend=0.03),
    "personal-safety": Leaning(0.5, -0.5, 0.0, 0.1, trend=-0.12),
    "access-to-basic-knowledge": Leaning(0.7, 0.1, 0.0, 0.1, trend=0.09),
    "access-to-information-and-communications": Leaning(0.4, 0.3, 0.0, -0.4, trend=0.16),
    "health-and-wellness": Leaning(0.7, -0.1, 0.2, 0.0, trend=-0.02),
    "environmental-quality": Leaning(0.2, -0.3, 0.3, 0.0, trend=0.03),
    "personal-rights": Leaning(0.6, -0.3, 0.0, 0.4),
    "personal-freedom-and-choice": Leaning(0.6, 0.2, 0.0, -0.3, trend=0.02),
    "inclusiveness": Leaning(0.5, 0.2, 0.0, 0.1),
    "access-to-advanced-education": Leaning(0.7, 0.3, 0.0, -0.3, trend=0.04),
}

#: Indicators that go their own way besides: buses meet in the centre, parks are where it is green.
OWN_WAYS: Final = {
    "broadband-speed": Leaning(0.0, 0.4),
    "death-rate": Leaning(0.0, 0.0, 0.0, -0.3),
    "fly-tipping": Leaning(0.3),
    "housing-affordability": Leaning(-0.6),
    "no2": Leaning(0.0, -0.5),
    "noise-complaints": Leaning(0.0, -0.4),
    "open-space": Leaning(-0.1, 0.0, 0.6),
    "pension-credit": Leaning(0.1, 0.0, 0.0, -0.4),
    "pm10": Leaning(0.0, -0.4),
    "public-transport": Leaning(-0.5, 0.7),
    "voter-turnout": Leaning(0.1, 0.0, 0.0, 0.2),
}

SHAPES: Final = {
    "premature-mortality": Shape(345, 0.17, log=True),
    "death-rate": Shape(100, 0.12, log=True),
    "foodbank-use": Shape(14, 0.40, log=True),
    "overcrowding": Shape(72, 0.35, log=True),
    "food-hygiene": Shape(10, 0.40, log=True),
    "pest-control": Shape(58, 0.30, log=True),
    "homelessness": Shape(14, 0.40, log=True),
    "fuel-poverty": Shape(12, 0.22, log=True),
    "housing-affordability": Shape(9.4, 0.10, log=True, decimals=2),
    "housing-benefit": Shape(22, 0.30, log=True),
    "non-decent-homes": Shape(15, 0.25, log=True),
    "crime-rate": Shape(76, 0.30, log=True),
    "domestic-abuse": Shape(15, 0.30, log=True),
    "domestic-violence": Shape(6.5, 0.33, log=True),
    "road-casualties": Shape(24, 0.22, log=True),
    "serious-youth-violence": Shape(1.9, 0.45, log=True),
    "ks2-attainment": Shape(104, 1.5),
    "ks2-gap": Shape(14, 0.22, log=True),
    "ks4-attainment": Shape(47, 4.0),
    "ks4-gap": Shape(19, 0.20, log=True),
    "schools": Shape(84, 8.0, decimals=0, high=100),
    "persistent-absence": Shape(14, 0.24, log=True),
    "broadband-speed": Shape(78, 0.16, log=True),
    "online-accounts": Shape(390, 0.15, log=True),
    "library-users": Shape(170, 0.17, log=True),
    "no-internet": Shape(7, 0.28, log=True),
    "adult-excess-weight": Shape(62, 3.6),
    "female-life-expectancy": Shape(82.8, 1.2),
    "male-life-expectancy": Shape(78.9, 1.5),
    "reception-obesity": Shape(10.4, 0.14, log=True),
    "year-6-obesity": Shape(22.5, 0.13, log=True),
    "open-space": Shape(58, 11.0, high=100),
    "no2": Shape(23, 0.16, log=True),
    "pm10": Shape(17, 0.08, log=True),
    "fly-tipping": Shape(42, 0.40, log=True),
    "noise-complaints": Shape(27, 0.36, log=True),
    "home-ownership": Shape(57, 11.0, high=98),
    "voter-registration": Shape(88, 3.6, high=99.5),
    "voter-turnout": Shape(36, 5.5),
    "teenage-pregnancy": Shape(4.5, 0.32, log=True, decimals=2),
    "youth-unemployment-gap": Shape(5.5, 0.30, log=True),
    "public-transport": Shape(3.4, 0.8, high=6),
    "pension-credit": Shape(25, 0.35, log=True),
    "long-term-jsa": Shape(4.2, 0.36, log=True),
    "learning-disability-employment": Shape(5.5, 0.55, log=True),
    "learning-disability-independence": Shape(68, 7.0, high=100),
    "community-harmony": Shape(76, 5.5, high=100),
    "racist-hate-crime": Shape(2.3, 0.38, log=True),
    "volunteering": Shape(24, 4.5),
    "no-qualifications": Shape(17, 0.22, log=True),
    "sustained-education": Shape(90.5, 2.4, high=100),
    "youth-training": Shape(6.2, 1.2),
    "neet": Shape(5.2, 0.30, log=True),
}

_NO_WAY: Final = Leaning(0.0)

#: No such crime came to notice in Ashcombe in 2023: the demo's zero.
_NONE: Final = ("serious-youth-violence", 2023, "Ashcombe")


@cache
def nodes() -> Mapping[str, Mapping[str, str]]:
    """The rows of the built-in framework, by id."""
    with frameworks.built_in(FRAMEWORK) as path:
        return {row["id"]: row for row in csv.DictReader(io.StringIO(path.read_text("utf-8")))}


def direction(indicator: str) -> int:
    """1 where more is better, -1 where less is."""
    return int(nodes()[indicator]["direction"])


@cache
def expected(indicator: str, seed: int) -> Mapping[int, Array]:
    """The expected value of an indicator in each ward, by year, shape (wards,), in its own unit."""
    component, shape = nodes()[indicator]["parent"], SHAPES[indicator]
    draw = stream(seed, "figures", indicator)
    lasting = 0.45 * draw.standard_normal(len(WARDS))
    values = {}
    for year in sorted({*ELECTION_YEARS, *YEARS}):
        own = lasting + _leaning(OWN_WAYS.get(indicator, _NO_WAY), year)
        fortune = _fortune(component, seed, year) + own + 0.10 * draw.standard_normal(len(WARDS))
        move = direction(indicator) * shape.spread * fortune
        values[year] = np.clip(shape.mid * np.exp(move) if shape.log else shape.mid + move, 0, shape.high)
    if indicator == _NONE[0]:
        values[_NONE[1]] = np.where([ward.name == _NONE[2] for ward in WARDS], 0.0, values[_NONE[1]])
    return values


@cache
def _fortune(component: str, seed: int, year: int) -> Array:
    """The fortune of a component in each ward, in standard deviations, more is better."""
    lasting = 0.40 * stream(seed, "component", component).standard_normal(len(WARDS))
    fortune: Array = lasting + _leaning(LEANINGS[component], year)
    return fortune


def _leaning(lean: Leaning, year: int) -> Array:
    since = year - 2023
    return np.array(
        [
            lean.prosperity * (ward.prosperity + since * ward.drift)
            + lean.centre * ward.centre
            + lean.green * ward.green
            + lean.age * ward.age
            + lean.trend * since
            for ward in WARDS
        ]
    )
