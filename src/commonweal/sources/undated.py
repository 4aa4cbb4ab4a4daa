"""Where the first dates of a source stand that can't be read; for the analyst, who has the records."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Set
from contextlib import suppress
from itertools import islice

from commonweal.errors import CommonwealError
from commonweal.model.project import Project
from commonweal.model.source import Records
from commonweal.sources.collect import Collected
from commonweal.sources.query import File
from commonweal.sources.read.describe import describe

#: So many places are named for a source.
PLACES = 3


def undated_lines(project: Project, collected: Collected) -> list[str]:
    """A line for each source with dates that can't be read: the file and line of the first of them.

    No date is repeated. Parquet has no lines, and is passed over.
    """
    told = []
    for records in sorted(project.records, key=lambda r: r.name):
        texts = collected.undated.get(records.name)
        if not records.date or not texts:
            continue
        places = list(islice(_places(records, texts), PLACES))
        if places:
            told.append(f"{records.name}: the first dates that can't be read are at {', '.join(places)}")
    return told


def _places(records: Records, texts: Set[str | None]) -> Iterator[str]:
    for path in records.paths:
        with suppress(CommonwealError):
            file = describe(path)
            if file.kind == "csv":
                yield from (f"{path.name}:{line}" for line in _lines(file, records.date, texts))


def _lines(file: File, column: str, texts: Set[str | None]) -> Iterator[int]:
    """The lines where rows with one of these dates begin; letters that are not UTF-8 don't matter here."""
    place = file.columns.index(column)
    open_file = gzip.open if file.path.name.endswith(".gz") else open
    with open_file(file.path, "rt", encoding="utf-8-sig", errors="replace", newline="") as text:
        reader = csv.reader(text, delimiter=file.delimiter)
        next(reader)
        end = reader.line_num
        for cells in reader:
            line, end = end + 1, reader.line_num
            if len(cells) == len(file.columns) and _is_one(cells[place].strip(), texts):
                yield line


def _is_one(cell: str, texts: Set[str | None]) -> bool:
    """Whether a cell is one of the dates as engines give them: a day as its month, without its time."""
    return bool({cell or None, cell[:10] or None, cell[:7] if len(cell) >= 10 else cell or None} & texts)
