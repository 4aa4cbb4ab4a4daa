"""Earlier editions: what they said of a figure is known, and narrows no hidden one."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from made_project import made_project

import commonweal
from commonweal.errors import CommonwealError
from commonweal.model.area import Geography
from commonweal.model.lookup import Lookup
from commonweal.model.published import PublishedBefore
from commonweal.model.source import Link, Measure, Protection, Records
from commonweal.project.editions import published_before
from commonweal.sources import Gated, collect, gate
from commonweal.sources.filter import EVERY
from commonweal.sources.protect.counting import record_sources
from commonweal.sources.protect.definitions import counted_then
from commonweal.sources.protect.disclosure.intruder import exposures
from commonweal.sources.protect.disclosure.system import Figure, System
from commonweal.sources.protect.rule import Rule

CONTEXTS = {
    "abuse": "context = 'abuse'",
    "hate": "context = 'hate'",
    "all": "context in ('abuse', 'hate')",
    "hatred": "context = 'hate'",
}


def built(
    folder: Path,
    counts: dict[str, int],
    indicators: list[str],
    earlier: dict[str, PublishedBefore] | None = None,
    protection: Protection | None = None,
    where: dict[str, str] = CONTEXTS,
) -> Gated:
    rows = [f"A,2016,{context}" for context, n in counts.items() for _ in range(n)]
    path = folder / "records.csv"
    path.write_text("ward,year,context\n" + "\n".join([*rows, *["B,2016,-"] * 40]) + "\n")
    source = Records("made", (path,), "records.csv", "person", Link("code", "ward"), date="year")
    measures = [Measure(name, "made", "count", where=where[name], may_be_empty=True) for name in indicators]
    project = made_project(folder, [source], measures, ("A", "B"), protection=protection)
    return gate(project, collect(project), earlier=earlier)


def published(gated: Gated, place: str = "Nowhere", vintage: str = "2014") -> PublishedBefore:
    """What is known of an edition later on."""
    return PublishedBefore(gated.observations.frame, gated.definitions, Geography("ward", vintage), place)


def of(gated: Gated, indicator: str) -> tuple[object, ...]:
    frame = gated.observations.frame.filter((pl.col("area") == "A") & (pl.col("indicator") == indicator))
    return frame.select("numerator", "lower", "upper", "status").row(0)


@pytest.mark.parametrize(("abuse", "hate"), [(7, 7), (3, 4), (6, 2), (2, 7), (1, 12)])
def test_nothing_is_narrowed_by_an_earlier_total(abuse: int, hate: int, tmp_path: Path) -> None:
    """The total was published as it is; both parts are protected now, and must not come back by it."""
    counts = {"abuse": abuse, "hate": hate}
    first = built(tmp_path, counts, ["all"], protection=Protection("none", reason="a mistake"))
    assert of(first, "all")[0] == abuse + hate
    second = built(tmp_path, counts, ["abuse", "hate", "all"], {"2016": published(first)})
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
    second = built(tmp_path, {"abuse": 4, "hate": 3}, ["abuse", "hate", "all"], {"2016": published(first)})
    assert second.details["revised_since"] == 1
    assert any("revised since an earlier edition" in text for text in second.says)


def test_what_was_said_outright_can_t_be_taken_back(tmp_path: Path) -> None:
    """An edition under a weaker rule gave 5 to 7; the stricter one hides it, and goes on."""
    weaker = Protection("gss")
    first = built(tmp_path, {"abuse": 6, "hate": 20}, ["abuse"], protection=weaker)
    assert of(first, "abuse")[0] == 5
    second = built(tmp_path, {"abuse": 6, "hate": 20}, ["abuse", "hate"], {"2016": published(first)})
    assert of(second, "abuse")[3] == "suppressed"


def test_a_build_is_refused_where_earlier_editions_say_too_much(tmp_path: Path) -> None:
    """A total and one part were exact; the other part is hidden now, and is their difference."""
    exact = Protection("none", reason="a mistake")
    first = built(tmp_path, {"abuse": 4, "hate": 20}, ["hate", "all"], protection=exact)
    with pytest.raises(CommonwealError) as told:
        built(tmp_path, {"abuse": 4, "hate": 20}, ["abuse", "hate", "all"], {"2016": published(first)})
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
        published_before(tmp_path)["2016"].observations["numerator"].to_list()
        == first.observations.frame["numerator"].to_list()
    )


def of_months(
    folder: Path,
    counts: dict[str, int],
    periods: tuple[str, ...],
    earlier: dict[str, PublishedBefore] | None = None,
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
    aware = of_months(tmp_path, counts, later, {"first": published(first)})
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
    later = of_months(tmp_path, counts, ("2016-01", "2016-02", "2016-03"), {"first": published(first)})
    assert [of_a(later, month)[1:] for month in ("2016-01", "2016-02")] == [(1, 7), (1, 7)]


def parts_opened(gated: Gated, counts: dict[str, int], low: float, high: float) -> list[object]:
    """What is narrowed of abuse and hate by what was once said of both together."""
    figures = [Figure((0, 1), low, high)]
    for atom, name in enumerate(counts):
        numerator, lower, upper, _ = of(gated, name)
        ends = Rule().interval(numerator) if numerator is not None else (lower, upper)  # type: ignore[arg-type]
        figures.append(Figure((atom,), *ends, keep=7 if counts[name] <= 7 else 0))  # type: ignore[arg-type]
    return list(exposures(System.of(figures)))


def test_an_indicator_that_was_dropped_is_remembered(tmp_path: Path) -> None:
    """All were published as 15, so two parts of 7 are 6 or 7 each; all is an indicator no more."""
    counts = {"abuse": 7, "hate": 7}
    first = built(tmp_path, counts, ["all"])
    assert of(first, "all")[0] == 15
    unaware = built(tmp_path, counts, ["abuse", "hate"])
    aware = built(tmp_path, counts, ["abuse", "hate"], {"2016": published(first)})
    assert parts_opened(unaware, counts, 13, 17) != []
    assert parts_opened(aware, counts, 13, 17) == []
    assert aware.details["earlier_editions"]["2016"] > 0


def test_an_edition_that_does_not_tell_what_it_counted_says_nothing_of_a_dropped_one(tmp_path: Path) -> None:
    counts = {"abuse": 7, "hate": 7}
    silent = PublishedBefore(built(tmp_path, counts, ["all"]).observations.frame)
    second = built(tmp_path, counts, ["abuse", "hate"], {"2016": silent})
    assert second.details["earlier_editions"] == {"2016": 0}


def test_an_indicator_that_was_redefined_is_another_one(tmp_path: Path) -> None:
    """What is called abuse now was hate and abuse then: no revision, but the total of both."""
    counts = {"abuse": 7, "hate": 7}
    first = built(tmp_path, counts, ["abuse"], where={"abuse": CONTEXTS["all"]})
    second = built(tmp_path, counts, ["abuse", "hate"], {"2016": published(first)})
    assert second.details["revised_since"] == 0
    assert parts_opened(second, counts, 13, 17) == []


def test_what_was_said_outright_of_an_indicator_under_another_name_can_t_be_taken_back(
    tmp_path: Path,
) -> None:
    weaker = Protection("gss")
    first = built(tmp_path, {"abuse": 20, "hate": 6}, ["hatred"], protection=weaker)
    assert of(first, "hatred")[0] == 5
    second = built(tmp_path, {"abuse": 20, "hate": 6}, ["abuse", "hate"], {"2016": published(first)})
    assert of(second, "hate")[3] == "suppressed"


def of_wards(
    folder: Path,
    counts: dict[str, int],
    vintage: str,
    earlier: dict[str, PublishedBefore] | None = None,
    lookups: tuple[Lookup, ...] = (),
) -> Gated:
    path = folder / "records.csv"
    path.write_text("ward\n" + "".join(f"{ward}\n" * n for ward, n in counts.items()))
    source = Records("made", (path,), "records.csv", "person", Link("code", "ward"), period="2016")
    project = made_project(folder, [source], [Measure("n", "made", "count")], sorted(counts))
    areas = replace(project.areas, vintage=vintage)
    project = replace(project, areas=areas, lookups=lookups)
    return gate(project, collect(project), earlier=earlier)


def wards_opened(gated: Gated, wards: dict[str, int], low: float, high: float) -> list[object]:
    """What is narrowed of some wards of 7 by what was once said of all of them."""
    figures = [Figure(tuple(range(len(wards))), low, high)]
    for atom, ward in enumerate(wards):
        row = gated.observations.frame.row(by_predicate=pl.col("area") == ward, named=True)
        ends = row["lower"], row["upper"]
        figures.append(Figure((atom,), *(Rule().interval(row["numerator"]) if row["numerator"] else ends), 7))
    return list(exposures(System.of(figures)))


def test_wards_that_were_drawn_anew_are_what_the_old_ones_were_together(tmp_path: Path) -> None:
    """A ward of 14 became two of 7: as 15 was published, both are 6 or 7. The third kept its code."""
    first = of_wards(tmp_path, {"OLD": 14, "SAME": 40}, "2014")
    now = {"NEW1": 7, "NEW2": 7, "SAME": 40}
    new = {"NEW1": 7, "NEW2": 7}
    assert wards_opened(of_wards(tmp_path, now, "2022"), new, 13, 17) != []
    aware = of_wards(tmp_path, now, "2022", {"first": published(first)})
    assert wards_opened(aware, new, 13, 17) == []
    elsewhere = of_wards(tmp_path, now, "2022", {"first": published(first, place="Another town")})
    assert wards_opened(elsewhere, new, 13, 17) != []


def test_a_lookup_says_which_wards_hang_together(tmp_path: Path) -> None:
    first = of_wards(tmp_path, {"OLD": 14, "FAR": 90}, "2014")
    now = {"NEW1": 7, "NEW2": 7, "FAR1": 50, "FAR2": 40}
    shares = pl.DataFrame(
        {
            "from": ["OLD", "OLD", "FAR", "FAR"],
            "to": ["NEW1", "NEW2", "FAR1", "FAR2"],
            "share": [0.5, 0.5, 0.6, 0.4],
        }
    )
    lookup = Lookup.of(Geography("ward", "2014"), Geography("ward", "2022"), shares)
    new = {"NEW1": 7, "NEW2": 7}
    by_all = of_wards(tmp_path, now, "2022", {"first": published(first)})
    assert wards_opened(by_all, new, 13, 17) != []  # of all four, 102 to 107 says nothing of the two
    aware = of_wards(tmp_path, now, "2022", {"first": published(first)}, (lookup,))
    assert wards_opened(aware, new, 13, 17) == []
    best = Lookup.of(
        Geography("ward", "2014"),
        Geography("ward", "2022"),
        pl.DataFrame({"from": ["OLD", "FAR"], "to": ["NEW1", "FAR1"], "share": [1.0, 1.0]}),
        fit="best fit",
    )
    guessed = of_wards(tmp_path, now, "2022", {"first": published(first)}, (best,))
    assert wards_opened(guessed, new, 13, 17) != []  # where the rest of a ward lies is not said


def test_what_wards_were_together_is_left_aside_where_it_was_revised(tmp_path: Path) -> None:
    first = of_wards(tmp_path, {"OLD": 60, "SAME": 40}, "2014")
    now = {"NEW1": 7, "NEW2": 6, "SAME": 40}
    second = of_wards(tmp_path, now, "2022", {"first": published(first)})
    row = second.observations.frame.row(by_predicate=pl.col("area") == "NEW1", named=True)
    assert (row["lower"], row["upper"]) == (1, 7)


def write_town(root: Path, indicators: list[str]) -> None:
    """A project folder about 7 cases of abuse and 7 of hate."""
    measures = "".join(f'  {n}: {{records: made, kind: count, where: "{CONTEXTS[n]}"}}\n' for n in indicators)
    (root / "commonweal.yaml").write_text(
        "project: {title: Made, place: Town, framework: framework.csv}\n"
        "periods: {publish: ['2016']}\nareas: {type: ward, table: areas.csv}\n"
        "records: {made: {path: r.csv, subject: person, date: year, link: {by: code, column: ward}}}\n"
        f"measures:\n{measures}recipe: {{treat: none, impute: none, normalise: rank, weigh: equal}}\n"
    )
    nodes = "".join(f"{name},{name},index,indicator,1\n" for name in indicators)
    (root / "framework.csv").write_text(f"id,name,parent,level,direction\nindex,Index,,index,\n{nodes}")
    (root / "areas.csv").write_text("code,name\nA,Ward A\nB,Ward B\n")
    rows = ["A,2016,abuse", "A,2016,hate"] * 7 + ["B,2016,hate", "B,2016,abuse"] * 40
    (root / "r.csv").write_text("ward,year,context\n" + "\n".join(rows) + "\n")


def test_an_edition_says_what_its_figures_count(tmp_path: Path) -> None:
    """Built, kept, and read again: an indicator is left out later on, and is remembered."""
    write_town(tmp_path, ["all"])
    commonweal.build(tmp_path)
    (tmp_path / "editions").mkdir()
    shutil.move(tmp_path / "build", tmp_path / "editions" / "first")
    known = published_before(tmp_path)
    assert known["first"].place == "Town"
    assert known["first"].definitions.rows() == [
        ("all", "2016", "made", "`context` in ('abuse', 'hate')", None, None, "2016-01 to 2016-12"),
    ]
    write_town(tmp_path, ["abuse", "hate"])
    project = commonweal.load_project(tmp_path)
    gated = gate(project, collect(project), earlier=known)
    assert parts_opened(gated, {"abuse": 7, "hate": 7}, 13, 17) == []
    assert gated.definitions["indicator"].to_list() == ["abuse", "hate"]


def test_a_part_that_comes_later_is_refused_where_the_rest_is_out_already(tmp_path: Path) -> None:
    """All of 13 to 17 and hate of 1 to 7 were published: abuse is 6 or more, whatever is hidden now."""
    counts = {"abuse": 7, "hate": 7}
    first = built(tmp_path, counts, ["all", "hate"])
    with pytest.raises(CommonwealError) as told:
        built(tmp_path, counts, ["abuse"], {"2016": published(first)})
    assert [fault.code for fault in told.value.faults] == ["PROTECT-EXPOSED"]


@pytest.mark.parametrize("kind", ["distinct", "percentage", "mean", "rate"])
def test_what_is_written_down_of_a_figure_is_read_as_the_same(kind: str, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("ward,month,sex,cost\n" + "A,2016-01,F,2\nB,2016-02,it's,3\n" * 20)
    link, path = Link("code", "ward"), tmp_path / "r.csv"
    source = Records("made", (path,), "r.csv", "person", link, date="month", covers=("2016-01", "2016-03"))
    keys = {"distinct": {"value": "sex"}, "mean": {"value": "cost"}, "rate": {"denominator": "people"}}
    measure = Measure(
        "n", "made", kind, annualise=True, where="sex = 'it''s' or cost >= 2.5",  # type: ignore[arg-type]
        among="not sex like 'F%'" if kind == "percentage" else "", **keys.get(kind, {}),  # type: ignore[arg-type]
    )  # fmt: skip
    people = pl.DataFrame(
        {"name": ["people"] * 2, "area": ["A", "B"], "period": ["2016"] * 2, "value": [900.0, 800.0]}
    )
    project = made_project(tmp_path, [source], [measure], denominators=people)
    collected = collect(project)
    gated = gate(project, collected)
    (now,) = record_sources(project, collected, collected.counted.frame.with_row_index("row#"))
    assert now.counts.keys() == {("n", "2016")}
    elsewhere = replace(now, counts={("m", "2016"): replace(now.counts["n", "2016"], numerator=EVERY)})
    for source_then in (now, elsewhere):
        then = counted_then(published(gated), source_then)
        assert then == now.counts
    assert sorted(month % 12 for month in then["n", "2016"].months) == [0, 2]
