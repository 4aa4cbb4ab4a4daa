"""Worked examples that others have published.

"After" marks those whose numbers are as other works quote them, and were not compared with the printed page.
"""

from __future__ import annotations

import numpy as np
import pytest

from commonweal.methods import weigh
from commonweal.methods.aggregate import benefit_of_doubt, mazziotta_pareto
from commonweal.methods.answers import judged, priorities
from commonweal.methods.benefit_of_doubt import best_shares
from commonweal.methods.normalise import Marks, index_100


def judgements(text: str) -> np.ndarray:
    """A matrix from what stands above its diagonal, a row a line."""
    rows = [[float(cell) for cell in line.split()] for line in text.strip().splitlines()]
    size = len(rows) + 1
    matrix = np.eye(size)
    for i, row in enumerate(rows):
        matrix[i, i + 1 :] = row
        matrix[i + 1 :, i] = 1 / np.array(row)
    return matrix


#: Which school: learning, friends, school life, vocational training, college preparation, music classes.
#: After Saaty, The Analytic Hierarchy Process (1980).
SCHOOL = judgements(
    """
    4    3    1    3    4
    7    3    0.2  1
    0.2  0.2  0.16666666666666667
    1    0.3333333333333333
    3
    """
)
#: Drinks consumed in the United States: coffee, wine, tea, beer, sodas, milk, water.
#: Saaty, Decision making with the analytic hierarchy process, International Journal of Services Sciences
#: 1 (2008), pages 83 to 98; the tests of the Python package ahpy have the same comparisons.
DRINKS = judgements(
    """
    9    5    2    1    1    0.5
    0.3333333333333333  0.1111111111111111  0.1111111111111111  0.1111111111111111  0.1111111111111111
    0.3333333333333333  0.25  0.3333333333333333  0.1111111111111111
    0.5  1    0.3333333333333333
    2    0.5
    0.3333333333333333
    """
)


def test_saaty_which_school() -> None:
    own, ratio = priorities(SCHOOL)
    assert own.round(2).tolist() == [0.32, 0.14, 0.03, 0.13, 0.24, 0.14]
    assert ratio > 0.10  # he reports the judgements as inconsistent


def test_saaty_drinks() -> None:
    own, ratio = priorities(DRINKS)
    assert own.round(3).tolist() == [0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327]
    assert ratio == pytest.approx(0.022, abs=5e-4)


def test_who_contradicts_themselves_is_left_out() -> None:
    found = judged(np.stack([SCHOOL, SCHOOL]))
    assert (found.asked, found.inconsistent, found.used) == (2, 2, 0)


def test_entropy_of_the_fighter_aircraft() -> None:
    """After Hwang and Yoon (1981), who round the entropies on the way."""
    aircraft = [[2.0, 1500, 20000, 5.5, 5, 9], [2.5, 2700, 18000, 6.5, 3, 5],
                [1.8, 2000, 21000, 4.5, 7, 7], [2.2, 1800, 20000, 5.0, 5, 5]]  # fmt: skip
    found = weighed(weigh.entropy, aircraft)
    assert found == pytest.approx([0.0649, 0.2055, 0.0133, 0.0829, 0.3570, 0.2764], abs=2e-3)


def test_critic_of_the_attendance_software() -> None:
    """After Tuş and Aytaç Adalı, The new combination with CRITIC and WASPAS methods, Opsearch 56 (2019)."""
    software = [[5000, 3, 3, 4, 3, 2], [680, 5, 3, 2, 2, 1], [2000, 3, 2, 3, 4, 3],
                [600, 4, 3, 1, 2, 2], [800, 2, 4, 3, 3, 4]]  # fmt: skip
    found = weighed(weigh.critic, software)
    assert found == pytest.approx([0.157, 0.249, 0.168, 0.121, 0.154, 0.151], abs=1e-3)


def weighed(method: object, rows: list[list[float]]) -> list[float]:
    x = np.array(rows, dtype=float).T[:, None, :]
    found = method(x, np.ones((1, len(rows)), dtype=bool), np.ones((1, len(x))), np.ones(len(x)))  # type: ignore[operator]
    return found.weight[0].tolist()


def test_benefit_of_the_doubt_of_the_branch_stores() -> None:
    """After Cooper, Seiford and Tone, Data Envelopment Analysis, chapter 1: one input, two outputs.

    Customers and sales for each employee; stores B, E, F and G are efficient, A has 0.714 and D 0.75.
    """
    stores = np.array([[1.0, 2, 3, 4, 4, 5, 6], [5, 7, 4, 3, 6, 5, 2]])
    found = benefit_of_doubt(stores, np.ones((2, 1)))
    assert found.round(1).tolist() == [71.4, 100, 70.0, 75.0, 100, 100, 100]


def test_benefit_of_the_doubt_weights_of_the_branch_stores() -> None:
    """The same stores: under its own weights a store is as far behind the best as the chapter finds it."""
    stores = np.array([[1.0, 2, 3, 4, 4, 5, 6], [5, 7, 4, 3, 6, 5, 2]])
    own = best_shares(stores, least=0.0)
    seen = (own * stores).sum(axis=0) / (own.T @ stores).max(axis=1)
    assert seen.round(3).tolist() == [0.714, 1, 0.7, 0.75, 1, 1, 1]


def test_mazziotta_pareto_by_hand() -> None:
    """De Muro, Mazziotta and Pareto (2011): the mean less S cv, where cv = S / M and S has divisor n.

    Both places have the mean 100. The even one keeps it; of the other S^2 = (20^2 + 0 + 20^2) / 3 = 266.67.
    """
    places = np.array([[100.0, 80.0], [100.0, 100.0], [100.0, 120.0]])
    assert mazziotta_pareto(places, np.ones((3, 1)), sign="-").round(2).tolist() == [100.0, 97.33]
    assert mazziotta_pareto(places, np.ones((3, 1)), sign="+").round(2).tolist() == [100.0, 102.67]


def test_the_scale_of_the_ons_health_index() -> None:
    """100 is the mean of people, not of areas; 110 is one standard deviation higher, 90 one lower.

    Three areas with 2, 1 and 1 thousand people: mean (2 x 10 + 14 + 18) / 4 = 13, weighted sum of squares
    2 x 9 + 1 + 25 = 44, sd^2 = 44 x 4 / (16 - 6) = 17.6.
    """
    values, people = np.array([10.0, 14.0, 18.0]), np.array([2.0, 1.0, 1.0])
    sd = np.sqrt(17.6)
    at = np.array([13.0, 13.0 + sd, 13.0 - sd])
    found = index_100(at, values, Marks(weight=people), weight="population")
    np.testing.assert_allclose(found, [100, 110, 90], rtol=1e-12)
    scores = index_100(values, values, Marks(weight=people), weight="population")
    assert scores @ people / people.sum() == pytest.approx(100)
