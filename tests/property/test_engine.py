"""What holds for any index: bounds, order, weights, and the straight line behind component weights."""

from __future__ import annotations

import numpy as np
import polars as pl
from drawn import scored
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from commonweal.methods.aggregate import power
from commonweal.methods.rank import rank
from commonweal.methods.weigh import pca
from commonweal.model.edition import Scoring
from commonweal.model.framework import Framework, Node

NUMBERS = st.floats(-1e6, 1e6).map(lambda x: round(x, 3))
MEANS = st.sampled_from(["arithmetic", "geometric", "harmonic", {"method": "power", "p": 0.5}])
SHAPE = (5, 7)  # indicators, areas


def framework(directions: list[int], weights: list[float] | None = None) -> Framework:
    """Five indicators in two components of three and two."""
    weights = weights or [1.0] * 5
    nodes = [Node("index", "Index", level="index")]
    nodes += [Node(c, c, "index", "component") for c in ("one", "two")]
    nodes += [
        Node(f"i{i}", f"I{i}", "one" if i < 3 else "two", direction=directions[i], weight=weights[i])
        for i in range(5)
    ]
    return Framework(tuple(nodes))


def rows(values: np.ndarray, names: list[str] | None = None) -> pl.DataFrame:
    names = names or [f"a{a}" for a in range(values.shape[1])]
    held = [
        ("2020", names[a], f"i{i}", None if np.isnan(values[i, a]) else float(values[i, a]), None)
        for i in range(len(values))
        for a in range(values.shape[1])
    ]
    schema = {"period": str, "area": str, "indicator": str, "value": float, "status": str}
    return pl.DataFrame(held, schema=schema, orient="row")


@st.composite
def tables(draw: st.DrawFn, gaps: bool = True) -> np.ndarray:
    values = draw(arrays(float, SHAPE, elements=NUMBERS))
    if gaps:
        values = np.where(draw(arrays(bool, SHAPE, elements=st.booleans())), np.nan, values)
    spread = [len(np.unique(row[~np.isnan(row)])) > 1 for row in values]
    assume(all(spread))
    return values


DIRECTIONS = st.lists(st.sampled_from([1, -1]), min_size=5, max_size=5)
WEIGHTS = st.lists(st.floats(0.1, 10), min_size=5, max_size=5)


@settings(deadline=None)
@given(tables(), DIRECTIONS, MEANS, st.sampled_from(["equal", "given", "pca", "benefit-of-doubt"]))
def test_scores_lie_between_0_and_100_and_weights_sum_to_one(
    values: np.ndarray, directions: list[int], mean: object, weigh: str
) -> None:
    recipe = {"aggregate": mean, "floor": 1, "weigh": weigh}
    scoring = scored(framework(directions), rows(values), recipe)

    held = scoring.scores[~np.isnan(scoring.scores)]
    assert ((held >= 0) & (held <= 100 * (1 + 1e-12))).all()
    for weights in scoring.child_weights.values():
        np.testing.assert_allclose(weights.sum(axis=-1), 1, rtol=1e-12)
        assert (weights >= 0).all()


@settings(deadline=None)
@given(
    tables(gaps=False), DIRECTIONS, WEIGHTS, MEANS, st.integers(0, 4), st.integers(0, 6), st.floats(1, 1e5)
)
def test_a_better_value_never_lowers_a_score(
    values: np.ndarray,
    directions: list[int],
    weights: list[float],
    mean: object,
    i: int,
    a: int,
    better: float,
) -> None:
    # With the goalposts held, so that a new best value does not move everyone else.
    tree = framework(directions, weights)
    recipe = {"aggregate": mean, "floor": 1, "weigh": "given"}
    before = scored(tree, rows(values), recipe)
    changed = values.copy()
    changed[i, a] += better * directions[i]
    frozen = {**recipe, "normalise": {"method": "goalposts", "rule": "frozen", "edition": "before"}}
    after = scored(tree, rows(changed), frozen, frozen=before.hands_on)

    assert (after.scores[0, a] >= before.scores[0, a] - 1e-9).all()
    others = np.arange(SHAPE[1]) != a
    np.testing.assert_array_equal(after.scores[0, others], before.scores[0, others])


