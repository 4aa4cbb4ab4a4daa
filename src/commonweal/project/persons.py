"""The person key of a source: who its records are about, and what has to hold before it may be compared."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping
from typing import Final

from commonweal.errors import CommonwealError, Fault
from commonweal.model.person import Person, secret_of
from commonweal.model.variable import name_of
from commonweal.project.positions import Document, Keys
from commonweal.project.schema import MeasureKeys, RecordKeys


def read_person(document: Document, above: Keys, keys: RecordKeys) -> tuple[Person | None, list[Fault]]:
    """The person key of a source below `above`, if it has one.

    Faults: PATH-VARIABLE, RECORDS-PERSON. No secret is ever repeated, nor how long it is.
    """
    if keys.person is None:
        return None, []
    at = (*above, "person")
    found = [
        document.fault("RECORDS-PERSON", what, remedy, (*above, *where))
        for where, what, remedy in _wrong(keys)
    ]
    if not name_of(keys.person.secret):
        found.append(document.fault("RECORDS-PERSON", _WRITTEN_OUT, _NAME_IT, (*at, "secret")))
        return None, found
    person = Person(keys.person.column, keys.person.secret)
    try:
        secret_of(person)
    except CommonwealError as error:
        return None, [*found, *document.placed(error, at)]
    return person, found


_WRITTEN_OUT: Final = "the secret is not the name of an environment variable"
_NAME_IT: Final = (
    "Write `secret: ${NAME}` and put the secret in the environment variable NAME; one that was written out is"
    " not secret any more."
)


def _wrong(keys: RecordKeys) -> Iterator[tuple[Keys, str, str]]:
    """Where, what is wrong and what to do, for keys of a source that don't go with a person key."""
    assert keys.person is not None
    if keys.url or keys.backend in ("postgres", "spark"):
        counted = "in Spark" if keys.backend == "spark" else "in a database"
        what = f"records that are counted {counted} can't be read with hashed keys: they stay where they are"
        yield ("person",), what, "Export them to files (CSV, Parquet), or take `person` out."
    if keys.subject == "thing" or keys.published:
        key = "published" if keys.published else "subject"
        said = "are public" if keys.published else "are about things"
        what = f"a person key says who records are about, and these {said}, which nothing protects"
        yield (key,), what, "Write `subject: person` without `published`, or take `person` out."
    link = keys.link
    if keys.person.column in (keys.date, link.column, link.x, link.y):
        what = f"{keys.person.column!r} is the person key, so it says neither where nor when"
        yield ("person", "column"), what, "Name the column of the pupil number, NHS number or the like."


def also_faults(
    keys: MeasureKeys, sources: Mapping[str, Person | None]
) -> Iterator[tuple[str, str, str, str]]:
    """Code, key, what and remedy of a comparison that can't be made; both of its sources are there.

    `sources` leaves out those whose person key is at fault itself.
    """
    pair = (keys.records, keys.also_in)
    if keys.records == keys.also_in:
        what = f"{keys.also_in!r} is compared with itself"
        yield "RECORDS-PERSON", "also_in", what, "Name another source."
        return
    for name in pair:
        if name in sources and sources[name] is None:
            what = f"the records {name!r} have no person key, so nobody in them can be found again"
            yield "RECORDS-PERSON", "also_in", what, "Add `person: {column: …, secret: ${NAME}}` to them."
    first, second = (sources.get(name) for name in pair)
    if first and second and not hmac.compare_digest(secret_of(first), secret_of(second)):
        what = f"the person keys of {pair[0]!r} and {pair[1]!r} have different secrets, so none would agree"
        yield "RECORDS-PERSON", "also_in", what, "Name the same variable in both."
