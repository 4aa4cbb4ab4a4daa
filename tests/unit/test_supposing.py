"""What `commonweal whatif` is asked, and what it prints: sentences, tables, a document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_project import write_small_project

from commonweal.cli.tables import lines
from commonweal.errors import CommonwealError
from commonweal.pipeline.supposing import Question, answer


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_project(tmp_path_factory.mktemp("small") / "small")


@pytest.mark.parametrize(
    ("question", "keys"),
    [
        (Question("A", ("crime=-10%", "pay=30")), {"figures", "nodes", "areas"}),
        (Question("A", reach="rank=3", within=("all",)), {"target", "score", "reached", "points", "moves"}),
        (Question("A", reach="rank=6"), {"target", "score", "reached", "points", "moves"}),
        (Question("A", budget=10.0, only=("jobs",)), {"budget", "points", "moves", "scenario"}),
        (Question(budget=10.0), {"budget", "weighted_by", "areas"}),
    ],
)
def test_an_answer_is_text_and_a_document(folder: Path, question: Question, keys: set[str]) -> None:
    told = answer(folder, question)
    assert told.says[-1].startswith("The method is fixed")
    document = json.loads(json.dumps(told.document, allow_nan=False))
    assert keys | {"says", "period"} <= set(document)
    assert document["says"] == list(told.says)
    for heading, table in told.tables:
        assert heading
        assert len(list(lines(table, told.decimals))) == table.height + 1


def test_the_reference_has_every_column(folder: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "what-if.md").read_text(encoding="utf-8")
    documents = [
        answer(folder, question).document
        for question in (Question("A", ("crime=-10%",)), Question("A", budget=10.0), Question(budget=10.0))
    ]
    rows = [
        row for d in documents for part in ("figures", "nodes", "areas", "moves") for row in d.get(part, [])
    ]
    named = {
        name.strip() for line in page.splitlines() if "|" in line for name in line.split("|")[1].split(",")
    }
    assert {column for row in rows for column in row} <= named
    assert all(f"`{key}`" in page for d in documents for key in d)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (Question(), "nothing is supposed"),
        (Question("A"), "nothing is supposed"),
        (Question("crime=3"), "stands where the area does"),
        (Question("A", ("crime",)), "gives no value"),
        (Question("A", ("crime=1", "crime=2")), "stands twice"),
        (Question("A", ("crime=1",), reach="rank=1"), "several things"),
        (Question("A", reach="rank=1", budget=3.0), "several things"),
        (Question(reach="rank=1"), "no area is named"),
        (Question("A", ("crime=1",), within=("all",)), "are for a change that is looked for"),
    ],
)
def test_questions_that_are_none(tmp_path: Path, question: Question, says: str) -> None:
    """They are refused before any folder is read."""
    with pytest.raises(CommonwealError, match=says) as caught:
        answer(tmp_path / "nowhere", question)
    assert [fault.code for fault in caught.value.faults] == ["WHATIF-ASKED"]
