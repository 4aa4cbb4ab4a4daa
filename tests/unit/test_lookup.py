"""Lookups between areas: what they hold, how they follow one another, how sure they make what is moved."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonweal.errors import CommonwealError
from commonweal.model.area import Area, Areas, Geography
from commonweal.model.codes import advice, entity
from commonweal.model.dealing import dealt
from commonweal.model.lookup import MOVED, Lookup, composed, way

OLD, NEW, LATER = Geography("ward", "2014"), Geography("ward", "2022"), Geography("ward", "2026")


def lookup(
    *rows: tuple[str, str, float], source: Geography = OLD, target: Geography = NEW, size: float | None = None
) -> Lookup:
    frame = pl.DataFrame(rows, schema=["from", "to", "share"], orient="row")
    if size is not None:
        frame = frame.with_columns(pl.lit(size).alias("size"))
    return Lookup.of(source, target, frame)


def codes_of(*rows: tuple[str, str, float]) -> set[str]:
    with pytest.raises(CommonwealError) as caught:
        lookup(*rows)
    return {f"{fault.code} {fault.what}" for fault in caught.value.faults}


def test_shares_that_do_not_add_up_are_told_of_each_area() -> None:
    assert codes_of(("A", "X", 0.5), ("B", "X", 0.7), ("B", "Y", 0.4), ("C", "X", 1.0)) == {
        "LOOKUP-SHARES the shares of area 'A' add up to 0.5",
        "LOOKUP-SHARES the shares of area 'B' add up to 1.1",
    }
    assert codes_of(("A", "X", 1.5), ("A", "Y", -0.5)) == {"LOOKUP-SHARES the shares of area 'A' add up to 1"}
    assert codes_of(("A", "X", 0.5), ("A", "X", 0.5)) == {"LOOKUP-SHARES the shares of area 'A' add up to 1"}


def test_a_best_fit_leads_to_one_area() -> None:
    shares = pl.DataFrame({"from": ["A", "A"], "to": ["X", "Y"], "share": [0.5, 0.5]})
    with pytest.raises(CommonwealError) as caught:
        Lookup.of(OLD, NEW, shares, fit="best fit")
    assert [fault.code for fault in caught.value.faults] == ["LOOKUP-TARGETS"]


def test_places_are_known_where_nothing_is_split() -> None:
    assert lookup(("A", "X", 1.0), ("B", "X", 1.0)).places == {"A": "X", "B": "X"}
    assert lookup(("A", "X", 0.5), ("A", "Y", 0.5)).places is None


def test_the_shortest_way_is_taken_and_the_first_written_of_equals() -> None:
    direct, step, end = lookup(("A", "X", 1.0)), lookup(("A", "X", 1.0), target=LATER), None
    end = lookup(("X", "Z", 1.0), source=LATER, target=NEW)
    assert way([step, end, direct], OLD, NEW) == (direct,)
    assert way([step, end], OLD, NEW) == (step, end)
    again = lookup(("A", "Y", 1.0))
    assert way([again, direct], OLD, NEW) == (again,)
    assert way([direct], NEW, OLD) is None
    assert way([direct], NEW, NEW) == ()
    round_about = lookup(("X", "A", 1.0), source=NEW, target=OLD)
    assert way([direct, round_about], OLD, LATER) is None


def test_a_vintage_that_is_not_stated_fits_any() -> None:
    assert way([], Geography("Ward"), NEW) == ()
    assert way([], Geography("lsoa"), NEW) is None


def test_two_lookups_as_one() -> None:
    """A: half to M, half to N; M: all to X; N: a quarter to X, the rest to Y. So 5/8 of A is in X."""
    first = lookup(("A", "M", 0.5), ("A", "N", 0.5), target=LATER, size=80.0)
    second = lookup(("M", "X", 1.0), ("N", "X", 0.25), ("N", "Y", 0.75), source=LATER)
    both = composed([first, second])
    assert both.shares.rows() == [("A", "X", 0.625, 0.625, 80.0), ("A", "Y", 0.375, 0.375, 80.0)]
    assert (both.source, both.target) == (OLD, NEW)


def test_what_leads_on_to_nothing_is_of_no_area() -> None:
    first = lookup(("A", "M", 0.5), ("A", "N", 0.5), target=LATER)
    second = lookup(("M", "X", 1.0), source=LATER)
    assert composed([first, second]).shares.select("to", "share").rows() == [("", 0.5), ("X", 0.5)]


def test_the_error_of_a_best_fit_counts_who_is_left_out_and_who_is_brought_in() -> None:
    """A (100 people) lies 80 in X, 20 in Y, and goes to X. B (50) lies in Y. So Y has 70 people of its own.

    X has 80 people and is given 100: 20 too many, error 20 / 80. Y lacks 20 of its 70.
    """
    shares = pl.DataFrame(
        {
            "from": ["A", "A", "B"], "to": ["X", "Y", "Y"], "share": [1.0, 0.0, 1.0],
            "part": [0.8, 0.2, 1.0], "size": [100.0, 100.0, 50.0],
        }
    )  # fmt: skip
    best = Lookup.of(OLD, NEW, shares, "people", "best fit")
    assert best.fits(["X", "Y", "Z"]).rows() == [
        ("X", 0, 0.25),
        ("Y", 0, 0.286),
        ("Z", None, None),
    ]
    assert best.places == {"A": "X", "B": "Y"}


def test_without_weights_nothing_is_known_of_the_error() -> None:
    shares = pl.DataFrame({"from": ["A", "B"], "to": ["X", "X"], "share": [1.0, 1.0]})
    assert Lookup.of(OLD, NEW, shares, fit="best fit").fits(["X"]).rows() == [("X", None, None)]


def test_each_figure_has_its_rows() -> None:
    figures = pl.DataFrame({"indicator": ["crime"], "period": ["2016"], "source": ["crimes"]})
    table = lookup(("A", "X", 1.0), size=10.0).moved(figures, ["X"])
    assert dict(table.schema) == MOVED
    assert table.rows() == [("crime", "2016", "crimes", "X", "apportioned", "", 0.0, 0.0)]


def test_ties_go_to_the_first_code_and_areas_unknown_are_left_out() -> None:
    thirds = lookup(("A", "X", 1 / 3), ("A", "Y", 1 / 3), ("A", "Z", 1 / 3))
    frame = pl.DataFrame({"area": ["A", "B"], "n": [4, 9]})
    assert dealt(frame, ["n"], thirds).select("to", "n").rows() == [("X", 2), ("Y", 1), ("Z", 1)]


@given(
    st.lists(st.integers(1, 1000), min_size=1, max_size=8),
    st.lists(st.integers(-(10**6), 10**12), min_size=1, max_size=5),
)
def test_whole_numbers_stay_whole_and_add_up(weights: list[int], numbers: list[int]) -> None:
    total = sum(weights)
    parts = [("A", f"T{i}", w / total) for i, w in enumerate(weights)]
    frame = pl.DataFrame({"area": ["A"] * len(numbers), "cell": range(len(numbers)), "n": numbers})
    out = dealt(frame, ["n"], lookup(*parts))
    assert out["n"].dtype == pl.Int64
    assert out.group_by("cell").agg(pl.col("n").sum()).sort("cell")["n"].to_list() == numbers
    given = dict(enumerate(numbers))
    for cell, share, n in out.select("cell", "share", "n").iter_rows():
        assert abs(n - share * given[cell]) < 1 + 1e-3


def test_codes_tell_what_they_are_of() -> None:
    codes = ("E05000026", "E01000006", "E09000002", "W05000001", "E0500002", "12")
    assert [entity(code) for code in codes] == ["ward", "lsoa", "district", "ward", "", ""]
    wards = Areas("ward", "2022", (Area("E05014053", "Abbey"), Area("E05014054", "Alibon")))
    assert "another vintage than 2022" in advice(["E05000026", "E05000027", "x"], wards)
    assert advice(["x", "y"], wards) == ""
    assert advice([], wards) == ""
    assert advice([" Abbey ", "alibon"], wards) == "They are names of areas: write the codes."


def test_a_figure_in_many_cells_reaches_every_area_by_its_share() -> None:
    """A thousand people of a thousand ages, six in ten in X: so X gets about 600 of them."""
    frame = pl.DataFrame({"area": ["A"] * 1000, "age": range(1000), "n": [1] * 1000})
    out = dealt(frame, ["n"], lookup(("A", "X", 0.6), ("A", "Y", 0.4)), ["age"])
    running = out.filter(to="X").sort("age")["n"].cum_sum().to_numpy()
    assert abs(running - 0.6 * np.arange(1, 1001)).max() < 1
    by_cell = out.group_by("age").agg(pl.col("n").sum())
    assert by_cell["n"].to_list() == [1] * 1000


def test_figures_by_themselves_owe_one_another_nothing() -> None:
    frame = pl.DataFrame({"area": ["A", "A"], "period": ["2016", "2017"], "n": [1, 1]})
    halves = lookup(("A", "X", 0.5), ("A", "Y", 0.5))
    assert dealt(frame, ["n"], halves).filter(pl.col("n") > 0)["to"].to_list() == ["X", "X"]
    assert dealt(frame, ["n"], halves, ["period"]).filter(pl.col("n") > 0)["to"].to_list() == ["X", "Y"]


def test_a_small_error_is_never_none() -> None:
    """Of A's 10,000 people one lives in X."""
    parts = lookup(("A", "X", 1e-4), ("A", "Y", 1 - 1e-4), ("B", "X", 1.0), size=10_000.0)
    assert parts.fits(["X", "Y"]).rows() == [("X", 0.001, 0.001), ("Y", 1.0, 0.001)]
