"""Overtaking: what the order of two areas hangs on, checked by making the index again with other weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from commonweal.insight.facts import Facts
from commonweal.insight.overtaking import about_overtaking, lines, overtaking, race
from commonweal.model.area import Area, Areas
from commonweal.model.edition import Edition
from commonweal.model.framework import Framework, Node
from commonweal.model.recipe import Recipe

TREE = Framework(
    (
        Node("index", "Index", level="index"),
        Node("health", "Health", "index", level="dimension"),
        Node("shelter", "Shelter", "index", level="dimension"),
        Node("safety", "Safety", "index", level="dimension"),
        Node("a", "A", "health", direction=1),
        Node("b", "B", "shelter", direction=1),
        Node("c", "C", "safety", direction=1),
    )
)
GEOMETRIC = {"aggregate": {"index": "geometric"}, "floor": 5}


def edition_of(make_scoring, scores, recipe=None, weights=None) -> Edition:
    scoring = make_scoring(TREE, np.asarray(scores, dtype=float)[None], recipe, weights=weights)
    items = tuple(Area(code, f"Ward {code[-1]}") for code in scoring.areas)
    return Edition(
        "Index", "Town", Areas("ward", "2018", items), scoring, pl.DataFrame(), overtaking=overtaking(scoring)
    )


def index(make_scoring, scores, recipe, weights):
    made = make_scoring(TREE, np.asarray(scores, dtype=float)[None], recipe, weights={"index": weights[None]})
    return made.scores[0, :, made.node_index["index"]]


SCORES = [[60, 40, 50], [50, 55, 52], [20, 30, 70], [0, 66, 60]]


@pytest.mark.parametrize(
    "recipe",
    [
        {},
        GEOMETRIC,
        {"aggregate": {"index": {"method": "power", "p": 0.5}}},
        {"aggregate": {"index": "harmonic"}, "floor": 1},
    ],
)
def test_with_the_weights_of_a_swap_two_areas_are_level(make_scoring, recipe):
    edition = edition_of(make_scoring, SCORES, recipe)
    for one, two in ((0, 1), (2, 1), (3, 0), (1, 3)):
        found = race(edition, f"A00{one}", f"A00{two}")
        assert found.swap is not None
        again = index(make_scoring, SCORES, recipe, np.maximum(found.swap.weights, 1e-300))
        assert again[one] == pytest.approx(again[two], rel=1e-9)


@pytest.mark.parametrize("recipe", [{}, GEOMETRIC])
def test_the_share_of_weightings_is_counted(make_scoring, recipe):
    edition = edition_of(make_scoring, SCORES, recipe)
    weights = np.random.default_rng(1).dirichlet(np.ones(3), 400)
    above = [np.diff(index(make_scoring, SCORES, recipe, w)[[1, 2]])[0] > 0 for w in weights]
    assert race(edition, "A002", "A001").weightings == pytest.approx(np.mean(above), abs=0.06)


def test_an_arithmetic_swap_by_hand(make_scoring):
    # leads of A000 over A001: +10, -15, -2 with a third each: -7/3 in all; from shelter to health a unit
    # of weight gains 25, so 7/75 of it makes them level
    found = race(edition_of(make_scoring, SCORES), "A000", "A001")
    assert found.swap.moved == pytest.approx(7 / 75)
    assert (found.givers, found.taker) == (("shelter",), "health")


def test_neighbours_in_the_ranking_have_a_row(make_scoring):
    edition = edition_of(make_scoring, SCORES)
    rows = edition.overtaking.select("area", "other", "giver", "taker").rows()
    assert rows == [
        ("A000", "A001", "shelter", "health"),
        ("A002", "A003", "shelter", "health"),
        ("A003", "A000", "health", "shelter"),
    ]
    text = next(s.text for s in about_overtaking(Facts(edition)) if s.area == "A000")
    assert text.startswith(
        "Ward 0 would draw level with Ward 1, just above it, if 9% of the weight in the index moved from"
        " shelter to health; Ward 0 is above in "
    )
    assert text.endswith("% of all ways to weigh the three dimensions.")


def test_areas_that_share_a_rank_look_at_the_same_one_above(make_scoring):
    edition = edition_of(make_scoring, [[90, 90, 90], [50, 60, 40], [40, 60, 50], [10, 10, 90]])
    assert edition.overtaking.filter(pl.col("other") == "A000")["area"].to_list() == ["A001", "A002"]
    assert edition.overtaking.filter(area="A003")["other"].to_list() == ["A001"]


def test_who_is_at_least_as_high_everywhere_can_not_be_passed(make_scoring):
    edition = edition_of(make_scoring, [[50, 60, 70], [50, 50, 60]])
    assert edition.overtaking.select("weightings", "shift", "giver", "taker").row(0) == (0.0, None, "", "")
    assert [s.text for s in about_overtaking(Facts(edition))] == [
        "Ward 1 would not pass Ward 0, just above it, under any weights: Ward 0 counts for at least as much"
        " in every one of the three dimensions."
    ]
    assert lines(edition, race(edition, "A001", "A000")) == [
        "Ward 0 counts for at least as much as Ward 1 in every one of the three dimensions, so no weights"
        " would put Ward 1 above it."
    ]


def test_two_areas_in_words(make_scoring):
    edition = edition_of(make_scoring, SCORES)
    said = lines(edition, race(edition, "A000", "A001"))
    assert said[1] == "They would be level if 9% of the weight in the index moved from shelter to health."
    assert said[0].startswith("Ward 0 is above Ward 1 in ")


@pytest.mark.parametrize(
    ("recipe", "scores", "reason"),
    [
        ({"aggregate": {"index": "median"}}, SCORES, "index is formed by the median, not by a mean"),
        ({}, [[50, 60, np.nan], [50, 50, 60]], "not the same parts are known of both"),
        ({}, [[np.nan] * 3, [50, 50, 60]], "one of them has no score"),
    ],
)
def test_where_it_can_not_be_said_the_reason_is(make_scoring, recipe, scores, reason):
    edition = edition_of(make_scoring, scores)
    scoring = replace(edition.scoring, recipe=Recipe.read(recipe))
    edition = replace(edition, scoring=scoring, overtaking=overtaking(scoring))
    said = lines(edition, race(edition, "A000", "A001"))
    assert len(said) == 1
    assert said[0].startswith("How the order of Ward 0 and Ward 1 hangs on the weights can’t be said: ")
    assert reason in said[0]
    assert "A000" not in edition.overtaking["area"]


def test_weights_of_each_areas_own_say_nothing(make_scoring):
    own = np.array([[[0.5, 0.3, 0.2], [0.2, 0.3, 0.5]]])
    edition = edition_of(make_scoring, SCORES[:2], weights={"index": own})
    assert race(edition, "A000", "A001").why_not == "each area has its own weights"
    assert edition.overtaking.is_empty()


def test_an_indicator_has_no_parts_to_weigh(make_scoring):
    assert race(edition_of(make_scoring, SCORES), "A000", "A001", node="a").why_not == "A has no parts"
