"""Planted trouble: what real records are like, so that the demo shows what becomes of each."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl


def repeat(frame: pl.DataFrame, draw: np.random.Generator, share: float) -> pl.DataFrame:
    """Some rows stand twice, alike in every column: sent twice by the system they come from."""
    return pl.concat([frame, frame[_some(frame, draw, share)]])


def contradict(
    frame: pl.DataFrame, draw: np.random.Generator, share: float, column: str, other: str
) -> pl.DataFrame:
    """Some rows stand twice under one key, the second time with another entry in `column`."""
    rows = frame[_some(frame, draw, share)]
    return pl.concat([frame, rows.with_columns(pl.lit(other).alias(column))])


def spoil(
    frame: pl.DataFrame, draw: np.random.Generator, share: float, entries: Mapping[str, object]
) -> pl.DataFrame:
    """Some rows get other entries: a date that can't be read, an unknown code, a place far out at sea."""
    hit = np.zeros(frame.height, dtype=bool)
    hit[_some(frame, draw, share)] = True
    return frame.with_columns(
        pl.when(pl.Series(hit))
        .then(pl.lit(entry, dtype=frame.schema[column]))
        .otherwise(pl.col(column))
        .alias(column)
        for column, entry in entries.items()
    )


def _some(
    frame: pl.DataFrame, draw: np.random.Generator, share: float
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Positions of a share of the rows, at least one, in order."""
    count = max(1, round(share * frame.height))
    return np.sort(draw.choice(frame.height, size=min(count, frame.height), replace=False))
