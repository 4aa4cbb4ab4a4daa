"""The observations as they entered each published period, for observations.csv."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from commonweal.model.edition import Edition
from commonweal.model.observation import STATUS_CODE, STATUSES, Status

#: The columns of OUT/data/observations.csv.
COLUMNS: Final = (
    "period", "area", "indicator", "value", "lower", "upper", "numerator", "denominator",
    "observed", "status", "source",
)  # fmt: skip


def entered(edition: Edition) -> pl.DataFrame:
    """One row for each published period, area and indicator that has a value, with where it came from.

    A carried value stands under the period it entered; `observed` keeps its own. An imputed one was never
    observed: it has a value and a status, and nothing else.
    """
    scoring = edition.scoring
    imputed = (scoring.value_status == STATUS_CODE[Status.IMPUTED]) & np.isfinite(scoring.values)
    periods, areas, indicators = np.nonzero((scoring.entered_from >= 0) | imputed)
    own = scoring.entered_from[periods, areas, indicators]
    labels = np.asarray([*scoring.entered_periods, ""])  # the last one, at -1, for none
    cells = pl.DataFrame(
        {
            "entered": np.asarray([p.label for p in scoring.periods])[periods],
            "area": np.asarray(scoring.areas)[areas],
            "indicator": np.asarray([n.id for n in scoring.framework.indicators])[indicators],
            "period": labels[own],
            "entered_status": np.asarray(STATUSES)[scoring.value_status[periods, areas, indicators]],
            "filled": np.where(own < 0, scoring.values[periods, areas, indicators], np.nan),
        },
        schema=dict.fromkeys(("entered", "area", "indicator", "period", "entered_status"), pl.String)
        | {"filled": pl.Float64},
    )
    joined = cells.join(edition.observations, on=["period", "area", "indicator"], how="left")
    return (
        joined.with_columns(pl.coalesce("value", pl.col("filled").fill_nan(None)).alias("value"))
        .drop("period", "status", "filled")
        .rename({"entered": "period", "entered_status": "status"})
        .select(COLUMNS)
        .sort("period", "area", "indicator")
    )
