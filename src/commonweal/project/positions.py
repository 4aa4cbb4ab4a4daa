"""Reads commonweal.yaml into plain values, and knows the line where each of them stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from commonweal.errors import CommonwealError, Fault, refusal

Keys = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A YAML document as plain mappings, lists, text and numbers; `line` finds where a key stands."""

    file: str
    data: Any
    _tree: Any = field(repr=False)

    def line(self, keys: Keys) -> int:
        """The line of the value at `keys`, or of the nearest one above it that was written."""
        at, line = self._tree, 1
        for key in keys:
            place = _line(at, key)
            if place is None:
                break
            line = place
            at = at[int(key)] if isinstance(at, list) else _get(at, key)
        return line

    def fault(self, code: str, what: str, remedy: str, keys: Keys) -> Fault:
        """A fault of the value at `keys`."""
        return Fault(code, what, remedy, self.file, self.line(keys), keys)

    def place(self, fault: Fault, above: Keys = ()) -> Fault:
        """A fault that knows its keys (below `above`), with its file and line."""
        return fault.at(self.file, self.line((*above, *fault.path)))

    def placed(self, error: CommonwealError, above: Keys) -> list[Fault]:
        """The faults of an error; those without a file are about keys below `above`, and get their place."""
        return [fault if fault.file else self.place(fault, above) for fault in error.faults]

    @contextmanager
    def placing(self, faults: list[Fault], above: Keys) -> Iterator[None]:
        """Add the faults raised inside to `faults`, `placed` below `above`."""
        try:
            yield
        except CommonwealError as error:
            faults += self.placed(error, above)


def read_document(path: Path, file: str) -> Document:
    """Read a YAML 1.2 file; `file` is its name in messages. Raises PROJECT-YAML."""
    from ruamel.yaml import YAML
    from ruamel.yaml.constructor import DuplicateKeyError
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        tree = YAML(typ="rt").load(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise _yaml(file, 0, "the file is not UTF-8", "Save it as UTF-8.") from None
    except DuplicateKeyError as error:
        what = str(error.problem).split(" with value")[0].replace("found duplicate", "there is a second")
        raise _yaml(file, _mark(error), what, "Keep one of the two.") from None
    except MarkedYAMLError as error:
        what, remedy = _in_words(str(error.problem or error.context))
        raise _yaml(file, _mark(error), what, remedy) from None
    except YAMLError as error:
        what = str(error).splitlines()[0]
        raise _yaml(file, 0, what, "Check for unusual characters.") from None
    if _size(tree, {}) > _MOST:
        what = "anchors (&) and aliases (*) repeat so much that the file would never end"
        raise _yaml(file, 0, what, "Write out what they stand for.")
    return Document(file, _plain(tree), tree)


#: A file with more values than this, aliases followed, was not written to be read.
_MOST: Final = 1_000_000


def _size(node: Any, known: dict[int, int]) -> int:
    """How many values a tree holds, each as often as it is named; `known` has those of parts by identity."""
    if not isinstance(node, Mapping | list):
        return 1
    if id(node) not in known:
        held = node.values() if isinstance(node, Mapping) else node
        known[id(node)] = 1 + sum(_size(item, known) for item in held)
    return known[id(node)]


#: What the parser says, what most likely happened, and what to do.
_WORDS: Final = (
    (
        "mapping values are not allowed here",
        "there is a second colon in the line, or the line before it is indented less",
        'Put quotation marks round text with a colon, such as title: "Index: 2026"; line keys up.',
    ),
    ("'\\t'", "there is a tab in the line", "Indent with blanks; YAML allows no tabs there."),
    (
        "cannot start any token",
        "a text begins with a character that YAML keeps for itself",
        "Put quotation marks round it, as in where: \"`at.open` = 'true'\".",
    ),
    (
        "expected <block end>",
        "the line is indented more or less than those it belongs to",
        "Line it up with the keys beside it.",
    ),
    (
        "could not find expected ':'",
        "a key has no colon after it, or a text is not closed",
        "Write `key: value`; look at the line before too.",
    ),
    ("while scanning a quoted scalar", "a quotation mark is not closed", "Close it, or take it away."),
    ("expected ',' or", "a list or mapping in brackets is not closed", "Close it with ] or }."),
)


def _in_words(problem: str) -> tuple[str, str]:
    """What is wrong and what to do, for a problem as the YAML parser words it."""
    for theirs, what, remedy in _WORDS:
        if theirs in problem:
            return what, remedy
    return problem, "Check indentation, colons and quotation marks."


def _mark(error: Any) -> int:
    mark = error.problem_mark or error.context_mark
    return mark.line + 1 if mark else 0


def _yaml(file: str, line: int, what: str, remedy: str) -> CommonwealError:
    return refusal("PROJECT-YAML", what, remedy, file, line)


def _line(node: Any, key: str | int) -> int | None:
    try:
        sequence = isinstance(node, list)
        place = node.lc
        return int((place.item(int(key)) if sequence else place.key(_written_key(node, key)))[0]) + 1
    except (AttributeError, KeyError, IndexError, TypeError, ValueError):
        return None


def _written_key(node: Mapping[Any, Any], key: str | int) -> Any:
    return next((written for written in node if str(written) == str(key)), None)


def _get(node: Mapping[Any, Any], key: str | int) -> Any:
    return node[_written_key(node, key)]


def _plain(value: Any) -> Any:
    """Without ruamel's own types: text, numbers, booleans, and dates as text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value
