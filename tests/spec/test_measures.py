"""Each kind of measure, worked out by hand from a handful of records."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from made_project import NO_DENOMINATORS, made_project

from commonweal.errors import CommonwealError
from commonweal.model.area import Geography
from commonweal.model.lookup import Lookup
from commonweal.model.project import JOINT, STRATA, Project
from commonweal.model.source import Link, Measure, Records, Standard
from commonweal.sources import collect
from commonweal.sources.backends import duckdb, reference
from commonweal.sources.filter import Empty, both, parse_filter
from commonweal.sources.plan import plan_all
from commonweal.sources.query import Backend, Distinct, Number

VISITS = """ward,when,who,wait,cost,hours
A,2017-03,p1,1.00,10,1
A,2018-01,p1,2.00,10,1
A,2018-02,p1,4.00,20,3
A,2018-03,p2,9.00,30,2
A,2018-11,p3,,40,2
A,2018-12,p3,5 days,,1
B,2018-05,p1,3.25,8,2
B,2018-06,p2,3.251,8,
,2018-06,p9,7,7,7
"""


@pytest.fixture(params=["duckdb", "reference"])
def engine(request: pytest.FixtureRequest) -> Backend:
    return duckdb.total if request.param == "duckdb" else reference.total


def visits(root: Path, text: str = VISITS, **more: object) -> Records:
    path = root / "visits.csv"
    path.write_text(text, encoding="utf-8")
    given: dict[str, object] = {"date": "when", "covers": ("2016", "2017", "2018"), **more}
    return Records("visits", (path,), path.name, "thing", Link("code", "ward"), **given)  # type: ignore[arg-type]


def measured(
    root: Path,
    engine: Backend,
    *measures: Measure,
    text: str = VISITS,
    periods: Sequence[str] = ("2018",),
    carry: float = 0,
    denominators: pl.DataFrame = NO_DENOMINATORS,
) -> pl.DataFrame:
    project = made_project(
        root, [visits(root, text)], measures, periods=periods, carry=carry, denominators=denominators
    )
    return collect(project, backend=engine).counted.frame


def figures(frame: pl.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    return frame.select(columns or ("area", "value", "denominator")).rows()


def test_a_mean_is_of_the_cells_that_are_numbers(tmp_path: Path, engine: Backend) -> None:
    """A: 2, 4, 9. Their mean is 5, s = sqrt(13), t(0.975, 2) = 4.3027."""
    frame = measured(tmp_path, engine, Measure("wait", "visits", "mean", value="wait"))
    assert figures(frame) == [("A", pytest.approx(5), 3), ("B", pytest.approx(3.25), 2)]
    half = 4.302652729911275 * np.sqrt(13 / 3)
    assert figures(frame, "lower", "upper")[0] == (pytest.approx(5 - half), pytest.approx(5 + half))
    assert figures(frame, "numerator", "kind", "status")[0] == (None, "mean", "observed")


def test_a_sum_and_its_limits(tmp_path: Path, engine: Backend) -> None:
    """A: 10 + 20 + 30 + 40 = 100, squares 3000: a count of 3.33 of 30 each."""
    stats = pytest.importorskip("scipy.stats")
    frame = measured(tmp_path, engine, Measure("cost", "visits", "sum", value="cost", decimals=0))
    assert figures(frame) == [("A", 100.0, 4), ("B", 16.0, 2)]
    k = 100**2 / 3000
    ends = 30 * stats.gamma.ppf(0.025, k), 30 * stats.gamma.ppf(0.975, k + 1)
    assert figures(frame, "lower", "upper")[0] == (pytest.approx(ends[0]), pytest.approx(ends[1]))


def test_a_median_and_another_quantile(tmp_path: Path, engine: Backend) -> None:
    measures = [
        Measure("middle", "visits", "median", value="cost"),
        Measure("most", "visits", "median", value="cost", quantile=0.9),
    ]
    frame = measured(tmp_path, engine, *measures)
    assert figures(frame, "indicator", "area", "value", "lower") == [
        ("middle", "A", 25.0, None),
        ("middle", "B", 8.0, None),
        ("most", "A", 40.0, None),
        ("most", "B", 8.0, None),
    ]


def test_a_ratio_of_columns_is_over_the_records_that_have_both(tmp_path: Path, engine: Backend) -> None:
    """A: (10 + 20 + 30 + 40) / (1 + 3 + 2 + 2); B: 8 / 2, its other record has no hours."""
    frame = measured(
        tmp_path, engine, Measure("hourly", "visits", "ratio", value="cost", over="hours", per=10)
    )
    assert figures(frame) == [("A", 125.0, 4), ("B", 40.0, 1)]
    low, high = figures(frame, "lower", "upper")[0]
    assert 66 < low < 125 < high <= 200  # type: ignore[operator]
    assert figures(frame, "lower")[1] == (None,)


def test_a_ratio_of_two_measures_and_a_helper_that_no_one_sees(tmp_path: Path, engine: Backend) -> None:
    frame = measured(
        tmp_path,
        engine,
        Measure("dear", "visits", "count", where="cost >= 20", helper=True),
        Measure("cheap", "visits", "count", where="cost < 20", helper=True),
        Measure("dear_to_cheap", "visits", "ratio", of="dear", to="cheap"),
    )
    assert figures(frame, "indicator", "area", "value", "numerator", "denominator", "kind") == [
        ("dear_to_cheap", "A", 3.0, 3.0, 1.0, "count_ratio"),
        ("dear_to_cheap", "B", 0.0, 0.0, 2.0, "count_ratio"),
    ]


def test_the_same_person_twice_in_a_year_counts_once(tmp_path: Path, engine: Backend) -> None:
    measure = Measure("people", "visits", "distinct", value="who")
    years = measured(tmp_path, engine, measure, periods=("2017", "2018"))
    assert figures(years, "period", "area", "value") == [
        ("2017", "A", 1.0), ("2017", "B", 0.0), ("2018", "A", 3.0), ("2018", "B", 2.0),
    ]  # fmt: skip
    quarters = measured(tmp_path, engine, measure, periods=("2018-Q1",))
    assert figures(quarters, "period", "area", "value") == [
        ("2018-Q1", "A", 2.0), ("2018-Q1", "B", 0.0),
    ]  # fmt: skip


def test_distinct_people_per_thousand(tmp_path: Path, engine: Backend) -> None:
    people = pl.DataFrame({"name": "people", "area": ["A"], "period": ["2018"], "value": [600.0]})
    measure = Measure("people", "visits", "distinct", value="who", per=1000, denominator="people")
    frame = measured(tmp_path, engine, measure, denominators=people)
    assert figures(frame, "area", "value", "status") == [("A", 5.0, "observed"), ("B", None, "missing")]


def test_pooled_periods_add_up_and_a_person_counts_once_in_all_of_them(
    tmp_path: Path, engine: Backend
) -> None:
    """A had one visit in 2017 and five in 2018; denominators are added up too."""
    people = pl.DataFrame(
        {
            "name": "people",
            "area": ["A", "B", "A"],
            "period": ["2016", "2016", "2018"],
            "value": [10.0, 20, 30],
        }
    )
    frame = measured(
        tmp_path,
        engine,
        Measure("rate", "visits", "rate", per=100, denominator="people", pool=2),
        Measure("who", "visits", "distinct", value="who", pool=2),
        denominators=people,
    )
    assert figures(frame, "indicator", "area", "period", "observed", "value", "denominator") == [
        ("rate", "A", "2018", "2017 to 2018 together", 15.0, 40.0),
        ("rate", "B", "2018", "2017 to 2018 together", 5.0, 40.0),
        ("who", "A", "2018", "2017 to 2018 together", 3.0, None),
        ("who", "B", "2018", "2017 to 2018 together", 2.0, None),
    ]


def test_a_record_counts_in_every_period_that_holds_its_month(tmp_path: Path, engine: Backend) -> None:
    periods = ("2018", "2017/18", "2017/18 academic", "2018-Q1", "2018-03", "12 months to 2018-05")
    frame = measured(tmp_path, engine, Measure("n", "visits", "count"), periods=periods)
    assert dict(figures(frame.filter(area="A"), "period", "value")) == {  # type: ignore[arg-type]
        "2018": 5, "2017/18": 3, "2017/18 academic": 3, "2018-Q1": 3, "2018-03": 1,
        "12 months to 2018-05": 3,
    }  # fmt: skip


# ---- standardised ----

DEATHS = "ward,when,age,sex\n" + "".join(
    f"{ward},2018-01,{age},{sex}\n"
    for ward, age, sex, count in (
        ("A", 3, "F", 2), ("A", 70, "F", 9), ("A", 70, "M", 4), ("B", 3, "F", 1), ("B", 70, "F", 2),
        ("B", 70, "M", 2), ("B", "old", "M", 1),
    )
    for _ in range(count)
)  # fmt: skip
PEOPLE = {
    ("A", "0-39", "F"): 100.0, ("A", "40+", "F"): 100.0, ("A", "0-39", "M"): 100.0, ("A", "40+", "M"): 50.0,
    ("B", "0-39", "F"): 50.0, ("B", "40+", "F"): 10.0, ("B", "0-39", "M"): 50.0, ("B", "40+", "M"): 10.0,
}  # fmt: skip
BY = (("age_band", "age"), ("sex", "sex"))


def by_group(root: Path, measure: Measure) -> Project:
    """Deaths in two wards, and their people of two bands of age and two sexes."""
    from dataclasses import replace

    rows = [
        {"name": "people", "area": a, "period": "2018", "group": f"{b}{JOINT}{s}", "value": v}
        for (a, b, s), v in PEOPLE.items()
    ]
    strata = pl.DataFrame(rows, schema=STRATA)
    whole = strata.group_by("name", "area", "period").agg(pl.col("value").sum())
    project = made_project(
        root,
        [visits(root, DEATHS)],
        [measure],
        periods=["2018"],
        denominators=whole.select(NO_DENOMINATORS.columns),
    )
    return replace(project, strata=strata, groups={"people": ("age_band", "sex")})


def test_a_standardised_ratio_compares_with_all_areas_together(tmp_path: Path, engine: Backend) -> None:
    """Of both wards: young women 3/150, old women 11/110, old men 6/60; a death of no band is left out."""
    measure = Measure("smr", "visits", "standardised_ratio", per=100, denominator="people", by=BY)
    collected = collect(by_group(tmp_path, measure), backend=engine)
    due = {"A": 100 * 3 / 150 + 100 * 11 / 110 + 50 * 6 / 60, "B": 50 * 3 / 150 + 10 * 11 / 110 + 10 * 6 / 60}
    assert figures(collected.counted.frame, "area", "numerator", "denominator", "value") == [
        ("A", 15.0, pytest.approx(due["A"]), pytest.approx(100 * 15 / due["A"])),
        ("B", 5.0, pytest.approx(due["B"]), pytest.approx(100 * 5 / due["B"])),
    ]
    assert "smr: 1 record left out, since they are of no group of people." in collected.notes


def test_a_standardised_rate_by_a_table_of_ones_own(tmp_path: Path, engine: Backend) -> None:
    """Sexes are added up within bands: A has 2 of 200 young and 13 of 150 old, B too few for a rate."""
    standard = Standard(("age_band",), {("0-39",): 3.0, ("40+",): 1.0})
    measure = Measure(
        "dsr", "visits", "standardised_rate", per=1000, denominator="people", by=BY, standard=standard
    )
    frame = collect(by_group(tmp_path, measure), backend=engine).counted.frame
    rate = 1000 * (3 * 2 / 200 + 13 / 150) / 4
    assert figures(frame, "area", "value", "numerator", "denominator", "status") == [
        ("A", pytest.approx(rate), 15.0, 350.0, "observed"),
        ("B", None, 5.0, 120.0, "missing"),
    ]


# ---- what reading tells ----


def test_what_is_no_number_and_what_has_more_decimals_is_told(tmp_path: Path) -> None:
    project = made_project(tmp_path, [visits(tmp_path)], [Measure("wait", "visits", "median", value="wait")],
                           periods=["2018"])  # fmt: skip
    assert collect(project).notes == (
        "wait: 1 record left out, since wait is empty.",
        "wait: 1 record left out, since wait is not a number.",
        "wait: wait is read to 2 decimals, so figures are exact to 0.005.",
    )


def test_readers_are_told_of_pooling_and_shrinkage(tmp_path: Path) -> None:
    measure = Measure("m", "visits", "percentage", where="hours = 1", pool=2, shrink="borough")
    found = collect(made_project(tmp_path, [visits(tmp_path)], [measure], periods=["2018"])).notes
    assert found == (
        "m, 2018: 2017 to 2018 together.",
        "m, 2018: figures of small areas are drawn towards those of all areas together: estimated.",
    )


def test_what_each_figure_counts_is_left_for_the_gate(tmp_path: Path) -> None:
    """A mean and a count of the same records do not count the same where some have no number."""
    measures = [
        Measure("mean", "visits", "mean", value="wait", where="hours = 1"),
        Measure("whole", "visits", "mean", value="cost", where="hours = 3"),
        Measure("n", "visits", "count", where="hours = 1"),
        Measure("people", "visits", "distinct", value="who"),
        Measure("two", "visits", "count", pool=2),
    ]
    found = collect(made_project(tmp_path, [visits(tmp_path)], measures, periods=["2018"])).figures
    assert set(found) == {(m.indicator, "2018") for m in measures}
    hours = parse_filter("hours = 1")
    assert found["n", "2018"].numerator == hours
    assert found["mean", "2018"].base == both(hours, Empty("numbers of wait to 2 decimals"))
    assert found["whole", "2018"].base == parse_filter("hours = 3")
    assert found["people", "2018"].people == "who"
    assert len(found["n", "2018"].months) == 12
    assert len(found["two", "2018"].months) == 24


def test_a_column_of_other_things_than_numbers_is_a_fault(tmp_path: Path) -> None:
    project = made_project(tmp_path, [visits(tmp_path)], [Measure("who", "visits", "mean", value="who")],
                           periods=["2018"])  # fmt: skip
    with pytest.raises(CommonwealError) as caught:
        collect(project)
    assert [(f.code, f.what) for f in caught.value.faults] == [
        ("MEASURE-VALUE", "0 of 9 filled cells of 'who' hold a number")
    ]


def test_measures_of_a_source_share_their_questions(tmp_path: Path) -> None:
    """One question for all that is counted or summed, one for a histogram, one for people of two measures."""
    measures = [
        Measure("n", "visits", "count"),
        Measure("some", "visits", "count", where="hours = 1"),
        Measure("mean", "visits", "mean", value="cost"),
        Measure("sum", "visits", "sum", value="cost"),
        Measure("middle", "visits", "median", value="cost"),
        Measure("most", "visits", "median", value="cost", quantile=0.9),
        Measure("few", "visits", "median", value="cost", where="hours = 1"),
        Measure("people", "visits", "distinct", value="who"),
        Measure("of_all", "visits", "distinct", value="who", pool=2),
    ]
    (plan,) = plan_all(made_project(tmp_path, [visits(tmp_path)], measures, periods=["2018"]))
    assert [(ask.by, ask.bins) for ask in plan.query.asks] == [  # type: ignore[union-attr]
        ((), None),
        ((), Number("cost", 2)),
    ]
    people = plan.people({"2018-01": (0,)})
    assert people is not None
    assert people.asks == (Distinct("who", {"2018-01": (0,)}),)


def test_a_column_that_is_not_there_is_told_where_the_measure_names_it(tmp_path: Path) -> None:
    measure = Measure("m", "visits", "ratio", value="costs", over="hours", line=12)
    with pytest.raises(CommonwealError) as caught:
        collect(made_project(tmp_path, [visits(tmp_path)], [measure], periods=["2018"]))
    (fault,) = caught.value.faults
    assert (fault.code, fault.line, fault.path) == ("RECORDS-COLUMN", 12, ("measures", "m", "value"))
    assert "'costs'" in fault.what


def test_records_that_name_no_group_are_a_fault(tmp_path: Path) -> None:
    measure = Measure("smr", "visits", "standardised_ratio", denominator="people",
                      by=(("age_band", "sex"), ("sex", "sex")))  # fmt: skip
    with pytest.raises(CommonwealError) as caught:
        collect(by_group(tmp_path, measure))
    assert [(f.code, f.what) for f in caught.value.faults] == [
        ("MEASURE-GROUPS", "0 of 21 records of 'smr' have a group by sex and sex")
    ]


@pytest.mark.parametrize(
    ("measure", "what"),
    [
        (Measure("m", "visits", "standardised_rate", denominator="people", by=(("ages", "age"),)),
         "'people' is not parted by ages"),
        (Measure("m", "visits", "standardised_rate", denominator="people", by=BY),
         "the standard population has no group that holds 0-39, 0-39, 40+"),
        (Measure("m", "visits", "standardised_rate", denominator="people", by=(("sex", "sex"),)),
         "no column of 'm' holds bands of age, such as 0-4 and 90+"),
        (Measure("m", "visits", "life_expectancy", denominator="people", by=BY),
         "the groups of 'people' make no life table"),
        (Measure("m", "visits", "standardised_rate", denominator="people", by=BY,
                 standard=Standard(("sex",), {("F",): 1, ("M",): 1, ("X",): 1})),
         "the standard population's group X has no people in the denominators"),
    ],
)  # fmt: skip
def test_groups_that_do_not_fit_are_told_before_a_record_is_read(
    tmp_path: Path, measure: Measure, what: str
) -> None:
    with pytest.raises(CommonwealError) as caught:
        collect(by_group(tmp_path, measure))
    assert [(f.code, f.what) for f in caught.value.faults] == [("MEASURE-GROUPS", what)]


# ---- on areas that are not those of the records ----


def test_figures_on_other_areas_are_dealt_out_by_shares(tmp_path: Path, engine: Backend) -> None:
    """Half of old ward O is in A, half in B: of 4 visits of 10, 10, 30 and 30 each area gets 2, and 40."""
    shares = pl.DataFrame({"from": ["O", "O"], "to": ["A", "B"], "share": [0.5, 0.5]})
    lookup = Lookup.of(Geography("ward", "2011"), Geography("ward", "2014"), shares)
    text = "ward,when,who,cost\n" + "".join(f"O,2018-01,p{i},{c}\n" for i, c in enumerate((10, 10, 30, 30)))
    source = visits(tmp_path, text, lookup=lookup)
    measures = [
        Measure("mean", "visits", "mean", value="cost"),
        Measure("middle", "visits", "median", value="cost"),
        Measure("n", "visits", "count"),
    ]
    found = collect(
        made_project(tmp_path, [source], measures, periods=["2018"]), backend=engine
    ).counted.frame
    assert figures(found, "indicator", "area", "value", "denominator") == [
        ("mean", "A", 20.0, 2.0), ("mean", "B", 20.0, 2.0),
        ("middle", "A", 20.0, 2.0), ("middle", "B", 20.0, 2.0),
        ("n", "A", 2.0, None), ("n", "B", 2.0, None),
    ]  # fmt: skip


def test_people_can_not_be_dealt_out(tmp_path: Path) -> None:
    shares = pl.DataFrame({"from": ["O", "O"], "to": ["A", "B"], "share": [0.5, 0.5]})
    lookup = Lookup.of(Geography("ward", "2011"), Geography("ward", "2014"), shares)
    source = visits(tmp_path, lookup=lookup)
    with pytest.raises(CommonwealError) as caught:
        collect(made_project(tmp_path, [source], [Measure("who", "visits", "distinct", value="who")]))
    assert [f.code for f in caught.value.faults] == ["MEASURE-KEY"]


def test_people_of_a_source_without_dates_or_with_none_that_can_be_read(
    tmp_path: Path, engine: Backend
) -> None:
    measure = Measure("people", "visits", "distinct", value="who")
    whole = visits(tmp_path, date="", period="2018", covers=())
    found = collect(made_project(tmp_path, [whole], [measure], periods=["2018"]), backend=engine)
    assert figures(found.counted.frame, "area", "value") == [("A", 3.0), ("B", 2.0)]
    soon = visits(tmp_path, "ward,when,who\nA,soon,p1\n")
    with pytest.raises(CommonwealError) as caught:
        collect(made_project(tmp_path, [soon], [measure], periods=["2018"]), backend=engine)
    assert [fault.code for fault in caught.value.faults] == ["RECORDS-UNDATED"]
