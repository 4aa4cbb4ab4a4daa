"""The examples on open data build for real, and their figures agree with those counted by others."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

import commonweal
from commonweal import project, sources
from commonweal.model.edition import Edition

pytestmark = pytest.mark.xdist_group("examples")

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
CRIMES = "microdata_police_crime_lbbd"
HYGIENE = "microdata_food_hygiene_lbbd_2016"


@pytest.fixture(scope="module")
def build(shared_data: Path, tmp_path_factory: pytest.TempPathFactory):
    def built(name: str) -> Edition:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("COMMONWEAL_DATA", str(shared_data))
            return commonweal.build(EXAMPLES / name, tmp_path_factory.mktemp(name) / "out")

    return built


@pytest.fixture(scope="module")
def barking(build) -> Edition:
    return build("barking-and-dagenham")


@pytest.fixture(scope="module")
def london(build) -> Edition:
    return build("london")


def values(edition: Edition, indicator: str) -> pl.DataFrame:
    return edition.observations.filter(pl.col("indicator") == indicator).sort("area", "period")


def index(edition: Edition, period: str) -> pl.DataFrame:
    root = edition.framework.roots[0].id
    return edition.scores.filter((pl.col("node") == root) & (pl.col("period") == period))


def test_examples_hold_project_files_only():
    kept = [path for path in EXAMPLES.rglob("*") if path.is_file() and ".commonweal" not in path.parts]
    found = {path.name for path in kept}
    assert found == {"README.md", "commonweal.yaml", "framework.csv"}


# Barking and Dagenham


@pytest.mark.parametrize("period", ["2016", "2017", "2018"])
def test_every_ward_of_barking_and_dagenham_has_an_index(barking, period):
    scored = index(barking, period)
    assert scored["score"].null_count() == 0
    assert scored["of"].unique().to_list() == [17]
    assert scored["score"].is_between(0, 100).all()


def test_21_of_the_53_are_covered_and_one_is_added(barking):
    assert len(barking.framework.indicators) == 22
    assert set(barking.observations["indicator"]) == {node.id for node in barking.framework.indicators}


def test_a_year_without_april_has_no_crime_rate_and_the_next_is_carried(barking):
    crime = (
        barking.scores.filter(pl.col("node") == "crime-rate")
        .group_by("period")
        .agg(pl.col("status").unique())
    )
    assert dict(crime.iter_rows()) == {"2016": ["missing"], "2017": ["observed"], "2018": ["carried"]}


def test_scaled_up_years_say_that_they_are_estimated(barking):
    violence = values(barking, "violent-crime")
    status = dict(violence.group_by("period").agg(pl.col("status").unique()).iter_rows())
    assert status == {"2016": ["estimated"], "2017": ["observed"], "2018": ["estimated"]}
    assert violence["value"].is_between(5, 80).all()


def test_a_scaled_up_year_is_near_the_whole_one(barking):
    violence = values(barking, "violent-crime").group_by("period").agg(pl.col("value").mean())
    means = dict(violence.iter_rows())
    assert means["2016"] == pytest.approx(means["2017"], rel=0.2)
    assert means["2018"] == pytest.approx(means["2017"], rel=0.2)


def test_food_hygiene_is_that_of_the_published_summary(barking, shared_data):
    expected = pl.read_csv(shared_data / HYGIENE / "expected_ward_summary.csv").sort("GSS_CODE")
    ours = values(barking, "food-hygiene")
    share = 100 * expected["rating_below_3"] / expected["rated"]
    assert ours["area"].to_list() == expected["GSS_CODE"].to_list()
    assert ours["value"].to_list() == pytest.approx(share.to_list(), rel=1e-11)


def test_london_stands_beside_the_wards(barking):
    london = barking.benchmarks.filter(pl.col("name") == "London")
    assert "road-casualties" not in london.drop_nulls("value")["node"].to_list()
    assert london.drop_nulls("value")["node"].n_unique() >= 17


def test_crimes_counted_by_the_code_they_carry_are_those_counted_by_others(
    shared_data, tmp_path, monkeypatch
):
    """The expected counts are by the ward asked for, so the example is read by code and without a key."""
    monkeypatch.setenv("COMMONWEAL_DATA", str(shared_data))
    folder = tmp_path / "by-code"
    shutil.copytree(EXAMPLES / "barking-and-dagenham", folder)
    file = folder / "commonweal.yaml"
    text = file.read_text(encoding="utf-8")
    point = 'link: {by: point, x: longitude, y: latitude, crs: "EPSG:4326"}'
    by_code = text.replace(point, "link: {by: code, column: ward_code}").replace(
        "    key: crime_id ", "    # key "
    )
    assert text != by_code
    file.write_text(by_code, encoding="utf-8")
    counted = sources.collect(project.load(folder)).counted.frame
    ours = counted.filter((pl.col("indicator") == "crime-rate") & (pl.col("period") == "2017")).sort("area")
    theirs = (
        pl.read_csv(shared_data / CRIMES / "expected_counts_ward_year_category.csv")
        .filter((pl.col("year") == 2017) & (pl.col("category") != "anti-social-behaviour"))
        .group_by("ward_code")
        .agg(pl.col("crimes").sum())
        .sort("ward_code")
    )
    assert ours["area"].to_list() == theirs["ward_code"].to_list()
    assert ours["numerator"].to_list() == theirs["crimes"].to_list()


def test_crimes_counted_by_point_are_nearly_those(barking, shared_data):
    theirs = pl.read_csv(shared_data / CRIMES / "expected_counts_ward_year_category.csv").filter(
        (pl.col("year") == 2017) & (pl.col("category") == "violent-crime")
    )
    ours = values(barking, "violent-crime").filter(pl.col("period") == "2017")
    both = ours.join(theirs, left_on="area", right_on="ward_code")
    assert both.height == 17
    assert ours["numerator"].sum() == pytest.approx(theirs["crimes"].sum(), rel=0.03)
    assert ((both["numerator"] - both["crimes"]).abs() <= 0.15 * both["crimes"]).all()


# London


def test_every_ward_of_london_has_an_index_in_every_year(london):
    for period in ("2009", "2010", "2011", "2012", "2013"):
        scored = index(london, period)
        assert scored.height == 625
        assert scored["score"].null_count() == 0


def test_nothing_is_carried_or_missing_in_london(london):
    leaves = london.scores.filter(pl.col("level") == "indicator")
    assert leaves["status"].unique().to_list() == ["observed"]


def test_goalposts_are_the_extremes_of_all_five_years(london):
    post = london.goalposts.filter(pl.col("indicator") == "open-space").row(0, named=True)
    assert (post["worst"], post["best"]) == (-22.3, 18.3)
    post = london.goalposts.filter(pl.col("indicator") == "life-expectancy").row(0, named=True)
    observed = values(london, "life-expectancy")["value"]
    assert (post["worst"], post["best"]) == (observed.min(), observed.max())


def test_progress_is_real_and_not_the_same_everywhere(london):
    root = london.framework.roots[0].id
    change = london.progress.filter(pl.col("node") == root)["per_year"]
    assert change.len() == 625
    assert change.std() > 0.2


def test_country_and_publisher_stand_beside_the_wards(london):
    assert {"England and Wales", "London as published", "London"} <= set(london.benchmarks["name"])
