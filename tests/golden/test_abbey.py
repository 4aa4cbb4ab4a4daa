"""The published scorecard of one ward: components to dimensions to index, to the two printed decimals."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from score_table import node_id, score_table

from commonweal.model.edition import Scoring
from commonweal.model.framework import Framework, Node


@pytest.fixture(scope="module")
def card(golden: Path) -> pl.DataFrame:
    return pl.read_csv(golden / "abbey" / "scorecard.csv").filter(pl.col("level") != "indicator")


def scored(card: pl.DataFrame, aggregate: object) -> Scoring:
    """The card's component scores are what is observed here; the two levels above them are ours."""
    rows = card.iter_rows(named=True)
    nodes = tuple(
        Node(
            node_id(row["name"]),
            row["name"],
            node_id(row["parent"] or ""),
            "indicator" if row["level"] == "component" else row["level"],
            1 if row["level"] == "component" else None,
        )
        for row in rows
    )
    components = card.filter(level="component")
    table = pl.DataFrame(
        {node_id(name): [score] for name, score in components.select("name", "score").iter_rows()}
    )
    table = table.with_columns(pl.lit("E05000026").alias("code"))
    recipe = {"normalise": "none", "aggregate": aggregate}
    return score_table(table, "code", Framework(nodes), recipe, period="2017")


def test_dimensions_and_index_are_geometric_means(card: pl.DataFrame) -> None:
    scoring = scored(card, "geometric")

    upper = card.filter(pl.col("level") != "component")
    found = [scoring.scores[0, 0, scoring.node_index[node_id(name)]] for name in upper["name"]]
    assert [round(float(score), 2) for score in found] == upper["score"].to_list()


@pytest.mark.parametrize(("p", "index"), [(1, 41.85), (0.5, 39.52), (0, 37.13)])
def test_index_under_other_means(card: pl.DataFrame, p: float, index: float) -> None:
    scoring = scored(card, {"method": "power", "p": p})

    root = scoring.framework.roots[0].id
    assert round(float(scoring.scores[0, 0, scoring.node_index[root]]), 2) == index
