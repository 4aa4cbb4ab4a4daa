"""Explanations add up: for any tree, any mean, with gaps, zeros and unequal weights."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commonweal.insight import explain
from commonweal.insight.forming import formings, shares, stretch
from commonweal.insight.unevenness import own_cost, unevenness
from commonweal.model.area import Area, Areas
from commonweal.model.edition import PEERS, Edition
from commonweal.model.framework import Framework, Node

POWERS = (1, 0, -1, 0.5, -2, 2)
#: The means in use, and any other.
ANY_POWER = st.one_of(st.sampled_from(POWERS), st.integers(-300, 300).map(lambda p: p / 100))
LEVELS = ("index", "dimension", "component")
AREAS, PERIODS = 4, ("2016", "2018")
SCORE = st.one_of(
    st.just(None), st.just(0.0), st.just(100.0), st.sampled_from([50.0, 50.0 + 1e-9]), st.floats(0.01, 100)
)


@st.composite
def trees(draw):
    depth = draw(st.integers(2, 3))
    nodes = [Node("index", "Index", level="index")]
    above = ["index"]
    for level in [*LEVELS[1:depth], "indicator"]:
        below = []
        for parent in above:
            for k in range(draw(st.integers(1, 3))):
                id = f"{parent}_{k}"
                direction = 1 if level == "indicator" else None
                nodes.append(Node(id, id, parent, level, direction))
                below.append(id)
        above = below
    return Framework(tuple(nodes))


@st.composite
def editions(draw, make_scoring, powers=ANY_POWER, score=SCORE):
    tree = draw(trees())
    count = len(tree.indicators)
    drawn = draw(
        st.lists(score, min_size=2 * AREAS * count, max_size=2 * AREAS * count).filter(
            lambda x: any(v is not None for v in x)
        )
    )
    leaves = np.array([np.nan if v is None else v for v in drawn]).reshape(2, AREAS, count)
    # some parts, or all, are the same on two sides: in two areas, and in two periods of one
    alike = draw(st.sampled_from([0, 0, count // 2, count]))
    leaves[1, 1, :alike] = leaves[1, 0, :alike]
    leaves[0, 0, :alike] = leaves[1, 0, :alike]
    weights = {}
    for parent in tree.parents:
        n = len(tree.children(parent.id))
        rows, columns = draw(st.sampled_from([1, 2])), draw(st.sampled_from([1, AREAS]))
        size = rows * columns * n
        flat = draw(st.lists(st.sampled_from([0.0, 0.1, 0.5, 1.0, 3.0]), min_size=size, max_size=size))
        table = np.array(flat).reshape(rows, columns, n)
        table[:, :, 0] += 0.2
        weights[parent.id] = table
    levels = {node.level for node in tree.parents}
    recipe = {
        "aggregate": {level: {"method": "power", "p": draw(powers)} for level in levels},
        "floor": draw(st.sampled_from([0.5, 1.0, 20.0])),
    }
    return edition_of(make_scoring(tree, leaves, recipe, periods=PERIODS, weights=weights))


def edition_of(scoring):
    areas = Areas("ward", "2018", tuple(Area(code, f"Ward {code}") for code in scoring.areas))
    peers = pl.DataFrame(
        [
            (a, b, i + 1, 0.0)
            for a in scoring.areas
            for i, b in enumerate([c for c in scoring.areas if c != a])
        ],
        schema=PEERS,
        orient="row",
    )
    return Edition("T", "P", areas, scoring, pl.DataFrame(), peers=peers)


def adds_up(explanation):
    assert np.isfinite(explanation.frame["points"].to_numpy()).all()
    assert abs(explanation.leaves["points"].sum() - explanation.total) < 1e-9
    for row in explanation.frame.filter(kind=explain.WEIGHTS).iter_rows(named=True):
        parts = explanation.frame.filter(
            (pl.col("parent") == row["node"]) & pl.col("kind").is_in([explain.VALUE, explain.MISSING])
        )
        own = explanation.frame.filter((pl.col("node") == row["node"]) & (pl.col("kind") == explain.VALUE))
        assert abs(parts["points"].sum() + row["points"] - own["points"][0]) < 1e-9


FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@FEW
@given(data=st.data())
@pytest.mark.parametrize("against", ["A001", "2016", "peers", "all"])
def test_a_gap_is_the_sum_of_its_parts(make_scoring, data, against):
    edition = data.draw(editions(make_scoring))
    scores = edition.scoring.scores[:, :, 0]
    others = {"A001": scores[1, 1:2], "2016": scores[0, :1], "peers": scores[1, 1:], "all": scores[1]}[
        against
    ]
    if np.isfinite(scores[1, 0]) and np.isfinite(others).any():
        found = explain.gap(edition, "A000", against)
        assert abs(found.score - found.other - (scores[1, 0] - np.nanmean(others))) < 1e-9
        adds_up(found)


@FEW
@given(data=st.data())
def test_a_score_is_the_sum_of_its_parts(make_scoring, data):
    edition = data.draw(editions(make_scoring))
    if np.isfinite(edition.scoring.scores[1, 0, 0]):
        found = explain.score(edition, "A000")
        leaves = found.frame.filter(
            (pl.col("kind") == explain.FLOOR)
            | pl.col("node").is_in([n.id for n in edition.framework.indicators])
        )
        assert abs(leaves["points"].sum() - found.total) < 1e-9


@FEW
@given(data=st.data())
def test_turning_a_gap_round_turns_its_signs(make_scoring, data):
    edition = data.draw(editions(make_scoring))
    if np.isfinite(edition.scoring.scores[1, :2, 0]).all():
        there = explain.gap(edition, "A000", "A001").frame.sort("node", "kind")
        back = explain.gap(edition, "A001", "A000").frame.sort("node", "kind")
        assert np.allclose(there["points"], -back["points"].to_numpy(), rtol=0, atol=1e-9)


@FEW
@given(data=st.data())
def test_unevenness_adds_up_and_never_helps_where_p_is_at_most_one(make_scoring, data):
    edition = data.draw(editions(make_scoring))
    scoring = edition.scoring
    frame = unevenness(scoring)
    if all(p <= 1 for p in _powers(scoring)):
        assert (frame["points"] > -1e-9).all()
    own = frame.filter(pl.col("node") != pl.col("part"))
    whole = frame.group_by("period", "area", "node").agg(pl.col("points").sum().alias("whole"))
    carried = own.join(whole, left_on=["period", "area", "part"], right_on=["period", "area", "node"])
    assert (carried["points"].abs() <= carried["whole"].abs() + 1e-9).all()


@FEW
@given(data=st.data())
def test_no_part_of_the_cost_of_unevenness_is_ever_negative(make_scoring, data):
    """Each child's own term, under any mean with p < 1, with gaps, zeros, floors and unequal weights."""
    low = st.integers(-300, 99).map(lambda p: p / 100)
    scoring = data.draw(editions(make_scoring, powers=low)).scoring
    for form in formings(scoring):
        share = shares(scoring.scores[:, :, form.children], scoring.child_weights[form.id])
        terms = own_cost(scoring, form, share)
        assert (terms[np.isfinite(scoring.scores[:, :, form.node])] > -1e-9).all()


