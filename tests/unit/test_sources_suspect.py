"""A source that says nothing of the areas is a fault, not a 0 everywhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely
from made_project import made_project

from commonweal.errors import CommonwealError
from commonweal.model.area import Boundaries
from commonweal.model.project import Project
from commonweal.model.source import Link, Measure, Records
from commonweal.sources import collect, ledger_lines, undated_lines

SQUARES = np.array([shapely.box(-0.6, 52, -0.5, 53), shapely.box(-0.5, 52, -0.4, 53)], dtype=object)
OUTLINES = Boundaries(("A", "B"), SQUARES, "EPSG:4326")
COUNT = Measure("number", "cases", "count")


def project_of(folder: Path, text: str, *measures: Measure, **more: object) -> Project:
    path = folder / "cases.csv"
    path.write_text(text, encoding="utf-8")
    given: dict[str, object] = {"subject": "thing", "link": Link("code", "ward"), "period": "2016", **more}
    cases = Records("cases", (path,), path.name, line=7, **given)  # type: ignore[arg-type]
    return made_project(folder, [cases], measures or [COUNT], boundaries=OUTLINES)


def said(project: Project) -> str:
    with pytest.raises(CommonwealError) as caught:
        collect(project)
    (fault,) = caught.value.faults
    return str(fault)


def test_swapped_coordinates_are_noticed(tmp_path: Path) -> None:
    link = Link("point", x="lat", y="lon")
    project = project_of(tmp_path, "lat,lon\n52.51,-0.55\n52.31,-0.45\n,\n", link=link)
    assert said(project) == (
        "commonweal.yaml:7: RECORDS-UNLINKED 0 of 3 records of 'cases' find an area: 1 without coordinates;"
        " 2 outside all areas; x and y look swapped: write `x: lon, y: lat`."
        " (Points have x from 52.3 to 52.5, y from -0.6 to -0.5.)"
    )


def test_another_system_is_noticed(tmp_path: Path) -> None:
    link = Link("point", x="x", y="y")
    project = project_of(tmp_path, "x,y\n497234.5,271876.1\n", link=link)
    assert (
        "Check x, y and `crs`, which is EPSG:4326 now. (Points have x from 497000 to 497000, y from 272000 to"
        in (said(project))
    )


def test_most_points_missing_is_a_fault_and_half_is_not(tmp_path: Path) -> None:
    link = Link("point", x="x", y="y")
    inside = "-0.55,52.5\n"
    found = said(project_of(tmp_path, "x,y\n" + inside * 2 + ",\n" * 3, link=link))
    assert "2 of 5 records of 'cases' find an area: 3 without coordinates; Fill in the coordinates" in found
    collected = collect(project_of(tmp_path, "x,y\n" + inside * 2 + ",\n" * 2, link=link))
    assert ledger_lines(collected.ledger) == ["cases: 4 read, 2 counted (50%), 2 without coordinates"]


def test_parquet_is_measured_too(tmp_path: Path) -> None:
    pl.DataFrame({"x": [52.5], "y": [-0.55]}).write_parquet(tmp_path / "cases.parquet")
    link = Link("point", x="x", y="y")
    cases = Records("cases", (tmp_path / "cases.parquet",), "cases.parquet", "thing", link, period="2016")
    assert "look swapped" in said(made_project(tmp_path, [cases], [COUNT], boundaries=OUTLINES))


def test_unknown_codes_are_a_fault_unless_the_source_is_wider(tmp_path: Path) -> None:
    text = "ward\nA\nX\nY\n"
    found = said(project_of(tmp_path, text))
    assert (
        "1 of 3 records of 'cases' find an area: 2 with an unknown area code; Check that 'ward' holds"
        in found
    )
    assert collect(project_of(tmp_path, text, wider=True)).counted.frame["value"].to_list() == [1.0, 0.0]
    assert "RECORDS-UNLINKED 0 of 2" in said(project_of(tmp_path, "ward\nX\nY\n", wider=True))


def test_dates_that_can_not_be_read_are_a_fault(tmp_path: Path) -> None:
    text = "ward,when\nA,2016-01-02\nA,12/25/2016\nB,soon\n"
    found = said(project_of(tmp_path, text, date="when", period=""))
    assert found == (
        "commonweal.yaml:7: RECORDS-UNDATED the dates of 'cases' look month-first, as in 04/13/2016: 1 can"
        " only be read so, 0 only day-first; Write `dates: month-first` at the source, or give days as"
        " 2016-04-13."
    )
    text = text.replace("12/25/2016", "25 May")
    found = said(project_of(tmp_path, text, date="when", period=""))
    assert found == (
        "commonweal.yaml:7: RECORDS-UNDATED 1 of 3 records of 'cases' have a date that can be read;"
        " Write dates as 2016-04-13, 13/04/2016, 2016-04, 2016-Q2, 2016 or 2015/16, all of one kind."
    )


AMERICAN = "ward,when\n" + "A,04/05/2016\n" * 3 + "B,4/13/2016 10:20\n"


def test_dates_with_the_month_first_are_never_read_day_first_without_a_word(tmp_path: Path) -> None:
    """Three of four could be read, and would be put in May; a single date with a day above 12 tells."""
    found = said(project_of(tmp_path, AMERICAN, date="when", period=""))
    assert found.startswith(
        "commonweal.yaml:7: RECORDS-UNDATED the dates of 'cases' look month-first, as in 04/13/2016: 1 can"
        " only be read so, 0 only day-first, and 3 could be either and would be put in a wrong month; "
    )
    collected = collect(project_of(tmp_path, AMERICAN, date="when", period="", month_first=True))
    assert ledger_lines(collected.ledger) == ["cases: 4 read, 4 counted (100%)"]
    british = AMERICAN.replace("4/13", "13/4")
    found = said(project_of(tmp_path, british, date="when", period="", month_first=True))
    assert "look day-first, as in 13/04/2016: 1 can only be read so" in found
    assert "Write `dates: day-first` at the source" in found


def test_dates_that_show_no_order_are_told_to_the_analyst(tmp_path: Path) -> None:
    project = project_of(tmp_path, "ward,when\nA,04/05/2016\n", date="when", period="")
    assert collect(project).doubts == (
        "cases: no date of when shows whether day or month comes first; they are read day-first, and"
        " `dates: month-first` changes that",
    )


@pytest.mark.parametrize(
    ("measure", "words"),
    [
        (
            Measure("number", "cases", "count", where="kind = 'Serious'", line=9),
            "commonweal.yaml:9: FILTER-EMPTY none of 2 records of 'cases' meets the filter \"kind =",
        ),
        (
            Measure("number", "cases", "percentage", where="kind = 'x'", among="kind = 'serious'", line=9),
            "commonweal.yaml:9: FILTER-EMPTY none of 1 records of 'cases' that meet `among` meets the filter",
        ),
        (
            Measure("number", "cases", "percentage", where="kind = 'serious'", among="ward = 'C'", line=9),
            "commonweal.yaml:9: FILTER-EMPTY none of 2 records of 'cases' meets the filter \"ward = 'C'\"; ",
        ),
    ],
)
def test_a_filter_that_no_record_meets(tmp_path: Path, measure: Measure, words: str) -> None:
    assert said(project_of(tmp_path, "ward,kind\nA,serious\nB,slight\n", measure)).startswith(words)


def test_a_filter_that_no_record_meets_may_be_meant(tmp_path: Path) -> None:
    measure = Measure("number", "cases", "count", where="kind = 'fatal'", may_be_empty=True)
    collected = collect(project_of(tmp_path, "ward,kind\nA,serious\nB,slight\n", measure))
    assert collected.counted.frame["value"].to_list() == [0.0, 0.0]


def test_records_in_utf_16_are_read_as_other_tables_are(tmp_path: Path) -> None:
    project = project_of(tmp_path, "")
    (tmp_path / "cases.csv").write_bytes("ward\tkind\nA\tcafé\n".encode("utf-16"))
    assert collect(project).ledger.select("fate", "records").rows()[0] == ("read", 1)


def test_the_first_unreadable_dates_are_placed_and_not_repeated(tmp_path: Path) -> None:
    text = "ward,when\nA,2016-01-02\nA,2016-01-05\nA,2016-01-07\nA,12/25/2016\nB,\n"
    project = project_of(tmp_path, text, date="when", period="")
    assert undated_lines(project, collect(project)) == [
        "cases: the first dates that can't be read are at cases.csv:5, cases.csv:6"
    ]
