"""Names and contents of files can't make the reading of records do anything but read the source named."""

from __future__ import annotations

import gzip
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from made_project import made_project
from small_project import YAML, write_small_project
from written_records import csv_text, write_duckdb, write_sqlite, xml_text, zipped

import commonweal
from commonweal.errors import CommonwealError
from commonweal.model.source import Link, Measure, Records
from commonweal.sources import collect
from commonweal.sources.backends import reference

NASTY = 'x"; drop table cases; --'
#: Names that would mean something in SQL, in a pattern or in a shell.
FILES = ("a'.csv", "a;drop table x.csv", "$(id).csv", "a[b]*.csv", "-- a.csv", "a'.parquet", "{a,b}.csv")
COLUMNS = ('"', "'", "ward'; drop table areas; --", "a`b", "select", "línea", "{x}", "a.b", "x) from y --")


def counted(root: Path, *paths: Path, where: str = "", engine: Any = None, **keys: Any) -> float:
    """How many records of area A meet a filter."""
    link = keys.pop("link", Link("code", "ward"))
    records = Records("cases", paths, "cases", "thing", link, period="2016", **keys)
    measure = Measure("number", "cases", "count", where=where)
    collected = collect(made_project(root, [records], [measure]), backend=engine)
    return float(collected.counted.frame.filter(area="A")["value"][0])


def refused(root: Path, *paths: Path, **keys: Any) -> str:
    with pytest.raises(CommonwealError) as caught:
        counted(root, *paths, **keys)
    return str(caught.value)


@pytest.mark.parametrize("name", FILES)
def test_names_of_files_are_only_names(tmp_path: Path, name: str) -> None:
    frame = pl.DataFrame({"ward": ["A", "B"]})
    (tmp_path / "ab.csv").write_text("ward\nA\nA\nA\n")
    if name.endswith("csv"):
        frame.write_csv(tmp_path / name)
    else:
        frame.write_parquet(tmp_path / name)
    assert counted(tmp_path, tmp_path / name) == 1


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("ending", ["csv", "parquet", "jsonl", "sqlite"])
def test_names_of_columns_are_only_names(tmp_path: Path, name: str, ending: str) -> None:
    path = tmp_path / f"cases.{ending}"
    frame = pl.DataFrame({"kind": ["x", "y"], name: ["A", "A"]})
    if ending == "csv":
        frame.write_csv(path, quote_style="always")
    elif ending == "parquet":
        frame.write_parquet(path)
    elif ending == "jsonl":
        frame.write_ndjson(path)
    else:
        write_sqlite(path, rows=frame.to_dicts())
    link = Link("code", name)
    assert counted(tmp_path, path, link=link, where="kind = 'x'", key="kind", table="cases") == 1


@pytest.mark.parametrize("table", [NASTY, "a'b", "select", "a b", "x; attach 'y' as z", "main.cases"])
def test_names_of_tables_are_only_names(tmp_path: Path, table: str) -> None:
    lite, duck = tmp_path / "a.sqlite", tmp_path / "a.duckdb"
    write_sqlite(lite)
    write_sqlite(lite, table=table, rows=[{"ward": "A"}])
    quoted = table.replace('"', '""')
    write_duckdb(duck, f"create table \"{quoted}\" as select 'A' as ward")
    before = lite.read_bytes(), duck.read_bytes()
    assert counted(tmp_path, lite, table=table) == 1
    assert counted(tmp_path, duck, table=table) == 1
    assert (lite.read_bytes(), duck.read_bytes()) == before
    assert counted(tmp_path, lite, table="cases") == 3


@pytest.mark.parametrize(
    "table", ["read_csv('/etc/passwd')", "/etc/passwd", "sqlite_master", "pragma_table_info"]
)
def test_a_table_that_is_none_is_not_looked_for_elsewhere(tmp_path: Path, table: str) -> None:
    write_sqlite(tmp_path / "a.sqlite")
    write_duckdb(tmp_path / "a.duckdb")
    for name in ("a.sqlite", "a.duckdb"):
        assert f"RECORDS-PART there is no table {table!r}" in refused(tmp_path, tmp_path / name, table=table)


@pytest.mark.parametrize("sheet", ["'; drop", "../x", "Sheet1!A1"])
def test_a_sheet_is_one_of_those_there(tmp_path: Path, sheet: str) -> None:
    pl.DataFrame({"ward": ["A"]}).write_excel(tmp_path / "a.xlsx", worksheet="Sheet1")
    assert "RECORDS-PART there is no sheet" in refused(tmp_path, tmp_path / "a.xlsx", sheet=sheet)


def test_a_view_may_not_read_another_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("ward\nA\nA\n")
    write_duckdb(
        tmp_path / "a.duckdb",
        f"create view spy as select * from read_csv('{secret}')",
        "create view own as select ward from cases where ward = 'A'",
        "create macro reach() as table select * from cases",
        "create view deep as select * from reach()",
    )
    assert counted(tmp_path, tmp_path / "a.duckdb", table="own") == 2
    assert counted(tmp_path, tmp_path / "a.duckdb", table="deep") == 3
    assert refused(tmp_path, tmp_path / "a.duckdb", table="spy") == (
        "a.duckdb: RECORDS-UNREADABLE the table reaches for other files, which is not allowed;"
        " Name a table that holds its own rows."
    )
    assert "there is no table 'reach()'" in refused(tmp_path, tmp_path / "a.duckdb", table="reach()")


