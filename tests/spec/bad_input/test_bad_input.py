"""Each way a project can be wrong: what was written, and what the user is told, word for word.

Every case is a change to one small, sound project. The message is `file:line: CODE what; what to do`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from commonweal import project
from commonweal.errors import CommonwealError

SOUND = {
    "commonweal.yaml": """\
project:
  title: Index
  place: Town
  framework: framework.csv
periods: {publish: [2016]}
areas: {type: ward, vintage: 2014, table: areas.csv}
values:
  - path: values.csv
    subject: thing
recipe: {normalise: minmax}
""",
    "framework.csv": """\
id,name,parent,level,direction,weight,worst,best
index,Index,,index,,,,
crime,Crime rate,index,,-1,,,
schools,Good schools,index,,1,,,
""",
    "areas.csv": "code,name,population\nE1,Abbey,100\nE2,River,200\n",
    "values.csv": """\
area,period,indicator,value
E1,2016,crime,10
E2,2016,crime,20
E1,2016,schools,1
E2,2016,schools,2
""",
}

#: what is wrong -> (file, text to replace, its replacement), what the user reads
CASES: dict[str, tuple[tuple[str, str, str], list[str]]] = {
    "a missing file": (
        ("commonweal.yaml", "path: values.csv", "path: value.csv"),
        [
            "commonweal.yaml:8: PATH-MISSING the file 'value.csv' does not exist"
            " (there is 'values.csv'); Correct the path."
        ],
    ),
    "a missing column": (
        ("values.csv", "area,period,indicator,value", "area,year,indicator,value"),
        [
            "values.csv:1: COLUMN-MISSING there is no column 'period'; The columns are: area, year,"
            " indicator, value."
        ],
    ),
    "a column that a framework does not have": (
        ("framework.csv", "weight", "wieght"),
        ["framework.csv:1: COLUMN-UNKNOWN the column 'wieght' is not known, did you mean 'weight'? "],
    ),
    "a column of values that is misspelt": (
        ("values.csv", "value\nE1,2016,crime,10", "value,numerater\nE1,2016,crime,10,1"),
        ["values.csv:1: COLUMN-UNKNOWN the column 'numerater' is not known, did you mean 'numerator'? "],
    ),
    "a column twice": (
        ("values.csv", "area,period,indicator,value", "area,period,value,value"),
        [
            "values.csv:1: TABLE-HEADER the column 'value' stands 2 times in the header; Give each column a"
            " name of its own."
        ],
    ),
    "an area code that is not known": (
        ("values.csv", "E2,2016,crime", "E3,2016,crime"),
        [
            "values.csv:3: AREA-UNKNOWN area 'E3' is not in the areas table; Correct the code, add the"
            " area, or keep the rows you want with `where:`."
        ],
    ),
    "an area code twice": (
        ("areas.csv", "E2,River", "E1,River"),
        [
            "areas.csv:3: AREA-DUPLICATE area code 'E1' stands in line 2 already; Keep one row an area.",
        ],
    ),
    "an empty area code": (
        ("areas.csv", "E2,River", ",River"),
        [
            "areas.csv:3: AREA-EMPTY area 'River' has no code; Give each area a code.",
        ],
    ),
    "an empty area code in the values": (
        ("values.csv", "E2,2016,crime", ",2016,crime"),
        ["values.csv:3: AREA-EMPTY the row has no area; Fill in area."],
    ),
    "an area without a name": (
        ("areas.csv", "E2,River", "E2,"),
        ["areas.csv:3: AREA-NAME-EMPTY area 'E2' has no name; Give each area a name."],
    ),
    "text for a number": (
        ("values.csv", "crime,20", "crime,about 20"),
        [
            "values.csv:3: OBSERVATION-NUMBER value of crime is 'about 20'; Write a number such as 1234.5,"
            ' leave the cell empty, or write `missing: ["about 20"]` at the table.'
        ],
    ),
    "NaN": (
        ("values.csv", "crime,20", "crime,NaN"),
        ["values.csv:3: OBSERVATION-NUMBER value of crime is 'NaN'; "],
    ),
    "infinity": (
        ("values.csv", "crime,20", "crime,-inf"),
        ["values.csv:3: OBSERVATION-NUMBER value of crime is '-inf'; "],
    ),
    "a thousands comma": (
        ("values.csv", "crime,20", 'crime,"1,020"'),
        ["values.csv:3: OBSERVATION-NUMBER value of crime is '1,020', with a comma inside; "],
    ),
    "a percent sign": (
        ("values.csv", "crime,20", "crime,7.4%"),
        ["values.csv:3: OBSERVATION-NUMBER value of crime is '7.4%'; Write the number alone, such as "],
    ),
    "a title above the headings": (
        ("values.csv", "area,period", "Table 3: crime\narea,period"),
        [
            "values.csv:2: FILE-FORMAT the row has 4 cells and the header 1; The first row looks like a"
            " title; delete the rows above the headings."
        ],
    ),
    "a title above the headings, with empty cells": (
        ("values.csv", "area,period", "Table 3: crime,,,\narea,period"),
        [
            f"values.csv:1: COLUMN-MISSING there is no column '{name}'; The first row looks like a title;"
            for name in ("area", "period", "indicator", "value")
        ],
    ),
    "an area code that is not known in several rows": (
        ("areas.csv", "E1,Abbey", "E01,Abbey"),
        ["values.csv:2: AREA-UNKNOWN area 'E1' is not in the areas table (in 2 rows); Correct the code,"],
    ),
    "a code with the letter I for a one": (
        ("values.csv", "E1,2016,crime", "EI,2016,crime"),
        ["values.csv:2: AREA-UNKNOWN area 'EI' is not in the areas table, did you mean 'E1'? Correct"],
    ),
    "an indicator that is not known in several rows": (
        ("framework.csv", "crime,Crime rate", "crimes,Crime rate"),
        [
            "values.csv:2: INDICATOR-UNKNOWN indicator 'crime' is not in the framework (in 2 rows), did you"
            " mean 'crimes'? Correct the id,",
        ],
    ),
    "a colon in a title": (
        ("commonweal.yaml", "title: Index", "title: Index: of Town"),
        [
            "commonweal.yaml:2: PROJECT-YAML there is a second colon in the line, or the line before it is"
            " indented less; Put quotation marks round text with a colon, such as title: \"Index: 2026\";"
        ],
    ),
    "a tab": (
        ("commonweal.yaml", "  place: Town", "\tplace: Town"),
        ["commonweal.yaml:3: PROJECT-YAML there is a tab in the line; Indent with blanks; "],
    ),
    "a backtick without quotation marks": (
        ("commonweal.yaml", "  place: Town", "  place: `Town`"),
        ["commonweal.yaml:3: PROJECT-YAML a text begins with a character that YAML keeps for itself; Put "],
    ),
    "a line that is indented too far": (
        ("commonweal.yaml", "  place: Town", "    place: Town"),
        ["commonweal.yaml:3: PROJECT-YAML "],
    ),
    "a value twice": (
        ("values.csv", "E2,2016,crime,20", "E1,2016,crime,20"),
        [
            "values.csv:3: OBSERVATION-DUPLICATE indicator 'crime' has a value for area 'E1', period '2016'"
            " in values.csv, line 2, already; Keep one value for each area, period and indicator."
        ],
    ),
    "an unknown status": (
        ("values.csv", "value\nE1,2016,crime,10", "value,status\nE1,2016,crime,10,guessed"),
        ["values.csv:2: OBSERVATION-STATUS the status is 'guessed'; Use one of observed, "],
    ),
    "a node id twice": (
        ("framework.csv", "schools,Good", "crime,Good"),
        [
            "framework.csv:4: FRAMEWORK-DUPLICATE node id 'crime' stands 2 times; Give each node an id of its"
            " own."
        ],
    ),
    "a cycle": (
        ("framework.csv", "index,Index,,index", "index,Index,index,index"),
        ["framework.csv:2: FRAMEWORK-CYCLE node 'index' is its own ancestor; "],
    ),
    "an orphan": (
        ("framework.csv", "Good schools,index", "Good schools,indx"),
        ["framework.csv:4: FRAMEWORK-ORPHAN the parent 'indx' of 'schools' does not exist; "],
    ),
    "an id that is no address": (
        ("framework.csv", "schools,Good", "Good Schools,Good"),
        ["framework.csv:4: FRAMEWORK-ID node id 'Good Schools' can't be part of a web address; "],
    ),
    "a level without children": (
        ("framework.csv", "schools,Good schools,index,", "schools,Good schools,index,component"),
        ["framework.csv:4: FRAMEWORK-LEVEL component 'schools' has no children; "],
    ),
    "no indicator": (
        ("framework.csv", "crime,Crime rate,index,,-1,,,\nschools,Good schools,index,,1,,,\n", ""),
        ["framework.csv: FRAMEWORK-EMPTY no node has level 'indicator'; Add at least one indicator."],
    ),
    "no direction": (
        ("framework.csv", "index,,-1", "index,,"),
        [
            "framework.csv:3: FRAMEWORK-DIRECTION indicator 'crime' has direction None; Write 1 where more is"
            " better, -1 where less is better."
        ],
    ),
    "a direction in words": (
        ("framework.csv", "index,,-1", "index,,down"),
        ["framework.csv:3: FRAMEWORK-DIRECTION direction of 'crime' is 'down'; Write 1 where more"],
    ),
    "worst equal to best": (
        ("framework.csv", "index,,-1,,,", "index,,-1,,5,5"),
        ["framework.csv:3: FRAMEWORK-GOALPOSTS worst and best of 'crime' are both 5; "],
    ),
    "a goalpost in words": (
        ("framework.csv", "index,,-1,,,", "index,,-1,,high,5"),
        ["framework.csv:3: FRAMEWORK-GOALPOSTS worst of 'crime' is 'high'; Write a number, or leave"],
    ),
    "a negative weight": (
        ("framework.csv", "index,,-1,,,", "index,,-1,-2,,"),
        ["framework.csv:3: FRAMEWORK-WEIGHT weight of 'crime' is '-2'; Write a number of 0 or more, "],
    ),
    "a value of an indicator that is not in the framework": (
        ("values.csv", "E2,2016,schools", "E2,2016,school"),
        [
            "values.csv:5: INDICATOR-UNKNOWN indicator 'school' is not in the framework, did you mean"
            " 'schools'? Correct the id, or add the indicator to the framework."
        ],
    ),
    "an indicator without data": (
        ("values.csv", "E1,2016,schools,1\nE2,2016,schools,2\n", ""),
        ["framework.csv:4: INDICATOR-EMPTY indicator 'schools' has neither values nor a measure; "],
    ),
    "a period that no data has": (
        ("commonweal.yaml", "[2016]", "[2016, 2017]"),
        [
            "commonweal.yaml:5: PERIOD-EMPTY no table has a value that enters the period '2017'; Take it out,"
            " add its values, or let older ones be carried."
        ],
    ),
    "a period that is not one": (
        ("values.csv", "E2,2016,crime", "E2,last year,crime"),
        ["values.csv:3: PERIOD-FORM 'last year' is not a period; "],
    ),
    "a published period that is not one": (
        ("commonweal.yaml", "[2016]", "[2016, soon]"),
        ["commonweal.yaml:5: PERIOD-FORM 'soon' is not a period; "],
    ),
    "progress since a period that is not published": (
        ("commonweal.yaml", "recipe:", "progress: {since: 2012}\nrecipe:"),
        ["commonweal.yaml:10: PROGRESS-SINCE progress counts since '2012', which is not published; "],
    ),
    "an empty file": (
        ("values.csv", SOUND["values.csv"], ""),
        ["values.csv: FILE-EMPTY the table has no rows; Fill it in, or take it out of the project."],
    ),
    "a file with a header only": (
        ("values.csv", SOUND["values.csv"], "area,period,indicator,value\n"),
        [
            "values.csv: FILE-EMPTY the table has headings (area, period, indicator, value) and no rows; Fill"
            " it in,"
        ],
    ),
    "a row that is longer than the header": (
        ("values.csv", "E2,2016,crime,20", "E2,2016,crime,1,020"),
        [
            "values.csv:3: FILE-FORMAT the row has 5 cells and the header 4; Quote cells that contain the"
            " separator, or complete the header."
        ],
    ),
    "a path that climbs out of the folder": (
        ("commonweal.yaml", "path: values.csv", "path: ../values.csv"),
        [
            "commonweal.yaml:8: PATH-OUTSIDE the path '../values.csv' leads out of the project folder; Move"
            " the file into the folder, or begin the path with ${NAME}, an environment variable."
        ],
    ),
    "an absolute path": (
        ("commonweal.yaml", "table: areas.csv", "table: /etc/passwd"),
        ["commonweal.yaml:6: PATH-OUTSIDE the path '/etc/passwd' leads out of the project folder; "],
    ),
    "an absolute path of Windows": (
        ("commonweal.yaml", "path: values.csv", "path: 'C:\\values.csv'"),
        ["commonweal.yaml:8: PATH-OUTSIDE the path 'C:\\values.csv' leads out of the project folder; "],
    ),
    "a variable that is not set": (
        ("commonweal.yaml", "path: values.csv", "path: ${COMMONWEAL_NOWHERE}/values.csv"),
        [
            "commonweal.yaml:8: PATH-VARIABLE the environment variable COMMONWEAL_NOWHERE of"
            " '${COMMONWEAL_NOWHERE}/values.csv' is not set; Set COMMONWEAL_NOWHERE to a folder."
        ],
    ),
    "a variable in the middle of a path": (
        ("commonweal.yaml", "path: values.csv", "path: data/${HOME}/values.csv"),
        ["commonweal.yaml:8: PATH-VARIABLE 'data/${HOME}/values.csv' has a variable inside; "],
    ),
    "an unknown key": (
        ("commonweal.yaml", "    subject: thing", "    subjekt: thing"),
        [
            "commonweal.yaml:8: PROJECT-REQUIRED nothing says who 'crime' is about; ",
            "commonweal.yaml:8: PROJECT-REQUIRED nothing says who 'schools' is about; ",
            "commonweal.yaml:9: PROJECT-KEY the key 'subjekt' under values, item 1 is not known, did you mean"
            " 'subject'? Use: area, code, columns, kind, layout, missing, path, per, period, protected,"
            " published, sheet, source, subject, where.",
        ],
    ),
    "a missing key": (
        ("commonweal.yaml", "  title: Index\n", ""),
        ["commonweal.yaml:1: PROJECT-REQUIRED the key 'title' under project is missing; Add it."],
    ),
    "neither values nor records": (
        ("commonweal.yaml", "values:\n  - path: values.csv\n    subject: thing\n", ""),
        ["commonweal.yaml:1: PROJECT-REQUIRED the project has neither values nor records; "],
    ),
    "a value that is not allowed": (
        ("commonweal.yaml", "subject: thing", "subject: things"),
        [
            "commonweal.yaml:9: PROJECT-VALUE subject under values, item 1 is 'things'; Write one of:"
            " 'person', 'household', 'thing'."
        ],
    ),
    "a list where a mapping belongs": (
        ("commonweal.yaml", "{publish: [2016]}", "[2016]"),
        ["commonweal.yaml:5: PROJECT-VALUE periods is a list; Write a mapping."],
    ),
    "cuts that fall": (
        ("commonweal.yaml", "recipe:", "progress: {cuts: [2, 0.5, -0.5]}\nrecipe:"),
        [
            "commonweal.yaml:10: PROJECT-VALUE cuts under progress is [2.0, 0.5, -0.5]; Write three numbers"
            " that rise.",
            "commonweal.yaml:10: PROGRESS-PERIODS progress is asked for, but no period before ",
        ],
    ),
    "one cut for three": (
        ("commonweal.yaml", "recipe:", "progress: {cuts: [2]}\nrecipe:"),
        ["commonweal.yaml:10: PROJECT-VALUE cuts under progress is a list; Write a list of 3."],
    ),
    "a count below one": (
        ("commonweal.yaml", "recipe:", "peers: {by: population, count: 0}\nrecipe:"),
        ["commonweal.yaml:10: PROJECT-VALUE count under peers is 0; Write a number of at least 1."],
    ),
    "a date that is not one": (
        ("commonweal.yaml", "recipe:", "publication: {date: 1 October}\nrecipe:"),
        ["commonweal.yaml:10: PROJECT-VALUE date under publication is '1 October'; Write a date such as"],
    ),
    "a colour that is a style": (
        ("commonweal.yaml", "recipe:", "publication: {theme: {brand: 'red;}'}}\nrecipe:"),
        ["commonweal.yaml:10: PROJECT-VALUE brand under publication, theme is 'red;}'; Write a"],
    ),
    "broken YAML": (
        ("commonweal.yaml", "recipe: {normalise: minmax}", "recipe: {normalise: minmax"),
        ["commonweal.yaml:11: PROJECT-YAML "],
    ),
    "a key twice": (
        ("commonweal.yaml", "  place: Town", "  title: Town"),
        ["commonweal.yaml:3: PROJECT-YAML there is a second key \"title\"; Keep one of the two."],
    ),
    "a built-in framework that is not there": (
        ("commonweal.yaml", "framework: framework.csv", "framework: social-progres"),
        [
            "commonweal.yaml:4: FRAMEWORK-NAME there is no built-in framework 'social-progres', did you mean"
            " 'social-progress'? Use social-progress, or a file such as framework.csv."
        ],
    ),
    "leaving out a node that is not there": (
        ("commonweal.yaml", "framework: framework.csv", "framework: {use: framework.csv, without: [crimes]}"),
        [
            "commonweal.yaml:4: FRAMEWORK-UNKNOWN the framework has no node 'crimes', did you mean 'crime'?"
            " Name a node by its id."
        ],
    ),
    "a recipe with an unknown method": (
        ("commonweal.yaml", "normalise: minmax", "normalise: minimax"),
        ["commonweal.yaml:10: RECIPE-METHOD 'minimax' is not a way to normalise, did you mean 'minmax'? "],
    ),
    "a recipe with an unknown step": (
        ("commonweal.yaml", "normalise: minmax", "normalize: minmax"),
        ["commonweal.yaml:10: RECIPE-KEY a recipe has no step 'normalize', did you mean 'normalise'? "],
    ),
    "a recipe with an unknown parameter": (
        ("commonweal.yaml", "normalise: minmax", "normalise: {method: minmax, hihg: 10}"),
        ["commonweal.yaml:10: RECIPE-PARAMETER minmax has no parameter 'hihg'; "],
    ),
    "a recipe with an unknown rule": (
        ("commonweal.yaml", "normalise: minmax", "normalise: {method: minmax, rule: pool}"),
        ["commonweal.yaml:10: RECIPE-RULE 'pool' is not a rule; "],
    ),
    "a recipe with a level that is not there": (
        ("commonweal.yaml", "normalise: minmax", "weigh: {component: pca}"),
        ["commonweal.yaml:10: RECIPE-LEVEL weigh names the level 'component'; "],
    ),
    "a recipe with a node that is not there": (
        ("commonweal.yaml", "normalise: minmax", "aggregate: {by: {top: geometric}}"),
        ["commonweal.yaml:10: RECIPE-NODE aggregate names the node 'top'; "],
    ),
    "peers by an attribute that is not there": (
        ("commonweal.yaml", "recipe:", "peers: {by: income}\nrecipe:"),
        [
            "commonweal.yaml:10: PEERS-ATTRIBUTE areas have no attribute 'income'; Use one of: population; or"
            " add a column income to the areas table, with a number for each area."
        ],
    ),
    "peers by a name": (
        ("commonweal.yaml", "table: areas.csv}", "table: areas.csv}\npeers: {by: [name]}"),
        ["commonweal.yaml:7: PEERS-ATTRIBUTE areas have no attribute 'name'; "],
    ),
    "figures about people without their base": (
        ("commonweal.yaml", "subject: thing", "subject: person"),
        [
            "values.csv:2: VALUES-BASE 'crime', about people, has 2 rows without numerator or denominator;"
            " Give both columns, so that small counts can be hidden; or write `published: true` if the"
            " figures are public already.",
            "values.csv:4: VALUES-BASE 'schools', about people, has 2 rows without numerator",
        ],
    ),
    "no protection and no reason": (
        ("commonweal.yaml", "recipe:", "protect: {preset: none}\nrecipe:"),
        ["commonweal.yaml:10: PROTECT-REASON protection is none, without a reason; "],
    ),
    "an official publication that does not say who publishes": (
        ("commonweal.yaml", "recipe:", "publication:\n  status: official\n  owner: Town Council\nrecipe:"),
        [
            "commonweal.yaml:11: PUBLICATION-OFFICIAL the status is official, but these are empty: contact,"
            " accessibility_contact, url, licence, date, next_update; Fill them in, or write `status: draft`."
        ],
    ),
}  # fmt: skip


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return folder


def faults_of(folder: Path) -> list[str]:
    try:
        project.load(folder)
    except CommonwealError as error:
        return [str(fault) for fault in error.faults]
    return []


@pytest.mark.parametrize("what", CASES)
def test_what_is_said_about(what: str, tmp_path: Path) -> None:
    (file, old, new), expected = CASES[what]
    assert old in SOUND[file]
    files = {**SOUND, file: SOUND[file].replace(old, new, 1)}
    before = set(write(tmp_path, files).iterdir())

    said = faults_of(tmp_path)

    assert len(said) == len(expected), said
    for message, words in zip(said, expected, strict=True):
        assert message.startswith(words)
    assert set(tmp_path.iterdir()) == before


def test_the_sound_project_has_no_fault(tmp_path: Path) -> None:
    assert faults_of(write(tmp_path, SOUND)) == []


def test_all_faults_are_told_in_one_run(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            **SOUND,
            "commonweal.yaml": SOUND["commonweal.yaml"].replace("minmax", "minimax") + "progres: {}\n",
            "areas.csv": "code,name\nE1,Abbey\nE2,River\nE2,Alibon\n",
            "values.csv": SOUND["values.csv"].replace("crime,20", "crime,many").replace("E1,", "E9,", 1),
        },
    )
    codes = [said.split()[1] for said in faults_of(tmp_path)]
    assert sorted(codes) == [
        "AREA-DUPLICATE", "OBSERVATION-NUMBER", "PROJECT-KEY", "RECIPE-METHOD",
    ]  # fmt: skip


def test_a_folder_that_is_no_project(tmp_path: Path) -> None:
    (said,) = faults_of(tmp_path)
    assert said.startswith("PATH-MISSING there is no commonweal.yaml in ")


def test_a_link_that_leaves_the_folder(tmp_path: Path) -> None:
    inside = tmp_path / "project"
    inside.mkdir()
    write(inside, {name: text for name, text in SOUND.items() if name != "values.csv"})
    (tmp_path / "values.csv").write_text(SOUND["values.csv"])
    (inside / "values.csv").symlink_to(tmp_path / "values.csv")
    (said,) = faults_of(inside)
    assert said.startswith("commonweal.yaml:8: PATH-OUTSIDE the path 'values.csv' leads out")


def test_a_variable_may_lead_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside, outside = tmp_path / "project", tmp_path / "elsewhere"
    inside.mkdir()
    outside.mkdir()
    (outside / "values.csv").write_text(SOUND["values.csv"])
    yaml = SOUND["commonweal.yaml"].replace("path: values.csv", "path: ${TOWN_DATA}/values.csv")
    write(inside, {**SOUND, "commonweal.yaml": yaml})
    monkeypatch.setenv("TOWN_DATA", str(outside))
    assert faults_of(inside) == []


def test_a_period_that_older_values_are_carried_into(tmp_path: Path) -> None:
    yaml = SOUND["commonweal.yaml"].replace("{publish: [2016]}", "{publish: [2016, 2017], carry: 1}")
    assert faults_of(write(tmp_path, {**SOUND, "commonweal.yaml": yaml})) == []


def test_peers_by_something_that_is_not_a_number(tmp_path: Path) -> None:
    yaml = SOUND["commonweal.yaml"] + "peers: {by: [population, income]}\n"
    areas = 'code,name,population,income\nE1,Abbey,100,\nE2,River,"1,200",\n'
    assert [said.split(";")[0] for said in faults_of(write(tmp_path, {
        **SOUND, "commonweal.yaml": yaml, "areas.csv": areas,
    }))] == [
        "areas.csv:2: PEERS-ATTRIBUTE the attribute 'income' is empty for area 'E1'",
        "areas.csv:3: PEERS-ATTRIBUTE the attribute 'population' is not a number everywhere:"
        " area 'E2' has '1,200'",
    ]  # fmt: skip


def test_markup_and_formulas_in_names_are_only_text(tmp_path: Path) -> None:
    areas = 'code,name\nE1,<b>Abbey</b>\nE2,"=HYPERLINK(""x"")"\n'
    write(tmp_path, {**SOUND, "areas.csv": areas})
    assert project.load(tmp_path).areas.names == {"E1": "<b>Abbey</b>", "E2": '=HYPERLINK("x")'}


def test_many_faults_of_a_kind_are_counted(tmp_path: Path) -> None:
    rows = "".join(f"X{i},2016,crime,1\n" for i in range(50))
    write(tmp_path, {**SOUND, "values.csv": SOUND["values.csv"] + rows})
    said = faults_of(tmp_path)
    assert len(said) == 20
    assert "(and 30 more like this)" in said[-1]


def test_a_filter_that_keeps_nothing(tmp_path: Path) -> None:
    yaml = SOUND["commonweal.yaml"].replace("subject: thing", "subject: thing\n    where: {area: E7}")
    write(tmp_path, {**SOUND, "commonweal.yaml": yaml})
    assert faults_of(tmp_path)[0].startswith("values.csv: FILE-EMPTY no row meets where {'area': ['E7']}")


def test_a_wide_table_names_the_heading_and_the_area(tmp_path: Path) -> None:
    yaml = SOUND["commonweal.yaml"].replace(
        "subject: thing",
        "subject: thing\n    layout: wide\n    code: Ward"
        '\n    columns: {"Crime {period}": crime, Schools 2016: schools}',
    )
    values = "Ward,period,Crime 2016,Schools 2016\nE1,2016,suppressed,1\nE2,2016,3,4\n"
    write(tmp_path, {**SOUND, "commonweal.yaml": yaml, "values.csv": values})
    (said,) = faults_of(tmp_path)
    assert said == (
        "values.csv:2: OBSERVATION-NUMBER 'Crime 2016' of E1 is 'suppressed'; Write a number such as 1234.5,"
        " leave the cell empty, or write `missing: [suppressed]` at the table."
    )


def test_a_row_of_a_wide_table_that_stands_twice_is_one_fault(tmp_path: Path) -> None:
    yaml = SOUND["commonweal.yaml"].replace("subject: thing", "subject: thing\n    layout: wide")
    values = "area,period,crime,schools\nE1,2016,10,1\nE2,2016,3,4\nE1,2016,10,1\n"
    write(tmp_path, {**SOUND, "commonweal.yaml": yaml, "values.csv": values})
    assert faults_of(tmp_path) == [
        "values.csv:4: OBSERVATION-DUPLICATE 2 indicators (crime, schools) have values for area 'E1', period"
        " '2016' in values.csv, line 2, already; Keep one value for each area, period and indicator."
    ]


def test_a_missing_heading_is_told_with_those_of_the_file(tmp_path: Path) -> None:
    yaml = SOUND["commonweal.yaml"].replace(
        "subject: thing",
        'subject: thing\n    layout: wide\n    code: Ward\n    columns: {"Crmie {period}": crime}',
    )
    write(tmp_path, {**SOUND, "commonweal.yaml": yaml, "values.csv": "Ward,Crime 2016\nE1,1\nE2,3\n"})
    assert faults_of(tmp_path)[0] == (
        "values.csv:1: COLUMN-MISSING there is no column 'Crmie {period}', did you mean 'Crime {period}'?"
        " The columns are: Ward, Crime 2016."
    )


def test_unicode_text_of_excel_is_read(tmp_path: Path) -> None:
    write(tmp_path, SOUND)
    (tmp_path / "values.csv").write_bytes(SOUND["values.csv"].replace(",", "\t").encode("utf-16"))
    assert faults_of(tmp_path) == []


def test_a_settings_file_that_never_ends_is_refused(tmp_path: Path) -> None:
    aliases = "x0: &x0 [a, a]\n"
    aliases += "".join(f"x{i}: &x{i} [{', '.join([f'*x{i - 1}'] * 9)}]\n" for i in range(1, 10))
    write(tmp_path, {**SOUND, "commonweal.yaml": aliases + SOUND["commonweal.yaml"]})
    assert faults_of(tmp_path) == [
        "commonweal.yaml: PROJECT-YAML anchors (&) and aliases (*) repeat so much that the file would never"
        " end; Write out what they stand for."
    ]


def test_a_path_with_a_variable_may_not_climb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    yaml = SOUND["commonweal.yaml"].replace("path: values.csv", "path: ${TOWN_DATA}/../values.csv")
    monkeypatch.setenv("TOWN_DATA", str(tmp_path / "project"))
    write(tmp_path, {**SOUND, "commonweal.yaml": yaml})
    assert "PATH-OUTSIDE the path '${TOWN_DATA}/../values.csv' leads out of" in faults_of(tmp_path)[0]


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    write(tmp_path, SOUND)
    (tmp_path / "values.csv").write_bytes(SOUND["values.csv"].encode("utf-16-le"))
    assert faults_of(tmp_path)[0] == 'values.csv: FILE-FORMAT the file is not text; Save it as "CSV UTF-8".'
