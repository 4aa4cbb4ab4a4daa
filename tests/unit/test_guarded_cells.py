"""Names that a spreadsheet would run or a browser would obey: shown as text, and the same after a rebuild."""

from __future__ import annotations

from pathlib import Path

import commonweal
from commonweal.formats.tables import read_table

NAME = '=HYPERLINK("x")'
TAG = "<b>Abbey</b>"


def project(folder: Path) -> Path:
    folder.mkdir()
    (folder / "commonweal.yaml").write_text(
        """
project: {title: Index, place: Here, framework: framework.csv}
areas: {type: ward, table: areas.csv}
values: [{path: values.csv, layout: wide, subject: thing}]
recipe: {normalise: minmax}
"""
    )
    (folder / "framework.csv").write_text(
        "id,name,parent,level,direction\nindex,Index,,index,\njobs,+Jobs,index,indicator,1\n"
    )
    (folder / "areas.csv").write_text('code,name\nE1,"=HYPERLINK(""x"")"\nE2,<b>Abbey</b>\n')
    (folder / "values.csv").write_text("area,period,jobs\nE1,2016,5\nE2,2016,9\n")
    return folder


def test_a_formula_is_guarded_and_comes_back(tmp_path: Path) -> None:
    folder = project(tmp_path / "p")
    commonweal.build(folder)
    kept = folder / "build" / "project"
    assert "'=HYPERLINK" in (kept / "areas.csv").read_text()
    assert "'+Jobs" in (kept / "framework.csv").read_text()
    assert read_table(kept / "areas.csv").frame["name"].to_list() == [NAME, TAG]

    commonweal.build(kept, tmp_path / "again")
    for file in ("data/scores.csv", "project/areas.csv", "project/framework.csv"):
        assert (tmp_path / "again" / file).read_bytes() == (folder / "build" / file).read_bytes()


def test_a_tag_is_shown_as_text(tmp_path: Path) -> None:
    folder = project(tmp_path / "p")
    commonweal.build(folder)
    for page in (folder / "build" / "site").rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert TAG not in text
    assert "&lt;b&gt;Abbey&lt;/b&gt;" in (folder / "build" / "site" / "index.html").read_text(
        encoding="utf-8"
    )
