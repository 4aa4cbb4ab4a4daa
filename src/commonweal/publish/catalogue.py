"""The tables that an edition publishes, by file name."""

from __future__ import annotations

import polars as pl

from commonweal.model.edition import Edition
from commonweal.publish.handed_on import treatments_table
from commonweal.publish.observed import entered


def data_tables(edition: Edition) -> dict[str, pl.DataFrame]:
    """File name -> table, for OUT/data."""
    return {
        "scores.csv": edition.scores,
        "observations.csv": entered(edition),
        "weights.csv": edition.weights,
        **({"area_weights.csv": edition.scoring.area_weights} if edition.scoring.area_weights.height else {}),
        "goalposts.csv": edition.goalposts,
        **({"scales.csv": edition.scales} if edition.scales.height else {}),
        **({"references.csv": edition.scoring.references} if edition.scoring.references.height else {}),
        **({"imputation.csv": edition.scoring.imputation} if edition.scoring.imputation.height else {}),
        **({"treatments.csv": treatments_table(edition)} if edition.scoring.treatments.height else {}),
        **({"treated.csv": edition.scoring.treated} if edition.scoring.treatments.height else {}),
        **({"screened.csv": edition.scoring.screened} if edition.scoring.screened.height else {}),
        "statements.csv": edition.statements,
        "benchmarks.csv": edition.benchmarks,
        "ledger.csv": edition.ledger,
        **({"fit.csv": edition.fit} if edition.fit.height else {}),
        "peers.csv": edition.peers,
        **_sureness(edition),
        "performance.csv": edition.performance,
        "progress.csv": edition.progress,
        "unevenness.csv": edition.unevenness,
        **_comparisons(edition),
    }


def _comparisons(edition: Edition) -> dict[str, pl.DataFrame]:
    """How areas compare over time, on the map and under other weights, where that can be said."""
    tables = {
        "trends.csv": edition.trends,
        "spread.csv": edition.spread,
        "convergence.csv": edition.convergence,
        "place_pattern.csv": edition.pattern,
        "overtaking.csv": edition.overtaking,
    }
    return {file: table for file, table in tables.items() if table.height}


def _sureness(edition: Edition) -> dict[str, pl.DataFrame]:
    """What draws of chance say of the latest period, where there were any."""
    found = edition.uncertainty
    if found is None:
        return {}
    tables = {"chances.csv": found.chances, "pairs.csv": found.pairs}
    return {file: table for file, table in tables.items() if table.height}
