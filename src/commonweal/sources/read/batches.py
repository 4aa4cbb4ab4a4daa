"""One way to read a file of any form: its records in batches of text."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Final

import polars as pl

from commonweal.sources.read import json_lines, parquet, separated, sheets, sqlite, xml_records
from commonweal.sources.read.written import Batches, Form, Written


def batches(written: Written, wanted: Collection[str] | None = None) -> Batches:
    """The records of a file in order; only the `wanted` columns are sure to be there, or all of them.

    Raises RECORDS-UNREADABLE, RECORDS-PART, and FILE-… of sheets.
    """
    if written.form == "csv":
        return separated.batches(written, wanted)
    if written.form == "parquet":
        return parquet.batches(written, wanted)
    return _READERS[written.form](written)


def frames(written: Written, wanted: Collection[str]) -> Iterator[pl.DataFrame]:
    """The wanted columns of a file, as quickly as its form allows, without the places of records.

    Raises as `batches` does.
    """
    plain = written.form == "csv" and not written.path.name.lower().endswith(".zip")
    if plain and separated.encoding(written.path) == "utf-8":
        yield from separated.frames(written.path, written.columns or (), written.delimiter, wanted)
    else:
        yield from (batch.frame for batch in batches(written, wanted))


def _duckdb_file(written: Written) -> Batches:
    from commonweal.sources.backends import duckdb_file

    return duckdb_file.batches(written)


_READERS: Final[dict[Form, Callable[[Written], Batches]]] = {
    "duckdb": _duckdb_file,
    "json lines": json_lines.batches,
    "sheet": sheets.batches,
    "sqlite": sqlite.batches,
    "xml": xml_records.batches,
}
