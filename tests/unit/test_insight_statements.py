"""Benchmarks and statements, from values through the engine to sentences."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from commonweal import engine, score
from commonweal.insight import interpret
from commonweal.insight.benchmarks import benchmarks, making
from commonweal.model.area import Area, Areas
from commonweal.model.edition import BENCHMARKS, STATEMENTS, Edition
from commonweal.model.framework import Framework, Node
from commonweal.model.observation import Observations
from commonweal.model.period import Period
from commonweal.model.project import PeerRule, Periods, ProgressRule
from commonweal.model.recipe import Recipe

TREE = Framework(
    (
        Node("index", "Social Progress Index", level="index"),
        Node("needs", "Basic Human Needs", "index", level="dimension"),
        Node("chance", "Opportunity", "index", level="dimension"),
        Node("cold", "Households in fuel poverty", "needs", direction=-1, unit="%", worst=20, best=0),
        Node("crime", "Crime rate", "needs", direction=-1, unit="per 1,000 people", worst=100, best=0),
        Node("vote", "Voter turnout", "chance", direction=1, unit="%", worst=0, best=50),
    )
)
GIVEN = {
    "normalise": {"method": "goalposts", "rule": "given"},
    "aggregate": {"index": "geometric"},
    "floor": 1,
}
NAMES = ("Ashcombe", "Harbour", "Priory", "Quayside")
NONE_GIVEN = pl.DataFrame(schema={"name": pl.String, "period": pl.String})
#: cold, crime, vote by area
EARLIER = [[2.0, 20.0, 40.0], [10.0, 100.0, 20.0], [4.0, 40.0, 30.0], [8.0, 60.0, 30.0]]
LATEST = [[2.0, 10.0, 45.0], [10.0, 100.0, 20.0], [4.0, 40.0, 30.0], [6.0, 50.0, 40.0]]


def observed(*tables, periods=("2016", "2018")):
    rows = [
        (period, f"A{a}", node.id, value)
        for period, table in zip(periods, tables, strict=True)
        for a, row in enumerate(table)
        for node, value in zip(TREE.indicators, row, strict=True)
        if not np.isnan(value)
    ]
    return Observations.of(pl.DataFrame(rows, schema=["period", "area", "indicator", "value"], orient="row"))


def made(
    observations,
    periods=("2016", "2018"),
    place="Marlbridge",
    carry=0.0,
    recipe=GIVEN,
    tree=TREE,
    **attributes,
):
    items = tuple(Area(f"A{i}", name) for i, name in enumerate(NAMES))
    table = pl.DataFrame({"code": [a.code for a in items], "income": [1.0, 2.0, 3.0, 4.0], **attributes})
    areas = Areas("ward", "2018", items, table)
    published = Periods(tuple(Period.parse(p) for p in periods), carry)
    scoring = engine.score(observations, tree, areas, published, Recipe.read(recipe))
    return Edition(
        "Social Progress Index", place, areas, scoring, observations.frame,
        peer_rule=PeerRule(("income",), count=3), progress_rule=ProgressRule(),
    )  # fmt: skip


@pytest.fixture(scope="module")
def edition():
    england = pl.DataFrame(
        {
            "name": ["England"] * 2,
            "period": ["2018"] * 2,
            "indicator": ["cold", "crime"],
            "value": [5.0, 40.0],
        }
    )
    return interpret(made(observed(EARLIER, LATEST)), england)


@pytest.fixture(scope="module")
def said(edition):
    return dict(edition.statements.select("id", "text").iter_rows())


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("s-place-finding", "Ashcombe leads; Harbour trails by 58 points."),
        ("s-place-spread", "Scores run from 31.62 in Harbour to 90.00 in Ashcombe."),
        (
            "s-place-score-index",
            "Marlbridge as a whole scores 64.30 of 100 in 2018, worked out from its wards.",
        ),
        (
            "s-place-progress-classes-index",
            "From 2016 to 2018 the index improved in two of 4 wards, stagnated in two and"
            " deteriorated in none.",
        ),
        (
            "s-place-finding-cold",
            "One household in 10 in Harbour is in fuel poverty, against one in 50 in Ashcombe.",
        ),
        ("s-place-finding-crime", "Crime rate: 100.0 per 1,000 people in Harbour, against 10.0 in Ashcombe."),
        ("s-place-finding-vote", "Voter turnout: 45.0% in Ashcombe, against 20.0% in Harbour."),
        (
            "s-place-finding-needs",
            "For basic human needs Ashcombe comes first of 4 wards (90.0), and Harbour comes last (25.0).",
        ),
        ("s-place-direction-crime", "Crime rate: lower is better, so a high score means a low figure."),
        (
            "s-place-benchmark-count-cold-england",
            "Two of 4 wards are above the figure for England (5.0%).",
        ),
        (
            "s-a0-finding-index",
            "Strongest of 4 wards in both dimensions. Taken together, Ashcombe comes first.",
        ),
        (
            "s-a1-zero-scores",
            "Harbour is at, or past, the worst point of the scale (0 of 100) for crime rate.",
        ),
        (
            "s-a0-strongest-cold",
            "Households in fuel poverty: first of 4 wards (90.0), at 2.0%, the lowest.",
        ),
        (
            "s-a1-marks",
            "Of 3 indicators compared, Harbour is over the usual range of its three peers on none,"
            " within it on none and under it on three.",
        ),
        ("s-a2-progress-index", "Priory’s index stayed as it was from 2016 to 2018: stagnation."),
        (
            "s-a3-finding-index",
            "2nd of 4 wards in opportunity, and 3rd in basic human needs."
            " Taken together, Quayside comes 2nd.",
        ),
    ],
)
def test_it_says(said, address, text):
    assert said[address] == text


def test_addresses_are_unique_and_may_stand_in_a_page(edition):
    ids = edition.statements["id"]
    assert ids.is_unique().all()
    assert all(re.fullmatch(r"s-[a-z0-9_-]+", id) for id in ids)
    assert dict(edition.statements.schema) == STATEMENTS


def test_sentences_keep_to_the_words(edition):
    for text in edition.statements["text"]:
        assert re.search(r"\b(good|bad|failing|deprived|significantly)\b", text) is None
        assert re.search(r"-\d", text) is None, "a true minus sign"
        assert text[0] == text[0].upper()
        assert text.endswith(".")
        assert "  " not in text


def test_the_same_edition_says_the_same(edition):
    again = interpret(edition, edition.benchmarks.filter(pl.lit(False)).rename({"node": "indicator"}))
    england = edition.statements["against"] == "England"
    assert again.statements.equals(edition.statements.filter(~england))


def test_a_hidden_figure_is_never_quoted():
    table = observed(EARLIER, LATEST).frame.with_columns(
        pl.when((pl.col("indicator") == "crime") & (pl.col("value") >= 50))
        .then(pl.lit("suppressed"))
        .otherwise("status")
        .alias("status")
    )
    said = interpret(made(Observations(table)), NONE_GIVEN).statements
    crime = said.filter(node="crime")["text"].to_list()
    assert any("40.0 per 1,000 people in Priory, against 10.0 in Ashcombe" in text for text in crime)
    assert not any("100.0 per" in text or "50.0 per" in text for text in crime)


def test_an_area_without_a_score_says_so():
    gap = [row if a != 2 else [np.nan] * 3 for a, row in enumerate(LATEST)]
    said = interpret(made(observed(EARLIER, gap)), NONE_GIVEN).statements.filter(area="A2")
    assert said["text"].to_list() == [
        "Priory has no score for 2018: no indicator has a figure that can be scored."
    ]


def test_ties_are_joint():
    tied = [LATEST[0], LATEST[0], LATEST[2], LATEST[3]]
    said = dict(
        interpret(made(observed(EARLIER, tied)), NONE_GIVEN).statements.select("id", "text").iter_rows()
    )
    assert said["s-a0-finding-index"] == (
        "Joint strongest of 4 wards in both dimensions. Taken together, Ashcombe comes joint first."
    )
    assert said["s-place-finding-needs"] == (
        "For basic human needs Ashcombe and Harbour come joint first of 4 wards (90.0),"
        " and Quayside comes last (60.0)."
    )
    assert said["s-place-finding"] == "Ashcombe and Harbour lead; Priory trails by 25 points."


def lifting(edition, area):
    said = interpret(edition, NONE_GIVEN).statements.filter(area=area)
    return said.filter(pl.col("kind").is_in(["holds-back", "lifts"])).select("kind", "node").rows()


def texts(edition):
    return dict(interpret(edition, NONE_GIVEN).statements.select("id", "text").iter_rows())


def index_of(scores, recipe):
    """An edition of one period in which the index is the scores of two indicators, one row an area."""
    pair = pl.DataFrame(
        {
            "id": ["index", "jobs", "crime"],
            "name": ["Index", "Jobs", "Crime"],
            "parent": ["", "index", "index"],
            "level": ["index", "indicator", "indicator"],
            "direction": [None, 1, 1],
        }
    )
    rows = [(f"A{a}", "2020", id, float(x)) for a, row in enumerate(scores)
            for id, x in zip(("jobs", "crime"), row, strict=True) if x is not None]  # fmt: skip
    frame = pl.DataFrame(rows, schema=["area", "period", "indicator", "value"], orient="row")
    return score(frame, pair, recipe)


def said_of(edition):
    return dict(edition.statements.select("id", "text").iter_rows())


def test_no_area_both_leads_and_trails():
    tied = index_of([[9, 9], *[[5, 5]] * 5], {"normalise": "none"})
    assert said_of(tied)["s-place-finding"] == "A0 leads; A1 and four other areas trail by 4.00 points."


def test_who_ties_is_a_matter_of_ranks():
    # 0.1 + 0.2 is not quite 0.3
    near = index_of([[0.3, 0.1 + 0.2], [0.3, 0.3], [0.1, 0.1]], {"normalise": "none"})
    assert said_of(near)["s-place-finding"].startswith("A0 and A1 lead;")
    assert said_of(near)["s-place-spread"] == "Scores run from 0.10 in A2 to 0.30 in A0 and A1."


def test_the_plain_mean_says_that_it_is_one_of_lifted_scores():
    lifted = index_of([[0, 100], [50, 50], [100, 0]], {"aggregate": "geometric", "floor": 1})
    assert said_of(lifted)["s-a0-unevenness-index"] == (
        "Being uneven costs A0 40.50 points: with the same scores, none counted below 1.0, averaged plainly,"
        " its index would be 50.50."
    )
    assert "s-a1-unevenness-index" not in said_of(lifted)


def test_places_that_differ_are_not_said_in_one_breath():
    # in jobs joint 2nd with A2, in crime 2nd alone
    mixed = index_of([[9, 9], [5, 5], [5, 4], [1, 1]], {"normalise": "none"})
    assert said_of(mixed)["s-a1-finding-index"].startswith("Joint 2nd of 4 areas in jobs, and 2nd in crime.")


def test_places_among_fewer_areas_are_weighed_as_shares():
    # A3 is 2nd of 4 in jobs and 2nd, that is last, of 2 in crime
    few = index_of([[1, 3], [2, None], [5, None], [3, 1]], {"normalise": "minmax", "available": 0})
    assert said_of(few)["s-a3-finding-index"] == (
        "2nd of 4 areas in jobs, and last of 2 areas in crime. Taken together, A3 comes joint 3rd of 4 areas."
    )


def test_last_is_never_strong_nor_first_weak():
    mixed = index_of([[1, 9], [9, 1], [5, 5]], {"normalise": "zscore"})
    named = mixed.statements.filter(pl.col("kind").is_in(["strongest", "weakest"]))
    assert named.filter(area="A0").select("kind", "node").rows() == [
        ("weakest", "jobs"),
        ("strongest", "crime"),
    ]
    assert named.filter(pl.col("text").str.contains("last") & (pl.col("kind") == "strongest")).is_empty()


def test_two_areas_are_both():
    same = index_of([[1, 9], [9, 1]], {"normalise": "none"})
    assert said_of(same)["s-place-finding"] == "Both areas have the same score."


def test_a_small_change_is_not_said_to_be_none():
    small = [row if a != 2 else [4.0, 39.95, 30.0] for a, row in enumerate(LATEST)]
    said = texts(made(observed(EARLIER, small)))
    assert said["s-a2-progress-index"] == "Priory’s index hardly moved from 2016 to 2018: stagnation."


def test_nothing_is_said_of_progress_where_every_figure_is_carried():
    old = [[row[0], row[1], np.nan] for row in LATEST]
    said = texts(made(observed(EARLIER, old), carry=2))
    assert "s-a0-progress-needs" in said
    assert "s-place-change-needs" in said
    assert "s-a0-progress-chance" not in said
    assert "s-place-change-chance" not in said


def hiding(indicator, *areas):
    """The figures of one indicator, hidden in some areas."""
    return Observations(
        observed(EARLIER, LATEST).frame.with_columns(
            pl.when((pl.col("indicator") == indicator) & pl.col("area").is_in(areas))
            .then(pl.lit("suppressed"))
            .otherwise("status")
            .alias("status")
        )
    )


def test_nothing_stands_out_where_more_than_a_fifth_are_hidden():
    said = texts(made(hiding("cold", "A2")))
    assert "s-a0-strongest-cold" not in said
    assert "s-a0-strongest-vote" in said
    assert said["s-place-finding-cold"].endswith(
        "That is of the 3 wards shown; one is hidden to protect people."
    )


def test_no_headline_where_most_are_hidden():
    said = texts(made(hiding("cold", "A1", "A2", "A3")))
    assert not {"s-place-finding-cold", "s-place-benchmark-count-cold-england"} & set(said)


def test_a_change_of_other_indicators_has_no_class():
    earlier = [row[:] for row in EARLIER]
    earlier[0][0] = float("nan")
    recipe = {**GIVEN, "available": 0.5}
    edition = interpret(made(observed(earlier, LATEST), recipe=recipe), NONE_GIVEN)
    said = dict(edition.statements.select("id", "text").iter_rows())
    assert said["s-a0-progress-index"].endswith(
        "from 2016 to 2018, not of the same indicators: 2016 has no figure for households in fuel poverty."
    )
    assert said["s-place-progress-classes-index"].endswith(
        "In one more the two years are not of the same indicators."
    )
    assert said["s-place-change-index"].endswith(
        "not of the same wards: other wards have a figure for households in fuel poverty."
    )
    row = edition.progress.filter(area="A0", node="needs").row(0, named=True)
    assert (row["class"], row["basis"]) == (None, "differs")
    assert row["per_year"] is not None


def test_a_part_without_a_score_holds_nothing_back():
    # Harbour has more of the one part it has than its peers, who have little of the other
    gap = [[2.0, 10.0, np.nan], [5.0, 50.0, 10.0], [5.0, 50.0, 10.0], [5.0, 50.0, 10.0]]
    edition = made(observed(EARLIER, gap), recipe={**GIVEN, "available": {"index": 0}})
    assert lifting(edition, "A0") == [("lifts", "needs")]


def test_a_part_that_is_an_indicator_is_compared_with_the_parts_beside_it():
    uneven = Framework(
        (
            Node("index", "Index", level="index"),
            Node("vote", "Voter turnout", "index", direction=1, unit="%", worst=0, best=50),
            Node("needs", "Basic Human Needs", "index", level="dimension"),
            Node("home", "Home", "needs", level="component"),
            replace(TREE["cold"], parent="home"),
            replace(TREE["crime"], parent="home"),
        )
    )
    table = [[4.0, 40.0, 50.0], *[[5.0, 50.0, 10.0]] * 3]
    assert lifting(made(observed(EARLIER, table), tree=uneven), "A0") == [("lifts", "vote")]


# ---- benchmarks ----


def whole(edition, given=NONE_GIVEN):
    found = benchmarks(edition.scoring, edition.areas, edition.observations, edition.place, given)
    assert dict(found.schema) == BENCHMARKS
    return found


def value_of(found, node, name="Marlbridge", period="2018"):
    row = found.filter(node=node, name=name, period=period).row(0, named=True)
    return row["value"], row["score"], row["status"]


def test_the_place_is_the_sum_of_its_areas_a_hidden_cell_by_its_middle():
    frame = observed(EARLIER, LATEST).frame.with_columns(
        kind=pl.lit("rate"),
        per=pl.lit(1000.0),
        denominator=pl.lit(500.0),
        numerator=pl.when(pl.col("area") != "A0").then(pl.col("value") / 2),
    )
    found = whole(made(Observations(frame)))
    # crime: (5 + 50 + 20 + 25) of 2,000
    assert value_of(found, "crime") == (pytest.approx(50), pytest.approx(50), "estimated")
    row = found.filter(node="crime", period="2018").row(0, named=True)
    assert (row["numerator"], row["denominator"], row["observed"]) == (pytest.approx(100), 2000, "2018")


def test_without_counts_it_is_the_mean_by_population_if_there_is_one():
    assert value_of(whole(made(observed(EARLIER, LATEST))), "crime")[0] == pytest.approx(50)
    weighted = made(observed(EARLIER, LATEST), population=[700, 100, 100, 100])
    assert value_of(whole(weighted), "crime")[0] == pytest.approx((7 * 10 + 100 + 40 + 50) / 10)


def test_it_is_known_how_the_place_was_made():
    plain = interpret(made(observed(EARLIER, LATEST)), NONE_GIVEN)
    weighed = interpret(made(observed(EARLIER, LATEST), population=[100, 200, 300, 400]), NONE_GIVEN)
    some = interpret(made(observed(EARLIER, LATEST), population=[100, 200, 300, None]), NONE_GIVEN)
    found = [making(edition, "cold").value for edition in (plain, weighed, some)]
    assert found == ["plain", "weighted", "plain"]


def test_a_given_value_of_the_place_wins():
    given = pl.DataFrame(
        {"name": ["Marlbridge"], "period": ["2018"], "indicator": ["crime"], "value": [30.0]}
    )
    found = whole(made(observed(EARLIER, LATEST)), given)
    assert value_of(found, "crime") == (30.0, pytest.approx(70), "observed")
    assert value_of(found, "crime", period="2016")[2] == "estimated"
    assert value_of(found, "needs")[2] == "estimated"


def test_a_given_value_is_carried_no_further_than_the_areas_own():
    given = pl.DataFrame(
        {"name": ["England"] * 2, "period": ["2016"] * 2, "indicator": ["cold", "crime"], "value": [5.0, 40]}
    )
    no_new_cold = [[np.nan, *row[1:]] for row in LATEST]
    found = whole(made(observed(EARLIER, no_new_cold), carry=2), given)
    assert value_of(found, "cold", "England") == (5.0, pytest.approx(75), "carried")
    assert found.filter(node="crime", name="England", period="2018").is_empty()


def test_without_a_place_or_figures_there_are_none():
    assert whole(made(observed(EARLIER, LATEST), place="")).is_empty()


def test_benchmarks_change_no_score():
    edition = made(observed(EARLIER, LATEST))
    before = edition.scores
    assert interpret(edition, NONE_GIVEN).scores.equals(before)
    assert interpret(replace(edition, peer_rule=None, progress_rule=None), NONE_GIVEN).peers.is_empty()


def test_a_score_of_hidden_figures_alone_is_no_cause_and_makes_no_progress():
    open_ = interpret(made(observed(EARLIER, LATEST)), NONE_GIVEN).statements
    causes = open_.filter(pl.col("kind").is_in(["holds-back", "lifts"]))
    area, node = causes.select("area", "node").row(0)
    below = [leaf.id for leaf in TREE.below(node)]
    table = observed(EARLIER, LATEST).frame.with_columns(
        pl.when(pl.col("indicator").is_in(below) & (pl.col("area") == area))
        .then(pl.lit("suppressed"))
        .otherwise("status")
        .alias("status")
    )
    hidden = interpret(made(Observations(table)), NONE_GIVEN).statements.filter(area=area, node=node)
    assert not set(hidden["kind"]) & {"holds-back", "lifts", "progress"}
