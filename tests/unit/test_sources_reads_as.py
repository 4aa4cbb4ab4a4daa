"""`check` tells what columns read as, and which are not as declared, without a value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from made_project import made_project
from written_records import WRITERS

from commonweal.model.source import Link, Measure, Records
from commonweal.sources import collect, type_lines

CSV = """id,ward,when,kind,fare,lon,code
1,A,2016-04-13,secret one,1.5,0.1,E05
2,A,2016-04-13T10:20:30Z,secret two,2,0.2,not known
3,B,2016-05-01,secret one,free,0.3,RM10 7DX
4,B,2016-05,,3,,
5,B,soon,secret two,4,0.5,E08
"""


def told(root: Path, text: str = CSV, **keys: Any) -> list[str]:
    (root / "cases.csv").write_text(text)
    paths = (root / "cases.csv",)
    records = Records("cases", paths, "cases.csv", "person", Link("code", "ward"), date="when", **keys)
    measures = [Measure("a", "cases", "count", where="kind like 'secret%' and (fare >= 2 or lon is null)")]
    project = made_project(root, [records], measures)
    return type_lines(project, collect(project))


def test_what_columns_read_as(tmp_path: Path) -> None:
    assert told(tmp_path, key="id") == [
        "cases: when reads as days, counted by month (80%), ward reads as text, 2 different,"
        " fare reads as numbers (80%), id reads as numbers (100%), kind reads as text, 2 different,"
        " 20% empty, lon reads as numbers (100%), 20% empty"
    ]


def test_cells_that_are_not_as_declared_are_counted_and_placed(tmp_path: Path) -> None:
    types = {"fare": "number", "when": "date", "code": "code", "kind": "text", "ward": "code"}
    lines = told(tmp_path, types=types)
    assert lines[1:] == [
        "cases: when is declared a date; 1 of 5 cells is not, the first at cases.csv:6",
        "cases: code is declared a code; 1 of 4 cells is not, the first at cases.csv:3",
        "cases: fare is declared a number; 1 of 5 cells is not, the first at cases.csv:4",
    ]
    assert not any(word in line for line in lines for word in ("secret", "soon", "free", "not known", "RM10"))


def test_odd_rows_are_passed_over(tmp_path: Path) -> None:
    """An empty line is no record; of a row with a cell too many, the first ones are looked at."""
    text = (
        'id,ward,when,kind,fare,lon,id\n1,A,2016-04,"secret\none",2,1,x\n\n2,A,2016-04,secret,3,1,x,y\n\n\n'
    )
    assert told(tmp_path, text, types={"fare": "number"}) == [
        "cases: when reads as months (100%), ward reads as text, 1 different, fare reads as numbers (100%),"
        " kind reads as text, 2 different, lon reads as numbers (100%)"
    ]


def test_many_different_texts_are_not_all_remembered(tmp_path: Path) -> None:
    text = "id,ward,when,kind,fare,lon\n" + "".join(f"k{i},A,2016,secret,2,2\n" for i in range(1001))
    assert "id reads as text, more than 1,000 different" in told(tmp_path, text, key="id")[0]


@pytest.mark.parametrize("name", WRITERS)
def test_every_form_reads_as_the_same(tmp_path: Path, name: str) -> None:
    WRITERS[name](tmp_path / name)
    parts = {"sheet": "Cases", "table": "cases", "record": "case"}
    keys: dict[str, Any] = {"date": "when", "types": {"id": "number", "kind": "number"}, **parts}
    records = Records("cases", (tmp_path / name,), name, "thing", Link("code", "ward"), **keys)
    measure = Measure("a", "cases", "count", where="kind = 'café €5' and cost > 1")
    project = made_project(tmp_path, [records], [measure])
    reads, misfits = type_lines(project, collect(project))
    assert reads == (
        "cases: when reads as days, counted by month (100%), ward reads as text, 3 different,"
        " cost reads as numbers (100%),"
        " id reads as numbers (100%), kind reads as text, 2 different, 20% empty"
    )
    assert misfits.startswith(f"cases: kind is declared a number; 4 of 4 cells are not, the first at {name}")
