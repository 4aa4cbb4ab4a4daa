"""The observations as they entered each published period, for observations.csv."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from commonweal.model.edition import Edition
from commonweal.model.observation import STATUSES

#: The columns of OUT/data/observations.csv.
COLUMNS: Final = (
    "period", "area", "indicator", "value", "lower", "upper", "numerator", "denominator",
    "observed", "status", "source",
)  # fmt: skip


def entered(edition: Edition) -> pl.DataFrame:
    """One row for each published period, area and indicator that has a value, with where it came from.

    A carried value stands under the period it entered; `observed` keeps its own.
    """
    scoring = edition.scoring
    periods, areas, indicators = np.nonzero(scoring.entered_from >= 0)
    cells = pl.DataFrame(
        {
            "entered": np.asarray([p.label for p in scoring.periods])[periods],
            "area": np.asarray(scoring.areas)[areas],
            "indicator": np.asarray([n.id for n in scoring.framework.indicators])[indicators],
            "period": np.asarray(scoring.entered_periods)[scoring.entered_from[periods, areas, indicators]],
            "entered_status": np.asarray(STATUSES)[scoring.value_status[periods, areas, indicators]],
        },
        schema=dict.fromkeys(("entered", "area", "indicator", "period", "entered_status"), pl.String),
    )
    joined = cells.join(edition.observations, on=["period", "area", "indicator"], how="left")
    return (
        joined.drop("period", "status")
        .rename({"entered": "period", "entered_status": "status"})
        .select(COLUMNS)
        .sort("period", "area", "indicator")
    )
