"""Rule frozen, by hand: each step takes what an older edition fitted, as it stands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from drawn import column, scored, tree

from commonweal.errors import CommonwealError
from commonweal.model.edition import Scoring
from commonweal.model.recipe import Recipe

JOBS = tree("index\n  + jobs\n  + other")
#: Skewed and peaked: winsorising gives H the value of G.
BEFORE = """
    area | period | jobs | other
    a    | 2020   | 1    | 1
    b    | 2020   | 2    | 2
    c    | 2020   | 3    | 3
    d    | 2020   | 4    | 4
    e    | 2020   | 5    | 5
    f    | 2020   | 6    | 6
    g    | 2020   | 7    | 7
    h    | 2020   | 99   | 8
"""
NOW = """
    area | period | jobs | other
    a    | 2021   | 3    | 1
    b    | 2021   | 50   | 2
"""
PLAIN = {"normalise": "none", "available": 0}


def frozen(written: object) -> dict[str, object]:
    held = written if isinstance(written, dict) else {"method": written}
    return {**held, "rule": "frozen", "edition": "2020"}


def met(scoring: Scoring, indicator: str, digits: int = 6) -> list[float | None]:
    at = [node.id for node in scoring.framework.indicators].index(indicator)
    cells = scoring.values if scoring.met is None else scoring.met
    return [None if np.isnan(x) else round(float(x), digits) for x in cells[-1, :, at]]


def later(step: str, method: object, rest: dict[str, object] = PLAIN, now: str = NOW) -> Scoring:
    """A step fitted on BEFORE and handed on to `now`."""
    before = scored(JOBS, BEFORE, {**rest, step: method})
    return scored(JOBS, now, {**rest, step: frozen(method)}, frozen=before.hands_on)


class TestTreat:
    def test_the_limits_of_winsorising(self) -> None:
        scoring = later("treat", "winsorise")
        assert met(scoring, "jobs") == [3, 7]  # 7 is the limit of 2020; two values could not be tested
        row = scoring.treatments.filter(indicator="jobs").row(0, named=True)
        assert (row["high"], row["points"], row["what"]) == (7, 1, "1 limited")
        assert row["why"] == "the recipe takes it from the edition 2020"

    def test_the_offset_of_a_logarithm(self) -> None:
        """ln(x - 1 + 0.01 (99 - 1)), the least and the largest value being those of 2020."""
        scoring = later("treat", {"method": "winsorise", "max": 0, "then": "log"})
        assert met(scoring, "jobs") == [round(np.log(2.98), 6), round(np.log(49.98), 6)]

    def test_the_power_of_box_cox(self) -> None:
        """The first edition's power p, found there, bends 3 to (3^p - 1) / p."""
        scoring = later("treat", "box-cox")
        power = scoring.treatments.filter(indicator="jobs")["constant"][0]
        own = scored(JOBS, BEFORE, {**PLAIN, "treat": "box-cox"})
        assert power == own.treatments.filter(indicator="jobs")["constant"][0]
        assert met(scoring, "jobs") == [round((x**power - 1) / power, 6) for x in (3, 50)]

    def test_a_value_that_the_curve_has_no_place_for(self) -> None:
        """The least value of 2020 is 1, so that the logarithm begins at 1 - 0.98."""
        low = "area | period | jobs | other\na | 2021 | -5 | 1\nb | 2021 | 5 | 2"
        with pytest.raises(
            CommonwealError, match=r"TREAT-VALUE indicator 'jobs' in area 'a'.*use rule: pooled"
        ):
            later("treat", {"method": "winsorise", "max": 0, "then": "log"}, now=low)

    def test_what_needs_no_fit_needs_no_edition(self) -> None:
        scoring = scored(JOBS, NOW, {**PLAIN, "treat": frozen({"method": "cap", "high": 4})})
        assert met(scoring, "jobs") == [3, 4]

    def test_an_indicator_treated_in_another_way(self) -> None:
        before = scored(JOBS, BEFORE, {**PLAIN, "treat": "winsorise"})
        with pytest.raises(CommonwealError, match="'2020' has not treated 'jobs' by yeo-johnson") as error:
            scored(JOBS, NOW, {**PLAIN, "treat": frozen("yeo-johnson")}, frozen=before.hands_on)
        assert {fault.code for fault in error.value.faults} == {"EDITION-LACKS"}
        assert len(error.value.faults) == 2

    def test_the_second_treatment_takes_from_the_second(self) -> None:
        twice = [{"treat": {"method": "cap", "high": 7}}, {"treat": "yeo-johnson"}, {"normalise": "none"}]
        before = scored(JOBS, BEFORE, twice)
        handed = [twice[0], {"treat": frozen("yeo-johnson")}, twice[2]]
        after = scored(JOBS, BEFORE, handed, frozen=before.hands_on)
        np.testing.assert_array_equal(after.scores, before.scores)


