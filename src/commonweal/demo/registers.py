"""Records of people, homes and premises on a register: each row names its ward by code, or should.

A chunk is what one year of the borough as it is (scale 1) brings; `part` tells chunks of a year apart.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from commonweal.demo import trouble
from commonweal.demo.borough import WARDS
from commonweal.demo.chance import stream
from commonweal.demo.figures import expected
from commonweal.demo.rows import codes, days, happenings, homes, numbers, people

_UNKNOWN: Final = {"ward_code": "X05000099"}  # a ward of the next borough
_NO_CODE: Final = {"ward_code": None}
_PUPILS_PER_1000: Final = 92
_NURSERY: Final = 0.08  # share of pupils too young to count


def housing(seed: int, year: int, part: int) -> pl.DataFrame:
    """case_id, opened, need, ward_code: a row a household that is overcrowded or homeless."""
    draw = stream(seed, "housing", year, part)
    rates = np.stack([expected(id, seed)[year] for id in ("overcrowding", "homelessness")], axis=1)
    ward, kind = happenings(draw, rates, homes(year))
    frame = pl.DataFrame(
        {
            "case_id": numbers(f"H{year}-{part:03d}-", len(ward)),
            "opened": days(year).gather(np.sort(draw.integers(0, len(days(year)), len(ward)))),
            "need": pl.Series(["overcrowded", "homeless"]).gather(kind),
            "ward_code": codes(ward),
        }
    )
    frame = trouble.spoil(frame, draw, 0.010, _NO_CODE)
    frame = trouble.spoil(frame, draw, 0.006, _UNKNOWN)
    frame = trouble.spoil(frame, draw, 0.002, {"opened": "not recorded"})
    return trouble.repeat(frame, draw, 0.003)


def claims(seed: int, year: int, part: int) -> pl.DataFrame:
    """claim_id, year, benefit, ward_code: a row a claim in payment at the end of August."""
    draw = stream(seed, "claims", year, part)
    a_thousand_people = people(year) / homes(year)
    rates = np.stack(
        [
            10 * expected("housing-benefit", seed)[year],  # a percentage of households
            a_thousand_people * expected("pension-credit", seed)[year],
        ],
        axis=1,
    )
    ward, kind = happenings(draw, rates, homes(year))
    frame = pl.DataFrame(
        {
            "claim_id": numbers(f"B{year}-{part:03d}-", len(ward)),
            "year": pl.repeat(str(year), len(ward), eager=True),
            "benefit": pl.Series(["housing-benefit", "pension-credit"]).gather(kind),
            "ward_code": codes(ward),
        }
    )
    frame = trouble.spoil(frame, draw, 0.002, _NO_CODE)
    frame = trouble.spoil(frame, draw, 0.001, _UNKNOWN)
    return trouble.repeat(frame, draw, 0.002)


def pupils(seed: int, year: int, part: int) -> pl.DataFrame:
    """pupil_id, year, stage, sessions_missed, ward_code: a row a pupil; sessions missed in per cent."""
    draw = stream(seed, "pupils", year, part)
    ward, _ = happenings(draw, np.full((len(WARDS), 1), _PUPILS_PER_1000), people(year))
    persistent = draw.random(len(ward)) * 100 < expected("persistent-absence", seed)[year][ward]
    missed = np.where(persistent, 10 + 25 * draw.random(len(ward)) ** 2, 9.9 * draw.random(len(ward)))
    stages = pl.Series(["nursery", "primary", "secondary"])
    frame = pl.DataFrame(
        {
            "pupil_id": numbers(f"P{year}-{part:03d}-", len(ward)),
            "year": pl.repeat(str(year), len(ward), eager=True),
            "stage": stages.gather(np.searchsorted([_NURSERY, 0.56], draw.random(len(ward)))),
            "sessions_missed": np.floor(missed * 10) / 10,
            "ward_code": codes(ward),
        }
    )
    frame = trouble.spoil(frame, draw, 0.004, _NO_CODE)
    frame = trouble.spoil(frame, draw, 0.003, _UNKNOWN)
    return trouble.repeat(frame, draw, 0.002)


def inspections(seed: int, year: int, part: int) -> pl.DataFrame:
    """inspection_id, year, rating, ward_code: a row a food business, rated 0 to 5, or exempt."""
    draw = stream(seed, "inspections", year, part)
    busy = np.array([[9 + 3 * ward.centre] for ward in WARDS])  # per 1,000 people; shops crowd in the centre
    ward, _ = happenings(draw, busy, people(year))
    poor = draw.random(len(ward)) * 100 < expected("food-hygiene", seed)[year][ward]
    rating = np.where(poor, draw.integers(0, 3, len(ward)), draw.choice([3, 4, 5, 5, 5, 6], len(ward)))
    frame = pl.DataFrame(
        {
            "inspection_id": numbers(f"F{year}-{part:03d}-", len(ward)),
            "year": pl.repeat(str(year), len(ward), eager=True),
            "rating": pl.Series(["0", "1", "2", "3", "4", "5", "exempt"]).gather(rating),
            "ward_code": codes(ward),
        }
    )
    return trouble.spoil(frame, draw, 0.004, _NO_CODE)
