"""How files of records are written: the kind, the separator, the columns.

Only the first line of a file is looked at here; the records are read by an engine.
"""

from __future__ import annotations

import codecs
import csv
import gzip
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from commonweal.errors import CommonwealError, Fault
from commonweal.model.source import Records
from commonweal.sources.query import File

_DELIMITERS: Final = (",", ";", "\t")


def describe(path: Path) -> File:
    """What one file is and which columns it has.

    Raises RECORDS-EMPTY for a file without a header, RECORDS-UNREADABLE for one that can't be opened.
    """
    try:
        return _parquet(path) if path.name.endswith((".parquet", ".pq")) else _csv(path)
    except (OSError, EOFError) as error:
        raise CommonwealError(unreadable(path)) from error


def _csv(path: Path) -> File:
    with gzip.open(path) if path.name.endswith(".gz") else path.open("rb") as opened:
        raw = opened.readline().removeprefix(b"\xef\xbb\xbf").rstrip(b"\r\n")
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in raw:
        what = "the file is UTF-16" if raw.startswith(b"\xff\xfe") else "the file is not text"
        raise CommonwealError(Fault("RECORDS-UNREADABLE", what, 'Save it as "CSV UTF-8".', file=str(path)))
    try:
        line = raw.decode("utf-8")
    except UnicodeDecodeError:
        line = raw.decode("latin-1")
    if not line.strip():
        raise CommonwealError(
            Fault("RECORDS-EMPTY", "the file holds nothing", "Give it a header and records.", file=str(path))
        )
    delimiter = max(_DELIMITERS, key=line.count)
    columns = tuple(name.strip() for name in next(csv.reader([line], delimiter=delimiter)))
    return File(path, "csv", columns, delimiter)


def _parquet(path: Path) -> File:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return File(path, "parquet", tuple(pq.read_schema(path).names))
    except pa.ArrowInvalid as error:
        raise CommonwealError(unreadable(path)) from error


def unreadable(path: Path) -> Fault:
    """The fault of a file that can't be read as records."""
    return Fault(
        "RECORDS-UNREADABLE",
        "the file can't be read as records",
        "Check that it is a whole CSV (UTF-8 or Latin-1, .gz too) or Parquet file.",
        file=str(path),
    )


def describe_all(records: Records) -> tuple[tuple[File, ...], list[Fault]]:
    """All files of a source, in order, and what is wrong with any of them."""
    files: list[File] = []
    faults: list[Fault] = []
    for path in records.paths:
        try:
            files.append(describe(path))
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


def column_faults(files: Iterable[File], wanted: Iterable[str], code: str) -> list[Fault]:
    """A fault for each wanted column that a file lacks, or has twice (engines ignore case)."""
    faults = []
    for file in files:
        folded = [name.casefold() for name in file.columns]
        for name in sorted(set(wanted)):
            if name not in file.columns:
                what, remedy = f"there is no column {name!r}", f"Use one of: {', '.join(file.columns)}."
            elif folded.count(name.casefold()) > 1:
                what, remedy = f"column {name!r} stands more than once", "Rename one of them."
            else:
                continue
            faults.append(Fault(code, what, remedy, file=str(file.path), line=1))
    return faults
