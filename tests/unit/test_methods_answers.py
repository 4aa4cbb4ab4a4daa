"""Weights that people give: points, comparisons, intervals, and who took no part."""

from __future__ import annotations

import numpy as np
import pytest

from commonweal.methods.answers import judged, priorities, shared_out
from commonweal.methods.weigh import budget, pairwise

X, FRESH, POINT, GIVEN = np.full((3, 1, 4), 50.0), np.ones((1, 4), dtype=bool), np.ones((1, 3)), np.ones(3)


def consistent(*own: float) -> np.ndarray:
    own_weights = np.array(own)
    return own_weights[:, None] / own_weights[None, :]


def test_everybody_counts_alike_however_many_points_they_give() -> None:
    found = shared_out(np.array([[1.0, 1.0, 0.0], [500.0, 0.0, 500.0], [0.0, 0.0, 0.0]]))
    assert found.weight.tolist() == [0.5, 0.25, 0.25]
    assert (found.asked, found.absent, found.used) == (3, 1, 2)


def test_intervals_hold_the_weight_and_do_not_hang_on_the_order_of_people() -> None:
    points = np.random.default_rng(5).integers(0, 100, (40, 3)).astype(float)
    found, again = shared_out(points), shared_out(points[::-1])
    assert (found.low < found.weight).all()
    assert (found.weight < found.high).all()
    np.testing.assert_array_equal(found.low, again.low)
    np.testing.assert_array_equal(found.high, again.high)


def test_one_person_leaves_no_interval_to_speak_of() -> None:
    found = shared_out(np.array([[1.0, 3.0]]))
    assert found.low.tolist() == found.high.tolist() == [0.25, 0.75]


def test_priorities_are_joined_by_the_geometric_mean() -> None:
    found = judged(np.stack([consistent(8, 1, 1), consistent(1, 8, 1)]))
    expected = np.array([8**0.5, 8**0.5, 1])
    np.testing.assert_allclose(found.weight, expected / expected.sum(), rtol=1e-12)


def test_a_pair_left_out_is_filled_in_from_the_others() -> None:
    whole = consistent(6, 3, 1)
    part = whole.copy()
    part[0, 2] = part[2, 0] = np.nan
    np.testing.assert_allclose(priorities(part)[0], priorities(whole)[0], rtol=1e-12)
    assert priorities(part)[1] == pytest.approx(0, abs=1e-12)


def test_who_compares_too_little_took_no_part() -> None:
    little = np.full((3, 3), np.nan)
    np.fill_diagonal(little, 1)
    little[0, 1], little[1, 0] = 3, 1 / 3  # the third part hangs on nothing
    found = judged(np.stack([consistent(2, 1, 1), little]))
    assert found.says == "answers of 1 of the 2 asked, 1 took no part or compared too little"


def test_contradictions_are_counted_and_left_out() -> None:
    circle = np.array([[1, 9, 1 / 9], [1 / 9, 1, 9], [9, 1 / 9, 1]])  # a beats b beats c beats a
    found = judged(np.stack([consistent(2, 1, 1), circle]))
    assert found.consistency[1] > 1
    assert found.weight.tolist() == pytest.approx([0.5, 0.25, 0.25])
    assert "1 left out, consistency ratio above 0.10" in found.says


def test_two_parts_can_not_contradict() -> None:
    assert priorities(consistent(9, 1))[1] == 0


def test_weights_say_who_stands_behind_them() -> None:
    found = budget(X, FRESH, POINT, GIVEN, np.array([[2.0, 1, 1]] * 3), path="points.csv")
    assert found.weight.tolist() == [[0.5, 0.25, 0.25]]
    assert found.reason == "answers of 3 of the 3 asked (points.csv)"


def test_without_a_usable_answer_weights_are_equal() -> None:
    nobody = budget(X, FRESH, POINT, GIVEN, np.full((2, 3), np.nan), path="p.csv")
    assert nobody.reason.startswith(
        "equal weights: no answer can be used; answers of 0 of the 2 asked, 2 took"
    )
    unasked = pairwise(X, FRESH, POINT, GIVEN, None, path="p.csv")
    assert unasked.reason == "equal weights: nobody was asked (p.csv)"
    assert unasked.weight.tolist() == [[1 / 3] * 3]