def test_a_database_file_is_only_read(tmp_path: Path) -> None:
    """A view of SQLite may use what is allowed in reading; triggers, attaching and extensions are not."""
    path = tmp_path / "a.sqlite"
    write_sqlite(path)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("create view own as select ward from cases where ward = 'A'")
        database.execute("create view loads as select load_extension('evil') as ward from cases")
        database.execute("create table log (ward)")
        database.execute("create trigger t after insert on cases begin insert into log values ('A'); end")
    before = path.read_bytes()
    assert counted(tmp_path, path, table="own") == 2
    assert "RECORDS-UNREADABLE the table can't be read" in refused(tmp_path, path, table="loads")
    assert counted(tmp_path, path, table="cases") == 3
    assert path.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.sqlite"]


def test_a_database_in_use_gets_no_file_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    write_sqlite(path)
    with closing(sqlite3.connect(path)) as database:
        database.execute("pragma journal_mode = wal")
    assert counted(tmp_path, path, table="cases") == 3
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.sqlite"]


LAUGHS = """<?xml version="1.0"?><!DOCTYPE all [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<all><case><ward>&b;</ward></case></all>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE all [<!ENTITY x SYSTEM "file://{path}">]>
<all><case><ward>&x;</ward></case></all>"""
PARAMETER = """<?xml version="1.0"?><!DOCTYPE all [<!ENTITY % x SYSTEM "file://{path}"> %x;]>
<all><case><ward>A</ward></case></all>"""
TYPED = """<?xml version="1.0"?><!DOCTYPE all SYSTEM "file://{path}">
<all><case><ward>A</ward></case></all>"""


@pytest.mark.parametrize("text", [LAUGHS, OUTSIDE, PARAMETER])
def test_entities_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "secret.txt").write_text("A")
    (tmp_path / "a.xml").write_text(text.replace("{path}", str(tmp_path / "secret.txt")))
    said = refused(tmp_path, tmp_path / "a.xml", record="case")
    assert "RECORDS-UNREADABLE the XML declares entities of its own" in said


def test_a_document_type_elsewhere_is_not_fetched(tmp_path: Path) -> None:
    """Were it read, this one would not be well formed."""
    (tmp_path / "secret.txt").write_text("<!ENTITY")
    (tmp_path / "a.xml").write_text(TYPED.replace("{path}", str(tmp_path / "secret.txt")))
    assert counted(tmp_path, tmp_path / "a.xml", record="case") == 1


def test_elements_deep_in_one_another_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("<a>" * 5000 + "</a>" * 5000)
    assert "more than 100 deep" in refused(tmp_path, tmp_path / "a.xml", record="case")


@pytest.mark.parametrize("name", ["../evil.csv", "/tmp/evil.csv", "..\\evil.csv", "a/../../evil.csv"])
def test_a_name_in_an_archive_leads_nowhere(tmp_path: Path, name: str) -> None:
    inner = tmp_path / "project"
    inner.mkdir()
    zipped(inner / "a.zip", {name: b"ward\nA\n"})
    assert counted(inner, inner / "a.zip") == 1
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")) == [
        "project", "project/a.zip",
    ]  # fmt: skip


def bomb(path: Path, name: str, megabytes: int) -> None:
    """An archive of one file of blanks, which pack to a thousandth of their size."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w") as member:
        for _ in range(megabytes):
            member.write(b" " * 1_000_000)


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.xml"])
def test_an_archive_that_unpacks_to_very_much_is_not_opened(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commonweal.sources.read.packed._LARGE", 5_000_000)
    bomb(tmp_path / "a.zip", name, 10)
    said = refused(tmp_path, tmp_path / "a.zip", record="case")
    assert "RECORDS-UNREADABLE the archive would unpack to" in said


def test_an_archive_that_lies_about_its_size_ends_there(tmp_path: Path) -> None:
    """Its own list says 100 bytes; what comes after them is not read."""
    bomb(tmp_path / "a.zip", "a.csv", 10)
    raw = (tmp_path / "a.zip").read_bytes()
    (tmp_path / "a.zip").write_bytes(
        raw.replace((10_000_000).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    )
    assert "RECORDS-" in refused(tmp_path, tmp_path / "a.zip")


def test_a_workbook_that_unpacks_to_very_much_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commonweal.sources.read.sheets._LARGEST", 1_000)
    pl.DataFrame({"ward": ["A"]}).write_excel(tmp_path / "a.xlsx")
    assert "RECORDS-UNREADABLE the workbook would unpack to" in refused(
        tmp_path, tmp_path / "a.xlsx", sheet="x"
    )
    assert "RECORDS-UNREADABLE the workbook would unpack to" in refused(tmp_path, tmp_path / "a.xlsx")


def test_a_line_without_an_end_does_not_fill_memory(tmp_path: Path) -> None:
    """A hundred megabytes of one line are a few kilobytes packed; the line is passed over in pieces."""
    packed = gzip.compress(b'{"ward": "A"}\n{"ward": "' + b"A" * 100_000_000 + b'"}\n{"ward": "A"}\n', 1)
    (tmp_path / "a.jsonl.gz").write_bytes(packed)
    assert counted(tmp_path, tmp_path / "a.jsonl.gz") == 2


def test_filters_meet_contents_that_look_like_sql(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("ward,kind\nA,\"x' or '1'='1\"\nA,y\n")
    for engine in (None, reference.total):
        where = "kind = \"x' or '1'='1\""
        assert counted(tmp_path, tmp_path / "a.csv", where=where, engine=engine) == 1


SOURCE = """records:
  cases: {{{keys}, subject: thing, period: 2025, link: {{by: code, column: ward}}}}
