"""The rule on single counts, and the small tables whose totals give hidden counts back."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from made_project import NOTHING, made_project

from commonweal.model.observation import Observations
from commonweal.sources import collect, gate
from commonweal.sources.protect.rule import interval, is_hidden, shown
from commonweal.sources.protect.total import gives_back


@pytest.fixture(scope="module")
def rule_cases(golden: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((golden / "disclosure" / "rule_cases.json").read_text())
    return found


def test_every_case_of_the_rule(rule_cases: dict[str, Any]) -> None:
    assert len(rule_cases["cases"]) == 28
    for case in rule_cases["cases"]:
        count = np.array([float(case["count"])])
        figure = shown(count)[0]
        state = "suppressed" if is_hidden(count)[0] else "zero" if figure == 0 else "rounded"
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
            assert row["status"] == "rounded"
    assert NOTHING.frame.schema == frame.schema


def test_what_a_reader_can_tell_is_the_inverse_of_the_rule(rule_cases: dict[str, Any]) -> None:
    inverse = rule_cases["inverse"]
    assert list(interval(None)) == inverse["*"]
    assert list(interval(0)) == inverse["0"]
    assert list(interval(10)) == inverse["10"]
    for case in rule_cases["cases"]:
        figure = None if case["shown"] == "*" else float(case["shown"])
        low, high = interval(figure)
        assert low <= case["count"] <= high


Range = tuple[float, float]


def _range(figure: float | str, table: dict[str, Any]) -> Range:
    if figure == "*":
        return interval(None)
    return interval(float(figure)) if "nearest 5" in table["rule"] else (float(figure), float(figure))


def _lines(table: dict[str, Any]) -> list[tuple[list[float | str], float | str]]:
    """The published parts and the published total of each row, each column, and the whole."""
    rows, columns = range(1, len(table["counts"]) + 1), range(1, len(table["counts"][0]) + 1)
    figure = table["published"]
    lines = {f"r{r}_total": [figure[f"r{r}c{c}"] for c in columns] for r in rows}
    lines |= {f"c{c}_total": [figure[f"r{r}c{c}"] for r in rows] for c in columns}
    lines["total"] = [figure[f"r{r}c{c}"] for r, c in product(rows, columns)]
    return [(parts, figure[name]) for name, parts in lines.items() if name in figure]


def _searched(shown_parts: list[Range], hidden: int, total: Range) -> bool:
    """Whether some of 1 to 7 fits nowhere, by trying every choice of the hidden parts."""
    low, high = sum(r[0] for r in shown_parts), sum(r[1] for r in shown_parts)
    fits = [
        choice
        for choice in product(range(1, 8), repeat=hidden)
        if sum(choice) + low <= total[1] and sum(choice) + high >= total[0]
    ]
    return {choice[0] for choice in fits} != set(range(1, 8))


def test_each_line_of_the_leaking_tables_is_judged_as_by_trying_everything(golden: Path) -> None:
    """In each of the six tables some line, looked at by itself, narrows a hidden count."""
    leaking = set()
    for table in json.loads((golden / "disclosure" / "tables.json").read_text())["tables"]:
        for parts, total in _lines(table):
            ranges = [_range(figure, table) for figure in parts if figure != "*"]
            hidden = sum(figure == "*" for figure in parts)
            if not hidden:
                continue
            leaks = gives_back(ranges, hidden, _range(total, table))
            assert leaks == _searched(ranges, hidden, _range(total, table)), (table["name"], parts, total)
            if leaks:
                leaking.add(table["name"][:2])
    assert leaking == {"t1", "t2", "t3", "t4", "t5", "t6"}
