"""Measures against the reference results for public health statistics, to nine digits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from commonweal.methods.interval import mean_and_limits, poisson_limits
from commonweal.methods.life_table import life_expectancy
from commonweal.methods.standardise import EUROPEAN_2013, direct, expected

AREA = ["area", "year", "sex"]


def numbers(rows: pl.DataFrame, *names: str) -> np.ndarray:
    return rows.select(pl.col(name).cast(pl.Float64).fill_null(float("nan")) for name in names).to_numpy()


def same(found: np.ndarray, given: np.ndarray) -> None:
    np.testing.assert_allclose(found, given, rtol=1e-9, atol=1e-12)


def both_sexes(rows: pl.DataFrame, *figures: str) -> pl.DataFrame:
    """The rows, and those of both sexes together (P)."""
    together = rows.group_by("area", "year", "age_from").agg(pl.col(figures).sum(), pl.lit("P").alias("sex"))
    return pl.concat([rows.select(*AREA, "age_from", *figures), together], how="diagonal").sort(
        *AREA, "age_from"
    )


def by_age(rows: pl.DataFrame, figure: str, bands: int) -> np.ndarray:
    return rows[figure].to_numpy().astype(float).reshape(-1, bands)


def test_means_equal_the_reference_results(golden: Path) -> None:
    given = pl.read_csv(golden / "measures/inputs/means.csv", schema_overrides={"value": pl.String})
    expected_rows = pl.read_csv(golden / "measures/expected/means.csv").sort("area", "year")
    whole = given.with_columns((pl.col("value").cast(pl.Float64) * 10**6).round(0).cast(pl.Int128).alias("v"))
    sums = whole.group_by("area", "year").agg(
        pl.col("v").sum().alias("sum"), (pl.col("v") * pl.col("v")).sum().alias("squares"), pl.len()
    )
    sums = sums.sort("area", "year")
    total, squares = (np.array(sums[name].to_list(), dtype=object) for name in ("sum", "squares"))
    mean, limits = mean_and_limits(total, squares, sums["len"].to_numpy())
    assert sums.height == expected_rows.height > 30
    same(mean / 1e6, numbers(expected_rows, "value")[:, 0])
    same(limits / 1e6, numbers(expected_rows, "lower95", "upper95"))


def test_directly_standardised_rates_equal_the_reference_results(golden: Path) -> None:
    rows = both_sexes(pl.read_csv(golden / "measures/inputs/events19.csv"), "population", "events")
    table = pl.read_csv(golden / "measures/expected/dsr_per100000.csv").sort(AREA)
    events, population = by_age(rows, "events", 19), by_age(rows, "population", 19)
    rate, limits = direct(events, population, np.array(list(EUROPEAN_2013.values())), 100_000)
    assert table.height == len(rate) == 102
    same(rate, numbers(table, "value")[:, 0])
    same(limits, numbers(table, "lower95", "upper95"))


@pytest.mark.parametrize("year", [2021, 2022])
def test_indirectly_standardised_ratios_equal_the_reference_results(golden: Path, year: int) -> None:
    rows = pl.read_csv(golden / "measures/inputs/events19.csv").filter(pl.col("year") == year)
    rows = rows.sort("area", "sex", "age_from")
    events, population = by_age(rows, "events", 38), by_age(rows, "population", 38)
    observed, due = events.sum(axis=1), expected(population, events)
    for refvalue in (1, 100):
        table = pl.read_csv(golden / "measures/expected/isratio.csv")
        table = table.filter((pl.col("year") == year) & (pl.col("refvalue") == refvalue)).sort("area")
        same(due, numbers(table, "expected")[:, 0])
        same(refvalue * observed / due, numbers(table, "value")[:, 0])
        same(refvalue * poisson_limits(observed) / due[:, None], numbers(table, "lower95", "upper95"))
    table = pl.read_csv(golden / "measures/expected/israte_per100000.csv").filter(pl.col("year") == year)
    per = 100_000 * events.sum() / population.sum()
    same(per * observed / due, numbers(table.sort("area"), "value")[:, 0])
    same(per * poisson_limits(observed) / due[:, None], numbers(table.sort("area"), "lower95", "upper95"))


def test_life_expectancy_equals_the_reference_results_and_its_rules(golden: Path) -> None:
    """Where the reference blanks a value, its limits are blank here too."""
    rows = both_sexes(pl.read_csv(golden / "measures/inputs/deaths20.csv"), "population", "deaths")
    table = pl.read_csv(golden / "measures/expected/life_expectancy_0_65.csv").sort(*AREA, "age_from")
    deaths, population = by_age(rows, "deaths", 20), by_age(rows, "population", 20)
    widths = np.array([1.0, 4.0, *[5.0] * 17, np.inf])
    years, limits = life_expectancy(deaths, population, widths)
    at_65 = rows["age_from"].unique().sort().to_list().index(65)
    told = table["value"].is_not_null().to_numpy().reshape(-1, 2)
    assert told.shape == (102, 2)
    assert set(table.filter(pl.col("value").is_null())["rule"]) == {
        "population_not_positive", "deaths_exceed_population", "population_5000_or_less",
        "interval_over_20_years_or_not_finite",
    }  # fmt: skip
    for column, age in enumerate((0, at_65)):
        part = table.filter(pl.col("age_from") == (0 if age == 0 else 65))
        same(years[:, age], numbers(part, "value")[:, 0])
        given = np.where(told[:, column, None], numbers(part, "lower95", "upper95"), np.nan)
        same(limits[:, age], given)


def test_every_age_of_a_life_table_equals_the_reference_results(golden: Path) -> None:
    rows = both_sexes(pl.read_csv(golden / "measures/inputs/deaths20.csv"), "population", "deaths")
    table = pl.read_csv(
        golden / "measures/expected/life_expectancy_all_ages_raw.csv", infer_schema_length=None
    ).sort(*AREA, "age_from")
    deaths, population = by_age(rows, "deaths", 20), by_age(rows, "population", 20)
    years, limits = life_expectancy(deaths, population, np.array([1.0, 4.0, *[5.0] * 17, np.inf]))
    given = numbers(table, "value")[:, 0].reshape(-1, 20)
    both = np.isfinite(given) & np.isfinite(years)
    assert both.sum() > 1500
    same(years[both], given[both])
    ends = numbers(table, "lower95", "upper95").reshape(-1, 20, 2)
    same(limits[both], ends[both])
