"""Parents that no power mean forms: by hand, with gaps, and what stays of explanations."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from drawn import column, scored, tree

import commonweal
from commonweal.engine import score_profile
from commonweal.errors import CommonwealError
from commonweal.insight import explain
from commonweal.insight.benchmarks import benchmarks
from commonweal.insight.unevenness import unevenness
from commonweal.methods.aggregate import METHODS
from commonweal.model.edition import BENCHMARKS, Edition
from commonweal.publish.site import write_site

THREE = tree("index\n  + x\n  + y\n  + z")
ROWS = """
    area | x  | y  | z
    a    | 10 | 20 | 90
    b    | 60 | 60 | 60
    c    | 30 | 50 | 10
"""
WAYS = ["median", {"method": "owa", "weights": [1, 2, 3]}, "mazziotta-pareto", "copeland", "benefit-of-doubt"]


def index(way: object, rows: str = ROWS) -> list[float | None]:
    return column(scored(THREE, rows, {"normalise": "none", "aggregate": way}), "index", digits=6)


def test_each_by_hand() -> None:
    assert index("median") == [20, 60, 30]
    # the best child has weight 1/6, the worst 1/2: a has 90/6 + 20/3 + 10/2
    assert index({"method": "owa", "weights": [1, 2, 3]}) == pytest.approx([80 / 3, 60, 70 / 3])
    # a: mean 40, S^2 = (900 + 400 + 2500) / 3
    assert index("mazziotta-pareto") == pytest.approx([40 - 3800 / 3 / 40, 60, 30 - 800 / 3 / 30])
    # b outranks a on x and y, and c on all; c outranks a on x and y
    assert index("copeland") == [-2, 2, 0]
    # c is below b in all: all weight on y gives 50 / 60
    assert index("benefit-of-doubt") == pytest.approx([100, 100, 250 / 3])
    assert index("none") == [None, None, None]


def test_gaps_are_passed_over() -> None:
    rows = ROWS.replace("| 90", "| . ")
    assert index("median", rows) == [15, 60, 30]
    assert index({"method": "owa", "weights": [1, 1, 1]}, rows) == [15, 60, 30]
    assert index("copeland", rows) == [-2, 2, 0]
    assert index("mazziotta-pareto", rows)[0] == pytest.approx(15 - 25 / 15)


def test_an_area_without_the_parent_is_no_rival() -> None:
    """d has one part of three, too few for a score: it outranks nobody, nobody outranks it, it is no bar."""
    rows = ROWS + "    d    | 80 | .  | .\n"
    assert index("copeland", rows) == [-2, 2, 0, None]
    assert index("benefit-of-doubt", rows) == pytest.approx([100, 100, 250 / 3, None])


def test_an_exact_tie_outranks_nobody() -> None:
    rows = """
    area | x   | y   | z
    a    | 0.3 | 1   | 2
    b    | 0.30000000000000004 | 2 | 1
    """
    assert index("copeland", rows) == [0, 0]


@pytest.mark.parametrize("way", ["mazziotta-pareto", "benefit-of-doubt"])
def test_scores_below_0_are_refused_with_what_to_do(way: str) -> None:
    with pytest.raises(CommonwealError, match=r"SCORE-ZERO 'x' scores -1.*without negative scores"):
        index(way, ROWS.replace("| 10 | 20", "| -1 | 20"))


def test_negative_weights_are_refused() -> None:
    with pytest.raises(CommonwealError, match="RECIPE-PARAMETER"):
        index({"method": "owa", "weights": [2, -1]})
    with pytest.raises(CommonwealError, match="RECIPE-PARAMETER"):
        index({"method": "owa", "weights": [0, 0]})


@pytest.mark.parametrize("way", WAYS)
def test_what_no_power_mean_forms_is_not_taken_apart(way: object) -> None:
    edition = tower({"aggregate": {"component": way}})
    gap = explain.gap(edition, "a", "b")
    assert gap.leaves["points"].sum() == pytest.approx(gap.total)
    assert gap.inexact == ("one", "two")
    parts = gap.frame.filter(kind=explain.PART)
    assert parts["node"].to_list() == ["x", "y", "z", "u", "v"]
    assert parts["points"].null_count() == 5
    whole = explain.score(edition, "a")
    assert whole.leaves["points"].sum() == pytest.approx(whole.score)
    for lines in (explain.lines(gap, edition), explain.lines(whole, edition)):
        assert sum("no exact split exists" in line for line in lines) == 2
    assert unevenness(edition.scoring).is_empty()  # a cost below a median is not known


def test_above_a_power_mean_the_whole_index_is_inexact() -> None:
    edition = tower({"aggregate": {"index": "median", "component": "geometric"}, "floor": 1})
    gap = explain.gap(edition, "a", "all")
    assert gap.leaves.rows(named=True)[0]["node"] == "index"
    assert gap.leaves.height == 1
    assert set(unevenness(edition.scoring)["node"]) == {"one", "two"}


@pytest.mark.parametrize("way", [*METHODS])
def test_pages_and_benchmarks_stand_whatever_forms_an_index(way: str, tmp_path: Path) -> None:
    method: object = {"owa": {"method": way, "weights": [1, 1]}, "power": {"method": way, "p": -2}}.get(
        way, way
    )
    edition = tower({"aggregate": {"component": "arithmetic", "index": method}, "floor": 1})
    given = pl.DataFrame(
        {"name": ["All"] * 2, "period": ["2020"] * 2, "indicator": ["x", "u"], "value": [30.0, 3.0]}
    )
    compared = benchmarks(edition.scoring, edition.areas, edition.observations, "", given)
    assert compared.columns == list(BENCHMARKS)
    write_site(edition, tmp_path)
    assert "nan" not in (tmp_path / "index.html").read_text().split()


def test_a_benchmark_has_no_place_among_areas() -> None:
    edition = tower({"aggregate": {"index": "copeland"}})
    values = np.array([[30.0, 30, 30, 3, 3]])
    found = score_profile(edition.scoring, values)[0]
    assert np.isnan(found[0])
    assert np.isfinite(found[1:]).all()


def tower(recipe: dict[str, object]) -> Edition:
    """Two components of three and two indicators, over three areas."""
    values = pl.DataFrame(
        {"area": ["a", "b", "c"], "x": [10.0, 60, 30], "y": [20.0, 60, 50], "z": [90.0, 60, 10],
         "u": [1.0, 2, 4], "v": [5.0, 4, 1]}
    )  # fmt: skip
    leaves = ["x", "y", "z", "u", "v"]
    nodes = pl.DataFrame(
        {
            "id": ["index", "one", "two", *leaves],
            "name": ["Index", "One", "Two", *(leaf.upper() for leaf in leaves)],
            "parent": ["", "index", "index", "one", "one", "one", "two", "two"],
            "level": ["index", "component", "component", *["indicator"] * 5],
            "direction": [None, None, None, 1, 1, 1, 1, 1],
        }
    )
    return commonweal.score(values, nodes, {"normalise": "minmax", **recipe})
