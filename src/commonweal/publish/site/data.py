"""The data page: every file, its columns, and how to make the index again."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from commonweal.insight import words
from commonweal.publish.catalogue import data_tables
from commonweal.publish.datapackage import COLUMNS, TABLES
from commonweal.publish.site import layout
from commonweal.publish.site.lookup import Lookup


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file that can be downloaded: its name, what it holds, and its columns with their meaning.

    `unused` names the columns that are empty in this edition.
    """

    name: str
    says: str
    columns: tuple[tuple[str, str], ...] = ()
    unused: str = ""


@dataclass(frozen=True, slots=True)
class DataPage:
    """The data page, ready to be written."""

    page: layout.Page
    files: tuple[DataFile, ...]
    licence: str


def data_page(lookup: Lookup) -> DataPage:
    """The files of an edition; a file of boundaries only if it has them."""
    edition = lookup.edition
    files = [_described(name, frame) for name, frame in data_tables(edition).items()]
    if edition.areas.boundaries is not None:
        files.append(DataFile("areas.geojson", "The outlines of the areas, with their codes and names."))
    files.append(
        DataFile("datapackage.json", "All of the above for programs to read, as a Frictionless data package.")
    )
    return DataPage(
        layout.page(edition, "data.html", "Data", "data"),
        tuple(files),
        layout.licence(edition.publication.licence),
    )


def _described(name: str, frame: pl.DataFrame) -> DataFile:
    if not frame.height:
        return DataFile(name, f"{TABLES[name]}. It has no rows in this edition.")
    empty = [c for c in frame.columns if frame[c].null_count() == frame.height]
    columns = tuple((c, COLUMNS[c]) for c in frame.columns if c not in empty)
    return DataFile(name, f"{TABLES[name]}.", columns, words.listed(empty) if empty else "")
