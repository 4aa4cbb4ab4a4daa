"""Reads the cells of a workbook by their address, with every digit, whatever their layout."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from commonweal.errors import refusal

_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINKS: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_ADDRESS: Final = re.compile(r"([A-Z]+)(\d+)")


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The cells of one sheet that hold something: (row, column), both from 1, -> text as it was stored.

    Numbers have all their digits, formulas are the values last worked out, spaces around are gone.
    """

    path: Path
    sheet: str
    cells: dict[tuple[int, int], str]

    def __call__(self, row: int, column: int) -> str:
        """The text of a cell; empty where there is none."""
        return self.cells.get((row, column), "")

    def row(self, row: int, first: int, last: int) -> list[str]:
        """The texts of one row, from column `first` to `last`."""
        return [self(row, column) for column in range(first, last + 1)]

    @property
    def height(self) -> int:
        """The last row that holds something."""
        return max((row for row, _ in self.cells), default=0)

    @property
    def width(self) -> int:
        """The last column that holds something."""
        return max((column for _, column in self.cells), default=0)

    @property
    def label(self) -> str:
        """What messages call this sheet."""
        return f"{self.path}, sheet {self.sheet}"


def read_workbook(path: Path) -> dict[str, Cells]:
    """Every sheet of an .xlsx or .xlsm file, by name. Raises FILE-FORMAT."""
    try:
        with zipfile.ZipFile(path) as book:
            shared = list(_shared(book))
            return {name: Cells(path, name, dict(_cells(book, part, shared))) for name, part in _sheets(book)}
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, ValueError, IndexError) as error:
        raise refusal(
            "FILE-FORMAT", "the file can't be read as XLSX", "Save it again as .xlsx.", str(path)
        ) from error


def _sheets(book: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    links = ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))
    parts = {link.attrib["Id"]: link.attrib["Target"] for link in links}
    for sheet in ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{_MAIN}sheet"):
        target = parts[sheet.attrib[f"{_LINKS}id"]]
        if "worksheets" in target:  # others are charts
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            yield sheet.attrib["name"], part


def _shared(book: zipfile.ZipFile) -> Iterator[str]:
    """The texts that cells name by number."""
    if "xl/sharedStrings.xml" in book.namelist():
        for item in ElementTree.fromstring(book.read("xl/sharedStrings.xml")).iter(f"{_MAIN}si"):
            yield _text(item)


def _text(item: ElementTree.Element) -> str:
    """The text of an item, without the readings that some languages write above it."""
    runs = [item, *item.findall(f"{_MAIN}r")]
    return "".join(text.text or "" for run in runs for text in run.findall(f"{_MAIN}t"))


def _cells(book: zipfile.ZipFile, part: str, shared: list[str]) -> Iterator[tuple[tuple[int, int], str]]:
    with book.open(part) as file:
        for _, cell in ElementTree.iterparse(file):
            if cell.tag != f"{_MAIN}c":
                continue
            held = cell.find(f"{_MAIN}v")
            kind = cell.get("t", "n")
            text = "" if held is None else held.text or ""
            if kind == "s" and text:
                text = shared[int(text)]
            elif kind == "inlineStr":
                inline = cell.find(f"{_MAIN}is")
                text = "" if inline is None else _text(inline)
            if text.strip():
                yield _address(cell.attrib["r"]), text.strip()
            cell.clear()


def _address(text: str) -> tuple[int, int]:
    """The row and column of an address.

    >>> _address("AB7")
    (7, 28)
    """
    found = _ADDRESS.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not the address of a cell")
    column = 0
    for letter in found[1]:
        column = 26 * column + ord(letter) - ord("A") + 1
    return int(found[2]), column
