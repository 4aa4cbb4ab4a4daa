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
        "performance.csv": edition.performance,
        "progress.csv": edition.progress,
        "unevenness.csv": edition.unevenness,
    }
