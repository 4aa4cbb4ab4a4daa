"""The kind of a file of records, by the ending of its name."""

from __future__ import annotations

from typing import Final, Literal

from commonweal.formats.tables import SHEETS

#: How records are written. `database` is SQLite or DuckDB, which only the file itself tells apart.
Kind = Literal["csv", "parquet", "json lines", "xml", "sheet", "database"]

_ENDINGS: Final[dict[Kind, tuple[str, ...]]] = {
    "parquet": (".parquet", ".pq"),
    "json lines": (".jsonl", ".ndjson", ".json"),
    "xml": (".xml",),
    "sheet": SHEETS,
    "database": (".sqlite", ".sqlite3", ".duckdb", ".ddb", ".db"),
}


def kind_of(name: str) -> Kind:
    """How a file of this name is written; CSV where the ending says nothing else.

    >>> kind_of("a/CRIMES.Parquet"), kind_of("food.xml.zip"), kind_of("readings.jsonl.gz"), kind_of("x.txt")
    ('parquet', 'xml', 'json lines', 'csv')
    """
    plain = name.lower().removesuffix(".gz").removesuffix(".zip")
    return next((kind for kind, endings in _ENDINGS.items() if plain.endswith(endings)), "csv")
