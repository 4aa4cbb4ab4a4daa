"""The tables that an edition publishes, by file name."""

from __future__ import annotations

import polars as pl

from commonweal.model.edition import Edition
from commonweal.publish.observed import entered


def data_tables(edition: Edition) -> dict[str, pl.DataFrame]:
    """File name -> table, for OUT/data."""
    return {
        "scores.csv": edition.scores,
        "observations.csv": entered(edition),
        "weights.csv": edition.weights,
        "goalposts.csv": edition.goalposts,
        **({"scales.csv": edition.scales} if edition.scales.height else {}),
        **({"treatments.csv": _treatments(edition)} if edition.scoring.treatments.height else {}),
        **({"treated.csv": edition.scoring.treated} if edition.scoring.treatments.height else {}),
        **({"screened.csv": edition.scoring.screened} if edition.scoring.screened.height else {}),
        "statements.csv": edition.statements,
        "benchmarks.csv": edition.benchmarks,
        "ledger.csv": edition.ledger,
        **({"fit.csv": edition.fit} if edition.fit.height else {}),
        "peers.csv": edition.peers,
        "performance.csv": edition.performance,
        "progress.csv": edition.progress,
        "unevenness.csv": edition.unevenness,
    }


def _treatments(edition: Edition) -> pl.DataFrame:
    """What each treatment did to each indicator, and why."""
    moments = ("skew_before", "kurtosis_before", "skew_after", "kurtosis_after")
    return edition.scoring.treatments.select(
        "step", "period", "indicator", "method", "what", pl.col("points").alias("moved"), *moments, "why"
    )
