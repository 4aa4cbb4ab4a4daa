"""An edition frozen by `commonweal freeze` hands on its fits: gaps, treatments, scales and weights."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from small_project import YAML, write_small_project
from typer.testing import CliRunner

import commonweal
from commonweal.cli.app import app
from commonweal.errors import CommonwealError

START = YAML.split("recipe:")[0]
FIRST = "periods: {publish: [2024]}\n"
BOTH = "periods: {publish: [2024, 2025]}\n"
FROZEN = "rule: frozen, edition: editions/2024"


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """Six wards; in 2024 the pay of C is not known, in 2025 the crime of B."""
    folder = write_small_project(tmp_path / "town")
    values = (folder / "data" / "values.csv").read_text()
    known = [row for row in values.splitlines() if row[:10] not in ("C,2024,pay", "B,2025,cri")]
    (folder / "data" / "values.csv").write_text("\n".join(known) + "\n")
    return folder


def build(town: Path, recipe: str, periods: str) -> commonweal.Edition:
    (town / "commonweal.yaml").write_text(f"{START}recipe: {recipe}\n{periods}")
    return commonweal.build(town)


def freeze(town: Path) -> Path:
    done = CliRunner().invoke(app, ["freeze", str(town), "--name", "2024"])
    assert done.exit_code == 0, done.output
    return town / "editions" / "2024"


def same(found: pl.Series, expected: pl.Series) -> None:
    """To nine digits: tables hand on twelve."""
    np.testing.assert_allclose(found.to_numpy(), expected.to_numpy(), rtol=1e-9, atol=1e-9)


def builds_again(town: Path) -> None:
    """The project in the output gives the same scores byte for byte, and so does the project in that one."""
    scores = (town / "build" / "data" / "scores.csv").read_bytes()
    for inner, outer in (("again", "build"), ("once-more", "again")):
        copy = shutil.copytree(town / outer / "project", town.parent / f"{inner}-project")  # alone, elsewhere
        commonweal.build(copy, town / inner)
        assert (town / inner / "data" / "scores.csv").read_bytes() == scores


@pytest.mark.parametrize("fill", ["component-mean", "regression"])
@pytest.mark.parametrize(
    ("treat", "scale"),
    [
        ("method: winsorise, skew: 0.1, kurtosis: -3, max: 1", "method: goalposts"),
        ("method: winsorise, skew: 0.1, kurtosis: -3, max: 0, then: log", "method: zscore"),
        ("method: box-cox", "method: percentile, scale: 100"),
        ("method: yeo-johnson", "method: share-of-max"),
    ],
)
def test_all_three_steps_together(town: Path, fill: str, treat: str, scale: str) -> None:
    plain = f"{{impute: {{method: {fill}}}, treat: {{{treat}}}, normalise: {{{scale}}}}}"
    first = build(town, plain, FIRST)
    freeze(town)
    frozen = (
        f"{{impute: {{method: {fill}, {FROZEN}}}, treat: {{{treat}, {FROZEN}}},"
        f" normalise: {{{scale}, {FROZEN}}}}}"
    )
    second = build(town, frozen, BOTH)
    restated = second.scores.filter(period="2024")
    same(restated["score"], first.scores["score"])
    assert restated["rank"].to_list() == first.scores["rank"].to_list()
    assert second.scoring.imputed.select("period", "area", "indicator").rows() == [
        ("2024", "C", "pay"),
        ("2025", "B", "crime"),
    ]
    page = (town / "build" / "site" / "method.html").read_text(encoding="utf-8")
    assert page.count("is taken from the edition editions/2024, and does not move.") == 2
    curves = ("indicator", "low", "high", "bend", "constant", "added")
    for mine, theirs in zip(
        second.scoring.treatments.select(curves).iter_rows(),
        first.scoring.treatments.select(curves).iter_rows(),
        strict=True,
    ):
        assert mine == tuple(pytest.approx(x, rel=1e-11) if isinstance(x, float) else x for x in theirs)
    builds_again(town)


@pytest.mark.parametrize(
    "scale",
    [
        "method: rank",
        "method: exponential",
        "method: quantile-scale, classes: 3",
        "method: borda",
        "method: t-score",
        "method: index-100, weight: people",
        "method: distance-to-reference, area: D",
        "method: distance-to-max",
        "method: minmax, by: {pay: rank, jobs: zscore}",
    ],
)
def test_each_scale_is_handed_on(town: Path, scale: str) -> None:
    areas = (town / "areas.csv").read_text().splitlines()
    people = ["people", "3", "1", "2", "2", "1", "4"]
    rows = [f"{row},{n}" for row, n in zip(areas, people, strict=True)]
    (town / "areas.csv").write_text("\n".join(rows) + "\n")
    first = build(town, f"{{normalise: {{{scale}}}}}", FIRST)
    freeze(town)
    second = build(town, f"{{normalise: {{{scale}, {FROZEN}}}}}", BOTH)
    restated = second.scores.filter(period="2024")
    same(restated["score"], first.scores["score"])
    builds_again(town)


def test_steps_may_name_different_editions(town: Path) -> None:
    build(town, "{treat: yeo-johnson}", FIRST)
    freeze(town)
    build(town, "{treat: yeo-johnson}", BOTH)
    commonweal.freeze(town, "2025")
    frozen = (
        f"{{treat: {{method: yeo-johnson, {FROZEN}}},"
        " normalise: {method: goalposts, rule: frozen, edition: editions/2025}}"
    )
    third = build(town, frozen, BOTH)
    kept = commonweal.read_edition(town / "editions" / "2025")
    assert third.goalposts["best"].to_list() == pytest.approx(kept.goalposts["best"].to_list())
    assert sorted(path.name for path in (town / "build" / "project").iterdir() if path.is_dir()) == [
        "data",
        "frozen-1",
        "frozen-2",
    ]
    builds_again(town)


def test_an_edition_made_again_in_memory_keeps_what_was_handed_on(town: Path) -> None:
    build(town, "{normalise: percentile}", FIRST)
    freeze(town)
    second = build(town, f"{{normalise: {{method: percentile, {FROZEN}}}}}", BOTH)
    again = commonweal.replay(second, {"aggregate": "median"})
    leaves = pl.col("level") == "indicator"
    assert again.scores.filter(leaves)["score"].equals(second.scores.filter(leaves)["score"])


def test_a_frozen_step_needs_a_folder(town: Path) -> None:
    edition = build(town, "{}", FIRST)
    with pytest.raises(CommonwealError, match="treat takes from an older edition, 'editions/2024'") as error:
        commonweal.replay(
            edition, {"treat": {"method": "box-cox", "rule": "frozen", "edition": "editions/2024"}}
        )
    assert error.value.faults[0].code == "RECIPE-RULE"


def test_an_edition_that_did_not_treat_is_named_with_its_line(town: Path) -> None:
    build(town, "{}", FIRST)
    freeze(town)
    with pytest.raises(CommonwealError) as error:
        build(town, f"\n  treat: {{method: box-cox, {FROZEN}}}", BOTH)
    assert str(error.value).splitlines()[0] == (
        "commonweal.yaml:6: EDITION-LACKS the edition 'editions/2024' has not treated 'crime' by box-cox;"
        " Freeze an edition that does, use another rule, or do not treat it (by: {indicator: none})."
    )


def test_of_fits_by_period_the_last_are_handed_on_and_a_note_says_so(town: Path) -> None:
    build(town, "{normalise: {method: minmax, rule: each-period}, weigh: given}", BOTH)
    kept = freeze(town)
    (kept / "data").chmod(0o755)
    weights = kept / "data" / "weights.csv"
    weights.chmod(0o644)
    rows = [f"{year},{id},work,,{w},," for year, a in (("2024", 0.5), ("2025", 0.8))
            for id, w in (("jobs", a), ("pay", 1 - a))]  # fmt: skip
    header = "period,node,parent,loading,weight,effective_weight,reason"
    weights.write_text("\n".join([header, *reversed(rows)]) + "\n")
    frozen = (
        f"{{normalise: {{method: minmax, {FROZEN}}},"
        " weigh: {method: equal, by: {work: {method: frozen, edition: editions/2024}}}}"
    )
    second = build(town, frozen, BOTH)
    assert second.weights.filter(parent="work")["weight"].to_list() == pytest.approx([0.8, 0.2])
    assert second.goalposts.filter(indicator="jobs").select("worst", "best").row(0) == (61, 91)
    assert commonweal.load_project(town).notes == (
        "editions/2024 has weights in work for each period: those of 2025 are handed on",
        "editions/2024 has goalposts for each period: those of 2025 are handed on",
    )
    builds_again(town)
