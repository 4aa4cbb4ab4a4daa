"""Writes records as Parquet files of text columns, a batch a row group, so that memory stays small."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from commonweal.sources.backends.sql import distinct_names
from commonweal.sources.read.written import Batch

if TYPE_CHECKING:
    import pyarrow as pa

_PACKING: Final = "zstd"


def write_parts(
    batches: Iterable[Batch], folder: Path, name: str, columns: tuple[str, ...] | None
) -> list[tuple[Path, tuple[str, ...]]]:
    """Write batches in order, a new file wherever their columns change; returns files and columns.

    Where `columns` are known there is one file, even without a record. Each has its columns under
    `distinct_names`.
    """
    filled = (batch.frame for batch in batches if batch.frame.height)
    written: list[tuple[Path, tuple[str, ...]]] = []
    for found, run in groupby(filled, key=lambda frame: tuple(frame.columns)):
        path = folder / f"{name}-{len(written)}.parquet"
        _write(path, found, run)
        written.append((path, found))
    if not written and columns is not None:
        path = folder / f"{name}-0.parquet"
        _write(path, columns, ())
        written.append((path, columns))
    return written if columns is None else [(path, distinct_names(found)) for path, found in written]


def widen(path: Path, columns: tuple[str, ...], together: tuple[str, ...]) -> None:
    """Write a file of `columns` again with all columns `together`, row group by row group."""
    import pyarrow.parquet as pq

    if columns == together:
        return
    wider = path.with_suffix(".wider")
    with pq.ParquetFile(path) as file:
        names = dict(zip(distinct_names(columns), columns, strict=True))
        groups = (_frame(file.read_row_group(i)).rename(names) for i in range(file.num_row_groups))
        _write(wider, together, groups)
    wider.replace(path)


def _write(path: Path, columns: tuple[str, ...], frames: Iterable[pl.DataFrame]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([(name, pa.large_string()) for name in distinct_names(columns)])
    with path.open("wb") as file, pq.ParquetWriter(file, schema, compression=_PACKING) as writer:
        for frame in frames:
            writer.write_table(_table(frame, columns, schema))


def _table(frame: pl.DataFrame, columns: tuple[str, ...], schema: pa.Schema) -> pa.Table:
    import pyarrow as pa

    held = set(frame.columns)
    arrays = [
        frame[name].to_arrow().cast(pa.large_string()) if name in held else pa.nulls(frame.height, field.type)
        for name, field in zip(columns, schema, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _frame(table: pa.Table) -> pl.DataFrame:
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame
