"""Every engine answers every question with the same whole numbers as the slow one that is plainly right."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from questions import ASKS, FILTERS, HEADER, IDS, KINDS, LINKS, MONTHS, NUMBERS, TALLIES, WARDS, Row, write
from questions_of_all import EVERY_ASK, WAYS, batch

from commonweal.sources.backends import duckdb, reference
from commonweal.sources.filter import parse_filter
from commonweal.sources.query import Backend, Cells, Distinct, File, Number, Query, Tally, Totals

ENGINES = {"duckdb": duckdb.total}

ROWS = st.lists(st.tuples(*map(st.sampled_from, (IDS, WARDS, MONTHS, KINDS, NUMBERS, NUMBERS))), max_size=40)


def equal(first: Totals, second: Totals) -> None:
    for one, other in zip(first.answers, second.answers, strict=True):
        assert one.equals(other), f"{one}\n{other}"
    assert first.fingerprint() == second.fingerprint()
    assert (first.identical, first.differing) == (second.identical, second.differing)
    assert (first.unreadable, first.where) == (second.unreadable, second.where)


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> Backend:
    return ENGINES[request.param]


@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    first=ROWS,
    second=ROWS,
    link=st.sampled_from(sorted(LINKS)),
    filters=st.lists(st.sampled_from(FILTERS), max_size=3, unique=True),
    tallies=st.lists(st.sampled_from(TALLIES), max_size=6, unique=True),
    asks=st.lists(st.sampled_from(sorted(ASKS)), max_size=2, unique=True),
    date=st.sampled_from(["", "month"]),
    key=st.sampled_from(["", "id"]),
    delimiter=st.sampled_from([",", ";"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig"]),
    second_name=st.sampled_from(["b.csv", "b.csv.gz"]),
)
def test_any_records_any_question(
    engine: Backend,
    first: list[Row],
    second: list[Row],
    link: str,
    filters: list[str],
    tallies: list[Tally],
    asks: list[str],
    date: str,
    key: str,
    delimiter: str,
    encoding: str,
    second_name: str,
) -> None:
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / "a.csv", Path(folder) / second_name]
        written = (
            write(path, rows, delimiter, encoding) for path, rows in zip(paths, (first, second), strict=True)
        )
        counted = Cells((*(Tally(where=parse_filter(text)) for text in filters), *tallies))
        asked: tuple[Cells | Distinct, ...] = (counted, *(ASKS[name] for name in asks))
        query = Query(tuple(written), LINKS[link], asked, date, key)
        equal(engine(query, scratch=Path(folder) / "scratch"), reference.total(query, scratch=Path(folder)))


def test_rows_with_too_few_or_too_many_cells_are_counted_and_placed(engine: Backend, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,ward\n1,E1\n2\n\n3,E1,x\n4,E2\n5\n6\n7\n8\n", encoding="utf-8")
    query = Query((File(path, "csv", ("id", "ward")),), LINKS["code"])
    found = engine(query, scratch=tmp_path / "scratch")
    equal(found, reference.total(query, scratch=tmp_path))
    assert found.unreadable == 6
    assert [place.line for place in found.where] == [3, 5, 7, 8, 9]


def test_files_whose_columns_differ_are_read_by_name(engine: Backend, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,ward\n1,E1\n2,E2\n")
    (tmp_path / "b.csv").write_text("ward;extra;id\nE1;x;1\nE2;;2\nE2;;3\n")
    files = (
        File(tmp_path / "a.csv", "csv", ("id", "ward")),
        File(tmp_path / "b.csv", "csv", ("ward", "extra", "id"), ";"),
    )
    asks = (Cells((Tally(where=parse_filter("ward = 'E2'")),)),)
    query = Query(files, LINKS["code"], asks, key="id")
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
    filters = ("kind = 'true'", "y <= 0.25", "month >= '2016-06'")
    asked = Cells(tuple(Tally(where=parse_filter(text)) for text in filters), bins=Number("y", 1))
    for link in LINKS.values():
        query = Query((File(tmp_path / "a.parquet", "parquet", HEADER),), link, (asked,), "month", "id")
        found = engine(query, scratch=tmp_path / "scratch")
        equal(found, reference.total(query, scratch=tmp_path))
        assert (found.identical, found.differing) == (1, 0)


@pytest.mark.parametrize(("link", "date", "key"), WAYS)
def test_an_empty_text_in_parquet_is_none_whatever_is_asked(
    engine: Backend, tmp_path: Path, link: str, date: str, key: str
) -> None:
    """Each question alone, since what is read of a column depends on what is asked about it."""
    pl.DataFrame(batch(400), schema=HEADER, orient="row").write_parquet(tmp_path / "a.parquet")
    file = File(tmp_path / "a.parquet", "parquet", HEADER)
    filtered = [Cells((Tally(where=parse_filter(text)),)) for text in FILTERS]
    for ask in (*filtered, *ASKS.values()):
        query = Query((file,), LINKS[link], (ask,), date, key)
        equal(engine(query, scratch=tmp_path / "scratch"), reference.total(query, scratch=tmp_path))


def test_a_point_on_a_shared_edge_goes_to_the_first_code(engine: Backend, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x,y\n1,0.5\n1,1\n0.5,1\n2,1\n2,3\n2.0000001,3\n")
    query = Query((File(path, "csv", ("x", "y")),), LINKS["point"])
    found = engine(query, scratch=tmp_path / "scratch")
    equal(found, reference.total(query, scratch=tmp_path))
    assert found.cells.select("area", "records").rows() == [(-4, 1), (0, 3), (1, 1), (2, 1)]


def test_points_that_come_in_many_batches_are_put_together(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(duckdb, "_BATCH", 2048)
    rows = batch(400) * 20
    query = Query((write(tmp_path / "a.csv", rows),), LINKS["point"], EVERY_ASK, "month")
    once = Query((write(tmp_path / "b.csv", rows),), LINKS["point"], EVERY_ASK, "month")
    in_batches = duckdb.total(query, scratch=tmp_path / "scratch")
    monkeypatch.undo()
    equal(in_batches, duckdb.total(once, scratch=tmp_path / "scratch"))
    assert in_batches.cells["records"].sum() == len(rows)


def test_records_without_a_row_have_no_cells(engine: Backend, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y,ward,id\n")
    for link in LINKS.values():
        query = Query((File(tmp_path / "a.csv", "csv", ("x", "y", "ward", "id")),), link, key="id")
        assert engine(query, scratch=tmp_path / "scratch").cells.height == 0
