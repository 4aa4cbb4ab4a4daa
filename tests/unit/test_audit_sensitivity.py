"""The audit says which choice of method moves ranks most, and why where it does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from small_project import write_small_project

from commonweal.insight.audit import Mark, audit, sensitive
from commonweal.insight.audit.facts import Facts
from commonweal.model.project import UncertaintyRule
from commonweal.pipeline.auditing import audit_folder
from commonweal.pipeline.folder import make

AREAS = 12


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve areas that the two components order in opposite ways, so that weights alone set the order."""
    root = write_small_project(tmp_path_factory.mktemp("town") / "town")
    codes = [f"A{k:02}" for k in range(AREAS)]
    (root / "areas.csv").write_text("code,name\n" + "".join(f"{c},Ward {c}\n" for c in codes))
    rows = ["area,period,indicator,value"]
    for k, code in enumerate(codes):
        for name, value in (
            ("crime", 40 + k),
            ("fires", 3 + k % 3),
            ("jobs", 50 + k),
            ("pay", 20 + (7 * k) % 11),
        ):
            rows.append(f"{code},2025,{name},{value}")
    (root / "data" / "values.csv").write_text("\n".join(rows) + "\n")
    return root


def test_the_command_tells_which_choice_moves_ranks_most(town: Path) -> None:
    section = audit_folder(town, report=lambda step: None).sections[6]
    table = section.tables[-1]
    assert table.id == "sensitivity"
    assert [row[0] for row in table.rows] != []
    totals = [row[5] for row in table.rows]
    assert totals == sorted(totals, reverse=True)
    found = section.findings[-1]
    assert found.mark == Mark.NOTE
    assert "move ranks most" in found.found or "moves ranks most" in found.found
    assert str(table.rows[0][0]) in found.found


def test_an_audit_of_a_build_leaves_it_out(town: Path) -> None:
    edition = make(town).edition
    assert [table.id for table in audit(edition).sections[6].tables] == ["without"]


def test_one_choice_that_alone_moves_ranks_is_named(town: Path) -> None:
    edition = make(town).edition
    choices = {"mean": ({"aggregate": {"index": "arithmetic"}},), "nothing": ({"floor": 1},)}
    rule = UncertaintyRule(choices=choices, leave_out="none", weights=0)
    found = sensitive.part(Facts(replace(edition, uncertainty_rule=rule)))
    assert found.findings[0].found.startswith("The choice “mean” moves ranks most.")
    assert "takes part in 100%" in found.findings[0].found


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (UncertaintyRule(choices={}, leave_out="none", weights=0), "fewer than two choices vary"),
        (
            UncertaintyRule(
                choices={"a": ({"floor": 1},), "b": ({"floor": 1},)}, leave_out="none", weights=0
            ),
            "no choice moves a rank",
        ),
        (
            UncertaintyRule(choices={f"c{k}": ({"floor": 1},) for k in range(13)}, leave_out="none"),
            "more than 12 choices vary",
        ),
    ],
)
def test_where_it_is_not_worked_out_the_reason_is_told(
    town: Path, rule: UncertaintyRule, reason: str
) -> None:
    found = sensitive.part(Facts(replace(make(town).edition, uncertainty_rule=rule)))
    assert found.tables == ()
    assert found.findings[0].found == f"Which choice of method moves ranks was not worked out: {reason}."


def test_few_areas_are_not_looked_at(tmp_path: Path) -> None:
    edition = make(write_small_project(tmp_path / "town")).edition
    assert "fewer than 8 wards" in sensitive.part(Facts(edition)).findings[0].found
    assert pl.DataFrame(edition.scores).height
