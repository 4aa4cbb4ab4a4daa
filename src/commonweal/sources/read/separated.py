"""Reads CSV: the first line for the columns, and all lines where somebody asks what columns read as.

Counting itself reads CSV in an engine. Text is UTF-8, UTF-16 with a byte order mark, or else CP1252, as in
the project's other tables.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO, Any, Final

import polars as pl

from commonweal.errors import CommonwealError, refusal
from commonweal.formats.tables import delimiter_of
from commonweal.sources.read.packed import opened
from commonweal.sources.read.written import ROWS, Batches, Gathering, Written, unreadable

_CHUNK: Final = 1 << 22
_WIDE: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: The headings stand within so many bytes.
_LONGEST: Final = 1_000_000


def header(path: Path) -> tuple[tuple[str, ...], str]:
    """The columns of a file and what parts them. Raises RECORDS-EMPTY, RECORDS-UNREADABLE."""
    with opened(path) as stream:
        start = _decoded(path, stream.read(_LONGEST))
    if not start.strip():
        raise refusal(
            "RECORDS-EMPTY", "the file holds nothing", "Give it a header and records.", file=str(path)
        )
    try:
        delimiter = delimiter_of(start)
        names = next(csv.reader(io.StringIO(start, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise CommonwealError(unreadable(path, "the headings can't be taken apart")) from error
    if not names:
        what, remedy = "the first line is empty", "Begin the file with its headings."
        raise CommonwealError(unreadable(path, what, remedy, 1))
    return tuple(name.strip() for name in names), delimiter


def _decoded(path: Path, raw: bytes) -> str:
    """The start of a file as text; its last letter may be cut in two."""
    if raw.startswith(_WIDE):
        return raw[: len(raw) // 2 * 2].decode("utf-16", errors="replace")
    line = raw.partition(b"\n")[0]
    if b"\0" in line:
        raise CommonwealError(unreadable(path, "the file is not text", 'Save it as "CSV UTF-8".'))
    try:
        line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")
    return raw.decode("utf-8-sig", errors="replace")


def encoding(path: Path) -> str:
    """How the letters of a file are written: all are looked at. Raises RECORDS-UNREADABLE."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with opened(path) as stream:
        chunk = stream.read(_CHUNK)
        if chunk.startswith(_WIDE):
            return "utf-16"
        try:
            while chunk:
                # plain letters need no second look, and most chunks have no others
                if not chunk.isascii() or decoder.getstate()[0]:
                    decoder.decode(chunk)
                chunk = stream.read(_CHUNK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def text(stream: IO[bytes], encoded: str) -> io.TextIOWrapper:
    """The letters of a stream, line ends as they are; a byte that stands for none is �."""
    named = "utf-8-sig" if encoded == "utf-8" else encoded
    return io.TextIOWrapper(stream, encoding=named, errors="replace", newline="")


def batches(written: Written, wanted: Collection[str] | None = None) -> Batches:
    """The rows of a file, each with the line it begins on; one with too few or too many cells is broken.

    With `wanted`, only those columns are held.
    """
    assert written.columns is not None
    width = len(written.columns)
    places = {n: i for i, n in enumerate(written.columns) if wanted is None or n in wanted}
    held = Gathering(written, places)
    with opened(written.path) as stream, text(stream, encoding(written.path)) as letters:
        for line, cells in _rows(csv.reader(letters, delimiter=written.delimiter), held):
            if len(cells) == width:
                held.add(line, {name: cells[place] for name, place in places.items() if cells[place]})
            elif cells:
                held.lose(line)
            if held.full:
                yield held.batch()
    yield held.batch()


def frames(
    path: Path, columns: tuple[str, ...], delimiter: str, wanted: Collection[str]
) -> Iterator[pl.DataFrame]:
    """The wanted columns of a file in UTF-8, many times quicker than `batches`, but without lines.

    A cell too many is passed over, one too few is empty, and so is a row without any of these columns.
    """
    places = {f"{place}": name for place, name in enumerate(columns) if name in wanted}
    table = pl.scan_csv(
        path,
        separator=delimiter,
        infer_schema=False,
        truncate_ragged_lines=True,
        glob=False,
        with_column_names=lambda names: [f"{place}" for place in range(len(names))],
    )
    held = table.select(list(places)).rename(places).filter(pl.any_horizontal(pl.all().is_not_null()))
    try:
        yield from held.collect_batches(chunk_size=ROWS)
    except pl.exceptions.PolarsError as error:
        raise CommonwealError(unreadable(path)) from error


def _rows(reader: Any, held: Gathering) -> Iterator[tuple[int, list[str]]]:
    """The rows below the header, each with the line it begins on."""
    next(reader)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error:
            # a cell of more letters than any has, most often for a quotation mark that is not closed
            held.lose(line)
