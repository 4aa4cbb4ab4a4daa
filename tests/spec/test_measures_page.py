"""The tables of docs/explanation/methods/measures.md, worked out again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from commonweal.methods.change import difference, percent
from commonweal.methods.interval import (
    count_ratio_limits,
    mean_and_limits,
    poisson_limits,
    rate_limits,
    sum_limits,
    wilson_limits,
)
from commonweal.methods.quantile import quantiles
from commonweal.methods.shrink import beta_binomial, by_standard_errors, poisson_gamma
from commonweal.methods.standardise import direct

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "methods" / "measures.md"


def rows() -> dict[str, list[str]]:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {first: others for first, *others in cells}


def printed(name: str) -> list[float]:
    return [float(cell.replace(".", "nan", 1) if cell == "." else cell) for cell in rows()[name][-3:]]


def one(*numbers: float) -> np.ndarray:
    return np.array(numbers, dtype=float)


TWELVE = np.zeros(12, dtype=int), np.arange(1.0, 13), np.ones(12, dtype=int), 1
TWENTY, THIRTY = one(20), one(30)
CHANGED = TWENTY, poisson_limits(TWENTY), THIRTY, poisson_limits(THIRTY)
FIGURES = {
    "rate": (one(5), rate_limits(one(20), one(4000), 1000)),
    "percentage": (one(15), wilson_limits(one(6), one(40), 100)),
    "mean": mean_and_limits(one(15), one(101), one(3)),
    "sum": (one(100), sum_limits(one(100), one(3000))),
    "median": quantiles(*TWELVE, 0.5),
    "quantile 0.9": quantiles(*TWELVE, 0.9),
    "count ratio": (one(2), count_ratio_limits(one(20), one(10), 1)),
    "standardised ratio": (one(125), 100 * poisson_limits(one(20)) / 16),
    "standardised rate": direct(np.array([[8.0, 12]]), np.array([[400.0, 200]]), one(3, 1), 1000),
    "difference": difference(*CHANGED),
    "percent": percent(*CHANGED),
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_as_printed(name: str) -> None:
    value, limits = FIGURES[name]
    np.testing.assert_allclose(printed(name), [value[0], *limits[0]], atol=0.0051)


def test_shrunken_figures_are_as_printed() -> None:
    x, n = one(2, 30, 10), one(100, 1000, 100)
    given = x, x, x, n
    for name, found in (
        ("as they are", x / n),
        ("borough, as a rate", poisson_gamma(*given, None).rate),
        ("borough, as a percentage", beta_binomial(*given, None).rate),
        ("deprivation-index-rule", by_standard_errors(*given).rate),
    ):
        np.testing.assert_allclose(printed(name), 100 * found, atol=0.0051)
