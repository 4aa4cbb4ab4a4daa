"""Means at their edges."""

from __future__ import annotations

import numpy as np
import pytest

from commonweal.methods.aggregate import arithmetic, geometric, harmonic, power
from commonweal.methods.rank import rank

ONE = np.ones(2)


@pytest.mark.parametrize("p", [0.0, -1.0, -2.5])
def test_a_zero_with_a_weight_makes_the_mean_zero(p: float) -> None:
    assert power(np.array([0.0, 9.0]), ONE, p=p) == 0


def test_a_zero_without_a_weight_does_not() -> None:
    assert geometric(np.array([0.0, 9.0]), np.array([0.0, 1.0])) == pytest.approx(9)


def test_a_weight_that_is_zero_in_one_period_only() -> None:
    x = np.array([[[0.0], [4.0]], [[9.0], [9.0]]])  # children, periods, areas
    weight = np.array([[[0.0], [1.0]], [[1.0], [1.0]]])
    np.testing.assert_allclose(geometric(x, weight), [[9.0], [6.0]])


@pytest.mark.parametrize("mean", [arithmetic, geometric, harmonic])
def test_nothing_there_is_missing(mean: object) -> None:
    assert np.isnan(mean(np.array([np.nan, np.nan]), ONE))  # type: ignore[operator]


@pytest.mark.parametrize("p", [0.5, 1, 2, 300, -300])
def test_all_zero_is_zero_and_large_powers_do_not_overflow(p: float) -> None:
    assert power(np.zeros(2), ONE, p=p) == 0
    assert 1e10 <= power(np.array([1e10, 3e10]), ONE, p=p) <= 3.0000001e10


def test_one_area_is_first_of_one() -> None:
    ranks, of = rank(np.array([[5.0]]))
    assert (ranks.tolist(), of.tolist()) == ([[1]], [1])


def test_nobody_is_ranked_where_nobody_is_scored() -> None:
    ranks, of = rank(np.array([np.nan, np.nan]))
    assert (ranks.tolist(), of.tolist()) == ([0, 0], 0)


def test_ties_are_judged_by_the_largest_score_in_the_column() -> None:
    assert rank(np.array([1e6, 1.0, 1.0 + 1e-9]))[0].tolist() == [1, 2, 2]
    assert rank(np.array([2.0, 1.0, 1.0 + 1e-9]))[0].tolist() == [1, 3, 2]


def test_negative_tiny_and_huge_scores_are_ranked() -> None:
    assert rank(np.array([-1.0, -3.0, 0.0]))[0].tolist() == [2, 3, 1]
    assert rank(np.array([1e-300, 2e-300]))[0].tolist() == [2, 1]
    assert rank(np.array([1e300, 2e300]))[0].tolist() == [2, 1]
    assert rank(np.zeros(3))[0].tolist() == [1, 1, 1]
