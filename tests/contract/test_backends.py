"""Every engine answers every question with the same whole numbers as the slow one that is plainly right."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commonweal.sources.backends import duckdb, reference
from commonweal.sources.filter import parse_filter
from commonweal.sources.query import Backend, ByCode, ByPoint, Query, Totals
from commonweal.sources.read.describe import describe

ENGINES = {"duckdb": duckdb.total}

CODES = ("E1", "E2", "É3")
SQUARES = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), shapely.box(0, 1, 2, 3)], dtype=object)
LINKS = {
    "code": ByCode("ward", CODES),
    "point": ByPoint("x", "y", CODES, SQUARES, lambda x, y: (x, y)),
}
FILTERS = (
    "",
    "kind = 'a'",
    'kind != "a" and not ward is null',
    "x >= 1 or kind in ('b', 'it''s', 1)",
    "kind like 'a%' or kind not like '%_b'",
    "y between -1 and 1.5",
    "not (x < 1 and y < 1)",
    "kind > 'a' and month <= '2016-06'",
    "id not in (1, 2) and y != 0.5",
    "x is null or 1 = y",
)

NUMBERS = st.sampled_from(
    [
        "0",
        "0.5",
        "1",
        "1.0",
        "2",
        " 1.5 ",
        "-1",
        "1e0",
        ".5",
        "5.",
        "",
        "nan",
        "inf",
        "1_0",
        "x",
        "1e999",
        "+1",
    ]
)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["1", "2", "3", "4", ""]),
        st.sampled_from(["E1", " E2 ", "É3", "E9", "", "  ", "e1"]),
        st.sampled_from(
            [
                "2016",
                "2016-05",
                "2016-05-13",
                "13/05/2016",
                "2016-05-13T10:00",
                "2016-02-30",
                "2016-02-29 09:30",
                "0000-01-01",
                "2016-5-13",
                "soon",
                "",
                " 2016 ",
            ]
        ),
        st.sampled_from(["a", "ab", "b", "it's", "A, b", 'say "a"', "line\nbreak", "", "é"]),
        NUMBERS,
        NUMBERS,
    ),
    max_size=40,
)
HEADER = ["id", "ward", "month", "kind", "x", "y"]


def write(path: Path, rows: list[tuple[str, ...]], delimiter: str = ",", encoding: str = "utf-8") -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerows([HEADER, *rows])
    raw = text.getvalue().encode(encoding)
    path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)


def equal(first: Totals, second: Totals) -> None:
    assert first.cells.equals(second.cells), f"{first.cells}\n{second.cells}"
    assert (first.identical, first.differing) == (second.identical, second.differing)
    assert (first.unreadable, first.where) == (second.unreadable, second.where)


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> Backend:
    return ENGINES[request.param]


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    first=ROWS,
    second=ROWS,
    link=st.sampled_from(sorted(LINKS)),
    filters=st.lists(st.sampled_from(FILTERS), max_size=4, unique=True),
    date=st.sampled_from(["", "month"]),
    key=st.sampled_from(["", "id"]),
    delimiter=st.sampled_from([",", ";"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "latin-1"]),
    second_name=st.sampled_from(["b.csv", "b.csv.gz"]),
)
def test_any_records_any_question(
    engine: Backend,
    first: list[tuple[str, ...]],
    second: list[tuple[str, ...]],
    link: str,
    filters: list[str],
    date: str,
    key: str,
    delimiter: str,
    encoding: str,
    second_name: str,
) -> None:
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / "a.csv", Path(folder) / second_name]
        for path, rows in zip(paths, (first, second), strict=True):
            write(path, rows, delimiter, encoding)
        conditions = tuple(parse_filter(text) for text in filters)
        query = Query(tuple(describe(p) for p in paths), LINKS[link], conditions, date, key)
        equal(engine(query, scratch=Path(folder) / "scratch"), reference.total(query, scratch=Path(folder)))


def test_rows_with_too_few_or_too_many_cells_are_counted_and_placed(engine: Backend, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,ward\n1,E1\n2\n\n3,E1,x\n4,E2\n5\n6\n7\n8\n", encoding="utf-8")
    query = Query((describe(path),), LINKS["code"])
    found = engine(query, scratch=tmp_path / "scratch")
    equal(found, reference.total(query, scratch=tmp_path))
    assert found.unreadable == 6
    assert [place.line for place in found.where] == [3, 5, 7, 8, 9]


def test_files_whose_columns_differ_are_read_by_name(engine: Backend, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,ward\n1,E1\n2,E2\n")
    (tmp_path / "b.csv").write_text("ward;extra;id\nE1;x;1\nE2;;2\nE2;;3\n")
    files = tuple(describe(tmp_path / name) for name in ("a.csv", "b.csv"))
    query = Query(files, LINKS["code"], (parse_filter("ward = 'E2'"),), key="id")
    found = engine(query, scratch=tmp_path / "scratch")
    equal(found, reference.total(query, scratch=tmp_path))
    assert (found.identical, found.differing) == (1, 1)


def test_parquet_reads_like_text(engine: Backend, tmp_path: Path) -> None:
    pl.DataFrame(
        {
            "id": [1, 2, 2, None],
            "ward": ["E1", " E2", " E2", ""],
            "month": pl.Series(["2016-05-01", "2016-06-30", "2016-06-30", None]).str.to_date(),
            "kind": [True, False, False, None],
            "x": [0.5, 1.5, 1.5, float("nan")],
            "y": [0.1, 0.25, 0.25, 2.0],
        }
    ).write_parquet(tmp_path / "a.parquet")
    filters = tuple(parse_filter(text) for text in ("kind = 'true'", "y <= 0.25", "month >= '2016-06'"))
    for link in LINKS.values():
        query = Query((describe(tmp_path / "a.parquet"),), link, filters, "month", "id")
        found = engine(query, scratch=tmp_path / "scratch")
        equal(found, reference.total(query, scratch=tmp_path))
        assert (found.identical, found.differing) == (1, 0)


def test_a_point_on_a_shared_edge_goes_to_the_first_code(engine: Backend, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x,y\n1,0.5\n1,1\n0.5,1\n2,1\n2,3\n2.0000001,3\n")
    query = Query((describe(path),), LINKS["point"])
    found = engine(query, scratch=tmp_path / "scratch")
    equal(found, reference.total(query, scratch=tmp_path))
    assert found.cells.select("area", "records").rows() == [(-4, 1), (0, 3), (1, 1), (2, 1)]


def test_records_without_a_row_have_no_cells(engine: Backend, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y,ward,id\n")
    for link in LINKS.values():
        query = Query((describe(tmp_path / "a.csv"),), link, key="id")
        assert engine(query, scratch=tmp_path / "scratch").cells.height == 0
