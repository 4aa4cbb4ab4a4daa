"""Overtaking: shares of weightings against a count of many, the smallest swap against a linear programme."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from commonweal.methods.overtake import share_above, smallest_swap

LEADS = st.integers(2, 7).flatmap(lambda k: arrays(float, k, elements=st.integers(-20, 20).map(float)))


@pytest.mark.parametrize("parts", [2, 3, 6, 12])
def test_the_share_of_weightings_agrees_with_counting_them(parts: int) -> None:
    stream = np.random.default_rng(parts)
    weights = stream.dirichlet(np.ones(parts), 100_000)
    for _ in range(5):
        lead = stream.normal(size=parts)
        assert share_above(lead) == pytest.approx(float((weights @ lead > 0).mean()), abs=0.006)


@given(LEADS)
def test_one_is_above_or_the_other(lead: np.ndarray) -> None:
    if (lead == 0).all():
        return
    flat = share_above(lead) + share_above(-lead)
    assert flat == pytest.approx(1.0)


@given(LEADS, st.integers(0, 1000))
def test_no_change_of_weights_is_smaller(lead: np.ndarray, seed: int) -> None:
    parts = len(lead)
    weights = np.random.default_rng(seed).dirichlet(np.ones(parts))
    swap = smallest_swap(lead, weights)
    size, moved = np.eye(parts), np.full(parts, 0.5)
    least = linprog(
        np.r_[np.zeros(parts), moved],
        A_ub=np.block([[size, -size], [-size, -size]]),
        b_ub=np.r_[weights, -weights],
        A_eq=np.vstack([np.r_[lead, np.zeros(parts)], np.r_[np.ones(parts), np.zeros(parts)]]),
        b_eq=[0, 1],
    )
    assert (swap is None) == (least.status != 0)
    if swap is not None:
        assert swap.moved == pytest.approx(least.fun, abs=1e-7)
        assert swap.weights @ lead == pytest.approx(0, abs=1e-9)
        assert swap.weights.sum() == pytest.approx(1)
        assert (swap.weights >= -1e-12).all()
