"""What a recipe refuses, so that nothing that was written is silently left out or turned round."""

from __future__ import annotations

import pytest

from commonweal.errors import CommonwealError
from commonweal.model.recipe import Recipe


@pytest.mark.parametrize(
    ("written", "code", "says"),
    [
        ([{"weigh": "equal"}, {"weigh": "given"}], "RECIPE-KEY", "'weigh' stands twice"),
        ({"normalise": {"method": "minmax", "by": ["a"]}}, "RECIPE-PARAMETER", "by is ['a']"),
        ({"weigh": {"component": "pca", "by": "a"}}, "RECIPE-PARAMETER", "by is 'a'"),
        ({"aggregate": {"method": "geometric", "by": 3}}, "RECIPE-PARAMETER", "by is 3"),
        ({"available": {"by": ["a"]}}, "RECIPE-PARAMETER", "by is ['a']"),
    ],
)
def test_what_is_written_counts_or_is_refused(written, code, says):
    with pytest.raises(CommonwealError) as raised:
        Recipe.read(written)
    (fault,) = raised.value.faults
    assert fault.code == code
    assert says in fault.what


@pytest.mark.parametrize(
    "method",
    [
        {"method": "minmax", "low": 100, "high": 0},
        {"method": "minmax", "low": 5, "high": 5},
        {"method": "zscore", "sd": -1},
        {"method": "percentile", "scale": 0},
        {"method": "exponential", "rate": 0},
    ],
)
def test_a_scale_that_would_turn_round_is_refused(method):
    with pytest.raises(CommonwealError) as raised:
        Recipe.read({"normalise": {"method": "none", "by": {"crime": method}}})
    (fault,) = raised.value.faults
    assert (fault.code, fault.path[:3]) == ("RECIPE-PARAMETER", ("normalise", "by", "crime"))


METHOD, PARAMETER, RULE = "RECIPE-METHOD", "RECIPE-PARAMETER", "RECIPE-RULE"


@pytest.mark.parametrize(
    ("written", "code", "what", "allowed"),
    [
        ({"treat": "winsorize"}, METHOD, "'winsorize' is not a way to treat", "winsorise"),
        ({"treat": {"method": "winsorise", "max": 2.5}}, PARAMETER, "max of winsorise is 2.5", "whole"),
        ({"treat": {"method": "winsorise", "skew": -1}}, PARAMETER, "skew of winsorise is -1", "from 0"),
        ({"treat": {"method": "winsorise", "then": "exp"}}, PARAMETER, "then of winsorise is 'exp'",
         "none, log, signed-log"),
        ({"treat": "cap"}, PARAMETER, "neither low nor high", "at least one"),
        ({"treat": {"method": "cap", "low": 3, "high": 1}}, PARAMETER, "low 3 and high 1", "high above low"),
        ({"treat": {"method": "log", "rule": "given"}}, RULE, "'given' is not a rule", "pooled"),
        ({"treat": {"method": "log", "base": "2016"}}, RULE, "base is '2016', but the rule is pooled",
         "rule: base"),
        ({"impute": "group-mean"}, PARAMETER, "group-mean lacks its parameter 'group'", "group: …"),
        ({"impute": {"method": "chained", "draws": 0}}, PARAMETER, "draws of chained is 0", "from 1"),
        ({"impute": {"method": "linear", "limit": 0}}, PARAMETER, "limit of linear is 0", "above 0"),
        ({"impute": {"method": "carry", "rule": "base", "base": "2016"}}, RULE,
         "rule base does not fit carry", "leave the rule out"),
        ({"screen": {"areas": 65}}, PARAMETER, "areas of screen is 65", "from 0 to 1"),
        ({"screen": {"area": 0.6}}, PARAMETER, "no parameter 'area'", "areas, indicators"),
        ({"screen": 0.6}, PARAMETER, "screen is 0.6", "screen: {areas"),
        ({"denominate": ["crimes"]}, PARAMETER, "denominate is ['crimes']", "crimes: population"),
        ({"denominate": {"crimes": 3}}, PARAMETER, "the denominator of 'crimes' is 3", "denominators"),
        ({"normalise": {"method": "zscore", "rule": "base", "base": "last"}}, "PERIOD-FORM", "last", ""),
    ],
)  # fmt: skip
def test_a_bad_recipe_is_told_what_is_allowed(written, code, what, allowed):
    with pytest.raises(CommonwealError) as raised:
        Recipe.read(written)
    (fault,) = raised.value.faults
    assert fault.code == code
    assert what in fault.what
    assert allowed in fault.remedy


def test_a_mapping_is_sorted_and_a_list_is_not():
    steps = [{"normalise": "zscore"}, {"treat": "log"}, {"screen": {"areas": 0.5}}]
    written = {key: value for step in steps for key, value in step.items()}
    order = ["weigh", "aggregate"]
    assert [step.key for step in Recipe.read(written).steps] == ["screen", "treat", "normalise", *order]
    assert [step.key for step in Recipe.read(steps).steps] == ["normalise", "treat", "screen", *order]


def test_steps_that_do_nothing_are_no_steps():
    recipe = Recipe.read({"treat": "none", "impute": "none", "denominate": {}, "screen": None})
    assert [step.key for step in recipe.cells] == ["normalise"]


def test_own_settings_keep_what_the_step_says():
    recipe = Recipe.read(
        {"normalise": {"method": "minmax", "low": 1, "by": {"x": {"high": 10}, "y": "rank"}}}
    )
    assert recipe.normalise.at("x").parameters == (("low", 1), ("high", 10))
    assert recipe.normalise.at("y").name == "rank"
    weighed = Recipe.read({"aggregate": {"method": "power", "p": 2, "by": {"n": {"p": -2}}}})
    assert weighed.aggregate.method.at("n", "component")["p"] == -2
