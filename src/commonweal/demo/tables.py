"""The demo's tables of figures: areas, denominators, values from six imagined sources, and the county."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Array
from commonweal.demo.borough import CODES, COUNTY, WARDS, YEARS
from commonweal.demo.chance import stream
from commonweal.demo.figures import ELECTION_YEARS, SHAPES, direction, expected, nodes
from commonweal.demo.rows import homes, people

#: Made from records, not from a table of values.
FROM_RECORDS: Final = (
    "crime-rate", "domestic-abuse", "domestic-violence", "fly-tipping", "food-hygiene", "homelessness",
    "housing-benefit", "noise-complaints", "overcrowding", "persistent-absence", "pension-credit",
    "pest-control", "racist-hate-crime", "serious-youth-violence",
)  # fmt: skip
CENSUS: Final = {"home-ownership": "Owns their home (%)", "no-qualifications": "No qualifications (%)"}
ELECTIONS: Final = ("voter-registration", "voter-turnout")
SURVEY: Final = ("community-harmony", "volunteering")
#: People the council counts: the share of residents who are in the base of each figure.
SERVICE_USERS: Final = {"foodbank-use": 1.0, "library-users": 1.0, "online-accounts": 1.0}
CARE: Final = {
    "learning-disability-employment": 0.016,
    "learning-disability-independence": 0.016,
    "teenage-pregnancy": 0.03,
}
_PER: Final = {**dict.fromkeys(SERVICE_USERS, 1000), **dict.fromkeys(CARE, 100)}

_NO_SCHOOL: Final = "Saltmarsh"  # it has none, so nothing can be said of its schools
_NO_ANSWERS: Final = ("Dovecote", 2023)  # too few residents answered the survey that year
_OVER_HALF: Final = 2.2  # points by which a survey's interval reaches either way, at its widest


def framework() -> pl.DataFrame:
    """The built-in framework, whose sources are said to be invented here and named for elsewhere."""
    table = pl.DataFrame(list(nodes().values())).with_columns(pl.all().replace("", None))
    invented = pl.when(pl.col("level") == "indicator")
    return table.with_columns(
        invented.then("Invented; elsewhere: " + pl.col("source")).alias("source"),
        invented.then(pl.lit("CC0-1.0")).alias("licence"),
    )


def areas(scale: int) -> pl.DataFrame:
    """code, name, population, households, median_household_income."""
    return pl.DataFrame(
        {
            "code": CODES,
            "name": [ward.name for ward in WARDS],
            "population": people(YEARS[-1], scale),
            "households": homes(YEARS[-1], scale),
            "median_household_income": [ward.income for ward in WARDS],
        }
    )


def denominator(base: str, scale: int) -> pl.DataFrame:
    """area, period, value: the population or the households of each ward and year."""
    count = people if base == "population" else homes
    return _long({year: count(year, scale) for year in YEARS})


def published(seed: int) -> pl.DataFrame:
    """area, period, indicator, value: figures that other bodies have published."""
    elsewhere = {*FROM_RECORDS, *CENSUS, *ELECTIONS, *SURVEY, *_PER}
    frames = [
        _long(_rounded(indicator, seed)).insert_column(2, pl.lit(indicator).alias("indicator"))
        for indicator in sorted(SHAPES)
        if indicator not in elsewhere
    ]
    no_school = CODES[[ward.name for ward in WARDS].index(_NO_SCHOOL)]
    return pl.concat(frames).filter(~((pl.col("indicator") == "schools") & (pl.col("area") == no_school)))


def survey(seed: int) -> pl.DataFrame:
    """area, period, indicator, value, lower, upper: a survey of residents; one ward and year is empty."""
    frames = []
    for indicator in SURVEY:
        frame = _long(_rounded(indicator, seed)).insert_column(2, pl.lit(indicator).alias("indicator"))
        half = 2 * _OVER_HALF * (pl.col("value") * (100 - pl.col("value"))).sqrt() / 50
        frames.append(
            frame.with_columns(
                (pl.col("value") - half).round(1).alias("lower"),
                (pl.col("value") + half).round(1).alias("upper"),
            )
        )
    name, year = _NO_ANSWERS
    silent = CODES[[ward.name for ward in WARDS].index(name)]
    empty = (pl.col("area") == silent) & (pl.col("period") == str(year))
    return pl.concat(frames).with_columns(
        pl.when(~empty).then(pl.col(column)).alias(column) for column in ("value", "lower", "upper")
    )


def counted(shares: Mapping[str, float], seed: int, scale: int) -> pl.DataFrame:
    """area, period, indicator, value, numerator, denominator: people the council counts, not yet public."""
    frames = []
    for indicator, share in shares.items():
        draw, per = stream(seed, "counted", indicator), _PER[indicator]
        for year in YEARS:
            base = np.round(people(year, scale) * share).astype(int)
            number = draw.binomial(base, np.clip(expected(indicator, seed)[year] / per, 0, 1))
            frames.append(
                pl.DataFrame(
                    {
                        "area": CODES,
                        "period": str(year),
                        "indicator": indicator,
                        "value": np.round(per * number / base, 4),
                        "numerator": number,
                        "denominator": base,
                    }
                )
            )
    return pl.concat(frames)


def census(seed: int) -> pl.DataFrame:
    """A table as a census office lays it out: a row a ward, headers in words, no period."""
    return pl.DataFrame(
        {
            "Ward code": CODES,
            "Ward": [ward.name for ward in WARDS],
            **{header: _rounded(indicator, seed)[YEARS[0]] for indicator, header in CENSUS.items()},
        }
    )


def elections(seed: int) -> pl.DataFrame:
    """area, period and a column an indicator: the register each year, turnout when the borough votes."""
    register, turnout = ELECTIONS
    left = _long(_rounded(register, seed)).rename({"value": register})
    right = _long(_rounded(turnout, seed, ELECTION_YEARS)).rename({"value": turnout})
    return left.join(right, on=["area", "period"], how="full", coalesce=True).sort("period", "area")


def county(seed: int) -> pl.DataFrame:
    """name, period, indicator, value: the county around the borough, a little better off than it."""
    rows = []
    for indicator, shape in sorted(SHAPES.items()):
        lead = 0.25 + 0.3 * stream(seed, "county", indicator).standard_normal()
        for year in YEARS:
            fortune = lead + 0.05 * (year - 2023)
            move = direction(indicator) * shape.spread * fortune
            value = shape.mid * np.exp(move) if shape.log else min(shape.mid + move, shape.high)
            rows.append((COUNTY, str(year), indicator, round(float(value), max(shape.decimals, 1))))
    return pl.DataFrame(rows, schema=["name", "period", "indicator", "value"], orient="row")


def _rounded(indicator: str, seed: int, years: Iterable[int] = YEARS) -> dict[int, Array]:
    decimals, values = SHAPES[indicator].decimals, expected(indicator, seed)
    return {year: np.round(values[year], decimals) for year in years}


def _long(by_year: dict[int, Array]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "area": CODES * len(by_year),
            "period": np.repeat([str(year) for year in by_year], len(CODES)),
            "value": np.concatenate(list(by_year.values())),
        }
    )
