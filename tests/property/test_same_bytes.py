"""However many threads there are and in whatever order rows come, scores.csv is the same to the byte."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

#: 300 areas over two periods, twelve indicators that hang together, 3 % of the values missing, some far out.
SCORING = """
import sys
from pathlib import Path
import numpy as np, polars as pl
import commonweal
from commonweal.publish.tables import write_table

RECIPES = {
    "pca": {"weigh": {"component": "pca", "index": "factor"}, "aggregate": "geometric", "floor": 1},
    "filled": {
        "impute": {"method": "regression", "by": {"i3": {"method": "group-median", "group": "region"}}},
        "treat": {"method": "winsorise", "skew": 1, "kurtosis": 1, "then": "log", "by": {"i5": "box-cox"}},
        "normalise": "zscore",
        "weigh": {"component": "critic", "index": "balanced"},
        "aggregate": {"component": "arithmetic", "index": "copeland"},
    },
}
recipe, seed, out = sys.argv[1:]
draw = np.random.default_rng(3)
need = draw.normal(0, 1, (2, 300, 1))
values = np.exp(1 + 0.6 * need + 0.5 * draw.normal(0, 1, (2, 300, 12)))
values[draw.random(values.shape) < 0.03] = np.nan
table = pl.DataFrame({
    "area": [f"E{n:03}" for n in range(300)] * 2,
    "period": ["2019"] * 300 + ["2020"] * 300,
    **{f"i{i}": values[:, :, i].ravel() for i in range(12)},
}).fill_nan(None)
nodes = [("index", "", "index", None), *((c, "index", "component", None) for c in ("one", "two", "three"))]
nodes += [(f"i{i}", ("one", "two", "three")[i // 4], "indicator", 1) for i in range(12)]
tree = pl.DataFrame(nodes, schema=["id", "parent", "level", "direction"], orient="row")
areas = pl.DataFrame({"code": table["area"][:300], "region": ["n", "s", "w"] * 100})
edition = commonweal.score(
    table.sample(fraction=1, shuffle=True, seed=int(seed)),
    tree.with_columns(name="id"),
    RECIPES[recipe],
    areas=areas.sample(fraction=1, shuffle=True, seed=int(seed)),
)
write_table(edition.scores, Path(out))
"""


@pytest.mark.slow
@pytest.mark.parametrize("recipe", ["pca", "filled"])
def test_threads_and_the_order_of_rows_change_no_byte(recipe: str, tmp_path: Path) -> None:
    said = set()
    for threads, seed in (("1", "1"), ("2", "1"), ("2", "2")):
        out = tmp_path / f"{threads}-{seed}.csv"
        pools = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "POLARS_MAX_THREADS")
        subprocess.run(
            [sys.executable, "-c", SCORING, recipe, seed, str(out)],
            env={**os.environ, **dict.fromkeys(pools, threads)},
            check=True,
        )
        said.add(out.read_bytes())
    assert len(said) == 1
    assert said.pop().count(b"\n") == 1 + 2 * 300 * (1 + 3 + 12)
