"""What an edition hands on to the frozen rules of a later one: all that its steps were fitted with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from commonweal.model.period import Period

#: What is taken from each table of an edition. `references` has the values that an indicator is placed among
#: (mark value), or the worst, the best and the place of an area that its scale hangs on.
TABLES: Final[Mapping[str, Mapping[str, type[pl.DataType]]]] = {
    "goalposts": {"indicator": pl.String, "worst": pl.Float64, "best": pl.Float64},
    "scales": {"indicator": pl.String, "mean": pl.Float64, "sd": pl.Float64, "weighted_by": pl.String},
    "references": {"indicator": pl.String, "mark": pl.String, "area": pl.String, "value": pl.Float64},
    "treatments": {
        "step": pl.Int64, "indicator": pl.String, "method": pl.String, "low": pl.Float64,
        "high": pl.Float64, "bend": pl.String, "constant": pl.Float64, "added": pl.Float64,
    },
    "imputation": {
        "step": pl.Int64, "indicator": pl.String, "method": pl.String, "known": pl.String,
        "term": pl.String, "coefficient": pl.Float64, "mean": pl.Float64, "least": pl.Float64,
        "largest": pl.Float64,
    },
}  # fmt: skip
#: Columns that bear another name in a file, where `low` and `high` are those of peers.
IN_FILE: Final = {"low": "limit_low", "high": "limit_high"}


def _none(name: str) -> Any:
    return field(default_factory=lambda: pl.DataFrame(schema=TABLES[name]))


@dataclass(frozen=True, slots=True, eq=False)
class HandedOn:
    """The tables of one edition, with the columns of `TABLES`, one fit for each indicator and step.

    >>> ends = pl.DataFrame({"period": ["2024", "2025"], "indicator": "jobs", "worst": [0.0, 1.0],
    ...                      "best": [8.0, 9.0]})
    >>> HandedOn.of({"goalposts": ends}).goalposts.rows()  # each period had its own: the last one counts
    [('jobs', 1.0, 9.0)]
    """

    goalposts: pl.DataFrame = _none("goalposts")
    scales: pl.DataFrame = _none("scales")
    references: pl.DataFrame = _none("references")
    treatments: pl.DataFrame = _none("treatments")
    imputation: pl.DataFrame = _none("imputation")

    @classmethod
    def of(cls, tables: Mapping[str, pl.DataFrame]) -> HandedOn:
        """What these tables hand on, by name; they have a `period`, empty where one fit holds for all."""
        return cls(**{name: latest(table).select(*TABLES[name]) for name, table in tables.items()})


#: What no older edition hands on.
NOTHING: Final = HandedOn()


def latest(table: pl.DataFrame) -> pl.DataFrame:
    """Of rows by period those of the last period that the indicator (and step) has, in their order."""
    labels = [label for label in table["period"].unique().to_list() if label]
    if not labels:
        return table
    order = {period.label: at for at, period in enumerate(sorted(map(Period.parse, labels)))}
    key = [name for name in ("step", "indicator") if name in table.columns]
    at = pl.col("period").replace_strict(order, default=-1, return_dtype=pl.Int32)
    return table.filter(at == at.max().over(key))


def last_period(table: pl.DataFrame) -> str:
    """The last period that a table has rows of; empty where its rows hold for all."""
    labels = [label for label in table["period"].unique().to_list() if label]
    return max(map(Period.parse, labels)).label if labels else ""
