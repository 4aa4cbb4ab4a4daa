"""PostgreSQL answers as the others do, reads only, and fails in words that hold no secret."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_project import made_project
from postgres_server import PASSWORD, Server, binaries, postgres_server
from questions import CODES, HEADER, LINKS, write
from questions_of_all import EVERY_ASK, WAYS, batch
from typed_records import BY_TYPE, TYPES, typed_file

from commonweal.errors import CommonwealError
from commonweal.model.source import Link, Measure, Records
from commonweal.sources import collect
from commonweal.sources.backends import duckdb, reference
from commonweal.sources.backends import postgres as engine
from commonweal.sources.filter import Compare
from commonweal.sources.query import ByCode, ByPoint, Cells, Distinct, File, Query, Stored, Tally

pytestmark = pytest.mark.xdist_group("postgres")

ROWS = batch(400)


@pytest.fixture(scope="module")
def connection(postgres: Server) -> Iterator[Any]:
    import psycopg

    with psycopg.connect(postgres.address, autocommit=True) as connected:
        yield connected


@pytest.fixture(scope="module")
def table(postgres: Server, connection: Any) -> Stored:
    connection.execute("create schema odd")
    columns = ", ".join(f'"{name}" text' for name in HEADER)
    connection.execute(f'create table odd."Rec""ords" ({columns})')
    with connection.cursor().copy('copy odd."Rec""ords" from stdin') as copied:
        for row in ROWS:
            copied.write_row([cell or None for cell in row])
    return engine.describe(postgres.address, 'odd.Rec"ords')


def in_order(path: Path) -> File:
    """The same records in a file, in the order of a table: by all columns, without a value first."""
    return write(path, sorted(ROWS, key=lambda row: [(cell != "", cell) for cell in row]))


@pytest.mark.parametrize(("link", "date", "key"), WAYS)
def test_every_question_has_the_same_answer(
    table: Stored, tmp_path: Path, link: str, date: str, key: str
) -> None:
    asked = engine.total(Query(table, LINKS[link], EVERY_ASK, date, key), scratch=tmp_path / "scratch")
    query = Query((in_order(tmp_path / "a.csv"),), LINKS[link], EVERY_ASK, date, key)
    for other in (reference.total, duckdb.total):
        found = other(query, scratch=tmp_path / "scratch")
        for one, two in zip(asked.answers, found.answers, strict=True):
            assert one.equals(two), f"{one}\n{two}"
        assert asked.fingerprint() == found.fingerprint()
        assert (asked.identical, asked.differing) == (found.identical, found.differing)


def test_columns_of_any_type_read_as_the_same_text(connection: Any, postgres: Server, tmp_path: Path) -> None:
    connection.execute(f"create table typed ({', '.join(f'{name} {sql}' for name, _, sql, _ in TYPES)})")
    places = ", ".join(["%s"] * len(TYPES))
    rows = zip(*(values for *_, values in TYPES), strict=True)
    connection.cursor().executemany(f"insert into typed values ({places})", list(rows))
    link = ByCode("text", CODES)
    stored = engine.describe(postgres.address, "typed")
    file = typed_file(tmp_path / "a.parquet")
    for when in ("day", "moment", "zoned"):
        found = engine.total(Query(stored, link, BY_TYPE, when), scratch=tmp_path)
        query = Query((file,), link, BY_TYPE, when)
        plain = reference.total(query, scratch=tmp_path)
        for one, two in zip(found.answers, plain.answers, strict=True):
            assert one.equals(two), f"{one}\n{two}"
        assert duckdb.total(query, scratch=tmp_path / "scratch").fingerprint() == plain.fingerprint()


def test_a_table_is_found_on_the_search_path_or_by_its_schema(connection: Any, postgres: Server) -> None:
    connection.execute(
        "create schema hidden; create table hidden.cases (id int); create view seen as select 1 as one"
    )
    assert engine.describe(postgres.address, "seen").name == ("public", "seen")
    assert engine.describe(postgres.address, "hidden.cases").columns == ("id",)
    for name in ("cases", "hidden.seen", "hidden.none; drop table hidden.cases"):
        with pytest.raises(CommonwealError, match="RECORDS-DATABASE there is no such table"):
            engine.describe(postgres.address, name)


def test_nothing_can_be_written(connection: Any, postgres: Server, tmp_path: Path) -> None:
    connection.execute(
        "create table note (id int); create function write_note() returns int language sql as"
        " 'insert into note values (1) returning id'; create view writes as select write_note() as ward"
    )
    stored = engine.describe(postgres.address, "writes")
    with pytest.raises(CommonwealError, match="failed with the state 25006"):
        engine.total(Query(stored, ByCode("ward", CODES)), scratch=tmp_path)
    assert connection.execute("select count(*) from note").fetchone() == (0,)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda address: address.replace(PASSWORD, "wrong-password"), "refuses the name or password"),
        (lambda address: address.replace("127.0.0.1:", "127.0.0.1:1"), "can't be reached"),
        (lambda address: f"{address}_no", "can't be reached"),
        (lambda address: "postgresql://[", "can't be reached"),
    ],
)
def test_a_database_that_does_not_answer_is_told_without_its_address(
    postgres: Server, change: Any, said: str
) -> None:
    address = change(postgres.address)
    with pytest.raises(CommonwealError, match=said) as caught:
        engine.describe(address, "records")
    told = f"{caught.value}{caught.value.__cause__}{Stored(address, ('records',), ())!r}"
    assert not [secret for secret in (PASSWORD, "wrong-password", "127.0.0.1") if secret in told]


def test_a_column_that_is_gone_is_told(connection: Any, postgres: Server, tmp_path: Path) -> None:
    connection.execute("create table shrinking (ward text, cost text)")
    stored = engine.describe(postgres.address, "shrinking")
    connection.execute("alter table shrinking drop column cost")
    with pytest.raises(CommonwealError, match="is gone or may not be read"):
        engine.total(Query(stored, ByCode("ward", CODES)), scratch=tmp_path)


@pytest.mark.parametrize("link", [ByCode("ward", CODES), LINKS["point"]], ids=["code", "point"])
def test_a_database_that_goes_away_in_the_middle_is_told(
    connection: Any, tmp_path: Path, link: ByCode | ByPoint
) -> None:
    programs = binaries()
    assert programs is not None
    with postgres_server(programs) as server:
        import psycopg

        with psycopg.connect(server.address, autocommit=True) as connected:
            connected.execute(
                "create view slow as select n::text as ward, n::text as x, '0' as y,"
                " pg_sleep(0.01)::text as z from generate_series(1, 100000) as made (n)"
            )
        stored = engine.describe(server.address, "slow")
        asked = Query(stored, link, (Cells(by=("z",)), Distinct("z", {None: (0,)})))
        stop = threading.Timer(1.0, server.stop)
        stop.start()
        with pytest.raises(CommonwealError, match="RECORDS-DATABASE the database went away") as caught:
            engine.total(asked, scratch=tmp_path / "scratch")
        stop.join()
    assert PASSWORD not in str(caught.value)


def test_an_extra_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(CommonwealError, match=r"EXTRA-MISSING .*pip install 'commonweal\[postgres\]'"):
        engine.describe("postgresql://reader@127.0.0.1/db", "records")


def test_numbers_of_all_sizes_are_read_as_python_reads_them(
    connection: Any, postgres: Server, tmp_path: Path
) -> None:
    """Random mantissas and exponents, at the ends of what a real number can be above all."""
    drawn = np.random.default_rng(7)
    sizes = [drawn.integers(*span, 100) for span in ((-330, -300), (290, 312), (-9, 9))]
    powers = np.concatenate(sizes)
    texts = [f"{m:.17g}e{p}" for m, p in zip(drawn.uniform(-10, 10, powers.size), powers, strict=True)]
    connection.execute("create table numbers (x text, ward text)")
    connection.cursor().executemany("insert into numbers values (%s, 'E1')", [(text,) for text in texts])
    stored = engine.describe(postgres.address, "numbers")
    limits = (0.0, 5e-324, 1e-310, 1.0, -1.0, 1e300, sys.float_info.max, -sys.float_info.max)
    at = [Compare("x", "=", float(text)) for text in texts if abs(float(text)) < np.inf]
    asked = Cells(tuple(Tally(where=c) for c in at + [Compare("x", "<", limit) for limit in limits]))
    (tmp_path / "a.csv").write_text("x,ward\n" + "".join(f"{text},E1\n" for text in texts))
    query = Query((File(tmp_path / "a.csv", "csv", ("x", "ward")),), ByCode("ward", CODES), (asked,))
    plain = reference.total(query, scratch=tmp_path).fingerprint()
    assert engine.total(Query(stored, query.link, query.asks), scratch=tmp_path).fingerprint() == plain
    assert duckdb.total(query, scratch=tmp_path / "scratch").fingerprint() == plain


def test_a_project_counts_a_table_as_it_counts_a_file(
    connection: Any, postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole way from a project to its observations, ledger and notes."""
    drawn = [(str(i % 40), "ABC"[i % 3], f"2016-{i % 12 + 1:02}-07", "xy"[i % 2]) for i in range(60)]
    # of differing repeats a file keeps the first line, a table the first by all columns
    rows = sorted(drawn)
    connection.execute("create table public.cases (id text, ward text, day date, kind text)")
    connection.cursor().executemany("insert into cases values (%s, %s, %s, %s)", rows)
    (tmp_path / "cases.csv").write_text("id,ward,day,kind\n" + "".join(f"{','.join(row)}\n" for row in rows))
    monkeypatch.setenv("CASES_DB", postgres.address)
    common = {"subject": "thing", "link": Link("code", "ward"), "date": "day", "key": "id"}
    table = {"url": "${CASES_DB}", "table": "cases", "backend": "postgres"}
    stored = Records("cases", (), "", **common, **table)
    filed = Records("cases", (tmp_path / "cases.csv",), "cases.csv", **common)
    share = Measure("x_share", "cases", "percentage", where="kind = 'x'")
    measures = [Measure("some", "cases", "count"), share]
    one, other = (collect(made_project(tmp_path, [source], measures)) for source in (stored, filed))
    assert one.counted.frame.equals(other.counted.frame)
    assert one.ledger.equals(other.ledger)
    assert one.counted.frame["numerator"].sum() == other.counted.frame["numerator"].sum() > 0
