"""What became of every record: a row a fate, and together they are all records read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from commonweal.model.edition import LEDGER
from commonweal.sources.query import Unlinked

READ: Final = "read"
COUNTED: Final = "counted"
IDENTICAL: Final = "identical repeat"
DIFFERING: Final = "differing repeat"
UNREADABLE: Final = "unreadable row"
NO_DATE: Final = "unreadable date"
OUT_OF_PERIOD: Final = "out of period"

#: Why a record has no area -> the name of that fate.
UNLINKED: Final[dict[int, str]] = {
    Unlinked.EMPTY_CODE: "empty area code",
    Unlinked.UNKNOWN_CODE: "unknown area code",
    Unlinked.NO_COORDINATES: "no coordinates",
    Unlinked.OUTSIDE: "outside all areas",
    Unlinked.NO_AREA: "key without an area",
    Unlinked.ELSEWHERE: "area of another place",
}

#: Every fate in the order shown, with what it means. `read` is the sum of all that follow it.
MEANING: Final[dict[str, str]] = {
    READ: "every row of the source",
    COUNTED: "has an area and lies in a period that is reported",
    IDENTICAL: "the same row again, counted once",
    DIFFERING: "the same key again with other contents; the first in order is kept",
    UNREADABLE: "the row can't be taken apart into columns",
    NO_DATE: "no date, or not in the form of the others",
    OUT_OF_PERIOD: "happened in no period that is reported",
    "empty area code": "no code, postcode or key to link by",
    "unknown area code": "the code is of no area in this index, or the postcode or key in no table",
    "no coordinates": "no point to link by",
    "outside all areas": "the point lies in no area of this index, nor near enough to one",
    "key without an area": "the table gives no area for the postcode, UPRN or key: a terminated postcode",
    "area of another place": "the postcode, key or old area leads to an area that is not in this index",
}

#: A fate as the end of "12 records are …", where its name does not serve.
_PHRASES: Final[dict[str, str]] = {
    IDENTICAL: "identical repeats",
    DIFFERING: "differing repeats",
    UNREADABLE: "in unreadable rows",
    NO_DATE: "without a readable date",
    "empty area code": "without an area code",
    "unknown area code": "with an unknown area code",
    "no coordinates": "without coordinates",
    "key without an area": "with a postcode or key without an area",
    "area of another place": "in areas of another place",
}


def phrase(fate: str, count: int | None) -> str:
    """A fate and how many records met it; None is a number that is not shown.

    >>> phrase("no coordinates", 1475), phrase("out of period", None)
    ('1,475 without coordinates', 'some out of period')
    """
    return f"{'some' if count is None else f'{count:,}'} {_PHRASES.get(fate, fate)}"


def lines(ledger: pl.DataFrame) -> list[str]:
    """A line a source: what was read, what counted, and where the rest went.

    >>> lines(ledger([Fates("crimes", {"counted": 475, "no coordinates": 475})]))
    ['crimes: 950 read, 475 counted (50%), 475 without coordinates']
    >>> lines(pl.DataFrame([("crimes", "read", None), ("crimes", "counted", None)],
    ...                    schema=["source", "fate", "records"], orient="row"))
    ['crimes: read and counted; how many would give hidden counts back']
    """
    told = []
    for (source,), part in ledger.group_by("source", maintain_order=True):
        fates = dict(part.select("fate", "records").iter_rows())
        read, counted = fates.pop(READ), fates.pop(COUNTED)
        # rounded down: 100% is said only where nothing is lost
        share = f" ({100 * counted // read}%)" if read and counted is not None and counted <= read else ""
        whole = f"{phrase(READ, read)}, {phrase(COUNTED, counted)}{share}"
        if read is None and counted is None:
            whole = "read and counted; how many would give hidden counts back"
        told.append(", ".join([f"{source}: {whole}", *(phrase(fate, n) for fate, n in fates.items())]))
    return told


@dataclass(frozen=True, slots=True)
class Fates:
    """How many records of one source met each fate. Raises ValueError for a fate that is not known.

    >>> Fates("crimes", {"counted": 8, "out of period": 2}).read
    10
    """

    source: str
    records: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if unknown := set(self.records) - set(MEANING) | set(self.records) & {READ}:
            raise ValueError(f"not a fate: {sorted(unknown)}")

    @property
    def read(self) -> int:
        """Every record: the sum of all fates."""
        return sum(self.records.values())


def ledger(sources: Iterable[Fates]) -> pl.DataFrame:
    """The ledger: source, fate, records, note; sources in the order given, fates in the order shown.

    A fate that no record met is left out, save `read` and `counted`.

    >>> ledger([Fates("crimes", {"counted": 8})]).select("fate", "records").rows()
    [('read', 8), ('counted', 8)]
    """
    rows = [
        (one.source, fate, records, note)
        for one in sources
        for fate, note in MEANING.items()
        if (records := one.read if fate == READ else one.records.get(fate, 0)) or fate in (READ, COUNTED)
    ]
    return pl.DataFrame(rows, schema=LEDGER, orient="row")
