"""The demo's records: what they hold, and the trouble that is planted in them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import shapely

from commonweal.demo import events, outline, registers
from commonweal.demo.borough import CODES, WARDS
from commonweal.demo.write import RECORDS

SEED = 2026


@pytest.fixture(scope="module")
def crimes() -> pl.DataFrame:
    return events.crimes(SEED, 2023, 0)


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_a_chunk_is_the_same_each_time_and_differs_from_the_next(name):
    chunk = RECORDS[name]
    assert chunk(SEED, 2023, 0).equals(chunk(SEED, 2023, 0))
    assert not chunk(SEED, 2023, 0).equals(chunk(SEED, 2023, 1))
    assert chunk(SEED, 2023, 0).schema == chunk(SEED, 2024, 1).schema


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_keys_of_chunks_never_meet(name):
    chunk = RECORDS[name]
    keys = [chunk(SEED, year, part).to_series(0) for year, part in ((2023, 0), (2023, 1), (2024, 0))]
    assert not set(keys[0]) & set(keys[1])
    assert not set(keys[0]) & set(keys[2])


def test_some_crimes_stand_twice_alike_and_some_with_a_difference(crimes):
    twice = crimes.filter(crimes["crime_id"].is_duplicated())
    alike = twice.unique().filter(pl.col("crime_id").is_unique())
    assert alike.height > 20
    assert twice.unique().height > alike.height


def test_some_crimes_lie_outside_or_nowhere(crimes):
    borough = shapely.union_all([shapely.Polygon(outline.ring(ward.name)) for ward in WARDS])
    here = crimes.filter(pl.col("longitude").is_not_null())
    outside = ~shapely.intersects_xy(borough, here["longitude"].to_numpy(), here["latitude"].to_numpy())
    assert crimes["longitude"].null_count() > 20
    assert 10 < outside.sum() < 0.01 * crimes.height


def test_some_months_can_not_be_read_and_some_are_long_past(crimes):
    assert {"2023-13", "2016-12"} <= set(crimes["month"])


def test_every_month_has_crimes(crimes):
    assert {f"2023-{month:02}" for month in range(1, 13)} <= set(crimes["month"])


def test_some_codes_are_empty_and_some_unknown():
    for chunk in (registers.housing, registers.claims, registers.pupils):
        codes = chunk(SEED, 2022, 0)["ward_code"]
        assert codes.null_count() > 0
        assert set(codes.drop_nulls()) - set(CODES) == {"X05000099"}


def test_counts_are_plausible_for_the_population():
    per_person = events.crimes(SEED, 2021, 0).height / sum(ward.population for ward in WARDS)
    assert 0.06 < per_person < 0.16


def test_one_ward_has_a_year_without_serious_youth_violence(crimes):
    assert WARDS[0].name == "Ashcombe"
    youth = crimes.filter(pl.col("context") == "serious-youth-violence").drop_nulls("longitude")
    ring = shapely.Polygon(outline.ring("Ashcombe"))
    inside = shapely.intersects_xy(ring, youth["longitude"].to_numpy(), youth["latitude"].to_numpy())
    assert youth.height > 100
    assert not np.any(inside)
