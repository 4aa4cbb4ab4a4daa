"""Treatments against scipy, and what holds for each of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from commonweal.methods import treat
from commonweal.methods.moments import moments

PARAMETERS = {
    "winsorise": {"skew": 2.0, "kurtosis": 3.5, "max": 5, "then": "log", "then_on": "untreated"},
    "cap": {"low": -1.0, "high": 1.0},
}
random = np.random.default_rng(7)
SKEWED = np.sort(np.exp(random.normal(size=(6, 60))), axis=1)


def test_moments_are_those_of_scipy() -> None:
    x = SKEWED.copy()
    x[0, -7:] = np.nan
    expected = [[f(row[~np.isnan(row)], bias=False) for row in x] for f in (stats.skew, stats.kurtosis)]
    np.testing.assert_allclose(moments(x), expected, rtol=1e-12)
    np.testing.assert_allclose(moments(x * 1e150 - 1e151), expected, rtol=1e-6)  # no power overflows


def test_box_cox_finds_the_power_that_scipy_finds() -> None:
    found = treat.box_cox(SKEWED)
    expected = [stats.boxcox_normmax(row, method="mle") for row in SKEWED]
    np.testing.assert_allclose(found.curve[:, 3], expected, atol=1e-6)
    np.testing.assert_allclose(treat.bent(found.curve, SKEWED)[0], stats.boxcox(SKEWED[0], found.curve[0, 3]))


def test_yeo_johnson_finds_the_power_that_scipy_finds() -> None:
    x = np.sort(SKEWED - 2 * np.arange(6)[:, None], axis=1)
    found = treat.yeo_johnson(x)
    expected = [stats.yeojohnson_normmax(row) for row in x]
    np.testing.assert_allclose(found.curve[:, 3], expected, atol=1e-6)
    np.testing.assert_allclose(treat.bent(found.curve, x)[3], stats.yeojohnson(x[3], found.curve[3, 3]))


def test_gaps_do_not_count() -> None:
    gappy = np.hstack([SKEWED, np.full((6, 3), np.nan)])
    for name, method in treat.METHODS.items():
        whole, found = (method(x, **PARAMETERS.get(name, {})) for x in (SKEWED, gappy))
        np.testing.assert_allclose(found.curve, whole.curve, rtol=1e-9)
        assert (found.points == whole.points).all()


@given(arrays(float, (1, 12), elements=st.floats(-50, 1e4).map(lambda x: round(x, 2))))
def test_every_treatment_keeps_the_order(x: np.ndarray) -> None:
    x = np.sort(x, axis=1)
    for name, method in treat.METHODS.items():
        if name in ("log", "sqrt", "box-cox"):
            continue  # these have tests of their own: they do not take every value
        after = treat.bent(method(x, **PARAMETERS.get(name, {})).curve, x)
        assert (np.diff(after) >= -1e-9 * np.abs(after).max()).all(), name


@given(arrays(float, (1, 20), elements=st.floats(0.01, 1e4).map(lambda x: round(x, 2))))
def test_treatments_of_positive_values_keep_the_order(x: np.ndarray) -> None:
    x = np.sort(x, axis=1)
    for name in ("log", "sqrt", "box-cox"):
        after = treat.bent(treat.METHODS[name](x).curve, x)
        assert (np.diff(after) >= -1e-9 * np.abs(after).max()).all(), name


@pytest.mark.parametrize("sign", [1, -1])
def test_winsorising_a_mirrored_column_mirrors_the_result(sign: int) -> None:
    x = np.sort(sign * np.array([[1.0, 2, 3, 4, 5, 6, 7, 8, 40, 90, 90]]), axis=1)
    found = treat.winsorise(x, skew=1.0, kurtosis=0.0, max=2, then="none", then_on="untreated")
    assert found.points.tolist() == [2]  # the two 90s move together
    limits = np.sort(np.abs(found.curve[0, :2]))
    assert limits[0] == 40


def test_tied_extremes_can_pass_the_limit() -> None:
    x = np.array([[*range(30), 500.0, 500.0, 500.0]])
    found = treat.winsorise(np.sort(x), skew=1.0, kurtosis=1.0, max=1, then="none", then_on="untreated")
    assert found.points.tolist() == [3]


def test_signed_log_mirrors_what_leans_to_the_left() -> None:
    x = np.sort(-SKEWED[:1], axis=1)
    given = {"skew": 0.1, "kurtosis": -5.0, "max": 0, "then_on": "untreated"}
    found = treat.winsorise(x, then="signed-log", **given)
    step = 0.01 * (x.max() - x.min())
    np.testing.assert_allclose(treat.bent(found.curve, x), -np.log(x.max() + step - x), rtol=1e-9)
    straight = treat.winsorise(x, then="log", **given)
    np.testing.assert_allclose(treat.bent(straight.curve, x), np.log(x - x.min() + step), rtol=1e-9)
