"""A fixed batch of records and the questions that every engine is asked about it."""

from __future__ import annotations

from random import Random

from questions import ASKS, FILTERS, IDS, KINDS, LINKS, MONTHS, NUMBERS, TALLIES, WARDS, Row

from commonweal.sources.filter import parse_filter
from commonweal.sources.query import Cells, Distinct, Tally

_COLUMNS = (IDS, WARDS, MONTHS, KINDS, NUMBERS, NUMBERS)

#: Every filter and every tally, and all other questions.
EVERY_ASK: tuple[Cells | Distinct, ...] = (
    Cells((*(Tally(where=parse_filter(text)) for text in FILTERS), *TALLIES)),
    *ASKS.values(),
)
#: Link, date, key: each link, with and without dates and keys.
WAYS = tuple((link, "month" if i % 5 else "", "id" if i % 2 else "") for i, link in enumerate(LINKS, start=1))


def batch(size: int, seed: int = 2026) -> list[Row]:
    """Records that hold every odd text of every column, some of them more than once."""
    drawn = Random(seed)
    rows = [tuple(drawn.choice(texts) for texts in _COLUMNS) for _ in range(size)]
    for texts in range(len(_COLUMNS)):
        # each text at least once, whatever is drawn
        for i, text in enumerate(_COLUMNS[texts]):
            rows[i] = (*rows[i][:texts], text, *rows[i][texts + 1 :])
    return rows + drawn.sample(rows, size // 8)
