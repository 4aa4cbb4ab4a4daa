"""What the engine refuses, each with its code, and what it does where hiding is the cause."""

from __future__ import annotations

import polars as pl
import pytest
from drawn import column, scored, table, tree

from commonweal.engine import score
from commonweal.errors import CommonwealError
from commonweal.model.area import Area, Areas
from commonweal.model.handed_on import HandedOn
from commonweal.model.observation import Observations
from commonweal.model.period import Period
from commonweal.model.project import Periods
from commonweal.model.recipe import Recipe

PAIR = tree("index\n  + x\n  + y")
GOOD = "area | x | y\na | 1 | 2\nb | 3 | 5"


def codes_of(error: pytest.ExceptionInfo[CommonwealError]) -> list[str]:
    return [fault.code for fault in error.value.faults]


def test_unknown_areas_and_indicators_are_told_together() -> None:
    areas = Areas("place", "", (Area("a", "A"),))
    rows = pl.concat([table(GOOD), table("area | z\na | 1")])
    with pytest.raises(CommonwealError) as error:
        score(Observations.of(rows), PAIR, areas, Periods((Period.parse("2020"),)), Recipe.read({}))
    assert codes_of(error) == ["AREA-UNKNOWN", "INDICATOR-UNKNOWN"]


def test_an_indicator_without_values() -> None:
    with pytest.raises(CommonwealError) as error:
        scored(PAIR, "area | x | y\na | 1 | .\nb | 3 | .")
    assert codes_of(error) == ["INDICATOR-EMPTY"]
    assert error.value.faults[0].path == ("y", "id")


def test_an_indicator_without_values_in_the_base_period() -> None:
    text = "area | period | x | y\na | 2019 | 1 | .\nb | 2019 | 2 | .\na | 2020 | 1 | 2\nb | 2020 | 2 | 3"
    with pytest.raises(CommonwealError, match="no value in the base period 2019") as error:
        scored(PAIR, text, {"normalise": {"method": "goalposts", "rule": "base", "base": "2019"}})
    assert codes_of(error) == ["INDICATOR-EMPTY"]


@pytest.mark.parametrize("method", ["goalposts", "minmax", "zscore", "percentile"])
def test_one_value_for_all(method: str) -> None:
    with pytest.raises(CommonwealError, match="'x' has the value 4 for all") as error:
        scored(PAIR, "area | x | y\na | 4 | 2\nb | 4 | 5", {"normalise": method})
    assert codes_of(error) == ["INDICATOR-CONSTANT"]


@pytest.mark.parametrize("method", ["minmax", "zscore", "percentile"])
def test_one_value_for_all_beside_given_goalposts(method: str) -> None:
    recipe = {"normalise": {"method": "goalposts", "rule": "given", "by": {"x": method}}}
    with pytest.raises(CommonwealError, match="'x' has the value 4 for all") as error:
        scored(
            tree("index\n  + x\n  + y", y={"worst": 0, "best": 9}),
            "area | x | y\na | 4 | 2\nb | 4 | 5",
            recipe,
        )
    assert codes_of(error) == ["INDICATOR-CONSTANT"]


def test_frozen_goalposts_of_the_other_direction() -> None:
    ends = pl.DataFrame({"indicator": ["x", "y"], "worst": [5.0, 0.0], "best": [0.0, 9.0]})
    frozen = HandedOn(goalposts=ends)
    recipe = {"normalise": {"method": "goalposts", "rule": "frozen", "edition": "2019"}}
    with pytest.raises(CommonwealError, match="worst 5 and best 0 for indicator 'x'") as error:
        scored(PAIR, GOOD, recipe, frozen=frozen)
    assert codes_of(error) == ["FRAMEWORK-GOALPOSTS"]


def test_one_value_for_all_in_a_period() -> None:
    text = "area | period | x\na | 2019 | 1\nb | 2019 | 2\na | 2020 | 3\nb | 2020 | 3"
    with pytest.raises(CommonwealError, match="the value 3 for all in 2020"):
        scored(tree("index\n  - x"), text, {"normalise": {"method": "goalposts", "rule": "each-period"}})


@pytest.mark.parametrize("method", ["none", "rank", {"method": "exponential"}])
def test_one_value_for_all_is_fine_where_no_range_is_needed(method: object) -> None:
    scoring = scored(PAIR, "area | x | y\na | 4 | 2\nb | 4 | 5", {"normalise": method})
    assert len(set(column(scoring, "x"))) == 1


