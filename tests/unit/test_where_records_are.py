"""What the keys of a source lead to: files, parts of them, a table, and the engine that counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_project import YAML, write_small_project
from written_records import csv_text

import commonweal
from commonweal.model.source import Records

SOURCE = """records:
  cases: {{{keys}, subject: person, period: 2025, link: {{by: code, column: ward}}}}
"""


def records(root: Path, keys: str, *files: str) -> Records:
    write_small_project(root, yaml=YAML + SOURCE.format(keys=keys))
    for name in files:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(csv_text())
    project = commonweal.load_project(root)
    (found,) = project.records
    assert set(project.private_inputs.values()) == set(found.paths)
    return found


def test_a_folder_stands_for_its_parquet_files_in_order(tmp_path: Path) -> None:
    root = tmp_path / "small"
    held = ("year=2017/b.parquet", "year=2016/a.PQ", "c.parquet")
    beside = ("_SUCCESS", "_temporary/x.csv", ".hidden.parquet", "notes.txt", "_metadata.parquet")
    found = records(root, "path: data/crimes/", *(f"data/crimes/{name}" for name in (*held, *beside)))
    assert [path.relative_to(root / "data/crimes").as_posix() for path in found.paths] == [
        "c.parquet", "year=2016/a.PQ", "year=2017/b.parquet",
    ]  # fmt: skip
    assert (found.backend, found.written) == ("duckdb", "data/crimes/")


def test_a_list_of_files_patterns_and_folders(tmp_path: Path) -> None:
    files = ("data/a.csv", "data/b/1.jsonl", "data/b/2.jsonl", "data/c/d/e.parquet")
    found = records(tmp_path / "small", "path: [data/a.csv, data/b/*.jsonl, data/c]", *files)
    assert [path.name for path in found.paths] == ["a.csv", "1.jsonl", "2.jsonl", "e.parquet"]


@pytest.mark.parametrize(
    ("keys", "file", "part"),
    [
        ("path: data/a.xlsx, sheet: One", "data/a.xlsx", ("One", "", "")),
        ("path: data/a.ods", "data/a.ods", ("", "", "")),
        ("path: data/a.db, table: t", "data/a.db", ("", "t", "")),
        ("path: data/a.duckdb, table: s.t", "data/a.duckdb", ("", "s.t", "")),
        ("path: data/a.xml.zip, record: Row", "data/a.xml.zip", ("", "", "Row")),
        ("path: data/a.zip, record: Row", "data/a.zip", ("", "", "Row")),
        ("path: data/a.csv.gz", "data/a.csv.gz", ("", "", "")),
    ],
)
def test_the_part_of_a_file(tmp_path: Path, keys: str, file: str, part: tuple[str, str, str]) -> None:
    found = records(tmp_path / "small", keys, file)
    assert (found.sheet, found.table, found.record) == part


def test_a_table_of_a_database_keeps_the_name_of_its_address_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASES_DB", "postgresql://anna:secret@db/cases")
    found = records(tmp_path / "small", 'url: "${CASES_DB}", table: care.cases')
    assert (found.paths, found.url, found.table) == ((), "${CASES_DB}", "care.cases")
    assert (found.backend, found.written) == ("postgres", "table care.cases")
    assert "secret" not in repr(found)


def test_spark_counts_files_or_a_table_it_knows(tmp_path: Path) -> None:
    found = records(tmp_path / "one", "path: data/a.csv, backend: spark", "data/a.csv")
    assert (found.backend, found.spark) == ("spark", "local[*]")
    found = records(tmp_path / "two", 'table: lake.cases, backend: spark, spark: "sc://host"')
    assert (found.backend, found.spark, found.paths) == ("spark", "sc://host", ())


def test_types_are_kept(tmp_path: Path) -> None:
    found = records(tmp_path / "small", "path: data/a.csv, types: {cost: number, when: date}", "data/a.csv")
    assert found.types == {"cost": "number", "when": "date"}
