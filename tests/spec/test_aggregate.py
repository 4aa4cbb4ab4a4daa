"""Means, missing children, floors, ranks and statuses on tables small enough to check by hand."""

from __future__ import annotations

import pytest
from drawn import column, scored, tree

PAIR = tree("index\n  + x\n  + y")
TRIPLE = tree("index\n  + x\n  + y\n  + z")
NONE = {"normalise": "none"}


@pytest.mark.parametrize(
    ("mean", "expected"),
    [
        ("arithmetic", 5),
        ("geometric", 4),
        ("harmonic", 3.2),
        ({"method": "power", "p": 0.5}, 4.5),  # (sqrt 2 + sqrt 8)^2 / 4 = 18 / 4
        ({"method": "power", "p": 2}, 34**0.5),
    ],
)
def test_means(mean: object, expected: float) -> None:
    scoring = scored(PAIR, "area | x | y\na | 2 | 8", {**NONE, "aggregate": mean})
    assert column(scoring, "index") == [pytest.approx(expected)]


def test_given_weights_are_shares() -> None:
    weighted = tree("index\n  + x\n  + y", x={"weight": 3}, y={"weight": 1})
    scoring = scored(weighted, "area | x | y\na | 10 | 2", {**NONE, "weigh": "given"})
    assert column(scoring, "index") == [8]


def test_weights_rescale_over_what_is_there() -> None:
    weighted = tree("index\n  + x\n  + y\n  + z", x={"weight": 2}, y={"weight": 1}, z={"weight": 7})
    scoring = scored(weighted, "area | x | y | z\na | 10 | 4 | .\nb | 1 | 1 | 1", {**NONE, "weigh": "given"})
    assert column(scoring, "index")[0] == 8


def test_a_missing_child_of_a_geometric_mean_is_left_out_not_taken_as_one() -> None:
    scoring = scored(
        TRIPLE, "area | x | y | z\na | 4 | 9 | .\nb | 1 | 1 | 1", {**NONE, "aggregate": "geometric"}
    )
    assert column(scoring, "index")[0] == 6


def test_a_parent_of_three_indicators_needs_two_and_of_two_needs_one() -> None:
    text = "area | x | y | z\na | 1 | 2 | .\nb | 1 | . | .\nc | 3 | 3 | 3"
    assert column(scored(TRIPLE, text, NONE), "index") == [1.5, None, 3]
    assert column(scored(PAIR, "area | x | y\na | 1 | .\nb | . | 2", NONE), "index") == [1, 2]


def test_a_parent_of_parents_needs_all() -> None:
    deep = tree("index\n  one\n    + x\n  two\n    + y")
    text = "area | x | y\na | 1 | .\nb | 1 | 3"
    assert column(scored(deep, text, NONE), "index") == [None, 2]
    assert column(scored(deep, text, {**NONE, "available": {"index": 0}}), "index") == [1, 2]


@pytest.mark.parametrize(("share", "expected"), [(0, 1), (1 / 3, 1), (0.34, None), (1, None), ("n-1", None)])
def test_available_is_missed_only_strictly_below(share: object, expected: float | None) -> None:
    text = "area | x | y | z\na | 1 | . | .\nb | 1 | 1 | 1"
    assert column(scored(TRIPLE, text, {**NONE, "available": share}), "index")[0] == expected


def test_the_floor_lifts_children_of_a_geometric_mean_and_counts_them() -> None:
    text = "area | x | y\na | 0 | 9\nb | 4 | 9"
    scoring = scored(PAIR, text, {**NONE, "aggregate": "geometric", "floor": 1})
    assert column(scoring, "index") == [3, 6]
    assert column(scoring, "x") == [0, 4]
    assert scoring.floored.rows() == [("2020", "a", "x", 0.0)]


def test_the_floor_leaves_an_arithmetic_mean_alone() -> None:
    scoring = scored(PAIR, "area | x | y\na | 0 | 9\nb | 4 | 9", {**NONE, "floor": 1})
    assert column(scoring, "index") == [4.5, 6.5]
    assert scoring.floored.is_empty()


def test_a_child_of_weight_zero_counts_as_there_but_does_not_pull() -> None:
    light = tree("index\n  + x\n  + y", y={"weight": 0})
    recipe = {**NONE, "weigh": "given", "aggregate": "geometric"}
    assert column(scored(light, "area | x | y\na | 4 | 0\nb | 5 | 1", recipe), "index") == [4, 5]


def test_only_a_child_of_weight_zero_is_no_score() -> None:
    light = tree("index\n  + x\n  + y", y={"weight": 0})
    text = "area | x | y\na | . | 3\nb | 5 | 1"
    assert column(scored(light, text, {**NONE, "weigh": "given"}), "index") == [None, 5]


def test_ranks_share_the_best_place_and_skip_the_next() -> None:
    scoring = scored(tree("index\n  + x"), "area | x\na | 7\nb | 9\nc | 7\nd | 1\ne | .", NONE)
    assert scoring.ranks[0, :, 0].tolist() == [2, 1, 2, 4, 0]
    assert scoring.of[0].tolist() == [4, 4]


def test_the_last_bit_of_a_sum_does_not_split_a_tie() -> None:
    # 0.1 + 0.2 is not 0.3 in floating point, and means of three thirds are not either.
    scoring = scored(
        TRIPLE, "area | x | y | z\na | 0.1 | 0.2 | 0.3\nb | 0.2 | 0.2 | 0.2\nc | 0.3 | 0.1 | 0.2", NONE
    )
    assert scoring.ranks[0, :, 0].tolist() == [1, 1, 1]


def test_a_parent_takes_the_most_made_up_status_of_its_children() -> None:
    text = "area | x | y\na | 3 | ~10\nb | 3 | 4*\nc | 3 | .\nd | . | ."
    scoring = scored(PAIR, text, NONE)
    assert scoring.frame.filter(node="index")["status"].to_list() == [
        "rounded",
        "estimated",
        "observed",
        "missing",
    ]


def test_effective_weights_are_products_up_to_the_index() -> None:
    deep = tree("index\n  one\n    + x\n    + y\n  two\n    + z", one={"weight": 3}, x={"weight": 1})
    scoring = scored(deep, "area | x | y | z\na | 1 | 2 | 3", {**NONE, "weigh": "given"})
    weights = {
        row["node"]: (row["weight"], row["effective_weight"]) for row in scoring.weights.iter_rows(named=True)
    }
    assert weights == {
        "index": (1, 1),
        "one": (0.75, 0.75),
        "x": (0.5, 0.375),
        "y": (0.5, 0.375),
        "two": (0.25, 0.25),
        "z": (1, 0.25),
    }
