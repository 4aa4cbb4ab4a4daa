"""Tables for anyone: CSV in UTF-8, 12 significant digits, and no cell that a spreadsheet would run."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from commonweal.methods.significant import significant

#: What a spreadsheet takes for the beginning of a formula.
_FORMULA: Final = r"^[=+\-@\t\r]"


def write_table(frame: pl.DataFrame, path: Path) -> None:
    """Write a frame as CSV: floats to 12 significant digits, no -0, text that can't run as a formula.

    A text cell that begins like a formula gets an apostrophe in front, which spreadsheets hide.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    ready(frame).write_csv(path, line_terminator="\n")


def ready(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame as it is written.

    >>> ready(pl.DataFrame({"name": ["=1+1", "Abbey"], "score": [1 / 3, -0.0]})).rows()
    [("'=1+1", 0.333333333333), ('Abbey', 0.0)]
    """
    columns = []
    for name, dtype in frame.schema.items():
        if dtype == pl.Float64:
            rounded = significant(frame[name].to_numpy()) + 0.0
            columns.append(pl.Series(name, rounded, nan_to_null=True, dtype=pl.Float64))
        elif dtype == pl.String:
            text = pl.when(pl.col(name) != "").then(pl.col(name))  # an empty cell, not a pair of quotes
            risky = pl.col(name).str.contains(_FORMULA)
            columns.append(
                frame.select(
                    pl.when(risky).then(pl.concat_str(pl.lit("'"), text)).otherwise(text).alias(name)
                ).to_series()
            )
        else:
            columns.append(frame[name])
    return pl.DataFrame(columns)


def digits(value: float) -> str:
    """A number as the tables write it.

    >>> digits(0.1 + 0.2)
    '0.3'
    """
    return repr(float(significant(np.array([value]))[0]))
