"""Measures against the reference results for public health statistics, to nine digits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from made_project import NO_DENOMINATORS, made_project

from commonweal.methods.interval import mean_and_limits, poisson_limits
from commonweal.methods.life_table import life_expectancy
from commonweal.methods.standardise import EUROPEAN_2013, direct, expected
from commonweal.model.project import JOINT, STRATA
from commonweal.model.source import Link, Measure, Records
from commonweal.sources import collect

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


# ---- from records, the whole way ----


def one_a_row(rows: pl.DataFrame, figure: str) -> str:
    """A record for each thing that a table counts: ward, date, age band, sex."""
    lines = [
        f"{area},{year},{age},{sex}\n" * count
        for area, year, age, sex, count in rows.select("area", "year", "age_band", "sex", figure).iter_rows()
    ]
    return "ward,year,age_band,sex\n" + "".join(lines)


def collected(root: Path, rows: pl.DataFrame, figure: str, *measures: Measure) -> pl.DataFrame:
    """The observations of measures of such records, among people by age band and sex."""
    path = root / "things.csv"
    path.write_text(one_a_row(rows, figure), encoding="utf-8")
    group = pl.col("age_band") + JOINT + pl.col("sex")
    strata = rows.select(
        pl.lit("people").alias("name"),
        "area",
        pl.col("year").cast(pl.String).alias("period"),
        group.alias("group"),
        pl.col("population").cast(pl.Float64).alias("value"),
    ).cast(STRATA)
    whole = strata.group_by("name", "area", "period").agg(pl.col("value").sum())
    areas = rows["area"].unique().sort().to_list()
    source = Records("things", (path,), path.name, "thing", Link("code", "ward"), date="year")
    project = made_project(
        root, [source], measures, areas, ["2021", "2022"], denominators=whole.select(NO_DENOMINATORS.columns)
    )
    project = replace(project, strata=strata, groups={"people": ("age_band", "sex")})
    return collect(project).counted.frame.sort("indicator", "area", "period")


def test_records_lead_to_the_reference_standardised_rates_and_ratios(golden: Path, tmp_path: Path) -> None:
    rows = pl.read_csv(golden / "measures/inputs/events19.csv")
    by = (("age_band", "age_band"), ("sex", "sex"))
    found = collected(
        tmp_path,
        rows,
        "events",
        Measure("dsr", "things", "standardised_rate", per=100_000, denominator="people", by=by[:1]),
        Measure("smr", "things", "standardised_ratio", per=100, denominator="people", by=by),
    )
    rates = pl.read_csv(golden / "measures/expected/dsr_per100000.csv").filter(pl.col("sex") == "P")
    columns = ("value", "lower", "upper")
    same(
        numbers(found.filter(indicator="dsr"), *columns),
        numbers(rates.sort("area", "year"), "value", "lower95", "upper95"),
    )
    ratios = pl.read_csv(golden / "measures/expected/isratio.csv").filter(pl.col("refvalue") == 100)
    same(
        numbers(found.filter(indicator="smr"), *columns),
        numbers(ratios.sort("area", "year"), "value", "lower95", "upper95"),
    )


def test_records_lead_to_the_reference_life_expectancy(golden: Path, tmp_path: Path) -> None:
    rows = pl.read_csv(golden / "measures/inputs/deaths20.csv")
    measure = Measure(
        "life", "things", "life_expectancy", denominator="people", by=(("age_band", "age_band"),)
    )
    found = collected(tmp_path, rows, "deaths", measure)
    table = pl.read_csv(golden / "measures/expected/life_expectancy_0_65.csv")
    table = table.filter((pl.col("sex") == "P") & (pl.col("age_from") == 0)).sort("area", "year")
    same(numbers(found, "value"), numbers(table, "value"))
    told = table["value"].is_not_null().to_numpy()
    same(numbers(found, "lower", "upper")[told], numbers(table, "lower95", "upper95")[told])


def test_records_lead_to_the_reference_means(golden: Path, tmp_path: Path) -> None:
    path = tmp_path / "means.csv"
    path.write_bytes((golden / "measures/inputs/means.csv").read_bytes())
    source = Records("things", (path,), path.name, "thing", Link("code", "area"), date="year")
    table = pl.read_csv(golden / "measures/expected/means.csv").sort("area", "year")
    areas = table["area"].unique().sort().to_list()
    measure = Measure("mean", "things", "mean", value="value", decimals=6)
    project = made_project(tmp_path, [source], [measure], areas, ["2021", "2022"])
    found = collect(project).counted.frame.with_columns(pl.col("period").cast(pl.Int64).alias("year"))
    both = table.join(found, on=["area", "year"], suffix=" found").sort("area", "year")
    assert both.height == table.height
    same(numbers(both, "value found", "lower", "upper"), numbers(both, "value", "lower95", "upper95"))


def test_real_crimes_measured_are_those_that_plain_sums_give(shared_data: Path, tmp_path: Path) -> None:
    """Streets, mean latitude, median longitude and violence to burglary, by ward in 2017, worked out anew."""
    path = shared_data / "microdata_police_crime_lbbd" / "police_street_crime_lbbd_2016_2018.csv.gz"
    source = Records("crimes", (path,), path.name, "thing", Link("code", "ward_code"), date="month")
    burglary, violence = (f"category = '{name}'" for name in ("burglary", "violent-crime"))
    measures = [
        Measure("streets", "crimes", "distinct", value="street_name"),
        Measure("north", "crimes", "mean", value="latitude", decimals=6),
        Measure("east", "crimes", "median", value="longitude", decimals=6),
        Measure("burglary", "crimes", "count", where=burglary, helper=True),
        Measure("violence", "crimes", "count", where=violence, helper=True),
        Measure("violence_to_burglary", "crimes", "ratio", of="violence", to="burglary"),
    ]
    rows = pl.read_csv(path, infer_schema=False).filter(pl.col("month").str.starts_with("2017"))
    wards = rows["ward_code"].unique().sort().to_list()
    frame = collect(made_project(tmp_path, [source], measures, wards, ["2017"])).counted.frame
    number = {name: pl.col(name).cast(pl.Float64) for name in ("latitude", "longitude")}
    kind = pl.col("category")
    plain = rows.group_by("ward_code").agg(
        pl.col("street_name").n_unique().alias("streets"),
        number["latitude"].mean().alias("north"),
        number["longitude"].median().alias("east"),
        ((kind == "violent-crime").sum() / (kind == "burglary").sum()).alias("violence_to_burglary"),
    )
    plain = plain.sort("ward_code")
    for name in ("streets", "north", "east", "violence_to_burglary"):
        found = frame.filter(indicator=name).sort("area")
        np.testing.assert_allclose(numbers(found, "value")[:, 0], numbers(plain, name)[:, 0], rtol=1e-9)
        assert (found["lower"] <= found["value"]).all()
        assert (found["value"] <= found["upper"]).all()
