"""The same few records written in every form that is read."""

from __future__ import annotations

import gzip
import json
import sqlite3
import zipfile
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import polars as pl
import xlsxwriter

Rows = Sequence[dict[str, str | None]]
#: Five records: one code has blanks, one is unknown, one cell is empty; the last repeats the first.
ROWS: Final[Rows] = (
    {"id": "1", "ward": "A", "when": "2016-04-13", "kind": "café €5", "cost": "1.5"},
    {"id": "2", "ward": " A ", "when": "2016-05-01", "kind": "“quoted”", "cost": "20"},
    {"id": "3", "ward": "B", "when": "2016-05-02", "kind": None, "cost": "300"},
    {"id": "4", "ward": "Z", "when": "2016-06-03", "kind": "café €5", "cost": "4000"},
    {"id": "1", "ward": "A", "when": "2016-04-13", "kind": "café €5", "cost": "1.5"},
)
COLUMNS: Final = tuple(ROWS[0])


def csv_text(rows: Rows = ROWS) -> str:
    return pl.DataFrame(rows).write_csv()


def _csv(path: Path) -> None:
    path.write_text(csv_text(), encoding="utf-8")


def _windows(path: Path) -> None:
    path.write_bytes(csv_text().replace("\n", "\r\n").encode("cp1252"))


def _gz(path: Path) -> None:
    path.write_bytes(gzip.compress(csv_text().encode()))


def _zip(path: Path) -> None:
    zipped(path, {"export/rows.csv": csv_text().encode("cp1252")})


def zipped(path: Path, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, held in members.items():
            archive.writestr(name, held)


def _parquet(path: Path) -> None:
    typed = pl.DataFrame(ROWS).with_columns(pl.col("when").str.to_date(), pl.col("id").cast(pl.Int64))
    typed.write_parquet(path)


def json_lines(rows: Rows = ROWS) -> str:
    """Half of the cells lie in an object of their own."""
    return "".join(
        json.dumps({k: v for k, v in row.items() if v is not None}, ensure_ascii=False) + "\n" for row in rows
    )


def _jsonl(path: Path) -> None:
    path.write_text(json_lines(), encoding="utf-8")


def _jsonl_gz(path: Path) -> None:
    path.write_bytes(gzip.compress(json_lines().encode()))


def xml_text(rows: Rows = ROWS) -> str:
    def element(row: dict[str, str | None]) -> str:
        cells = "".join(f"<{name}>{cell}</{name}>" for name, cell in row.items() if cell is not None)
        return f"<case>{cells}</case>"

    return f'<?xml version="1.0" encoding="UTF-8"?><all><head/>{"".join(map(element, rows))}</all>'


def _xml(path: Path) -> None:
    path.write_text(xml_text(), encoding="utf-8")


def _xml_zip(path: Path) -> None:
    zipped(path, {"../deep/rows.xml": xml_text().encode()})


def _xlsx(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Notes").write(0, 0, "About the records")
        sheet = book.add_worksheet("Cases")
        sheet.write_row(2, 0, COLUMNS)
        for line, row in enumerate(ROWS, 3):
            for column, cell in enumerate(row.values()):
                if cell is not None:
                    sheet.write_string(line, column, cell)


_OFFICE: Final = "urn:oasis:names:tc:opendocument:xmlns"


def _ods(path: Path) -> None:
    def row(cells: Sequence[str | None]) -> str:
        held = "".join(
            f'<t:table-cell o:value-type="string"><x:p>{cell}</x:p></t:table-cell>'
            if cell
            else "<t:table-cell/>"
            for cell in cells
        )
        return f"<t:table-row>{held}</t:table-row>"

    rows = "".join(map(row, [COLUMNS, *(tuple(r.values()) for r in ROWS)]))
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><o:document-content xmlns:o="{_OFFICE}:office:1.0"'
        f' xmlns:t="{_OFFICE}:table:1.0" xmlns:x="{_OFFICE}:text:1.0"><o:body><o:spreadsheet>'
        f'<t:table t:name="Cases">{rows}</t:table></o:spreadsheet></o:body></o:document-content>'
    )
    prefixes = (("o:", "office:"), ("t:", "table:"), ("x:", "text:"))
    for short, long in prefixes:
        content = content.replace(f"<{short}", f"<{long}").replace(f"</{short}", f"</{long}")
        content = content.replace(f" {short}", f" {long}")
        content = content.replace(f"xmlns:{short[:-1]}=", f"xmlns:{long[:-1]}=")
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<manifest:manifest xmlns:manifest="{_OFFICE}:manifest:1.0"><manifest:file-entry'
        f' manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    zipped(
        path,
        {
            "mimetype": kind.encode(),
            "META-INF/manifest.xml": manifest.encode(),
            "content.xml": content.encode(),
        },
    )


def write_sqlite(path: Path, table: str = "cases", rows: Rows = ROWS) -> None:
    names = ", ".join('"' + name.replace('"', '""') + '"' for name in rows[0])
    marks = ", ".join("?" for _ in rows[0])
    quoted = table.replace('"', '""')
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(f'create table "{quoted}" ({names})')
        database.executemany(f'insert into "{quoted}" values ({marks})', [tuple(r.values()) for r in rows])


def write_duckdb(path: Path, *statements: str) -> None:
    import duckdb

    with duckdb.connect(str(path)) as database:
        cases = pl.DataFrame(ROWS).to_arrow()
        database.register("held", cases)
        database.execute("create table cases as select * from held")
        for statement in statements:
            database.execute(statement)


#: Name of a file -> how the records are written in it.
WRITERS: Final[dict[str, Callable[[Path], None]]] = {
    "rows.csv": _csv,
    "windows.csv": _windows,
    "rows.csv.gz": _gz,
    "rows.zip": _zip,
    "rows.csv.zip": _zip,
    "rows[1]*.csv": _csv,
    "it's.csv": _csv,
    "rows.parquet": _parquet,
    "rows[1].parquet": _parquet,
    "rows.jsonl": _jsonl,
    "rows.ndjson.gz": _jsonl_gz,
    "rows.xml": _xml,
    "rows.xml.zip": _xml_zip,
    "rows.xlsx": _xlsx,
    "rows.ods": _ods,
    "rows.sqlite": write_sqlite,
    "rows.db": write_sqlite,
    "rows.duckdb": write_duckdb,
}
