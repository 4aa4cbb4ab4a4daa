"""What a project may say, and what it comes to."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from commonweal import frameworks, project
from commonweal.errors import CommonwealError
from commonweal.model.framework import COLUMNS
from commonweal.model.project import Project
from commonweal.project.positions import read_document
from commonweal.project.settings import read_settings

YAML = """\
project: {title: Index, place: Town, framework: framework.csv}
areas: {type: ward, vintage: 2014, table: areas.csv}
values: [{path: values.csv, subject: thing}]
recipe: {normalise: minmax}
"""
FRAMEWORK = """\
id,name,parent,level,direction,subject
index,Index,,index,,
safety,Safety,index,component,,
crime,Crime rate,safety,,-1,person
schools,Good schools,index,,1,thing
"""
AREAS = "code,name,population\nE1,Abbey,100\nE2,River,200\n"
VALUES = "area,period,indicator,value\nE1,2016,crime,10\nE2,2016,crime,20\nE1,2017,schools,1\n"


def load(folder: Path, yaml: str = YAML, **files: str) -> Project:
    texts = {"framework": FRAMEWORK, "areas": AREAS, "values": VALUES, **files}
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "commonweal.yaml").write_text(yaml, encoding="utf-8")
    return project.load(folder)


def faults(folder: Path, yaml: str = YAML, **files: str) -> list[str]:
    with pytest.raises(CommonwealError) as raised:
        load(folder, yaml, **files)
    return [str(fault) for fault in raised.value.faults]


def with_values(keys: str) -> str:
    return YAML.replace("{path: values.csv, subject: thing}", keys)


def cells(read: Project) -> list[tuple[object, ...]]:
    return read.given.frame.select("indicator", "period", "area", "value").rows()


def test_a_project_in_its_simplest_form(tmp_path: Path) -> None:
    read = load(tmp_path)
    assert (read.title, read.place, read.areas.vintage) == ("Index", "Town", "2014")
    assert [period.label for period in read.periods.publish] == ["2016", "2017"]
    assert read.areas.attributes.rows() == [("E1", 100.0), ("E2", 200.0)]
    assert read.given.frame["source"].unique().to_list() == ["values.csv"]
    assert read.protection.preset == "nhs"
    assert sorted(read.public_inputs) == ["areas.csv", "commonweal.yaml", "framework.csv", "values.csv"]
    assert read.written["recipe"] == {"normalise": "minmax"}


# the framework ------------------------------------------------------------------------------------


def test_the_built_in_framework_is_complete() -> None:
    with frameworks.built_in("social-progress") as path:
        frame = pl.read_csv(path, infer_schema=False)
    tree = project.framework_from_frame(frame)
    assert tuple(frame.columns) == COLUMNS
    assert [len([n for n in tree if n.level == level]) for level in tree.levels] == [53, 12, 3, 1]
    for node in tree.indicators:
        assert node.unit, node.id
        assert node.source, node.id
        assert node.description.endswith("."), node.id
        assert node.subject in ("person", "household", "thing"), node.id


def test_the_built_in_framework_is_that_of_the_published_card(golden: Path) -> None:
    card = pl.read_csv(golden / "abbey" / "scorecard.csv")
    with frameworks.built_in("social-progress") as path:
        ours = pl.read_csv(path)
    assert ours["level"].to_list() == card["level"].to_list()
    parents = card.filter(pl.col("level") != "indicator")["name"].to_list()
    assert ours.filter(pl.col("level") != "indicator")["name"].to_list() == parents


def test_change_overrides_what_it_fills_in_and_adds_the_rest(tmp_path: Path) -> None:
    change = "id,name,parent,direction,unit\ncrime,,,,per 1000\nparks,Parks,index,1,%\n"
    yaml = YAML.replace("framework: framework.csv", "framework: {use: framework.csv, change: change.csv}")
    tree = load(tmp_path, yaml, change=change, values=VALUES + "E1,2016,parks,1\n").framework
    assert (tree["crime"].name, tree["crime"].direction, tree["crime"].unit) == ("Crime rate", -1, "per 1000")
    assert tree["parks"].parent == "index"


@pytest.mark.parametrize("cut", ["without: [crime]", "only: [schools]"])
def test_what_is_left_out_takes_its_parent_along_and_its_values(tmp_path: Path, cut: str) -> None:
    yaml = YAML.replace("framework: framework.csv", f"framework: {{use: framework.csv, {cut}}}")
    read = load(tmp_path, yaml)
    assert [node.id for node in read.framework] == ["index", "schools"]
    assert cells(read) == [("schools", "2017", "E1", 1.0)]


def test_given_goalposts_and_the_rule_must_agree(tmp_path: Path) -> None:
    posts = FRAMEWORK.replace("subject\n", "subject,worst,best\n").replace("-1,person", "-1,person,9,1")
    ragged = "\n".join(line if line.count(",") == 7 else line + ",," for line in posts.strip().split("\n"))
    yaml = YAML.replace("minmax", "goalposts")
    assert faults(tmp_path, yaml, framework=ragged + "\n") == [
        "framework.csv:4: FRAMEWORK-GOALPOSTS indicator 'crime' has worst or best, but the rule is pooled;"
        " Write rule: given in the recipe, or leave the two columns empty."
    ]


def test_frozen_goalposts_come_from_the_edition_named(tmp_path: Path) -> None:
    (tmp_path / "2015" / "data").mkdir(parents=True)
    text = "period,indicator,worst,best,rule\n,crime,50,1,pooled\n,schools,0,9,pooled\n"
    (tmp_path / "2015" / "data" / "goalposts.csv").write_text(text)
    frozen = "{method: goalposts, rule: frozen, edition: '2015'}"
    read = load(tmp_path, YAML.replace("minmax", frozen))
    assert read.editions["2015"].goalposts.rows() == [("crime", 50.0, 1.0), ("schools", 0.0, 9.0)]
    said = faults(tmp_path, YAML.replace("minmax", frozen.replace("2015", "2014")))
    assert said[0].startswith("commonweal.yaml:4: PATH-MISSING there are no goalposts of the edition '2014'")


# areas --------------------------------------------------------------------------------------------


def test_a_table_of_areas_as_others_publish_it(tmp_path: Path) -> None:
    areas = "Borough,New code,Ward name,Income 2013\nA,E1,Abbey,25000\nA,E2,River,\nB,E3,Elsewhere,1\n"
    yaml = YAML.replace(
        "table: areas.csv",
        "table: areas.csv, where: {Borough: A},"
        " columns: {New code: code, Ward name: name, Income 2013: median_household_income}",
    )
    read = load(tmp_path, yaml, areas=areas)
    assert read.areas.names == {"E1": "Abbey", "E2": "River"}
    assert read.areas.attributes.columns == ["code", "median_household_income"]
    assert read.areas.attributes["median_household_income"].to_list() == [25000.0, None]
    said = faults(tmp_path, yaml + "peers: {by: median_household_income}\n", areas=areas)
    assert "PEERS-ATTRIBUTE the attribute 'median_household_income' is empty for area 'E2'" in said[0]


def test_boundaries_need_their_property_and_every_area(tmp_path: Path) -> None:
    ring = [[0, 51], [0.1, 51], [0.1, 51.1], [0, 51]]
    feature = {
        "type": "Feature",
        "properties": {"ward": "E1"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    (tmp_path / "areas.geojson").write_text(text)
    lacking = YAML.replace("table: areas.csv", "table: areas.csv, boundaries: areas.geojson")
    assert faults(tmp_path, lacking)[0].startswith("commonweal.yaml:2: PROJECT-REQUIRED the key 'code'")
    whole = lacking.replace("areas.geojson", "areas.geojson, code: ward")
    assert faults(tmp_path, whole)[0].startswith("areas.geojson: BOUNDARIES-MISSING area 'E2' has no outline")
    one = load(tmp_path, whole, areas="code,name\nE1,Abbey\n", values=VALUES.replace("E2,2016", "E1,2015"))
    assert one.areas.boundaries is not None
    assert one.areas.boundaries.crs == "EPSG:4326"


# tables of values ---------------------------------------------------------------------------------


def test_a_wide_table_has_a_column_an_indicator(tmp_path: Path) -> None:
    wide = "area,name,period,crime,schools\nE1,Abbey,2016,10,1\nE2,River,2016,20,\n"
    read = load(tmp_path, with_values("{path: values.csv, subject: thing, layout: wide}"), values=wide)
    assert cells(read) == [
        ("crime", "2016", "E1", 10.0), ("crime", "2016", "E2", 20.0), ("schools", "2016", "E1", 1.0),
    ]  # fmt: skip


def test_a_wide_table_as_others_publish_it(tmp_path: Path) -> None:
    wide = "Code,Ward,Crime - 2014/15,Good schools,Rank\nE1,Abbey,10,n/a,1\nE2,River,20,5,2\n"
    keys = (
        "{path: values.csv, subject: thing, layout: wide, code: Code, period: 2016, missing: [n/a], columns:"
        " {Crime - 2014/15: {indicator: crime, period: 2014/15}, Good schools: schools}}"
    )
    assert cells(load(tmp_path, with_values(keys), values=wide)) == [
        ("crime", "2014/15", "E1", 10.0), ("crime", "2014/15", "E2", 20.0), ("schools", "2016", "E2", 5.0),
    ]  # fmt: skip


def test_a_column_for_each_period(tmp_path: Path) -> None:
    wide = "level,area,crime_2009,crime_2010,crime_rank,schools_2010\nward,E1,1,2,9,5\nborough,E9,0,0,0,0\n"
    keys = (
        "{path: values.csv, subject: thing, layout: wide, where: {level: ward},"
        " columns: {'crime_{period}': crime, 'schools_{period}': schools}}"
    )
    assert cells(load(tmp_path, with_values(keys), values=wide)) == [
        ("crime", "2009", "E1", 1.0), ("crime", "2010", "E1", 2.0), ("schools", "2010", "E1", 5.0),
    ]  # fmt: skip
    said = faults(tmp_path, with_values(keys.replace("'crime_{", "'offences_{")), values=wide)
    assert said[0].startswith("values.csv:1: COLUMN-MISSING there is no column 'offences_{period}'")


def test_a_long_table_as_others_publish_it(tmp_path: Path) -> None:
    long = "ward_code,year,measure,rate\nE1,2016,crime,10\nE2,2016,schools,1\n"
    keys = (
        "{path: values.csv, subject: thing, source: The Police,"
        " columns: {ward_code: area, year: period, measure: indicator, rate: value}}"
    )
    read = load(tmp_path, with_values(keys), values=long)
    assert cells(read) == [("crime", "2016", "E1", 10.0), ("schools", "2016", "E2", 1.0)]
    assert read.given.frame["source"].to_list() == ["The Police"] * 2


def test_a_value_twice_in_two_tables(tmp_path: Path) -> None:
    yaml = with_values("{path: values.csv, subject: thing}, {path: more.csv, subject: thing}")
    said = faults(tmp_path, yaml, more="area,period,indicator,value\nE1,2016,crime,1\n")
    assert said[0].startswith(
        "more.csv:2: OBSERVATION-DUPLICATE indicator 'crime' has a value for area 'E1', period '2016' in"
        " values.csv, line 2, already"
    )


def test_the_framework_says_who_a_table_is_about(tmp_path: Path) -> None:
    head, *rows = VALUES.strip().split("\n")
    bases = ["2,200", "4,200", ","]
    values = "\n".join([head + ",numerator,denominator", *map(",".join, zip(rows, bases, strict=True))])
    read = load(tmp_path, with_values("{path: values.csv}"), values=values + "\n")
    assert read.given.frame["indicator"].to_list() == ["schools"]
    assert read.counted.frame.select("indicator", "kind", "per", "numerator").rows() == [
        ("crime", "rate", 1000.0, 2.0), ("crime", "rate", 1000.0, 4.0),
    ]  # fmt: skip
    assert list(read.private_inputs) == ["values.csv"]


@pytest.mark.parametrize(
    ("figures", "kind", "per"),
    [
        ("12,12,300", "count", None),
        ("4,12,300", "percentage", 100.0),
        ("40.0,12,300", "rate", 1000.0),
        ("3.3,1,3000", "rate", 10000.0),
    ],
)
def test_how_a_value_follows_from_its_counts(
    tmp_path: Path, figures: str, kind: str, per: float | None
) -> None:
    values = f"area,period,indicator,value,numerator,denominator\nE1,2016,crime,{figures}\n"
    yaml = with_values("{path: values.csv, subject: person}").replace(
        "framework: framework.csv", "framework: {use: framework.csv, only: [crime]}"
    )
    read = load(tmp_path, yaml, values=values)
    assert read.counted.frame.select("kind", "per").row(0) == (kind, per)


def test_a_value_that_does_not_follow_from_its_counts(tmp_path: Path) -> None:
    values = "area,period,indicator,value,numerator,denominator\nE1,2016,crime,77,12,300\n"
    said = faults(tmp_path, with_values("{path: values.csv, subject: person}"), values=values)
    assert said[0].startswith(
        "values.csv:2: VALUES-BASE the values of 'crime' do not follow from numerator and denominator"
    )


def test_counts_of_people_are_their_own_numerators(tmp_path: Path) -> None:
    keys = "{path: values.csv, subject: person, kind: count}"
    read = load(tmp_path, with_values(keys))
    assert read.counted.frame["numerator"].to_list() == read.counted.frame["value"].to_list()


def test_a_protected_table_keeps_all_it_says(tmp_path: Path) -> None:
    values = (
        "area,period,indicator,value,lower,upper,numerator,denominator,status,kind,per,round_to,source\n"
        "E1,2016,crime,4,1,7,,500,suppressed,count,,5,crimes.csv\n"
        "E2,2016,crime,20,18,22,20,500,rounded,count,,5,crimes.csv\n"
    )
    read = load(tmp_path, with_values("{path: values.csv, protected: true}"), values=values)
    assert (len(read.given), len(read.counted)) == (0, 0)
    columns = ("value", "upper", "numerator", "status", "round_to", "source")
    assert read.protected.frame.select(columns).rows() == [
        (4.0, 7.0, None, "suppressed", 5.0, "crimes.csv"), (20.0, 22.0, 20.0, "rounded", 5.0, "crimes.csv"),
    ]  # fmt: skip


# denominators, benchmarks, records, measures ------------------------------------------------------

RECORDS = (
    YAML
    + """\
