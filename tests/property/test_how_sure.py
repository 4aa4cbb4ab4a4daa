"""The more areas differ, the surer their ranks."""

from __future__ import annotations

import numpy as np
from counted import counted
from hypothesis import given, settings
from hypothesis import strategies as st

from commonweal.model.project import UncertaintyRule

RULE = UncertaintyRule(100, {}, "none", 0.0)


def mean_width(counts: np.ndarray) -> float:
    """Places in the range of a rank of the index, on average."""
    rows = counted(counts, rule=RULE).scores.filter(level="index")
    return float((rows["rank_high"] - rows["rank_low"]).mean())


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(8, 14))
def test_the_more_areas_differ_the_narrower_their_ranges(seed: int, areas: int) -> None:
    random = np.random.default_rng(seed)
    apart = random.normal(size=areas)
    alike, far = (
        random.poisson(60 * np.exp(spread * np.broadcast_to(apart, (6, 1, areas)))) for spread in (0.02, 0.5)
    )
    assert mean_width(far) < mean_width(alike)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_ten_times_the_people_make_ranges_narrower(seed: int) -> None:
    random = np.random.default_rng(seed)
    rates = np.exp(random.normal(-5, 0.25, (6, 1, 12)))
    few, many = (counted(random.poisson(rates * n), n, rule=RULE) for n in (4_000.0, 40_000.0))
    widths = [
        float((rows["rank_high"] - rows["rank_low"]).mean())
        for rows in (edition.scores.filter(level="index") for edition in (few, many))
    ]
    assert widths[1] < widths[0]
