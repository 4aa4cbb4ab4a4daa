"""Tables in each form that councils have them, read as the same text with the right lines."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import polars as pl
import pytest

from commonweal.errors import CommonwealError
from commonweal.formats import packed
from commonweal.formats.tables import read_published, read_table
from commonweal.publish.tables import write_table

ROWS = [("E1", "Café", "1.5"), ("E2", None, "2")]


def rows_of(path: Path, raw: bytes) -> list[tuple[object, ...]]:
    path.write_bytes(raw)
    table = read_table(path)
    assert table.frame.columns == ["code", "name", "value"]
    return table.frame.rows()


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("plain.csv", "code,name,value\nE1,Café,1.5\nE2,,2\n".encode()),
        ("without a last line end.csv", "code,name,value\nE1,Café,1.5\nE2,,2".encode()),
        ("mark.csv", "code,name,value\nE1,Café,1.5\nE2,,2\n".encode("utf-8-sig")),
        ("windows.csv", "code,name,value\r\nE1,Café,1.5\r\nE2,,2\r\n".encode("cp1252")),
        ("semicolon.csv", "code;name;value\nE1;Café;1.5\nE2;;2\n".encode()),
        ("tab.tsv", "code\tname\tvalue\nE1\tCafé\t1.5\nE2\t\t2\n".encode()),
        ("packed.csv.gz", gzip.compress("code,name,value\nE1,Café,1.5\nE2,,2\n".encode(), mtime=0)),
        ("spaces.csv", "code, name ,value\n E1,Café , 1.5\nE2, ,2\n".encode()),
    ],
)
def test_csv_in_each_form(tmp_path: Path, name: str, raw: bytes) -> None:
    assert rows_of(tmp_path / name, raw) == ROWS


def test_a_header_full_of_semicolons_is_still_parted_by_commas(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("code,Crime; rate; 2014,Age; mean; 2015\nE1,2,3\n")
    assert read_table(path).frame.columns == ["code", "Crime; rate; 2014", "Age; mean; 2015"]


def test_a_published_table_reads_as_it_was_before_it_was_guarded(tmp_path: Path) -> None:
    frame = pl.DataFrame({"area": ["=1+1", "-x", "it's"], "score": ["1", None, "3"]})
    write_table(frame, tmp_path / "a.csv")
    assert "'=1+1" in (tmp_path / "a.csv").read_text()
    assert read_published(tmp_path / "a.csv").equals(frame)
    write_table(frame.clear(), tmp_path / "b.csv")
    assert read_published(tmp_path / "b.csv").columns == ["area", "score"]


def test_lines_count_blank_rows_and_line_ends_in_cells(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('code,name\n\nE1,"two\nlines"\n,\nE2,River\n')
    table = read_table(path)
    assert table.frame["code"].to_list() == ["E1", "E2"]
    assert [table.line(0), table.line(1)] == [3, 6]


def test_a_parquet_table_is_text_too(tmp_path: Path) -> None:
    frame = pl.DataFrame({"code": ["E1"], "year": [2016.0], "value": [1 / 3]})
    frame.write_parquet(tmp_path / "a.parquet")
    assert read_table(tmp_path / "a.parquet").frame.row(0) == ("E1", "2016", "0.3333333333333333")


def workbook(path: Path, sheets: dict[str, dict[int, list[object]]]) -> Path:
    """The least that is an XLSX file: sheets by name, each with its rows by number, counted from 1."""
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
    names = list(enumerate(sheets, 1))

    def cell(value: object) -> str:
        if isinstance(value, str) and value.startswith("#"):
            return f'<c r="C4" t="e"><v>{value}</v></c>'
        if isinstance(value, str):
            return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
        return f"<c><v>{value!r}</v></c>"

    def row(number: int, values: list[object]) -> str:
        return f'<row r="{number}">{"".join(map(cell, values))}</row>'

    listed = "".join(f'<sheet name="{name}" sheetId="{i}" r:id="r{i}"/>' for i, name in names)
    links = "".join(
        f'<Relationship Id="r{i}" Type="{office}/worksheet" Target="s{i}.xml"/>' for i, _ in names
    )
    parts = {
        "_rels/.rels": f'<Relationships {package}><Relationship Id="r1" Type="{office}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {main} xmlns:r="{office}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"<Relationships {package}>{links}</Relationships>",
    }
    for i, name in names:
        rows = "".join(row(number, values) for number, values in sheets[name].items())
        parts[f"xl/s{i}.xml"] = f"<worksheet {main}><sheetData>{rows}</sheetData></worksheet>"
    with zipfile.ZipFile(path, "w") as file:
        for part, text in parts.items():
            file.writestr(part, head + text)
    return path


def test_a_sheet_keeps_all_digits_and_the_row_numbers_of_the_sheet(tmp_path: Path) -> None:
    data = {2: ["code", "year", "value"], 3: ["E1", 2016, 1 / 3], 5: ["E2", 2017, 0.25]}
    path = workbook(tmp_path / "a.xlsx", {"Notes": {1: ["nothing here"]}, "Data": data})
    table = read_table(path, sheet="Data")
    assert table.frame.rows() == [("E1", "2016", "0.3333333333333333"), ("E2", "2017", "0.25")]
    assert table.lines.tolist() == [3, 5]
    with pytest.raises(
        CommonwealError, match=r"FILE-FORMAT there is no sheet 'Dato' in a.xlsx; Name one of: Notes, Data"
    ):
        read_table(path, sheet="Dato")


def test_errors_of_a_sheet_are_empty_and_their_cells_are_known(tmp_path: Path) -> None:
    data: dict[int, list[object]] = {1: ["code", "year", "value"], 4: ["E1", 2016, "#N/A"]}
    path = workbook(tmp_path / "a.xlsx", {"Notes": {1: ["#REF!"]}, "Data": data})
    table = read_table(path, sheet="Data")
    assert table.frame.rows() == [("E1", "2016", None)]
    assert table.errors == ("C4",)


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("a.csv", b"", "FILE-EMPTY"),
        ("a.csv", b"code,name\n\n,\n", "FILE-EMPTY"),
        ("a.csv", b"\n\n", "FILE-EMPTY"),
        ("a.csv", b"code,code\n1,2\n", r"a.csv:1: TABLE-HEADER the column 'code' stands 2 times"),
        ("a.csv", b"code,name\n1,2\n3,4,5\n", r"a.csv:3: FILE-FORMAT the row has 3 cells"),
        ("a.csv", b'code,name\n1,"2\n3,4\n', "FILE-FORMAT the file can't be read as CSV"),
        ("a.csv.gz", b"not gzip", "FILE-FORMAT the file is not whole gzip"),
        ("a.parquet", b"not parquet", "FILE-FORMAT the file can't be read as Parquet"),
        ("a.xlsx", b"not a workbook", "FILE-FORMAT the file can't be read as XLSX"),
        ("a.pdf", b"%PDF", "FILE-FORMAT the ending of 'a.pdf' is not known"),
    ],
)
def test_what_is_said_about_a_broken_table(tmp_path: Path, name: str, raw: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(CommonwealError, match=said):
        read_table(tmp_path / name)


def test_a_name_that_looks_like_a_pattern_is_only_a_name(tmp_path: Path) -> None:
    pl.DataFrame({"code": ["E1"]}).write_parquet(tmp_path / "[ab]*.parquet")
    pl.DataFrame({"code": ["secret"]}).write_parquet(tmp_path / "a.parquet")
    assert read_table(tmp_path / "[ab]*.parquet").frame["code"].to_list() == ["E1"]


def test_a_packed_table_that_fills_memory_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "LARGEST", 1_000)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"code\n" + b"E1\n" * 1_000))
    with pytest.raises(CommonwealError, match="the file unpacks to more than"):
        read_table(tmp_path / "a.csv.gz")