denominators: {population: population.csv}
records:
  crimes:
    path: crimes*.csv
    subject: person
    date: month
    link: {by: code, column: ward}
measures:
  crime: {records: crimes, kind: rate, per: 1000, denominator: population, where: type = "theft"}
periods: {publish: [2017, 2016]}
"""
)
POPULATION = "area,period,value\nE1,2015,100\nE2,2015,200\nE9,2015,1\n"
CRIMES = "month,ward,type\n2016-01,E1,secret\n"


def test_records_and_measures(tmp_path: Path) -> None:
    read = load(tmp_path, RECORDS, population=POPULATION, crimes1=CRIMES, crimes2=CRIMES)
    (source,), (measure,) = read.records, read.measures
    assert [path.name for path in source.paths] == ["crimes1.csv", "crimes2.csv"]
    assert (source.written, source.link.column, source.line) == ("crimes*.csv", "ward", 7)
    assert (measure.indicator, measure.per, measure.where) == ("crime", 1000.0, 'type = "theft"')
    assert [period.label for period in read.periods.publish] == ["2016", "2017"]
    assert list(read.private_inputs) == ["crimes1.csv", "crimes2.csv"]
    assert read.denominators.rows() == [
        ("population", "E1", "2015", 100.0), ("population", "E2", "2015", 200.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  crime: {", "  crimes: {", ":13: INDICATOR-UNKNOWN indicator 'crimes' is not in the framework"),
        ("records: crimes,", "records: crime,", ":13: MEASURE-RECORDS there are no records 'crime', did you"),
        ("denominator: population", "denominator: people", ":13: MEASURE-DENOMINATOR a rate needs a denom"),
        ("denominator: population, ", "", ":13: MEASURE-DENOMINATOR a rate needs a denominator: none is"),
        ("kind: rate", "kind: count", ":13: MEASURE-DENOMINATOR a count has no denominator, but"),
        ("kind: rate, per: 1000, denominator: population, where: type = \"theft\"", "kind: percentage",
         ":13: MEASURE-FILTER a percentage needs a filter"),
        ("where:", "among:", ":13: MEASURE-FILTER a rate has no base to choose with among"),
        ("column: ward", "x: lon", ":11: RECORDS-LINK a link by code lacks 'column'"),
        ("by: code, column: ward", "by: point, x: lon, y: lat", ":11: RECORDS-LINK a link by point needs"),
        ("    date: month\n", "", ":7: PERIOD-UNKNOWN nothing says when the records were"),
        ("date: month", "date: month\n    period: 2016", ":7: PERIOD-UNKNOWN both date and period are given"),
        ("date: month", "date: month\n    covers: [spring]", ":11: PERIOD-FORM 'spring' is not a period"),
        ("periods: {publish: [2017, 2016]}\n", "", ":1: PERIOD-UNKNOWN records have dates, but no periods"),
        ("publish: [2017, 2016]", "publish: [2017, soon]", ":14: PERIOD-FORM 'soon' is not a period"),
        ("path: crimes*.csv", "path: offences*.csv", ":8: PATH-MISSING no file is called 'offences*.csv'"),
        ("path: crimes*.csv", "path: ../*.csv", ":8: PATH-OUTSIDE the path '../*.csv' leads out"),
    ],
)  # fmt: skip
def test_what_is_said_about_records_and_measures(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in RECORDS
    told = faults(tmp_path, RECORDS.replace(old, new, 1), population=POPULATION, crimes1=CRIMES)
    assert told[0].startswith(f"commonweal.yaml{said}"), told
    assert "secret" not in " ".join(told)


def test_every_area_needs_a_denominator_once(tmp_path: Path) -> None:
    text = "area,period,value\nE1,2015,100\nE1,2015,100\n"
    assert [said.split(";")[0] for said in faults(tmp_path, RECORDS, population=text, crimes=CRIMES)] == [
        "population.csv:3: OBSERVATION-DUPLICATE there is a second value for E1, 2015",
        "population.csv: MEASURE-DENOMINATOR population has no value for area 'E2'",
    ]


def test_a_denominator_out_of_a_wide_table(tmp_path: Path) -> None:
    yaml = RECORDS.replace(
        "{population: population.csv}",
        "{population: {path: wide.csv, layout: wide, code: Ward, columns: {'People {period}': population}}}",
    )
    wide = "Ward,People 2015,People 2016\nE1,1,2\nE2,3,4\n"
    read = load(tmp_path, yaml, wide=wide, crimes=CRIMES)
    assert read.denominators.rows()[:2] == [
        ("population", "E1", "2015", 1.0), ("population", "E1", "2016", 2.0),
    ]  # fmt: skip


def test_benchmarks_are_named_by_the_project_or_by_the_table(tmp_path: Path) -> None:
    yaml = YAML + "benchmarks: {London: london.csv, England: england.csv}\n"
    london = "period,indicator,value\n2016,crime,8\n"
    england = "name,period,indicator,value\nEngland,2016,crime,7\nWales,2016,crime,6\n"
    read = load(tmp_path, yaml, london=london, england=england)
    assert read.benchmarks.select("name", "indicator", "value").rows() == [
        ("England", "crime", 7.0), ("Wales", "crime", 6.0), ("London", "crime", 8.0),
    ]  # fmt: skip


# in memory, new projects, coverage ----------------------------------------------------------------


def test_values_from_a_pandas_frame(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas", reason="pandas is not a dependency")
    tree = load(tmp_path).framework
    frame = pandas.DataFrame({"area": ["E1"], "crime": [1.5], "schools": [None]})
    read = project.values_from_frame(frame, tree, period="2016")
    assert read.frame.select("area", "indicator", "value").rows() == [("E1", "crime", 1.5)]


def test_a_new_project_says_what_to_fill_in(tmp_path: Path) -> None:
    made = project.new(tmp_path / "town")
    assert sorted(path.name for path in made) == [
        "areas.csv", "commonweal.schema.json", "commonweal.yaml", "framework.csv", "values.csv",
    ]  # fmt: skip
    with pytest.raises(CommonwealError) as raised:
        project.load(tmp_path / "town")
    assert [(fault.file, fault.code) for fault in raised.value.faults] == [
        ("areas.csv", "FILE-EMPTY"), ("data/values.csv", "FILE-EMPTY"),
    ]  # fmt: skip


def test_a_new_project_that_is_filled_in_has_no_fault(tmp_path: Path) -> None:
    (tmp_path / "wards.csv").write_text("code;name\nE1;Abbey\n")
    project.new(tmp_path / "town", areas=tmp_path / "wards.csv")
    ids = pl.read_csv(tmp_path / "town" / "framework.csv").filter(pl.col("level") == "indicator")["id"]
    rows = "".join(f"E1,2016,{id},4,12,300\n" for id in ids)
    values = tmp_path / "town" / "data" / "values.csv"
    values.write_text(values.read_text() + rows)
    read = project.load(tmp_path / "town")
    assert read.areas.names == {"E1": "Abbey"}
    assert len(read.given) + len(read.counted) == 53


def test_a_new_project_goes_into_an_empty_folder_only(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(CommonwealError, match="TARGET-NOT-EMPTY"):
        project.new(tmp_path)
    with pytest.raises(CommonwealError, match="FRAMEWORK-NAME there is no built-in framework 'happiness'"):
        project.new(tmp_path / "town", framework="happiness")
    (tmp_path / "wards.csv").write_text("code,ward\nE1,Abbey\n")
    with pytest.raises(CommonwealError, match=r"wards.csv:1: COLUMN-MISSING there is no column 'name'"):
        project.new(tmp_path / "town", areas=tmp_path / "wards.csv")
    assert not (tmp_path / "town").exists()


def test_the_schema_knows_every_key_of_the_starter(tmp_path: Path) -> None:
    schema = project.json_schema()
    assert schema["additionalProperties"] is False
    assert {"project", "areas", "values", "recipe", "publication"} <= set(schema["properties"])
    assert json.loads(json.dumps(schema)) == schema


def test_coverage_tells_how_old_and_how_wide_the_data_is(tmp_path: Path) -> None:
    values = VALUES + "E1,2018,schools,1\nE2,2018,schools,2\n"
    read = load(tmp_path, YAML + "periods: {publish: [2017, 2018], carry: 1}\n", values=values)
    assert project.coverage(read, read.given).rows() == [
        ("crime", "2017", 2, 2, "2016", 1.0, False),
        ("crime", "2018", 0, 2, "2016", 2.0, True),
        ("schools", "2017", 1, 2, "2017", 0.0, False),
        ("schools", "2018", 2, 2, "2018", 0.0, False),
    ]


# the reference ------------------------------------------------------------------------------------

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"


def test_the_example_of_the_reference_is_a_valid_project_file(tmp_path: Path) -> None:
    text = (REFERENCE / "project.md").read_text(encoding="utf-8")
    example = text.split("```yaml\n")[1].split("```")[0]
    (tmp_path / "commonweal.yaml").write_text(example, encoding="utf-8")
    settings = read_settings(read_document(tmp_path / "commonweal.yaml", "commonweal.yaml"))
    assert settings.faults == ()


def test_the_reference_names_every_key() -> None:
    text = (REFERENCE / "project.md").read_text(encoding="utf-8")
    schema = project.json_schema()
    keys = set(schema["properties"])
    for part in schema["$defs"].values():
        keys |= set(part.get("properties", {}))
    assert sorted(key for key in keys if key not in text) == []


def test_the_reference_lists_the_built_in_framework() -> None:
    text = (REFERENCE / "framework.md").read_text(encoding="utf-8")
    with frameworks.built_in("social-progress") as path:
        frame = pl.read_csv(path)
    listed = frame.filter(pl.col("level") == "indicator").select("name", "id", "direction", "unit")
    for name, id, direction, unit in listed.iter_rows():
        better = "more" if direction == 1 else "less"
        assert f"| {name} | `{id}` | {better} | {unit} |" in text
    assert all(f"| {column}" in text or f", {column} |" in text for column in COLUMNS)


def test_a_new_project_is_told_once_which_indicators_it_has(tmp_path: Path) -> None:
    project.new(tmp_path)
    (tmp_path / "areas.csv").write_text("code,name\nE1,Abbey\n")
    (tmp_path / "data" / "values.csv").write_text(
        "area,period,indicator,value,numerator,denominator\nE1,2024,pest-control,3,3,\n"
    )
    with pytest.raises(CommonwealError) as caught:
        project.load(tmp_path)
    (fault,) = [fault for fault in caught.value.faults if fault.code == "INDICATOR-EMPTY"]
    assert fault.what == "52 of 53 indicators have neither values nor a measure"
    assert "`framework: {use: framework.csv, only: [pest-control]}`" in fault.remedy
