"""The named rules, a rule of one's own, and what is refused because it would give people away."""

from __future__ import annotations

import sys
from pathlib import Path
from unittest.mock import patch

import polars as pl
import pytest
from made_project import made_project
from small_project import write_small_project

from commonweal import project
from commonweal.errors import CommonwealError
from commonweal.model.observation import Observations
from commonweal.model.protection import Protection
from commonweal.model.source import Link, Records
from commonweal.sources import collect, gate
from commonweal.sources.protect.known import known
from commonweal.sources.protect.presets import PRESETS, rule_of, source_of
from commonweal.sources.protect.rule import Rule


def table(rows: list[tuple[str, str, float, float | None]], kind: str) -> Observations:
    """Observations about people: indicator, period, numerator, denominator; all in area A."""
    return Observations.of(
        pl.DataFrame(
            {
                "area": ["A"] * len(rows),
                "indicator": [row[0] for row in rows],
                "period": [row[1] for row in rows],
                "value": [row[2] / (row[3] or 1) for row in rows],
                "numerator": [row[2] for row in rows],
                "denominator": [row[3] for row in rows],
                "kind": kind,
                "per": 100.0 if kind == "percentage" else 1.0,
            },
            schema_overrides={"denominator": pl.Float64},
        )
    )


@pytest.mark.parametrize(
    ("preset", "shown"),
    [("nhs", [0, None, None, 10, 15]), ("gss", [0, None, 5, 10, 15]), ("ons", [0, None, None, None, 15])],
)
def test_each_preset_hides_and_rounds_as_it_says(
    preset: str, shown: list[float | None], tmp_path: Path
) -> None:
    counts = table([(f"i{i}", "2016", n, None) for i, n in enumerate((0.0, 4.0, 6.0, 9.0, 14.0))], "count")
    made = made_project(tmp_path, [], [], ("A",), counted=counts, protection=Protection(preset))  # type: ignore[arg-type]
    gated = gate(made, collect(made))
    assert gated.observations.frame["numerator"].to_list() == shown
    assert any(f"preset {preset}" in text for text in gated.says)
    assert PRESETS[preset].source in gated.says


def test_a_rule_of_ones_own(tmp_path: Path) -> None:
    own = Protection("own", hide_to=4, round_to=1, reason="agreed with the hospital")
    assert rule_of(own) == Rule(4, 1)
    assert source_of(own) == "The rule is this publisher's own. Reason: agreed with the hospital"
    counts = table([(f"i{i}", "2016", n, None) for i, n in enumerate((0.0, 4.0, 5.0, 14.0))], "count")
    made = made_project(tmp_path, [], [], ("A",), counted=counts, protection=own)
    assert gate(made, collect(made)).observations.frame["numerator"].to_list() == [0, None, 5, 14]


@pytest.mark.parametrize(
    ("protection", "code", "says"),
    [
        (Protection("own", hide_to=0, round_to=5), "PROTECT-WEAK", "a count of 1 would be shown"),
        (Protection("own", hide_to=1, round_to=1), "PROTECT-WEAK", "a count of 2 would be shown"),
        (Protection("own", hide_to=3, round_to=5), "PROTECT-WEAK", "below the usual 4"),
        (Protection("own", hide_to=4, round_to=10), "PROTECT-WEAK", "a count of 5 would be shown as 0"),
        (Protection("own", hide_to=4), "PROJECT-VALUE", "no round_to"),
        (Protection("nhs", hide_to=4), "PROJECT-VALUE", "hide_to is given beside the preset nhs"),
        (Protection("none"), "PROTECT-REASON", "without a reason"),
    ],
)
def test_a_rule_that_gives_people_away_is_refused(protection: Protection, code: str, says: str) -> None:
    with pytest.raises(CommonwealError) as told:
        rule_of(protection)
    assert [fault.code for fault in told.value.faults] == [code]
    assert says in str(told.value)


def test_a_weak_rule_is_told_with_its_line_when_the_project_is_read(tmp_path: Path) -> None:
    root = write_small_project(tmp_path / "town")
    path = root / "commonweal.yaml"
    path.write_text(path.read_text() + "protect:\n  preset: own\n  hide_to: 1\n  round_to: 5\n")
    with pytest.raises(CommonwealError) as told:
        project.load(root)
    (fault,) = told.value.faults
    assert fault.code == "PROTECT-WEAK"
    assert "hide_to: 1" in path.read_text().splitlines()[fault.line - 1]


