"""Records in every form are the same records."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import shapely
from made_project import made_project
from written_records import (
    ROWS,
    WRITERS,
    csv_text,
    json_lines,
    write_duckdb,
    write_sqlite,
    xml_text,
    zipped,
)

from commonweal.errors import CommonwealError
from commonweal.model.area import Boundaries
from commonweal.model.project import Project
from commonweal.model.source import Link, Measure, Records
from commonweal.sources import Collected, collect, type_lines
from commonweal.sources.backends import reference
from commonweal.sources.read.batches import batches
from commonweal.sources.read.describe import describe

BY_CODE = Link("code", "ward")
MEASURES = (
    Measure("cafe", "cases", "count", where="kind = 'café €5'"),
    Measure("costly", "cases", "count", where="cost >= 20"),
    Measure("unsaid", "cases", "count", where="kind is null"),
)


def source(*paths: Path, **keys: Any) -> Records:
    parts = {"sheet": "Cases", "table": "cases", "record": "case"}
    return Records("cases", paths, paths[0].name, "thing", BY_CODE, **{"period": "2016", **parts, **keys})


def project_of(root: Path, records: Records, measures: tuple[Measure, ...] = MEASURES) -> Project:
    return made_project(root, [records], measures)


def values(collected: Collected) -> list[tuple[Any, ...]]:
    return collected.counted.frame.sort("indicator", "area").select("indicator", "area", "value").rows()


def fates(collected: Collected) -> dict[str, int]:
    return dict(collected.ledger.select("fate", "records").iter_rows())


@pytest.mark.parametrize("engine", [None, reference.total])
@pytest.mark.parametrize("name", WRITERS)
def test_every_form_gives_the_same_figures(tmp_path: Path, name: str, engine: Any) -> None:
    WRITERS[name](tmp_path / name)
    cases = source(tmp_path / name, key="id", date="when", period="", covers=("2016",))
    collected = collect(project_of(tmp_path, cases), backend=engine)
    assert values(collected) == [
        ("cafe", "A", 1.0), ("cafe", "B", 0.0), ("costly", "A", 1.0), ("costly", "B", 1.0),
        ("unsaid", "A", 0.0), ("unsaid", "B", 1.0),
    ]  # fmt: skip
    assert fates(collected) == {"read": 5, "counted": 3, "identical repeat": 1, "unknown area code": 1}
    assert collected.undated["cases"] == frozenset()
    assert sorted(path.name for path in tmp_path.iterdir()) == [name], "nothing is left beside the records"


@pytest.mark.parametrize("name", WRITERS)
def test_every_form_gives_the_same_cells_and_places(tmp_path: Path, name: str) -> None:
    WRITERS[name](tmp_path / name)
    written = describe(tmp_path / name, source(tmp_path / name))
    read = pl.concat([batch.frame for batch in batches(written)], how="diagonal")
    trimmed = [{key: cell and cell.strip() for key, cell in row.items()} for row in read.to_dicts()]
    assert trimmed == [{key: cell and cell.strip() for key, cell in row.items()} for row in ROWS]
    first = next(iter(batches(written))).places[0]
    assert written.place(first) == {
        "csv": f"{name}:2", "json lines": f"{name}:1", "xml": f"{name}, record 1",
        "sheet": f"{name}, sheet Cases, row {4 if name.endswith('xlsx') else 2}",
    }.get(written.form, f"{name}, row 1")  # fmt: skip


def test_several_files_of_several_forms_are_one_source_in_order(tmp_path: Path) -> None:
    """The first of differing repeats is kept: that of the file named first."""
    names = ["a.jsonl", "b.csv", "c.xml", "d.parquet"]
    kinds = ["w", "x", "y", "z"]
    paths = [tmp_path / name for name in names]
    rows = [[{"id": "1", "ward": "A", "kind": kind}] for kind in kinds]
    paths[0].write_text(json_lines(rows[0]))
    paths[1].write_text(csv_text(rows[1]))
    paths[2].write_text(xml_text(rows[2]))
    pl.DataFrame(rows[3]).write_parquet(paths[3])
    measures = tuple(
        Measure(kind, "cases", "count", where=f"kind = '{kind}'", may_be_empty=True) for kind in kinds
    )
    collected = collect(project_of(tmp_path, source(*paths, key="id"), measures))
    assert [value for _, area, value in values(collected) if area == "A"] == [1.0, 0.0, 0.0, 0.0]
    assert fates(collected)["differing repeat"] == 3


def test_a_folder_of_parquet_has_its_folders_as_columns(tmp_path: Path) -> None:
    for ward, year, kind in (("A", "2016", "x"), ("B", "2016", "y"), ("A", "2017", "x")):
        folder = tmp_path / "cases" / f"year={year}" / f"ward={ward}"
        folder.mkdir(parents=True)
        pl.DataFrame({"kind": [kind, "z"]}).write_parquet(folder / "part-0.parquet")
    empty = tmp_path / "cases" / "year=__HIVE_DEFAULT_PARTITION__" / "ward=A"
    empty.mkdir(parents=True)
    pl.DataFrame({"kind": ["x"]}).write_parquet(empty / "part-0.parquet")
    cases = source(*sorted(tmp_path.rglob("*.parquet")), date="year", period="")
    for engine in (None, reference.total):
        collected = collect(
            project_of(tmp_path, cases, (Measure("x", "cases", "count", where="kind = 'x'"),)), backend=engine
        )
        assert values(collected) == [("x", "A", 1.0), ("x", "B", 0.0)]
        assert fates(collected) == {"read": 7, "counted": 4, "unreadable date": 1, "out of period": 2}


def test_nested_objects_are_dotted_columns(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    lines = [
        {"area": {"ward": {"code": "A"}}, "tags": ["x", "y"], "at": {"x": 1.0}, "open": True},
        {"area": {"ward": {"code": "B"}}, "tags": [], "at": None, "open": False},
        {"area": {}, "late": 1},
    ]
    path.write_text("".join(json.dumps(line) + "\n\n" for line in lines))
    cases = replace(source(path), link=Link("code", "area.ward.code"))
    measures = (
        Measure("late", "cases", "count", where="`late` = 1", may_be_empty=True),
        Measure("open", "cases", "count", where="open = 'true' and tags = 'x; y' and `at.x` = 1"),
    )
    assert values(collect(project_of(tmp_path, cases, measures)))[2:] == [
        ("open", "A", 1.0),
        ("open", "B", 0.0),
    ]


def test_xml_has_attributes_nested_and_repeated_children(tmp_path: Path) -> None:
    path = tmp_path / "cases.xml"
    path.write_text(
        '<all xmlns="urn:a" xmlns:x="urn:b"><x:case id="7" x:odd="1"><ward code="A">Town</ward>'
        "<phone>1</phone><phone>2</phone><pos><lon> 0.5 </lon></pos><none/></x:case></all>"
    )
    (batch,) = batches(describe(path, source(path)))
    assert batch.frame.to_dicts() == [
        {"@id": "7", "ward@code": "A", "ward": "Town", "phone": "1; 2", "pos.lon": "0.5"}
    ]


def test_columns_that_come_late_are_columns_of_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commonweal.sources.read.written.ROWS", 2)
    rows = [{"ward": "A", f"c{i // 3}": str(i)} for i in range(9)]
    (tmp_path / "a.jsonl").write_text(json_lines(rows))
    (tmp_path / "b.jsonl").write_text('{"other": "1", "ward": "B"}\n')
    cases = source(tmp_path / "a.jsonl", tmp_path / "b.jsonl")
    measures = (
        Measure("first", "cases", "count", where="c0 is not null"),
        Measure("last", "cases", "count", where="c2 = 8"),
        Measure("none", "cases", "count", where="c2 is null and c1 is null"),
    )
    assert values(collect(project_of(tmp_path, cases, measures))) == [
        ("first", "A", 3.0), ("first", "B", 0.0), ("last", "A", 1.0), ("last", "B", 0.0),
        ("none", "A", 3.0), ("none", "B", 1.0),
    ]  # fmt: skip


def test_a_column_that_no_record_names_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "cases.jsonl").write_text('{"ward": "A", "Kind": "x", "kind": "y"}\n')
    cases = source(tmp_path / "cases.jsonl", key="id")
    with pytest.raises(CommonwealError) as caught:
        collect(project_of(tmp_path, cases, (Measure("a", "cases", "count", where="colour = 'x'"),)))
    assert [(fault.code, fault.what, fault.remedy) for fault in caught.value.faults] == [
        ("RECORDS-COLUMN", "there is no column 'id'", "Use one of: ward, Kind, kind."),
        ("FILTER-COLUMN", "there is no column 'colour' in cases.jsonl", "Use one of: ward, Kind, kind."),
    ]
    with pytest.raises(CommonwealError, match="FILTER-COLUMN column 'kind' stands more than once"):
        collect(project_of(tmp_path, source(tmp_path / "cases.jsonl"), (MEASURES[0],)))


def test_rows_that_can_not_be_taken_apart_name_the_file_as_it_lies(tmp_path: Path) -> None:
    good = '{"ward": "A"}\n'
    deep = "[" * 100_000
    text = f'{good}{{"ward": "secret\n[1]\n5\n{deep}\n{{"ward": NaN}}\n{{"ward": "\\ud800"}}\n{good}'
    path = tmp_path / "cases.jsonl"
    path.write_text(text)
    collected = collect(project_of(tmp_path, source(path), ()))
    assert fates(collected) == {"read": 8, "counted": 2, "unreadable row": 6}
    assert collected.notes == (
        "cases: rows that can't be taken apart into columns: cases.jsonl:2, cases.jsonl:3, cases.jsonl:4,"
        " cases.jsonl:5, cases.jsonl:6 and more.",
    )
    (tmp_path / "windows.csv").write_bytes("ward,kind\nA,é\nA,b,c\n".encode("cp1252"))
    collected = collect(project_of(tmp_path, source(tmp_path / "windows.csv"), ()))
    assert collected.notes == ("cases: rows that can't be taken apart into columns: windows.csv:3.",)


def test_a_line_longer_than_any_record_is_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commonweal.sources.read.json_lines.LONGEST", 100)
    monkeypatch.setattr("commonweal.sources.read.xml_records.LONGEST", 100)
    long = "x" * 1000
    (tmp_path / "a.jsonl").write_text(f'{{"ward": "A"}}\n{{"ward": "{long}"}}\n{{"ward": "B"}}\n')
    (tmp_path / "b.xml").write_text(
        f"<all><case><ward>A</ward></case><case><ward>{long}</ward></case><case><ward>B</ward></case></all>"
    )
    collected = collect(project_of(tmp_path, source(tmp_path / "a.jsonl", tmp_path / "b.xml"), ()))
    assert fates(collected) == {"read": 6, "counted": 4, "unreadable row": 2}


def test_what_no_batch_may_hold_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text("".join(f'{{"ward": "A", "n{i}": 1}}\n' for i in range(2100)))
    with pytest.raises(CommonwealError, match="RECORDS-UNREADABLE its records name more than 2,000 columns"):
        collect(project_of(tmp_path, source(path), ()))


def test_memory_stays_small_however_long_a_file_is(tmp_path: Path) -> None:
    """A batch holds so many records at most, whatever the file has."""
    path = tmp_path / "cases.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"ward": "A"}\n' * 120_000))
    heights = [batch.frame.height for batch in batches(describe(path, source(path)))]
    assert heights == [50_000, 50_000, 20_000]


def test_an_archive_of_one_kind_is_read_by_the_name_inside(tmp_path: Path) -> None:
    zipped(tmp_path / "all.zip", {"__MACOSX/x": b"", "x/cases.ndjson": json_lines().encode()})
    collected = collect(project_of(tmp_path, source(tmp_path / "all.zip")))
    assert fates(collected)["counted"] == 4


def test_what_is_wrong_with_points_is_told_of_every_form(tmp_path: Path) -> None:
    """Files that were laid out are looked at again for it, before they are gone."""
    square = Boundaries(
        ("A", "B"), np.array([shapely.box(0, 50, 1, 51), shapely.box(1, 50, 2, 51)]), "EPSG:4326"
    )
    path = tmp_path / "cases.jsonl"
    path.write_text('{"lon": 50.5, "lat": 0.5}\n' * 3)
    cases = replace(source(path), link=Link("point", x="lon", y="lat"))
    with pytest.raises(CommonwealError) as caught:
        collect(made_project(tmp_path, [cases], [], boundaries=square))
    (fault,) = caught.value.faults
    assert fault.code == "RECORDS-UNLINKED"
    assert "x and y look swapped: write `x: lat, y: lon`" in fault.remedy


def test_numbers_of_a_database_are_written_as_people_write_them(tmp_path: Path) -> None:
    write_duckdb(
        tmp_path / "a.duckdb",
        "create table typed as select 'A' as ward, 5.0::double as real, 0.25::double as part, 7 as whole,"
        " 1.50::decimal(6, 2) as money, date '2016-04-13' as day, true as flag, null as nothing",
    )
    typed = [{"ward": "A", "real": 5.0, "part": 0.25, "whole": 7, "blob": b"ab", "nothing": None}]
    write_sqlite(tmp_path / "a.sqlite", "typed", typed)
    read = {
        name: next(iter(batches(describe(tmp_path / name, source(tmp_path / name, table="typed"))))).frame
        for name in ("a.duckdb", "a.sqlite")
    }
    assert read["a.duckdb"].row(0) == ("A", "5", "0.25", "7", "1.50", "2016-04-13", "true", None)
    assert read["a.sqlite"].row(0) == ("A", "5", "0.25", "7", "6162", None)


def test_a_time_stamp_of_a_database_file_is_the_same_on_every_machine(tmp_path: Path) -> None:
    write_duckdb(
        tmp_path / "a.duckdb",
        "create table stamps as select timestamptz '2020-01-01 00:00:00+00' as at, -0.0::double as depth",
    )
    read = (
        "import sys; from pathlib import Path; from commonweal.sources.read.written import Written;"
        "from commonweal.sources.backends.duckdb_file import batches;"
        "stamps = Written(Path(sys.argv[1]), 'duckdb', ('at', 'depth'), part='stamps');"
        "print(next(batches(stamps)).frame.row(0))"
    )
    for zone in ("UTC", "America/New_York"):
        done = subprocess.run(
            [sys.executable, "-c", read, str(tmp_path / "a.duckdb")],
            env={**os.environ, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == "('2020-01-01 00:00:00+00', '0')"


def test_names_of_fields_that_engines_do_not_take(tmp_path: Path) -> None:
    (tmp_path / "cases.jsonl").write_text('{"ward": "A", "": "1", "WARD\\u0000": "2", "a\\u0000": "3"}\n')
    measure = Measure("a", "cases", "count")
    assert values(collect(project_of(tmp_path, source(tmp_path / "cases.jsonl"), (measure,))))[0][2] == 1.0


@pytest.mark.parametrize(
    "raw",
    [
        b"ward,kind\rA,x\rB,y\r",
        b'ward,"kind\nof case"\nA,x\nB,y\n',
        b"\xef\xbb\xbfward,kind\r\nA,x\r\n\r\nB,y",
    ],
)
@pytest.mark.parametrize("engine", [None, reference.total])
def test_line_ends_of_every_kind(tmp_path: Path, raw: bytes, engine: Any) -> None:
    (tmp_path / "cases.csv").write_bytes(raw)
    measure = Measure("a", "cases", "count", where="ward is not null")
    collected = collect(project_of(tmp_path, source(tmp_path / "cases.csv"), (measure,)), backend=engine)
    assert values(collected) == [("a", "A", 1.0), ("a", "B", 1.0)]
    assert fates(collected) == {"read": 2, "counted": 2}


TIMES = (
    "2026-01-05T10:00:00Z", "2026-01-05T10:00:00.125+01:00", "2026-01-05 10:00:00+01:00", "2026-01-05 10:00",
    "05/01/2026 10:00", " 2026-01-05 ", "1767607200", "1767607200.5", "1767607200000", "2026-01",
)  # fmt: skip


@pytest.mark.parametrize("engine", [None, reference.total])
def test_readings_of_sensors_belong_to_the_month_of_their_time(tmp_path: Path, engine: Any) -> None:
    """The day as it is written; seconds since 1970 in universal time, where 1769903999 ends January."""
    rows = [{"ward": "A", "when": time, "value": "2"} for time in (*TIMES, "1769903999")]
    rows += [
        {"ward": "B", "when": time, "value": "3"} for time in ("1769904000", "2026-02-01T00:30:00+01:00")
    ]
    (tmp_path / "air.csv").write_text(csv_text(rows))
    air = source(tmp_path / "air.csv", date="when", period="")
    project = made_project(tmp_path, [air], [Measure("a", "cases", "count")], periods=("2026-01", "2026-02"))
    collected = collect(project, backend=engine)
    found = collected.counted.frame.select("period", "area", "value").sort("period", "area").rows()
    assert found == [
        ("2026-01", "A", 11.0), ("2026-01", "B", 0.0), ("2026-02", "A", 0.0), ("2026-02", "B", 2.0),
    ]  # fmt: skip
    assert type_lines(project, collected) == [
        "cases: when reads as times, counted by month (100%), ward reads as text, 2 different"
    ]
