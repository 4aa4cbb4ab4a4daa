"""Spark answers as the others do, from files and from tables, and fails in words that hold no record."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from questions import ASKS, CODES, HEADER, LINKS, TALLIES, write
from questions_of_all import EVERY_ASK, WAYS, batch
from typed_records import BY_TYPE, typed_file

from commonweal.errors import CommonwealError
from commonweal.sources.backends import duckdb, reference
from commonweal.sources.backends import spark as engine
from commonweal.sources.query import ByCode, Cells, File, Query, Stored, Tally

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("spark")]

MASTER = "local[2]"
ROWS = batch(400)


@pytest.mark.parametrize(("link", "date", "key"), WAYS)
def test_every_question_about_files_has_the_same_answer(
    spark: Any, tmp_path: Path, link: str, date: str, key: str
) -> None:
    """The files have names that Spark would pass over or decode, and come in no order of theirs."""
    (tmp_path / ".own b").mkdir()
    files = (
        write(tmp_path / ".own b" / "_z%20.csv", ROWS[:300]),
        write(tmp_path / "b.csv.gz", ROWS[300:], ";", "utf-8-sig"),
        write(tmp_path / "a.csv", ROWS[:50]),
    )
    query = Query(files, LINKS[link], EVERY_ASK, date, key)
    found = engine.total(query, scratch=tmp_path / "scratch", master=MASTER)
    for other in (reference.total, duckdb.total):
        plain = other(query, scratch=tmp_path / "scratch")
        for one, two in zip(found.answers, plain.answers, strict=True):
            assert one.equals(two), f"{one}\n{two}"
        assert found.fingerprint() == plain.fingerprint()
        assert (found.identical, found.differing) == (plain.identical, plain.differing)
    assert not list((tmp_path / "scratch").iterdir())


def test_a_table_has_the_same_answer(spark: Any, tmp_path: Path) -> None:
    """A table has no order: the row that comes first by all its columns is kept."""
    frame = spark.createDataFrame(ROWS, ", ".join(f"{name} string" for name in HEADER))
    frame.write.parquet(str(tmp_path / "a.b"))
    spark.sql(f"create table odd using parquet location '{tmp_path}/a.b'")
    file = write(tmp_path / "a.csv", sorted(ROWS, key=lambda row: [(cell != "", cell) for cell in row]))
    asked = (Cells(TALLIES[:9], by=("kind",)), *ASKS.values())
    plain = reference.total(Query((file,), LINKS["code"], asked, "month", "id"), scratch=tmp_path)
    try:
        for name in ("default.odd", f"parquet.`{tmp_path}/a.b`"):
            stored = engine.describe(MASTER, name)
            assert stored.columns == HEADER
            query = Query(stored, LINKS["code"], asked, "month", "id")
            found = engine.total(query, scratch=tmp_path / "scratch", master=MASTER)
            assert found.fingerprint() == plain.fingerprint()
            assert (found.identical, found.differing) == (plain.identical, plain.differing)
    finally:
        spark.sql("drop table odd")


def test_columns_of_any_type_read_as_the_same_text(spark: Any, tmp_path: Path) -> None:
    query = Query((typed_file(tmp_path / "a.parquet"),), ByCode("text", CODES), BY_TYPE, "zoned")
    found = engine.total(query, scratch=tmp_path, master=MASTER)
    plain = reference.total(query, scratch=tmp_path)
    for one, two in zip(found.answers, plain.answers, strict=True):
        assert one.equals(two), f"{one}\n{two}"


def test_rows_that_can_not_be_taken_apart_are_counted(spark: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,ward\n1,E1\n2\n\n3,E1,x\n4,E2\n5\n", encoding="utf-8")
    query = Query((File(path, "csv", ("id", "ward")),), LINKS["code"], (Cells(), Cells((Tally(),))))
    found = engine.total(query, scratch=tmp_path, master=MASTER)
    plain = reference.total(query, scratch=tmp_path)
    assert found.fingerprint() == plain.fingerprint()
    assert (found.unreadable, plain.unreadable) == (3, 3)


def test_folders_of_a_parted_table_are_columns(spark: Any, tmp_path: Path) -> None:
    file = typed_file(tmp_path / "a.parquet")
    parted = File(
        file.path, "parquet", (*file.columns, "year", "none"), folders=(("year", "2016"), ("none", None))
    )
    query = Query((parted,), ByCode("text", CODES), (Cells(by=("year", "none")),), "year")
    found = engine.total(query, scratch=tmp_path, master=MASTER)
    assert found.fingerprint() == reference.total(query, scratch=tmp_path).fingerprint()
    assert found.fingerprint() == duckdb.total(query, scratch=tmp_path / "scratch").fingerprint()


def test_what_spark_can_not_find_or_do_is_told_without_its_words(spark: Any, tmp_path: Path) -> None:
    with pytest.raises(CommonwealError, match="RECORDS-SPARK Spark knows no table of that name"):
        engine.describe(MASTER, "none.such")
    query = Query(Stored(MASTER, ("range(3)",), ("ward",)), LINKS["code"])
    with pytest.raises(CommonwealError, match="RECORDS-SPARK Spark failed with PARSE_SYNTAX_ERROR"):
        engine.total(query, scratch=tmp_path, master=MASTER)
    gone = Query((File(tmp_path / "none.csv", "csv", ("ward",)),), LINKS["code"])
    with pytest.raises(CommonwealError, match="RECORDS-SPARK Spark does not see a file") as caught:
        engine.total(gone, scratch=tmp_path, master=MASTER)
    assert "none.csv" not in str(caught.value)
    broken = tmp_path / "a.parquet"
    broken.write_bytes(b"PAR1 not a file of records PAR1")
    query = Query((File(broken, "parquet", ("ward",)),), LINKS["code"])
    with pytest.raises(CommonwealError, match="RECORDS-SPARK Spark failed with ") as caught:
        engine.total(query, scratch=tmp_path, master=MASTER)
    assert "a.parquet" not in str(caught.value)


def test_an_extra_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(CommonwealError, match=r"EXTRA-MISSING .*pip install 'commonweal\[spark\]'"):
        engine.describe(MASTER, "records")


def test_a_spark_without_java_is_told(tmp_path: Path) -> None:
    """In a process of its own, since one has only one Spark; it is ended with its session."""
    path = os.pathsep.join(path for path in sys.path if path)
    code = "from commonweal.sources.backends import spark; spark.describe('local', 'a')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={"PATH": str(tmp_path), "PYTHONPATH": path},
        check=False,
    )
    assert "RECORDS-SPARK Spark can't be started or reached (JAVA_GATEWAY_EXITED)" in done.stderr
