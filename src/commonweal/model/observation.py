"""What was observed: a value of one indicator in one area and period, and how it came to be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import polars as pl

from commonweal.errors import Fault, raise_any


class Status(StrEnum):
    """How a value or score came to be."""

    OBSERVED = "observed"
    ROUNDED = "rounded"
    CARRIED = "carried"
    ESTIMATED = "estimated"
    IMPUTED = "imputed"
    SUPPRESSED = "suppressed"
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"


#: Statuses from the plainest to the most made up. A parent takes the last one among its children, but a
#: score that a hidden value entered is an estimate, not hidden.
STATUSES: Final = tuple(status.value for status in Status)
STATUS_CODE: Final = {status: code for code, status in enumerate(STATUSES)}

#: The columns of a table of observations. `observed` is the observation's own period or date,
#: `kind`, `per` and `round_to` say how value follows from numerator and denominator.
SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "period": pl.String, "area": pl.String, "indicator": pl.String,
    "value": pl.Float64, "lower": pl.Float64, "upper": pl.Float64,
    "numerator": pl.Float64, "denominator": pl.Float64,
    "observed": pl.String, "status": pl.String,
    "kind": pl.String, "per": pl.Float64, "round_to": pl.Float64, "source": pl.String,
}  # fmt: skip
KEY: Final = ["indicator", "period", "area"]


@dataclass(frozen=True, slots=True, eq=False)
class Observations:
    """A table of observations with the columns of `SCHEMA`, sorted by indicator, period and area.

    A hidden (suppressed) cell has the middle of its range as value and the range as lower and upper.
    Raises OBSERVATION-DUPLICATE, OBSERVATION-NUMBER, OBSERVATION-STATUS.

    >>> table = Observations.of(pl.DataFrame({"period": ["2016"], "area": ["E1"],
    ...                                       "indicator": ["crime"], "value": [12.5]}))
    >>> table.frame.select("value", "observed", "status").row(0)
    (12.5, '2016', 'observed')
    """

    frame: pl.DataFrame

    def __post_init__(self) -> None:
        if dict(self.frame.schema) != SCHEMA:
            raise TypeError(f"observations need the columns {list(SCHEMA)}, not {self.frame.schema}")
        raise_any(_faults(self.frame))
        object.__setattr__(self, "frame", self.frame.sort(KEY))

    @classmethod
    def of(cls, frame: pl.DataFrame) -> Observations:
        """Take a frame with at least period, area, indicator and value; the rest is filled in.

        `observed` becomes the period, `status` observed (missing where there is no value).
        """
        missing = [name for name in SCHEMA if name not in frame.columns]
        filled = frame.with_columns(pl.lit(None, dtype=SCHEMA[name]).alias(name) for name in missing)
        filled = filled.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
        return cls(
            filled.with_columns(
                pl.col("observed").fill_null(pl.col("period")),
                pl.col("status").fill_null(
                    pl.when(pl.col("value").is_null())
                    .then(pl.lit(Status.MISSING.value))
                    .otherwise(pl.lit(Status.OBSERVED.value))
                ),
                pl.col("kind").fill_null("value"),
                pl.col("source").fill_null(""),
            )
        )

    @classmethod
    def concat(cls, tables: Iterable[Observations]) -> Observations:
        """All rows of several tables; a cell that stands in two is a fault."""
        frames = [table.frame for table in tables]
        return cls(pl.concat(frames) if frames else pl.DataFrame(schema=SCHEMA))

    def __len__(self) -> int:
        return self.frame.height


def _faults(frame: pl.DataFrame) -> list[Fault]:
    repeated = frame.group_by(KEY).len().filter(pl.col("len") > 1).sort(KEY)
    faults = [
        Fault(
            "OBSERVATION-DUPLICATE",
            f"indicator {row['indicator']!r} has {row['len']} values in area {row['area']!r},"
            f" period {row['period']!r}",
            "Keep one value for each area, period and indicator.",
            path=(row["indicator"], row["period"], row["area"]),
        )
        for row in repeated.iter_rows(named=True)
    ]
    broken = frame.filter(pl.any_horizontal(pl.col(pl.Float64).is_infinite() | pl.col(pl.Float64).is_nan()))
    faults += [
        Fault(
            "OBSERVATION-NUMBER",
            f"indicator {row['indicator']!r} in area {row['area']!r}, period {row['period']!r}"
            f" has the value {row['value']}",
            "Leave the cell empty where there is no value.",
            path=(row["indicator"], row["period"], row["area"]),
        )
        for row in broken.iter_rows(named=True)
    ]
    unknown = frame.filter(~pl.col("status").is_in(STATUSES))
    faults += [
        Fault(
            "OBSERVATION-STATUS",
            f"indicator {row['indicator']!r} in area {row['area']!r} has status {row['status']!r}",
            f"Use one of {', '.join(STATUSES)}.",
            path=(row["indicator"], row["period"], row["area"]),
        )
        for row in unknown.iter_rows(named=True)
    ]
    return faults
