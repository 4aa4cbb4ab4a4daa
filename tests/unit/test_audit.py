"""The audit: what it finds in indices made to have faults, and that it says nothing it can't know."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from commonweal.insight.audit import Audit, Finding, Mark, Table, audit
from commonweal.insight.audit.document import STEPS
from commonweal.insight.audit.written import lines
from commonweal.model.area import Areas
from commonweal.model.edition import Edition
from commonweal.model.framework import Framework
from commonweal.pipeline.frames import score

AREAS = 60


def tree(indicators: dict[str, int]) -> pl.DataFrame:
    """Two components of the indicators, by turns."""
    rows = [("index", "Index", "", "index", None), ("x", "Part one", "index", "component", None)]
    rows += [("y", "Part two", "index", "component", None)]
    rows += [
        (id, f"Figure {id}", "xy"[i % 2], "indicator", direction)
        for i, (id, direction) in enumerate(indicators.items())
    ]
    return pl.DataFrame(rows, schema=["id", "name", "parent", "level", "direction"], orient="row")


def edition(
    columns: dict[str, np.ndarray], recipe: dict[str, object] | None = None, **direction: int
) -> Edition:
    areas = [f"E{i:02}" for i in range(len(next(iter(columns.values()))))]
    table = pl.DataFrame({"area": areas, **columns}).with_columns(pl.col(pl.Float64).fill_nan(None))
    return score(
        table,
        tree({name: direction.get(name, 1) for name in columns}),
        recipe or {"normalise": "minmax", "available": 0},
        title="Test index",
        place="Anywhere",
    )


def findings(made: Audit, step: int, mark: Mark | None = None) -> list[Finding]:
    found = made.sections[step - 1].findings
    return [finding for finding in found if mark in (None, finding.mark)]


def said(made: Audit, step: int, mark: Mark = Mark.LOOK) -> str:
    return " ".join(finding.found for finding in findings(made, step, mark))


def table(made: Audit, name: str) -> Table:
    return next(t for section in made.sections for t in section.tables if t.id == name)


@pytest.fixture
def sound() -> dict[str, np.ndarray]:
    random = np.random.default_rng(11)
    common = random.normal(size=AREAS)
    return {name: common + 0.6 * random.normal(size=AREAS) for name in "abcdef"}


def test_ten_steps_and_an_assurance_in_order(sound: dict[str, np.ndarray]) -> None:
    made = audit(edition(sound))
    assert [(s.title, s.asks) for s in made.sections] == list(STEPS)
    assert all(section.findings for section in made.sections)
    assert all(check.passed for check in made.assurance.checks)
    assert len(made.assurance.checks) == 5
    assert made.assurance.open == tuple(
        f"Step {s.step}: {f.found} {f.look}".rstrip()
        for s in made.sections
        for f in s.findings
        if f.mark == Mark.LOOK
    )


def test_a_sound_index_is_told_to_be(sound: dict[str, np.ndarray]) -> None:
    made = audit(edition(sound))
    assert not findings(made, 2, Mark.LOOK)
    assert not findings(made, 4, Mark.LOOK)
    assert "Every group has an alpha of 0.7 or more." in said(made, 4, Mark.SOUND)


def test_faults_of_single_indicators(sound: dict[str, np.ndarray]) -> None:
    random = np.random.default_rng(2)
    sound["a"][:30] = np.nan
    sound["b"] = np.where(np.arange(AREAS) < 50, 0.0, random.uniform(1, 2, AREAS))
    sound["c"][0] = 1_000.0
    found = said(audit(edition(sound)), 2)
    assert "One indicator has a value in fewer than 65 of 100 areas: figure a." in found
    assert "One indicator is zero in more than half of the areas: figure b." in found
    assert "few different values" in found
    assert "skewness beyond 2 and kurtosis above 3.5): figures" not in found
    assert "figure c" in found


def test_a_part_turned_round_pulls_apart(sound: dict[str, np.ndarray]) -> None:
    found = said(audit(edition(sound, a=-1)), 4)
    assert "against its own group" in found or "pull apart" in found
    assert "against the index: figure a" in said(audit(edition(sound, a=-1)), 8)


def test_two_that_count_one_thing(sound: dict[str, np.ndarray]) -> None:
    sound["c"] = 2 * sound["a"] + 1
    sound["d"] = sound["a"] * 3
    made = audit(edition(sound))
    assert "One pair in one group moves as one (r above 0.9), such as figure a with figure c." in said(
        made, 4
    )
    assert "of different groups" in said(made, 4)
    first = table(made, "pairs").rows[0]
    assert first[3] == pytest.approx(1.0)
    assert table(made, "pairs").columns[6].name == "kendall"


def test_few_areas_are_a_caution(sound: dict[str, np.ndarray]) -> None:
    few = {name: values[:12] for name, values in sound.items()}
    assert "There are 12 areas." in said(audit(edition(few)), 4, Mark.NOTE)


@pytest.mark.parametrize("areas", [1, 2, 3])
def test_an_index_of_hardly_any_areas_is_audited_too(sound: dict[str, np.ndarray], areas: int) -> None:
    few = {name: values[:areas] for name, values in sound.items()}
    made = audit(edition(few, {"normalise": "none", "available": 0}))
    json.dumps(made.document(), allow_nan=False)
    assert all(check.passed for check in made.assurance.checks)


def test_gaps_are_counted_where_they_are(sound: dict[str, np.ndarray]) -> None:
    for name in "abcd":
        sound[name][7] = np.nan
    made = audit(edition(sound))
    assert "Four values are missing of 360" in said(made, 3, Mark.NOTE)
    assert "fewer than 65 in 100 indicators (most is missing in E07)" in said(made, 3)
    assert table(made, "missing").rows[0][:2] == ("E07", 4)


def test_attributes_outside_the_index(sound: dict[str, np.ndarray]) -> None:
    made = edition(sound)
    random = np.random.default_rng(5)
    index = made.scores.filter(level="index")["score"].to_numpy()
    attributes = pl.DataFrame(
        {"code": made.areas.codes, "income": 1000 * index, "population": random.uniform(1, 2, AREAS)}
    )
    beside = audit(replace(made, areas=Areas("ward", "", made.areas.items, attributes)))
    assert "Where income is higher, the index is clearly higher (r 1.00, 60 areas)." in said(
        beside, 9, Mark.NOTE
    )
    assert "there is no link beyond chance" in said(beside, 9, Mark.NOTE)
    assert "size of areas (population)" in said(beside, 2, Mark.SOUND)
    assert "No figure about the areas from outside" in said(audit(made), 9, Mark.NOTE)


def test_what_is_divided_already_is_not_to_be_divided(sound: dict[str, np.ndarray]) -> None:
    people = np.linspace(1000, 9000, AREAS)
    made = edition({**sound, "crimes": people / 10, "burglary": people / 500, "litter": people / 90})
    nodes = (replace(n, unit="per 1,000 residents") if n.id == "burglary" else n for n in made.framework)
    attributes = pl.DataFrame({"code": made.areas.codes, "population": people})
    rates = pl.when(pl.col("indicator") == "litter").then(pl.lit("rate")).otherwise("kind").alias("kind")
    beside = replace(
        made,
        areas=Areas("ward", "", made.areas.items, attributes),
        scoring=replace(made.scoring, framework=Framework(tuple(nodes))),
        observations=made.observations.with_columns(rates),
    )
    size = [finding for finding in findings(audit(beside), 2) if "size of areas" in finding.found]
    assert [(f.found.split(": ")[1], f.look.split(",")[0]) for f in size] == [
        ("figure crimes.", "Divide by a base"),
        (
            "figure burglary and figure litter.",
            "They are divided already: ask whether each base is the right one",
        ),
    ]


def test_a_wrong_score_fails_its_check(sound: dict[str, np.ndarray]) -> None:
    made = edition(sound)
    scores = made.scoring.scores.copy()
    scores[0, 3, 0] += 20
    tampered = audit(replace(made, scoring=replace(made.scoring, scores=scores)))
    failed = [check.what for check in tampered.assurance.checks if not check.passed]
    assert any("follow from their parts and weights" in what for what in failed)
    assert any("ranks of the index" in what for what in failed)


def test_a_direction_turned_in_the_scores_fails_its_check(sound: dict[str, np.ndarray]) -> None:
    made = edition(sound)
    values = made.scoring.values.copy()
    values[..., 2] *= -1
    turned = audit(replace(made, scoring=replace(made.scoring, values=values)))
    check = next(c for c in turned.assurance.checks if "scores no lower" in c.what)
    assert not check.passed
    assert check.figure == 1.0


def test_means_with_a_floor_are_taken_again(sound: dict[str, np.ndarray]) -> None:
    recipe = {
        "normalise": "minmax",
        "aggregate": {"component": "harmonic", "index": {"method": "power", "p": 0.5}},
        "floor": 1,
        "available": 0,
    }
    made = audit(edition(sound, recipe))
    assert all(check.passed for check in made.assurance.checks)
    assert "lifted to the floor of 1.0" in said(made, 6, Mark.NOTE)
    assert "Unevenness costs" in said(made, 6, Mark.NOTE)


def test_what_steps_did_is_told(sound: dict[str, np.ndarray]) -> None:
    sound["a"][:40] = np.nan
    sound["b"][7] = np.nan
    sound["c"][0] = 1_000.0
    recipe = {
        "screen": {"indicators": 0.5},
        "impute": {"method": "component-mean"},
        "treat": "winsorise",
        "normalise": "minmax",
        "available": 0,
    }
    made = audit(edition(sound, recipe))
    assert "One value was filled in of 360, by the step impute." in said(made, 3, Mark.NOTE)
    assert "One indicator was left out by the step screen: figure a." in said(made, 3)
    assert "One indicator was treated for skewness or far-off values: figure c." in said(made, 5, Mark.NOTE)
    assert table(made, "treatments").rows[0][:3] == ("c", "1 limited", 1)
    assert [check.what for check in made.assurance.checks if not check.passed] == []
    json.dumps(made.document(), allow_nan=False)


@pytest.mark.parametrize("aggregate", ["median", "mazziotta-pareto", "copeland", "benefit-of-doubt", "none"])
def test_an_index_that_is_no_mean_is_audited_too(sound: dict[str, np.ndarray], aggregate: str) -> None:
    positive = {"method": "minmax", "low": 70, "high": 130}
    made = audit(edition(sound, {"normalise": positive, "aggregate": aggregate}))
    assert ("no index score" in said(made, 3)) is False
    assert all(check.passed for check in made.assurance.checks)
    assert "was not taken again" in said(made, 7, Mark.NOTE)
    json.dumps(made.document(), allow_nan=False)


def test_lines_tell_of_every_section_and_cut_long_tables(sound: dict[str, np.ndarray]) -> None:
    made = audit(edition({f"i{i}": values for i in range(3) for values in [sound["abc"[i]]]} | sound))
    text = "\n".join(lines(made))
    assert all(f"{s.step}. {s.title}: {s.asks}" in text for s in made.sections)
    assert "more rows with --json" in text
    assert "nan" not in text.lower().split()


def test_the_same_edition_gives_the_same_document(sound: dict[str, np.ndarray]) -> None:
    first, second = (json.dumps(audit(edition(sound)).document(), allow_nan=False) for _ in range(2))
    assert first == second