PAIR = tree("index\n  + jobs\n  - crime")
KNOWN = """
    area | period | jobs | crime
    a    | 2020   | 10   | 9
    b    | 2020   | 20   | 8
    c    | 2020   | .    | 6
    d    | 2020   | 40   | 4
    e    | 2020   | 44   | 5
    f    | 2020   | 60   | 1
"""
GAP = """
    area | period | jobs | crime
    a    | 2021   | .    | 3
    b    | 2021   | 100  | 11
"""


def filled(method: object, now: str = GAP) -> Scoring:
    before = scored(PAIR, KNOWN, {**PLAIN, "impute": method})
    return scored(PAIR, now, {**PLAIN, "impute": frozen(method)}, frozen=before.hands_on)


class TestImpute:
    def test_the_ranges_of_component_mean(self) -> None:
        """Crime of 3 is (9 - 3) / (9 - 1) = 0.75 of the way in 2020; jobs ran from 10 to 60."""
        assert met(filled("component-mean"), "jobs") == [47.5, 100]

    def test_the_line_of_regression(self) -> None:
        """docs/explanation/methods/impute.md: jobs = 67.51 - 6.06 crime, over the five areas of 2020."""
        crime, jobs = np.array([9.0, 8, 4, 5, 1]), np.array([10.0, 20, 40, 44, 60])
        slope, start = np.polyfit(crime, jobs, 1)
        assert met(filled("regression"), "jobs") == [round(start + 3 * slope, 6), 100]

    def test_the_line_is_published_in_the_units_of_the_values(self) -> None:
        table = filled("regression").imputation.filter(indicator="jobs")
        centre, term = table.rows(named=True)
        assert (centre["known"], centre["term"], centre["coefficient"]) == ("crime", "", pytest.approx(34.8))
        assert (term["term"], term["mean"]) == ("crime", pytest.approx(5.4))
        assert term["coefficient"] == pytest.approx(-6.06, abs=0.005)

    def test_a_turned_direction_changes_no_estimate(self) -> None:
        before = scored(PAIR, KNOWN, {**PLAIN, "impute": "regression"})
        turned = tree("index\n  + jobs\n  + crime")
        scoring = scored(turned, GAP, {**PLAIN, "impute": frozen("regression")}, frozen=before.hands_on)
        assert met(scoring, "jobs") == met(filled("regression"), "jobs")

    def test_a_set_of_indicators_that_the_edition_has_no_line_for_stays_a_gap(self) -> None:
        four = tree("index\n  + w\n  + x\n  + y\n  + z")
        rows = [f"{a} | 2020 | {i} | {i * i % 7} | {i % 4} | {i % 5}" for i, a in enumerate("abcdefgh", 1)]
        before = scored(
            four, "\n".join(["area | period | w | x | y | z", *rows]), {**PLAIN, "impute": "regression"}
        )
        now = """
            area | period | w | x | y | z
            a    | 2021   | . | 3 | 2 | .
            b    | 2021   | . | 3 | . | .
            c    | 2021   | 1 | 1 | 1 | 1
        """
        step = {"impute": {**frozen("none"), "by": {"w": "regression"}}}
        scoring = scored(four, now, {**PLAIN, **step}, frozen=before.hands_on)
        two_known, one_known, _ = met(scoring, "w")
        assert two_known is not None  # there is a line on each two of the three others
        assert one_known is None  # and none on a single one
        assert scoring.notes == ("1 gap of w could not be filled: too little is known there",)

    def test_an_indicator_that_the_edition_did_not_fill(self) -> None:
        before = scored(PAIR, KNOWN, {**PLAIN, "impute": "component-mean"})
        with pytest.raises(
            CommonwealError, match="nothing that regression could fill gaps of 'jobs'"
        ) as error:
            scored(PAIR, GAP, {**PLAIN, "impute": frozen("regression")}, frozen=before.hands_on)
        assert [fault.code for fault in error.value.faults] == ["EDITION-LACKS"]

    @pytest.mark.parametrize(
        ("method", "why"),
        [
            ({"method": "group-mean", "group": "region"}, "It looks at the same period"),
            ({"method": "group-median", "group": "region"}, "It looks at the same period"),
            ("linear", "along time"),
            ("chained", "Use regression, whose lines an edition hands on"),
        ],
    )
    def test_methods_without_a_fixed_fit_are_refused(self, method: object, why: str) -> None:
        with pytest.raises(CommonwealError, match=why) as error:
            Recipe.read({"impute": frozen(method)})
        assert [fault.code for fault in error.value.faults] == ["RECIPE-RULE"]


