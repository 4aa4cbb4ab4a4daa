"""The two tables of COINr become a project, score as COINr scores them, and come back as they were."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import commonweal
from commonweal import project


def numbers(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema_length=None)


@pytest.fixture(scope="module")
def asem(golden: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("asem") / "project"
    project.begin_from(folder, golden / "asem")
    return folder


def test_scores_are_those_of_coinr(golden: Path, asem: Path) -> None:
    edition = commonweal.build(asem)
    ids = {node.code: node.id for node in edition.framework}
    wide = edition.scores.pivot("node", index="area", values="score").sort("area")
    for file in ("scores.csv", "normalised.csv"):
        expected = numbers(golden / "asem" / "a_plain" / file).sort("uCode")
        codes = expected.columns[1:]
        ours = wide.select(ids[code] for code in codes).to_numpy()
        theirs = expected.select(pl.col(codes).cast(pl.Float64)).to_numpy()
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9)
    ranks = numbers(golden / "asem" / "a_plain" / "ranks.csv").sort("uCode")
    placed = edition.scores.pivot("node", index="area", values="rank").sort("area")
    for code in ranks.columns[1:]:
        assert placed[ids[code]].to_list() == ranks[code].to_list()


def test_the_tables_come_back(golden: Path, asem: Path, tmp_path: Path) -> None:
    data, meta = commonweal.export(asem, tmp_path)
    same(data, golden / "asem" / "iData.csv")
    same(meta, golden / "asem" / "iMeta.csv")


def test_a_panel_comes_and_goes(golden: Path, tmp_path: Path) -> None:
    folder = tmp_path / "panel"
    for name in ("iData_p.csv", "iMeta.csv"):
        shutil.copy(golden / "asem" / name, tmp_path)
    project.begin_from(folder, tmp_path / "iData_p.csv")
    edition = commonweal.replay(
        folder, {"normalise": {"method": "minmax", "rule": "each-period", "low": 0, "high": 100}}
    )
    expected = numbers(golden / "asem" / "p_panel_by_year" / "scores.csv")
    ids = {node.code: node.id for node in edition.framework}
    wide = edition.scores.pivot("node", index=["period", "area"], values="score").sort("period", "area")
    expected = expected.sort("Time", "uCode")
    codes = [name for name in expected.columns if name in ids]
    np.testing.assert_allclose(
        wide.select(ids[code] for code in codes).to_numpy(),
        expected.select(codes).to_numpy(),
        rtol=0,
        atol=1e-9,
    )
    data, _ = commonweal.export(folder, tmp_path / "back")
    same(data, tmp_path / "iData_p.csv")


def same(one: Path, other: Path) -> None:
    ours, theirs = numbers(one), numbers(other)
    assert ours.columns == theirs.columns
    for name in ours.columns:
        if theirs[name].dtype.is_numeric():
            mine, their = (frame[name].cast(pl.Float64).to_numpy() for frame in (ours, theirs))
            np.testing.assert_allclose(mine, their, rtol=1e-15)
        else:
            assert ours[name].to_list() == theirs[name].to_list(), name


def test_what_treatment_moved_between_two_editions_is_told(asem: Path, tmp_path: Path) -> None:
    """A treated edition against a plain one: the steps add up in every score, and method is named."""
    commonweal.build(asem, tmp_path / "plain")
    treated = tmp_path / "treated"
    shutil.copytree(asem, treated, ignore=shutil.ignore_patterns("build", ".commonweal"))
    yaml = (treated / "commonweal.yaml").read_text()
    (treated / "commonweal.yaml").write_text(yaml.replace("recipe:\n", "recipe:\n  treat: winsorise\n"))
    commonweal.build(treated, tmp_path / "new")
    found = commonweal.diff(tmp_path / "plain", tmp_path / "new")
    assert found.scores.height
    assert {step for steps in found.scores["steps"] for step in steps.split(", ")} == {"method"}
    sums = found.scores.select(pl.sum_horizontal("data", "goalposts", "weights", "method")).to_series()
    assert (sums - found.scores["change"]).abs().max() < 1e-9


def test_a_treated_edition_is_taken_apart_too(asem: Path, tmp_path: Path) -> None:
    treated = tmp_path / "treated"
    shutil.copytree(asem, treated, ignore=shutil.ignore_patterns("build", ".commonweal"))
    yaml = (treated / "commonweal.yaml").read_text()
    (treated / "commonweal.yaml").write_text(yaml.replace("recipe:\n", "recipe:\n  treat: winsorise\n"))
    commonweal.build(treated, tmp_path / "old")
    framework = (treated / "framework.csv").read_text()
    assert "lpi,Logistics Performance Index,physical,indicator,1,Score 1-5,1," in framework
    (treated / "framework.csv").write_text(framework.replace("Score 1-5,1,", "Score 1-5,4,"))
    commonweal.build(treated, tmp_path / "new")
    found = commonweal.diff(tmp_path / "old", tmp_path / "new")
    assert set(found.scores["steps"]) == {"weights"}
    assert set(found.scores["node"]) == {"physical", "conn", "index"}
