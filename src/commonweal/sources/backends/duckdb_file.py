"""Reads a table of a DuckDB file: read-only, in a room closed to every other file and to the network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import polars as pl

from commonweal.errors import CommonwealError
from commonweal.sources.backends import sql
from commonweal.sources.backends.duckdb import text_of
from commonweal.sources.read.written import ROWS, Batch, Batches, Written, unreadable

#: The letters DUCK stand behind a checksum of eight bytes.
MAGIC: Final = slice(8, 12), b"DUCK"
_CLOSED: Final[dict[str, str | bool | int | float | list[str]]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "memory_limit": "1500MB",
    # a file that is only read gets no file beside it
    "temp_directory": "",
}


def tables(path: Path) -> tuple[str, ...]:
    """The tables and views of a file, in order; one outside the schema main with its schema before it.

    Raises RECORDS-UNREADABLE.
    """
    with _connected(path) as engine:
        found = engine.execute(
            "select schema_name, table_name from duckdb_tables() where not internal"
            " union all select schema_name, view_name from duckdb_views() where not internal"
        ).fetchall()
    return tuple(sorted(name if schema == "main" else f"{schema}.{name}" for schema, name in found))


def columns(path: Path, table: str) -> tuple[str, ...]:
    """The columns of one of `tables`, in order. Raises RECORDS-UNREADABLE."""
    with _connected(path) as engine:
        return tuple(engine.sql(f"select * from {_quoted(engine, table)} limit 0").columns)


def batches(written: Written) -> Batches:
    """The rows of a table in the order they were put in; a column of any type as text.

    Raises RECORDS-UNREADABLE where the file is not whole, or a view reaches for anything else.
    """
    with _connected(written.path) as engine:
        table = _quoted(engine, written.part)
        held = engine.sql(f"select * from {table} limit 0")
        texts = ", ".join(
            f"nullif({text_of(name, str(kind))}, '') as {name}"
            for name, kind in zip(map(sql.name, held.columns), held.types, strict=True)
        )
        rows = engine.sql(f"select {texts} from {table}")
        first = 1
        with rows.to_arrow_reader(ROWS) as parts:
            for part in parts:
                frame = pl.from_arrow(part)
                assert isinstance(frame, pl.DataFrame)
                yield Batch(frame, range(first, first + frame.height))
                first += frame.height


@contextmanager
def _connected(path: Path) -> Iterator[Any]:
    import duckdb

    try:
        engine = duckdb.connect(str(path), read_only=True, config=_CLOSED)
        try:
            # a time stamp says the same on every machine
            engine.execute("set TimeZone = 'UTC'")
            engine.execute("set lock_configuration = true")
            yield engine
        finally:
            engine.close()
    except duckdb.Error as error:
        reaches = "operations are disabled" in str(error)
        busy = "lock" in str(error).lower() and not reaches
        what = (
            "the table reaches for other files, which is not allowed" if reaches
            else "another program has the database open" if busy
            else "the table can't be read"
        )  # fmt: skip
        remedy = (
            "Name a table that holds its own rows." if reaches
            else "Close it and try again." if busy
            else "Check that the file is a whole DuckDB database, of this version or an older one."
        )  # fmt: skip
        raise CommonwealError(unreadable(path, what, remedy)) from None


def _quoted(engine: Any, table: str) -> str:
    """The name as SQL; one with a dot may be that of a schema and a table, if no table is called so."""
    main = engine.execute(
        "select count(*) from (select table_name as name from duckdb_tables() where schema_name = 'main'"
        " union all select view_name from duckdb_views() where schema_name = 'main') where name = ?",
        [table],
    ).fetchall()[0][0]
    parts = [table] if main or "." not in table else table.split(".", 1)
    return ".".join(map(sql.name, parts))