SCALE = """
    area | period | jobs | other
    a    | 2020   | 2    | 1
    b    | 2020   | 4    | 2
    c    | 2020   | 4    | 3
    d    | 2020   | 6    | 4
    e    | 2020   | 14   | 5
"""
TWO = """
    area | period | jobs | other
    d    | 2021   | 4    | 1
    e    | 2021   | 10   | 2
"""


class TestNormalise:
    """The five areas of docs/explanation/methods/normalise.md; then values 4 and 10 on the same scales."""

    @pytest.mark.parametrize(
        ("method", "expected"),
        [
            ("goalposts", [100 / 6, 200 / 3]),
            ("minmax", [100 / 6, 200 / 3]),
            ("distance-to-max", [1 / 6, 2 / 3]),
            ("zscore", [-2 / np.sqrt(22), 4 / np.sqrt(22)]),  # mean 6, sd 4.69
            ("t-score", [50 - 20 / np.sqrt(22), 50 + 40 / np.sqrt(22)]),
            ("rank", [2, 5]),  # 1 + how many of 2020 are worse: one, and four
            ("borda", [1, 4]),
            ("percentile", [0.25, 1]),
            ({"method": "quantile-scale", "classes": 5}, [2, 5]),
            ("exponential", [20.63, 35.86]),  # 3 of 5, and 4 of 5, are not better
            ({"method": "distance-to-reference", "area": "d"}, [0.5, 2]),  # d had 6, the least was 2
            ("share-of-max", [4 / 14, 10 / 14]),
            ("none", [4, 10]),
        ],
    )
    def test_each_method(self, method: object, expected: list[float]) -> None:
        before = scored(JOBS, SCALE, {"normalise": method})
        scoring = scored(JOBS, TWO, {"normalise": frozen(method)}, frozen=before.hands_on)
        digits = 2 if method == "exponential" else 9
        assert column(scoring, "jobs", digits=digits) == [round(float(x), digits) for x in expected]

    def test_the_base_figures_of_index_100(self) -> None:
        """People 1, 1, 2, 1, 1: mean 34 / 6, sd 4.42 in 2020; today's people don't matter."""
        method = {"method": "index-100", "weight": "people"}
        people = pl.DataFrame({"code": list("abcde"), "people": [1.0, 1, 2, 1, 1]})
        today = pl.DataFrame({"code": ["d", "e"], "people": [9.0, 1]})
        before = scored(JOBS, SCALE, {"normalise": method}, attributes=people)
        scoring = scored(JOBS, TWO, {"normalise": frozen(method)}, frozen=before.hands_on, attributes=today)
        mean, sd = 34 / 6, np.sqrt((548 / 6) * 6 / (36 - 8))
        assert column(scoring, "jobs") == [round(100 + 10 * (x - mean) / sd, 9) for x in (4, 10)]
        assert before.scales.filter(indicator="jobs").row(0) == (
            "", "jobs", pytest.approx(mean), pytest.approx(sd), "people", "pooled",
        )  # fmt: skip

    def test_a_target_of_the_framework_stays_its_own(self) -> None:
        goal = tree("index\n  + jobs\n  + other", jobs={"target": 8}, other={"target": 9})
        before = scored(goal, SCALE, {"normalise": "distance-to-target"})
        scoring = scored(goal, TWO, {"normalise": frozen("distance-to-target")}, frozen=before.hands_on)
        assert column(scoring, "jobs") == [round(2 / 6, 9), round(8 / 6, 9)]

    def test_moments_weighted_otherwise_are_another_scale(self) -> None:
        before = scored(JOBS, SCALE, {"normalise": "zscore"})
        method = {"method": "index-100", "weight": "people"}
        with pytest.raises(CommonwealError, match=r"no scale for indicator 'jobs' .index-100."):
            scored(JOBS, TWO, {"normalise": frozen(method)}, frozen=before.hands_on)

    def test_an_earlier_normalise_can_not_be_frozen(self) -> None:
        steps: list[dict[str, object]] = [{"normalise": frozen("zscore")}, {"normalise": "minmax"}]
        with pytest.raises(CommonwealError, match="stands before another normalise") as error:
            Recipe.read(steps)
        assert [fault.code for fault in error.value.faults] == ["RECIPE-RULE"]

    def test_of_scales_by_period_the_last_is_handed_on(self) -> None:
        text = SCALE.rstrip() + "\n" + "\n".join(TWO.strip().splitlines()[1:])
        before = scored(JOBS, text, {"normalise": {"method": "minmax", "rule": "each-period"}})
        scoring = scored(JOBS, TWO, {"normalise": frozen("minmax")}, frozen=before.hands_on)
        assert column(scoring, "jobs") == [0, 100]

    @pytest.mark.parametrize("cells", [("*", "*"), ("4*", "4*")])
    @pytest.mark.parametrize("method", ["goalposts", "zscore", "percentile"])
    def test_an_indicator_without_a_scale_because_people_are_protected_stays_so(
        self, method: str, cells: tuple[str, str]
    ) -> None:
        text = f"area | jobs | other\na | 1 | {cells[0]}\nb | 3 | {cells[1]}"
        before = scored(JOBS, text, {"normalise": method})
        after = scored(JOBS, text, {"normalise": frozen(method)}, frozen=before.hands_on)
        np.testing.assert_allclose(after.scores, before.scores, rtol=1e-12)
        assert after.reasons == before.reasons
        assert list(after.reasons) == ["other"]


PAGES = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "methods"


def test_the_numbers_of_the_pages() -> None:
    """What docs/explanation/methods prints of rule frozen, beside the tests above."""
    impute, treat, normalise = (
        " ".join((PAGES / f"{page}.md").read_text(encoding="utf-8").split())
        for page in ("impute", "treat", "normalise")
    )
    said = [
        f"{met(filled(method), 'jobs', 2)[0]:g} by `{method}`" for method in ("component-mean", "regression")
    ]
    assert said[0] in impute
    assert said[1] in impute
    logs = met(later("treat", {"method": "winsorise", "max": 0, "then": "log"}), "jobs", 2)
    assert f"ln(50 − 1 + 0.98) = {logs[1]:g}." in treat
    for method, printed in (
        ("goalposts", "has {:g} by goalposts"),
        ("zscore", "(10 − 6) / 4.69 = {:g}"),
        ("rank", "rank {:g} (four"),
        ("percentile", "percentile 4 / 4 = {:g}"),
    ):
        before = scored(JOBS, SCALE, {"normalise": method})
        scoring = scored(JOBS, TWO, {"normalise": frozen(method)}, frozen=before.hands_on)
        assert printed.format(column(scoring, "jobs", digits=2)[1]) in normalise
