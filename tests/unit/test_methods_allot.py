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
        Storey(12 + k, np.arange(3 * k, 3 * k + 3), p[0], random.dirichlet(np.ones(3))[None])
        for k in range(4)
    ]
    dimensions = [
        Storey(16 + k, np.array([12 + 2 * k, 13 + 2 * k]), p[1], random.dirichlet(np.ones(2))[None])
        for k in range(2)
    ]
    top = Storey(18, np.array([16, 17]), p[2], np.array([[0.4, 0.6]]))
    still = np.zeros((1, 19), dtype=bool)
    tower = Tower((*components, *dimensions, top), np.zeros((1, 19)), np.arange(12), still, 18)
    scores = random.uniform(1.0, 80.0, 12)
    return tower, scores, np.minimum(random.uniform(0.5, 60.0, 12), 100.0 - scores)


def at(tower: Tower, feet: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """The top of a tower in its only case."""
    score, slope, curvature = tower.at(feet[None], np.array([0]))
    return float(score[0]), slope[0], curvature[0]


def best_of(tower: Tower, scores: np.ndarray, room: np.ndarray, budget: float) -> np.ndarray:
    """The best allotment of one budget."""
    found = most(lambda gains, cases: tower.at(scores + gains, cases), room[None], np.array([budget]))
    best: np.ndarray = found[0]
    return best


@pytest.mark.parametrize("p", P)
def test_slope_and_curvature_are_those_of_the_score(p: tuple[float, float, float]) -> None:
    tower, scores, _ = drawn(p, 1)
    _, slope, curvature = at(tower, scores)
    step = 1e-5
    for j, unit in enumerate(np.eye(12)):
        up, down = at(tower, scores + step * unit), at(tower, scores - step * unit)
        assert slope[j] == pytest.approx((up[0] - down[0]) / (2 * step), rel=1e-6, abs=1e-9)
        np.testing.assert_allclose(curvature[j], (up[1] - down[1]) / (2 * step), rtol=1e-5, atol=1e-8)
    assert np.linalg.eigvalsh(curvature).max() <= 1e-12  # it is concave


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("p", P)
def test_no_allotment_is_better(p: tuple[float, float, float], seed: int) -> None:
    tower, scores, room = drawn(p, seed)
    budget = float(room.sum()) * 0.2 * (1 + seed)

    def index(gains: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        return at(tower, scores + gains)

    best = best_of(tower, scores, room, budget)
    value, slope, _ = index(best)
    assert best.sum() == pytest.approx(budget, rel=1e-12)
    assert ((best >= 0) & (best <= room)).all()
    assert loss(slope[None], best[None], room[None], np.array([budget]))[0] < 1e-6
    other = minimize(
        lambda g: -index(g)[0], room * 0.2 * (1 + seed), jac=lambda g: -index(g)[1], method="SLSQP",
        bounds=[(0.0, r) for r in room], tol=1e-12, options={"maxiter": 500},
        constraints={"type": "eq", "fun": lambda g: g.sum() - budget, "jac": lambda g: np.ones(12)},
    )  # fmt: skip
    assert -other.fun <= value + 1e-7
    random = np.random.default_rng(seed)
    for worth in random.dirichlet(np.full(12, 0.3), 300):
        filled = fill(worth[None], room[None], np.array([budget]))[0]
        assert index(filled)[0] <= value + 1e-9

    fewest = least(lambda gains, cases: tower.at(scores + gains, cases), room, value)
    assert index(fewest)[0] >= value
    assert fewest.sum() == pytest.approx(budget, rel=1e-6)


def test_more_budget_is_never_worse() -> None:
    tower, scores, room = drawn((1.0, 0.0, 0.0), 7)

    def index(gains: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        return at(tower, scores + gains)

    budgets = np.linspace(0.0, room.sum(), 15)
    values = [index(best_of(tower, scores, room, budget))[0] for budget in budgets]
    assert (np.diff(values) > 0).all()
    assert (np.diff(values, 2) < 1e-9).all()  # and each further part of it is worth no more than the last


def test_nothing_and_everything() -> None:
    tower, scores, room = drawn((1.0, 0.0, 0.0), 3)

    def index(gains: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        return at(tower, scores + gains)

    assert not best_of(tower, scores, room, 0.0).any()
    np.testing.assert_array_equal(best_of(tower, scores, room, 1e9), room)
    lowest = least(lambda gains, cases: tower.at(scores + gains, cases), room, index(np.zeros(12))[0])
    assert not lowest.any()


def test_many_cases_at_once_are_each_as_alone() -> None:
    """Other scores, rooms, shares and budgets in each; some indicators have no room, one no share."""
    p, count = (1.0, 0.0, 0.5), 9
    drawings = [drawn(p, seed) for seed in range(count)]
    towers = [tower for tower, *_ in drawings]
    scores = np.stack([drawing[1] for drawing in drawings])
    room = np.stack([drawing[2] for drawing in drawings])
    room[np.arange(count), np.arange(count)] = 0.0
    budget = room.sum(axis=1) * np.linspace(0.0, 1.1, count)
    storeys = tuple(
        Storey(one.parent, one.children, one.p, np.concatenate([t.storeys[k].shares for t in towers]))
        for k, one in enumerate(towers[0].storeys)
    )
    shares = storeys[0].shares
    shares[3] = [0.0, 0.5, 0.5]
    towers[3].storeys[0].shares[0] = shares[3]
    scores[3, 0] = np.nan
    still = np.zeros((count, 19), dtype=bool)
    together = Tower(storeys, np.zeros((count, 19)), np.arange(12), still, 18)
    room[3, 0] = 0.0
    found = most(lambda gains, cases: together.at(scores[cases] + gains, cases), room, budget)
    for k, tower in enumerate(towers):
        np.testing.assert_allclose(found[k], best_of(tower, scores[k], room[k], budget[k]), atol=1e-6)


def test_what_stands_still_keeps_its_score_and_passes_nothing_on() -> None:
    below = Storey(2, np.array([0, 1]), 1.0, np.array([[0.5, 0.5]]))
    top = Storey(4, np.array([2, 3]), 0.0, np.array([[0.5, 0.5]]))
    still = np.array([[False, False, True, False, False]])
    tower = Tower((below, top), np.array([[1.0, 3.0, 20.0, 45.0, 30.0]]), np.array([0, 3]), still, 4)
    value, slope, _ = at(tower, np.array([9.0, 45.0]))
    assert value == pytest.approx(30.0)
    assert slope.tolist() == pytest.approx([0.0, 1 / 3])


def test_a_part_without_the_feet_counts_as_it_stands() -> None:
    below = Storey(2, np.array([0, 1]), 1.0, np.array([[0.5, 0.5]]))
    top = Storey(4, np.array([2, 3]), 0.0, np.array([[0.5, 0.5]]))
    still = np.zeros((1, 5), dtype=bool)
    tower = Tower((below, top), np.array([[10.0, 30.0, 20.0, 45.0, 30.0]]), np.array([3]), still, 4)
    value, slope, _ = at(tower, np.array([80.0]))
    assert value == pytest.approx(40.0)
    assert slope.tolist() == pytest.approx([0.25])
