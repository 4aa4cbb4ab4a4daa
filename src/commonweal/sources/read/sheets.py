"""Reads a sheet of a workbook (XLSX, ODS) whole: the one form that has to fit in memory."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from commonweal.errors import CommonwealError
from commonweal.formats.tables import read_table, sheet_names
from commonweal.sources.read.written import Batch, Batches, Written, unreadable

#: A workbook that unpacks to more bytes than this is not opened.
_LARGEST: Final = 2_000_000_000


def names(path: Path) -> tuple[str, ...]:
    """The sheets of a workbook, in order. Raises FILE-FORMAT, RECORDS-UNREADABLE."""
    _check_size(path)
    return tuple(sheet_names(path))


def columns(path: Path, sheet: str) -> tuple[str, ...]:
    """The headings of a sheet, or of the first. Raises FILE-EMPTY, FILE-FORMAT, TABLE-HEADER."""
    return tuple(read_table(path, sheet=sheet or None).frame.columns)


def batches(written: Written) -> Batches:
    """The rows of a sheet. Raises as `columns` does."""
    _check_size(written.path)
    table = read_table(written.path, sheet=written.part or None)
    yield Batch(table.frame, [int(line) for line in table.lines])


def _check_size(path: Path) -> None:
    # a workbook that is no archive (.xls) is as large as it looks
    with suppress(zipfile.BadZipFile, OSError):
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
        if size > _LARGEST:
            what = f"the workbook would unpack to {size / 1e9:.1f} GB"
            raise CommonwealError(unreadable(path, what, "Save the sheet as CSV."))
