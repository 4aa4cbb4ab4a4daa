"""Moran's I by hand, by another formula, and under chance."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from commonweal.methods.spatial import discoveries, local_moran, moran


def grid(side: int) -> np.ndarray:
    """The neighbours of each square of a board, above, below, left and right."""
    x, y = np.divmod(np.arange(side * side), side)
    away = np.abs(np.subtract.outer(x, x)) + np.abs(np.subtract.outer(y, y))
    found = [np.flatnonzero(row == 1) for row in away]
    return np.array([[*near, *[-1] * (4 - len(near))] for near in found])


def test_a_chessboard_is_as_unlike_its_neighbours_as_can_be() -> None:
    board = (np.indices((6, 6)).sum(axis=0) % 2).reshape(-1).astype(float)
    found = moran(board, grid(6))
    assert found.value == pytest.approx(-1.0)
    assert found.p < 0.01


def test_a_slope_by_the_sum_written_out() -> None:
    x, near = np.arange(16.0), grid(4)
    z = x - x.mean()
    by_hand = 0.0
    for i in range(16):
        around = near[i][near[i] >= 0]
        by_hand += sum(z[i] * z[j] / len(around) for j in around)
    assert moran(x, near).value == pytest.approx(by_hand / (z**2).sum())


def test_local_values_add_up_to_the_whole() -> None:
    x, near = np.random.default_rng(1).normal(size=36), grid(6)
    assert local_moran(x, near).value.mean() == pytest.approx(moran(x, near).value)


def test_by_chance_few_maps_look_clustered() -> None:
    stream, near = np.random.default_rng(5), grid(6)
    maps = stream.normal(size=(200, 36))
    clustered = [moran(x, near, shuffles=199).p <= 0.05 for x in maps]
    assert 0.01 <= np.mean(clustered) <= 0.10
    assert np.mean([local_moran(x, near, shuffles=199).stands.any() for x in maps[:60]]) <= 0.15


def test_a_hot_corner_stands() -> None:
    x = np.random.default_rng(2).normal(size=100)
    corner = [0, 1, 2, 10, 11, 12, 20, 21, 22]
    x[corner] += 6
    found = local_moran(x, grid(10))
    assert found.stands[[1, 10, 11]].all()  # the very corner has two neighbours: too few to be sure
    assert found.stands.sum() <= 14


def test_the_same_everywhere_has_no_answer() -> None:
    assert np.isnan(moran(np.ones(9), grid(3)).value)
    assert not local_moran(np.ones(9), grid(3)).stands.any()


def test_a_place_without_neighbours_is_not_tested() -> None:
    near = grid(3)
    near[0] = -1
    near[near == 0] = -1
    assert np.isnan(local_moran(np.arange(9.0), near).p[0])


def test_each_place_draws_its_neighbours_from_all_others() -> None:
    x, near = np.random.default_rng(9).normal(size=9), grid(3)
    found = local_moran(x, near, shuffles=40_000)
    z = x - x.mean()
    for i in (0, 4, 8):
        count = int((near[i] >= 0).sum())
        every = np.array([np.mean(c) for c in combinations(np.delete(z, i), count)])
        low, high = (every <= found.around[i] + 1e-12).mean(), (every >= found.around[i] - 1e-12).mean()
        assert found.p[i] == pytest.approx(min(1, 2 * min(low, high)), abs=0.01)


def test_discoveries_are_those_of_benjamini_and_hochberg() -> None:
    p = np.array([0.01, 0.02, 0.03, 0.04, 0.05, np.nan])
    assert discoveries(p, 0.05).tolist() == [True] * 5 + [False]
    assert not discoveries(np.array([0.2, 0.9]), 0.05).any()
