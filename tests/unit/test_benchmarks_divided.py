"""Benchmarks of an indicator that the recipe divides, by hand.

Crimes and people of three areas are 10 of 100, 40 of 200 and 60 of 200: 0.1, 0.2 and 0.3. The last scores
0 and the first 100. The town as a whole has 110 of 500, which is 0.22 and scores 40.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import commonweal

FILES = {
    "commonweal.yaml": """\
project: {title: Index, place: Town, framework: framework.csv}
areas: {type: ward, table: areas.csv}
values: [{path: values.csv, published: true}]
denominators: {people: people.csv}
benchmarks: {County: county.csv, Region: region.csv}
recipe: {denominate: {crime: people}}
""",
    "framework.csv": "id,name,parent,level,direction\nindex,Index,,index,\ncrime,Crime,index,,-1\n",
    "areas.csv": "code,name,homes\nA,Abbey,100\nB,Beck,200\nC,Croft,200\n",
    "values.csv": "area,period,indicator,value\nA,2020,crime,10\nB,2020,crime,40\nC,2020,crime,60\n",
    "people.csv": "area,period,value\nA,2020,100\nB,2020,200\nC,2020,200\nCounty,2019,2000\nFar,2020,5\n",
    "county.csv": "name,period,indicator,value\nCounty,2020,crime,300\n",
    "region.csv": "name,period,indicator,value\nRegion,2020,crime,4000\n",
}


def scores(root: Path, **changed: str) -> dict[str, float | None]:
    for name, text in FILES.items():
        (root / name).write_text(changed.get(name.partition(".")[0], text), encoding="utf-8")
    found = commonweal.build(root).benchmarks.filter(node="crime")
    return dict(found.select("name", "score").iter_rows())


def test_each_is_divided_by_its_own_denominator_and_the_place_by_that_of_its_areas(tmp_path: Path) -> None:
    found = scores(tmp_path)
    # the county had 2,000 people in the nearest earlier year: 300 / 2,000 = 0.15
    assert found["County"] == pytest.approx(75)
    assert found["Town"] == pytest.approx(40)
    assert found["Region"] is None


def test_what_is_given_about_the_place_is_divided_by_all_its_areas(tmp_path: Path) -> None:
    given = "name,period,indicator,value\nTown,2020,crime,125\n"
    assert scores(tmp_path, county=given)["Town"] == pytest.approx(25)


def test_a_column_of_the_areas_is_added_up(tmp_path: Path) -> None:
    settings = FILES["commonweal.yaml"].replace("crime: people", "crime: homes")
    found = scores(tmp_path, commonweal=settings)
    assert (found["Town"], found["County"]) == (pytest.approx(40), None)


def test_an_area_without_a_value_takes_no_part(tmp_path: Path) -> None:
    values = FILES["values.csv"].replace("B,2020,crime,40\n", "")
    # 70 of 300
    assert scores(tmp_path, values=values)["Town"] == pytest.approx(100 / 3)


def test_the_published_project_gives_the_same(tmp_path: Path) -> None:
    first = scores(tmp_path)
    again = commonweal.build(tmp_path / "build" / "project", out=tmp_path / "again")
    assert dict(again.benchmarks.filter(node="crime").select("name", "score").iter_rows()) == first
