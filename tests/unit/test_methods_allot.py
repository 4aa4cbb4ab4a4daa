"""The best allotment of a budget under a tower of means, held against another solver and against luck."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from commonweal.methods.allot import fill, least, loss, most
from commonweal.methods.tower import Storey, Tower

P = ((1.0, 1.0, 1.0), (1.0, 0.0, 0.0), (0.5, 0.0, -1.0), (0.0, 1.0, 0.5), (-3.0, 1.0, 0.0), (1.0, -3.0, 1.0))


def drawn(p: tuple[float, float, float], seed: int) -> tuple[Tower, np.ndarray, np.ndarray]:
    """Two dimensions of two components of three indicators: the tower, the scores and the room above them."""
    random = np.random.default_rng(seed)
    components = [
        Storey(12 + k, np.arange(3 * k, 3 * k + 3), p[0], random.dirichlet(np.ones(3))) for k in range(4)
    ]
    dimensions = [
        Storey(16 + k, np.array([12 + 2 * k, 13 + 2 * k]), p[1], random.dirichlet(np.ones(2)))
        for k in range(2)
    ]
    top = Storey(18, np.array([16, 17]), p[2], np.array([0.4, 0.6]))
    tower = Tower((*components, *dimensions, top), np.zeros(19), np.arange(12))
    scores = random.uniform(1.0, 80.0, 12)
    return tower, scores, np.minimum(random.uniform(0.5, 60.0, 12), 100.0 - scores)


@pytest.mark.parametrize("p", P)
def test_slope_and_curvature_are_those_of_the_score(p: tuple[float, float, float]) -> None:
    tower, scores, _ = drawn(p, 1)
    _, slope, curvature = tower.at(scores)
    step = 1e-5
    for j, unit in enumerate(np.eye(12)):
        up, down = tower.at(scores + step * unit), tower.at(scores - step * unit)
        assert slope[j] == pytest.approx((up[0] - down[0]) / (2 * step), rel=1e-6, abs=1e-9)
        np.testing.assert_allclose(curvature[j], (up[1] - down[1]) / (2 * step), rtol=1e-5, atol=1e-8)
    assert np.linalg.eigvalsh(curvature).max() <= 1e-12  # it is concave


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("p", P)
def test_no_allotment_is_better(p: tuple[float, float, float], seed: int) -> None:
    tower, scores, room = drawn(p, seed)
    budget = float(room.sum()) * 0.2 * (1 + seed)

    def index(gains: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        return tower.at(scores + gains)

    best = most(index, room, budget)
    value, slope, _ = index(best)
    assert best.sum() == pytest.approx(budget, rel=1e-12)
    assert ((best >= 0) & (best <= room)).all()
    assert loss(slope, best, room, budget) < 1e-6
    other = minimize(
        lambda g: -index(g)[0], room * 0.2 * (1 + seed), jac=lambda g: -index(g)[1], method="SLSQP",
        bounds=[(0.0, r) for r in room], tol=1e-12, options={"maxiter": 500},
        constraints={"type": "eq", "fun": lambda g: g.sum() - budget, "jac": lambda g: np.ones(12)},
    )  # fmt: skip
    assert -other.fun <= value + 1e-7
    random = np.random.default_rng(seed)
    for worth in random.dirichlet(np.full(12, 0.3), 300):
        assert index(fill(worth, room, budget))[0] <= value + 1e-9

    fewest = least(index, room, value)
    assert index(fewest)[0] >= value
    assert fewest.sum() == pytest.approx(budget, rel=1e-6)


def test_more_budget_is_never_worse() -> None:
    tower, scores, room = drawn((1.0, 0.0, 0.0), 7)

    def index(gains: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        return tower.at(scores + gains)

    values = [index(most(index, room, budget))[0] for budget in np.linspace(0.0, room.sum(), 15)]
    assert (np.diff(values) > 0).all()
    assert (np.diff(values, 2) < 1e-9).all()  # and each further part of it is worth no more than the last


def test_nothing_and_everything() -> None:
    tower, scores, room = drawn((1.0, 0.0, 0.0), 3)

    def index(gains: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        return tower.at(scores + gains)

    assert not most(index, room, 0.0).any()
    np.testing.assert_array_equal(most(index, room, 1e9), room)
    assert not least(index, room, index(np.zeros(12))[0]).any()


def test_a_part_without_the_feet_counts_as_it_stands() -> None:
    below = Storey(2, np.array([0, 1]), 1.0, np.array([0.5, 0.5]))
    top = Storey(4, np.array([2, 3]), 0.0, np.array([0.5, 0.5]))
    tower = Tower((below, top), np.array([10.0, 30.0, 20.0, 45.0, 30.0]), np.array([3]))
    value, slope, _ = tower.at(np.array([80.0]))
    assert value == pytest.approx(40.0)
    assert slope.tolist() == pytest.approx([0.25])
