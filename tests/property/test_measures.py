"""What holds of measures whatever the records: order, splitting, units, and how kinds are tied together."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_project import made_project

from commonweal.model.source import Link, Measure, Records
from commonweal.sources import collect
from commonweal.sources.backends import reference

Row = tuple[str, int, int, int, int]
#: ward, month of 2018, who, cost in pence, hours
ROWS = st.lists(
    st.tuples(
        st.sampled_from("AB"), st.integers(1, 12), st.integers(1, 6), st.integers(0, 5000), st.integers(1, 4)
    ),
    min_size=1,
    max_size=40,
)
MEASURES = (
    Measure("n", "r", "count"),
    Measure("people", "r", "distinct", value="who"),
    Measure("mean", "r", "mean", value="cost"),
    Measure("sum", "r", "sum", value="cost"),
    Measure("median", "r", "median", value="cost"),
    Measure("hourly", "r", "ratio", value="cost", over="hours"),
)


def figures(*files: list[Row], times: int = 1, periods: tuple[str, ...] = ("2018",)) -> pl.DataFrame:
    """The observations of all kinds, of records in several files."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for i, rows in enumerate(files):
            lines = [f"{w},2018-{m:02},p{p},{times * c / 100:.2f},{h}" for w, m, p, c, h in rows]
            paths.append(Path(folder, f"{i}.csv"))
            paths[-1].write_text("\n".join(["ward,month,who,cost,hours", *lines]) + "\n", encoding="utf-8")
        source = Records(
            "r", tuple(paths), "r", "thing", Link("code", "ward"), date="month", covers=("2018",)
        )
        project = made_project(Path(folder), [source], MEASURES, periods=periods)
        return collect(project, backend=reference.total).counted.frame


def one(frame: pl.DataFrame, indicator: str, column: str = "value") -> list[float | None]:
    return frame.filter(indicator=indicator).sort("period", "area")[column].to_list()


@settings(max_examples=12)
@given(ROWS, st.randoms(use_true_random=False))
def test_order_and_splitting_into_files_change_nothing(rows: list[Row], chance: object) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)
    half = len(rows) // 2
    assert figures(rows).equals(figures(shuffled[:half], shuffled[half:]))


@settings(max_examples=12)
@given(ROWS)
def test_kinds_are_tied_together(rows: list[Row]) -> None:
    frame = figures(rows)
    for i, ward in enumerate("AB"):
        costs = [c / 100 for w, _, _, c, _ in rows if w == ward]
        n, people, total, mean, median = (
            one(frame, name)[i] for name in ("n", "people", "sum", "mean", "median")
        )
        assert n == len(costs)
        assert people == len({p for w, _, p, _, _ in rows if w == ward})
        assert total == pytest.approx(sum(costs))
        if costs:
            assert mean == pytest.approx(sum(costs) / len(costs))
            assert median is not None
            assert min(costs) <= median <= max(costs)
            hours = sum(h for w, _, _, _, h in rows if w == ward)
            assert one(frame, "hourly")[i] == pytest.approx(sum(costs) / hours)
        else:
            assert [mean, median] == [None, None]


@settings(max_examples=8)
@given(ROWS)
def test_twice_the_money_is_twice_every_figure_of_it(rows: list[Row]) -> None:
    once, twice = figures(rows), figures(rows, times=2)
    for indicator in ("mean", "sum", "median", "hourly"):
        for column in ("value", "lower", "upper"):
            for single, double in zip(
                one(once, indicator, column), one(twice, indicator, column), strict=True
            ):
                assert double == (None if single is None else pytest.approx(2 * single))
    assert one(once, "n", "upper") == one(twice, "n", "upper")


@settings(max_examples=8)
@given(ROWS)
def test_quarters_add_up_to_the_year_for_records_but_not_for_people(rows: list[Row]) -> None:
    year = figures(rows)
    quarters = figures(rows, periods=("2018-Q1", "2018-Q2", "2018-Q3", "2018-Q4"))
    for indicator in ("n", "sum"):
        parts = quarters.filter(indicator=indicator).group_by("area").agg(pl.col("value").sum()).sort("area")
        assert parts["value"].to_list() == pytest.approx(one(year, indicator))
    people = quarters.filter(indicator="people").group_by("area").agg(pl.col("value").sum()).sort("area")
    assert all(a >= b for a, b in zip(people["value"], one(year, "people"), strict=True))
