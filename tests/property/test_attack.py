"""An attack written apart from the gate, on whole projects as they are built: it narrows no hidden count."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from an_attacker import Attack, write_project

import commonweal

QUICK = tuple(range(8))


@pytest.mark.parametrize("seed", QUICK)
def test_nothing_hidden_is_narrowed_by_everything_published(tmp_path: Path, seed: int) -> None:
    made = write_project(tmp_path / "town", seed)
    commonweal.build(made.root)
    attack = Attack(made)
    assert attack.rows
    assert attack.narrowed() == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 200))
def test_many_more_of_them(tmp_path: Path, seed: int) -> None:
    test_nothing_hidden_is_narrowed_by_everything_published(tmp_path, seed)


TOWN = """project: {title: Made, place: Town, framework: framework.csv}
periods: {publish: [PERIODS]}
areas: {type: ward, table: areas.csv}
denominators: {people: {path: data/people.csv, by: [band]}}
records:
  r: {path: data/r.csv, subject: person, date: month, link: {by: code, column: ward}, covers: ["2016"]}
measures:
MEASURES
recipe: {treat: none, impute: none, normalise: rank, weigh: equal}
protect: {preset: PRESET}
"""


def built(
    root: Path, rows: list[str], measures: dict[str, str], periods: str = "'2016'", preset: str = "nhs"
) -> pl.DataFrame:
    """The published observations of records `ward,month,band,flag`."""
    (root / "data").mkdir(parents=True)
    written = "\n".join(f"  {name}: {{records: r, {keys}}}" for name, keys in measures.items())
    text = TOWN.replace("PERIODS", periods).replace("MEASURES", written).replace("PRESET", preset)
    (root / "commonweal.yaml").write_text(text)
    nodes = "".join(f"{name},{name.upper()},index,indicator,1\n" for name in measures)
    (root / "framework.csv").write_text(f"id,name,parent,level,direction\nindex,Index,,index,\n{nodes}")
    (root / "areas.csv").write_text("code,name\nA,Ward A\nB,Ward B\n")
    people = "area,period,band,value\nA,2016,young,301\nA,2016,old,1203\nB,2016,young,398\nB,2016,old,1414\n"
    (root / "data" / "people.csv").write_text(people)
    (root / "data" / "r.csv").write_text("ward,month,band,flag\n" + "\n".join(rows) + "\n")
    commonweal.build(root)
    return pl.read_csv(root / "build" / "project" / "data" / "observations.csv")


def cell(table: pl.DataFrame, area: str, indicator: str, period: str = "2016") -> dict[str, object]:
    same = (pl.col("area") == area) & (pl.col("indicator") == indicator)
    return table.filter(same & (pl.col("period").cast(pl.String) == period)).row(0, named=True)


@pytest.mark.parametrize("kind", ["sum", "mean", "median", "ratio"])
def test_what_is_made_of_a_column_has_no_value_beside_a_hidden_count_by_it(tmp_path: Path, kind: str) -> None:
    rows = ["A,2016-02,old,0"] * 20 + ["A,2016-03,old,1"] * 3 + ["B,2016-03,old,1", "B,2016-04,old,0"] * 20
    made = f"kind: {kind}, value: flag" + (", over: flag" if kind == "ratio" else "")
    table = built(tmp_path / "town", rows, {"made": made, "ones": "kind: count, where: flag = 1"})
    assert cell(table, "A", "ones")["status"] == "suppressed"
    hidden = cell(table, "A", "made")
    assert [hidden[name] for name in ("value", "lower", "upper")] == [None, None, None]
    assert hidden["status"] == "suppressed"
    assert cell(table, "B", "made")["value"] is not None


def test_a_value_of_another_column_stays(tmp_path: Path) -> None:
    rows = ["A,2016-02,old,4"] * 20 + ["A,2016-03,young,1"] * 3 + ["B,2016-03,old,1"] * 20
    measures = {"made": "kind: mean, value: flag", "young": "kind: count, where: band = 'young'"}
    table = built(tmp_path / "town", rows, measures)
    assert cell(table, "A", "young")["status"] == "suppressed"
    assert cell(table, "A", "made")["value"] is not None


def test_those_expected_do_not_tell_how_many_there_were_of_an_age(tmp_path: Path) -> None:
    rows = ["A,2016-02,old,0"] * 22 + ["A,2016-02,young,0"] * 3 + ["B,2016-04,old,0"] * 31
    standard = "kind: standardised_ratio, per: 100, denominator: people, by: [band]"
    measures = {"ratio": standard, "young": "kind: count, where: band = 'young'"}
    table = built(tmp_path / "town", rows, measures)
    assert cell(table, "A", "young")["status"] == "suppressed"
    for area in "AB":  # of 53 to 57 old in all and 28 to 32 of B, at most 6 of the 23 to 27 of A are young
        told = cell(table, area, "ratio")
        assert [told[name] for name in ("value", "lower", "upper", "denominator")] == [None] * 4
        assert told["status"] == "suppressed"


def test_months_of_a_hidden_share_do_not_tell_of_how_many_a_quarter_is(tmp_path: Path) -> None:
    """A person in January and one in March are two in the quarter, if months of nobody were told apart."""
    rows = ["A,2016-01,old,0", "A,2016-03,old,0"] + ["B,2016-01,old,1", "B,2016-02,old,0"] * 30
    periods = "'2016-01', '2016-02', '2016-03', '2016-Q1'"
    table = built(tmp_path / "town", rows, {"share": "kind: percentage, where: flag = 1"}, periods)
    told = [cell(table, "A", "share", period)["status"] for period in ("2016-01", "2016-03")]
    assert told == ["suppressed", "suppressed"]
    assert cell(table, "A", "share", "2016-Q1")["lower"] == 0


def test_filters_of_withheld_figures_say_what_a_column_holds(tmp_path: Path) -> None:
    """Without them the trial took every record for one of an age that only a withheld figure tells apart."""
    rows = (
        ["A,2016-01,old,1"] * 15 + ["A,2016-01,young,0"] * 14 + ["B,2016-01,old,0", "B,2016-02,young,0"] * 9
    )
    measures = {
        "few": "kind: percentage, where: band = 'young', among: flag = 0",
        "many": "kind: percentage, where: band = 'old'",
    }
    table = built(tmp_path / "town", rows, measures, preset="gss, minimum_base: 16")
    assert cell(table, "A", "few")["value"] is None
    assert cell(table, "A", "many")["denominator"] == 30


def test_people_of_one_column_do_not_blind_the_trial_to_what_another_holds(tmp_path: Path) -> None:
    """Two kinds make up all: of 18 to 22 people with 8 to 12 of one kind, 6 or more are of the other."""
    rows = [f"A,2016-0{i % 9 + 1},{'old' if i < 12 else 'young'},{i % 2}" for i in range(18)]
    rows += ["B,2016-01,old,0", "B,2016-02,young,1"] * 20
    measures = {
        "ones": "kind: distinct, value: month, where: flag = 1",
        "old": "kind: count, where: band = 'old'",
        "young": "kind: percentage, where: band = 'young'",
    }
    table = built(tmp_path / "town", rows, measures)
    old, young = cell(table, "A", "old"), cell(table, "A", "young")
    assert young["status"] == "suppressed"
    assert old["status"] == "suppressed" or young["denominator"] is None


def test_where_nobody_is_counted_there_are_no_records(tmp_path: Path) -> None:
    """Without young ones all of 13 to 17 are old, and of 7 and 6 each is at least 6."""
    rows = [f"A,2016-0{i % 9 + 1},old,{int(i < 7)}" for i in range(13)]
    rows += ["B,2016-01,old,0", "B,2016-02,young,1"] * 20
    measures = {
        "months": "kind: distinct, value: month, where: band = 'young'",
        "all": "kind: count",
        "ones": "kind: count, where: flag = 1 and band = 'old'",
        "noughts": "kind: count, where: flag = 0 and band = 'old'",
    }
    table = built(tmp_path / "town", rows, measures)
    assert cell(table, "A", "months")["numerator"] == 0
    assert [cell(table, "A", name)["status"] for name in ("ones", "noughts")] == ["suppressed"] * 2
    assert [cell(table, "A", name)["upper"] for name in ("ones", "noughts")] == [17, 17]
    assert cell(table, "B", "all")["numerator"] == 40
