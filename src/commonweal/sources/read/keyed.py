"""Puts keyed hashes in the place of person keys while records are read, and finds people again by them.

A key goes no further than the batch of records it was read in: what an engine or a file in the scratch folder
sees is its digest, and what is kept of another source is the set of digests in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from commonweal.model.person import Person, digest, secret_of
from commonweal.sources.read.batches import batches
from commonweal.sources.read.written import Written

#: The cell of a record whose person stands in the other source too; an empty one says that nobody does.
YES: Final = "yes"


@dataclass(frozen=True, slots=True)
class Keyed:
    """How the person key of a source is read: its column, the secret, and what is compared with it.

    `others` has for each column to be added the digests of another source.
    """

    column: str
    secret: bytes = field(repr=False)
    others: Mapping[str, frozenset[bytes]] = field(default_factory=dict, repr=False)

    def frame(self, records: pl.DataFrame) -> pl.DataFrame:
        """Records with digests in hexadecimal for keys, and the columns that are added.

        A key is trimmed of blanks; an empty one is nobody's.

        >>> read = Keyed("id", b"k", {"both": frozenset([digest(b"k", "7")])})
        >>> found = read.frame(pl.DataFrame({"id": [" 7", "8", " "]}))
        >>> [(key and key[:4], both) for key, both in found.rows()]
        [('9c73', 'yes'), ('1bb1', None), (None, None)]
        """
        if self.column not in records.columns:
            return records
        cells = [None if text is None else text.strip(" ") for text in records[self.column]]
        found = {text: digest(self.secret, text) for text in {*cells} if text}
        added = {
            self.column: {text: value.hex() for text, value in found.items()},
            **{
                name: {text: YES for text, value in found.items() if value in digests}
                for name, digests in self.others.items()
            },
        }
        return records.with_columns(
            pl.Series(name, [told.get(text) for text in cells], dtype=pl.String)
            for name, told in added.items()
        )


def digests(files: Iterable[Written], person: Person) -> frozenset[bytes]:
    """The digests of everyone in some files: what another source is compared with.

    Raises as reading does, PATH-VARIABLE and RECORDS-PERSON.
    """
    secret = secret_of(person)
    found: set[bytes] = set()
    for written in files:
        for batch in batches(written, {person.column}):
            if person.column in batch.frame.columns:
                keys = batch.frame[person.column].drop_nulls().str.strip_chars(" ").unique()
                found.update(digest(secret, key) for key in keys if key)
    return frozenset(found)
