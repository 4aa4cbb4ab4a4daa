"""Reads a table of an SQLite file: read-only, no other file attached, nothing but reading allowed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from commonweal.errors import CommonwealError
from commonweal.sources.read.written import Batches, Gathering, Written, unreadable

MAGIC: Final = b"SQLite format 3\0"
#: Seconds to wait for a program that is writing.
_PATIENCE: Final = 2.0
_ALLOWED: Final = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
}


def tables(path: Path) -> tuple[str, ...]:
    """The names of the tables and views of a file, in order. Raises RECORDS-UNREADABLE."""
    with _connected(path) as connection:
        found = connection.execute("select name from sqlite_master where type in ('table', 'view')")
        return tuple(sorted(name for (name,) in found if not name.startswith("sqlite_")))


def columns(path: Path, table: str) -> tuple[str, ...]:
    """The columns of one of `tables`, in order. Raises RECORDS-UNREADABLE."""
    with _connected(path) as connection:
        described = connection.execute(f"select * from {_quoted(table)} limit 0").description
        return tuple(column[0] for column in described)


def batches(written: Written) -> Batches:
    """The rows of a table, in the order SQLite keeps them; numbers as text, a picture as hexadecimal.

    Raises RECORDS-UNREADABLE where the file is not whole, or is locked.
    """
    assert written.columns is not None
    held = Gathering(written)
    with _connected(written.path) as connection:
        rows = connection.execute(f"select * from {_quoted(written.part)}")
        for place, cells in enumerate(rows, 1):
            texts = zip(written.columns, map(_text, cells), strict=True)
            held.add(place, {name: text for name, text in texts if text})
            if held.full:
                yield held.batch()
    yield held.batch()


@contextmanager
def _connected(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that can only read this one file."""
    # one that nobody is writing is opened so that no file beside it is made
    written = any(path.with_name(f"{path.name}-{kind}").exists() for kind in ("wal", "journal"))
    quiet = "" if written else "&immutable=1"
    try:
        address = f"{path.absolute().as_uri()}?mode=ro{quiet}"
        with closing(sqlite3.connect(address, uri=True, timeout=_PATIENCE)) as connection:
            connection.text_factory = _decoded
            connection.execute("pragma trusted_schema = off")
            connection.set_authorizer(_permit)
            yield connection
    except sqlite3.Error as error:
        busy = "locked" in str(error) or "busy" in str(error)
        what = "another program is writing the database" if busy else "the table can't be read"
        remedy = "Close it and try again." if busy else "Check that the file is a whole SQLite database."
        raise CommonwealError(unreadable(path, what, remedy)) from None


def _permit(action: int, *_: Any) -> int:
    """Reading alone is allowed: no other file, no writing, no setting."""
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bytes):
        return cell.hex()
    return str(cell).removesuffix(".0") if isinstance(cell, float) else str(cell)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
