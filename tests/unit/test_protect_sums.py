"""Means, sums and ratios about people: a record that stands out, and sums that give others back."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from made_project import made_project

from commonweal.errors import CommonwealError
from commonweal.model.source import Link, Measure, Protection, Records
from commonweal.sources import Gated, collect, gate

QUARTERS = ("2016-Q1", "2016-Q2", "2016-Q3", "2016-Q4")
#: ward, month, group, cost
Payment = tuple[str, int, str, float]


def paid(amount: float, times: int, quarter: int = 1, ward: str = "A", group: str = "x") -> list[Payment]:
    """So many payments of the same amount."""
    return [(ward, 3 * quarter - 2, group, amount)] * times


def built(
    folder: Path,
    payments: list[Payment],
    periods: tuple[str, ...] = ("2016",),
    measures: dict[str, dict[str, object]] | None = None,
    subject: str = "person",
    protection: Protection | None = None,
) -> Gated:
    lines = [f"{ward},2016-{month:02},{group},{cost}" for ward, month, group, cost in payments]
    path = folder / "records.csv"
    path.write_text("ward,month,group,cost\n" + "\n".join(lines) + "\n")
    covers = tuple(f"2016-{month:02}" for month in range(1, 13))
    source = Records(
        "made", (path,), "records.csv", subject, Link("code", "ward"), date="month", covers=covers,  # type: ignore[arg-type]
    )  # fmt: skip
    asked = [
        Measure(name, "made", value="cost", may_be_empty=True, **keys)  # type: ignore[arg-type]
        for name, keys in (measures or {"cost": {"kind": "sum"}}).items()
    ]
    project = made_project(folder, [source], asked, ("A", "B"), periods, protection=protection)
    return gate(project, collect(project))


def values(gated: Gated, indicator: str = "cost", area: str = "A") -> dict[str, float | None]:
    frame = gated.observations.frame.filter((pl.col("area") == area) & (pl.col("indicator") == indicator))
    return dict(frame.select("period", "value").rows())


@pytest.mark.parametrize(("largest", "shown"), [(100.0, True), (100.01, False)])
@pytest.mark.parametrize("kind", ["sum", "mean"])
def test_a_record_of_more_than_half_hides_the_figure(
    largest: float, shown: bool, kind: str, tmp_path: Path
) -> None:
    payments = paid(10, 10) + paid(largest, 1)
    gated = built(tmp_path, payments, measures={"cost": {"kind": kind}})
    (row,) = gated.observations.frame.filter(pl.col("area") == "A").rows(named=True)
    assert (row["value"] is not None) is shown
    assert row["denominator"] == 10
    if not shown:
        assert [row[name] for name in ("lower", "upper", "status")] == [None, None, "suppressed"]
    assert len(gated.details["dominated_by_a_record"]) == int(not shown)


def test_money_paid_back_counts_without_its_sign(tmp_path: Path) -> None:
    """Of 10 x 10 and 1 x -105, the sum is -5; the one is 105 of 205."""
    assert values(built(tmp_path, paid(10, 10) + paid(-105, 1)))["2016"] is None
    assert values(built(tmp_path, paid(10, 10) + paid(-95, 1)))["2016"] == 5


def test_a_ratio_is_judged_by_both_of_its_sums(tmp_path: Path) -> None:
    """Of the hours one is 30 of 50, of the cost none is more than a tenth."""
    path = tmp_path / "records.csv"
    rows = [("A", 10, 2)] * 10 + [("A", 10, 30)] + [("B", 10, 2)] * 11
    path.write_text("ward,cost,hours\n" + "".join(f"{w},{c},{h}\n" for w, c, h in rows))
    source = Records("made", (path,), "records.csv", "person", Link("code", "ward"), period="2016")
    ratio = Measure("cost", "made", "ratio", value="cost", over="hours")
    project = made_project(tmp_path, [source], [ratio])
    assert gate(project, collect(project)).observations.frame["value"].to_list() == [None, 5]


def test_the_share_is_the_projects_to_set_and_things_have_none(tmp_path: Path) -> None:
    payments = paid(10, 10) + paid(150, 1)
    assert values(built(tmp_path, payments, protection=Protection(dominance=60)))["2016"] == 250
    assert values(built(tmp_path, payments, protection=Protection(dominance=59)))["2016"] is None
    assert values(built(tmp_path, payments, subject="thing"))["2016"] == 250
    controlled = built(tmp_path, payments, protection=Protection("controlled"))
    assert values(controlled)["2016"] is None


def test_a_share_of_nothing_is_refused() -> None:
    from commonweal.project.schema import ProtectKeys

    with pytest.raises(ValueError, match="greater than 0"):
        ProtectKeys.model_validate({"dominance": 0})


def test_a_hidden_quarter_does_not_come_back_from_its_year(tmp_path: Path) -> None:
    """40 people in three quarters; three in the fourth, whose sum would be the year's less theirs."""
    payments = [p for q in (1, 2, 3) for p in paid(10, 20 - q, q)] + paid(7, 3, 4)
    found = values(built(tmp_path, payments, ("2016", *QUARTERS)))
    assert found.pop("2016-Q4") is None
    assert None in found.values()


