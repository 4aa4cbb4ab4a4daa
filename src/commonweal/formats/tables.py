"""Reads tables (CSV, Parquet, sheets) as text, each row with its line in the file."""

from __future__ import annotations

import codecs
import csv
import io
import logging
from collections import Counter
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from commonweal.errors import CommonwealError, Fault, raise_any, refusal
from commonweal.formats.packed import unpacked
from commonweal.formats.sheet_errors import error_cells

#: Workbooks of Excel and of LibreOffice.
SHEETS: Final = (".xlsx", ".xlsm", ".ods")
SUFFIXES: Final = (".csv", ".csv.gz", ".txt", ".tsv", ".parquet", *SHEETS)
_DELIMITERS: Final = (",", ";", "\t")
_SAMPLE: Final = 1_000_000  # characters: more than a header and six rows take


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table as it was written: every column is text, an empty cell is null, spaces around are gone.

    Rows without any content are left out; `line` still finds each row's place in the file. `errors` are
    the cells of a sheet (such as B5) that hold an error (#N/A, #DIV/0!) and are read as empty.
    """

    path: Path
    frame: pl.DataFrame
    lines: np.ndarray[Any, np.dtype[np.int64]]
    errors: tuple[str, ...] = ()

    def line(self, row: int) -> int:
        """The line (of a sheet: the row) where a row of `frame` begins; the header is usually line 1."""
        return int(self.lines[row])


#: A cell that begins like a formula, with the apostrophe that keeps a spreadsheet from running it.
_GUARDED: Final = r"^'([=+\-@\t\r])"


def read_table(path: Path, *, sheet: str | None = None) -> Table:
    """Read a table by the ending of its name: CSV (also gzipped), Parquet, or a sheet (XLSX, ODS).

    CSV may be UTF-8 (with or without a byte order mark), UTF-16 (with one) or CP1252, and parted by
    comma, semicolon or tab. An apostrophe that guards a cell against being run as a formula, as our own
    tables have it, is taken off. Raises FILE-EMPTY, FILE-FORMAT, TABLE-HEADER.
    """
    name = path.name.lower()
    if not name.endswith(SUFFIXES):
        raise refusal(
            "FILE-FORMAT",
            f"the ending of {path.name!r} is not known",
            f"Use {', '.join(SUFFIXES)}.",
            str(path),
        )
    if path.stat().st_size == 0:
        raise _empty(path)
    if name.endswith(".parquet"):
        table = _read_parquet(path)
    elif name.endswith(SHEETS):
        table = _read_sheet(path, sheet)
    else:
        table = _read_csv(path)
    if not table.frame.height:
        raise _empty(path, tuple(table.frame.columns))
    return replace(table, frame=_unguarded(table.frame))


def read_published(path: Path) -> pl.DataFrame:
    """A CSV as we publish it, all columns as text; it may hold headings alone."""
    return _unguarded(pl.read_csv(path, infer_schema=False))


def _unguarded(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col(pl.String).str.replace(_GUARDED, "$1"))


def _read_csv(path: Path) -> Table:
    text = _decode(path)
    if not text.strip():
        raise _empty(path)
    before = len(text) - len(text.lstrip("\r\n"))
    above, text = text[:before].count("\n"), text[before:]
    delimiter = delimiter_of(text[:_SAMPLE])
    header = next(csv.reader(io.StringIO(text[:_SAMPLE]), delimiter=delimiter))
    columns = _header(path, header, above + 1)
    try:
        frame = pl.read_csv(text.encode(), separator=delimiter, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise _ragged(path, text, delimiter, len(header), above) from error
    lines = _csv_lines(text, delimiter, frame.height) + above
    return _table(path, frame, columns, lines)


def _decode(path: Path) -> str:
    raw = unpacked(path) if path.name.lower().endswith(".gz") else path.read_bytes()
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        # what Excel writes as "Unicode Text"
        return _plain_ends(raw.decode("utf-16", errors="replace"))
    if b"\0" in raw[:_SAMPLE]:
        raise refusal("FILE-FORMAT", "the file is not text", 'Save it as "CSV UTF-8".', str(path))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        # what Excel on Windows writes as "CSV"; the few bytes it does not define become �
        text = raw.decode("cp1252", errors="replace")
    return _plain_ends(text)


def _plain_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def delimiter_of(start: str) -> str:
    """The separator that parts the first rows of a CSV into the most cells, as many in each row.

    >>> delimiter_of("ward;rate, low, high\\nA;1\\n")
    ';'
    """

    def fit(delimiter: str) -> tuple[bool, int]:
        reader = csv.reader(io.StringIO(start, newline=""), delimiter=delimiter)
        rows = [row for row in islice(reader, 6) if row]
        return len({len(row) for row in rows}) == 1, len(rows[0])

    fits = {delimiter: fit(delimiter) for delimiter in _DELIMITERS}
    even = [d for d in _DELIMITERS if fits[d][0] and fits[d][1] > 1]
    return max(even or _DELIMITERS, key=lambda d: fits[d][1])


def _csv_lines(text: str, delimiter: str, rows: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The line where each row begins. Rows take several lines only where a quoted cell has line ends."""
    if text.count("\n") + (not text.endswith("\n")) == rows + 1:
        return np.arange(2, rows + 2)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    starts, end = [], 0
    for _ in reader:
        starts.append(end + 1)
        end = reader.line_num
    return np.array(starts[1 : rows + 1], dtype=np.int64)


def _ragged(path: Path, text: str, delimiter: str, width: int, above: int) -> CommonwealError:
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    for cells in reader:
        if len(cells) > width:
            return refusal(
                "FILE-FORMAT",
                f"the row has {len(cells)} cells and the header {width}",
                "Quote cells that contain the separator, or complete the header."
                if width > 1
                else "The first row looks like a title; delete the rows above the headings.",
                file=str(path),
                line=reader.line_num + above,
            )
    return refusal(
        "FILE-FORMAT",
        "the file can't be read as CSV",
        "Look for a quotation mark that is not closed.",
        str(path),
    )


def _read_parquet(path: Path) -> Table:
    try:
        frame = pl.read_parquet(path, glob=False, hive_partitioning=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise refusal(
            "FILE-FORMAT", "the file can't be read as Parquet", "Write it again.", str(path)
        ) from error
    columns = _header(path, frame.columns, 0)
    return _table(path, _as_text(frame), columns, np.arange(1, frame.height + 1))


def sheet_names(path: Path) -> list[str]:
    """The sheets of a workbook, in order. Raises FILE-FORMAT."""
    return list(_workbook(path).sheet_names)


def _workbook(path: Path) -> Any:
    import fastexcel

    # it remarks on every column without content
    logging.getLogger("fastexcel").setLevel(logging.ERROR)
    try:
        return fastexcel.read_excel(path)
    except fastexcel.FastExcelError as error:
        kind = path.suffix.lower()
        what = f"the file can't be read as {kind.removeprefix('.').upper()}"
        raise refusal("FILE-FORMAT", what, f"Save it again as {kind}.", str(path)) from error


def _read_sheet(path: Path, sheet: str | None) -> Table:
    book = _workbook(path)
    if sheet is not None and sheet not in book.sheet_names:
        what = f"there is no sheet {sheet!r} in {path.name}"
        remedy = f"Name one of: {', '.join(book.sheet_names)}."
        raise refusal("FILE-FORMAT", what, remedy, path=("sheet",))
    which: str | int = 0 if sheet is None else sheet
    cells = book.load_sheet(which, header_row=None, skip_rows=0, dtypes="string").to_polars()
    filled = _filled(cells)
    if not filled.any():
        raise _empty(path)
    top = int(filled.argmax())
    columns = _header(path, [cell or "" for cell in cells.row(top)], top + 1)
    typed = book.load_sheet(
        which, header_row=None, skip_rows=top + 1, schema_sample_rows=None, dtypes=None
    ).to_polars()
    body = cells.slice(top + 1)
    # read as text, numbers keep nine digits; columns that are numbers throughout keep them all
    if typed.height == body.height and typed.width == body.width:
        typed = _as_text(typed.select(pl.col(pl.Float64)))
        body = body.with_columns(typed.get_columns())
    errors = error_cells(path, 0 if sheet is None else book.sheet_names.index(sheet))
    return replace(_table(path, body, columns, np.arange(top + 2, cells.height + 1)), errors=errors)


def _as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Every column as text; whole numbers without a decimal point."""
    floats = pl.col(pl.Float32, pl.Float64).cast(pl.String).str.strip_suffix(".0")
    return frame.with_columns(floats).with_columns(pl.all().cast(pl.String))


def _table(
    path: Path, frame: pl.DataFrame, columns: list[str], lines: np.ndarray[Any, np.dtype[np.int64]]
) -> Table:
    frame = frame.rename(dict(zip(frame.columns, columns, strict=True)))
    stripped = pl.all().str.strip_chars()
    frame = frame.with_columns(pl.when(stripped != "").then(stripped).name.keep())
    filled = _filled(frame)
    return Table(path, frame.filter(filled), lines[filled])


def _filled(frame: pl.DataFrame) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series().to_numpy()


def _header(path: Path, cells: list[str], line: int) -> list[str]:
    names = [cell.strip() or f"(column {i})" for i, cell in enumerate(cells, 1)]
    raise_any(
        Fault(
            "TABLE-HEADER",
            f"the column {name!r} stands {count} times in the header",
            "Give each column a name of its own.",
            file=str(path),
            line=line,
        )
        for name, count in Counter(names).items()
        if count > 1
    )
    return names


def _empty(path: Path, headings: tuple[str, ...] = ()) -> CommonwealError:
    what = (
        f"the table has headings ({', '.join(headings)}) and no rows" if headings else "the table has no rows"
    )
    return refusal("FILE-EMPTY", what, "Fill it in, or take it out of the project.", str(path))
