"""Copeland's numbers of 51 countries over eight pillars: those that COINr computed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from commonweal.methods.aggregate import copeland


def test_copeland_of_the_pillars_is_that_of_coinr(golden: Path) -> None:
    folder = golden / "asem"
    meta = pl.read_csv(folder / "iMeta.csv").filter(pl.col("Level") == 2)
    scores = pl.read_csv(folder / "a_plain" / "scores.csv", infer_schema_length=None)
    expected = pl.read_csv(folder / "analysis" / "copeland_pillars_case_a.csv")
    scores = expected.select("uCode").join(scores, on="uCode", how="left", maintain_order="left")
    x = scores.select(meta["iCode"].to_list()).cast(pl.Float64).to_numpy().T

    found = copeland(x, meta["Weight"].cast(pl.Float64).to_numpy()[:, None])

    np.testing.assert_array_equal(found, expected["copeland"].to_numpy())