def test_a_dominated_quarter_does_not_come_back_either(tmp_path: Path) -> None:
    payments = [p for q in (1, 2, 3) for p in paid(50, 20, q)] + paid(10, 20, 4) + paid(600, 1, 4)
    gated = built(tmp_path, payments, ("2016", *QUARTERS))
    found = values(gated)
    assert found["2016-Q4"] is None
    assert sum(value is None for value in found.values()) == 2
    named = [gated.details[key] for key in ("dominated_by_a_record", "sums_hidden_for_others")]
    assert named[0] == [{"indicator": "cost", "area": "A", "period": "2016-Q4"}]
    assert [found[row["period"]] for row in named[1]] == [None]
    assert not {"dominated", "sums_hidden_for_others"} & set(gated.summary["figures"])


def test_two_hidden_quarters_of_which_one_is_all_are_not_left_by_themselves(tmp_path: Path) -> None:
    """What is left of the year is 306: the fourth quarter would be known to a fiftieth."""
    payments = paid(20, 40, 1) + paid(20, 40, 2) + paid(2, 3, 3) + paid(60, 5, 4)
    found = values(built(tmp_path, payments, ("2016", *QUARTERS)))
    assert sum(value is None for value in found.values()) == 3


def test_few_people_between_two_sums_are_no_difference_of_them(tmp_path: Path) -> None:
    """The cost of all less that of group x is that of three people, of whom no figure is published."""
    payments = paid(10, 40, group="x") + paid(10, 3, group="y")
    measures: dict[str, dict[str, object]] = {
        "all": {"kind": "sum"}, "x": {"kind": "mean", "where": "group = 'x'"},
    }  # fmt: skip
    gated = built(tmp_path, payments, measures=measures)
    assert [values(gated, name)["2016"] is None for name in measures] in ([True, False], [False, True])
    many = built(tmp_path, payments + paid(10, 9, group="y"), measures=measures)
    assert [values(many, name)["2016"] is None for name in measures] == [False, False]


def test_few_people_in_what_a_year_leaves_over_of_its_quarters_are_no_difference_either(
    tmp_path: Path,
) -> None:
    """Two quarters of three and of four people, alike: each is open, and both together are 70."""
    payments = paid(20, 40, 1) + paid(20, 40, 2) + paid(10, 3, 3) + paid(10, 4, 4)
    found = values(built(tmp_path, payments, ("2016", *QUARTERS)))
    assert sum(value is None for value in found.values()) == 3


def test_the_rest_of_a_closed_column_is_hidden_too(tmp_path: Path) -> None:
    """All are x or y: the y, hidden for one record, would be all less x."""
    payments = paid(10, 40, group="x") + paid(10, 20, group="y") + paid(500, 1, group="y")
    measures: dict[str, dict[str, object]] = {
        "all": {"kind": "sum"},
        "x": {"kind": "sum", "where": "group = 'x'"},
        "y": {"kind": "sum", "where": "group = 'y'"},
    }
    gated = built(tmp_path, payments, measures=measures)
    shown = [values(gated, name)["2016"] is not None for name in measures]
    assert shown == [True, False, False]


def test_sums_that_can_t_tell_of_others_stay(tmp_path: Path) -> None:
    payments = [p for q in (1, 2, 3, 4) for p in paid(10, 20, q)]
    found = values(built(tmp_path, payments, ("2016", *QUARTERS)))
    assert found == {"2016": 800, **dict.fromkeys(QUARTERS, 200.0)}


def test_the_key_is_refused_where_it_is_no_share(tmp_path: Path) -> None:
    from small_project import write_small_project

    from commonweal import project

    root = write_small_project(tmp_path / "town")
    path = root / "commonweal.yaml"
    path.write_text(path.read_text() + "protect: {dominance: 120}\n")
    with pytest.raises(CommonwealError) as told:
        project.load(root)
    assert [fault.code for fault in told.value.faults] == ["PROJECT-VALUE"]
