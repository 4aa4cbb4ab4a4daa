"""Reads Parquet: its columns, and its rows as text where somebody asks what columns read as."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import polars as pl

from commonweal.errors import CommonwealError
from commonweal.sources.read.packed import FULL
from commonweal.sources.read.written import ROWS, Batch, Batches, Written, unreadable

#: What writers of parted tables call the folder of rows without a value.
_NULL: Final = "__HIVE_DEFAULT_PARTITION__"


def columns(path: Path) -> tuple[str, ...]:
    """The columns of a file. Raises RECORDS-UNREADABLE."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return tuple(pq.read_schema(path).names)
    except (pa.ArrowException, OSError) as error:
        raise CommonwealError(unreadable(path)) from error


def folders(path: Path) -> tuple[tuple[str, str | None], ...]:
    """The columns that the folders right above a file are named by, with their texts.

    >>> folders(Path("a=1/crimes/year=2016/ward=E05%2F1/part.parquet"))
    (('year', '2016'), ('ward', 'E05/1'))
    """
    named: list[tuple[str, str | None]] = []
    for folder in path.parts[-2::-1]:
        name, equals, value = folder.partition("=")
        if not (name and equals):
            break
        named.append((unquote(name), None if value == _NULL else unquote(value) or None))
    return tuple(reversed(named))


def batches(written: Written, wanted: Collection[str] | None = None) -> Batches:
    """The rows of a file, numbered from 1; with `wanted`, only those columns.

    Raises RECORDS-UNREADABLE where it breaks off.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    first = 1
    try:
        with pq.ParquetFile(written.path) as file:
            own = [name for name in file.schema_arrow.names if wanted is None or name in wanted]
            for part in file.iter_batches(ROWS, columns=own):
                frame = pl.from_arrow(part)
                assert isinstance(frame, pl.DataFrame)
                given = [pl.lit(value, pl.String).alias(name) for name, value in written.folders]
                texts = frame.select(_text(frame, name) for name in frame.columns).with_columns(given)
                yield Batch(texts, range(first, first + frame.height))
                first += frame.height
    except (pa.ArrowException, OSError) as error:
        raise CommonwealError(unreadable(written.path)) from error


def _text(frame: pl.DataFrame, name: str) -> pl.Expr:
    """A column as text; a whole number without a point, whatever its type."""
    column = pl.col(name)
    if frame.schema[name].is_nested():
        return column.map_elements(str, return_dtype=pl.String).alias(name)
    written = column.cast(pl.String, strict=False)
    if frame.schema[name].is_float():
        written = written.str.strip_suffix(".0")
    return written.replace("", None).alias(name)


def copy(path: Path, to: Path, column: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    """Write a file again with one column changed, and maybe some of text added; the others stay as they are.

    `change` is given that column as text, some rows at a time. Raises RECORDS-UNREADABLE where the file
    breaks off.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    def changed(part: pa.RecordBatch) -> pa.Table:
        frame = pl.from_arrow(pa.Table.from_batches([part.select([column])]))
        assert isinstance(frame, pl.DataFrame)
        table = pa.Table.from_batches([part])
        for name, cells in change(frame.select(_text(frame, column))).to_dict().items():
            held = cells.to_arrow().cast(pa.large_string())
            at = table.schema.get_field_index(name)
            table = table.append_column(name, held) if at < 0 else table.set_column(at, name, held)
        # what a writer notes beside the columns may repeat what is in them
        return table.replace_schema_metadata()

    try:
        with pq.ParquetFile(path) as file, to.open("wb") as copied:
            empty = pa.RecordBatch.from_pylist([], schema=file.schema_arrow)
            with pq.ParquetWriter(copied, changed(empty).schema, compression="zstd") as writer:
                for part in file.iter_batches(ROWS):
                    writer.write_table(changed(part))
    except (pa.ArrowException, OSError) as error:
        if getattr(error, "errno", None) in FULL:
            raise
        raise CommonwealError(unreadable(path)) from error
