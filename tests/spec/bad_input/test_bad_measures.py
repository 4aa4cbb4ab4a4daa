"""Measures whose keys do not go together: told all at once, each at its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_project import YAML, write_small_project

from commonweal import project
from commonweal.errors import CommonwealError

RECORDS = """records:
  visits: {path: data/visits.csv, subject: thing, period: "2025", link: {by: code, column: ward}}
  others: {path: data/visits.csv, subject: thing, period: "2025", link: {by: code, column: ward}}
denominators:
  plain: data/people.csv
measures:
"""
#: The line of the first measure.
FIRST = YAML.count("\n") + RECORDS.count("\n") + 1


def faults(root: Path, *measures: str) -> list[str]:
    lines = "".join(f"  {measure}\n" for measure in measures)
    write_small_project(root, yaml=YAML + RECORDS + lines)
    (root / "data" / "visits.csv").write_text("ward,cost,hours,kind\nA,1,1,x\nB,2,1,y\n")
    (root / "data" / "people.csv").write_text(
        "area,period,value\n" + "".join(f"{a},2024,9\n" for a in "ABCDEF")
    )
    with pytest.raises(CommonwealError) as caught:
        project.load(root)
    return [f"{f.line - FIRST}: {f.code} {f.what}" for f in caught.value.faults]


@pytest.mark.parametrize(
    ("measure", "fault"),
    [
        ("{records: visits, kind: mean}", "MEASURE-KEY a mean needs 'value'"),
        ("{records: visits, kind: ratio, value: cost}", "MEASURE-KEY a ratio needs 'over'"),
        ("{records: visits, kind: standardised_ratio, denominator: plain}",
         "MEASURE-KEY a standardised ratio needs 'by'"),
        ("{records: visits, kind: standardised_rate, by: age}",
         "MEASURE-DENOMINATOR a standardised rate needs a denominator: none is named"),
        ("{kind: change}", "MEASURE-KEY a change needs 'of'"),
        ("{kind: count}", "MEASURE-RECORDS a count needs `records`"),
        ("{records: visits, kind: count, value: cost}", "MEASURE-KEY a count takes no 'value'"),
        ("{records: visits, kind: mean, value: cost, denominator: plain}",
         "MEASURE-DENOMINATOR a mean has no denominator, but 'plain' is given"),
        ("{records: visits, kind: sum, value: cost, among: kind = 'x'}",
         "MEASURE-FILTER a sum has no base to choose with among"),
        ("{records: visits, kind: mean, value: cost, annualise: true}",
         "MEASURE-KEY a mean takes no 'annualise'"),
        ("{kind: change, of: fires, pool: 3}", "MEASURE-KEY a change takes no 'pool'"),
        ("{records: visits, kind: count, decimals: 0}", "MEASURE-KEY a count takes no 'decimals'"),
        ("{records: visits, kind: count, as: percent}", "MEASURE-KEY a count takes no 'as'"),
        ("{records: visits, kind: rate, denominator: plain, shrink: neighbours}",
         "MEASURE-KEY to find an area's neighbours its boundaries are needed"),
        ("{kind: change, of: nowhere}", "MEASURE-HELPER there is no measure 'nowhere'"),
        ("{kind: change, of: moved}", "MEASURE-HELPER 'moved' is a change itself"),
        ("{records: visits, kind: ratio, of: fires, to: typical}",
         "MEASURE-HELPER 'typical' is a median, which counts no records"),
        ("{records: visits, kind: ratio, of: fires, to: elsewhere}",
         "MEASURE-HELPER 'elsewhere' is of the records 'others', the ratio of 'visits'"),
    ],
)  # fmt: skip
def test_keys_that_a_kind_lacks_or_does_not_take(tmp_path: Path, measure: str, fault: str) -> None:
    helpers = ["fires: {records: visits, kind: count}"]
    for name, written in (
        ("typical", "{records: visits, kind: median, value: cost}"),
        ("elsewhere", "{records: others, kind: count}"),
        ("moved", "{kind: change, of: fires}"),
    ):
        helpers += [f"{name}: {written}"] if f": {name}" in measure else []
    assert faults(tmp_path / "p", f"crime: {measure}", *helpers) == [f"0: {fault}"]


def test_a_ratio_of_columns_and_measures_at_once(tmp_path: Path) -> None:
    found = faults(
        tmp_path / "p",
        "crime: {records: visits, kind: ratio, value: cost, over: hours, of: fires, to: fires}",
        "fires: {records: visits, kind: count}",
    )
    assert found == ["0: MEASURE-KEY a ratio is made of columns or of measures, not of both"]


def test_a_name_that_is_no_indicator_and_serves_none(tmp_path: Path) -> None:
    found = faults(tmp_path / "p", "crimes: {records: visits, kind: count}")
    assert found == ["0: INDICATOR-UNKNOWN indicator 'crimes' is not in the framework, did you mean 'crime'?"]


def test_all_faults_of_all_measures_are_told_at_once(tmp_path: Path) -> None:
    found = faults(
        tmp_path / "p",
        "crime: {records: visit, kind: mean, over: hours}",
        "fires: {kind: change, of: pay, years: 1, value: cost}",
        "pay: {records: visits, kind: sum}",
    )
    assert sorted(found) == [
        "0: MEASURE-KEY a mean needs 'value'",
        "0: MEASURE-KEY a mean takes no 'over'",
        "0: MEASURE-RECORDS there are no records 'visit', did you mean 'visits'?",
        "1: MEASURE-KEY a change takes no 'value'",
        "2: MEASURE-KEY a sum needs 'value'",
    ]


STRATA = "area,period,age,value\n" + "".join(f"{a},2024,{b},9\n" for a in "ABCDEF" for b in ("0-39", "40+"))


@pytest.mark.parametrize(
    ("table", "standard", "fault"),
    [
        (STRATA.replace("C,2024,40+,9\n", ""), "age,weight\n0-39,1\n40+,1\n",
         "MEASURE-GROUPS people has 1 of 2 groups for area 'C' in '2024'"),
        (STRATA, "band,weight\n0-39,1\n40+,1\n", "MEASURE-GROUPS it has no column of age"),
        (STRATA, "age,weight\n0-39,1\n0-39,1\n",
         "MEASURE-GROUPS a group stands twice, lacks its weight, or weighs less than nothing"),
        (STRATA, "age\n0-39\n40+\n", "COLUMN-MISSING there is no column 'weight'"),
        (STRATA, "age,weight\n0-39,one\n40+,1\n", "OBSERVATION-NUMBER weight is 'one'"),
    ],
)  # fmt: skip
def test_tables_of_groups_that_can_not_be_used(tmp_path: Path, table: str, standard: str, fault: str) -> None:
    root = tmp_path / "p"
    yaml = RECORDS.replace("plain: data/people.csv", "people: {path: data/strata.csv, by: age}")
    keys = "kind: standardised_rate, denominator: people, by: age, standard: data/s.csv"
    measure = f"  crime: {{records: visits, {keys}}}\n"
    write_small_project(root, yaml=YAML + yaml + measure)
    (root / "data" / "visits.csv").write_text("ward,age\nA,1\n")
    (root / "data" / "strata.csv").write_text(table)
    (root / "data" / "s.csv").write_text(standard)
    with pytest.raises(CommonwealError) as caught:
        project.load(root)
    assert [f"{f.code} {f.what}" for f in caught.value.faults] == [fault]


def test_a_table_of_means_of_people_needs_to_say_of_how_many(tmp_path: Path) -> None:
    table = "  - {path: data/waits.csv, subject: person, kind: mean}\n"
    root = write_small_project(tmp_path / "p", yaml=YAML.replace("recipe:\n", table + "recipe:\n"))
    (root / "data" / "waits.csv").write_text("area,period,indicator,value\nA,2023,pay,9\n")
    with pytest.raises(CommonwealError) as caught:
        project.load(root)
    assert [f.code for f in caught.value.faults] == ["VALUES-BASE"]
    (root / "data" / "waits.csv").write_text("area,period,indicator,value,denominator\nA,2023,pay,9,40\n")
    counted = project.load(root).counted.frame
    assert counted.select("value", "numerator", "denominator", "kind").rows() == [(9.0, None, 40.0, "mean")]
