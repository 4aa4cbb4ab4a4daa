"""Real change and re-statement add up, and `explain` tells them, or what the order of two areas hangs on."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from small_project import write_small_project, write_values

import commonweal
from commonweal.insight.restated import lines, restated
from commonweal.pipeline.explanation import explain_area
from commonweal.pipeline.freezing import freeze


def score(edition, period, area="A"):
    return edition.scores.filter(period=period, area=area, node="index")["score"][0]


def explained(root: Path, against: str):
    return explain_area(root, "A", against, report=lambda step: None)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A project with an edition of 2024 alone; now it has 2025 too, and one figure of 2024 is corrected."""
    root = write_small_project(tmp_path_factory.mktemp("town") / "town")
    (root / "data" / "values.csv").write_text(
        "\n".join(
            line for line in (root / "data" / "values.csv").read_text().splitlines() if ",2025," not in line
        )
    )
    old = commonweal.build(root)
    freeze(root, "2024")
    write_values(root, {("A", "2024", "crime"): 44.0, ("A", "2025", "jobs"): 75.0})
    return root, old, commonweal.build(root)


def test_real_change_and_restatement_add_up(kept):
    _, old, new = kept
    found = restated(new, "A", "2024", {"2024": old.scores})
    assert found.published == score(old, "2024")
    assert found.restated == score(new, "2024")
    assert found.now == score(new, "2025")
    assert found.real + found.restatement == pytest.approx(found.change, abs=1e-12)
    assert abs(found.restatement) > 1


def test_explaining_against_a_period_tells_the_restatement(kept):
    root, old, new = kept
    answer = explained(root, "2024")
    text = "\n".join(answer.lines)
    assert f"The edition 2024 published {score(old, '2024'):.2f} for Ward A in 2024" in text
    assert "is re-statement of 2024." in text
    told = answer.document["restated"]
    assert told["real"] == pytest.approx(score(new, "2025") - score(new, "2024"), abs=1e-9)
    assert told["change"] == pytest.approx(told["real"] + told["restatement"])


def test_the_edition_that_ends_soonest_is_what_was_published_then(kept):
    _, old, new = kept
    later = new.scores.with_columns(pl.col("score") + 5)
    assert restated(new, "A", "2024", {"a": later, "b": old.scores}).edition == "b"
    assert restated(new, "A", "2024", {"a": old.scores, "b": old.scores}).edition == "b"


def test_what_is_published_alike_is_not_restated(kept):
    _, _, new = kept
    found = restated(new, "A", "2024", {"now": new.scores})
    assert lines(new, found) == [
        f"The edition now published {score(new, '2024'):.2f} for Ward A in 2024, as this one does: nothing"
        " was re-stated."
    ]


def test_without_an_older_edition_nothing_is_said(kept):
    _, _, new = kept
    assert restated(new, "A", "2024", {}) is None


def test_explaining_against_an_area_tells_what_their_order_hangs_on(kept):
    root, _, _ = kept
    answer = explained(root, "F")
    assert any(
        line.startswith("Ward F counts for at least as much as Ward A in every one of the two components")
        for line in answer.lines
    )
    assert answer.document["overtaking"] == {
        "weightings": 0.0, "shift": None, "givers": [], "taker": "", "why_not": "",
    }  # fmt: skip
    assert "overtaking" not in explained(root, "all").document
