"""Three levels of means over 51 countries: the numbers that COINr computed from the same table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from score_table import node_id, ranks_of, score_table, scores_of

from commonweal.model.framework import Framework, Node

LEVELS = {1: "indicator", 2: "pillar", 3: "sub-index", 4: "index"}
CASES = {
    "a_plain": {"normalise": {"method": "minmax", "low": 0, "high": 100}, "aggregate": "arithmetic"},
    "c1_zscore": {"normalise": "zscore", "aggregate": "arithmetic"},
    "c2_geometric": {"normalise": {"method": "minmax", "low": 1, "high": 100}, "aggregate": "geometric"},
    "c3_harmonic": {"normalise": {"method": "minmax", "low": 1, "high": 100}, "aggregate": "harmonic"},
}


@pytest.fixture(scope="module")
def framework(golden: Path) -> Framework:
    meta = pl.read_csv(golden / "asem" / "iMeta.csv").filter(pl.col("Level").is_not_null())
    return Framework(
        tuple(
            Node(
                node_id(row["iCode"]),
                row["iName"],
                node_id(row["Parent"] or ""),
                LEVELS[row["Level"]],
                row["Direction"] if row["Level"] == 1 else None,
                weight=row["Weight"],
            )
            for row in meta.iter_rows(named=True)
        )
    )


@pytest.mark.parametrize("case", CASES)
def test_scores_and_ranks_are_those_of_coinr(golden: Path, framework: Framework, case: str) -> None:
    table = pl.read_csv(golden / "asem" / "denominated.csv", infer_schema_length=None)
    table = table.rename(lambda name: name if name == "uCode" else node_id(name))
    scoring = score_table(table, "uCode", framework, {**CASES[case], "weigh": "given", "available": 0})

    folder = golden / "asem" / case
    for file in ("normalised.csv", "scores.csv"):
        expected = pl.read_csv(folder / file, infer_schema_length=None)
        names = expected.columns[1:]
        found = scores_of(scoring, [node_id(name) for name in names], expected["uCode"].to_list())
        numbers = expected.select(pl.col(names).cast(pl.Float64)).to_numpy()
        np.testing.assert_allclose(found, numbers, rtol=1e-9, atol=1e-12)
    ranks = pl.read_csv(folder / "ranks.csv")
    found = ranks_of(scoring, [node_id(name) for name in ranks.columns[1:]], ranks["uCode"].to_list())
    assert (found == ranks.drop("uCode").to_numpy()).all()
