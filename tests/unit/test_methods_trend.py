"""Lines, their intervals and the test of two spreads, against scipy, by hand and under chance."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from commonweal.methods.trend import inside, quantile, same_spread, slopes


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 5, 8, 31, 623, 6998])
def test_students_t_is_that_of_scipy(freedom: int) -> None:
    for t in (0.0, 0.3, 1.0, 2.5, 9.0, 40.0):
        assert inside(t, freedom) == pytest.approx(2 * stats.t.cdf(t, freedom) - 1, abs=1e-12)
    assert quantile(0.95, freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=1e-9)


def test_a_slope_and_its_interval_are_those_of_scipy() -> None:
    stream = np.random.default_rng(4)
    x, y = np.array([0.0, 1, 2, 4, 5]), stream.normal(size=(5, 3, 2))
    found = slopes(x, y, np.ones(y.shape, dtype=bool))
    for a, n in np.ndindex(3, 2):
        theirs = stats.linregress(x, y[:, a, n])
        half = stats.t.ppf(0.975, 3) * theirs.stderr
        ours = (found.slope[a, n], found.lower[a, n], found.upper[a, n])
        assert ours == pytest.approx((theirs.slope, theirs.slope - half, theirs.slope + half))


def test_points_that_are_not_used_do_not_count() -> None:
    x, y = np.arange(5.0), np.array([1.0, 99.0, 2.0, -50.0, 4.0])
    used = np.array([True, False, True, False, True])
    part, whole = slopes(x, y, used), slopes(x[used], y[used], np.ones(3, dtype=bool))
    for name in ("slope", "lower", "upper"):
        assert float(getattr(part, name)) == pytest.approx(float(getattr(whole, name)))


def test_two_points_have_no_interval() -> None:
    found = slopes(np.arange(3.0), np.array([1.0, 2.0, 9.0]), np.array([True, True, False]))
    assert np.isnan([found.slope, found.lower, found.upper]).all()


@pytest.mark.parametrize("periods", [3, 5])
def test_intervals_hold_the_true_slope_as_often_as_they_say(periods: int) -> None:
    stream = np.random.default_rng(periods)
    x = np.arange(float(periods))
    y = 0.7 * x[:, None] + stream.normal(size=(periods, 20_000))
    found = slopes(x, y, np.ones(y.shape, dtype=bool))
    held = (found.lower <= 0.7) & (found.upper >= 0.7)
    assert held.mean() == pytest.approx(0.95, abs=0.005)


def test_the_same_spread_is_the_correlation_of_sums_and_differences() -> None:
    stream = np.random.default_rng(8)
    first = stream.normal(size=40)
    last = 0.6 * first + stream.normal(size=40) * 0.3
    assert same_spread(first, last) == pytest.approx(stats.pearsonr(first + last, last - first).pvalue)


def test_one_spread_is_told_from_none_by_chance_as_often_as_it_says() -> None:
    stream = np.random.default_rng(1)
    common = stream.normal(size=(2000, 25))
    first, last = (common + stream.normal(size=common.shape) for _ in range(2))
    p = np.array([same_spread(a, b) for a, b in zip(first, last, strict=True)])
    assert (p <= 0.05).mean() == pytest.approx(0.05, abs=0.015)


def test_what_did_not_change_has_one_spread() -> None:
    x = np.array([3.0, 1.0, 4.0, 1.5])
    assert same_spread(x, x) == 1.0
    assert same_spread(x, x + 7) == 1.0
    assert np.isnan(same_spread(np.ones(4), np.ones(4)))
    assert np.isnan(same_spread(np.ones(2), np.ones(2)))
