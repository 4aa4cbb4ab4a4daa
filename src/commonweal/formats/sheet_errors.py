"""The cells of an Excel sheet that hold an error such as #N/A, which readers of sheets give as empty."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from zipfile import BadZipFile, ZipFile

_CELL: Final = re.compile(rb"<c\b([^>]*\bt=\"e\"[^>]*)>")
_PLACE: Final = re.compile(rb"\br=\"([A-Z]+[0-9]+)\"")
_SHEET: Final = re.compile(r"<sheet\b[^>]*>")
_RELATION: Final = re.compile(r"<Relationship\b[^>]*>")


def error_cells(path: Path, position: int) -> tuple[str, ...]:
    """The places (such as B5) of the cells with an error in the sheet at `position`, in order.

    The workbook's own XML is looked through as text; a workbook that is built in another way has none.
    """
    try:
        with ZipFile(path) as book:
            sheet = _SHEET.findall(book.read("xl/workbook.xml").decode("utf-8"))[position]
            wanted = _attribute(sheet, "r:id")
            relations = _RELATION.findall(book.read("xl/_rels/workbook.xml.rels").decode("utf-8"))
            target = next(_attribute(one, "Target") for one in relations if _attribute(one, "Id") == wanted)
            name = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            found = [_PLACE.search(cell) for cell in _CELL.findall(book.read(name))]
    except (BadZipFile, KeyError, IndexError, StopIteration, UnicodeDecodeError):
        return ()
    return tuple(place[1].decode() for place in found if place)


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf"\b{name}=\"([^\"]*)\"", tag)
    return found[1] if found else ""