def test_hiding_for_others_can_t_be_switched_off(tmp_path: Path) -> None:
    root = write_small_project(tmp_path / "town")
    path = root / "commonweal.yaml"
    path.write_text(path.read_text() + "protect: {preset: nhs, secondary: false}\n")
    with pytest.raises(CommonwealError) as told:
        project.load(root)
    assert [fault.code for fault in told.value.faults] == ["PROJECT-KEY"]


def test_no_figure_is_given_below_the_minimum_base(tmp_path: Path) -> None:
    rates = table([("a", "2016", 20.0, 90.0), ("b", "2016", 20.0, 400.0)], "percentage")
    made = made_project(
        tmp_path, [], [], ("A",), counted=rates, protection=Protection("nhs", minimum_base=100)
    )
    gated = gate(made, collect(made))
    columns = ["value", "numerator", "denominator", "status"]
    assert gated.observations.frame.select(columns).rows() == [
        (None, None, None, "suppressed"),
        (5.0, 20.0, 400.0, "rounded"),
    ]
    assert "No figure is given where its base is below 100." in gated.says


def test_hidden_quarters_are_not_given_back_by_their_year(tmp_path: Path) -> None:
    """Four quarters of 7: a year shown as 30 can only be 7 + 7 + 7 + 7, unless two of them may be more."""
    quarters = [("a", f"2016-Q{q}", 7.0, None) for q in (1, 2, 3, 4)]
    made = made_project(
        tmp_path, [], [], ("A",), counted=table([*quarters, ("a", "2016", 28.0, None)], "count")
    )
    gated = gate(made, collect(made))
    assert gated.details["intruder"]["narrowed_before"] == 4
    assert gated.details["figures"]["ranges_widened"] == 2
    frame = gated.observations.frame.sort("period")
    assert frame["numerator"].to_list() == [30, None, None, None, None]
    assert sorted(frame.filter(pl.col("numerator").is_null()).select("lower", "upper", "value").rows()) == [
        (0, 17, 8.5), (0, 17, 8.5), (1, 7, 4), (1, 7, 4),
    ]  # fmt: skip
    assert any("or the range is wider" in text for text in gated.says)
    assert not any("2 hidden" in text for text in gated.says)
    assert len(gated.details["narrowed_by_the_rule_alone"]) == 4


def test_numbers_at_a_date_are_taken_one_by_one(tmp_path: Path) -> None:
    """The quarters of a stock do not add up to its year."""
    counts = table(
        [("a", f"2016-Q{q}", 20.0, None) for q in (1, 2, 3, 4)] + [("a", "2016", 3.0, None)], "count"
    )
    made = made_project(tmp_path, [], [], ("A",), counted=counts)
    gated = gate(made, collect(made))
    assert gated.summary["overlaps"]["taken_one_by_one"] == ["table: a"]
    assert gated.details["figures"]["hidden_for_others"] == 0
    assert any("do not add up with one another" in text for text in gated.says)


def test_the_number_of_people_behind_a_mean_is_taken_for_known() -> None:
    """7.453125 is a sum of cents over 32, whatever the base is rounded to."""
    (base,) = known({"kind": "mean", "numerator": None, "denominator": 32.0}, Rule(), public_base=True)
    assert (base.low, base.high, base.keep) == (32, 32, 0)
    (few,) = known({"kind": "mean", "numerator": None, "denominator": 5.0}, Rule(), public_base=True)
    assert (few.low, few.high, few.keep) == (1, 7, 7)


def test_a_source_that_nothing_is_measured_of_has_a_protected_ledger(tmp_path: Path) -> None:
    for name, rows in (("few", ["A", "A", "Z", "Z", "Z"]), ("none", [])):
        (tmp_path / f"{name}.csv").write_text("ward,year\n" + "".join(f"{row},2016\n" for row in rows))
    people = [
        Records(name, (tmp_path / f"{name}.csv",), name, "person", Link("code", "ward"), date="year")
        for name in ("few", "none")
    ]
    made = made_project(tmp_path, people, [], ("A", "B"))
    with patch.object(sys.modules["commonweal.sources.collect"], "faults", return_value=[]):
        gated = gate(made, collect(made))
    shown = {(source, fate): n for source, fate, n in gated.ledger.select("source", "fate", "records").rows()}
    assert shown["few", "counted"] is None
    assert shown["few", "unknown area code"] is None
    assert shown["few", "read"] is None
    assert shown["none", "read"] == 0
    assert not gated.observations.frame.height
