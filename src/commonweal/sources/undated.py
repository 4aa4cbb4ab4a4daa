"""Where the first dates of a source stand that can't be read; for the analyst, who has the records."""

from __future__ import annotations

from collections.abc import Iterator, Set
from contextlib import suppress
from itertools import islice

from commonweal.errors import CommonwealError
from commonweal.model.project import Project
from commonweal.model.source import Records
from commonweal.sources.collect import Collected
from commonweal.sources.read.batches import batches
from commonweal.sources.read.describe import describe
from commonweal.sources.read.written import Written

#: So many places are named for a source.
PLACES = 3


def undated_lines(project: Project, collected: Collected) -> list[str]:
    """A line for each source with dates that can't be read: the file and line (row, record) of the first.

    No date is repeated.
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
            written = describe(path, records)
            yield from map(written.place, _numbers(written, records.date, texts))


def _numbers(written: Written, column: str, texts: Set[str | None]) -> Iterator[int]:
    """The places of records with one of these dates; a record without the column has no date."""
    for batch in batches(written, {column}):
        dates = batch.frame[column] if column in batch.frame.columns else [None] * batch.frame.height
        for place, cell in zip(batch.places, dates, strict=True):
            if _is_one((cell or "").strip(), texts):
                yield place


def _is_one(cell: str, texts: Set[str | None]) -> bool:
    """Whether a cell is one of the dates as engines give them: a day as its month, without its time."""
    return bool({cell or None, cell[:10] or None, cell[:7] if len(cell) >= 10 else cell or None} & texts)
