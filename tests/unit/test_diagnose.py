"""Diagnosis against scipy, against sums done cell by cell, and at its edges."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from commonweal.insight.diagnose.components import components
from commonweal.insight.diagnose.consistency import alpha, bartlett, kmo
from commonweal.insight.diagnose.correlation import covariance, kendall, pearson, spearman
from commonweal.insight.diagnose.influence import influence
from commonweal.insight.diagnose.outranking import copeland, outranking
from commonweal.insight.diagnose.pairs import across_groups
from commonweal.insight.diagnose.removal import removable, removals, without
from commonweal.insight.diagnose.statistics import statistics
from commonweal.insight.diagnose.tails import chi_squared_p, correlation_p
from commonweal.model.edition import Scoring
from commonweal.model.framework import Framework, Node


@pytest.mark.parametrize("n", [3, 4, 5, 17, 51, 1_000, 35_000])
def test_the_tail_of_a_correlation_is_that_of_students_t(n: int) -> None:
    r = np.array([-0.999, -0.7, -0.3, -0.01, 0.0, 1e-9, 0.004, 0.05, 0.5, 0.9, 1 - 1e-9])
    expected = 2 * stats.t.sf(np.abs(r) * np.sqrt((n - 2) / ((1 - r) * (1 + r))), n - 2)
    np.testing.assert_allclose(correlation_p(r, np.full(len(r), float(n))), expected, rtol=2e-9, atol=1e-300)


def test_a_perfect_correlation_has_no_tail_and_two_areas_no_test() -> None:
    found = correlation_p(np.array([1.0, -1.0, 1.0, np.nan]), np.array([9.0, 9.0, 2.0, 9.0]))
    np.testing.assert_array_equal(found, [0.0, 0.0, np.nan, np.nan])


@pytest.mark.parametrize("degrees", [1, 3, 10, 66, 1378])
def test_the_tail_of_chi_squared(degrees: int) -> None:
    for x in (0.01, 0.5, degrees * 0.9, degrees, degrees * 1.1, degrees + 200.0):
        assert chi_squared_p(x, degrees) == pytest.approx(stats.chi2.sf(x, degrees), rel=1e-9, abs=1e-14)


@pytest.fixture
def gappy() -> np.ndarray:
    """40 areas, 6 columns: ties, gaps, a constant column."""
    random = np.random.default_rng(7)
    x = random.normal(size=(40, 6)) + random.normal(size=(40, 1))
    x[:, 1] = x[:, 1].round(0)
    x[:, 2] = x[:, 2].round(0)
    x[:, 5] = 0.1 + 0.2
    x[random.random(x.shape) < 0.15] = np.nan
    return x


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(pearson, stats.pearsonr), (spearman, stats.spearmanr), (kendall, stats.kendalltau)],
)
def test_correlations_are_those_of_scipy(gappy: np.ndarray, ours: Callable, theirs: Callable) -> None:
    found = ours(gappy)
    for i in range(5):
        for j in range(i):
            both = ~np.isnan(gappy[:, i] + gappy[:, j])
            expected = theirs(gappy[both, i], gappy[both, j]).statistic
            assert found.r[i, j] == found.r[j, i] == pytest.approx(expected, rel=1e-12)
            assert found.pairs[i, j] == both.sum()
    assert np.isnan(found.r[5]).all()


def test_correlation_and_covariance_keep_their_digits_far_from_zero() -> None:
    random = np.random.default_rng(1)
    x = random.normal(size=(200, 3))
    moved = x * [1e-6, 1.0, 1e6] + [1.0, 1e8, -1e9]
    np.testing.assert_allclose(pearson(moved).r, pearson(x).r, rtol=1e-6)
    np.testing.assert_allclose(covariance(x), np.cov(x.T), rtol=1e-12)


def test_nothing_and_one_area_give_nothing() -> None:
    for x in (np.full((4, 2), np.nan), np.array([[1.0, 2.0]])):
        for kind in (pearson, spearman, kendall):
            assert np.isnan(kind(x).r).all()
        assert np.isnan(alpha(x))
        assert np.isnan(kmo(x))
        assert bartlett(x) is None
        assert components(x) is None
        assert statistics(x, ["a", "b"])["sd"].to_list() == [None, None]


def test_skewness_and_kurtosis_are_those_of_scipy(gappy: np.ndarray) -> None:
    found = statistics(gappy, list("abcdef"))
    for i in range(5):
        there = gappy[~np.isnan(gappy[:, i]), i]
        assert found["skewness"][i] == pytest.approx(stats.skew(there, bias=False), rel=1e-12)
        assert found["kurtosis"][i] == pytest.approx(stats.kurtosis(there, bias=False), rel=1e-12)
    assert found["skewness"][5] is None
    assert not found["outliers"].any()


def test_kmo_and_bartlett_on_one_common_cause() -> None:
    random = np.random.default_rng(3)
    common = random.normal(size=(300, 1)) + 0.5 * random.normal(size=(300, 4))
    tested = bartlett(common)
    assert tested is not None
    r = np.corrcoef(common.T)
    assert tested.degrees == 6
    assert tested.chi_squared == pytest.approx(-(299 - 13 / 6) * np.log(np.linalg.det(r)), rel=1e-9)
    assert tested.p < 1e-100
    # Partial correlations from residuals of least squares, one pair at a time.
    partial = []
    for i in range(4):
        for j in range(i):
            others = np.column_stack([np.ones(300), np.delete(common, [i, j], axis=1)])
            left = [
                common[:, k] - others @ np.linalg.lstsq(others, common[:, k], rcond=None)[0] for k in (i, j)
            ]
            partial.append(np.corrcoef(*left)[0, 1])
    shared = (r[np.tril_indices(4, -1)] ** 2).sum()
    assert kmo(common) == pytest.approx(shared / (shared + np.square(partial).sum()), rel=1e-9)


def test_dependent_columns_have_no_kmo() -> None:
    x = np.random.default_rng(4).normal(size=(50, 2))
    x = np.column_stack([x, x.sum(axis=1)])
    assert np.isnan(kmo(x))
    assert bartlett(x) is None
    found = components(x)
    assert found is not None
    assert found.shares.sum() == pytest.approx(1.0)


def test_pairs_of_different_groups() -> None:
    x = np.column_stack([np.arange(9.0), np.arange(9.0) ** 2, np.arange(9.0)])
    found = across_groups(pearson(x), ["a", "b", "c"], ["g", "g", "h"])
    assert found.select("first", "second").rows() == [("a", "c"), ("b", "c")]


def test_outranking_leaves_out_what_one_of_two_lacks() -> None:
    x = np.array([[3.0, np.nan], [1.0, 5.0], [np.nan, 4.0]])
    found = outranking(x, np.array([1.0, 1.0]))
    np.testing.assert_array_equal(found, [[0.0, 1.0, np.nan], [0.0, 0.0, 1.0], [np.nan, 0.0, 0.0]])
    assert copeland(found).tolist() == [1, 0, -1]


TREE = Framework(
    (
        Node("index", "Index", level="index"),
        Node("x", "X", "index", level="part"),
        Node("y", "Y", "index", level="part"),
        Node("a", "A", "x", direction=1),
        Node("b", "B", "y", direction=1),
        Node("c", "C", "y", direction=1),
    )
)


@pytest.fixture
def scoring(make_scoring: Callable[..., Scoring]) -> Scoring:
    leaves = np.random.default_rng(5).uniform(1, 100, size=(1, 60, 3))
    return make_scoring(TREE, leaves, {"aggregate": {"index": "geometric"}, "floor": 1})


def test_what_a_part_counts(scoring: Scoring) -> None:
    found = {row["node"]: row for row in influence(scoring).iter_rows(named=True)}
    assert list(found) == ["x", "y", "a", "b", "c"]
    assert found["a"]["linear"] == pytest.approx(1.0)
    assert found["b"]["effective_weight"] == 0.25
    assert found["x"]["share"] + found["y"]["share"] == pytest.approx(1.0)
    for row in found.values():
        assert row["linear"] <= row["correlation_ratio"] + 1e-12 <= 1 + 2e-12


def test_a_parent_whose_only_child_is_left_out_goes_too(scoring: Scoring) -> None:
    y = scoring.scores[0][:, scoring.node_index["y"]]
    np.testing.assert_allclose(without(scoring, "a"), y, rtol=1e-12)
    np.testing.assert_allclose(without(scoring, "x"), y, rtol=1e-12)
    assert not removable(scoring, "index")
    found = removals(scoring, ["index", "a", "x", "b"])
    assert found["node"].to_list() == ["a", "x", "b"]
    assert found["mean_rank_change"][0] == found["mean_rank_change"][1] > found["mean_rank_change"][2] > 0


def test_an_index_without_one_indicator_is_the_same_as_never_having_had_it(
    scoring: Scoring, make_scoring: Callable[..., Scoring]
) -> None:
    leaves = scoring.scores[:, :, [scoring.node_index["a"], scoring.node_index["b"]]]
    less = make_scoring(
        TREE.without(["c"]), leaves, {"aggregate": {"index": "geometric"}, "floor": 1, "available": 0}
    )
    np.testing.assert_allclose(without(scoring, "c"), less.scores[0][:, less.node_index["index"]], rtol=1e-12)