"""


def load_faults(root: Path, keys: str) -> str:
    write_small_project(root, yaml=YAML + SOURCE.format(keys=keys))
    (root / "data" / "cases.csv").write_text(csv_text())
    (root / "data" / "cases.xml").write_text(xml_text())
    write_sqlite(root / "data" / "cases.db")
    (root / "data" / "none").mkdir()
    outside = root.parent / "outside"
    outside.mkdir()
    pl.DataFrame({"ward": ["secret"]}).write_parquet(outside / "a.parquet")
    (root / "data" / "out").symlink_to(outside)
    with pytest.raises(CommonwealError) as caught:
        commonweal.load_project(root)
    return str(caught.value)


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        (
            "path: \"read_csv('/etc/passwd')\"",
            "PATH-MISSING the file 'read_csv('/etc/passwd')' does not exist",
        ),
        ("path: /etc/passwd", "PATH-OUTSIDE"),
        ("path: ../*.csv", "PATH-OUTSIDE"),
        ("path: data/../../*.csv", "PATH-OUTSIDE"),
        ("path: /etc/*", "PATH-OUTSIDE"),
        ('path: "data/*/../../../*.parquet"', "PATH-OUTSIDE"),
        ("path: data/out/*.parquet", "PATH-OUTSIDE"),
        ("path: data/out", "PATH-OUTSIDE"),
        ('path: "data/**/*.parquet"', "PATH-"),
        ('path: "postgresql://anna:secret@db/cases"', "RECORDS-URL an address is written out"),
        ('path: "s3a://bucket/secret.parquet"', "with `backend: spark`."),
        ('url: "postgresql://anna:secret@db/cases", table: cases', "RECORDS-URL an address is written out"),
        ('url: "${DB}?password=secret", table: cases', "RECORDS-URL an address is written out"),
        (
            'url: "${COMMONWEAL_NOT_SET}", table: cases',
            "PATH-VARIABLE the environment variable COMMONWEAL_NOT_",
        ),
    ],
)
def test_paths_and_addresses_stay_inside(tmp_path: Path, keys: str, says: str) -> None:
    said = load_faults(tmp_path / "small", keys)
    assert "commonweal.yaml:11: " in said
    assert says in said
    assert "secret" not in said


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ("key: id", "RECORDS-KEYS nothing says where the records are"),
        ('path: data/cases.csv, url: "${PATH}", table: t', "RECORDS-KEYS both path and url are given"),
        ('url: "${PATH}"', "RECORDS-KEYS a database is named, but no table"),
        (
            'url: "${PATH}", table: t, backend: duckdb',
            "RECORDS-KEYS duckdb does not count the records of a data",
        ),
        (
            "path: data/cases.csv, backend: postgres",
            "RECORDS-KEYS postgres does not count the records of files",
        ),
        (
            "path: data/cases.csv, spark: 'local[*]'",
            "RECORDS-KEYS it is said where Spark runs, but Spark does",
        ),
        ("path: data/cases.csv, sheet: One", "RECORDS-KEYS sheet is given, but there is no workbook"),
        ("path: data/cases.csv, table: t", "RECORDS-KEYS table is given, but there is no database"),
        ("path: data/cases.csv, record: t", "RECORDS-KEYS record is given, but there is no XML file"),
        (
            "path: data/cases.xml",
            "RECORDS-KEYS the XML file has parts, and none is named; Name the element that",
        ),
        ("path: data/cases.db", "RECORDS-KEYS the database has parts, and none is named; Name the table"),
        ("path: data/cases.csv, backend: oracle", "PROJECT-VALUE backend under records, cases is 'oracle'"),
        (
            "path: data/cases.csv, types: {id: integer}",
            "PROJECT-VALUE id under records, cases, types is 'integer'",
        ),
        ("path: data/none", "PATH-MISSING the folder 'data/none' has no Parquet file"),
    ],
)
def test_keys_that_do_not_go_together(tmp_path: Path, keys: str, says: str) -> None:
    said = load_faults(tmp_path / "small", keys)
    assert f"commonweal.yaml:11: {says}" in said
