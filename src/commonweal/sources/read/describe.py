"""How files of records are written: the form, the columns, what parts them.

Only as much of a file is looked at as tells that; the records are read later.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from commonweal.errors import CommonwealError, Fault, refusal
from commonweal.formats.kinds import kind_of
from commonweal.model.source import Records
from commonweal.sources.query import Stored
from commonweal.sources.read import parquet, separated, sheets, sqlite
from commonweal.sources.read.packed import member_name
from commonweal.sources.read.written import Written, unreadable

#: Where the records of a source are: files, or one table of an engine.
Source = tuple[Written, ...] | Stored

#: So many names of tables, sheets and columns are told.
_SHOWN: Final = 20


def describe(path: Path, records: Records) -> Written:
    """What one file of a source is and which columns it has.

    Raises RECORDS-EMPTY for a file without a header, RECORDS-UNREADABLE for one that can't be opened,
    RECORDS-PART where it lacks the sheet or table that the source names, FILE-EMPTY, FILE-FORMAT and
    TABLE-HEADER for a sheet.
    """
    if not path.is_file():
        raise CommonwealError(unreadable(path, "the file can't be opened"))
    kind = kind_of(path.name)
    if path.name.lower().endswith(".zip"):
        kind = kind_of(member_name(path))
    if kind == "parquet":
        given = parquet.folders(path)
        own = parquet.columns(path)
        given = tuple((name, value) for name, value in given if name not in own)
        return Written(path, "parquet", (*own, *(name for name, _ in given)), folders=given)
    if kind == "sheet":
        part = _part(path, records.sheet, sheets.names(path), "sheet") if records.sheet else ""
        return Written(path, "sheet", sheets.columns(path, part), part=part)
    if kind == "database":
        return _database(path, records)
    if kind == "json lines":
        return Written(path, "json lines", None)
    if kind == "xml":
        return Written(path, "xml", None, part=records.record)
    columns, delimiter = separated.header(path)
    return Written(path, "csv", columns, delimiter)


def _database(path: Path, records: Records) -> Written:
    from commonweal.sources.backends import duckdb_file

    with path.open("rb") as file:
        start = file.read(16)
    place, letters = duckdb_file.MAGIC
    if start == sqlite.MAGIC:
        table = _part(path, records.table, sqlite.tables(path), "table")
        return Written(path, "sqlite", sqlite.columns(path, table), part=table)
    if start[place] == letters:
        table = _part(path, records.table, duckdb_file.tables(path), "table")
        return Written(path, "duckdb", duckdb_file.columns(path, table), part=table)
    raise CommonwealError(unreadable(path, "the file is neither an SQLite nor a DuckDB database"))


def _part(path: Path, name: str, there: tuple[str, ...], what: str) -> str:
    """The name of a part, which has to be one of those that are there; nothing else gets to a query."""
    if name in there:
        return name
    shown = ", ".join(there[:_SHOWN]) + ", …" * (len(there) > _SHOWN)
    remedy = f"Name one of: {shown}." if there else f"The file has no {what}."
    raise refusal("RECORDS-PART", f"there is no {what} {name!r}", remedy, file=str(path))


def describe_source(records: Records) -> tuple[Source, list[Fault]]:
    """All files of a source, in order, or its table, and what is wrong with any of them."""
    if not (records.url or (records.table and not records.paths)):
        return describe_all(records)
    from commonweal.sources.backends.chosen import table_of

    try:
        return table_of(records), []
    except CommonwealError as error:
        return (), list(error.faults)


def describe_all(records: Records) -> tuple[tuple[Written, ...], list[Fault]]:
    """All files of a source, in order, and what is wrong with any of them."""
    files: list[Written] = []
    faults: list[Fault] = []
    for path in records.paths:
        try:
            files.append(describe(path, records))
        except CommonwealError as error:
            faults += error.faults
    if not records.paths:
        faults.append(
            Fault(
                "RECORDS-EMPTY",
                f"no file fits {records.written!r}, the path of {records.name!r}",
                "Correct the path, or put the files there.",
                path=("records", records.name, "path"),
            )
        )
    return tuple(files), faults


def column_faults(source: Source, wanted: Iterable[str], code: str) -> list[Fault]:
    """A fault for each wanted column that a file or table lacks, or has twice (engines ignore case).

    Files whose records name their own columns are not known yet, and are passed over.
    """
    faults = []
    for file in (source,) if isinstance(source, Stored) else source:
        if file.columns is None:
            continue
        folded = [name.casefold() for name in file.columns]
        for name in sorted(set(wanted)):
            if name not in file.columns:
                shown = ", ".join(file.columns[:100])
                what, remedy = f"there is no column {name!r}", f"Use one of: {shown}."
            elif folded.count(name.casefold()) > 1:
                what, remedy = f"column {name!r} stands more than once", "Rename one of them."
            else:
                continue
            place = ("", 0) if isinstance(file, Stored) else (str(file.path), 1)
            faults.append(Fault(code, what, remedy, *place))
    return faults