def by_name(scoring: Scoring) -> pl.DataFrame:
    return scoring.frame.sort("area", "node")


@settings(deadline=None)
@given(
    tables(), DIRECTIONS, MEANS, st.sampled_from(["equal", "pca"]), st.permutations(range(7)), st.randoms()
)
def test_order_and_names_of_areas_and_rows_never_matter(
    values: np.ndarray, directions: list[int], mean: object, weigh: str, order: list[int], random: object
) -> None:
    tree = framework(directions)
    for normalise in ("goalposts", "zscore") if mean == "arithmetic" else ("goalposts",):
        recipe = {"aggregate": mean, "floor": 1, "weigh": weigh, "normalise": normalise}
        before = scored(tree, rows(values), recipe)
        names = [f"z{place}" for place in order]
        shuffled = rows(values, names).sample(fraction=1, shuffle=True, seed=random.randrange(1000))  # type: ignore[attr-defined]
        after = scored(tree, shuffled, recipe)

        back = dict(zip(names, [f"a{a}" for a in range(7)], strict=True))
        renamed = by_name(after).with_columns(pl.col("area").replace_strict(back)).sort("area", "node")
        assert renamed.equals(by_name(before))


@given(
    arrays(float, (4, 3), elements=st.floats(0.01, 1e4)),
    arrays(float, 4, elements=st.floats(0, 5)),
    st.sampled_from([1.0, 0.0, -1.0, 0.5, 2.0, -3.0]),
    st.floats(0.001, 1000),
)
def test_a_mean_lies_between_its_children_and_scales_with_them(
    x: np.ndarray, weights: np.ndarray, p: float, factor: float
) -> None:
    assume((weights > 0.01).any())
    weights = np.where(weights > 0.01, weights, 0)
    found = power(x, weights[:, None], p=p)

    counted = x[weights > 0]
    assert (found >= counted.min(axis=0) * (1 - 1e-9)).all()
    assert (found <= counted.max(axis=0) * (1 + 1e-9)).all()
    np.testing.assert_allclose(power(x * factor, weights[:, None], p=p), found * factor, rtol=1e-9)


@given(st.integers(0, 2**32), st.integers(3, 6), st.floats(0.1, 0.8))
def test_component_weights_are_the_first_component_in_a_straight_line(
    seed: int, children: int, noise: float
) -> None:
    """sum v_i s_i = level + slope * sum w_i z_i, for every area, with the same level and slope."""
    random = np.random.default_rng(seed)
    points = 50 + 10 * (random.normal(size=(1, 1, 30)) + noise * random.normal(size=(children, 1, 30)))
    found = pca(points, np.ones((1, 30), dtype=bool), np.ones((1, children)), np.ones(children))
    assume(not found.reason)

    s = points[:, 0]
    sd = s.std(axis=1, ddof=1, keepdims=True)
    component = found.loading @ ((s - s.mean(axis=1, keepdims=True)) / sd)
    slope = 1 / (found.loading / sd[:, 0]).sum()
    level = found.weight[0] @ s.mean(axis=1)
    np.testing.assert_allclose(found.weight[0] @ s, level + slope * component, rtol=1e-9)


@settings(deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 2))
def test_turning_a_column_and_its_direction_changes_nothing(seed: int, i: int) -> None:
    random = np.random.default_rng(seed)
    values = (random.normal(size=(1, 12)) + 0.5 * random.normal(size=(5, 12))).round(6)
    directions = [1] * 5
    before = scored(framework(directions), rows(values), {"weigh": {"component": "pca"}})
    values[i] *= -1
    directions[i] = -1
    after = scored(framework(directions), rows(values), {"weigh": {"component": "pca"}})

    assert after.weights.equals(before.weights)
    np.testing.assert_array_equal(after.scores, before.scores)


@given(arrays(float, 9, elements=st.floats(0, 100).map(lambda x: round(x, 1))), st.permutations(range(9)))
def test_ranks_are_counts_of_who_is_better(scores: np.ndarray, order: list[int]) -> None:
    ranks, of = rank(scores)
    assert ranks.tolist() == [1 + int((scores > score).sum()) for score in scores]
    assert of == 9
    assert rank(scores[order])[0].tolist() == ranks[order].tolist()
