"""Controlled rounding: totals are kept, and no small count can be told from another."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from made_project import made_project
from random_tables import random_system, system_of

from commonweal.model.protection import Protection
from commonweal.model.source import Link, Measure, Records
from commonweal.sources import Gated, collect, gate
from commonweal.sources.protect.disclosure.intruder import narrowed
from commonweal.sources.protect.disclosure.round import rounded, unrounded
from commonweal.sources.protect.disclosure.system import System
from commonweal.sources.protect.rule import Rule


def exact_system(seed: int, largest: int) -> System:
    system, counts = random_system(seed, Rule(), largest=largest)
    exact = [float(counts[system.atom[system.row(i)]].sum()) for i in range(system.figures)]
    low = np.array(exact)
    return system.unguarded(np.arange(system.figures)).ranged(low, low)


@pytest.mark.parametrize("seed", range(60))
def test_rounded_figures_are_beside_their_counts_and_add_up(seed: int) -> None:
    system = exact_system(seed, 4)
    figures = rounded(system, 5)
    assert figures is not None
    assert (np.abs(figures - system.low) < 5).all()
    assert (figures % 5 == 0).all()
    assert not narrowed(unrounded(system, figures, 5))


@pytest.mark.parametrize("seed", range(12))
def test_no_other_rounding_of_a_small_table_changes_less(seed: int) -> None:
    """By trying every choice of multiples for two by two cells."""
    counts = np.random.default_rng(seed).integers(0, 13, 4)
    groups = [(0,), (1,), (2,), (3,), (0, 1), (2, 3), (0, 2), (1, 3), (0, 1, 2, 3)]
    made = system_of(groups, counts, Rule()).unguarded(np.arange(9))
    exact = np.array([float(counts[list(group)].sum()) for group in groups])
    figures = rounded(made.ranged(exact, exact), 5)
    assert figures is not None
    cells = [sorted({5 * (int(n) // 5), 5 * -(-int(n) // 5)}) for n in counts]
    best = np.inf
    for choice in product(*cells):
        sums = np.array([sum(choice[i] for i in group) for group in groups], dtype=float)
        if (np.abs(sums - exact) < 5).all():
            best = min(best, float(np.abs(sums - exact).sum()))
    assert float(np.abs(figures - exact).sum()) == pytest.approx(best)


def built(folder: Path) -> tuple[pl.DataFrame, Gated]:
    draw = np.random.default_rng(5)
    rows = []
    for _ in range(130):
        ward, kind = draw.choice(list("ABC")), draw.choice(["x", "y"])
        rows.append(f"{ward},2016-{draw.integers(1, 13):02},{kind},{draw.integers(0, 20)}")
    rows += [f"Z,2016-{m:02},x,1" for m in range(1, 13)]
    (folder / "records.csv").write_text("ward,month,kind,days\n" + "\n".join(rows) + "\n")
    path = folder / "records.csv"
    source = Records("made", (path,), "records.csv", "person", Link("code", "ward"), date="month")
    measures = [
        Measure("x", "made", "count", where="kind = 'x'"),
        Measure("y", "made", "count", where="kind = 'y'"),
        Measure("all", "made", "count"),
        Measure("long", "made", "percentage", where="days >= 10"),
    ]
    periods = ("2016-Q1", "2016-Q2", "2016-Q3", "2016-Q4", "2016")
    made = made_project(
        folder, [source], measures, ("A", "B", "C"), periods, protection=Protection("controlled")
    )
    collected = collect(made)
    return collected.counted.frame, gate(made, collected)


def test_parts_and_wholes_add_up_at_the_gate(tmp_path: Path) -> None:
    exact, gated = built(tmp_path)
    shown = {(i, a, p): n for i, a, p, n in gated.observations.frame.select(
        "indicator", "area", "period", "numerator").rows()}  # fmt: skip
    for area in "ABC":
        for period in ("2016", "2016-Q1", "2016-Q4"):
            assert shown["x", area, period] + shown["y", area, period] == shown["all", area, period]
        for indicator in ("x", "y", "all", "long"):
            quarters = sum(shown[indicator, area, f"2016-Q{q}"] for q in (1, 2, 3, 4))
            assert quarters == shown[indicator, area, "2016"]
    both = gated.observations.frame.join(exact, on=["indicator", "area", "period"], suffix="_exact")
    assert ((both["numerator"] - both["numerator_exact"]).abs() < 5).all()
    assert (both["numerator"] % 5 == 0).all()
    percentages = both.filter(pl.col("indicator") == "long")
    assert ((percentages["denominator"] - percentages["denominator_exact"]).abs() < 5).all()
    assert (percentages["numerator"] <= percentages["denominator"]).all()


def test_what_was_done_is_told(tmp_path: Path) -> None:
    _, gated = built(tmp_path)
    assert any("preset controlled" in text for text in gated.says)
    assert gated.summary["figures"]["about_people"] == 60
    totals = gated.ledger.filter(pl.col("fate").is_in(["read", "counted"]))
    assert totals["records"].null_count() == 2
