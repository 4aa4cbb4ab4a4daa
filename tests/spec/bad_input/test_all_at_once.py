"""A fault in the settings hides none in tables, recipe, filters and records: all are told in one run."""

from __future__ import annotations

from pathlib import Path

import pytest

from commonweal.errors import CommonwealError
from commonweal.pipeline.folder import check

YAML = """\
project: {title: Index, place: Town, framework: framework.csv}
periods: {publish: [2015, 2016]}
areas: {table: areas.csv}
denominators: {population: population.csv}
values:
  - {path: other.csv, subject: thing}
  - {path: values.csv, subject: thing}
records:
  crimes: {path: crimes.csv, subject: thing, date: month, link: {by: code, column: ward}}
measures:
  crime: {records: crimes, kind: rate, per: 1000, denominator: population, where: kind = "theft"}
recipe: {normalise: minmax, aggregate: arithmetic}
progress: {since: 2015}
"""
FILES = {
    "framework.csv": "id,name,parent,level,direction\nindex,Index,,index,\ncrime,Crime,index,,-1\n"
    "schools,Schools,index,,1\nparks,Parks,index,,1\n",
    "areas.csv": "code,name\nE1,Abbey\nE2,River\n",
    "population.csv": "area,period,value\nE1,2016,100\nE2,2016,200\n",
    "values.csv": "area,period,indicator,value\n"
    + "".join(f"E1,{year},schools,1\nE2,{year},schools,2\n" for year in (2015, 2016)),
    "other.csv": "area,period,indicator,value\nE1,2016,parks,1\nE2,2016,parks,2\n",
    "crimes.csv": "month,ward,kind\n" + "2016-01,E1,theft\n2016-02,E2,theft\n" * 12,
}


def told(folder: Path, *slips: tuple[str, str]) -> list[str]:
    text = YAML
    for old, new in slips:
        assert text.count(old) == 1
        text = text.replace(old, new)
    for name, content in {**FILES, "commonweal.yaml": text}.items():
        (folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(CommonwealError) as caught:
        check(folder)
    return [" ".join(str(fault).split()[:2]) for fault in caught.value.faults]


def test_a_wrong_kind_hides_nothing(tmp_path: Path) -> None:
    assert told(
        tmp_path,
        ("kind: rate", "kind: rates"),
        ("population.csv", "people.csv"),
        ("since: 2015", "since: 2011"),
        ("aggregate: arithmetic", "aggregate: arithmatic"),
    ) == [
        "commonweal.yaml:4: PATH-MISSING",
        "commonweal.yaml:11: PROJECT-VALUE",
        "commonweal.yaml:12: RECIPE-METHOD",
        "commonweal.yaml:13: PROGRESS-SINCE",
    ]


@pytest.mark.parametrize(
    ("slip", "first"),
    [
        (("title: Index, ", ""), "commonweal.yaml:1: PROJECT-REQUIRED"),
        (("areas: {table: areas.csv}", "areas: {tabel: areas.csv}"), "commonweal.yaml:3: PROJECT-"),
        (("publish: [2015, 2016]", "publish: {a: 2}"), "commonweal.yaml:2: PROJECT-VALUE"),
        (
            ("path: crimes.csv, subject: thing", "path: crimes.csv, subject: theft"),
            "commonweal.yaml:9: PROJECT-",
        ),
        (("{population: population.csv}", "{population: [1]}"), "commonweal.yaml:4: PROJECT-VALUE"),
        (
            ("{path: other.csv, subject: thing}", "{path: other.csv, subject: no}"),
            "commonweal.yaml:6: PROJECT-",
        ),
    ],
)
def test_each_section_by_itself(tmp_path: Path, slip: tuple[str, str], first: str) -> None:
    said = told(tmp_path, slip, ("{path: values.csv", "{path: value.csv"), ("minmax", "minimax"))
    rest = [line for line in said if "PROJECT-" not in line]
    assert rest == ["commonweal.yaml:7: PATH-MISSING", "commonweal.yaml:12: RECIPE-METHOD"]
    assert any(line.startswith(first) for line in said)


def test_filters_and_columns_of_records_are_checked_beside_other_faults(tmp_path: Path) -> None:
    assert told(
        tmp_path, ("column: ward", "column: wrad"), ("kind = ", "knid = "), ("minmax", "minimax")
    ) == [
        "commonweal.yaml:9: RECORDS-COLUMN",
        "commonweal.yaml:11: FILTER-COLUMN",
        "commonweal.yaml:12: RECIPE-METHOD",
    ]
