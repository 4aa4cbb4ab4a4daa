"""What `commonweal explain` answers where nothing is said to compare with, and where there is no score."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_project import YAML, write_small_project

import commonweal
from commonweal.errors import CommonwealError
from commonweal.pipeline.explanation import explain_area


def explained(folder: Path, against: str | None = None) -> tuple[str, ...]:
    return explain_area(folder, "A", against, report=lambda step: None).lines


def test_without_peers_an_area_is_compared_with_all(tmp_path: Path) -> None:
    folder = write_small_project(tmp_path / "p")
    assert any("the mean of all 6 wards" in line for line in explained(folder))
    with pytest.raises(
        CommonwealError, match="no peers of Ward A to compare with; Compare with all"
    ) as caught:
        explained(folder, "peers")
    assert [fault.code for fault in caught.value.faults] == ["EXPLAIN-AGAINST"]


def test_an_area_without_a_score_is_told_what_it_lacks(tmp_path: Path) -> None:
    """Both figures about work are missing in A: its share of known indicators, and what would help."""
    folder = write_small_project(tmp_path / "p")
    table = folder / "data" / "values.csv"
    kept = [
        row for row in table.read_text().splitlines() if not row.startswith(("A,2025,jobs", "A,2025,pay"))
    ]
    table.write_text("\n".join(kept) + "\n")
    with pytest.raises(CommonwealError) as caught:
        explained(folder)
    assert str(caught.value.faults[0]) == (
        "EXPLAIN-SCORE Ward A has no index in 2025: 2 of its 4 indicators are known (50%), which is too few"
        " under one of its parts; missing: jobs and pay; Name another node or period, let older figures stand"
        " in (periods: carry), let fewer parts suffice (recipe: available), or leave an indicator out"
        " (framework: without)."
    )


def test_a_figure_that_is_hidden_is_told_apart_from_one_that_is_missing(tmp_path: Path) -> None:
    """A ratio of 5 people has no value, and the index with it; no word tells the figure."""
    yaml = YAML.replace("component: arithmetic, ", "").replace(
        "published: true}", "published: true}\n  - {path: data/few.csv, subject: person}"
    )
    framework = (
        "id,name,parent,level,direction\nindex,Index,,index,\ncrime,Crime,index,indicator,-1\n"
        "care,Care,index,indicator,1\n"
    )
    folder = write_small_project(tmp_path / "p", yaml=yaml, framework=framework)
    values = folder / "data" / "values.csv"
    kept = [row for row in values.read_text().splitlines() if "area," in row or ",crime," in row]
    values.write_text("\n".join(kept) + "\n")
    rows = [
        f"{a},{y},care,{50 / base:.3f},50,{base},ratio,1"
        for y in (2024, 2025)
        for a, base in zip("ABCDEF", (5, 100, 120, 140, 160, 180), strict=True)
    ]
    header = "area,period,indicator,value,numerator,denominator,kind,per"
    (folder / "data" / "few.csv").write_text("\n".join([header, *rows]) + "\n")
    (folder / "commonweal.yaml").write_text(yaml.replace("recipe:", "recipe:\n  available: 1.0"))
    with pytest.raises(CommonwealError) as caught:
        explained(folder)
    assert "hidden to protect people: care" in str(caught.value)
    told: list[str] = []
    commonweal.build(folder, advise=told.append)
    assert any("Ward A in 2024 and 2025 (hidden to protect people: care)" in note for note in told)


def test_a_build_says_why_it_is_not_told_how_sure_ranks_are(tmp_path: Path) -> None:
    told: list[str] = []
    commonweal.build(write_small_project(tmp_path / "p"), advise=told.append)
    assert told == [
        "How sure ranks are is not worked out: six wards have an index, and it takes eight to learn how far"
        " they differ."
    ]
