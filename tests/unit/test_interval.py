"""Intervals against the reference results for public health measures, and against the exact ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from commonweal.methods.interval import EXACT_LIMITS, Z, poisson_limits, rate_limits, wilson_limits


def test_the_normal_quantile_and_the_exact_limits_are_those_of_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    x = np.arange(1, 10)
    assert stats.norm.ppf(0.975) == Z
    np.testing.assert_allclose(EXACT_LIMITS[1:, 0], stats.chi2.ppf(0.025, 2 * x) / 2, rtol=1e-13)
    np.testing.assert_allclose(
        EXACT_LIMITS[:, 1], stats.chi2.ppf(0.975, 2 * np.arange(10) + 2) / 2, rtol=1e-13
    )
    assert EXACT_LIMITS[0, 0] == 0


def test_rates_equal_the_reference_results(golden: Path) -> None:
    given = pl.read_csv(golden / "measures/inputs/rates.csv")
    table = pl.read_csv(golden / "measures/expected/rates.csv").join(given, on="id")
    assert table.height >= given.height
    for per, rows in ((m[0], r) for m, r in table.group_by("multiplier")):
        limits = rate_limits(rows["events"].to_numpy(), rows["denominator"].to_numpy(), float(str(per)))
        np.testing.assert_allclose(limits[:, 0], rows["lower95"], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(limits[:, 1], rows["upper95"], rtol=1e-9, atol=1e-12)


def test_grouped_rates_equal_the_reference_results(golden: Path) -> None:
    rows = pl.read_csv(golden / "measures/expected/rates_grouped_per1000.csv")
    limits = rate_limits(rows["events"].to_numpy(), rows["population"].to_numpy(), 1000)
    np.testing.assert_allclose(limits[:, 0], rows["lower95"], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(limits[:, 1], rows["upper95"], rtol=1e-9, atol=1e-12)


def test_proportions_equal_the_reference_results(golden: Path) -> None:
    given = pl.read_csv(golden / "measures/inputs/proportions.csv")
    table = pl.read_csv(golden / "measures/expected/proportions.csv").join(given, on="id")
    for per, rows in ((m[0], r) for m, r in table.group_by("multiplier")):
        limits = wilson_limits(rows["numerator"].to_numpy(), rows["denominator"].to_numpy(), float(str(per)))
        np.testing.assert_allclose(limits[:, 0], rows["lower95"], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(limits[:, 1], rows["upper95"], rtol=1e-9, atol=1e-12)


def test_the_ends_of_a_proportion_are_exact() -> None:
    limits = wilson_limits(np.array([0, 7]), np.array([7, 7]), per=100)
    assert limits[0, 0] == 0
    assert limits[1, 1] == 100


def test_byar_takes_over_from_the_exact_limits_without_a_jump() -> None:
    limits = poisson_limits(np.arange(0, 40))
    assert (np.diff(limits, axis=0) > 0).all()
    assert (limits[:, 0] <= np.arange(40)).all()
    assert (limits[:, 1] > np.arange(40)).all()
