"""Projects from what other programs keep: each place of a fault, and nothing written where there is one."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from xlsxwriter import Workbook

import commonweal
from commonweal import project
from commonweal.errors import CommonwealError, Fault
from commonweal.formats.cells import read_workbook

DATA = """uName,uCode,Group,Time,Pop,Crime,Jobs
Ay,A,north,2020,10,50,60.5
Bee,B,south,2020,20,40,NA
Cee,C,south,2020,30,30,80
Ay,A,north,2021,11,51,61.5
Bee,B,south,2021,20,41,71
Cee,C,south,2021,30,31,81
"""
META = """Level,iCode,iName,Direction,Weight,Unit,Target,Denominator,Parent,Type
1,Crime,Crimes,-1,1,number,,,Life,Indicator
1,Jobs,People in work,1,2,%,90,,Life,Indicator
2,Life,Life,1,1,,,,,Aggregate
,Group,Part of the country,,,,,,,Group
,Pop,People living there,,,Thousands,,,,Denominator
"""


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    folder = tmp_path / "coinr"
    folder.mkdir()
    (folder / "iData.csv").write_text(DATA)
    (folder / "iMeta.csv").write_text(META)
    return folder


def faults(target: Path, source: Path) -> list[Fault]:
    with pytest.raises(CommonwealError) as error:
        project.begin_from(target, source)
    assert not target.exists()
    assert not list(target.parent.glob(".*.partial"))
    return list(error.value.faults)


class TestPair:
    def test_it_becomes_a_project_that_builds(self, pair: Path, tmp_path: Path) -> None:
        project.begin_from(tmp_path / "p", pair)
        edition = commonweal.build(tmp_path / "p")
        top = edition.scores.filter(node="life", period="2020", area="C")
        # crime 30 of 30-51 is best: 100; jobs 80 of 60.5-81: 95.12; weights 1 and 2
        assert top["score"].item() == pytest.approx((100 + 2 * 100 * 19.5 / 20.5) / 3)

    def test_there_and_back(self, pair: Path, tmp_path: Path) -> None:
        project.begin_from(tmp_path / "p", pair)
        commonweal.build(tmp_path / "p")
        data, meta = commonweal.export(tmp_path / "p")
        assert data == tmp_path / "p" / "export" / "iData.csv"
        same_table(data, pair / "iData.csv")
        same_table(meta, pair / "iMeta.csv")
        data, meta = commonweal.export(tmp_path / "p" / "build", tmp_path / "again")
        assert pl.read_csv(data)["Jobs"].to_list() == [60.5, None, 80, 61.5, 71, 81]
        assert pl.read_csv(meta)["iCode"].to_list()[:3] == ["Crime", "Jobs", "Life"]

    def test_without_time(self, pair: Path, tmp_path: Path) -> None:
        rows = [row.split(",") for row in DATA.splitlines()[:4]]
        (pair / "iData.csv").write_text("\n".join(",".join(row[:3] + row[4:]) for row in rows) + "\n")
        project.begin_from(tmp_path / "p", pair / "iData.csv")
        commonweal.build(tmp_path / "p")
        same_table(commonweal.export(tmp_path / "p")[0], pair / "iData.csv")

    def test_a_bad_number_is_named_with_its_row(self, pair: Path, tmp_path: Path) -> None:
        (pair / "iData.csv").write_text(DATA.replace("60.5", "sixty"))
        (fault,) = faults(tmp_path / "p", pair)
        assert (fault.code, fault.file, fault.line) == ("OBSERVATION-NUMBER", str(pair / "iData.csv"), 2)
        assert "'sixty'" in fault.what

    def test_a_bad_direction_is_named_with_its_row(self, pair: Path, tmp_path: Path) -> None:
        (pair / "iMeta.csv").write_text(META.replace("work,1,2", "work,5,2"))
        (fault,) = faults(tmp_path / "p", pair)
        assert (fault.code, fault.file, fault.line) == ("FRAMEWORK-DIRECTION", str(pair / "iMeta.csv"), 3)

    @pytest.mark.parametrize(
        ("old", "new", "line"),
        [("iCode", "code", 1), ("1,Jobs", "1,Work", 3), ("2,Life", "two,Life", 4)],
    )
    def test_what_is_not_laid_out_as_expected(
        self, pair: Path, tmp_path: Path, old: str, new: str, line: int
    ) -> None:
        (pair / "iMeta.csv").write_text(META.replace(old, new, 1))
        found = faults(tmp_path / "p", pair)
        assert (found[0].code, found[0].line) == ("INTERCHANGE-LAYOUT", line)

    def test_one_of_the_two_is_missing(self, pair: Path, tmp_path: Path) -> None:
        (pair / "iMeta.csv").unlink()
        assert faults(tmp_path / "p", pair)[0].code == "INTERCHANGE-FORM"


class TestTemplate:
    def test_as_it_is_written_it_makes_a_project(self, tmp_path: Path) -> None:
        book = project.write_template(tmp_path / "t")
        project.begin_from(tmp_path / "p", book)
        edition = commonweal.build(tmp_path / "p")
        assert edition.place == "Our town"
        assert edition.scores.filter(node="index")["score"].null_count() == 0

    def test_it_is_the_same_each_time(self, tmp_path: Path) -> None:
        books = [project.write_template(tmp_path / name).read_bytes() for name in "ab"]
        assert books[0] == books[1]

    def test_faults_name_sheet_row_and_value(self, tmp_path: Path) -> None:
        book = changed(tmp_path, "Values", {"C4": "many"})
        (fault,) = faults(tmp_path / "p", book)
        assert str(fault).startswith(f"{book}, sheet Values:4: OBSERVATION-NUMBER")
        assert "'many'" in fault.what
        book = changed(tmp_path, "Framework", {"E6": 7})
        assert faults(tmp_path / "p", book)[0].file.endswith("sheet Framework")

    def test_what_is_said_of_the_whole(self, tmp_path: Path) -> None:
        book = changed(tmp_path, "About", {"B6": "perhaps", "A9": "colour"})
        found = faults(tmp_path / "p", book)
        assert [(f.code, f.line) for f in found] == [("INTERCHANGE-LAYOUT", 6), ("INTERCHANGE-LAYOUT", 9)]

    def test_a_cell_without_a_heading(self, tmp_path: Path) -> None:
        book = changed(tmp_path, "Areas", {"E3": "stray"})
        (fault,) = faults(tmp_path / "p", book)
        assert (fault.code, fault.line) == ("INTERCHANGE-LAYOUT", 3)
        assert "'stray'" in fault.what

    def test_goalposts_are_used_where_they_are_filled_in(self, tmp_path: Path) -> None:
        ends = {f"{c}{r}": v for r in (7, 8) for c, v in (("H", 0), ("I", 600))}
        ends |= {f"{c}{r}": v for r in (5, 6) for c, v in (("H", 90), ("I", 0))}
        project.begin_from(tmp_path / "p", changed(tmp_path, "Framework", ends))
        assert project.load(tmp_path / "p").recipe.normalise.rule == "given"

    def test_a_filled_folder_is_left_alone(self, tmp_path: Path) -> None:
        (tmp_path / "note.txt").write_text("mine")
        with pytest.raises(CommonwealError) as error:
            project.write_template(tmp_path)
        assert error.value.faults[0].code == "TARGET-NOT-EMPTY"


def same_table(one: Path, other: Path) -> None:
    ours, theirs = (pl.read_csv(path, infer_schema_length=None, null_values="NA") for path in (one, other))
    assert ours.columns == theirs.columns
    assert ours.height == theirs.height
    for name in ours.columns:
        mine, other_one = ours[name], theirs[name]
        if theirs[name].dtype.is_numeric() and ours[name].dtype.is_numeric():
            mine, other_one = mine.cast(pl.Float64), other_one.cast(pl.Float64)
        assert mine.to_list() == other_one.to_list(), name


def changed(tmp_path: Path, sheet: str, cells: dict[str, object]) -> Path:
    """The template with some cells of a sheet changed."""
    source = tmp_path / "template"
    book = read_workbook(source / "workbook.xlsx" if source.exists() else project.write_template(source))
    path = tmp_path / "filled.xlsx"
    with Workbook(str(path)) as new:
        for name, held in book.items():
            written = new.add_worksheet(name)
            for (row, column), text in held.cells.items():
                number = text.lstrip("-").replace(".", "", 1).isdigit()
                written.write(row - 1, column - 1, float(text) if number else text)
            if name == sheet:
                for address, value in cells.items():
                    written.write(address, value)
    return path


def coin_tool(path: Path, cells: dict[str, object] | None = None) -> Path:
    """The cells of the COIN Tool that are read: three units, three indicators, two pillars."""
    database: dict[str, object] = {"B2": "Database"}
    for column, name, code, pillar, weight, direction in (
        ("E", "Crimes", "Ind.01", "p.01", 1, -1),
        ("F", "Jobs", "Ind.02", "p.02", 2, 1),
        ("G", "Pay", "Ind.03", "p.02", 1, 1),
    ):
        database |= {f"{column}7": weight, f"{column}8": direction, f"{column}11": "Index"}
        database |= {f"{column}12": "si.01", f"{column}13": pillar, f"{column}14": "sp.01"}
        database |= {f"{column}15": name, f"{column}16": code}
    for row, unit in enumerate("ABC", 17):
        database |= {f"B{row}": f"Unit {unit}", f"C{row}": unit}
        database |= {f"E{row}": 10.0 * row + 1 / 3, f"F{row}": row, f"G{row}": "n/a" if unit == "B" else row}
    framework = {"C4": "Code", "E4": "Weight", "H4": "Dimension/indicator"}
    for row, (code, weight, name) in enumerate(
        (("Index", "", "All of it"), ("p.01", 1, "Safety"), ("p.02", 3, "Work"), ("p.03", "", "--")), 5
    ):
        framework |= {f"C{row}": code, f"E{row}": weight, f"H{row}": name}
    with Workbook(str(path)) as book:
        for name, held in (("Database", database | (cells or {})), ("Framework", framework)):
            sheet = book.add_worksheet(name)
            for address, value in held.items():
                sheet.write(address, value)
    return path


class TestCoinTool:
    def test_it_becomes_a_project(self, tmp_path: Path) -> None:
        says = project.begin_from(tmp_path / "p", coin_tool(tmp_path / "coin.xlsx"))
        assert any("compare a few figures" in sentence for sentence in says)
        loaded = project.load(tmp_path / "p")
        assert loaded.title == "All of it"
        assert [(n.id, n.parent, n.weight) for n in loaded.framework] == [
            ("index", "", 1.0),
            ("p-01", "index", 1.0),
            ("p-02", "index", 3.0),
            ("ind-01", "p-01", 1.0),
            ("ind-02", "p-02", 2.0),
            ("ind-03", "p-02", 1.0),
        ]
        assert loaded.framework["ind-01"].direction == -1
        values = loaded.given.frame
        assert len(values) == 8
        assert values.filter(indicator="ind-01", area="A")["value"].item() == pytest.approx(
            170 + 1 / 3, rel=1e-14
        )
        assert commonweal.build(tmp_path / "p").scores.filter(node="index")["score"].null_count() == 0

    def test_another_layout_is_refused_by_cell(self, tmp_path: Path) -> None:
        book = coin_tool(tmp_path / "coin.xlsx", {"F13": "pillar two", "C18": ""})
        found = faults(tmp_path / "p", book)
        assert [(f.code, f.line) for f in found] == [("INTERCHANGE-LAYOUT", 13), ("INTERCHANGE-LAYOUT", 18)]
        assert "column F has 'pillar two'" in found[0].what

    def test_no_values(self, tmp_path: Path) -> None:
        with Workbook(str(tmp_path / "coin.xlsx")) as book:
            book.add_worksheet("Database")
        assert faults(tmp_path / "p", tmp_path / "coin.xlsx")[0].code == "INTERCHANGE-LAYOUT"


@pytest.mark.parametrize("name", ["notes.txt", "other.xlsx"])
def test_what_is_nothing_of_these(tmp_path: Path, name: str) -> None:
    source = tmp_path / name
    if name.endswith("xlsx"):
        with Workbook(str(source)) as book:
            book.add_worksheet("Sheet1")
    else:
        source.write_text("hello")
    assert faults(tmp_path / "p", source)[0].code == "INTERCHANGE-FORM"


def test_a_broken_workbook(tmp_path: Path) -> None:
    (tmp_path / "broken.xlsx").write_bytes(b"PK nothing")
    assert faults(tmp_path / "p", tmp_path / "broken.xlsx")[0].code == "FILE-FORMAT"
