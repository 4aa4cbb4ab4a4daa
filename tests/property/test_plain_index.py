"""Whatever the recipe and the data, the engine says what a slow, plain reading of the definitions says."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
from drawn import scored
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from plain_index import Column, plain_ranks, plain_scores

from commonweal.model.framework import Framework, Node

#: Components from the lowest up; the index is the last.
PARENTS = {"one": ("a", "b", "c", "d"), "two": ("e", "f"), "index": ("one", "two")}
INDICATORS = [*PARENTS["one"], *PARENTS["two"]]
#: Whole numbers tie often; few of them lie far out.
CELLS = st.one_of(st.integers(0, 12), st.integers(-40, 40), st.sampled_from([150, -150])).map(float)

NORMALISE = st.one_of(
    st.sampled_from([{"method": m} for m in ("goalposts", "rank", "borda", "exponential")]),
    st.sampled_from([(0, 100), (1, 100), (1, 7)]).map(
        lambda ends: {"method": "minmax", "low": ends[0], "high": ends[1]}
    ),
    st.sampled_from([(0, 1), (10, 2)]).map(lambda at: {"method": "zscore", "mean": at[0], "sd": at[1]}),
    st.sampled_from([1, 100]).map(lambda scale: {"method": "percentile", "scale": scale}),
    st.booleans().map(lambda cap: {"method": "distance-to-target", "cap": cap, "scale": 100}),
)
TREAT = st.fixed_dictionaries(
    {
        "method": st.just("winsorise"),
        "skew": st.sampled_from([0.5, 1, 2]),
        "kurtosis": st.sampled_from([0, 1, 3.5]),
        "max": st.integers(0, 3),
        "then": st.sampled_from(["none", "log"]),
    }
)
IMPUTE = st.sampled_from(
    [
        {"method": "group-mean", "group": "region"},
        {"method": "group-median", "group": "region"},
        {"method": "component-mean"},
    ]
)
MEANS = st.sampled_from(
    [{"method": "arithmetic"}, {"method": "geometric"}, {"method": "harmonic"}, {"method": "power", "p": -2}]
)


@st.composite
def recipes(draw: st.DrawFn) -> dict[str, Any]:
    recipe: dict[str, Any] = {"normalise": draw(NORMALISE), "aggregate": draw(MEANS), "floor": 0.5}
    by_period = draw(st.booleans())
    for step, written in (("treat", TREAT), ("impute", IMPUTE)):
        if draw(st.booleans()):
            recipe[step] = draw(written)
    if by_period:
        recipe["normalise"] |= {"rule": "each-period"}
        if "treat" in recipe:
            recipe["treat"] |= {"rule": "each-period"}
    if draw(st.booleans()):
        recipe["available"] = draw(st.sampled_from([0, 0.5, 0.75, 1]))
    return recipe


@st.composite
def panels(draw: st.DrawFn) -> dict[str, Column]:
    """Values of six indicators, in an order of rows of their own, with gaps; each varies in every period."""
    periods, areas = (
        ["2016", "2018", "2019"][: draw(st.integers(1, 3))],
        [f"E{n}" for n in range(draw(st.integers(5, 9)))],
    )
    keys = draw(st.permutations([(p, a) for p in periods for a in areas]))
    seed = np.random.default_rng(draw(st.integers(0, 10**6)))
    columns = {}
    for i in INDICATORS:
        values = draw(st.lists(CELLS, min_size=len(keys), max_size=len(keys)))
        gaps = seed.random(len(keys)) < 0.15
        columns[i] = {key: math.nan if gap else x for key, x, gap in zip(keys, values, gaps, strict=True)}
    for column in columns.values():
        for period in periods:
            here = {x for (p, _), x in column.items() if p == period and not math.isnan(x)}
            assume(len(here) > 2)
    return columns


@settings(deadline=None, max_examples=60)
@given(panels(), recipes(), st.lists(st.sampled_from([1, -1]), min_size=6, max_size=6))
def test_the_engine_agrees_with_a_plain_reading(
    columns: dict[str, Column], recipe: dict[str, Any], signs: list[int]
) -> None:
    direction = dict(zip(INDICATORS, signs, strict=True))
    areas = sorted({area for _, area in columns["a"]})
    groups = {area: "north" if n % 2 else "south" for n, area in enumerate(areas)}
    targets = {i: 400.0 * direction[i] for i in INDICATORS}
    expected = plain_scores(columns, direction, PARENTS, groups, targets, recipe)

    nodes = [Node("index", "Index", level="index")]
    nodes += [Node(c, c.title(), "index", "component") for c in ("one", "two")]
    nodes += [
        Node(i, i, p, direction=direction[i], target=targets[i]) for p in ("one", "two") for i in PARENTS[p]
    ]
    rows = [
        (period, area, i, None if math.isnan(x) else x)
        for i, column in columns.items()
        for (period, area), x in column.items()
    ]
    frame = pl.DataFrame(rows, schema=["period", "area", "indicator", "value"], orient="row")
    attributes = pl.DataFrame({"code": areas, "region": [groups[area] for area in areas]})
    found = scored(Framework(tuple(nodes)), frame, recipe, attributes=attributes)

    for node, column in expected.items():
        places = plain_ranks(column)
        for (period, area), score in column.items():
            at = (found.period_index[period], found.area_index[area], found.node_index[node])
            where = f"{node} {period} {area}"
            np.testing.assert_allclose(found.scores[at], score, rtol=1e-9, atol=1e-9, err_msg=where)
            assert found.ranks[at] == places.get((period, area), 0), where
