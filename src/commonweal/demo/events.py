"""Records of things that happened at a place: crimes and street reports, with a date and a point.

A chunk is what one year of the borough as it is (scale 1) brings; `part` tells chunks of a year apart.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Array
from commonweal.demo import trouble
from commonweal.demo.borough import WARDS
from commonweal.demo.chance import stream
from commonweal.demo.figures import expected
from commonweal.demo.outline import SOUTH_WEST, points_inside
from commonweal.demo.rows import days, happenings, homes, numbers, people

_STREETS: Final = 120  # points a ward has: events are given the nearest middle of a street
_OUT_AT_SEA: Final = {"longitude": SOUTH_WEST[0] - 0.25, "latitude": SOUTH_WEST[1] + 0.04}
_NOWHERE: Final = {"longitude": None, "latitude": None}

#: category and share of the crimes that have no context
_OFFENCES: Final = (
    ("burglary", 0.11), ("criminal-damage", 0.14), ("drugs", 0.06), ("other-theft", 0.18), ("robbery", 0.04),
    ("shoplifting", 0.11), ("vehicle-crime", 0.18), ("violence", 0.18),
)  # fmt: skip
_ANTISOCIAL_PER_1000: Final = 24.0


def crimes(seed: int, year: int, part: int) -> pl.DataFrame:
    """crime_id, month, category, context, longitude, latitude: a row a recorded crime or incident."""
    draw = stream(seed, "crimes", year, part)
    kinds, rates = _crime_rates(seed, year)
    ward, kind = happenings(draw, rates, people(year))
    category, context = zip(*kinds, strict=True)
    month = np.sort(draw.integers(1, 13, len(ward)))
    frame = pl.DataFrame(
        {
            "crime_id": numbers(f"C{year}-{part:03d}-", len(ward)),
            "month": pl.Series([f"{year}-{m:02d}" for m in range(1, 13)]).gather(month - 1),
            "category": pl.Series(category).gather(kind),
            "context": pl.Series(context, dtype=pl.String).gather(kind),
            **_places(draw, ward),
        }
    )
    frame = trouble.spoil(frame, draw, 0.006, _NOWHERE)
    frame = trouble.spoil(frame, draw, 0.003, _OUT_AT_SEA)
    frame = trouble.spoil(frame, draw, 0.0005, {"month": f"{year}-13"})
    frame = trouble.spoil(frame, draw, 0.001, {"month": "2016-12"})
    frame = trouble.repeat(frame, draw, 0.004)
    return trouble.contradict(frame, draw, 0.001, "category", "violence")


def reports(seed: int, year: int, part: int) -> pl.DataFrame:
    """report_id, reported, kind, longitude, latitude: a row a call about a street or a home."""
    draw = stream(seed, "reports", year, part)
    kinds = ("fly-tipping", "noise", "pest-control")
    rates = np.stack(
        [expected(id, seed)[year] for id in ("fly-tipping", "noise-complaints", "pest-control")],
        axis=1,
    )
    ward, kind = happenings(draw, rates, homes(year))
    day = np.sort(draw.integers(0, len(days(year)), len(ward)))
    frame = pl.DataFrame(
        {
            "report_id": numbers(f"R{year}-{part:03d}-", len(ward)),
            "reported": days(year).gather(day),
            "kind": pl.Series(kinds).gather(kind),
            **_places(draw, ward),
        }
    )
    frame = trouble.spoil(frame, draw, 0.008, _NOWHERE)
    frame = trouble.spoil(frame, draw, 0.002, _OUT_AT_SEA)
    frame = trouble.spoil(frame, draw, 0.001, {"reported": f"{year}-02-30"})
    frame = trouble.repeat(frame, draw, 0.01)
    return trouble.contradict(frame, draw, 0.002, "kind", "noise")


def _crime_rates(seed: int, year: int) -> tuple[list[tuple[str, str | None]], Array]:
    """The kinds of crime, (category, context), and the rate of each: shape (wards, kinds)."""
    abuse, violence, youth, hate = (
        expected(id, seed)[year]
        for id in ("domestic-abuse", "domestic-violence", "serious-youth-violence", "racist-hate-crime")
    )
    in_context = [
        (("public-order", "domestic-abuse"), abuse - violence),
        (("violence", "domestic-violence"), violence),
        (("violence", "serious-youth-violence"), youth),
        (("public-order", "racist-hate-crime"), hate),
    ]
    rest = expected("crime-rate", seed)[year] - sum(rate for _, rate in in_context)
    plain = [((category, None), share * rest) for category, share in _OFFENCES]
    nuisance = ("anti-social-behaviour", None), np.full(len(WARDS), _ANTISOCIAL_PER_1000)
    every = [*in_context, *plain, nuisance]
    return [kind for kind, _ in every], np.stack([rate for _, rate in every], axis=1)


@cache
def _streets() -> Array:
    """Shape (wards, streets, 2)."""
    return np.stack([points_inside(ward.name, _STREETS) for ward in WARDS])


def _places(draw: np.random.Generator, ward: Array) -> dict[str, Array]:
    points = _streets()[ward, draw.integers(0, _STREETS, len(ward))]
    return {"longitude": points[:, 0], "latitude": points[:, 1]}
