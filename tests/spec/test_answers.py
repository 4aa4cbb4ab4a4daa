"""People's answers from a table in the folder to published weights, and back from OUT/project."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import commonweal
from commonweal import project
from commonweal.errors import CommonwealError

FILES = {
    "commonweal.yaml": """\
project: {title: Index, place: Town, framework: framework.csv}
periods: {publish: [2016]}
areas: {type: ward, vintage: 2014, table: areas.csv}
values:
  - {path: values.csv, layout: wide, subject: thing}
recipe:
  normalise: minmax
  weigh: {component: {method: pairwise, path: pairs.csv}, index: {method: budget, path: points.csv}}
""",
    "framework.csv": """\
id,name,parent,level,direction
index,Index,,index,
needs,Needs,index,component,
chances,Chances,index,component,
food,Food,needs,indicator,1
homes,Homes,needs,indicator,1
safety,Safety,needs,indicator,1
school,School,chances,indicator,1
""",
    "areas.csv": "code,name\nE1,Abbey\nE2,River\nE3,Valence\n",
    "values.csv": "area,period,food,homes,safety,school\nE1,2016,1,2,3,1\nE2,2016,2,3,1,2\nE3,2016,3,1,2,4\n",
    "points.csv": "respondent,needs,chances\nAnn,60,40\nBob,2,\nCem,,\n",
    "pairs.csv": """\
respondent,first,second,times
Ann,food,homes,2
Ann,food,safety,6
Ann,homes,safety,3
Bob,food,homes,1/9
Bob,homes,safety,1/9
Bob,food,safety,9
Cem,,,
""",
}


def written(folder: Path, **changed: str) -> Path:
    for name, text in {**FILES, **{k.replace("_", "."): v for k, v in changed.items()}}.items():
        (folder / name).write_text(text)
    return folder


def test_weights_intervals_and_who_took_no_part(tmp_path: Path) -> None:
    edition = commonweal.build(written(tmp_path), tmp_path / "out")
    weights = dict(edition.weights.select("node", "weight").iter_rows())
    assert [weights[id] for id in ("needs", "chances")] == pytest.approx([0.8, 0.2])  # 0.6 and 1; 0.4 and 0
    assert [weights[id] for id in ("food", "homes", "safety")] == pytest.approx([0.6, 0.3, 0.1])
    reasons = dict(edition.weights.select("node", "reason").iter_rows())
    assert reasons["needs"].startswith("95 % interval 0.600 to 1.000; answers of 2 of the 3 asked, 1 took no")
    assert "1 left out, consistency ratio above 0.10" in reasons["food"]
    asked = edition.scoring.asked.filter(node="needs").row(0, named=True)
    assert (asked["lower"], asked["upper"]) == pytest.approx((0.6, 1.0))
    assert (asked["people"], asked["absent"], asked["inconsistent"]) == (3, 1, 0)


def test_what_is_republished_has_no_names_and_gives_the_same_scores(tmp_path: Path) -> None:
    out = tmp_path / "out"
    commonweal.build(written(tmp_path), out)
    published = "".join(path.read_text() for path in (out / "project").rglob("*.*") if path.suffix != ".gpkg")
    assert not [name for name in ("Ann", "Bob", "Cem") if name in published]
    commonweal.build(out / "project", tmp_path / "again")
    for name in ("scores.csv", "weights.csv"):
        again = (tmp_path / "again" / "data" / name).read_text()
        first = (out / "data" / name).read_text()
        for number, path in ((1, "pairs.csv"), (2, "points.csv")):
            first = first.replace(f"({path})", f"(data/answers-{number}.csv)")
        assert again == first


def test_tables_in_memory_have_no_answers() -> None:
    values = pl.DataFrame({"area": ["a", "b"], "x": [1.0, 2.0], "y": [2.0, 1.0]})
    nodes = pl.DataFrame(
        {"id": ["index", "x", "y"], "name": ["I", "X", "Y"], "parent": ["", "index", "index"],
         "level": ["index", "indicator", "indicator"], "direction": [None, 1, 1]}
    )  # fmt: skip
    with pytest.raises(CommonwealError, match="ANSWER-MISSING weigh: budget needs a table of answers"):
        commonweal.score(values, nodes, {"weigh": {"method": "budget", "path": "points.csv"}})


BAD = [
    (
        "points.csv",
        "Bob,2,",
        "Bob,-2,",
        "points.csv:3: ANSWER-VALUE points for 'needs' are '-2'; Write a number",
    ),
    ("points.csv", "Bob,2,", "Bob,two,", "points.csv:3: ANSWER-VALUE points for 'needs' are 'two'; "),
    (
        "points.csv",
        "Bob",
        "Ann",
        "points.csv:3: ANSWER-VALUE respondent 'Ann' stands twice; Give each person",
    ),
    (
        "points.csv",
        ",chances",
        "",
        "points.csv:1: COLUMN-MISSING the answers have no column 'chances', but oth",
    ),
    ("points.csv", "chances", "chance", "points.csv:1: COLUMN-MISSING the answers have no column 'chances'"),
    (
        "points.csv",
        "respondent",
        "who",
        "points.csv:1: COLUMN-MISSING the answers have no column 'respondent'",
    ),
    (
        "pairs.csv",
        "homes,2",
        "homes,12",
        "pairs.csv:2: ANSWER-VALUE times is '12' for 'food' and 'homes'; Write",
    ),
    (
        "pairs.csv",
        "food,homes,2",
        "food,school,2",
        "pairs.csv:2: ANSWER-VALUE 'food' and 'school' are not parts",
    ),
    (
        "pairs.csv",
        "food,homes,2",
        "food,house,2",
        "pairs.csv:2: ANSWER-VALUE 'house' is compared, which is no",
    ),
    (
        "pairs.csv",
        "food,homes,2",
        "food,food,2",
        "pairs.csv:2: ANSWER-VALUE 'food' is compared with itself; ",
    ),
    (
        "pairs.csv",
        "Ann,food,safety,6",
        "Ann,homes,food,2",
        "pairs.csv:3: ANSWER-VALUE 'homes' and 'food' are co",
    ),
    (
        "pairs.csv",
        "times",
        "value",
        "pairs.csv:1: COLUMN-MISSING the answers have no column 'times'; Use respon",
    ),
    (
        "commonweal.yaml",
        "points.csv",
        "point.csv",
        "commonweal.yaml:8: PATH-MISSING the file 'point.csv' does",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "says"), BAD)
def test_answers_that_can_not_be_used(tmp_path: Path, file: str, old: str, new: str, says: str) -> None:
    assert old in FILES[file]
    text = FILES[file].replace(old, new, 1)
    if file == "points.csv" and not new:
        text = "respondent,needs\nAnn,60\n"
    with pytest.raises(CommonwealError) as caught:
        project.load(written(tmp_path, **{file.replace(".", "_"): text}))
    assert [str(fault) for fault in caught.value.faults if str(fault).startswith(says)], caught.value
