"""What is broken, absent, locked or full is told in words that name the file as it lies, and no record."""

from __future__ import annotations

import errno
import gzip
import os
import resource
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from made_project import made_project
from small_project import FRAMEWORK, YAML, write_small_project
from written_records import (
    WRITERS,
    csv_text,
    json_lines,
    write_duckdb,
    write_sqlite,
    xml_text,
    zipped,
)

import commonweal
from commonweal.errors import CommonwealError, Fault
from commonweal.model.source import Link, Measure, Records
from commonweal.sources import collect

#: Many records, so that half a file breaks off among them; none of their texts may be told.
MANY = tuple({"ward": "A", "name": f"secret{i}", "other": f"{i:x}" * 9} for i in range(5000))


def faults(root: Path, *names: str, **keys: Any) -> list[Fault]:
    paths = tuple(root / name for name in names)
    parts = {"sheet": "", "table": "cases", "record": "case"}
    records = Records(
        "cases", paths, names[0], "person", Link("code", "ward"), **{"period": "2016", **parts, **keys}
    )
    with pytest.raises(CommonwealError) as caught:
        collect(made_project(root, [records], [Measure("a", "cases", "count", where="name = 'x'")]))
    assert "secret" not in str(caught.value)
    assert not (root / ".commonweal").exists(), "what was laid out is gone"
    return list(caught.value.faults)


def told(root: Path, *names: str, **keys: Any) -> list[str]:
    return [str(fault) for fault in faults(root, *names, **keys)]


def halve(path: Path) -> None:
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) // 2])


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("a.csv.gz", "the file can't be read to its end"),
        ("a.jsonl.gz", "the file can't be read to its end"),
        ("a.zip", "the file is not a whole archive"),
        ("a.parquet", "the file can't be read as records"),
        ("a.sqlite", "the table can't be read"),
        ("a.duckdb", "the table can't be read"),
    ],
)
def test_a_file_that_breaks_off(tmp_path: Path, name: str, says: str) -> None:
    path = tmp_path / name
    if name == "a.csv.gz":
        path.write_bytes(gzip.compress(csv_text(MANY).encode()))
    elif name == "a.jsonl.gz":
        path.write_bytes(gzip.compress(json_lines(MANY).encode()))
    elif name == "a.zip":
        zipped(path, {"a.csv": csv_text(MANY).encode()})
    elif name == "a.parquet":
        pl.DataFrame(MANY).write_parquet(path)
    elif name == "a.sqlite":
        write_sqlite(path, rows=MANY)
    else:
        write_duckdb(path, "drop table cases", "create table cases as select 'secret' from range(500000)")
    halve(path)
    assert told(tmp_path, name)[0].startswith(f"{name}: RECORDS-UNREADABLE {says}; ")


