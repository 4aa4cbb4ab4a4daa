"""The published scorecard of one ward: what being uneven costs it, why, and its first sentence."""

from __future__ import annotations

import csv
import re
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from commonweal.insight import explain
from commonweal.insight.forming import formings, shares
from commonweal.insight.statements import statements
from commonweal.insight.unevenness import own_cost, unevenness
from commonweal.model.area import Area, Areas
from commonweal.model.edition import Edition
from commonweal.model.framework import Framework, Node

GEOMETRIC = {"aggregate": {"dimension": "geometric", "index": "geometric"}, "floor": 1}


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


@pytest.fixture(scope="module")
def card(golden):
    with (golden / "abbey" / "scorecard.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def abbey(card, make_scoring):
    """Abbey from its components up: the published card does not say how indicators are weighted."""
    rows = [row for row in card if row["level"] != "indicator"]
    tree = Framework(
        tuple(
            Node(
                _slug(row["name"]),
                row["name"],
                _slug(row["parent"]),
                "indicator" if row["level"] == "component" else row["level"],
                1 if row["level"] == "component" else None,
            )
            for row in rows
        )
    )
    leaves = np.array([[[float(row["score"]) for row in rows if row["level"] == "component"]]])
    return make_scoring(tree, leaves, GEOMETRIC, areas=("E05000026",))


@pytest.fixture(scope="module")
def edition(abbey):
    areas = Areas("ward", "2014", (Area("E05000026", "Abbey"),))
    return Edition("Social Progress Index", "Barking and Dagenham", areas, abbey, pl.DataFrame())


def test_being_uneven_costs_abbey_4_72_points(abbey):
    parts = dict(unevenness(abbey).filter(node="social_progress_index").select("part", "points").iter_rows())
    assert {part: round(points, 2) for part, points in parts.items()} == {
        "foundations_of_wellbeing": 1.54,
        "basic_human_needs": 1.31,
        "social_progress_index": 1.04,
        "opportunity": 0.83,
    }
    assert sum(parts.values()) == pytest.approx(4.72, abs=0.005)


def test_the_cost_of_unevenness_by_component(abbey, card):
    """Every component's own term and every dimension's, worked out beside it from the card by hand.

    A geometric mean M of x with weights w loses w [(x - M) - M ln(x / M)] to each x; a dimension's losses
    count a third in the index.
    """
    found = {}
    for form in formings(abbey):
        share = shares(abbey.scores[:, :, form.children], abbey.child_weights[form.id])
        outer = 1.0 if form.id == "social_progress_index" else 1 / 3
        terms = outer * own_cost(abbey, form, share)[0, 0]
        found |= {abbey.framework.nodes[n].id: t for n, t in zip(form.children, terms, strict=True)}
    score = {_slug(row["name"]): float(row["score"]) for row in card if row["level"] == "component"}
    parent = {_slug(row["name"]): _slug(row["parent"]) for row in card if row["level"] == "component"}
    for dimension in set(parent.values()):
        own = {id: score[id] for id in parent if parent[id] == dimension}
        mean = float(np.exp(np.mean(np.log(list(own.values())))))
        for id, x in own.items():
            lost = ((x - mean) - mean * np.log(x / mean)) / len(own) / 3
            assert found[id] == pytest.approx(lost, abs=1e-9)
            assert lost >= 0
    assert len(found) == 15
    assert sum(found.values()) == pytest.approx(4.72, abs=0.005)
    most = sorted(score, key=found.__getitem__, reverse=True)
    assert [(id, round(float(found[id]), 2)) for id in most[:3]] == [
        ("nutrition_and_basic_medical_care", 1.04),
        ("environmental_quality", 0.91),
        ("access_to_information_and_communications", 0.51),
    ]


def test_the_index_is_made_of_its_components(edition):
    found = explain.score(edition, "Abbey")
    assert found.score == pytest.approx(37.13, abs=0.005)
    leaves = found.frame.filter(pl.col("depth") == 2)
    assert leaves["points"].sum() == pytest.approx(found.score, abs=1e-9)
    # at a geometric mean every child adds the same share of the score, so a low one gains most per point
    assert leaves["points"].to_numpy() == pytest.approx(found.score / 12)
    assert leaves.sort("effect", descending=True)["node"][0] == "water_and_sanitation"


def test_the_first_sentence_is_the_one_a_councillor_would_say(card, abbey, make_scoring):
    rows = list(card)
    tree = Framework(
        tuple(
            Node(
                _slug(r["name"]),
                r["name"],
                _slug(r["parent"]),
                r["level"],
                1 if r["level"] == "indicator" else None,
            )
            for r in rows
        )
    )
    leaves = np.array([[[float(r["score"]) for r in rows if r["level"] == "indicator"]]])
    made = make_scoring(tree, leaves, GEOMETRIC, areas=("E05000026",))
    scoring = replace(
        made,
        scores=np.array([[[float(r["score"]) for r in rows]]]),
        ranks=np.array([[[int(r["rank"]) for r in rows]]]),
        of=np.full((1, len(rows)), 17),
    )
    areas = Areas("ward", "2014", (Area("E05000026", "Abbey"),))
    edition = Edition(
        "SPI", "Barking and Dagenham", areas, scoring, pl.DataFrame(), unevenness=unevenness(abbey)
    )
    said = statements(edition)
    text = dict(said.filter(area="E05000026").unique(["kind", "node"]).select("id", "text").iter_rows())
    assert text["s-e05000026-finding-social_progress_index"] == (
        "Strongest of 17 wards in the foundations of wellbeing, and last in basic human needs."
        " Taken together, Abbey comes 16th."
    )
    assert text["s-e05000026-dimension-worst-basic_human_needs"] == (
        "Abbey is last of 17 wards for basic human needs (26.4), and last for water and sanitation,"
        " for shelter and for personal safety."
    )
    assert text["s-e05000026-unevenness-social_progress_index"] == (
        "Being uneven costs Abbey 4.72 points:"
        " with the same scores, averaged plainly, its index would be 41.85."
        " The largest part of that, 1.54 points, is lost within the foundations of wellbeing."
    )
