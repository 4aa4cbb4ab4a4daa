"""The worked example of docs/explanation/methods/diagnose.md, number by number as it is printed there."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from commonweal.insight.diagnose.consistency import alpha, bartlett, kmo
from commonweal.insight.diagnose.correlation import covariance, kendall, pearson, spearman
from commonweal.insight.diagnose.influence import influence
from commonweal.insight.diagnose.outranking import outranking
from commonweal.insight.diagnose.removal import removals, without
from commonweal.insight.diagnose.statistics import statistics
from commonweal.model.edition import Edition
from commonweal.pipeline.frames import score

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "methods" / "diagnose.md"


@pytest.fixture(scope="module")
def table() -> np.ndarray:
    """The areas and indicators as the page prints them."""
    rows = re.findall(
        r"^\| [A-E] \| (\d) \| (\d) \| (\d) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert len(rows) == 5
    return np.array(rows, dtype=float)


@pytest.fixture(scope="module")
def edition(table: np.ndarray) -> Edition:
    names = ["jobs", "pay", "air"]
    tree = pl.DataFrame(
        [("index", "Index", "", "index", None), *((n, n, "index", "indicator", 1) for n in names)],
        schema=["id", "name", "parent", "level", "direction"],
        orient="row",
    )
    frame = pl.DataFrame(table, schema=names).with_columns(area=pl.Series(list("ABCDE")))
    return score(frame, tree, {"normalise": "none"})


def near(*values: float) -> object:
    return pytest.approx(values if len(values) > 1 else values[0], abs=5e-4)


def test_shape(table: np.ndarray) -> None:
    found = statistics(table, ["jobs", "pay", "air"]).row(0, named=True)
    assert (found["mean"], found["skewness"], found["kurtosis"]) == near(3.0, 0.0, -1.2)


def test_correlations(table: np.ndarray) -> None:
    assert pearson(table).r[0, 1] == near(0.8)
    assert spearman(table).r[0, 1] == near(0.8)
    assert kendall(table).r[0, 1] == near(0.6)
    assert pearson(table).p[0, 1] == near(0.104)


def test_belonging_together(table: np.ndarray) -> None:
    assert tuple(covariance(table)[[0, 0, 1], [1, 2, 2]]) == near(2.0, -1.5, -1.5)
    assert alpha(table[:, :2]) == near(0.889)
    assert alpha(table) == near(-0.545)
    assert kmo(table) == near(0.695)
    tested = bartlett(table)
    assert tested is not None
    assert (tested.chi_squared, tested.degrees, tested.p) == near(3.320, 3, 0.345)


def test_what_counts(edition: Edition) -> None:
    assert tuple(edition.scoring.scores[0, :, 0]) == near(8 / 3, 7 / 3, 8 / 3, 3, 13 / 3)
    found = influence(edition.scoring)
    assert tuple(found["r"]) == near(0.809, 0.809, -0.135)
    assert tuple(found["linear"]) == near(0.655, 0.655, 0.018)
    assert found["share"][2] == pytest.approx(0.01, abs=5e-3)


def test_without_a_part(edition: Edition) -> None:
    assert edition.scoring.ranks[0, :, 0].tolist() == [3, 5, 3, 2, 1]
    assert tuple(without(edition.scoring, "air")) == near(1.5, 1.5, 3.5, 3.5, 5.0)
    assert removals(edition.scoring, ["air"])["mean_rank_change"][0] == near(0.6)


def test_area_against_area(table: np.ndarray) -> None:
    assert outranking(table, np.ones(3))[4, 3] == near(1.0)
