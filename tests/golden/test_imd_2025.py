"""The English Index of Multiple Deprivation 2025, rebuilt from its seven published domain ranks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
from score_table import node_id, score_table, scores_of

from commonweal.model.framework import Framework, Node

WEIGHTS = {
    "Income": 0.225, "Employment": 0.225, "Education": 0.135, "Health": 0.135,
    "Crime": 0.093, "Housing_and_Services": 0.093, "Environment": 0.093,
}  # fmt: skip
#: The published weights sum to 0.999, and the published score is the sum, not the mean.
PUBLISHED_SUM = 0.999


def test_scores_of_33_755_neighbourhoods(shared_data: Path) -> None:
    folder = shared_data / "english_indices_of_deprivation"
    ranks = [f"{domain}_rank" for domain in WEIGHTS]
    table = pl.read_csv(
        folder / "iod2025_lsoa21_england.csv.gz", columns=["lsoa21_code", "IMD_rank", "IMD_score", *ranks]
    )
    # Rank 1 is the most deprived, and this index points at deprivation: a low rank is a high score.
    nodes = [Node("imd", "Index of Multiple Deprivation", level="index")]
    nodes += [
        Node(node_id(domain), domain, "imd", direction=-1, weight=weight)
        for domain, weight in WEIGHTS.items()
    ]
    wide = table.rename(dict(zip(ranks, (node_id(domain) for domain in WEIGHTS), strict=True)))
    recipe = {"normalise": {"method": "exponential", "rate": 23}, "weigh": "given", "aggregate": "arithmetic"}

    scoring = score_table(wide, "lsoa21_code", Framework(tuple(nodes)), recipe, period="2025")

    found = scores_of(scoring, ["imd"], table["lsoa21_code"].to_list())[:, 0] * PUBLISHED_SUM
    np.testing.assert_allclose(found, table["IMD_score"].to_numpy(), rtol=0, atol=0.001)
