"""The data page: every file, its columns, and how to make the index again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from commonweal.model import edition as columns
from commonweal.publish import observed
from commonweal.publish.datapackage import COLUMNS, TABLES
from commonweal.publish.site import layout
from commonweal.publish.site.lookup import Lookup

#: File -> its columns, in order.
_COLUMNS: Final[dict[str, Iterable[str]]] = {
    "scores.csv": columns.SCORES,
    "observations.csv": observed.COLUMNS,
    "weights.csv": columns.WEIGHTS,
    "goalposts.csv": columns.GOALPOSTS,
    "statements.csv": columns.STATEMENTS,
    "benchmarks.csv": columns.BENCHMARKS,
    "ledger.csv": columns.LEDGER,
    "peers.csv": columns.PEERS,
    "performance.csv": columns.PERFORMANCE,
    "progress.csv": columns.PROGRESS,
    "unevenness.csv": columns.UNEVENNESS,
}


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file that can be downloaded: its name, what it holds, and its columns with their meaning."""

    name: str
    says: str
    columns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DataPage:
    """The data page, ready to be written."""

    page: layout.Page
    files: tuple[DataFile, ...]
    licence: str


def data_page(lookup: Lookup) -> DataPage:
    """The files of an edition; a file of boundaries only if it has them."""
    edition = lookup.edition
    files = [
        DataFile(name, f"{TABLES[name]}.", tuple((column, COLUMNS[column]) for column in held))
        for name, held in _COLUMNS.items()
    ]
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
