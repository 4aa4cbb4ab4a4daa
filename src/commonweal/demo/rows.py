"""What records of every kind share: who happened where how often, numbers of records, days of a year."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl

from commonweal.arrays import Array
from commonweal.demo.borough import CODES, WARDS, growing


def people(year: int, scale: int = 1) -> Array:
    """The population of each ward in one year."""
    return np.array([growing(ward.population, year, scale) for ward in WARDS])


def homes(year: int, scale: int = 1) -> Array:
    """The households of each ward in one year."""
    return np.array([growing(ward.households, year, scale) for ward in WARDS])


def happenings(draw: np.random.Generator, rates: Array, base: Array) -> tuple[Array, Array]:
    """Ward and kind of each event, in no order: rates per 1,000 of the base, shape (wards, kinds)."""
    counts = draw.poisson(rates * base[:, None] / 1000)
    ward, kind = np.divmod(np.repeat(np.arange(counts.size), counts.ravel()), counts.shape[1])
    turn = draw.permutation(len(ward))
    return ward[turn], kind[turn]


def codes(ward: Array) -> pl.Series:
    """The code of each ward, given by position."""
    return pl.Series(CODES).gather(ward)


def numbers(prefix: str, count: int) -> pl.Series:
    """Numbers of records.

    >>> numbers("C2021-", 2).to_list()
    ['C2021-000001', 'C2021-000002']
    """
    return pl.select(pl.lit(prefix) + pl.int_range(1, count + 1).cast(pl.String).str.zfill(6)).to_series()


@cache
def days(year: int) -> pl.Series:
    """The days of a year, as text.

    >>> days(2021)[58:60].to_list()
    ['2021-02-28', '2021-03-01']
    """
    first, last = (pl.lit(f"{year}-{day}").str.to_date() for day in ("01-01", "12-31"))
    return pl.select(pl.date_range(first, last).cast(pl.String)).to_series()
