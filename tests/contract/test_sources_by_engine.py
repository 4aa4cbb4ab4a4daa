"""A source counted by the engine it names gives the figures of the same records in a file counted here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from made_project import made_project
from postgres_server import Server
from written_records import COLUMNS, ROWS, WRITERS, csv_text

from commonweal.errors import CommonwealError
from commonweal.model.source import Link, Measure, Records
from commonweal.sources import Collected, collect, type_lines

MEASURES = (
    Measure("cafe", "cases", "count", where="kind = 'café €5'"),
    Measure("costly", "cases", "count", where="cost >= 20"),
    Measure("spent", "cases", "sum", value="cost"),
)


@pytest.fixture(scope="module")
def server(postgres: Server) -> Server:
    """A database with the records in a schema of their own."""
    import psycopg

    with psycopg.connect(postgres.address) as connection:
        connection.execute("create schema care")
        names = ", ".join(f'"{name}" text' for name in COLUMNS)
        connection.execute(f"create table care.cases ({names})")
        for row in ROWS:
            connection.execute("insert into care.cases values (%s, %s, %s, %s, %s)", list(row.values()))
    return postgres


def collected(root: Path, **keys: Any) -> Collected:
    records = Records(
        "cases", link=Link("code", "ward"), subject="person", key="id", covers=("2016",),
        **{"date": "when", "paths": (), "written": "cases", **keys},
    )  # fmt: skip
    return collect(made_project(root, [records], MEASURES))


def test_a_table_gives_the_figures_of_a_file(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASES_DB", server.address)
    (tmp_path / "cases.csv").write_text(csv_text())
    stored = collected(tmp_path, url="${CASES_DB}", table="care.cases", backend="postgres")
    filed = collected(tmp_path, paths=(tmp_path / "cases.csv",))
    assert stored.counted.frame.equals(filed.counted.frame)
    assert stored.ledger.equals(filed.ledger)
    assert filed.amounts["largest"].sum() > 0
    assert stored.amounts.equals(filed.amounts)
    records = Records("cases", (), "", "thing", Link("code", "ward"), url="${CASES_DB}", table="care.cases")
    assert type_lines(made_project(tmp_path, [records], []), stored) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cases.csv"]


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"table": "care.cases; drop table care.cases"}, "RECORDS-DATABASE there is no such table"),
        ({"table": "care.none"}, "RECORDS-DATABASE there is no such table"),
        (
            {"table": "care.cases", "date": "month"},
            "RECORDS-COLUMN there is no column 'month'; Use one of: id, ward, when, kind, cost.",
        ),
        (
            {"table": "care.cases", "url": "${NOT_SET}"},
            "PATH-VARIABLE the environment variable NOT_SET is not set; Set NOT_SET to the database's",
        ),
    ],
)
def test_faults_of_a_table_are_told_where_the_source_is_named(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: dict[str, str], says: str
) -> None:
    monkeypatch.setenv("CASES_DB", server.address)
    with pytest.raises(CommonwealError) as caught:
        collected(tmp_path, line=12, backend="postgres", **{"url": "${CASES_DB}", **keys})
    assert str(caught.value).startswith(f"commonweal.yaml:12: {says}")
    assert "not-to-be-told" not in str(caught.value)


@pytest.mark.parametrize("name", ["rows.csv.gz", "windows.csv", "rows.parquet", "rows.jsonl", "rows.xlsx"])
def test_spark_counts_files_of_every_form(spark: Any, tmp_path: Path, name: str) -> None:
    """What it can't read where it lies is laid out for it as for any engine."""
    WRITERS[name](tmp_path / name)
    parts = {"paths": (tmp_path / name,), "sheet": "Cases"}
    there = collected(tmp_path, backend="spark", spark="local[2]", **parts)
    here = collected(tmp_path, **parts)
    assert there.counted.frame.equals(here.counted.frame)
    assert there.ledger.equals(here.ledger)


def test_a_table_that_spark_knows(spark: Any, tmp_path: Path) -> None:
    spark.createDataFrame(
        [tuple(row.values()) for row in ROWS], ", ".join(f"`{c}` string" for c in COLUMNS)
    ).write.parquet(str(tmp_path / "lake"))
    spark.sql(f"create table known_cases using parquet location '{tmp_path / 'lake'}'")
    try:
        there = collected(tmp_path, backend="spark", spark="local[2]", table="known_cases")
    finally:
        spark.sql("drop table known_cases")
    (tmp_path / "cases.csv").write_text(csv_text())
    assert there.counted.frame.equals(collected(tmp_path, paths=(tmp_path / "cases.csv",)).counted.frame)
