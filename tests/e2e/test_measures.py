"""Every kind of measure from records to the published project and back, as the how-to page writes them."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import polars as pl
import pytest
from measured_project import HELPERS, sections, write_measured_project
from small_project import FRAMEWORK, YAML, write_small_project

import commonweal
from commonweal import project
from commonweal.model.source import MeasureKind
from commonweal.sources import collect, gate

OBSERVED = {"period": pl.String}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_measured_project(tmp_path_factory.mktemp("measured") / "project")
    commonweal.build(root, out=root / "build")
    return root / "build"


def test_the_page_has_every_kind() -> None:
    kinds = {keys["kind"] for keys in sections()["measures"].values()}
    assert kinds == set(get_args(MeasureKind))


def test_every_measure_is_published_and_no_helper(built: Path) -> None:
    table = pl.read_csv(built / "data" / "observations.csv", schema_overrides=OBSERVED)
    measures = set(sections()["measures"]) - set(HELPERS)
    assert set(table["indicator"]) == measures
    latest = table.filter(pl.col("period") == "2018")
    without = latest.filter(pl.col("value").is_null() & (pl.col("status") != "suppressed"))
    assert without.height == 0, without
    ends = latest.filter(pl.col("lower").is_not_null())
    assert set(ends["indicator"]) == measures
    assert (ends["lower"] <= ends["value"]).all()
    assert (ends["upper"] >= ends["value"]).all()


def test_pooled_figures_say_what_is_taken_together(built: Path) -> None:
    table = pl.read_csv(built / "data" / "observations.csv", schema_overrides=OBSERVED)
    pooled = table.filter((pl.col("indicator") == "failed-three-years") & (pl.col("period") == "2018"))
    assert set(pooled["observed"]) == {"2016 to 2018 together"}


def test_shrunken_figures_are_estimates_and_keep_their_counts(built: Path) -> None:
    table = pl.read_csv(built / "data" / "observations.csv", schema_overrides=OBSERVED)
    shares = table.filter((pl.col("indicator") == "failed-share") & (pl.col("period") == "2018"))
    assert set(shares["status"]) == {"estimated"}
    raw = 100 * shares["numerator"] / shares["denominator"]
    assert shares["numerator"].null_count() == 0
    assert (shares["value"] - shares["value"].mean()).abs().max() < (raw - raw.mean()).abs().max()


def test_the_place_as_a_whole_has_figures_too(built: Path) -> None:
    """A rate, mean or ratio of counts is that of all areas together; a plain count is their mean."""
    table = pl.read_csv(built / "data" / "benchmarks.csv", schema_overrides=OBSERVED)
    town = dict(table.filter(pl.col("level") == "indicator").select("node", "value").iter_rows())
    wards = pl.read_csv(built / "data" / "observations.csv", schema_overrides=OBSERVED).filter(period="2018")
    own = {str(name): rows for (name,), rows in wards.group_by("indicator")}
    assert town["visits-number"] == pytest.approx(own["visits-number"]["value"].mean())
    for name in ("visits-failed", "failed-to-helped", "deaths-ratio"):
        per = 100 if name != "failed-to-helped" else 1
        ratio = per * own[name]["numerator"].sum() / own[name]["denominator"].sum()
        assert town[name] == pytest.approx(ratio)
    means = own["wait-mean"]
    weighted = (means["value"] * means["denominator"]).sum() / means["denominator"].sum()
    assert town["wait-mean"] == pytest.approx(weighted)


def test_the_published_project_builds_the_same_scores(built: Path, tmp_path: Path) -> None:
    commonweal.build(built / "project", out=tmp_path / "again")
    for table in ("data/scores.csv", "data/observations.csv"):
        first, again = (
            pl.read_csv(folder / table, infer_schema=False).drop("source", strict=False)
            for folder in (built, tmp_path / "again")
        )
        assert first.equals(again), table
    scores = "data/scores.csv"
    assert (tmp_path / "again" / scores).read_bytes() == (built / scores).read_bytes()


def test_the_published_project_keeps_what_was_taken_together(built: Path, tmp_path: Path) -> None:
    table = pl.read_csv(built / "project" / "data" / "observations.csv", infer_schema=False)
    pooled = table.filter(indicator="failed-three-years", period="2018")
    assert set(pooled["observed"]) == {"2016 to 2018 together"}
    own = table.filter(pl.col("indicator") == "visits-rate")
    assert own["observed"].equals(own["period"])


def test_a_change_of_values_from_a_table(tmp_path: Path) -> None:
    """Jobs are a point higher in 2025 than in 2024 everywhere."""
    framework = FRAMEWORK.replace("pay,Pay,", "more-jobs,More jobs,")
    yaml = YAML.replace("recipe:\n", "measures:\n  more-jobs: {kind: change, of: jobs}\nrecipe:\n")
    root = write_small_project(tmp_path / "project", yaml=yaml, framework=framework)
    table = root / "data" / "values.csv"
    table.write_text("".join(line for line in table.read_text().splitlines(True) if ",pay," not in line))
    loaded = project.load(root)
    found = gate(loaded, collect(loaded)).observations.frame.filter(pl.col("indicator") == "more-jobs")
    assert found.select("period", "value", "lower").unique().rows() == [("2025", 1.0, None)]
    assert found.height == 6
