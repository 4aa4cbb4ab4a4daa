"""Weights from the data other than principal components: what they give, and when they fall back."""

from __future__ import annotations

import numpy as np
import pytest

from commonweal.methods.factor import one_factor
from commonweal.methods.weigh import Weighing, balanced, critic, entropy, factor

ALL = [factor, entropy, critic, balanced]


def made(children: int = 3, areas: int = 200, seed: int = 3) -> np.ndarray:
    random = np.random.default_rng(seed)
    noise = np.linspace(0.8, 1.2, children)[:, None, None]
    shared = random.normal(size=(1, 1, areas))
    return 100 + 10 * (shared + noise * random.normal(size=(children, 1, areas)))


def weighed(method: object, x: np.ndarray) -> Weighing:
    return method(x, np.ones(x.shape[1:], dtype=bool), np.ones((1, len(x))), np.ones(len(x)))  # type: ignore[operator]


@pytest.mark.parametrize("method", ALL)
def test_weights_sum_to_one_whatever_the_order_of_areas(method: object) -> None:
    x = made()
    found, again = weighed(method, x), weighed(method, x[:, :, ::-1])
    assert found.reason == ""
    assert found.weight.sum() == pytest.approx(1, abs=1e-12)
    assert (found.weight > 0).all()
    np.testing.assert_array_equal(found.weight, again.weight)


def test_one_factor_of_exactly_three_children_is_known_in_closed_form() -> None:
    """l_1^2 = r_12 r_13 / r_23, and so on: three correlations fix three loadings."""
    x = made()
    r = np.corrcoef(x[:, 0])
    loading = np.sqrt([r[0, 1] * r[0, 2] / r[1, 2], r[0, 1] * r[1, 2] / r[0, 2], r[0, 2] * r[1, 2] / r[0, 1]])
    found = weighed(factor, x)
    np.testing.assert_allclose(found.loading, loading, rtol=1e-9)
    np.testing.assert_allclose(found.weight[0], loading / loading.sum(), rtol=1e-9)


@pytest.mark.filterwarnings("ignore")
def test_one_factor_of_many_children_is_that_of_statsmodels() -> None:
    found = pytest.importorskip("statsmodels.multivariate.factor")
    r = np.corrcoef(made(children=7)[:, 0])
    loading = found.Factor(corr=r, n_factor=1, nobs=200, method="ml").fit().loadings[:, 0]
    np.testing.assert_allclose(one_factor(r), np.abs(loading), atol=1e-4)


def test_a_child_that_the_factor_explains_wholly_stays_at_the_edge() -> None:
    loading = one_factor(np.array([[1.0, 0.9, 0.9], [0.9, 1.0, 0.5], [0.9, 0.5, 1.0]]))
    assert loading[0] == pytest.approx(np.sqrt(1 - 0.005), abs=5e-3)


def test_balanced_children_have_the_same_correlation_with_the_parent() -> None:
    x = made(children=4)
    parent = weighed(balanced, x).weight[0] @ x[:, 0]
    influence = [np.corrcoef(parent, child)[0, 1] for child in x[:, 0]]
    np.testing.assert_allclose(influence, influence[0], rtol=1e-9)


def test_entropy_by_hand() -> None:
    """Shares of the first child 1/4 and 3/4, of the second equal: it tells nothing, and has no weight."""
    assert weighed(entropy, np.array([[[1.0, 3.0]], [[2.0, 2.0]]])).weight.tolist() == [[1.0, 0.0]]


def test_critic_by_hand() -> None:
    """Two children that mirror each other, and one uncorrelated with both.

    On 0-1 the sds are sqrt(1/3), sqrt(1/3) and sqrt(1/3); sums of 1 - r are 3, 3 and 2.
    """
    x = np.array([[[0.0, 0, 1, 1]], [[1.0, 1, 0, 0]], [[0.0, 1, 0, 1]]])
    assert weighed(critic, x).weight[0].tolist() == pytest.approx([3 / 8, 3 / 8, 2 / 8])


def test_units_change_nothing_for_critic_and_the_factor() -> None:
    x, scaled = made(), made() * np.array([1.0, 1000.0, 0.001])[:, None, None]
    for method in (critic, factor):
        np.testing.assert_allclose(weighed(method, x).weight, weighed(method, scaled).weight, rtol=1e-6)


FLAT = np.array([[[1.0] * 20], [np.arange(20.0)], [np.arange(20.0) ** 2]])
AGAINST = np.stack([made()[0], made()[1], 200 - made()[0] + made(seed=9)[1] / 10])
TWICE = np.stack([made()[0], made()[1], made()[0]])
ONE = made(children=1)


@pytest.mark.parametrize(
    ("method", "x", "why"),
    [
        (factor, made(children=2), "fewer than 3 children"),
        (factor, made(areas=9), "complete in 9 areas, 10 are needed"),
        (factor, FLAT, "the same value"),
        (factor, AGAINST, "does not move with the others"),
        (entropy, ONE, "fewer than 2 children"),
        (entropy, made() - 110, "scores below 0, which entropy can't take: normalise to scores of 0 or more"),
        (entropy, np.full((2, 1, 5), 3.0), "no child tells areas apart"),
        (critic, FLAT, "the same value"),
        (critic, np.stack([made()[0]] * 2), "all children tell the same"),
        (balanced, ONE, "fewer than 2 children"),
        (balanced, TWICE, "leave one out"),
        (balanced, AGAINST, "one moves against the rest"),
    ],
)
def test_fall_back_to_equal_weights_with_the_reason(method: object, x: np.ndarray, why: str) -> None:
    found = weighed(method, x)
    assert why in found.reason
    assert found.weight.tolist() == [[1 / len(x)] * len(x)]
