"""The recorded Monte Carlo run of COINr on ASEM, repeated choice by choice without its random numbers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
import polars as pl
import pytest

from commonweal.insight.sensitivity import mean_rank_shift, root_scores, sensitivity
from commonweal.insight.uncertainty.choices import Experiment, WeightSets
from commonweal.methods.rank import rank
from commonweal.methods.sobol import indices
from commonweal.model.edition import Edition

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


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
def asem() -> Iterator[ModuleType]:
    """The program that times this run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        import asem

        yield asem
    sys.modules.pop("asem", None)


@pytest.fixture(scope="module")
def recorded(golden: Path, asem: ModuleType) -> Recorded:
    edition = asem.score(golden / "asem")
    folder = golden / "asem" / "sensitivity"
    noisy = {asem.node_id(row[0]): row[2:] for row in pl.read_csv(folder / "noisy_weights.csv").iter_rows()}
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
    inputs = (asem.TREAT, asem.NORMALISE, weights, asem.AGGREGATE)
    return Recorded(edition, Experiment.of(edition, inputs), points, folder)


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
