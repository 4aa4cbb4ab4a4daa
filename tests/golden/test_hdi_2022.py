"""The Human Development Index 2022: given goalposts, a plain mean inside education, a geometric one above."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
from score_table import score_table, scores_of

from commonweal.model.framework import Framework, Node

TREE = Framework(
    (
        Node("hdi", "Human Development Index", level="index"),
        Node("health", "Health", "hdi", "dimension"),
        Node("le", "Life expectancy", "health", direction=1, worst=20, best=85),
        Node("education", "Education", "hdi", "dimension"),
        Node("eys", "Expected years of schooling", "education", direction=1, worst=0, best=18),
        Node("mys", "Mean years of schooling", "education", direction=1, worst=0, best=15),
        Node("living", "Standard of living", "hdi", "dimension"),
        Node(
            "ln_gni", "ln income", "living", direction=1, worst=float(np.log(100)), best=float(np.log(75000))
        ),
    )
)


def test_every_country_to_the_published_decimals(shared_data: Path) -> None:
    published = pl.read_csv(shared_data / "undp_hdi" / "hdi_2022.csv").drop_nulls()
    table = published.rename({"le_2022": "le", "eys_2022": "eys", "mys_2022": "mys"}).with_columns(
        pl.col("gnipc_2022").log().alias("ln_gni")
    )
    recipe = {
        "normalise": {"method": "goalposts", "rule": "given"},
        "aggregate": {"dimension": "arithmetic", "index": "geometric"},
    }

    scoring = score_table(table, "iso3", TREE, recipe, period="2022")

    found = scores_of(scoring, ["hdi"], table["iso3"].to_list())[:, 0] / 100
    np.testing.assert_allclose(found, table["hdi_2022"].to_numpy(), rtol=0, atol=0.0005)
