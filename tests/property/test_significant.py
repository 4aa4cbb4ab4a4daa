"""Twelve significant digits, against the decimal module."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from commonweal.methods.significant import significant

numbers = st.floats(allow_nan=False, allow_infinity=False, width=64)


@given(st.lists(numbers, min_size=1, max_size=20))
def test_close_and_idempotent(values: list[float]) -> None:
    once = significant(np.array(values))
    assert np.array_equal(once, significant(once))
    for before, after in zip(values, once.tolist(), strict=True):
        assert abs(after - before) <= 0.5000001e-11 * abs(before)


@given(st.integers(min_value=-(10**12) + 1, max_value=10**12 - 1), st.integers(-20, 8))
def test_decimals_of_twelve_digits_stay(digits: int, exponent: int) -> None:
    value = float(f"{digits}e{exponent}")
    assert significant(np.array([value]))[0] == value
    assert float(repr(float(significant(np.array([value]))[0]))) == value


def test_special_values_stay() -> None:
    got = significant(np.array([np.nan, np.inf, -np.inf, 0.0, 5e-324]))
    assert np.isnan(got[0])
    assert got[1:].tolist() == [np.inf, -np.inf, 0.0, 5e-324]
