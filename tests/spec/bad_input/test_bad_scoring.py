"""A recipe that scoring refuses: the line where the step, or the indicator, was written."""

from __future__ import annotations

from pathlib import Path

import pytest

import commonweal
from commonweal.errors import CommonwealError

SETTINGS = """\
project:
  title: Index
  place: Town
  framework: framework.csv
periods: {publish: [2016]}
areas: {type: ward, vintage: 2014, table: areas.csv}
values:
  - path: values.csv
    layout: wide
    subject: thing
"""
TABLES = {
    "framework.csv": "id,name,parent,level,direction\nindex,Index,,index,\n"
    "crime,Crime,index,,-1\nschools,Schools,index,,1\n",
    "areas.csv": "code,name,population\nE1,Abbey,100\nE2,River,0\n",
    "values.csv": "area,period,crime,schools\nE1,2016,10,0\nE2,2016,20,2\n",
}

#: the recipe as written, from line 11 of commonweal.yaml -> where it is refused, and what is said
CASES = {
    "a step": (
        "recipe:\n  normalise: minmax\n  treat: log",
        "commonweal.yaml:13: TREAT-VALUE indicator 'schools' in area 'E1', period 2016 is 0, which",
    ),
    "a step for one indicator": (
        "recipe:\n  treat:\n    method: none\n    by:\n      crime: log\n      schools: log",
        "commonweal.yaml:16: TREAT-VALUE indicator 'schools' in area 'E1', period 2016 is 0",
    ),
    "a step of a list": (
        "recipe:\n  - impute: none\n  - treat: log\n  - normalise: rank",
        "commonweal.yaml:13: TREAT-VALUE indicator 'schools'",
    ),
    "a denominator": (
        "recipe:\n  denominate:\n    crime: population",
        "commonweal.yaml:13: DENOMINATOR-ZERO indicator 'crime' in area 'E2', period 2016 is divided by",
    ),
    "a normalisation": (
        "recipe:\n  normalise:\n    method: minmax\n    by:\n      schools: share-of-max\n"
        "      crime: {method: distance-to-reference, area: E2}",
        "commonweal.yaml:16: NORMALISE-VALUES distance-to-reference of indicator 'crime'",
    ),
    "a target": (
        "recipe: {normalise: distance-to-target}",
        "framework.csv:3: FRAMEWORK-GOALPOSTS distance-to-target of indicator 'crime' needs a target",
    ),
    "a column that nothing needs yet": (
        "recipe:\n  impute: {method: group-mean, group: gdp}",
        "commonweal.yaml:12: RECIPE-COLUMN impute names the group 'gdp', which is not a column of the areas;"
        " There are: population.",
    ),
    "a base period without figures": (
        "recipe:\n  treat: {method: winsorise, rule: base, base: 2011}\n"
        "  normalise: {method: minmax, rule: base, base: 2011}",
        "commonweal.yaml:12: RECIPE-RULE no indicator has a value in the base period 2011; Choose a base that"
        " has values. They are of 2016.",
    ),
    "a mean": (
        "recipe:\n  aggregate: mean",
        "commonweal.yaml:12: RECIPE-METHOD 'mean' is not a way to aggregate, did you mean 'arithmetic'? ",
    ),
    "a node": (
        "recipe: {treat: {method: none, by: {crimes: log}}}",
        "commonweal.yaml:11: RECIPE-NODE treat names the node 'crimes', did you mean 'crime'?"
        " treat takes indicators of the framework: crime, schools.",
    ),
}


@pytest.mark.parametrize(("recipe", "said"), CASES.values(), ids=CASES.keys())
def test_where_it_was_written(recipe: str, said: str, tmp_path: Path) -> None:
    for name, text in {"commonweal.yaml": SETTINGS + recipe, **TABLES}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(CommonwealError) as raised:
        commonweal.build(tmp_path)
    assert said in [str(fault)[: len(said)] for fault in raised.value.faults]
    assert not (tmp_path / "build").exists()