def test_bytes_of_a_packed_file_that_were_changed(tmp_path: Path) -> None:
    raw = bytearray(gzip.compress(csv_text(MANY).encode()))
    raw[len(raw) // 2] ^= 0xFF
    (tmp_path / "a.csv.gz").write_bytes(raw)
    assert told(tmp_path, "a.csv.gz")[0].startswith("a.csv.gz: RECORDS-UNREADABLE ")


def test_a_row_group_that_is_damaged(tmp_path: Path) -> None:
    """The last bytes are whole, so the columns are known; the engine meets what is wrong."""
    pl.DataFrame(MANY).write_parquet(tmp_path / "a.parquet", row_group_size=1000)
    raw = bytearray((tmp_path / "a.parquet").read_bytes())
    raw[100:2000] = bytes(1900)
    (tmp_path / "a.parquet").write_bytes(raw)
    assert told(tmp_path, "a.parquet")[0].startswith("a.parquet: RECORDS-UNREADABLE ")


def test_xml_that_breaks_off_names_the_line(tmp_path: Path) -> None:
    lines = xml_text(MANY).replace("<case>", "\n<case>").splitlines(keepends=True)
    (tmp_path / "a.xml").write_text("".join(lines[:2001]))
    assert told(tmp_path, "a.xml") == [
        "a.xml:2002: RECORDS-UNREADABLE the XML breaks off or is not well formed (no element found);"
        " Copy or export the file again."
    ]


def test_an_archive_holds_one_file(tmp_path: Path) -> None:
    zipped(tmp_path / "a.zip", {"a.csv": b"ward\nA\n", "b.csv": b"ward\nA\n"})
    zipped(tmp_path / "b.zip", {})
    assert [fault.what for name in ("a.zip", "b.zip") for fault in faults(tmp_path, name)] == [
        "the archive holds 2 files", "the archive holds 0 files",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["a.sqlite", "a.duckdb", "a.db", "a.ods", "a.xlsx", "a.parquet"])
def test_a_file_that_is_not_what_its_name_says(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"secret" * 1000)
    (fault,) = faults(tmp_path, name)
    assert fault.code in ("RECORDS-UNREADABLE", "FILE-FORMAT")
    assert fault.file == name


def test_a_table_sheet_or_element_that_is_not_there(tmp_path: Path) -> None:
    for name in ("rows.sqlite", "rows.duckdb", "rows.xlsx", "rows.ods", "rows.xml"):
        WRITERS[name](tmp_path / name)
    wrong = {"table": "Cases", "sheet": "Case", "record": "Case"}
    names = ("rows.sqlite", "rows.duckdb", "rows.xlsx", "rows.ods")
    assert told(tmp_path, *names, **wrong) == [
        "rows.sqlite: RECORDS-PART there is no table 'Cases'; Name one of: cases.",
        "rows.duckdb: RECORDS-PART there is no table 'Cases'; Name one of: cases.",
        "rows.xlsx: RECORDS-PART there is no sheet 'Case'; Name one of: Notes, Cases.",
        "rows.ods: RECORDS-PART there is no sheet 'Case'; Name one of: Cases.",
    ]
    assert told(tmp_path, "rows.xml", **wrong) == [
        "rows.xml: RECORDS-PART there is no element 'Case'; Name the one that is repeated with `record:`;"
        " there are case, id, ward, when, cost, kind."
    ]


def test_empty_files_of_every_open_form(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("\n\n")
    (tmp_path / "b.jsonl").write_text('[\n{"ward": "secret"},\n{"ward": "secret"},\n]\n')
    (tmp_path / "c.xml").write_text("<all/>")
    (tmp_path / "d.csv").write_text("\nward,name\nA,secret\n")
    assert told(tmp_path, "d.csv") == [
        "d.csv:1: RECORDS-UNREADABLE the first line is empty; Begin the file with its headings."
    ]
    assert told(tmp_path, "a.jsonl") == ["a.jsonl: RECORDS-EMPTY the file holds nothing; Give it records."]
    assert told(tmp_path, "b.jsonl", sheet="")[0].startswith(
        "b.jsonl: RECORDS-UNREADABLE no line is one JSON"
    )
    assert told(tmp_path, "c.xml")[0].startswith("c.xml: RECORDS-PART there is no element 'case'")


@pytest.mark.parametrize("journal", ["wal", "delete"])
def test_a_database_that_is_being_written(tmp_path: Path, journal: str) -> None:
    write_sqlite(tmp_path / "a.sqlite")
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as other:
        other.execute(f"pragma journal_mode = {journal}")
        other.execute("pragma locking_mode = exclusive")
        other.execute("begin exclusive")
        other.execute("insert into cases values ('secret', 'A', '', '', '')")
        assert told(tmp_path, "a.sqlite") == [
            "a.sqlite: RECORDS-UNREADABLE another program is writing the database; Close it and try again."
        ]


def test_a_database_that_another_program_has_open(tmp_path: Path) -> None:
    write_duckdb(tmp_path / "a.duckdb")
    code = "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('open', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "a.duckdb")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        assert told(tmp_path, "a.duckdb") == [
            "a.duckdb: RECORDS-UNREADABLE another program has the database open; Close it and try again."
        ]
        other.communicate("\n")


def test_files_of_one_source_with_other_columns(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("ward,name\nA,x\n")
    (tmp_path / "b.csv").write_text("ward,Name\nA,x\n")
    pl.DataFrame({"name": ["x"]}).write_parquet(tmp_path / "c.parquet")
    assert told(tmp_path, "a.csv", "b.csv", "c.parquet") == [
        "FILTER-COLUMN there is no column 'name' in b.csv; Use one of: ward, Name.",
        "c.parquet:1: RECORDS-COLUMN there is no column 'ward'; Use one of: name.",
    ]


def test_a_column_whose_type_is_declared_has_to_be_there(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("ward,name\nA,x\n")
    assert told(tmp_path, "a.csv", types={"fare": "number"}) == [
        "a.csv:1: RECORDS-COLUMN there is no column 'fare'; Use one of: ward, name."
    ]


@pytest.mark.parametrize("name", ["a.jsonl", "a.sqlite", "a.csv"])
def test_a_full_disk(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / name
    if name == "a.jsonl":
        path.write_text(json_lines(MANY))
    elif name == "a.sqlite":
        write_sqlite(path, rows=MANY)
    else:
        path.write_bytes((csv_text(MANY) + "A,é,\n").encode("cp1252"))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("pyarrow.parquet.ParquetWriter.write_table", full)
    monkeypatch.setattr("shutil.copyfileobj", full)
    assert told(tmp_path, name) == [
        ".commonweal/scratch: SCRATCH-FULL there is no room left on the disk that records are laid out on"
        " while they are read; Free some room there; nothing else was changed."
    ]


PROJECT = (
    YAML
    + """records:
  cases: {path: "data/cases.*", subject: thing, period: 2025, link: {by: code, column: ward}}
measures:
  cases: {records: cases, kind: count}
periods: {publish: [2024, 2025], carry: 1}
"""
)


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A project with an output made from whole records."""
    root = write_small_project(
        tmp_path / "small", yaml=PROJECT, framework=FRAMEWORK + "cases,Cases,safety,indicator,-1,,,\n"
    )
    wards = "".join(f"{ward}\n" * (3 + i) for i, ward in enumerate("ABCDEF"))
    (root / "data" / "cases.csv").write_text(f"ward\n{wards}")
    (root / "data" / "values.csv").write_text(
        (root / "data" / "values.csv").read_text() + "".join(f"{ward},2024,cases,4\n" for ward in "ABCDEF")
    )
    commonweal.build(root)
    return root


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def build(root: Path, largest: int | None = None) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, which may write no file larger than `largest` bytes."""

    def limit() -> None:
        if largest is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

    return subprocess.run(
        [sys.executable, "-m", "commonweal", "build", str(root)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limit,
    )


@pytest.mark.parametrize(
    ("name", "held", "code"),
    [
        ("cases.jsonl.gz", gzip.compress(json_lines(MANY).encode())[:-2000], "RECORDS-UNREADABLE"),
        ("cases.parquet", b"PAR1" + b"secret" * 99, "RECORDS-UNREADABLE"),
        ("cases.jsonl", json_lines(MANY * 40).encode(), "SCRATCH-FULL"),
    ],
)
def test_the_old_output_stays_whole(built: Path, name: str, held: bytes, code: str) -> None:
    before = contents(built / "build")
    (built / "data" / "cases.csv").unlink()
    (built / "data" / name).write_bytes(held)
    done = build(built, largest=20_000 if code == "SCRATCH-FULL" else None)
    assert done.returncode == 2, done.stderr
    assert code in done.stderr
    assert "secret" not in done.stderr
    assert contents(built / "build") == before
    assert not (built / ".commonweal" / "scratch").exists()


@pytest.mark.parametrize("largest", [0, 200, 2_000, 5_000, 20_000])
def test_a_disk_that_fills_while_the_output_is_written(built: Path, largest: int) -> None:
    """Wherever in the writing it happens: the table, the page or the file of some size that is too large."""
    before = contents(built / "build")
    (built / "data" / "cases.csv").write_text("ward\n" + "A\nB\nC\nD\nE\nF\n" * 9)
    done = build(built, largest=largest)
    assert done.returncode == 2, done.stderr
    assert "OUT-WRITE" in done.stderr
    assert "file too large; Free some room" in done.stderr
    assert contents(built / "build") == before
    assert [p.name for p in built.iterdir() if p.name.startswith(".build") and p.is_dir()] == []
    whole = build(built)
    assert whole.returncode == 0, whole.stderr
    ledger = (built / "build" / "data" / "ledger.csv").read_text()
    assert "cases,read,54," in ledger
    assert "cases,counted,54," in ledger
