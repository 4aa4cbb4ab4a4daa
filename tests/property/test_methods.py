"""What holds for every way to normalise, every mean and every weighting, whatever the numbers."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from commonweal.methods import aggregate, normalise, weigh
from commonweal.methods.answers import judged, priorities, shared_out
from commonweal.methods.benefit_of_doubt import best_shares, best_weights
from commonweal.methods.normalise import Marks

AREAS = 12
VALUES = arrays(float, AREAS, elements=st.integers(1, 1000).map(lambda n: n / 10))
SCORES = arrays(float, (4, AREAS), elements=st.integers(1, 1000).map(lambda n: n / 10))
WEIGHTS = arrays(float, (4, 1), elements=st.integers(1, 9).map(float))
SCALES: dict[str, dict[str, object]] = {
    "none": {}, "goalposts": {"clip": True}, "minmax": {"low": 0, "high": 100},
    "zscore": {"mean": 0, "sd": 1},
    "rank": {}, "borda": {}, "percentile": {"scale": 1}, "distance-to-max": {"scale": 1},
    "distance-to-target": {"cap": True, "scale": 1}, "distance-to-reference": {"area": "x", "scale": 1},
    "share-of-max": {"scale": 1}, "quantile-scale": {"classes": 5}, "exponential": {"rate": 23},
    "t-score": {}, "index-100": {"weight": "people"}, "threshold": {},
}  # fmt: skip
#: Methods that may give different values the same score.
COARSE = {"distance-to-target", "quantile-scale"}
#: Weightings that need nothing but scores.
FOUND = ["given", "equal", "pca", "factor", "entropy", "critic", "balanced"]
MEANS: dict[str, dict[str, object]] = {
    "arithmetic": {}, "geometric": {}, "harmonic": {}, "power": {"p": -2.0}, "median": {},
    "owa": {"weights": (0.1, 0.2, 0.3, 0.4)},
}  # fmt: skip


def test_every_method_is_drawn() -> None:
    assert SCALES.keys() == normalise.METHODS.keys()
    assert set(aggregate.METHODS) - set(MEANS) == {"mazziotta-pareto", "copeland", "benefit-of-doubt", "none"}


@pytest.mark.parametrize("direction", [1, -1])
@pytest.mark.parametrize("method", SCALES)
@given(values=VALUES, people=arrays(float, AREAS, elements=st.integers(1, 9).map(float)))
def test_better_values_never_score_lower(
    method: str, direction: int, values: np.ndarray, people: np.ndarray
) -> None:
    assume(np.unique(values).size > 2)
    x = values * direction
    ends = Marks(people, float(np.sort(x)[-2]), worst=x.min(), target=float(np.sort(x)[-2]))
    assume(ends.target > x.min())
    scores = normalise.METHODS[method](x, x, ends, **SCALES[method])
    order = np.argsort(x, kind="stable")
    rises = np.diff(scores[order])
    assert (rises >= -1e-9 * np.abs(scores).max()).all()
    if method not in COARSE:
        assert (rises[np.diff(x[order]) > 0] > 0).all()
    same = np.diff(x[order]) == 0
    assert (rises[same] == 0).all()


@pytest.mark.parametrize("mean", MEANS)
@given(x=SCORES, weight=WEIGHTS, factor=st.sampled_from([0.5, 2.0, 10.0]))
def test_means(mean: str, x: np.ndarray, weight: np.ndarray, factor: float) -> None:
    """Between the lowest and the highest; homogeneous; no lower when a part grows; equal parts give that."""
    form = aggregate.METHODS[mean]
    found = form(x, weight, **MEANS[mean])
    assert (found >= x.min(axis=0) * (1 - 1e-9)).all()
    assert (found <= x.max(axis=0) * (1 + 1e-9)).all()
    np.testing.assert_allclose(form(x * factor, weight, **MEANS[mean]), found * factor, rtol=1e-9)
    grown = x.copy()
    grown[2] += 5
    assert (form(grown, weight, **MEANS[mean]) >= found * (1 - 1e-9)).all()
    even = np.broadcast_to(x[:1], x.shape)
    np.testing.assert_allclose(form(even, weight, **MEANS[mean]), x[0], rtol=1e-9)
    np.testing.assert_allclose(form(x, weight * factor, **MEANS[mean]), found, rtol=1e-9)
    alone = np.full_like(x, np.nan)
    alone[1] = x[1]
    np.testing.assert_allclose(form(alone, weight, **MEANS[mean]), x[1], rtol=1e-9)


@given(x=SCORES, weight=WEIGHTS)
def test_owa_of_equal_weights_is_the_mean(x: np.ndarray, weight: np.ndarray) -> None:
    plain = aggregate.arithmetic(x, weight)
    np.testing.assert_allclose(aggregate.owa(x, weight, weights=(1.0,) * 4), plain, rtol=1e-9)


@given(x=SCORES, weight=WEIGHTS)
def test_penalty_for_unevenness(x: np.ndarray, weight: np.ndarray) -> None:
    mean = aggregate.arithmetic(x, weight)
    low, high = (aggregate.mazziotta_pareto(x, weight, sign=sign) for sign in "-+")
    assert (low <= mean * (1 + 1e-12)).all()
    np.testing.assert_allclose(low + high, 2 * mean, rtol=1e-9)


@given(x=SCORES, weight=WEIGHTS, order=st.permutations(range(AREAS)))
def test_copeland(x: np.ndarray, weight: np.ndarray, order: list[int]) -> None:
    """It adds up to 0, keeps to the areas whatever their order, and to the order of scores only."""
    found = aggregate.copeland(x, weight)
    assert found.sum() == 0
    np.testing.assert_array_equal(aggregate.copeland(x[:, order], weight), found[order])
    np.testing.assert_array_equal(aggregate.copeland(np.log(x), weight), found)


@given(x=SCORES, order=st.permutations(range(AREAS)))
def test_benefit_of_the_doubt(x: np.ndarray, order: list[int]) -> None:
    """At most 100, the weights keep everybody to 100, no fixed weights do better, and units do not matter."""
    found = aggregate.benefit_of_doubt(x, np.ones((4, 1)))
    weights = best_weights(x)
    assert (weights >= 0).all()
    assert (weights.T @ x <= 1 + 1e-9).all()
    assert found.max() == pytest.approx(100)
    fixed = x.sum(axis=0) / x.sum(axis=0).max()
    assert (found >= 100 * fixed - 1e-7).all()
    scaled = aggregate.benefit_of_doubt(x * np.array([[1.0], [10.0], [0.1], [7.0]]), np.ones((4, 1)))
    np.testing.assert_allclose(scaled, found, rtol=1e-8)
    again = aggregate.benefit_of_doubt(x[:, order], np.ones((4, 1)))
    np.testing.assert_allclose(again, found[order], rtol=1e-12)


@given(
    x=SCORES, drawn=arrays(float, (20, 4), elements=st.floats(0, 1)), least=st.sampled_from([0.0, 0.1, 0.25])
)
def test_no_other_shares_suit_an_area_better(x: np.ndarray, drawn: np.ndarray, least: float) -> None:
    """They keep to the least, and show their area as the linear programme does; others show it no better."""
    found = best_shares(x, least)
    np.testing.assert_allclose(found.sum(axis=0), 1, atol=1e-12)
    assert (found >= least - 1e-9).all()
    seen = (found * x).sum(axis=0) / (found.T @ x).max(axis=1)
    if least == 0:
        np.testing.assert_allclose(100 * seen, aggregate.benefit_of_doubt(x, np.ones((4, 1))), rtol=1e-6)
    others = drawn + 1e-9
    others = least + (1 - 4 * least) * others / others.sum(axis=1, keepdims=True)
    assert (others @ x / (others @ x).max(axis=1, keepdims=True) <= seen + 1e-6).all()


@pytest.mark.parametrize("method", FOUND)
@given(x=SCORES)
def test_weights_sum_to_one_and_none_is_negative(method: str, x: np.ndarray) -> None:
    cube = x[:, None, :]
    found = weigh.METHODS[method](cube, np.ones(cube.shape[1:], dtype=bool), np.ones((1, 4)), np.ones(4))
    np.testing.assert_allclose(found.weight.sum(axis=1), 1, atol=1e-12)
    assert (found.weight >= 0).all()


@given(arrays(float, (5, 3), elements=st.integers(0, 50).map(float)))
def test_shares_of_points(points: np.ndarray) -> None:
    found = shared_out(points)
    if found.used:
        assert found.weight.sum() == pytest.approx(1)
        assert (found.low <= found.weight + 1e-12).all()
        assert (found.weight <= found.high + 1e-12).all()


@given(arrays(float, 4, elements=st.integers(1, 9).map(float)))
def test_judgements_that_agree_give_back_the_weights(own: np.ndarray) -> None:
    matrix = own[:, None] / own[None, :]
    found, ratio = priorities(matrix)
    np.testing.assert_allclose(found, own / own.sum(), rtol=1e-9)
    assert ratio == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(judged(matrix[None]).weight, found, rtol=1e-9)


THREADS = """
import numpy as np
from commonweal.methods import aggregate, weigh
x = np.random.default_rng(1).normal(60, 10, (8, 2, 900))
fresh, point, given = np.ones((2, 900), bool), np.ones((1, 8)), np.ones(8)
found = [weigh.METHODS[m](x, fresh, point, given).weight for m in {FOUND}]
found += [aggregate.METHODS[m](x, np.ones((8, 1, 1))) for m in ("copeland", "benefit-of-doubt", "geometric")]
print(*(array.tobytes().hex() for array in found))
"""


@pytest.mark.slow
def test_the_number_of_threads_changes_nothing() -> None:
    said = {
        subprocess.run(
            [sys.executable, "-c", THREADS.replace("{FOUND}", str(FOUND))],
            env={**os.environ, "OPENBLAS_NUM_THREADS": n, "POLARS_MAX_THREADS": n},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for n in ("1", "2")
    }
    assert len(said) == 1