def test_a_single_area_can_be_scored_against_given_goalposts() -> None:
    given = tree("index\n  + x", x={"worst": 0, "best": 8})
    assert column(
        scored(given, "area | x\na | 2", {"normalise": {"method": "goalposts", "rule": "given"}}), "x"
    ) == [25]


def test_a_published_period_without_data() -> None:
    with pytest.raises(CommonwealError, match="2021") as error:
        scored(PAIR, GOOD, publish=("2020", "2021"))
    assert codes_of(error) == ["PERIOD-EMPTY"]


@pytest.mark.parametrize("mean", ["geometric", "harmonic"])
def test_a_zero_under_a_mean_that_cannot_take_it(mean: str) -> None:
    deep = tree("index\n  one\n    + x\n    + y\n  two\n    + z")
    text = "area | x | y | z\na | 0 | 2 | 3\nb | 3 | 5 | 4\nc | 0 | 1 | 1"
    with pytest.raises(CommonwealError) as error:
        scored(deep, text, {"normalise": "none", "aggregate": mean})
    assert codes_of(error) == ["SCORE-ZERO"]  # told once, not again at the index
    assert "'x' scores 0 in area 'a', period 2020 (and in 1 more places)" in str(error.value)
    assert "forms 'one'" in str(error.value)


def test_a_negative_score_under_a_power_mean() -> None:
    with pytest.raises(CommonwealError, match="needs scores of 0 or more"):
        scored(PAIR, GOOD, {"normalise": "zscore", "aggregate": {"method": "power", "p": 0.5}})


def test_negative_scores_are_fine_under_an_arithmetic_mean() -> None:
    assert column(scored(PAIR, GOOD, {"normalise": "zscore"}), "index", digits=6) == [-0.707107, 0.707107]


def test_a_zero_in_a_parent_that_is_missing_anyway_is_not_refused() -> None:
    triple = tree("index\n  + x\n  + y\n  + z")
    text = "area | x | y | z\na | 0 | . | .\nb | 4 | 4 | 4"
    assert column(scored(triple, text, {"normalise": "none", "aggregate": "geometric"}), "index") == [None, 4]


ONE = pl.DataFrame({"indicator": ["x"], "worst": [1.0], "best": [3.0]})


@pytest.mark.parametrize("frozen", [None, HandedOn(goalposts=ONE)])
def test_frozen_goalposts_that_are_not_there(frozen: HandedOn | None) -> None:
    recipe = {"normalise": {"method": "goalposts", "rule": "frozen", "edition": "2019"}}
    with pytest.raises(CommonwealError, match="no scale for indicator 'y'") as error:
        scored(PAIR, GOOD, recipe, frozen=frozen)
    assert set(codes_of(error)) == {"FRAMEWORK-GOALPOSTS"}


@pytest.mark.parametrize("method", ["zscore", "rank", "share-of-max"])
def test_goalposts_are_no_scale_for_another_method(method: str) -> None:
    recipe = {"normalise": {"method": method, "rule": "frozen", "edition": "2019"}}
    with pytest.raises(CommonwealError, match=f"no scale for indicator 'x' .{method}.") as error:
        scored(PAIR, GOOD, recipe, frozen=HandedOn(goalposts=ONE))
    assert set(codes_of(error)) == {"FRAMEWORK-GOALPOSTS"}


def test_an_indicator_that_is_wholly_hidden_is_missing_with_its_reason() -> None:
    scoring = scored(PAIR, "area | x | y\na | 1 | *\nb | 3 | *")
    assert column(scoring, "y") == [None, None]
    assert column(scoring, "index") == [0, 100]  # one of two is enough
    assert scoring.reasons == {"y": "no value is left to show: people are protected"}
    assert scoring.weights.filter(node="y")["reason"].to_list() == [scoring.reasons["y"]]
    assert scoring.goalposts["indicator"].to_list() == ["x"]


def test_an_indicator_made_constant_by_hiding_is_missing_with_its_reason() -> None:
    scoring = scored(PAIR, "area | x | y\na | 1 | 4*\nb | 3 | 4*")
    assert column(scoring, "y") == [None, None]
    assert "one value is left" in scoring.reasons["y"]
    assert scoring.frame.filter(node="y")["status"].to_list() == ["missing", "missing"]
    assert scoring.value_status[0, :, 1].tolist() == [5, 5]
