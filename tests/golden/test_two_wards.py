"""The walk through two wards quotes what the software says, and its other figures follow from that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from commonweal.pipeline.explanation import explain_area
from commonweal.pipeline.folder import make
from commonweal.pipeline.supposing import Question, answer

pytestmark = pytest.mark.xdist_group("examples")

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
WALK = (ROOT / "docs" / "explanation" / "two-wards.md").read_text(encoding="utf-8")
#: Heading -> example, ward, what it is set against, what is supposed of it.
WARDS = {
    "Alibon": (
        "barking-and-dagenham",
        "Alibon",
        ("peers",),
        Question("Alibon", ("food-hygiene=10",)),
    ),
    "Goresbrook": (
        "london",
        "Barking and Dagenham - Goresbrook",
        ("peers", "2009"),
        Question("Barking and Dagenham - Goresbrook", reach="rank=450"),
    ),
}
NUMBER = re.compile(r"[+−]?\d[\d,]*(?:\.\d+)?")


def section(ward: str) -> str:
    return next(part for part in WALK.split("\n## ") if part.startswith(ward))


def quotes(text: str) -> list[str]:
    return [line[2:] for line in text.splitlines() if line.startswith("> ")]


def silent(step: str) -> None:
    """Report nothing."""


@pytest.fixture(scope="module")
def said(shared_data: Path) -> Iterator[dict[str, set[str]]]:
    """Everything that the software says of both wards and their places."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMMONWEAL_DATA", str(shared_data))
        yield {name: set(_said(*ward)) for name, ward in WARDS.items()}


def _said(example: str, area: str, against: tuple[str, ...], question: Question) -> Iterator[str]:
    folder = EXAMPLES / example
    yield from make(folder).edition.statements["text"]
    for other in against:
        for line in explain_area(folder, area, other, report=silent).lines:
            yield " ".join(line.split())
    yield from answer(folder, question).says


@pytest.mark.parametrize("ward", WARDS)
def test_every_quoted_sentence_is_one_that_the_software_makes(ward: str, said: dict[str, set[str]]) -> None:
    quoted = quotes(section(ward))
    assert len(quoted) >= 10
    assert [sentence for sentence in quoted if sentence not in said[ward]] == []


@pytest.mark.parametrize("ward", WARDS)
def test_every_other_figure_is_one_of_those_said(ward: str, said: dict[str, set[str]]) -> None:
    prose = " ".join(line for line in section(ward).splitlines() if not line.startswith("> "))
    prose = re.sub(r"`[^`]*`", "", prose)
    known = {number for sentence in said[ward] for number in NUMBER.findall(sentence)}
    known |= {number.lstrip("+−") for number in known}
    assert [number for number in NUMBER.findall(prose) if number.rstrip(",") not in known] == []
