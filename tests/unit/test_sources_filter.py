"""The filter language: what it reads, what it refuses, and that nothing gets past its tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from commonweal.errors import CommonwealError
from commonweal.sources.backends import duckdb, reference, sql
from commonweal.sources.filter import (
    EVERY,
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Empty,
    Like,
    Not,
    OneOf,
    both,
    columns_of,
    parse_filter,
)
from commonweal.sources.query import ByCode, Cells, File, Query, Tally


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", EVERY),
        ("category != 'x'", Compare("category", "!=", "x")),
        ('category <> "x"', Compare("category", "!=", "x")),
        ("grade == 1", Compare("grade", "=", 1.0)),
        ("5 < grade", Compare("grade", ">", 5.0)),
        ("grade >= -1.5", Compare("grade", ">=", -1.5)),
        ("`Ward name` = 'A'", Compare("Ward name", "=", "A")),
        ("a = 'it''s'", Compare("a", "=", "it's")),
        ("a in (1, 'x')", OneOf("a", (1.0, "x"))),
        ("a not in (1)", Not(OneOf("a", (1.0,)))),
        ("a between 1 and 2", AllOf((Compare("a", ">=", 1.0), Compare("a", "<=", 2.0)))),
        ("a is null", Empty("a")),
        ("a is not null", Not(Empty("a"))),
        ("a like 'x%'", Like("a", "x%")),
        ("a not like 'x%'", Not(Like("a", "x%"))),
        ("(a = 1 or b = 2)", AnyOf((Compare("a", "=", 1.0), Compare("b", "=", 2.0)))),
        ("not a = 1", Not(Compare("a", "=", 1.0))),
        ("a = 'x' -- the rest is a remark", Compare("a", "=", "x")),
        ("key = 'x' and date > '2016'", AllOf((Compare("key", "=", "x"), Compare("date", ">", "2016")))),
    ],
)
def test_a_filter_is_read_into_a_tree(text: str, tree: Condition) -> None:
    assert parse_filter(text) == tree


@pytest.mark.parametrize("text", ["a =", "a", "not a", "'x'", "a = 1 or", "a = 'x", "= 1", "and", "(a = 1"])
def test_a_broken_filter_is_a_fault(text: str) -> None:
    with pytest.raises(CommonwealError) as caught:
        parse_filter(text)
    assert [fault.code for fault in caught.value.faults] == ["FILTER-SYNTAX"]
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("lower(a) = 'x'", "the function lower"),
        ("read_csv('/etc/passwd') = 'x'", "the function read_csv"),
        ("cast(a as int) = 1", "the function cast"),
        ("a = (select 1)", "a subquery"),
        ("a in (select b from c)", "a subquery"),
        ("exists(select 1)", "a subquery"),
        ("select 1", "a subquery"),
        ("a = 'x'; drop table b", "more than one statement"),
        ("a = b", "comparing two columns"),
        ("a = null", "is null"),
        ("1 = 1", "a comparison without a column"),
        ("a = 1e400", "a number out of range"),
        ("a + 1 = 2", "add"),
        ("t.a = 1", "column with table"),
        ("a like 1", "like with a number"),
        ("a is true", "boolean"),
        ("a = ?", "placeholder"),
        ("a ilike 'x'", "ilike"),
    ],
)
def test_what_is_not_a_comparison_is_refused_by_name(text: str, named: str) -> None:
    with pytest.raises(CommonwealError) as caught:
        parse_filter(text)
    (fault,) = caught.value.faults
    assert fault.code == "FILTER-NOT-ALLOWED"
    assert named in fault.what


def test_the_columns_of_a_filter_are_known() -> None:
    tree = parse_filter("a = 1 and (b in (2) or not c is null) and d like 'x' and a > 3")
    assert columns_of(tree) == {"a", "b", "c", "d"}


def test_two_filters_hold_at_once() -> None:
    one, other = Empty("a"), Empty("b")
    assert both(EVERY, EVERY) == EVERY
    assert both(one, EVERY) == one
    assert both(one, other) == AllOf((one, other))


def test_text_and_names_can_not_break_out_of_the_engine_s_language() -> None:
    assert sql.Dialect().condition(Compare('a" or 1=1 --', "=", "'; drop table x; --")) == (
        "(\"a\"\" or 1=1 --\" = '''; drop table x; --')"
    )


def test_hostile_texts_names_and_codes_are_only_text(tmp_path: Path) -> None:
    """Column names, codes, file names and values that would be commands are read as what they are."""
    hostile = "'); copy (select 1) to 'x.csv'; --"
    column = 'wa"rd'
    path = tmp_path / "a'b).csv"
    path.write_text(f'"wa""rd",kind\n"{hostile}","{hostile}"\nE1,b\n')
    tree = Compare("kind", "=", hostile)
    file = File(path, "csv", (column, "kind"))
    query = Query((file,), ByCode(column, (hostile, "E1")), (Cells((Tally(where=tree),)),))
    found = duckdb.total(query, scratch=tmp_path / "scratch")
    assert found.cells.equals(reference.total(query, scratch=tmp_path).cells)
    assert found.cells.rows() == [(0, None, 1, 1), (1, None, 1, 0)]
    assert not list(Path.cwd().glob("x.csv"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a'b).csv", "scratch"]
