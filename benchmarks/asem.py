"""ASEM with its four uncertain choices: the work that COINr 1.1.14 took 152 s and 97 s for, as recorded.

51 countries, 49 indicators. Treatment, scale, weights (times 0.75 to 1.25) and mean vary at once: 1,000
replications with the middle 90 % of each rank, then 600 rebuilds for the Sobol indices of the four. The data
are those of COINr's example; they lie beside COMMONWEAL_DATA, and without them there is nothing to time.

    python benchmarks/asem.py
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line has it

import re
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numpy as np
import polars as pl

import commonweal
from commonweal.insight.sensitivity import root_scores, sensitivity
from commonweal.insight.uncertainty.choices import Alternative, Choice, Experiment, WeightSets
from commonweal.methods.rank import rank
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
REPLICATIONS = 1_000
#: Rows of the design; with four inputs 600 rebuilds.
ROWS = 100
TIMES = 5


def node_id(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def score(asem: Path) -> Edition:
    """The edition that varies: divided, filled, screened, winsorised, 0-100, arithmetic means."""
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
    return commonweal.score(
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


def experiment(edition: Edition) -> Experiment:
    weights = WeightSets.around(edition.scoring, 0.25, REPLICATIONS)
    return Experiment.of(edition, (TREAT, NORMALISE, weights, AGGREGATE))


def replications(edition: Edition) -> np.ndarray:
    """The middle 90 % of each country's ranks, (2, areas)."""
    points = np.random.default_rng(1).random((REPLICATIONS, 4))
    return np.quantile(rank(root_scores(experiment(edition), points))[0], [0.05, 0.95], axis=0)


def least(work: Callable[[], object]) -> float:
    """The best of several seconds."""
    taken = []
    for _ in range(TIMES):
        start = perf_counter()
        work()
        taken.append(perf_counter() - start)
    return min(taken)


def main() -> None:
    asem = Path(os.environ.get("COMMONWEAL_DATA", "data")).parent / "golden" / "asem"
    if not asem.is_dir():
        print(f"skipped: there is no {asem} (COMMONWEAL_DATA names the folder beside it)")
        return
    edition = score(asem)
    for what, work, theirs in (
        (f"{REPLICATIONS:,} replications", lambda: replications(edition), 152),
        (f"{ROWS * 6} rebuilds and Sobol indices", lambda: sensitivity(experiment(edition), ROWS), 97),
    ):
        ours = least(work)
        print(f"{what}: {ours:.2f} s; COINr, as recorded, {theirs} s: {theirs / ours:.0f} x as long")


if __name__ == "__main__":
    main()
