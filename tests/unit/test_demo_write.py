"""The demo project as it is written: complete, repeatable, plausible, and never over something else."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest

from commonweal.demo import figures
from commonweal.demo.borough import WARDS, YEARS
from commonweal.demo.write import RECORDS, write
from commonweal.errors import CommonwealError


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "marlbridge"
    write(folder)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_same_bytes_each_time(demo, tmp_path):
    write(tmp_path)
    assert files(tmp_path) == files(demo)


def test_another_seed_gives_other_figures(demo, tmp_path):
    write(tmp_path, seed=7)
    mine, theirs = files(demo), files(tmp_path)
    assert mine.keys() == theirs.keys()
    assert mine["data/published.csv"] != theirs["data/published.csv"]
    assert mine["areas.geojson"] == theirs["areas.geojson"]


def test_a_folder_with_something_in_it_is_refused_and_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(CommonwealError, match="TARGET-NOT-EMPTY"):
        write(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_in_the_way_is_refused(tmp_path):
    (tmp_path / "marlbridge").write_text("mine")
    with pytest.raises(CommonwealError, match="TARGET-NOT-EMPTY"):
        write(tmp_path / "marlbridge")


def test_every_indicator_has_values_or_a_measure(demo):
    with (demo / "framework.csv").open(encoding="utf-8", newline="") as file:
        indicators = {row["id"] for row in csv.DictReader(file) if row["level"] == "indicator"}
    assert len(indicators) == 53
    assert indicators == set(figures.SHAPES)


def test_it_is_said_to_be_fictional(demo):
    text = " ".join((demo / "commonweal.yaml").read_text(encoding="utf-8").split())
    assert "every place, person and figure on this page is invented." in text


def test_about_a_quarter_of_a_million_records(demo):
    folder = demo / "data" / "records"
    assert sorted(RECORDS) == sorted(path.name for path in folder.iterdir())
    rows = sum(
        pl.scan_parquet(path).select(pl.len()).collect().item()
        if path.suffix == ".parquet"
        else pl.scan_csv(path).select(pl.len()).collect().item()
        for path in folder.iterdir()
    )
    assert 200_000 < rows < 320_000


def test_a_scale_of_two_doubles_records_and_people_alike(demo, tmp_path):
    write(tmp_path, scale=2)

    def rows(folder: Path) -> int:
        return pl.read_parquet(folder / "data/records/crimes.parquet").height

    def people(folder: Path) -> int:
        return pl.read_csv(folder / "data/population.csv")["value"].sum()

    assert rows(tmp_path) / rows(demo) == pytest.approx(2, rel=0.02)
    assert people(tmp_path) / people(demo) == pytest.approx(2, rel=0.001)


def test_tables_have_a_gap_a_tie_a_zero_and_small_counts(demo):
    survey = pl.read_csv(demo / "data/survey.csv")
    assert survey["value"].null_count() == 2
    published = pl.read_csv(demo / "data/published.csv")
    schools = published.filter(pl.col("indicator") == "schools")
    assert schools["area"].n_unique() == len(WARDS) - 1
    transport = published.filter((pl.col("indicator") == "public-transport") & (pl.col("period") == 2025))
    assert transport["value"].is_duplicated().any()
    small = pl.read_csv(demo / "data/care.csv").filter(pl.col("numerator").is_between(1, 7))
    assert small.height > 20


def test_some_indicators_are_of_some_years_only(demo):
    elections = pl.read_csv(demo / "data/elections.csv")
    assert set(elections.drop_nulls("voter-turnout")["period"]) == {2018, 2022}
    assert set(elections.drop_nulls("voter-registration")["period"]) == set(YEARS)


def test_the_prosperous_ward_does_better_than_the_docks():
    names = [ward.name for ward in WARDS]
    ashcombe, quayside = names.index("Ashcombe"), names.index("Quayside")
    better = [
        figures.direction(id) * (values[ashcombe] - values[quayside]) > 0
        for id in figures.SHAPES
        for values in figures.expected(id, 2026).values()
    ]
    assert sum(better) / len(better) > 0.75
