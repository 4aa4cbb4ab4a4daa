"""Earlier editions: what they said of a figure is known, and narrows no hidden one."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from made_project import made_project

from commonweal.errors import CommonwealError
from commonweal.model.source import Link, Measure, Protection, Records
from commonweal.project.editions import published_before
from commonweal.sources import Gated, collect, gate
from commonweal.sources.protect.disclosure.intruder import exposures
from commonweal.sources.protect.disclosure.system import Figure, System
from commonweal.sources.protect.rule import Rule

CONTEXTS = {"abuse": "context = 'abuse'", "hate": "context = 'hate'", "all": "context in ('abuse', 'hate')"}


def built(
    folder: Path,
    counts: dict[str, int],
    indicators: list[str],
    earlier: dict[str, pl.DataFrame] | None = None,
    protection: Protection | None = None,
) -> Gated:
    rows = [f"A,2016,{context}" for context, n in counts.items() for _ in range(n)]
    path = folder / "records.csv"
    path.write_text("ward,year,context\n" + "\n".join([*rows, *["B,2016,-"] * 40]) + "\n")
    source = Records("made", (path,), "records.csv", "person", Link("code", "ward"), date="year")
    measures = [
        Measure(name, "made", "count", where=CONTEXTS[name], may_be_empty=True) for name in indicators
    ]
    project = made_project(folder, [source], measures, ("A", "B"), protection=protection)
    return gate(project, collect(project), earlier=earlier)


def of(gated: Gated, indicator: str) -> tuple[object, ...]:
    frame = gated.observations.frame.filter((pl.col("area") == "A") & (pl.col("indicator") == indicator))
    return frame.select("numerator", "lower", "upper", "status").row(0)


@pytest.mark.parametrize(("abuse", "hate"), [(7, 7), (3, 4), (6, 2), (2, 7), (1, 12)])
def test_nothing_is_narrowed_by_an_earlier_total(abuse: int, hate: int, tmp_path: Path) -> None:
    """The total was published as it is; both parts are protected now, and must not come back by it."""
    counts = {"abuse": abuse, "hate": hate}
    first = built(tmp_path, counts, ["all"], protection=Protection("none", reason="a mistake"))
    assert of(first, "all")[0] == abuse + hate
    second = built(tmp_path, counts, ["abuse", "hate", "all"], {"2016": first.observations.frame})
    assert second.details["earlier_editions"] == {"2016": 2}
    figures = [Figure((0, 1), abuse + hate, abuse + hate)]
    for atom, name in enumerate(counts):
        numerator, lower, upper, _ = of(second, name)
        low, high = Rule().interval(numerator) if numerator is not None else (lower, upper)
        keep = 7 if 1 <= counts[name] <= 7 else 0
        figures.append(Figure((atom,), low, high, keep=keep))
    assert not exposures(System.of(figures))


def test_a_revised_figure_is_another_one(tmp_path: Path) -> None:
    first = built(tmp_path, {"abuse": 30, "hate": 0}, ["all"])
    second = built(
        tmp_path, {"abuse": 4, "hate": 3}, ["abuse", "hate", "all"], {"2016": first.observations.frame}
    )
    assert second.details["revised_since"] == 1
    assert any("revised since an earlier edition" in text for text in second.says)


def test_what_was_said_outright_can_t_be_taken_back(tmp_path: Path) -> None:
    """An edition under a weaker rule gave 5 to 7; the stricter one hides it, and goes on."""
    weaker = Protection("gss")
    first = built(tmp_path, {"abuse": 6, "hate": 20}, ["abuse"], protection=weaker)
    assert of(first, "abuse")[0] == 5
    second = built(tmp_path, {"abuse": 6, "hate": 20}, ["abuse", "hate"], {"2016": first.observations.frame})
    assert of(second, "abuse")[3] == "suppressed"


def test_a_build_is_refused_where_earlier_editions_say_too_much(tmp_path: Path) -> None:
    """A total and one part were exact; the other part is hidden now, and is their difference."""
    exact = Protection("none", reason="a mistake")
    first = built(tmp_path, {"abuse": 4, "hate": 20}, ["hate", "all"], protection=exact)
    with pytest.raises(CommonwealError) as told:
        built(
            tmp_path, {"abuse": 4, "hate": 20}, ["abuse", "hate", "all"], {"2016": first.observations.frame}
        )
    (fault,) = told.value.faults
    assert fault.code == "PROTECT-EXPOSED"
    assert "abuse in A, 2016" in fault.what
    assert "Leave out abuse" in fault.remedy


def test_editions_of_a_project_are_read(tmp_path: Path) -> None:
    first = built(tmp_path, {"abuse": 7, "hate": 7}, ["all"])
    folder = tmp_path / "editions" / "2016" / "project" / "data"
    folder.mkdir(parents=True)
    first.observations.frame.write_csv(folder / "observations.csv")
    assert published_before(tmp_path) == {}  # no edition.json: not an edition
    (tmp_path / "editions" / "2016" / "edition.json").write_text("{}")
    assert (
        published_before(tmp_path)["2016"]["numerator"].to_list()
        == first.observations.frame["numerator"].to_list()
    )


def of_months(
    folder: Path,
    counts: dict[str, int],
    periods: tuple[str, ...],
    earlier: dict[str, pl.DataFrame] | None = None,
) -> Gated:
    rows = [f"A,{month}" for month, n in counts.items() for _ in range(n)]
    rows += [f"B,2016-{m:02}" for m in range(1, 7) for _ in range(20)]
    (folder / "records.csv").write_text("ward,month\n" + "\n".join(rows) + "\n")
    source = Records(
        "made", (folder / "records.csv",), "records.csv", "person", Link("code", "ward"), date="month"
    )
    project = made_project(folder, [source], [Measure("n", "made", "count")], ("A", "B"), periods)
    return gate(project, collect(project), earlier=earlier)


def test_a_period_that_is_no_longer_published_is_remembered(tmp_path: Path) -> None:
    """A quarter was published as 20; its months of 7, 7 and 7 come later, and the quarter is left out."""
    counts = {"2016-01": 7, "2016-02": 7, "2016-03": 7, "2016-04": 30}
    first = of_months(tmp_path, counts, ("2016-Q1",))
    assert of_a(first, "2016-Q1")[0] == 20
    later = ("2016-01", "2016-02", "2016-03")
    unaware = of_months(tmp_path, counts, later)
    aware = of_months(tmp_path, counts, later, {"first": first.observations.frame})
    assert opened(unaware, later) != []
    assert opened(aware, later) == []


def of_a(gated: Gated, period: str) -> tuple[float | None, float, float]:
    frame = gated.observations.frame.filter((pl.col("area") == "A") & (pl.col("period") == period))
    found: tuple[float | None, float, float] = frame.select("numerator", "lower", "upper").row(0)
    return found


def opened(gated: Gated, months: tuple[str, ...]) -> list[object]:
    """What is narrowed by the months as published and the quarter of 18 to 22."""
    figures = [Figure((i,), *of_a(gated, month)[1:], keep=7) for i, month in enumerate(months)]
    return list(exposures(System.of([*figures, Figure((0, 1, 2), 18, 22)])))


def test_a_former_period_that_was_revised_is_left_aside(tmp_path: Path) -> None:
    first = of_months(tmp_path, {"2016-01": 40, "2016-02": 7, "2016-03": 7, "2016-04": 30}, ("2016-Q1",))
    counts = {"2016-01": 4, "2016-02": 3, "2016-03": 2, "2016-04": 30}
    later = of_months(
        tmp_path, counts, ("2016-01", "2016-02", "2016-03"), {"first": first.observations.frame}
    )
    assert [of_a(later, month)[1:] for month in ("2016-01", "2016-02")] == [(1, 7), (1, 7)]
