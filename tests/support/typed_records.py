"""Records whose columns have every type that engines know, and what is asked about their texts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from commonweal.sources.query import Cells, File, Number, Tally

#: A column of each type, in Arrow and in PostgreSQL, with values that engines might write differently.
TYPES: tuple[tuple[str, pa.DataType, str, list[Any]], ...] = (
    ("flag", pa.bool_(), "boolean", [True, False, None, True]),
    ("small", pa.int16(), "smallint", [1, -1, None, 0]),
    ("large", pa.int64(), "bigint", [10**15, -(10**18), None, 7]),
    ("single", pa.float32(), "real", [0.1, 12345678.0, None, 1e-5]),
    ("double", pa.float64(), "double precision", [1.0, 0.1, 1e16, 123456789.25]),
    ("wide", pa.float64(), "double precision", [1e15, -1e-5, 1.5e300, 0.0001]),
    ("odd", pa.float64(), "double precision", [float("nan"), float("inf"), float("-inf"), -0.0]),
    ("exact", pa.decimal128(12, 4), "numeric(12, 4)", [Decimal("1.5"), Decimal("-0.0001"), None, Decimal(0)]),
    ("day", pa.date32(), "date", [date(2016, 5, 13), date(1, 1, 1), None, date(9999, 12, 31)]),
    (
        "moment",
        pa.timestamp("us"),
        "timestamp",
        [datetime(2016, 5, 13, 10), datetime(2016, 5, 13, 10, 0, 0, 500000), None, datetime(2016, 5, 13)],
    ),
    (
        "zoned",
        pa.timestamp("us", "UTC"),
        "timestamptz",
        [datetime(2016, 5, 31, 23, 59, 59, 120, UTC), datetime(2016, 6, 1, tzinfo=UTC), None, None],
    ),
    ("text", pa.string(), "varchar(20)", ["", "é", None, " a "]),
)  # fmt: skip
BY_TYPE = tuple(
    Cells((Tally("sum", number=Number(name, 2)), Tally(number=Number(name))), by=(name,))
    for name, *_ in TYPES
)


def typed_file(path: Path) -> File:
    """The records as Parquet."""
    pq.write_table(pa.table({name: pa.array(values, kind) for name, kind, _, values in TYPES}), path)
    return File(path, "parquet", tuple(name for name, *_ in TYPES))
