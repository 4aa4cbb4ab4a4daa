"""The European regional social progress index: given goalposts, plain means, then means with p = 0.5."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from score_table import node_id, score_table, scores_of

from commonweal.model.edition import Scoring
from commonweal.model.framework import Framework, Node

INDEX = "EU SPI without national correction"


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "social_progress_index_eu_2020"


@pytest.fixture(scope="module")
def scoring(folder: Path) -> Scoring:
    indicators = pl.read_csv(folder / "indicators.csv")
    nodes = [Node(node_id(INDEX), INDEX, level="index")]
    dimensions = indicators["dimension"].unique(maintain_order=True)
    nodes += [Node(node_id(name), name, node_id(INDEX), "dimension") for name in dimensions]
    components = indicators.select("component", "dimension").unique(maintain_order=True).iter_rows()
    nodes += [Node(node_id(name), name, node_id(parent), "component") for name, parent in components]
    for row in indicators.iter_rows(named=True):
        worst, best = row["dystopian"], row["utopian"]
        nodes.append(
            Node(
                row["code"], row["indicator"], node_id(row["component"]),
                direction=1 if best > worst else -1, worst=worst, best=best,
            )
        )  # fmt: skip
    recipe = {
        "normalise": {"method": "goalposts", "rule": "given"},
        "aggregate": {
            "component": "arithmetic",
            "dimension": {"method": "power", "p": 0.5},
            "index": {"method": "power", "p": 0.5},
        },
        "available": 0,
    }
    raw = pl.read_csv(folder / "raw_regional_nuts2.csv", infer_schema_length=None)
    return score_table(raw, "nuts2", Framework(tuple(nodes)), recipe)


def test_normalised_values(folder: Path, scoring: Scoring) -> None:
    expected = pl.read_csv(folder / "expected_normalised_regional.csv", infer_schema_length=None)
    codes = expected.columns[3:]

    found = scores_of(scoring, codes, expected["nuts2"].to_list())

    numbers = expected.select(pl.col(codes).cast(pl.Float64)).to_numpy()
    np.testing.assert_allclose(found, numbers, rtol=0, atol=3e-5)


def test_components_dimensions_and_index(folder: Path, scoring: Scoring) -> None:
    expected = pl.read_csv(folder / "recomputed_components_regional.csv", infer_schema_length=None)
    names = expected.columns[3:]

    found = scores_of(scoring, [node_id(name) for name in names], expected["nuts2"].to_list())

    numbers = expected.select(pl.col(names).cast(pl.Float64)).to_numpy()
    np.testing.assert_allclose(found, numbers, rtol=0, atol=5.1e-5)
