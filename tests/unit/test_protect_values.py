"""Means, sums and quantiles about people: what remains of them is said, and what differs from an edition."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from made_project import made_project

from commonweal.model.framework import Framework
from commonweal.model.protection import Protection
from commonweal.model.published import PublishedBefore
from commonweal.model.source import Link, Measure, Records
from commonweal.publish.governance.numbers import WORDS, numbers
from commonweal.sources import Gated, collect, gate, with_declared, with_values_told
from commonweal.sources.protect.rule import Rule
from commonweal.sources.protect.values import DIGITS, OUTERMOST, say_hidden


def told(
    root: Path,
    waits: dict[str, list[int]],
    kind: str = "mean",
    editions: dict[str, PublishedBefore] | None = None,
    preset: str = "nhs",
) -> Gated:
    path = root / "visits.csv"
    rows = [f"{ward},2016,{days}" for ward, several in waits.items() for days in several]
    path.write_text("ward,year,days\n" + "\n".join(rows) + "\n")
    source = Records("visits", (path,), path.name, "person", Link("code", "ward"), date="year")
    measure = Measure("wait", "visits", kind, value="days", decimals=0)
    project = made_project(
        root, [source], [measure], tuple(waits), protection=Protection(preset), periods=["2016"]
    )
    return with_values_told(gate(project, collect(project), earlier=editions), project, editions or {})


BEFORE = {"A": [3] * 23, "B": list(range(40)), "C": list(range(1, 31)), "D": [5, 6]}
#: One more in A and in D, the same in B, 15 more in C.
AFTER = {"A": [3] * 23 + [60], "B": list(range(40)), "C": list(range(1, 46)), "D": [5, 6, 7]}


@pytest.mark.parametrize("preset", ["nhs", "controlled"])
def test_values_that_differ_of_hardly_more_people_are_hidden_and_named_in_notes_only(
    tmp_path: Path, preset: str
) -> None:
    first = told(tmp_path, BEFORE, preset=preset)
    assert not first.told
    assert first.summary["differ_from_editions"] == 0
    second = told(
        tmp_path, AFTER, editions={"2025": PublishedBefore(first.observations.frame)}, preset=preset
    )
    (note,) = second.told
    last = 7 if preset == "nhs" else 4
    assert note == (
        "1 mean of Wait differs from edition 2025 although its number of people hardly does (by fewer than"
        f" {last + 1}, as far as shown): the difference can be one person's value, so it is not shown: Ward A"
        " (2016)."
    )
    assert not [text for text in second.says if "Ward A" in text]
    assert say_hidden(Rule(hide_to=last)) in second.says
    assert second.summary["differ_from_editions"] == 1
    assert second.details["differ_from_editions"] == [
        {"indicator": "wait", "edition": "2025", "places": [{"area": "A", "period": "2016"}]}
    ]
    rows = {row["area"]: row for row in second.observations.frame.iter_rows(named=True)}
    assert [rows["A"][name] for name in ("value", "lower", "upper", "numerator")] == [None] * 4
    assert rows["A"]["status"] == "suppressed"
    assert rows["A"]["denominator"] == 25 if preset == "nhs" else rows["A"]["denominator"]
    assert rows["B"]["value"] == 19.5


def test_the_same_values_again_are_not_named(tmp_path: Path) -> None:
    first = told(tmp_path, BEFORE)
    assert not told(tmp_path, BEFORE, editions={"2025": PublishedBefore(first.observations.frame)}).told


@pytest.mark.parametrize(("kind", "said"), [("mean", [DIGITS]), ("median", [OUTERMOST]), ("sum", [])])
def test_the_page_says_what_digits_and_quantiles_give_away(
    tmp_path: Path, kind: str, said: list[str]
) -> None:
    assert [text for text in told(tmp_path, BEFORE, kind).says if text in (DIGITS, OUTERMOST)] == said


@pytest.mark.parametrize("preset", ["nhs", "controlled"])
def test_the_pack_says_every_number_in_plain_words(tmp_path: Path, preset: str) -> None:
    first = told(tmp_path, BEFORE, preset=preset)
    second = told(
        tmp_path, AFTER, editions={"2025": PublishedBefore(first.observations.frame)}, preset=preset
    )
    lines = dict(numbers(second.summary))
    assert lines["Hidden counts that the intruder can narrow in what is published"] == "0"
    assert lines["Values not shown: an edition differs, of hardly more or fewer people"] == "1"
    assert not [name for name in lines if "_" in name or name != name[:1].upper() + name[1:]]
    if preset == "nhs":
        assert lines["Earlier editions given to the intruder"] == "2025"
        assert lines["Preset"] == "nhs"
        assert set(lines) <= set(WORDS.values())


def _helped(root: Path, subject: str, kind: str = "person") -> Gated:
    path = root / "visits.csv"
    path.write_text("ward,year\nA,2016\nA,2016\nB,2016\n")
    source = Records("visits", (path,), path.name, subject, Link("code", "ward"), date="year")  # type: ignore[arg-type]
    project = made_project(root, [source], [Measure("helped", "visits", "count")], periods=["2016"])
    nodes = (replace(node, subject=kind) if node.id == "helped" else node for node in project.framework)
    project = replace(project, framework=Framework(tuple(nodes)))
    return with_declared(gate(project, collect(project)), project)


def test_figures_about_people_that_are_declared_to_be_about_things_are_named(tmp_path: Path) -> None:
    declared = _helped(tmp_path, "thing")
    assert any(text.startswith("Shown as they are") and "Helped" in text for text in declared.says)
    assert ["`subject: thing`" in note for note in declared.told] == [True]
    for right in (_helped(tmp_path, "person"), _helped(tmp_path, "thing", "thing")):
        assert not right.told
        assert not any(text.startswith("Shown as they are") for text in right.says)
