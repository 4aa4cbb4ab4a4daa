"""Reads JSON lines: a record a line, nested objects as dotted columns, numbers as they are written."""

from __future__ import annotations

import json
from typing import Any, Final

from commonweal.sources.read.packed import lines_of, opened
from commonweal.sources.read.written import LONGEST, Batches, Gathering, Written

_BOM: Final = b"\xef\xbb\xbf"


def batches(written: Written) -> Batches:
    """The records of a file; a line that is not one JSON object is a row that can't be taken apart.

    Raises RECORDS-UNREADABLE where the file breaks off.
    """
    held = Gathering(written)
    with opened(written.path) as stream:
        for number, line in lines_of(stream, LONGEST):
            if line is not None and not line.removeprefix(_BOM).strip():
                continue
            row = _row(line) if line is not None else None
            if row is None:
                held.lose(number)
            else:
                held.add(number, row)
            if held.full:
                yield held.batch()
    yield held.batch()


def _row(line: bytes) -> dict[str, str] | None:
    """The cells of one line; None if it is not an object.

    >>> _row(b'{"at": {"x": 1.50, "y": -2}, "open": true, "tags": ["a", 1], "none": null, "empty": ""}')
    {'at.x': '1.50', 'at.y': '-2', 'open': 'true', 'tags': 'a; 1'}
    >>> _row(b"[1, 2]"), _row(b"{nonsense}")
    (None, None)
    """
    try:
        found = _DECODER.decode(line.removeprefix(_BOM).decode())
        if not isinstance(found, dict):
            return None
        row: dict[str, str] = {}
        _flatten(found, "", row)
        if b"\\u" in line:
            # half of a pair of escapes is no letter, and no engine takes a name with NUL in it
            "".join([*row, *row.values()]).encode()
            row = {name.replace("\0", "�"): text for name, text in row.items()}
    except (ValueError, RecursionError):
        return None
    return row


def _flatten(held: dict[str, Any], above: str, row: dict[str, str]) -> None:
    """Put the cells of an object into a row, its columns below `above`; an empty cell is left out."""
    for key, value in held.items():
        if isinstance(value, dict):
            _flatten(value, f"{above}{key}.", row)
        elif text := value if isinstance(value, str) else _text(value):
            row[above + key] = text


def _text(value: Any) -> str:
    """A value as a cell: a list of plain values with semicolons between them, any other list as JSON."""
    if isinstance(value, list):
        if any(isinstance(item, dict | list) for item in value):
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return "; ".join(filter(None, map(_text, value)))
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _refused(name: str) -> str:
    raise ValueError(f"{name} is not JSON")


#: Numbers stay as they are written, with every digit.
_DECODER: Final = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=_refused)
