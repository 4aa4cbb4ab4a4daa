"""The tables of an edition that hand its fits on to a later one."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from commonweal.model.edition import Edition
from commonweal.model.handed_on import IN_FILE, TABLES, HandedOn
from commonweal.publish.tables import write_table


def treatments_table(edition: Edition) -> pl.DataFrame:
    """What each treatment did to each indicator, and why, and the curve that does it again."""
    moments = ("skew_before", "kurtosis_before", "skew_after", "kurtosis_after")
    moved = pl.col("points").alias("moved")
    table = edition.scoring.treatments.select(
        "step", "period", "indicator", "method", "what", moved, *moments, "why",
        "low", "high", "bend", "constant", "added",
    )  # fmt: skip
    return table.rename(IN_FILE)


def write_handed_on(edition: HandedOn, folder: Path) -> None:
    """What an older edition hands on, as it published it: its goalposts, and other tables that have rows."""
    for name in TABLES:
        table: pl.DataFrame = getattr(edition, name)
        if table.height or name == "goalposts":
            write_table(table.rename(IN_FILE, strict=False), folder / f"{name}.csv")
