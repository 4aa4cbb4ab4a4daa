"""The steps on the cells of indicators: each does what the recipe says, in its order, and leaves a trace."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from drawn import column, table, tree

import commonweal
from commonweal.engine import follow, score
from commonweal.engine.replicate import fixed_weights, replicate
from commonweal.errors import CommonwealError
from commonweal.model.area import Area, Areas
from commonweal.model.edition import Scoring
from commonweal.model.observation import Observations
from commonweal.model.period import Period
from commonweal.model.project import Periods
from commonweal.model.recipe import Recipe

PAIR = tree("index\n  + x\n  - y")
PLAIN = {"normalise": "none", "available": 0}


def run(
    text: str,
    recipe: object,
    framework: object = PAIR,
    attributes: dict[str, list[object]] | None = None,
    denominators: pl.DataFrame | None = None,
    carry: float = 0,
    publish: tuple[str, ...] = (),
) -> Scoring:
    frame = table(text)
    codes = sorted(frame["area"].unique().to_list())
    held = pl.DataFrame({"code": codes, **(attributes or {})})
    areas = Areas("place", "", tuple(Area(code, code) for code in codes), held)
    labels = publish or tuple(sorted(frame["period"].unique().to_list()))
    periods = Periods(tuple(Period.parse(label) for label in labels), carry)
    read = Recipe.read(recipe)  # type: ignore[arg-type]
    return score(Observations.of(frame), framework, areas, periods, read, denominators=denominators)  # type: ignore[arg-type]


def refused(code: str, *args: object, **kwargs: object) -> str:
    with pytest.raises(CommonwealError) as error:
        run(*args, **kwargs)  # type: ignore[arg-type]
    assert {fault.code for fault in error.value.faults} == {code}
    return str(error.value)


def met(scoring: Scoring, indicator: str, period: int = -1) -> list[float | None]:
    at = [node.id for node in scoring.framework.indicators].index(indicator)
    cells = scoring.values if scoring.met is None else scoring.met
    return [None if np.isnan(x) else round(float(x), 9) for x in cells[period, :, at]]


class TestDenominate:
    TEXT = "area | x | y\na | 10 | 3\nb | 30 | 4\nc | 8 | 5"

    def test_by_a_column_of_the_areas(self) -> None:
        scoring = run(
            self.TEXT, {**PLAIN, "denominate": {"x": "people"}}, attributes={"people": [5, 10, None]}
        )
        assert met(scoring, "x") == [2, 3, None]
        assert met(scoring, "y") == [3, 4, 5]
        assert scoring.values[0, :, 0].tolist() == [10, 30, 8]  # in the units of the source
        assert scoring.notes == ("x is missing in 1 areas: there is no people to divide it by",)
        assert scoring.frame.filter(node="x", area="c")["status"].to_list() == ["missing"]

    def test_by_the_nearest_earlier_year_of_the_values_own_period(self) -> None:
        people = pl.DataFrame(
            [("people", "a", year, n) for year, n in (("2016", 2.0), ("2018", 4.0))],
            schema=["name", "area", "period", "value"],
            orient="row",
        )
        text = "area | period | x | y\na | 2017 | 8 | 1\na | 2018 | 8 | 2\na | 2019 | . | 3\na | 2015 | 8 | 4"
        scoring = run(text, {**PLAIN, "denominate": {"x": "people"}}, denominators=people, carry=1)
        # 2015: none so early; 2017: that of 2016; 2019: the value of 2018 is carried, with its own.
        assert [met(scoring, "x", p) for p in range(4)] == [[None], [4], [2], [2]]

    @pytest.mark.parametrize("bad", [0, -2])
    def test_a_denominator_of_zero_names_area_indicator_and_period(self, bad: int) -> None:
        said = refused(
            "DENOMINATOR-ZERO", self.TEXT, {"denominate": {"x": "people"}}, attributes={"people": [5, bad, 1]}
        )
        assert f"indicator 'x' in area 'b', period 2020 is divided by people, which is {bad} there" in said

    def test_a_zero_where_there_is_no_value_does_no_harm(self) -> None:
        text = "area | x | y\na | 10 | 3\nb | . | 4\nc | 8 | 5"
        scoring = run(text, {**PLAIN, "denominate": {"x": "people"}}, attributes={"people": [5, 0, 1]})
        assert met(scoring, "x") == [2, None, 8]

    def test_an_unknown_denominator(self) -> None:
        said = refused(
            "RECIPE-COLUMN", self.TEXT, {"denominate": {"x": "area"}}, attributes={"people": [1, 2, 3]}
        )
        assert "There are: people." in said

    def test_direction_does_not_turn_what_is_divided(self) -> None:
        scoring = run(self.TEXT, {"denominate": {"y": "people"}}, attributes={"people": [1, 2, 1]})
        assert met(scoring, "y") == [3, 2, 5]
        assert [round(s) for s in column(scoring, "y")] == [67, 100, 0]  # type: ignore[arg-type]
        assert scoring.goalposts.filter(indicator="y").select("worst", "best").row(0) == (5, 2)


class TestScreen:
    FOUR = tree("index\n  one\n    + w\n    + x\n  two\n    + y\n    + z")
    TEXT = "area | w | x | y | z\na | 1 | 1 | 1 | 1\nb | 2 | . | 2 | 2\nc | 3 | . | . | .\nd | 4 | 4 | . | 4"

    def test_areas_first_then_indicators_of_what_is_left(self) -> None:
        scoring = run(self.TEXT, {**PLAIN, "screen": {"areas": 0.5, "indicators": 0.66}}, self.FOUR)
        assert scoring.screened.select("period", "area", "indicator").rows() == [("2020", "c", "")]
        assert "0.25 of the indicators have a value, 0.5 are needed" in scoring.screened["reason"][0]
        assert column(scoring, "w") == [1, 2, None, 4]
        assert scoring.frame.filter(area="c", node="w")["status"].to_list() == ["missing"]

    def test_strictly_below(self) -> None:
        scoring = run(self.TEXT, {**PLAIN, "screen": {"areas": 0.75}}, self.FOUR)
        assert scoring.screened["area"].to_list() == ["c"]

    def test_a_dropped_indicator_is_no_child_any_more(self) -> None:
        scoring = run(
            self.TEXT, {"normalise": "none", "screen": {"areas": 0.5, "indicators": 0.7}}, self.FOUR
        )
        assert scoring.dropped == {"x", "y"}
        assert column(scoring, "two") == [1, 2, None, 4]  # of z alone: all that is left
        assert scoring.child_weights["two"].tolist() == [[[0, 1]]]
        assert "0.667 of the area-periods" in scoring.weights.filter(node="y")["reason"][0]

    def test_a_parent_without_children_goes_too(self) -> None:
        text = "area | w | x | y | z\na | 1 | 1 | . | .\nb | 2 | 2 | . | 2\nc | 3 | 3 | 3 | ."
        scoring = run(text, {"normalise": "none", "screen": {"indicators": 0.9}}, self.FOUR)
        assert scoring.dropped == {"y", "z", "two"}
        assert column(scoring, "index") == [1, 2, 3]

    def test_nothing_left(self) -> None:
        text = "area | x | y\na | 1 | .\nb | . | 2"
        assert "no area" in refused("SCREEN-EMPTY", text, {"screen": {"areas": 0.9}})
        assert "no indicator" in refused("SCREEN-EMPTY", text, {"screen": {"indicators": 0.9}})

    def test_what_is_dropped_is_not_imputed(self) -> None:
        recipe = {**PLAIN, "screen": {"areas": 0.5}, "impute": {"method": "group-mean", "group": "g"}}
        scoring = run(self.TEXT, recipe, self.FOUR, attributes={"g": ["p"] * 4})
        assert scoring.imputed.select("area", "indicator").rows() == [("b", "x"), ("d", "y")]


class TestImpute:
    TEXT = """
        area | period | x | y
        d    | 2020   | 7 | 1
        a    | 2020   | . | 4
        c    | 2019   | 3 | 2
        b    | 2020   | 4 | .
        a    | 2019   | 1 | 3
        c    | 2020   | 8 | 9
        b    | 2019   | 2 | 5
        d    | 2019   | . | 6
    """
    GROUP = {"g": ["p", "p", "q", "q"]}  # noqa: RUF012

    def test_by_group_in_the_same_period_whatever_the_order_of_rows(self) -> None:
        scoring = run(
            self.TEXT, {**PLAIN, "impute": {"method": "group-mean", "group": "g"}}, attributes=self.GROUP
        )
        assert met(scoring, "x", 0) == [1, 2, 3, 3]
        assert met(scoring, "x", 1) == [4, 4, 8, 7]
        assert met(scoring, "y", 1) == [4, 4, 9, 1]
        assert scoring.imputed.rows() == [
            ("2019", "d", "x", 3.0, "group-mean"),
            ("2020", "a", "x", 4.0, "group-mean"),
            ("2020", "b", "y", 4.0, "group-mean"),
        ]

    def test_imputed_cells_are_flagged_and_in_scores(self) -> None:
        scoring = run(
            self.TEXT, {**PLAIN, "impute": {"method": "group-median", "group": "g"}}, attributes=self.GROUP
        )
        flagged = scoring.frame.filter(status="imputed").select("period", "area", "node").rows()
        assert {("2020", "a", "x"), ("2020", "a", "index")} <= set(flagged)
        assert scoring.values[1, 0, 0] == 4
        assert scoring.status[1, 3].max() == 0  # nothing is said of those that were whole

    def test_along_time(self) -> None:
        text = "area | period | x | y\na | 2016 | 1 | 1\na | 2017 | . | 2\na | 2018 | . | 3\na | 2020 | 9 | 4"
        line = run(text, {**PLAIN, "impute": "linear"})
        assert [met(line, "x", p)[0] for p in range(4)] == [1, 3, 5, 9]
        limited = run(text, {**PLAIN, "impute": {"method": "linear", "limit": 2}})
        assert [met(limited, "x", p)[0] for p in range(4)] == [1, None, 5, 9]
        assert limited.notes == ("1 gap of x could not be filled: too little is known there",)
        carried = run(text, {**PLAIN, "impute": {"method": "carry", "limit": 1}})
        assert [met(carried, "x", p)[0] for p in range(4)] == [1, 1, None, 9]

    def test_the_area_s_own_component(self) -> None:
        text = "area | x | y\na | 0 | 40\nb | 10 | 20\nc | . | 30"
        scoring = run(text, {**PLAIN, "impute": "component-mean"})
        # y counts downwards: 30 is half way up, and so is 5.
        assert met(scoring, "x") == [0, 10, 5]
        text = "area | x | y\na | 0 | 40\nb | 10 | 20\nc | . | 25"
        assert met(run(text, {**PLAIN, "impute": "component-mean"}), "x") == [0, 10, 7.5]

    @pytest.mark.parametrize("method", ["regression", {"method": "chained", "draws": 3}])
    def test_a_straight_line_is_found(self, method: object) -> None:
        rows = "\n".join(f"a{n} | {n * n} | {3 * n * n + 1}" for n in range(12))
        scoring = run(f"area | x | y\n{rows}\nb | 50 | .", {**PLAIN, "impute": method})
        assert met(scoring, "y")[-1] == pytest.approx(151, abs=1e-6)

    def test_a_way_of_its_own_for_one_indicator(self) -> None:
        recipe = {**PLAIN, "impute": {"method": "group-mean", "group": "g", "by": {"y": "none"}}}
        scoring = run(self.TEXT, recipe, attributes=self.GROUP)
        assert scoring.imputed["indicator"].unique().to_list() == ["x"]

    def test_an_unknown_group(self) -> None:
        recipe = {"impute": {"method": "group-mean", "group": "region"}}
        assert "There are: g." in refused("RECIPE-COLUMN", self.TEXT, recipe, attributes=self.GROUP)

    def test_a_denominated_gap_is_shown_in_the_units_of_the_source(self) -> None:
        text = "area | x | y\na | 10 | 3\nb | . | 4"
        recipe = {**PLAIN, "denominate": {"x": "n"}, "impute": {"method": "group-mean", "group": "g"}}
        scoring = run(text, recipe, attributes={"n": [5, 4], "g": ["p", "p"]})
        assert met(scoring, "x") == [2, 2]
        assert scoring.values[0, :, 0].tolist() == [10, 8]


class TestTreat:
    def test_each_cell_changed_is_told(self) -> None:
        rows = "\n".join(f"a{n} | {n} | 1" for n in range(1, 8))
        recipe = {"treat": {"method": "none", "by": {"x": "winsorise"}}, "normalise": "none"}
        scoring = run(f"area | x | y\n{rows}\nb | 99 | 2", recipe)
        assert scoring.treated.rows() == [("2020", "b", "x", 99.0, 7.0, "winsorised from above")]
        told = scoring.treatments.filter(indicator="x").row(0, named=True)
        assert (told["what"], told["points"]) == ("1 limited", 1)
        assert told["why"].startswith("skewness 2.81 and kurtosis 7.92 reach")
        assert scoring.values[0, -1, 0] == 99

    def test_partial_settings_keep_the_rest(self) -> None:
        recipe = Recipe.read({"treat": {"method": "winsorise", "max": 3, "by": {"x": {"skew": 1}}}})
        held = dict(recipe.cells[0].at("x").parameters)  # type: ignore[union-attr]
        assert held == {"skew": 1, "kurtosis": 3.5, "max": 3, "then": "none", "then_on": "untreated"}

    @pytest.mark.parametrize(("method", "bad"), [("log", 0), ("sqrt", -1), ("box-cox", 0)])
    def test_what_cannot_apply_says_what_to_do(self, method: str, bad: float) -> None:
        said = refused("TREAT-VALUE", f"area | x | y\na | {bad} | 2\nb | 3 | 4\nc | 1 | 9", {"treat": method})
        assert f"indicator 'x' in area 'a', period 2020 is {bad}, which {method} can't take" in said
        assert "by: {indicator: none}" in said

    def test_box_cox_takes_no_zero_whatever_the_power(self) -> None:
        """Values that lean to the low side have a power above 1, which would leave the 0 finite."""
        rows = "area | x | y\na | 0 | 1\nb | 7 | 2\nc | 8 | 3\nd | 9 | 4\ne | 9.5 | 5"
        said = refused("TREAT-VALUE", rows, {"treat": "box-cox"})
        assert "indicator 'x' in area 'a', period 2020 is 0, which box-cox can't take" in said

    def test_a_constant_column_is_left_alone(self) -> None:
        text = "area | x | y\na | 5 | 1\nb | 5 | 2\nc | 5 | 3\nd | 5 | 90"
        for method in ("winsorise", "box-cox", "yeo-johnson"):
            assert met(run(text, {**PLAIN, "treat": method}), "x") == [5, 5, 5, 5]

    def test_winsorising_never_leaves_one_value_for_all(self) -> None:
        rows = "\n".join(f"a{n:02} | 0 | {n}" for n in range(20))
        scoring = run(f"area | x | y\n{rows}\nb | 1 | 3", {"treat": "winsorise"})
        assert met(scoring, "x")[-1] == 1

    def test_periods_are_pooled_unless_the_recipe_says_otherwise(self) -> None:
        rows = "\n".join(f"a{n} | {p} | {n + 10 * (p - 2019)} | {n}" for n in range(8) for p in (2019, 2020))
        text = f"area | period | x | y\n{rows}\nb | 2019 | 99 | 3\nb | 2020 | 15 | 4"
        pooled = run(text, {"treat": "winsorise", "normalise": "minmax"})
        assert met(pooled, "x", 0)[-1] == 17  # the next largest of both periods
        each = run(
            text,
            {"treat": {"method": "winsorise", "rule": "each-period"},
             "normalise": {"method": "minmax", "rule": "each-period"}},
        )  # fmt: skip
        assert met(each, "x", 0)[-1] == 7
        assert each.treatments.filter(indicator="x")["period"].to_list() == ["2019", "2020"]
        assert each.treated.rows() == [("2019", "b", "x", 99.0, 7.0, "winsorised from above")]

    def test_treated_by_year_and_normalised_together_is_refused(self) -> None:
        with pytest.raises(CommonwealError, match="treat has rule each-period") as error:
            Recipe.read({"treat": {"method": "winsorise", "rule": "each-period"}, "normalise": "minmax"})
        assert error.value.faults[0].code == "RECIPE-RULE"

    def test_fitted_on_a_base_period_that_is_not_published(self) -> None:
        rows = "\n".join(f"a{n} | {p} | {n + p - 2019} | {n}" for n in range(8) for p in (2019, 2020))
        text = f"area | period | x | y\n{rows}\nb | 2019 | 99 | 3\nb | 2020 | 50 | 4"
        recipe = {
            "treat": {"method": "winsorise", "rule": "base", "base": "2019"},
            "normalise": {"method": "minmax", "rule": "base", "base": "2019"},
        }
        scoring = run(text, recipe, publish=("2020",))
        assert met(scoring, "x")[-2:] == [7, 7]
        assert column(scoring, "x")[-1] == 100
        assert scoring.goalposts.filter(indicator="x").select("worst", "best").row(0) == (0, 7)

    def test_a_profile_goes_the_same_way(self) -> None:
        from commonweal.engine import score_profile

        rows = "\n".join(f"a{n} | {n} | {n}" for n in range(1, 8))
        scoring = run(f"area | x | y\n{rows}\nb | 99 | 2", {"treat": "winsorise", "normalise": "minmax"})
        np.testing.assert_allclose(score_profile(scoring, scoring.values[:, -1]), scoring.scores[:, -1])
        assert score_profile(scoring, np.array([[500.0, 1.0]]))[0, scoring.node_index["x"]] == 100


class TestOrder:
    TEXT = "area | x | y\na | 1 | 1\nb | 100 | 2\nc | . | 3\nd | 10000 | 4"

    def test_a_mapping_runs_in_the_standing_order(self) -> None:
        recipe = {"normalise": "minmax", "treat": "log", "impute": "component-mean", "screen": {"areas": 0.1}}
        scoring = run(self.TEXT, recipe)
        assert [step.step for step in scoring.trace[:5]] == [
            "enter",
            "screen",
            "impute",
            "treat",
            "normalise",
        ]

    def test_a_list_runs_as_written_and_may_hold_a_step_twice(self) -> None:
        recipe = [
            {"treat": {"method": "none", "by": {"x": "log"}}},
            {"impute": "component-mean"},
            {"treat": {"method": "none", "by": {"x": {"method": "cap", "high": 7}}}},
            {"normalise": "minmax"},
        ]
        scoring = run(self.TEXT, recipe)
        assert [step.step for step in scoring.trace[:5]] == ["enter", "treat", "impute", "treat", "normalise"]
        logs = np.log([1, 100, 10000])
        assert met(scoring, "x") == pytest.approx([logs[0], logs[1], logs[2] / 3, 7])
        assert scoring.treatments.filter(indicator="x")["step"].to_list() == [1, 2]
        assert set(scoring.treated["what"]) == {"log", "winsorised from above"}
        assert np.isnan(scoring.values[0, 2, 0])  # no value in the units of the source leads there

    def test_scores_may_be_normalised_again(self) -> None:
        text = "area | x | y\na | 1 | 1\nb | 2 | 2\nc | 6 | 3"
        scoring = run(text, [{"normalise": "zscore"}, {"normalise": {"method": "minmax", "low": 1}}])
        assert column(scoring, "y") == [100, 50.5, 1]  # the direction counts once
        assert column(scoring, "x", digits=6) == [1, 20.8, 100]

    def test_gaps_of_scores_may_be_filled(self) -> None:
        scoring = run(self.TEXT, [{"normalise": "minmax"}, {"impute": "component-mean"}])
        assert column(scoring, "x")[2] == pytest.approx(100 / 3)
        assert scoring.frame.filter(area="c", node="x")["status"].to_list() == ["imputed"]

    def test_a_score_is_followed_through_every_step(self) -> None:
        recipe = {
            "denominate": {"x": "n"},
            "treat": {"method": "none", "by": {"x": {"method": "cap", "high": 40}}},
        }
        scoring = run("area | x | y\na | 2 | 1\nb | 100 | 2\nc | 60 | 3", recipe, attributes={"n": [2, 2, 2]})
        followed = {row.node: row for row in follow(scoring, "b", "index", "2020")}["x"]
        assert followed.value == 100
        assert followed.steps == (("denominate", 50), ("treat", 40), ("normalise", 100))
        assert (followed.worst, followed.best) == (1, 40)


class TestNothingLeft:
    def test_no_denominator_at_all(self) -> None:
        said = refused(
            "INDICATOR-EMPTY",
            "area | x | y\na | 1 | 2\nb | 3 | 4",
            {"denominate": {"x": "n"}},
            attributes={"n": pl.Series([None, None], dtype=pl.Float64)},
        )
        assert "'x' has no value left to score" in said

    def test_no_value_in_the_base_period_of_a_treatment(self) -> None:
        text = "area | period | x | y\na | 2019 | . | 2\nb | 2019 | . | 5\na | 2020 | 1 | 4\nb | 2020 | 2 | 1"
        recipe = {"treat": {"method": "winsorise", "rule": "base", "base": "2019"}}
        assert "base period 2019 to fit a treatment on" in refused("INDICATOR-EMPTY", text, recipe)

    def test_areas_screened_out_take_an_indicator_with_them(self) -> None:
        wide = tree("index\n  + x\n  + y\n  + z")
        text = "area | x | y | z\na | 1 | 2 | .\nb | 3 | 4 | .\nc | . | . | 4"
        scoring = run(text, {"screen": {"areas": 0.5}}, wide)
        assert scoring.reasons == {"z": "screened out: no area that has a value is left"}
        assert column(scoring, "index") == [0, 100, None]

    def test_answers_about_an_indicator_that_is_left_out(self) -> None:
        wide = tree("index\n  + x\n  + y\n  + z")
        frame = table("area | x | y | z\na | 1 | 2 | .\nb | 3 | 4 | .\nc | 2 | 9 | 4")
        areas = Areas("place", "", tuple(Area(code, code) for code in "abc"))
        recipe = Recipe.read(
            {"screen": {"indicators": 0.5}, "weigh": {"method": "budget", "path": "answers.csv"}}
        )
        points = {"index": np.array([[30.0, 10.0, 60.0], [30.0, 10.0, 60.0]])}
        scoring = score(
            Observations.of(frame), wide, areas, Periods((Period.parse("2020"),)), recipe, answers=points
        )
        np.testing.assert_allclose(scoring.child_weights["index"], [[[0.75, 0.25, 0]]])


class TestFromFrames:
    VALUES = pl.DataFrame({"area": ["a", "b", "c"], "x": [10.0, 30.0, None], "y": [1.0, 2.0, 3.0]})
    TREE = pl.DataFrame(
        {"id": ["index", "x", "y"], "name": ["Index", "X", "Y"], "parent": ["", "index", "index"],
         "level": ["index", "indicator", "indicator"], "direction": [None, 1, 1]}
    )  # fmt: skip
    RECIPE = {  # noqa: RUF012
        "denominate": {"x": "people"},
        "impute": {"method": "group-mean", "group": "region"},
        "normalise": "minmax",
    }

    def test_areas_and_denominators_are_frames_too(self) -> None:
        areas = pl.DataFrame({"code": ["a", "b", "c"], "name": ["A", "B", "C"], "region": [1, 2, 2]})
        people = pl.DataFrame(
            {"name": "people", "area": ["a", "b", "c"], "period": 1999, "value": [5, 10, 1]}
        )
        edition = commonweal.score(self.VALUES, self.TREE, self.RECIPE, areas=areas, denominators=people)
        assert edition.scores.filter(node="x").select("score", "status").rows() == [
            (0, "observed"), (100, "observed"), (100, "imputed"),
        ]  # fmt: skip
        assert edition.areas.names["b"] == "B"

    def test_a_frame_that_lacks_a_column(self) -> None:
        with pytest.raises(CommonwealError) as error:
            commonweal.score(self.VALUES, self.TREE, {}, areas=pl.DataFrame({"name": ["A"]}))
        assert error.value.faults[0].code == "COLUMN-MISSING"

    def test_infinity_in_a_frame(self) -> None:
        values = self.VALUES.with_columns(x=pl.Series([1.0, float("inf"), 2.0]))
        with pytest.raises(CommonwealError, match="'x'"):
            commonweal.score(values, self.TREE)


class TestTraps:
    @pytest.mark.parametrize("method", ["winsorise", "log", "cube-root", "yeo-johnson", "box-cox"])
    def test_a_direction_of_minus_one_turns_scores_and_nothing_else(self, method: str) -> None:
        rows = "\n".join(f"a{n} | {n} | {n}" for n in range(1, 9))
        scoring = run(f"area | x | y\n{rows}\nb | 99 | 99", {"treat": method, "normalise": "minmax"})
        assert met(scoring, "x") == met(scoring, "y")
        np.testing.assert_allclose(
            scoring.scores[0, :, scoring.node_index["x"]], 100 - scoring.scores[0, :, scoring.node_index["y"]]
        )

    def test_a_line_over_some_years_uses_the_years_themselves(self) -> None:
        text = "area | period | x | y\na | 2010 | 0 | 1\na | 2012 | . | 2\na | 2020 | 10 | 3"
        scoring = run(text, {**PLAIN, "impute": "linear"})
        assert met(scoring, "x", 1) == [2]

    def test_the_order_of_rows_and_areas_never_matters(self) -> None:
        random = np.random.default_rng(3)
        cells = [
            (f"a{a}", str(period), id, None if random.random() < 0.2 else float(random.lognormal()))
            for a in range(12)
            for period in (2018, 2019, 2020)
            for id in ("x", "y", "z")
        ]
        frame = pl.DataFrame(cells, schema=["area", "period", "indicator", "value"], orient="row")
        wide = tree("index\n  + x\n  - y\n  + z")
        periods = Periods(tuple(Period.parse(str(year)) for year in (2018, 2019, 2020)))
        for how in ("component-mean", "regression", {"method": "chained", "draws": 2}, "linear", "carry"):
            recipe = Recipe.read({"impute": how, "treat": {"method": "winsorise", "skew": 1, "kurtosis": 1}})
            found = []
            for rename in (lambda code: code, lambda code: f"z{99 - int(code[1:])}"):
                names = {f"a{a}": rename(f"a{a}") for a in range(12)}
                areas = Areas("place", "", tuple(Area(code, code) for code in names.values()))
                rows = frame.with_columns(pl.col("area").replace(names)).sample(
                    fraction=1, shuffle=True, seed=1
                )
                scoring = score(Observations.of(rows), wide, areas, periods, recipe)
                at = [scoring.area_index[names[f"a{a}"]] for a in range(12)]
                found.append(scoring.scores[:, at])
            np.testing.assert_array_equal(*found)


class TestNumbers:
    def test_infinity_is_refused(self) -> None:
        rows = table("area | x | y\na | 1 | 2\nb | 3 | 4").with_columns(
            pl.when(pl.col("value") == 3).then(float("inf")).otherwise(pl.col("value")).alias("value")
        )
        with pytest.raises(CommonwealError) as error:
            Observations.of(rows)
        assert error.value.faults[0].code == "OBSERVATION-NUMBER"

    def test_nothing_is_rounded_on_the_way(self) -> None:
        scoring = run("area | x | y\na | 0 | 0\nb | 1 | 1\nc | 3 | 3", {"normalise": "minmax"})
        assert column(scoring, "x", digits=15)[1] == pytest.approx(100 / 3, rel=1e-15)


class TestReplications:
    @pytest.mark.parametrize("mean", ["copeland", "geometric", "median"])
    def test_an_area_without_enough_parts_counts_for_nobody_else(self, mean: str) -> None:
        framework = tree("index\n  + x\n  + y\n  + z")
        text = "area | x | y | z\na | 1 | 2 | 3\nb | 3 | 1 | 2\nc | 2 | 5 | 1\nd | 9 | . | ."
        scoring = run(text, {"normalise": "none", "aggregate": mean}, framework)
        held = [scoring.scores[None, :, :, scoring.node_index[id]] for id in ("x", "y", "z")]
        found = replicate(scoring, held, fixed_weights(scoring))[scoring.node_index["index"]]
        assert np.isnan(found[0, 0, 3])
        np.testing.assert_allclose(found[0, 0], scoring.scores[0, :, scoring.node_index["index"]], rtol=1e-12)
