"""Peers, performance, progress and unevenness, on numbers small enough to check by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from commonweal.errors import CommonwealError
from commonweal.insight.peers import peers
from commonweal.insight.performance import performance
from commonweal.insight.progress import progress
from commonweal.insight.unevenness import unevenness
from commonweal.model.area import Area, Areas
from commonweal.model.framework import Framework, Node
from commonweal.model.observation import STATUS_CODE
from commonweal.model.project import PeerRule, ProgressRule

TREE = Framework(
    (
        Node("index", "Index", level="index"),
        Node("health", "Health", "index", level="dimension"),
        Node("safety", "Safety", "index", level="dimension"),
        Node("deaths", "Early deaths", "health", direction=-1),
        Node("weight", "Excess weight", "health", direction=-1),
        Node("crime", "Crime rate", "safety", direction=-1),
    )
)
BY_INCOME = PeerRule(("income",), count=3)


def areas_with(**columns):
    n = len(next(iter(columns.values())))
    codes = [f"A{i:03}" for i in range(n)]
    return Areas(
        "ward", "2018", tuple(Area(c, f"Ward {c}") for c in codes), pl.DataFrame({"code": codes, **columns})
    )


def scoring_of(make_scoring, scores, recipe=None, **more):
    """One score for all three indicators: (areas,) or (periods, areas)."""
    table = np.atleast_2d(np.asarray(scores, dtype=float))
    return make_scoring(TREE, np.repeat(table[:, :, None], 3, axis=2), recipe, **more)


def codes_of(raised):
    return [fault.code for fault in raised.value.faults]


# ---- peers ----


def test_peers_are_the_nearest_in_income_and_ties_go_by_code(make_scoring):
    areas = areas_with(income=[30, 20, 40, 35, 25])
    found = peers(scoring_of(make_scoring, [1, 2, 3, 4, 5]), areas, BY_INCOME)
    assert found.filter(area="A000").select("peer", "order", "distance").rows() == [
        ("A003", 1, 5.0),
        ("A004", 2, 5.0),
        ("A001", 3, 10.0),
    ]


def test_equal_distances_tie_whatever_floating_point_makes_of_them(make_scoring):
    # |0.3 - 0.2| is a little less than |0.1 - 0.2| in floating point
    areas = areas_with(income=[0.1, 0.3, 0.2, 9.0, 9.0])
    found = peers(scoring_of(make_scoring, [1, 2, 3, 4, 5]), areas, BY_INCOME).filter(area="A002")
    assert found["peer"].to_list()[:2] == ["A000", "A001"]


def test_several_attributes_are_weighed_alike_whatever_their_units(make_scoring):
    areas = areas_with(income=[0.0, 10.0, 0.0, 10.0, 5.0], age=[0.0, 0.0, 1000.0, 1000.0, 500.0])
    rule = PeerRule(("income", "age"), count=3)
    found = peers(scoring_of(make_scoring, [1, 2, 3, 4, 5]), areas, rule).filter(area="A000")
    assert found["peer"].to_list() == ["A004", "A001", "A002"]
    # z-scores with the standard deviation over all areas: 5 sqrt(4/5) and 500 sqrt(4/5)
    assert found["distance"].to_list() == pytest.approx([np.sqrt(2.5), np.sqrt(5), np.sqrt(5)])


@pytest.mark.parametrize(
    ("columns", "by", "code"),
    [
        ({"population": [1, 2, 3, 4]}, "income", "PEERS-ATTRIBUTE"),
        ({"income": ["a", "b", "c", "d"]}, "income", "PEERS-ATTRIBUTE"),
        ({"income": [1, 2, None, 4]}, "income", "PEERS-ATTRIBUTE"),
        ({"crime": [1, 2, 3, 4]}, "crime", "PEERS-IN-INDEX"),
        ({"crime_rate": [1, 2, 3, 4]}, "crime_rate", "PEERS-IN-INDEX"),
    ],
)
def test_an_attribute_that_can_not_choose_peers_is_refused(make_scoring, columns, by, code):
    with pytest.raises(CommonwealError) as raised:
        peers(scoring_of(make_scoring, [1, 2, 3, 4]), areas_with(**columns), PeerRule((by,), count=3))
    assert codes_of(raised) == [code]


def test_the_message_lists_the_attributes_there_are(make_scoring):
    with pytest.raises(CommonwealError, match="it has: population"):
        peers(scoring_of(make_scoring, [1, 2, 3, 4]), areas_with(population=[1, 2, 3, 4]), BY_INCOME)


@pytest.mark.parametrize("count", [2, 4])
def test_too_few_peers_are_refused_together_with_other_faults(make_scoring, count):
    with pytest.raises(CommonwealError) as raised:
        peers(scoring_of(make_scoring, [1, 2, 3, 4]), areas_with(x=[1, 2, 3, 4]), PeerRule(("y",), count))
    assert codes_of(raised) == ["PEERS-ATTRIBUTE", "PEERS-FEW"]


# ---- performance ----


def marks(make_scoring, scores, **rule):
    """The index row of the first area against the three others."""
    scoring = scoring_of(make_scoring, scores)
    chosen = PeerRule(("income",), count=len(scores) - 1, **rule)
    near = peers(scoring, areas_with(income=[1.0] * len(scores)), chosen)
    return performance(scoring, near, chosen).filter(area="A000", node="index")


def test_over_is_further_from_the_centre_than_the_spread(make_scoring):
    row = marks(make_scoring, [62, 40, 50, 57]).row(0, named=True)
    # median 50, average absolute deviation (10 + 0 + 7) / 3
    assert row["centre"] == 50
    assert row["spread"] == pytest.approx(17 / 3)
    assert (row["low"], row["high"]) == (pytest.approx(50 - 17 / 3), pytest.approx(50 + 17 / 3))
    assert row["class"] == "over"


@pytest.mark.parametrize(
    ("score", "mark"), [(56.0, "within"), (56.01, "over"), (44.0, "within"), (43.99, "under")]
)
def test_on_the_line_is_within(make_scoring, score, mark):
    assert marks(make_scoring, [score, 41, 50, 59])["class"].to_list() == [mark]


def test_the_floor_keeps_alike_peers_from_making_marks(make_scoring):
    assert marks(make_scoring, [50.9, 50, 50, 50])["class"].to_list() == ["within"]
    assert marks(make_scoring, [51.1, 50, 50, 50])["class"].to_list() == ["over"]


def test_mean_and_standard_deviation(make_scoring):
    row = marks(make_scoring, [62, 40, 50, 66], centre="mean", spread="standard-deviation").row(0, named=True)
    assert row["centre"] == 52
    assert row["spread"] == pytest.approx(np.sqrt((144 + 4 + 196) / 3))


def test_fewer_than_three_scored_peers_make_no_performance(make_scoring):
    assert marks(make_scoring, [62, 40, 50, np.nan]).is_empty()
    assert marks(make_scoring, [62, 40, 50, 45, np.nan]).height == 1
    assert marks(make_scoring, [np.nan, 40, 50, 45, 41]).is_empty()


def test_a_hidden_value_makes_no_mark_but_its_parent_does(make_scoring):
    scoring = scoring_of(make_scoring, [62.0, 40.0, 50.0, 57.0])
    status = scoring.value_status.copy()
    status[0, 0, 2] = STATUS_CODE["suppressed"]
    near = peers(scoring, areas_with(income=[1.0] * 4), BY_INCOME)
    found = performance(replace(scoring, value_status=status), near, BY_INCOME)
    assert found.filter(area="A000")["node"].to_list() == ["index", "health", "safety", "deaths", "weight"]
    assert "crime" in found.filter(area="A001")["node"].to_list()


# ---- progress ----


@pytest.mark.parametrize(
    ("last", "per_year", "name"),
    [
        (48.9, -0.55, "deterioration"),
        (49.0, -0.5, "stagnation"),
        (51.0, 0.5, "stagnation"),
        (51.1, 0.55, "steady improvement"),
        (54.0, 2.0, "steady improvement"),
        (54.1, 2.05, "significant improvement"),
    ],
)
def test_progress_is_points_a_year_and_a_class(make_scoring, last, per_year, name):
    scoring = scoring_of(make_scoring, [[50.0], [60.0], [last]], periods=("2016", "2017", "2018"))
    row = progress(scoring, ProgressRule("2016")).filter(node="index").row(0, named=True)
    assert (row["since"], row["until"]) == ("2016", "2018")
    assert (row["first"], row["last"]) == (pytest.approx(50), pytest.approx(last))
    assert row["per_year"] == pytest.approx(per_year)
    assert row["class"] == name


def test_a_carried_indicator_makes_no_progress(make_scoring):
    own = np.zeros((2, 1, 3), dtype=int)
    own[1, :, 2] = 1
    scoring = scoring_of(make_scoring, [[50.0], [50.0]], periods=("2016", "2018"), entered_from=own)
    found = progress(scoring, ProgressRule()).select("node", "per_year", "class")
    assert sorted(found.rows()) == [
        ("crime", 0.0, "stagnation"),
        ("deaths", None, None),
        ("health", None, None),  # all of it is carried
        ("index", 0.0, "stagnation"),
        ("safety", 0.0, "stagnation"),
        ("weight", None, None),
    ]


def test_progress_of_one_period_is_refused(make_scoring):
    with pytest.raises(CommonwealError) as raised:
        progress(scoring_of(make_scoring, [50.0]), ProgressRule())
    assert codes_of(raised) == ["PROGRESS-PERIODS"]


def test_since_must_be_published(make_scoring):
    scoring = scoring_of(make_scoring, [[50.0], [50.0]], periods=("2016", "2018"))
    with pytest.raises(CommonwealError, match="Use one of: 2016, 2018") as raised:
        progress(scoring, ProgressRule("2014"))
    assert codes_of(raised) == ["PROGRESS-SINCE"]


def test_progress_needs_one_scale(make_scoring):
    each = {"normalise": {"method": "goalposts", "rule": "each-period"}}
    scoring = scoring_of(make_scoring, [[50.0], [50.0]], each, periods=("2016", "2018"))
    with pytest.raises(CommonwealError) as raised:
        progress(scoring, ProgressRule())
    assert codes_of(raised) == ["PROGRESS-SCALE"]


# ---- unevenness ----


def test_a_place_with_one_score_throughout_loses_nothing(make_scoring):
    recipe = {"aggregate": "geometric", "floor": 1}
    assert unevenness(scoring_of(make_scoring, [50.0], recipe))["points"].to_list() == pytest.approx([0] * 5)


def test_the_cost_of_a_tower_is_its_own_and_its_childrens(make_scoring):
    recipe = {"aggregate": {"dimension": "geometric", "index": "geometric"}, "floor": 1}
    scoring = make_scoring(TREE, np.array([[[4.0, 16.0, 32.0]]]), recipe)
    # health: sqrt(4 x 16) = 8 against a plain 10; index: sqrt(8 x 32) = 16 against a plain 20
    assert unevenness(scoring).select("node", "part", "points").rows() == [
        ("index", "index", pytest.approx(4.0)),
        ("index", "health", pytest.approx(1.0)),
        ("index", "safety", pytest.approx(0.0, abs=1e-12)),
        ("health", "health", pytest.approx(2.0)),
        ("safety", "safety", pytest.approx(0.0, abs=1e-12)),
    ]
    assert scoring.scores[0, 0, 0] + 5 == pytest.approx((10 + 32) / 2)


def test_arithmetic_means_have_no_cost(make_scoring):
    assert unevenness(scoring_of(make_scoring, [50.0])).is_empty()
