"""Explanations of one score and of gaps: the numbers on paper, the words, and what is refused."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from commonweal.errors import CommonwealError
from commonweal.insight import explain
from commonweal.insight.peers import peers
from commonweal.model.area import Area, Areas
from commonweal.model.edition import Edition
from commonweal.model.framework import Framework, Node
from commonweal.model.project import PeerRule

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
GEOMETRIC = {"aggregate": {"index": "geometric"}, "floor": 1}
#: deaths, weight, crime
ABBEY, RIVER = [20.0, 60.0, 10.0], [40.0, 40.0, 40.0]


def edition_of(make_scoring, leaves, recipe=GEOMETRIC, periods=("2018",)):
    scoring = make_scoring(TREE, np.array(leaves, dtype=float), recipe, periods=periods)
    names = ["Abbey", "River", "Valence", "Thames"]
    items = tuple(Area(code, name) for code, name in zip(scoring.areas, names, strict=False))
    income = pl.DataFrame({"code": list(scoring.areas), "income": [float(i) for i in range(len(items))]})
    areas = Areas("ward", "2018", items, income)
    return Edition("Index", "Testham", areas, scoring, pl.DataFrame())


def points(explanation):
    return {(row["node"], row["kind"]): row["points"] for row in explanation.frame.iter_rows(named=True)}


def test_a_gap_goes_down_the_tree(make_scoring):
    found = explain.gap(edition_of(make_scoring, [[ABBEY, RIVER]]), "Abbey", "River")
    # health is 40 on both sides, so its halves cancel; safety makes the gap: sqrt(40 x 10) = 20 against 40
    lam = (20 - 40) / (np.log(20) - np.log(40))
    slope = lam / 2 / 40 / 2  # of the index for a point of deaths or weight
    assert points(found) == {
        ("index", "value"): pytest.approx(-20),
        ("index", "weights and gaps"): 0,
        ("health", "value"): 0,
        ("health", "weights and gaps"): 0,
        ("deaths", "value"): pytest.approx(-20 * slope),
        ("weight", "value"): pytest.approx(20 * slope),
        ("safety", "value"): pytest.approx(-20),
        ("safety", "weights and gaps"): 0,
        ("crime", "value"): pytest.approx(-20),
    }
    assert found.leaves["node"].unique().sort().to_list() == [
        "crime", "deaths", "health", "index", "safety", "weight",
    ]  # fmt: skip


def test_the_leaves_of_a_score_add_up_to_it(make_scoring):
    found = explain.score(edition_of(make_scoring, [[ABBEY, RIVER]]), "Abbey")
    assert found.leaves["points"].sum() == pytest.approx(found.total)
    assert set(found.leaves["node"]) == {"deaths", "weight", "crime"}


def test_what_is_missing_on_one_side_is_named(make_scoring):
    edition = edition_of(make_scoring, [[[20.0, 60.0, 10.0], [40.0, np.nan, 10.0]]], {})
    found = points(explain.gap(edition, "Abbey", "River", node="health"))
    # c = 40 on both sides: deaths 0.75 (20 - 40), its weight part (0.5 - 1)(30 - 40), weight 0.5 (60 - 40)
    assert found == {
        ("health", "value"): pytest.approx(0),
        ("health", "weights and gaps"): pytest.approx(5),
        ("deaths", "value"): pytest.approx(-15),
        ("weight", "missing"): pytest.approx(10),
    }


def test_below_the_floor_nothing_changes_the_gap(make_scoring):
    edition = edition_of(make_scoring, [[[50.0, 50.0, 0.2], [50.0, 50.0, 0.6]]])
    found = explain.gap(edition, "Abbey", "River")
    assert found.total == pytest.approx(0)
    assert points(found)["crime", "value"] == 0


def test_against_peers_and_all_it_is_the_gap_to_their_mean(make_scoring):
    edition = edition_of(make_scoring, [[ABBEY, RIVER, [30, 30, 30], [50, 50, 50]]])
    near = peers(edition.scoring, edition.areas, PeerRule(("income",), count=3))
    edition = Edition(**{**edition.__dict__, "peers": near})
    theirs = explain.gap(edition, "A000", "peers")
    assert (theirs.other, theirs.members) == (pytest.approx(40), 3)
    assert explain.gap(edition, "A000", "all").other == pytest.approx(35)
    assert explain.lines(theirs, edition)[0] == (
        "Abbey scores 20.00 in 2018, 20.00 points below the mean of its three peers (40.00)."
    )


def test_a_gap_in_words(make_scoring):
    edition = edition_of(make_scoring, [[ABBEY, RIVER]])
    assert explain.lines(explain.gap(edition, "abbey", "River"), edition) == [
        "Abbey scores 20.00 in 2018, 20.00 points below River (40.00).",
        "What makes the gap, in points:",
        "  −20.00  Safety: 10.00 against 40.00",
        "    −20.00  Crime rate: 10.00 against 40.00",
        "  0.00  Health: 40.00 against 40.00",
        "    −3.61  Early deaths: 20.00 against 40.00",
        "    +3.61  Excess weight: 60.00 against 40.00",
        "Together −20.00.",
    ]


def test_the_same_area_earlier(make_scoring):
    edition = edition_of(make_scoring, [[ABBEY], [RIVER]], periods=("2016", "2018"))
    said = explain.lines(explain.gap(edition, "Abbey", "2016"), edition)
    assert said[0] == "Abbey scores 40.00 in 2018, 20.00 points above its own score in 2016 (20.00)."


def test_a_score_is_scores_times_effects(make_scoring):
    edition = edition_of(make_scoring, [[ABBEY, RIVER]])
    found = explain.score(edition, "Abbey")
    effects = dict(found.frame.filter(kind="value").select("node", "effect").iter_rows())
    # index 20 from 40 and 10: half of 20/40 and half of 20/10
    assert effects == {
        "index": 1, "health": pytest.approx(0.25), "deaths": pytest.approx(0.125),
        "weight": pytest.approx(0.125), "safety": pytest.approx(1), "crime": pytest.approx(1),
    }  # fmt: skip
    assert explain.lines(found, edition)[:3] == [
        "Abbey scores 20.00 in 2018. Its parts, and what one point more of each is worth to it:",
        "  Safety: 10.00, where one point more is worth 1.000",
        "    Crime rate: 10.00, where one point more is worth 1.000",
    ]


def test_the_parts_of_a_plain_mean_add_up(make_scoring):
    edition = edition_of(make_scoring, [[ABBEY, RIVER]], {})
    assert explain.lines(explain.score(edition, "Abbey"), edition)[:2] == [
        "Abbey scores 25.00 in 2018, made of:",
        "  20.00  Health: 40.00, where one point more is worth 0.500",
    ]


def test_it_says_why_points_against_a_group_may_differ_in_sign(make_scoring):
    # Abbey's safety, 30, is below the mean of 100, 5 and 5, yet far above the two lowest
    edition = edition_of(make_scoring, [[[50, 50, 30], [50, 50, 100], [50, 50, 5], [50, 50, 5]]])
    lines = explain.lines(explain.gap(edition, "Abbey", "all"), edition)
    assert "  +3.46  Safety: 30.00 against a mean of 35.00" in lines
    assert lines[-1].endswith("so a part can lift although its score is below the mean.")


def test_what_the_floor_lifts_has_a_row(make_scoring):
    found = explain.score(edition_of(make_scoring, [[[50.0, 50.0, 0.0]]]), "Abbey")
    row = found.frame.filter(kind="floor").row(0, named=True)
    assert (row["node"], row["points"]) == ("safety", pytest.approx(np.sqrt(50) / 2))


@pytest.mark.parametrize(
    ("arguments", "more", "code"),
    [
        (("Abby", "River"), {}, "AREA-UNKNOWN"),
        (("Abbey", "2011"), {}, "EXPLAIN-AGAINST"),
        (("Abbey", "peers"), {}, "EXPLAIN-AGAINST"),
        (("Abbey", "River"), {"node": "Healthy"}, "EXPLAIN-NODE"),
        (("Abbey", "River"), {"period": "2011"}, "EXPLAIN-PERIOD"),
        (("Valence", "River"), {}, "EXPLAIN-SCORE"),
        (("Abbey", "Valence"), {}, "EXPLAIN-SCORE"),
    ],
)
def test_a_question_without_an_answer_is_refused(make_scoring, arguments, more, code):
    edition = edition_of(make_scoring, [[ABBEY, RIVER, [np.nan] * 3]])
    with pytest.raises(CommonwealError) as raised:
        explain.gap(edition, *arguments, **more)
    assert [fault.code for fault in raised.value.faults] == [code]
