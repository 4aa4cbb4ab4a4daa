"""An edition that is frozen and applied to exactly its own data gives its own scores again."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from drawn import scored, tree
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

SHAPE = (6, 2, 12)  # indicators, periods, areas
TREE = tree("index\n  one\n    + a\n    - b\n    + c\n  two\n    - d\n    + e\n    + f")
IDS = tuple(node.id for node in TREE.indicators)
#: Cents apart at least, so that twelve digits tell any two values from each other.
VALUES = arrays.arrays(np.int64, SHAPE, elements=st.integers(1, 10**6)).map(lambda x: x / 100.0)
GAPS = arrays.arrays(np.bool_, SHAPE, elements=st.sampled_from([False] * 9 + [True]))
PEOPLE = pl.DataFrame({"code": [f"w{a:02}" for a in range(SHAPE[2])], "people": np.arange(1.0, 13.0)})
SCALES = (
    "goalposts", "minmax", "zscore", "t-score", "rank", "borda", "percentile", "distance-to-max",
    {"method": "distance-to-reference", "area": "w05"}, "share-of-max", "quantile-scale", "exponential",
    {"method": "index-100", "weight": "people"},
)  # fmt: skip
TREATMENTS = (
    "winsorise", {"method": "winsorise", "skew": 0.5, "kurtosis": 0.1, "max": 2, "then": "signed-log"},
    {"method": "winsorise", "skew": 0.1, "kurtosis": -1, "max": 0, "then": "log"}, "box-cox", "yeo-johnson",
)  # fmt: skip


def rows(values: np.ndarray, gaps: np.ndarray) -> pl.DataFrame:
    i, p, a = np.nonzero(~gaps)
    return pl.DataFrame(
        {
            "period": np.asarray(["2019", "2020"])[p],
            "area": PEOPLE["code"].to_numpy()[a],
            "indicator": np.asarray(IDS)[i],
            "value": values[i, p, a],
        }
    )


def frozen(step: object) -> dict[str, object]:
    held = step if isinstance(step, dict) else {"method": step}
    return {**held, "rule": "frozen", "edition": "before"}


def known_somewhere(values: np.ndarray, gaps: np.ndarray) -> np.ndarray:
    """The gaps, but for three areas, one of them w05, so that each indicator can be put on every scale."""
    kept = gaps.copy()
    kept[:, :, [0, 5, 11]] = False
    values[:, :, 0], values[:, :, 5], values[:, :, 11] = 1.0, 20.0, 300.0
    return kept


@pytest.mark.parametrize("fill", ["component-mean", "regression"])
@settings(deadline=None, max_examples=25)
@given(VALUES, GAPS, st.sampled_from(TREATMENTS), st.sampled_from(SCALES))
def test_frozen_and_applied_to_its_own_data(
    fill: str, values: np.ndarray, gaps: np.ndarray, treat: object, normalise: object
) -> None:
    gaps = known_somewhere(values, gaps)
    if isinstance(normalise, dict) or normalise == "share-of-max":
        fill, treat = "none", "none"  # estimates and bends may turn a sign, or pass the area compared with
    if normalise in ("rank", "borda", "percentile", "exponential"):
        fill, treat = "none", "none"  # the last bit of an estimate or a bend can part two places
    if fill == "regression" and treat == "box-cox":
        treat = "yeo-johnson"  # an estimate may be 0 or less, which box-cox refuses
    recipe = {"impute": fill, "treat": treat, "normalise": normalise}
    table = rows(values, gaps)
    before = scored(TREE, table, recipe, attributes=PEOPLE)
    again = {name: frozen(step) if step != "none" else step for name, step in recipe.items()}
    after = scored(TREE, table, again, frozen=before.hands_on, attributes=PEOPLE)
    size = np.nanmax(np.abs(before.scores))
    np.testing.assert_allclose(after.scores, before.scores, rtol=1e-12, atol=1e-12 * size)
    np.testing.assert_array_equal(after.status, before.status)

    third = scored(
        TREE, table, again, frozen=after.hands_on, attributes=PEOPLE
    )  # and what it hands on is its own
    np.testing.assert_allclose(third.scores, before.scores, rtol=1e-11, atol=1e-11 * size)
