"""Counts moved to other areas keep their totals, and what is worked out from them is less sure."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonweal.model.area import Geography
from commonweal.model.lookup import MOVED, Lookup
from commonweal.model.observation import Observations
from commonweal.sources.link.transfer import fit_table, move, widen
from commonweal.sources.query import Unlinked

OLD, NEW = Geography("ward", "2014"), Geography("ward", "2022")
SHARES = pl.DataFrame(
    {"from": ["A", "A", "B", "B"], "to": ["X", "Y", "Y", "Z"], "share": [0.4, 0.6, 0.5, 0.5]}
)
LOOKUP = Lookup.of(OLD, NEW, SHARES)


def test_cells_keep_what_parts_them_and_whose_area_is_not_known() -> None:
    cells = pl.DataFrame(
        {"area": [0, 0, 1, -2, -4], "at": ["2016", "2017", "2016", "2016", None], "records": [5, 5, 3, 7, 1]}
    )
    moved = move(cells, ["records"], LOOKUP, ["X", "Y", "Z"])
    assert moved.rows() == [
        (-4, None, 1), (-2, "2016", 7),
        (0, "2016", 2), (0, "2017", 2), (1, "2016", 3 + 2), (1, "2017", 3), (2, "2016", 1),
    ]  # fmt: skip


def test_what_leaves_the_index_is_elsewhere() -> None:
    cells = pl.DataFrame({"area": [1], "records": [4]})
    assert move(cells, ["records"], LOOKUP, ["X", "Y"]).rows() == [(int(Unlinked.ELSEWHERE), 2), (1, 2)]


def test_sums_in_128_bits_stay_what_they_are() -> None:
    large = 10**30 + 1
    cells = pl.DataFrame({"area": [0], "t0": [large]}, schema={"area": pl.Int64, "t0": pl.Int128})
    moved = move(cells, ["t0"], LOOKUP, ["X", "Y"])
    assert moved.schema["t0"] == pl.Int128
    assert sum(moved["t0"].to_list()) == large


def test_nothing_to_move() -> None:
    assert move(pl.DataFrame(schema={"area": pl.Int64, "n": pl.Int64}), ["n"], LOOKUP, ["X"]).height == 0


@given(
    st.lists(st.integers(1, 50), min_size=2, max_size=6),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=6),
)
def test_a_part_is_nowhere_more_than_its_whole(weights: list[int], counts: list[tuple[int, int]]) -> None:
    total = sum(weights)
    targets = [f"T{i}" for i in range(len(weights))]
    rows = [
        (f"S{s}", to, w / total) for s in range(len(counts)) for to, w in zip(targets, weights, strict=True)
    ]
    shares = pl.DataFrame(rows, schema=["from", "to", "share"], orient="row")
    lookup = Lookup.of(OLD, NEW, shares)
    cells = pl.DataFrame(
        {"area": range(len(counts)), "part": [p for p, _ in counts], "whole": [p + r for p, r in counts]}
    )
    moved = move(cells, ["part", "whole"], lookup, targets, {"part": "whole"})
    assert (moved["part"] <= moved["whole"]).all()
    assert moved.select("part", "whole").sum().row(0) == cells.select("part", "whole").sum().row(0)


def figures(**changed: object) -> Observations:
    row: dict[str, object] = {
        "period": "2016", "area": "X", "indicator": "crime", "value": 40.0, "lower": 30.0, "upper": 52.0,
        "numerator": 100.0, "denominator": 2500.0, "kind": "rate", "per": 1000.0, "source": "crimes",
    }  # fmt: skip
    return Observations.of(pl.DataFrame([{**row, **changed}], strict=False))


def moved(error: float | None, fitted: str = "apportioned", source: str = "crimes") -> pl.DataFrame:
    row = ("crime", "2016", source, "X", fitted, "population", 0.5, error)
    return pl.DataFrame([row], schema=MOVED, orient="row")


def limits(table: pl.DataFrame) -> tuple[float, float, str]:
    lower, upper, status = table.select("lower", "upper", "status").row(0)
    return lower, upper, status


def test_apportioned_counts_are_less_sure_by_the_root_of_one_and_the_error() -> None:
    """A fifth and a hundredth of the people misplaced: half-widths 10 and 12 grow by sqrt(1.21) = 1.1."""
    assert limits(widen(figures().frame, moved(0.21))) == (
        pytest.approx(29.0), pytest.approx(53.2), "estimated",
    )  # fmt: skip


def test_a_best_fit_adds_its_share_in_quadrature() -> None:
    """A tenth misplaced of a value of 40 is 4: hypot(3, 4) = 5."""
    given = figures(lower=37.0, upper=43.0).frame
    assert limits(widen(given, moved(0.1, "best fit"))) == (35.0, 45.0, "estimated")
    base = widen(given, moved(0.1, "best fit", "population"))
    assert limits(base) == (35.0, 45.0, "estimated")


def test_a_percentage_may_be_off_by_all_who_are_others() -> None:
    given = figures(kind="percentage", value=20.0, lower=14.0, upper=26.0).frame
    assert limits(widen(given, moved(0.1, "best fit"))) == (
        pytest.approx(10.0),
        pytest.approx(30.0),
        "estimated",
    )


def test_limits_stay_possible() -> None:
    given = figures(kind="percentage", value=96.0, lower=1.0, upper=99.0).frame
    assert limits(widen(given, moved(0.5, "best fit"))) == (0.0, 100.0, "estimated")


def test_an_error_that_is_not_known_is_said_and_widens_nothing() -> None:
    assert limits(widen(figures().frame, moved(None, "best fit"))) == (30.0, 52.0, "estimated")


@pytest.mark.parametrize(
    ("given", "table"),
    [
        (figures(), moved(0.0)),
        (figures(period="2017"), moved(0.3)),
        (figures(status="suppressed"), moved(0.3)),
    ],
    ids=["exact", "another period", "hidden"],
)
def test_what_was_not_moved_and_what_is_hidden_stay(given: Observations, table: pl.DataFrame) -> None:
    assert widen(given.frame, table).equals(given.frame)


def test_apportioned_denominators_make_an_estimate_and_widen_nothing() -> None:
    assert limits(widen(figures().frame, moved(0.3, source="population"))) == (30.0, 52.0, "estimated")


def test_the_published_table_has_a_row_a_source_and_area() -> None:
    twice = pl.concat([moved(0.3), moved(0.3).with_columns(pl.lit("2017").alias("period"))])
    assert fit_table(twice).rows() == [("crimes", "X", "apportioned", "population", 0.5, 0.3)]
