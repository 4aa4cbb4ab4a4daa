"""Figures that count the same records: whoever sets up all that is published narrows no hidden count."""

from __future__ import annotations

import sys
from pathlib import Path
from unittest.mock import patch

import numpy as np
import polars as pl
import pytest
from a_reader import Meaning, kinds, readers_system
from made_project import made_project

from commonweal.model.source import Link, Measure, Protection, Records
from commonweal.sources import Gated, collect, gate
from commonweal.sources.protect.disclosure.intruder import exposures, impossible, narrowed
from commonweal.sources.protect.rule import Rule

NHS = Rule(hide_to=7, round_to=5)
AREAS = ("A", "B", "C")
MONTHS = tuple(f"2016-{m:02}" for m in range(1, 7))
CONTEXTS = ("abuse", "violence", "hate", "-")
STAGES = ("nursery", "school")
PERIODS = ("2016-01", "2016-02", "2016-Q1", "2016-Q2")
MONTHS_OF = {"2016-01": MONTHS[:1], "2016-02": MONTHS[1:2], "2016-Q1": MONTHS[:3], "2016-Q2": MONTHS[3:]}
POSSIBLE = kinds(AREAS, MONTHS, CONTEXTS, STAGES)

MEASURES = {
    "abuse": ("count", "context in ('abuse', 'violence')", "", lambda k: k[2] in ("abuse", "violence")),
    "violence": ("count", "context = 'violence'", "", lambda k: k[2] == "violence"),
    "others": ("count", "not context in ('abuse', 'violence')", "", lambda k: k[2] in ("hate", "-")),
    "all": ("count", "", "", lambda k: True),
    "hate-at-school": (
        "percentage", "context = 'hate'", "stage = 'school'", lambda k: k[2] == "hate" and k[3] == "school",
    ),
}  # fmt: skip


def among(name: str) -> object:
    return (lambda k: k[3] == "school") if MEASURES[name][2] else (lambda k: True)


def made_records(folder: Path, seed: int) -> Path:
    draw = np.random.default_rng(seed)
    mean = draw.choice([0.15, 0.5, 1.2])
    rows = [
        ",".join(kind)
        for kind, n in zip(POSSIBLE, draw.poisson(mean, len(POSSIBLE)), strict=True)
        for _ in range(n)
    ]
    path = folder / "records.csv"
    # every month is there, so that every period is whole
    path.write_text(
        "ward,month,context,stage\n" + "\n".join([*rows, *(f"Z,{m},-,school" for m in MONTHS)]) + "\n"
    )
    return path


def built(
    folder: Path, seed: int, protection: Protection | None = None
) -> tuple[pl.DataFrame, pl.DataFrame, Gated]:
    path = made_records(folder, seed)
    source = Records("made", (path,), "records.csv", "person", Link("code", "ward"), date="month")
    draw = np.random.default_rng(seed)
    chosen = sorted(
        draw.choice(sorted(MEASURES), size=int(draw.integers(2, len(MEASURES) + 1)), replace=False)
    )
    measures = [
        Measure(n, "made", MEASURES[n][0], where=MEASURES[n][1], among=MEASURES[n][2]) for n in chosen
    ]
    project = made_project(folder, [source], measures, AREAS, PERIODS, protection=protection)
    with patch.object(sys.modules["commonweal.sources.collect"], "faults", return_value=[]):
        collected = collect(project)
    return collected.counted.frame, collected.ledger, gate(project, collected)


def meaning(indicators: list[str]) -> Meaning:
    def within(period: str, condition: object) -> object:
        return lambda kind: kind[1] in MONTHS_OF[period] and condition(kind)

    return {
        (name, period): (
            within(period, lambda k, n=name: MEASURES[n][3](k) and among(n)(k)),
            within(period, among(name)),
        )
        for name in indicators
        for period in PERIODS
    }


@pytest.mark.parametrize("seed", range(24))
def test_nested_indicators_parts_of_a_whole_and_overlapping_periods(tmp_path: Path, seed: int) -> None:
    exact, _, gated = built(tmp_path, seed)
    names = exact["indicator"].unique().to_list()
    left = readers_system(gated.observations.frame, exact, meaning(names), POSSIBLE, NHS)
    assert not narrowed(left)
    assert gated.summary["figures"]["about_people"] == exact.height


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(24, 200))
def test_many_more_of_them(tmp_path: Path, seed: int) -> None:
    test_nested_indicators_parts_of_a_whole_and_overlapping_periods(tmp_path, seed)


def test_without_the_trial_they_would_be_narrowed(tmp_path: Path) -> None:
    """The test has teeth: the same reader narrows what the rule alone would publish."""
    leaking = 0
    for seed in range(12):
        _, _, gated = built(tmp_path, seed)
        leaking += gated.details["intruder"]["narrowed_before"] > 0
    assert leaking > 3


def test_whole_numbers_fit_too(tmp_path: Path) -> None:
    exact, _, gated = built(tmp_path, 3)
    names = exact["indicator"].unique().to_list()
    left = readers_system(gated.observations.frame, exact, meaning(names), POSSIBLE, NHS)
    assert left.atoms <= 200
    assert not impossible(left)
    assert not exposures(left)