@FEW
@given(data=st.data())
def test_the_cost_of_unevenness_is_the_plain_mean_less_the_index(make_scoring, data):
    """Nothing is below a floor here, so the same scores averaged plainly are the tree's arithmetic means."""
    scoring = data.draw(editions(make_scoring, score=st.one_of(st.none(), st.floats(20, 100)))).scoring
    recipe = {"aggregate": "arithmetic"}
    leaves = scoring.scores[:, :, [scoring.node_index[n.id] for n in scoring.framework.indicators]]
    plain = make_scoring(
        scoring.framework, leaves, recipe, periods=PERIODS, weights=dict(scoring.child_weights)
    )
    both = np.isfinite(scoring.scores) & np.isfinite(plain.scores)
    lost = np.zeros(scoring.scores.shape)
    for row in unevenness(scoring).iter_rows(named=True):
        at = scoring.period_index[row["period"]], scoring.area_index[row["area"]]
        lost[(*at, scoring.node_index[row["node"]])] += row["points"]
    assert np.abs(np.where(both, plain.scores - scoring.scores - lost, 0.0)).max() < 1e-9


@FEW
@given(data=st.data())
def test_two_sides_that_are_the_same_have_nothing_between_them(make_scoring, data):
    scoring = data.draw(editions(make_scoring)).scoring
    at = [scoring.node_index[n.id] for n in scoring.framework.indicators]
    leaves = scoring.scores[:, :, at].copy()
    leaves[1, 1] = leaves[1, 0]
    p = data.draw(ANY_POWER)
    same = edition_of(
        make_scoring(
            scoring.framework,
            leaves,
            {"aggregate": {"method": "power", "p": p}, "floor": 1.0},
            periods=PERIODS,
        )
    )
    if np.isfinite(same.scoring.scores[1, 0, 0]):
        found = explain.gap(same, "A000", "A001")
        assert np.abs(found.frame["points"].to_numpy()).max() == 0.0
        adds_up(found)


def _powers(scoring):
    return [scoring.recipe.aggregate.method.at(n.id, n.level)["p"] for n in scoring.framework.parents]


@given(a=st.floats(0.01, 100), d=st.floats(1e-13, 1e-3), p=st.sampled_from(POWERS))
def test_the_stretch_of_two_close_scores_is_the_slope_between_them(a, d, p):
    found = stretch(np.array([a]), np.array([a + d]), p)[0]
    assert found == pytest.approx((a + d / 2) ** (1 - p), rel=max(1e-12, 30 * (d / a) ** 2))


def test_without_floor_zero_children_pass_nothing_on(make_scoring):
    tree = Framework(
        (
            Node("index", "Index", level="index"),
            Node("x", "X", "index", direction=1),
            Node("y", "Y", "index", direction=1),
        )
    )
    half = {"aggregate": {"method": "power", "p": 0.5}}
    zeros = make_scoring(tree, np.array([[[0.0, 0.0], [0.0, 0.0], [9.0, 0.0], [9.0, 16.0]]]), half)
    edition = edition_of(zeros)
    assert explain.gap(edition, "A000", "A001").frame["points"].to_list() == [0, 0, 0, 0]
    adds_up(explain.gap(edition, "A000", "A002"))
    adds_up(explain.gap(edition, "A003", "A000"))
