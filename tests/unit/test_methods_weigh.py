"""Weights from the first principal component, and every reason to fall back to equal ones."""

from __future__ import annotations

import numpy as np
import pytest

from commonweal.methods.weigh import Weighing, pca


def made(
    areas: int = 40, noise: float = 0.5, seed: int = 1, children: int = 3, periods: int = 1
) -> np.ndarray:
    """Children that share what moves them; (children, periods, areas)."""
    random = np.random.default_rng(seed)
    common = random.normal(size=(1, periods, areas))
    return 50 + 10 * (common + noise * random.normal(size=(children, periods, areas)))


def weighed(x: np.ndarray, fresh: np.ndarray | None = None, per_point: np.ndarray | None = None) -> Weighing:
    fresh = np.ones(x.shape[1:], dtype=bool) if fresh is None else fresh
    per_point = np.ones((1, len(x))) if per_point is None else per_point
    return pca(x, fresh, per_point, np.ones(len(x)))


def test_weights_follow_the_first_eigenvector() -> None:
    x = made()
    z = (x[:, 0] - x[:, 0].mean(axis=1, keepdims=True)) / x[:, 0].std(axis=1, ddof=1, keepdims=True)
    first = np.abs(np.linalg.eigh(np.corrcoef(x[:, 0]))[1][:, -1])

    found = weighed(x)

    assert found.reason == ""
    np.testing.assert_allclose(found.loading, first, rtol=1e-9)
    combined = found.weight[0] @ x[:, 0]
    component = found.loading @ z
    assert np.corrcoef(combined, component)[0, 1] == pytest.approx(1, abs=1e-12)


def test_units_do_not_matter() -> None:
    x = made()
    points = weighed(x)
    pounds = weighed(x * 1000, per_point=np.full((1, 3), 1000.0))
    np.testing.assert_allclose(points.weight, pounds.weight, rtol=1e-9)


def test_weights_by_period_where_a_point_changes_its_worth() -> None:
    x = made(periods=2)
    found = weighed(x, per_point=np.array([[1.0, 1.0, 1.0], [2.0, 1.0, 1.0]]))
    assert found.weight.shape == (2, 3)
    assert found.weight[1, 0] > found.weight[0, 0]
    np.testing.assert_allclose(found.weight.sum(axis=1), 1)


def test_two_children_fall_back() -> None:
    found = weighed(made(children=2))
    assert found.weight.tolist() == [[0.5, 0.5]]
    assert found.reason == "equal weights: fewer than 3 children"


def test_nine_complete_areas_fall_back_and_ten_do_not() -> None:
    x = made(areas=10, noise=0.1)
    assert weighed(x).reason == ""
    x[1, 0, 4] = np.nan
    assert weighed(x).reason == "equal weights: complete in 9 areas, 10 are needed"


def test_many_periods_of_few_areas_are_still_few_areas() -> None:
    assert "complete in 5 areas" in weighed(made(areas=5, periods=8)).reason


def test_rows_that_are_all_carried_are_not_said_to_be_incomplete() -> None:
    x = made(areas=20)
    reason = weighed(x, fresh=np.zeros(x.shape[1:], dtype=bool)).reason
    assert reason == "equal weights: complete, and not carried alone, in 0 areas, 10 are needed"


def test_rows_that_are_wholly_carried_are_left_out() -> None:
    x = made(periods=2)
    fresh = np.ones((2, 40), dtype=bool)
    fresh[1] = False
    x_without = x[:, :1]
    np.testing.assert_array_equal(weighed(x, fresh).weight, weighed(x_without).weight)


def test_a_child_that_moves_against_the_others_falls_back() -> None:
    x = made(noise=0.2)
    x[2] = 100 - x[2]
    found = weighed(x)
    assert found.reason == "equal weights: one child does not move with the others"
    assert found.culprit == 2
    assert found.loading[2] < 0
    assert found.weight.tolist() == [[1 / 3, 1 / 3, 1 / 3]]


def test_a_child_with_one_value_falls_back() -> None:
    x = made()
    x[1] = 7
    found = weighed(x)
    assert "same value" in found.reason
    assert found.culprit == 1


def test_weights_that_hang_on_which_areas_there_are_fall_back() -> None:
    # The third child moves with the others only just: many resamples of the areas turn its sign.
    random = np.random.default_rng(3)
    common = random.normal(size=(1, 1, 30))
    x = common + 0.3 * random.normal(size=(3, 1, 30))
    x[2] = 0.1 * common[0] + random.normal(size=(1, 30))
    found = weighed(x)
    assert found.loading.min() > 0
    assert found.reason.endswith("of 500 resamples of the areas")
    assert found.weight.tolist() == [[1 / 3, 1 / 3, 1 / 3]]


def test_resamples_keep_the_periods_of_an_area_together() -> None:
    # Ten copies of each area-period make the rows look many; the areas stay as few, so the doubt stays.
    random = np.random.default_rng(3)
    common = random.normal(size=(1, 1, 30))
    x = common + 0.3 * random.normal(size=(3, 1, 30))
    x[2] = 0.1 * common[0] + random.normal(size=(1, 30))
    assert weighed(np.repeat(x, 10, axis=1)).reason == weighed(x).reason


def test_the_order_of_the_areas_does_not_change_a_bit() -> None:
    x = made(areas=60, periods=3)
    x[0, 1, 7] = np.nan
    order = np.random.default_rng(5).permutation(60)
    np.testing.assert_array_equal(weighed(x).weight, weighed(x[:, :, order]).weight)
