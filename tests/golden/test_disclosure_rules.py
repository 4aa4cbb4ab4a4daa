"""The rule on single counts, and six small tables that give hidden counts back, and how they are stopped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from made_project import NOTHING, made_project

from commonweal.model.observation import Observations
from commonweal.sources import collect, gate
from commonweal.sources.protect.disclosure.intruder import exposures, impossible, intervals
from commonweal.sources.protect.disclosure.suppress import published, suppress
from commonweal.sources.protect.disclosure.system import Figure, Switch, System
from commonweal.sources.protect.rule import Rule

NHS = Rule(hide_to=7, round_to=5)


@pytest.fixture(scope="module")
def rule_cases(golden: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((golden / "disclosure" / "rule_cases.json").read_text())
    return found


def test_every_case_of_the_rule(rule_cases: dict[str, Any]) -> None:
    assert len(rule_cases["cases"]) == 28
    for case in rule_cases["cases"]:
        count = np.array([float(case["count"])])
        figure = NHS.shown(count)[0]
        state = "suppressed" if NHS.is_hidden(count)[0] else "zero" if figure == 0 else "rounded"
        assert state == case["state"]
        assert ("*" if np.isnan(figure) else figure) == case["shown"]


def test_every_case_of_the_rule_at_the_gate(rule_cases: dict[str, Any], tmp_path: Path) -> None:
    cases = rule_cases["cases"]
    areas = [f"A{case['count']:04}" for case in cases]
    table = Observations.of(
        pl.DataFrame(
            {
                "area": areas,
                "indicator": "claims",
                "period": "2016",
                "value": [float(case["count"]) for case in cases],
                "numerator": [float(case["count"]) for case in cases],
                "kind": "count",
                "per": 1.0,
            }
        )
    )
    project = made_project(tmp_path, [], [], areas, counted=table)
    frame = gate(project, collect(project)).observations.frame
    for case, row in zip(cases, frame.sort("area").iter_rows(named=True), strict=True):
        if case["state"] == "suppressed":
            assert (row["value"], row["lower"], row["upper"]) == (4, 1, 7)
            assert row["numerator"] is None
            assert row["status"] == "suppressed"
        else:
            assert row["value"] == row["numerator"] == case["shown"]
            assert row["status"] == ("observed" if case["state"] == "zero" else "rounded")
    assert NOTHING.frame.schema == frame.schema


def test_what_a_reader_can_tell_is_the_inverse_of_the_rule(rule_cases: dict[str, Any]) -> None:
    inverse = rule_cases["inverse"]
    assert list(NHS.interval(None)) == inverse["*"]
    assert list(NHS.interval(0)) == inverse["0"]
    assert list(NHS.interval(10)) == inverse["10"]
    for case in rule_cases["cases"]:
        figure = None if case["shown"] == "*" else float(case["shown"])
        low, high = NHS.interval(figure)
        assert low <= case["count"] <= high


Table = dict[str, Any]


@pytest.fixture(scope="module")
def tables(golden: Path) -> list[Table]:
    found: list[Table] = json.loads((golden / "disclosure" / "tables.json").read_text())["tables"]
    return found


def _atoms(name: str, table: Table) -> tuple[int, ...]:
    """The inner cells that a figure is the sum of, by its name: r1c2, r1_total, c2_total, total."""
    rows, columns = len(table["counts"]), len(table["counts"][0])
    wanted = [part for part in name.removesuffix("total").strip("_").replace("c", " c").split() if part]
    row = next((int(part[1:]) - 1 for part in wanted if part[0] == "r"), None)
    column = next((int(part[1:]) - 1 for part in wanted if part[0] == "c"), None)
    return tuple(
        r * columns + c
        for r in range(rows)
        for c in range(columns)
        if row in (None, r) and column in (None, c)
    )


def _system(table: Table) -> System:
    """What is published of a table, each figure with a switch of its own."""
    counts = np.array(table["counts"]).ravel()
    figures = []
    for switch, (name, figure) in enumerate(table["published"].items()):
        atoms = _atoms(name, table)
        class_ = NHS.class_of(counts[list(atoms)].sum())
        if figure == "*":
            figures.append(Figure(atoms, 1, 7, keep=7, switch=switch, class_=class_))
        else:
            rounded = "nearest 5" in table["rule"]
            low, high = NHS.interval(figure) if rounded else (figure, figure)
            figures.append(Figure(atoms, low, high, switch=switch, class_=class_))
    return System.of(figures, [Switch()] * len(figures))


def test_an_intruder_finds_out_exactly_what_the_six_tables_give_back(tables: list[Table]) -> None:
    assert len(tables) == 6
    for table in tables:
        system = _system(table)
        least, most = intervals(system)
        for name, low, high in zip(table["hidden_cells"], least, most, strict=True):
            known = table["intruder"][name]
            np.testing.assert_allclose([low, high], [known["lp_low"], known["lp_high"]], atol=1e-9)
        order = list(table["published"])
        open_ = {cell: set(range(1, 8)) for cell in table["hidden_cells"]}
        for figure, value in impossible(system):
            open_[order[figure]].discard(value)
        for cell, values in open_.items():
            known = table["intruder"][cell]
            assert (min(values), max(values)) == (known["integer_low"], known["integer_high"])
        assert exposures(system)


def test_the_pattern_of_each_of_the_six_tables_defeats_the_intruder(tables: list[Table]) -> None:
    for table in tables:
        system = _system(table)
        pattern = suppress(system, NHS)
        left = published(system, pattern.levels, NHS)
        assert pattern.exact
        assert not exposures(left), table["name"]
        assert not impossible(left), table["name"]
        counts = np.array(table["counts"]).ravel()
        for figure, name in enumerate(table["published"]):
            count = counts[list(_atoms(name, table))].sum()
            assert left.low[figure] <= count <= left.high[figure]


def test_a_table_is_protected_at_the_least_number_of_figures(tables: list[Table]) -> None:
    """The cheapest patterns, by hand: the rest of a rectangle; all wards that may be 0."""
    hidden = {t["name"][:2]: int((suppress(_system(t), NHS).levels > 0).sum()) for t in tables}
    assert hidden["t1"] == 3
    assert hidden["t5"] == 7
