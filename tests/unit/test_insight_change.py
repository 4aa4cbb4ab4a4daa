"""Trends, spread and convergence, on numbers small enough to check by hand."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from small_project import YAML, write_small_project

import commonweal
from commonweal import project
from commonweal.errors import CommonwealError
from commonweal.insight.convergence import about_convergence, convergence, spread
from commonweal.insight.facts import Facts
from commonweal.insight.trends import about_trends, trends
from commonweal.model.area import Area, Areas
from commonweal.model.edition import Edition
from commonweal.model.framework import Framework, Node
from commonweal.model.observation import STATUS_CODE
from commonweal.model.project import ProgressRule

TREE = Framework(
    (
        Node("index", "Index", level="index"),
        Node("crime", "Crime", "index", direction=-1),
        Node("fires", "Fires", "index", direction=-1),
    )
)
YEARS = ("2014", "2015", "2016", "2018")


def scoring_of(make_scoring, scores, fires=None, **more):
    """`scores` (periods, areas) of crime; fires have the same scores unless others are given."""
    table = np.asarray(scores, dtype=float)
    both = np.stack([table, table if fires is None else np.asarray(fires, dtype=float)], axis=-1)
    return make_scoring(TREE, both, periods=YEARS[: len(table)], **more)


def edition_of(scoring, rule=None):
    items = tuple(Area(code, f"Ward {code}") for code in scoring.areas)
    asked = rule or ProgressRule()
    return Edition(
        "Index",
        "Town",
        Areas("ward", "2018", items),
        scoring,
        pl.DataFrame(),
        progress_rule=asked,
        trends=trends(scoring, asked),
        convergence=convergence(scoring, asked),
        spread=spread(scoring),
    )


# trends ------------------------------------------------------------------------------------------------


def test_a_trend_is_the_least_squares_line_on_years(make_scoring):
    # years 0, 1, 2, 4: mean 1.75; scores 50, 52, 53, 59: mean 53.5
    found = trends(scoring_of(make_scoring, [[50.0], [52.0], [53.0], [59.0]]), ProgressRule())
    row = found.filter(node="index").row(0, named=True)
    across = 1.75**2 + 0.75**2 + 0.25**2 + 2.25**2
    slope = (1.75 * 3.5 + 0.75 * 1.5 + 0.25 * -0.5 + 2.25 * 5.5) / across
    assert row["per_year"] == pytest.approx(slope)
    assert (row["since"], row["until"], row["periods"], row["class"]) == ("2014", "2018", 4, "rising")
    rest = np.array([50, 52, 53, 59]) - 53.5 - slope * (np.array([0, 1, 2, 4]) - 1.75)
    half = 4.302652729911275 * np.sqrt(rest @ rest / 2 / across)
    assert (row["lower"], row["upper"]) == pytest.approx((slope - half, slope + half))


def test_two_periods_have_no_trend(make_scoring):
    assert trends(scoring_of(make_scoring, [[50.0], [52.0]]), ProgressRule()).is_empty()


def test_a_period_whose_figures_are_all_carried_is_no_point_of_the_line(make_scoring):
    scores = [[50.0], [52.0], [53.0], [59.0]]
    own = np.zeros((4, 1, 2), dtype=int)
    own[1:, :, 0] = [[1], [2], [3]]  # crime is measured each year, fires once
    found = trends(scoring_of(make_scoring, scores, entered_from=own), ProgressRule())
    assert sorted(found.select("node", "periods").rows()) == [("crime", 4), ("index", 4)]
    own[2] = own[1]
    found = trends(scoring_of(make_scoring, scores, entered_from=own), ProgressRule())
    assert found.filter(node="index")["periods"].to_list() == [3]


def test_a_period_of_other_indicators_is_no_point_of_the_line(make_scoring):
    scores, nan = [[50.0], [52.0], [53.0], [59.0]], float("nan")
    fires = [[nan], [52.0], [53.0], [59.0]]
    found = trends(scoring_of(make_scoring, scores, fires), ProgressRule())
    row = found.filter(node="index").row(0, named=True)
    assert (row["since"], row["periods"]) == ("2015", 3)


def test_hidden_values_make_no_trend_of_their_indicator(make_scoring):
    scoring = scoring_of(make_scoring, [[50.0], [52.0], [53.0]])
    status = scoring.value_status
    status[1, 0, 0] = STATUS_CODE["suppressed"]
    assert "crime" not in trends(scoring, ProgressRule())["node"]


def test_a_trend_is_said_with_its_interval(make_scoring):
    steady = [[50.0, 50.0], [52.0, 55.0], [54.1, 49.0], [58.0, 52.0]]
    said = list(about_trends(Facts(edition_of(scoring_of(make_scoring, steady)))))
    assert said[0].text.startswith(
        "Over the four periods from 2014 to 2018 the index of Ward A000 is rising: +2.0"
    )
    assert said[1].text.startswith(
        "Over the four periods from 2014 to 2018 no direction of the index of Ward A001 can be told"
    )
    assert said[0].lower is not None
    assert said[0].lower < said[0].value < said[0].upper


# spread ------------------------------------------------------------------------------------------------


def test_the_spread_of_areas_by_hand(make_scoring):
    scores = np.arange(10.0, 110.0, 10.0)
    row = spread(scoring_of(make_scoring, [scores])).filter(node="crime").row(0, named=True)
    assert row["areas"] == 10
    assert row["average"] == 55
    assert row["deviation"] == pytest.approx(np.sqrt(825))
    assert row["gap"] == 95 - 15  # the mean of the two best less that of the two worst
    pairs = np.abs(np.subtract.outer(scores, scores)).sum() / (2 * 100 * 55)
    assert row["gini"] == pytest.approx(pairs)


def test_a_gini_of_scores_below_zero_is_none(make_scoring):
    found = spread(scoring_of(make_scoring, [np.arange(-3.0, 7.0)]))
    assert found["gini"].null_count() == found.height


def test_the_spread_is_of_the_same_areas_in_every_period(make_scoring):
    scores = np.tile(np.arange(12.0), (3, 1)) + 1
    scores[1, 11] = np.nan
    found = spread(scoring_of(make_scoring, scores)).filter(node="crime")
    assert found["areas"].to_list() == [11, 11, 11]
    assert found["deviation"].n_unique() == 1


def test_few_areas_have_no_spread(make_scoring):
    assert spread(scoring_of(make_scoring, [np.arange(7.0)])).is_empty()


# convergence -------------------------------------------------------------------------------------------


def test_areas_that_draw_together_are_told(make_scoring):
    first = np.linspace(20, 80, 30)
    last = 50 + 0.5 * (first - 50) + np.random.default_rng(1).normal(size=30)
    edition = edition_of(scoring_of(make_scoring, [first, last]))
    row = edition.convergence.filter(node="index").row(0, named=True)
    assert row["class"] == "together"
    assert row["deviation_first"] == pytest.approx(first.std())
    assert row["slope"] == pytest.approx(np.polyfit(first, last - first, 1)[0])
    said = [s.text for s in about_convergence(Facts(edition)) if s.kind == "convergence"]
    assert said == [
        "Wards drew together in the index from 2014 to 2015: the standard deviation of their scores went from"
        f" {first.std():.1f} to {last.std():.1f} points."
    ]


def test_regression_to_the_mean_is_not_taken_for_catching_up(make_scoring):
    """Two measurements of one truth: low ones gain, yet areas are as far apart as before."""
    stream = np.random.default_rng(3)
    truth = stream.normal(50, 8, 60)
    first, last = truth + stream.normal(0, 8, (2, 60))
    edition = edition_of(scoring_of(make_scoring, [first, last]))
    row = edition.convergence.filter(node="index").row(0, named=True)
    assert row["upper"] < 0
    assert row["class"] == "unclear"
    assert "no sign of catching up" in next(about_convergence(Facts(edition))).text


def test_what_was_not_measured_again_neither_converges_nor_diverges(make_scoring):
    own = np.zeros((2, 10, 2), dtype=int)
    own[1, :, 0] = 1
    scores = np.tile(np.arange(10.0), (2, 1))
    found = convergence(scoring_of(make_scoring, scores, entered_from=own), ProgressRule())
    assert found["node"].to_list() == ["index", "crime"]


def test_the_gap_between_the_fifths_is_said_then_and_now(make_scoring):
    first = np.arange(10.0, 110.0, 10.0)
    edition = edition_of(scoring_of(make_scoring, [first, 50 + (first - 50) / 2]))
    said = [s.text for s in about_convergence(Facts(edition)) if s.kind == "inequality"]
    assert said == [
        "The best fifth of wards scores 40.0 points more than the worst fifth in 2015; in 2014 it was 80.0."
    ]


# one period --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("publish", "rule"), [("[2025]", "{cuts: [-0.5, 0.5, 2.0]}"), ("[2024, 2025]", "{since: 2025}")]
)
def test_progress_of_one_period_is_stopped_with_advice(tmp_path, publish, rule):
    yaml = YAML + f"periods: {{publish: {publish}}}\nprogress: {rule}\n"
    with pytest.raises(CommonwealError) as raised:
        project.load(write_small_project(tmp_path / "town", yaml=yaml))
    assert str(raised.value.faults[0]) == (
        "commonweal.yaml:11: PROGRESS-PERIODS progress is asked for, but no period before 2025 is there to"
        " count from; Publish an earlier period, count from one, or leave progress out."
    )


def test_the_tables_are_published(tmp_path):
    root = write_small_project(tmp_path / "town", yaml=YAML + "progress: {since: 2024}\n")
    commonweal.build(root)
    assert not (root / "build" / "data" / "trends.csv").exists()  # two periods
    overtaking = pl.read_csv(root / "build" / "data" / "overtaking.csv")
    assert overtaking.height == 5
