"""The tables that an edition publishes, by file name."""

from __future__ import annotations

from typing import Final

import polars as pl

from commonweal.model.edition import Edition
from commonweal.publish.handed_on import treatments_table
from commonweal.publish.observed import entered

#: These are published without rows too (what treatments moved: where there is any treatment).
ALWAYS: Final = frozenset({
    "scores.csv", "observations.csv", "weights.csv", "goalposts.csv", "statements.csv", "benchmarks.csv",
    "ledger.csv", "peers.csv", "performance.csv", "progress.csv", "treated.csv", "unevenness.csv",
})  # fmt: skip


def data_tables(edition: Edition) -> dict[str, pl.DataFrame]:
    """File name -> table, for OUT/data."""
    scoring, draws = edition.scoring, edition.uncertainty
    tables = {
        "scores.csv": edition.scores,
        "observations.csv": entered(edition),
        "weights.csv": edition.weights,
        "area_weights.csv": scoring.area_weights,
        "goalposts.csv": edition.goalposts,
        "scales.csv": edition.scales,
        "references.csv": scoring.references,
        "imputation.csv": scoring.imputation,
        "treatments.csv": treatments_table(edition),
        **({"treated.csv": scoring.treated} if scoring.treatments.height else {}),
        "screened.csv": scoring.screened,
        "statements.csv": edition.statements,
        "benchmarks.csv": edition.benchmarks,
        "ledger.csv": edition.ledger,
        "fit.csv": edition.fit,
        "peers.csv": edition.peers,
        **({"chances.csv": draws.chances, "pairs.csv": draws.pairs} if draws else {}),
        "performance.csv": edition.performance,
        "progress.csv": edition.progress,
        "unevenness.csv": edition.unevenness,
        "trends.csv": edition.trends,
        "spread.csv": edition.spread,
        "convergence.csv": edition.convergence,
        "place_pattern.csv": edition.pattern,
        "overtaking.csv": edition.overtaking,
    }
    return {file: table for file, table in tables.items() if table.height or file in ALWAYS}
