"""The recorded Monte Carlo run of COINr on ASEM, repeated choice by choice without its random numbers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from score_table import node_id

import commonweal
from commonweal.insight.sensitivity import mean_rank_shift, root_scores, sensitivity
from commonweal.insight.uncertainty.choices import Alternative, Choice, Experiment, WeightSets
from commonweal.methods.rank import rank
from commonweal.methods.sobol import indices
from commonweal.model.edition import Edition

LEVELS = {1: "indicator", 2: "pillar", 3: "sub-index", 4: "index"}
BESIDE = ["Area", "Energy", "GDP", "Population", "EurAsia_group"]
WINSORISE = {"method": "winsorise", "then": "log"}
TREAT = Choice(
    "treat", tuple(Alternative(str(most), {"treat": {**WINSORISE, "max": most}}) for most in range(1, 6))
)
NORMALISE = Choice(
    "normalise",
    (
        Alternative("minmax_1_100", {"normalise": {"method": "minmax", "low": 1, "high": 100}}),
        Alternative("zscore_10_2", {"normalise": {"method": "zscore", "mean": 10, "sd": 2}}),
    ),
)
AGGREGATE = Choice(
    "aggregate", tuple(Alternative(mean, {"aggregate": mean}) for mean in ("arithmetic", "geometric"))
)


@dataclass(frozen=True)
class Recorded:
    """The run as recorded: its experiment, the point of each run, and the folder of results."""

    edition: Edition
    experiment: Experiment
    points: np.ndarray
    folder: Path

    def table(self, name: str) -> pl.DataFrame:
        return pl.read_csv(self.folder / name)

    def by_run(self, name: str) -> np.ndarray:
        """A recorded table of areas by runs, as runs by areas in our order."""
        table = self.table(name)
        order = np.argsort([self.edition.scoring.area_index[code] for code in table["uCode"]])
        return table.select(pl.exclude("uCode", "Nominal")).to_numpy().T[:, order]


@pytest.fixture(scope="module")
def recorded(golden: Path) -> Recorded:
    asem = golden / "asem"
    meta = pl.read_csv(asem / "iMeta.csv")
    tree = meta.filter(pl.col("Level").is_not_null()).select(
        pl.col("iCode").map_elements(node_id, pl.String).alias("id"),
        pl.col("iName").alias("name"),
        pl.col("Parent").fill_null("").map_elements(node_id, pl.String).alias("parent"),
        pl.col("Level").replace_strict(LEVELS).alias("level"),
        pl.when(pl.col("Level") == 1).then(pl.col("Direction")).alias("direction"),
        pl.col("Weight").alias("weight"),
    )
    data = pl.read_csv(asem / "iData.csv", infer_schema_length=None).rename({"uCode": "area"})
    indicators = list(meta.filter(pl.col("Level") == 1)["iCode"])
    divided = meta.filter(pl.col("Denominator").is_not_null()).select("iCode", "Denominator").iter_rows()
    edition = commonweal.score(
        data.select("area", pl.col(indicators).name.map(node_id)),
        tree,
        [
            {"denominate": {node_id(indicator): by for indicator, by in divided}},
            {"impute": {"method": "group-mean", "group": "EurAsia_group"}},
            {"screen": {"areas": 0.9}},
            {"treat": WINSORISE},
            {"normalise": {"method": "minmax", "low": 0, "high": 100}},
            {"weigh": "given"},
            {"available": 0},
        ],
        areas=data.select(pl.col("area").alias("code"), *BESIDE),
    )
    folder = asem / "sensitivity"
    noisy = {node_id(row[0]): row[2:] for row in pl.read_csv(folder / "noisy_weights.csv").iter_rows()}
    weights = WeightSets(
        "weights",
        {
            parent.id: np.array([noisy[child.id] for child in edition.framework.children(parent.id)]).T
            for parent in edition.framework.parents
        },
    )
    runs = pl.read_csv(folder / "runs.csv")
    points = np.stack(
        [
            (runs["winmax"] - 0.5) / 5,
            runs["normalisation"].replace_strict({"minmax_1_100": 0.25, "zscore_10_2": 0.75}),
            (runs["weight_set"].str.slice(1).cast(pl.Int64) - 0.5) / 100,
            runs["aggregation"].replace_strict({"arithmetic": 0.25, "geometric": 0.75}),
        ],
        axis=1,
    )
    return Recorded(edition, Experiment.of(edition, (TREAT, NORMALISE, weights, AGGREGATE)), points, folder)


@pytest.fixture(scope="module")
def scores(recorded: Recorded) -> np.ndarray:
    return root_scores(recorded.experiment, recorded.points)


def test_every_run_gives_the_recorded_scores_and_ranks(recorded: Recorded, scores: np.ndarray) -> None:
    np.testing.assert_allclose(scores, recorded.by_run("index_scores.csv"), rtol=1e-9)
    assert (rank(scores)[0] == recorded.by_run("index_ranks.csv")).all()


def test_the_target_and_its_indices(recorded: Recorded, scores: np.ndarray) -> None:
    scoring = recorded.edition.scoring
    target = mean_rank_shift(rank(scores)[0], scoring.ranks[0, :, scoring.node_index["index"]])
    np.testing.assert_allclose(target, recorded.table("target.csv")["mean_abs_rank_change"], rtol=1e-9)
    found = indices(target, 4)
    expected = recorded.table("indices.csv")
    np.testing.assert_allclose(found.first, expected["Si"], atol=1e-9)
    np.testing.assert_allclose(found.total, expected["STi"], atol=1e-9)


def test_the_statistics_of_ranks(recorded: Recorded, scores: np.ndarray) -> None:
    both = rank(scores)[0][:80]  # blocks A and B
    expected = recorded.table("rank_statistics.csv")
    order = [recorded.edition.scoring.area_index[code] for code in expected["uCode"]]
    np.testing.assert_allclose(both.mean(axis=0)[order], expected["Mean"], atol=1e-9)
    np.testing.assert_allclose(np.median(both, axis=0)[order], expected["Median"], atol=1e-9)
    for column, level in (("Q5", 0.05), ("Q95", 0.95)):
        np.testing.assert_allclose(np.quantile(both, level, axis=0)[order], expected[column], atol=1e-9)


def test_our_own_design_finds_the_same_order_of_inputs(recorded: Recorded) -> None:
    found = sensitivity(recorded.experiment, rows=128)
    total = dict(found.select("input", "total").iter_rows())
    assert total["aggregate"] > total["weights"] > total["treat"]
    assert total["aggregate"] > total["normalise"] > total["treat"]
    assert (found["total_low"] <= found["total"]).all()
    assert (found["total"] <= found["total_high"]).all()


def test_the_rank_of_one_area_has_indices_of_its_own(recorded: Recorded) -> None:
    by_area = [
        sensitivity(recorded.experiment, rows=64, area=area)["total"].to_list() for area in ("AUS", "AUT")
    ]
    assert by_area[0] != by_area[1]
