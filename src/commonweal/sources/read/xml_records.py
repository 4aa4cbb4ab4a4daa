"""Reads the repeated elements of an XML file as records, in one pass that keeps one record at a time.

The parser is expat itself. Entities that a file declares are refused, and nothing that a file refers to is
fetched, so that neither a "billion laughs" nor an external entity does anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Final
from xml.parsers import expat

from commonweal.errors import CommonwealError, Fault
from commonweal.sources.read.packed import opened
from commonweal.sources.read.written import LONGEST, Batches, Gathering, Written, unreadable

_CHUNK: Final = 1 << 18
#: Elements within elements, at most.
_DEEPEST: Final = 100
#: So many names of elements are told where the one asked for is not there.
_SHOWN: Final = 8
#: Between the texts of an element that stands several times in one record.
_BETWEEN: Final = "; "


def batches(written: Written) -> Batches:
    """The elements called `written.part`: a column for each child, those of nested ones dotted.

    An attribute is a column `name@attribute`, or `@attribute` of the record itself. Raises
    RECORDS-UNREADABLE where the file breaks off or declares entities, RECORDS-PART where no element is called
    so.
    """
    reading = _Reading(written)
    with opened(written.path) as stream, _told(reading):
        for chunk in _chunks(stream):
            reading.parser.Parse(chunk, not chunk)
            if reading.held.full:
                yield reading.held.batch()
    if not reading.records:
        raise CommonwealError(_absent(written, reading.seen))
    yield reading.held.batch()


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a stream, and at last none at all, which tells the parser that the file is at its end."""
    while chunk := stream.read(_CHUNK):
        yield chunk
    yield b""


@contextmanager
def _told(reading: _Reading) -> Iterator[None]:
    try:
        yield
    except expat.ExpatError as error:
        what = f"the XML breaks off or is not well formed ({expat.ErrorString(error.code)})"
        remedy = "Copy or export the file again."
        raise CommonwealError(unreadable(reading.written.path, what, remedy, error.lineno)) from None


@dataclass(slots=True)
class _Reading:
    """The parser, the record it is in, and the records it has left."""

    written: Written
    parser: expat.XMLParserType = field(init=False)
    held: Gathering = field(init=False)
    records: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    #: names of the open elements below the record; None outside of any
    inside: list[str] | None = None
    depth: int = 0
    row: dict[str, str] = field(default_factory=dict)
    texts: list[list[str]] = field(default_factory=list)
    letters: int = 0

    def __post_init__(self) -> None:
        self.held = Gathering(self.written)
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.EntityDeclHandler = self._entity

    def _entity(self, *_: object) -> None:
        what, remedy = "the XML declares entities of its own", "Export it without a DOCTYPE."
        raise CommonwealError(unreadable(self.written.path, what, remedy, self.parser.CurrentLineNumber))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(" ")[2]
        self.depth += 1
        if self.depth > _DEEPEST:
            what = f"elements lie more than {_DEEPEST} deep in one another"
            raise CommonwealError(unreadable(self.written.path, what, "", self.parser.CurrentLineNumber))
        if self.inside is not None:
            self.inside.append(name)
        elif name == self.written.part:
            self.inside, self.row, self.letters = [], {}, 0
        else:
            if name in self.seen or len(self.seen) < 1000:
                self.seen[name] += 1
            return
        self.texts.append([])
        for attribute, value in attributes.items():
            # one with a namespace (xsi:nil) is about the XML, not about what it tells
            if " " not in attribute:
                self._put(f"{'.'.join(self.inside)}@{attribute}", value)

    def _characters(self, text: str) -> None:
        if self.inside is not None and self.letters <= LONGEST:
            self.letters += len(text)
            self.texts[-1].append(text)

    def _end(self, _: str) -> None:
        self.depth -= 1
        if self.inside is None:
            return
        self._put(".".join(self.inside), "".join(self.texts.pop()))
        if self.inside:
            self.inside.pop()
            return
        self.inside = None
        self.records += 1
        if self.letters > LONGEST:
            self.held.lose(self.records)
        else:
            self.held.add(self.records, self.row)

    def _put(self, column: str, text: str) -> None:
        if column and (text := text.strip()):
            before = self.row.get(column)
            self.row[column] = text if before is None else f"{before}{_BETWEEN}{text}"


def _absent(written: Written, seen: Counter[str]) -> Fault:
    often = [name for name, count in seen.most_common(_SHOWN) if count > 1] or sorted(seen)[:_SHOWN]
    return Fault(
        "RECORDS-PART",
        f"there is no element {written.part!r}",
        f"Name the one that is repeated with `record:`; there are {', '.join(often)}." if often else _NOTHING,
        file=str(written.path),
    )


_NOTHING: Final = "The file has no elements at all."
