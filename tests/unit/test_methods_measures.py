"""Distributions against scipy, and the methods of measures against what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonweal.methods.bootstrap import ratio_of_sums
from commonweal.methods.change import difference, percent
from commonweal.methods.distributions import beta_quantile, gamma_quantile, t_quantile
from commonweal.methods.interval import mean_and_limits, poisson_limits
from commonweal.methods.quantile import quantiles, rank_limits
from commonweal.methods.shrink import beta_binomial, by_standard_errors, poisson_gamma
from commonweal.methods.standardise import direct, expected

CHANCES = (0.001, 0.025, 0.5, 0.975)
SHAPES = np.array([0.05, 0.5, 1, 2, 9.5, 16, 50.3, 300, 1e3, 1e5])


@pytest.mark.parametrize("p", CHANCES)
def test_gamma_quantiles_are_those_of_scipy(p: float) -> None:
    stats = pytest.importorskip("scipy.stats")
    np.testing.assert_allclose(gamma_quantile(p, SHAPES), stats.gamma.ppf(p, SHAPES), rtol=1e-12)


@pytest.mark.parametrize("p", CHANCES)
def test_beta_quantiles_are_those_of_scipy(p: float) -> None:
    stats = pytest.importorskip("scipy.stats")
    a, b = (part.ravel() for part in np.meshgrid(SHAPES[1:-1], SHAPES[1:-1]))
    found, given = beta_quantile(p, a, b), stats.beta.ppf(p, a, b)
    np.testing.assert_allclose(found, given, rtol=1e-11)


def test_students_t_is_that_of_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    freedom = np.array([1, 2, 3, 5, 10, 48, 1e3, 1e6])
    np.testing.assert_allclose(t_quantile(0.975, freedom), stats.t.ppf(0.975, freedom), rtol=1e-12)
    assert np.isnan(t_quantile(0.975, np.array([0.0, np.nan]))).all()


def test_ranks_of_the_limits_of_a_median_are_those_of_the_binomial() -> None:
    stats = pytest.importorskip("scipy.stats")
    n = np.arange(1, 300)
    for share in (0.1, 0.5, 0.9):
        low, high = rank_limits(n, share)
        for count, j, k in zip(n, low, high, strict=True):
            assert j == 0 or stats.binom.cdf(j - 1, count, share) <= 0.025
            assert stats.binom.cdf(j, count, share) > 0.025
            assert k == count + 1 or stats.binom.sf(k - 1, count, share) <= 0.025
            assert stats.binom.sf(k - 2, count, share) > 0.025


@given(st.lists(st.integers(0, 20), min_size=1, max_size=60), st.sampled_from([0.1, 0.25, 0.5, 0.9]))
def test_a_quantile_of_a_histogram_is_that_of_its_numbers(numbers: list[int], share: float) -> None:
    value, count = np.unique(numbers, return_counts=True)
    found, limits = quantiles(np.zeros(len(value), dtype=int), value.astype(float), count, 1, share)
    assert found[0] == np.quantile(numbers, share, method="averaged_inverted_cdf")
    ends = limits[0][np.isfinite(limits[0])]
    assert set(ends) <= set(numbers)
    assert (ends[:1] <= found[0]).all() or limits[0, 0] != ends[0]
    assert (ends[-1:] >= found[0]).all() or limits[0, 1] != ends[-1]


def test_a_large_offset_costs_a_mean_no_digit() -> None:
    few = np.array([1, 2, 3, 4])
    far = few + 10**12
    plain = mean_and_limits(np.array([few.sum()]), np.array([(few**2).sum()]), np.array([4]))[1]
    big = [int(v) for v in far]
    total, squares = np.array([sum(big)], dtype=object), np.array([sum(v * v for v in big)], dtype=object)
    moved = mean_and_limits(total, squares, np.array([4]))[1]
    np.testing.assert_allclose(moved - 1e12, plain, atol=1e-3)


def test_one_number_has_a_mean_without_limits_and_equal_numbers_limits_at_their_mean() -> None:
    mean, limits = mean_and_limits(np.array([5, 10, 0]), np.array([25, 50, 0]), np.array([1, 2, 0]))
    assert mean[:2].tolist() == [5, 5]
    assert np.isnan(mean[2])
    assert np.isnan(limits[[0, 2]]).all()
    assert limits[1].tolist() == [5, 5]


def test_a_standard_of_one_group_gives_the_crude_rate_with_byars_limits() -> None:
    rate, limits = direct(np.array([[20.0]]), np.array([[1000.0]]), np.array([7.0]), 1000)
    assert rate.tolist() == [20.0]
    np.testing.assert_allclose(limits[0], poisson_limits(np.array([20]))[0])


def test_fewer_than_ten_events_have_no_standardised_rate() -> None:
    rate, limits = direct(np.array([[4.0, 5.0], [4.0, 6.0]]), np.full((2, 2), 100.0), np.ones(2))
    assert np.isnan(rate[0])
    assert np.isnan(limits[0]).all()
    assert np.isfinite(limits[1]).all()


@given(st.lists(st.lists(st.integers(0, 50), min_size=3, max_size=3), min_size=1, max_size=8))
def test_what_was_expected_of_all_areas_is_what_happened_in_them(events: list[list[int]]) -> None:
    x = np.array(events, dtype=float)
    population = np.arange(1, x.size + 1).reshape(x.shape) * 10.0
    assert expected(population, x).sum() == pytest.approx(x.sum())


def test_the_same_figures_have_the_same_bootstrap_limits_around_their_ratio() -> None:
    value, over, count = np.array([1.0, 4.0, 2.0]), np.array([2.0, 3.0, 5.0]), np.array([30, 20, 25])
    limits = ratio_of_sums(value, over, count, "E1, 2016")
    ratio = (value * count).sum() / (over * count).sum()
    # the delta method's standard error of a ratio of sums
    error = np.sqrt((count * (value - ratio * over) ** 2).sum()) / (over * count).sum()
    np.testing.assert_allclose(limits, [ratio - 1.96 * error, ratio + 1.96 * error], rtol=0.03)
    assert limits.tolist() == ratio_of_sums(value, over, count, "E1, 2016").tolist()
    assert limits.tolist() != ratio_of_sums(value, over, count, "E2, 2016").tolist()
    assert np.isnan(ratio_of_sums(value[:1], over[:1], np.array([1]), "E1, 2016")).all()


def test_a_change_is_significant_about_where_its_figures_say() -> None:
    x, y = np.array([100.0]), np.array([150.0])
    lx, ly = poisson_limits(x), poisson_limits(y)
    moved, limits = difference(x, lx, y, ly)
    assert moved[0] == 50
    assert limits[0, 0] > 0
    back = difference(y, ly, x, lx)
    np.testing.assert_allclose(back[1], -limits[:, ::-1])
    share, ends = percent(x, lx, y, ly)
    assert share[0] == 50
    assert ends[0, 0] > 0
    np.testing.assert_allclose(percent(x, lx, x, lx)[0], 0)


def test_a_percentage_of_nothing_is_none() -> None:
    zero = np.array([0.0])
    value, limits = percent(zero, poisson_limits(zero), np.array([5.0]), poisson_limits(np.array([5])))
    assert np.isnan(value).all()
    assert np.isnan(limits).all()


def test_from_very_little_a_change_in_percent_may_be_all_of_it() -> None:
    two, three = np.array([2.0]), np.array([3.0])
    value, limits = percent(two, poisson_limits(two), three, poisson_limits(three))
    assert value.tolist() == [50.0]
    assert limits[0, 0] == -100
    assert limits[0, 1] > 50


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(100, 900)), min_size=3, max_size=12),
    st.sampled_from([poisson_gamma, beta_binomial]),
)
def test_a_shrunken_rate_lies_between_its_own_and_that_of_all(
    cells: list[tuple[int, int]], method: object
) -> None:
    x, n = np.array(cells, dtype=float).T
    shrunk = method(x, x, x, n, None)  # type: ignore[operator]
    low, high = np.minimum(x / n, x.sum() / n.sum()), np.maximum(x / n, x.sum() / n.sum())
    assert (shrunk.rate >= low - 1e-12).all()
    assert (shrunk.rate <= high + 1e-12).all()
    assert (shrunk.limits[:, 0] <= shrunk.rate).all()
    assert (shrunk.limits[:, 1] >= shrunk.rate).all()


def test_everyone_as_a_neighbour_is_the_same_as_all_together() -> None:
    x, n = np.array([2.0, 30.0, 10.0, 7.0]), np.array([100.0, 1000.0, 100.0, 300.0])
    pairs = np.stack(np.meshgrid(np.arange(4), np.arange(4), indexing="ij"), axis=-1).reshape(-1, 2)
    for method in (poisson_gamma, beta_binomial):
        whole, local = method(x, x, x, n, None), method(x, x, x, n, pairs)
        np.testing.assert_allclose(local.rate, whole.rate)
        np.testing.assert_allclose(local.limits, whole.limits)


def test_areas_that_differ_no_more_than_by_chance_all_have_the_rate_of_all() -> None:
    x, n = np.array([10.0, 11.0, 9.0]), np.full(3, 1000.0)
    np.testing.assert_allclose(poisson_gamma(x, x, x, n, None).rate, 0.01)
    np.testing.assert_allclose(beta_binomial(x, x, x, n, None).rate, 0.01)


def test_the_rule_of_the_english_indices_worked_out_by_hand() -> None:
    """Two wards: 1 of 10 and 9 of 30."""
    x, n = np.array([1.0, 9.0]), np.array([10.0, 30.0])
    centre = np.log(10.5 / 30.5)
    z = np.log(np.array([1.5 / 9.5, 9.5 / 21.5]))
    s2 = np.array([11 * 12 / (10 * 2 * 10), 31 * 32 / (30 * 10 * 22)])
    t2 = ((z - centre) ** 2).sum() / 1
    w = (1 / s2) / (1 / s2 + 1 / t2)
    odds = np.exp(w * z + (1 - w) * centre)
    found = by_standard_errors(x, x, x, n)
    np.testing.assert_allclose(found.rate, odds / (1 + odds))
    assert (found.limits[:, 0] < found.rate).all()


def test_a_hidden_count_widens_the_limits_and_an_area_without_base_has_no_rate() -> None:
    x, n = np.array([4.0, 40.0, 25.0, 3.0]), np.array([300.0, 900.0, 900.0, np.nan])
    low, high = np.array([1.0, 40, 25, 3]), np.array([7.0, 40, 25, 3])
    for method in (poisson_gamma, beta_binomial):
        known, hidden = method(x, x, x, n, None), method(x, low, high, n, None)
        assert hidden.limits[0, 0] < known.limits[0, 0]
        assert hidden.limits[0, 1] > known.limits[0, 1]
        assert np.isnan(known.rate[3])
        np.testing.assert_allclose(hidden.rate, known.rate)
