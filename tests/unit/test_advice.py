"""What an analyst is told to look at: periods that enter nothing, jumps, and weights that fell back."""

from __future__ import annotations

from pathlib import Path

import pytest

from commonweal.errors import CommonwealError
from commonweal.pipeline.folder import check

YAML = """\
project: {title: Index, place: Town, framework: framework.csv}
periods: {publish: [2023, 2024]}
areas: {table: areas.csv}
values: [{path: values.csv, subject: thing}]
recipe: {normalise: minmax, weigh: pca}
"""
FRAMEWORK = """\
id,name,parent,level,direction
index,Index,,index,
crime,Crime rate,index,,-1
schools,Good schools,index,,1
parks,Near a park,index,,1
"""


@pytest.fixture
def town(tmp_path: Path) -> Path:
    (tmp_path / "commonweal.yaml").write_text(YAML)
    (tmp_path / "framework.csv").write_text(FRAMEWORK)
    (tmp_path / "areas.csv").write_text("code,name\nE1,Abbey\nE2,River\nE3,Vale\n")
    return tmp_path


def notes(town: Path, values: dict[tuple[str, str], list[float]]) -> tuple[str, ...]:
    rows = [
        f"E{i},{period},{indicator},{'' if value != value else value}"
        for (indicator, period), column in values.items()
        for i, value in enumerate(column, 1)
    ]
    (town / "values.csv").write_text("\n".join(["area,period,indicator,value", *rows]) + "\n")
    return check(town).notes


WHOLE = {
    (indicator, period): [10.0, 20.0 + shift, 35.0]
    for shift, indicator in enumerate(("crime", "schools", "parks"))
    for period in ("2023", "2024")
}
WITHOUT_INDEX = (
    "2023 is published, but no area has an index in it: the indicators that lack figures of it are"
    " listed by `commonweal check`"
)
FELL_BACK = "weights under index are equal instead: complete in 3 areas, 10 are needed"


def test_weights_that_fall_back_are_told(town: Path) -> None:
    assert notes(town, WHOLE) == (FELL_BACK,)


def test_values_of_a_period_that_is_not_published(town: Path) -> None:
    moved = {(i, "2023/24" if p == "2023" else p): v for (i, p), v in WHOLE.items()}
    assert notes(town, {**moved, ("crime", "2019"): [1.0, 2.0, 3.0], ("crime", "2023"): [8.0, 9.0, 9.5]}) == (
        "9 values have the period '2023/24', which enters no published one; did you mean '2023'?",
        "3 values have a period that enters no published one (2019)",
        WITHOUT_INDEX,
        FELL_BACK,
    )


def test_a_published_period_without_an_index(town: Path) -> None:
    settings = town / "commonweal.yaml"
    settings.write_text(settings.read_text().replace("weigh: pca", "weigh: equal, available: 1"))
    late = {key: column for key, column in WHOLE.items() if key != ("parks", "2023")}
    assert notes(town, late) == (WITHOUT_INDEX,)


def test_areas_that_lose_the_index_are_named_with_what_they_lack(town: Path) -> None:
    """One of three parts may be missing, not two: River lacks two in 2024, Vale one."""
    lacking = dict(WHOLE)
    lacking["crime", "2024"] = [10.0, float("nan"), 35.0]
    lacking["schools", "2024"] = [10.0, float("nan"), float("nan")]
    said = notes(town, lacking)
    assert said[0] == (
        "1 area has no index where others have one, because too few of the parts are known: River in 2024"
        " (missing: crime and schools). `commonweal help EXPLAIN-SCORE` says what helps"
    )
    assert all("no index" not in note for note in notes(town, WHOLE))


def test_a_period_of_which_nearly_all_is_hidden_has_no_index(town: Path) -> None:
    settings = town / "commonweal.yaml"
    settings.write_text(
        settings.read_text().replace("subject: thing", "subject: person").replace("[2023, 2024]", "[2024]")
    )
    rows = [f"E{i},2024,{name},{i},{i},,count" for name in ("crime", "schools", "parks") for i in (1, 2, 3)]
    table = "\n".join(["area,period,indicator,value,numerator,denominator,kind", *rows]) + "\n"
    (town / "values.csv").write_text(table)
    assert check(town).notes[0] == (
        "2024 is published, but no area has an index in it: 9 of its 9 figures are hidden, and"
        " those alone give no scale"
    )


def test_a_jump_of_ten_and_of_a_hundred(town: Path) -> None:
    said = notes(
        town,
        {
            **WHOLE,
            ("crime", "2024"): [100.0, 300.0, 350.0],
            ("schools", "2024"): [0.1, 0.21, 0.35],
        },
    )
    assert said[:2] == (
        "crime: the middle value is 20 in 2023 and 300 in 2024; is it one unit?",
        "schools: the middle value is 21 in 2023 and 0.21 in 2024; is one a share of 1, not of 100?",
    )


def test_a_score_that_a_mean_can_not_take_is_told_with_its_line(town: Path) -> None:
    settings = town / "commonweal.yaml"
    settings.write_text(settings.read_text().replace("weigh: pca", "aggregate: {index: geometric}"))
    with pytest.raises(CommonwealError, match=r"^commonweal.yaml:5: SCORE-ZERO"):
        notes(town, WHOLE)
