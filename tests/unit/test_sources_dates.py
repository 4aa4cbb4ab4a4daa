"""Dates as written, and the periods that records are counted in."""

from __future__ import annotations

import pytest

from commonweal.model.period import Period
from commonweal.model.project import Periods
from commonweal.sources.dates import (
    covered_months,
    earlier,
    inside,
    months,
    parts_of,
    pooled,
    read_dates,
    span,
    targets,
)


def periods(*labels: str, carry: float = 0) -> Periods:
    return Periods(tuple(Period.parse(label) for label in labels), carry)


def labels(found: tuple[Period, ...]) -> list[str]:
    return [period.label for period in found]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("2016-04", "2016-04"),
        ("2016-04-13", "2016-04"),
        ("13/04/2016", "2016-04"),
        ("1/4/2016", "2016-04"),
        ("2016", "2016"),
        ("2015/16", "2015/16"),
        ("2016-Q2", "2016-Q2"),
        ("2015/16 academic", "2015/16 academic"),
        ("12 months to 2016-06", "12 months to 2016-06"),
        ("2016-04-13T10:20:30Z", "2016-04"),
        ("2016-04-13 10:20:30.123456 +01:00", "2016-04"),
        ("2016-04-30T23:59:59-05:00", "2016-04"),
        ("13/04/2016 10:20", "2016-04"),
    ],
)
def test_dates_are_read_as_written(text: str, label: str) -> None:
    found = span(text)
    assert found is not None
    assert found.label == label


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2016-13",
        "2016-02-30",
        "31/02/2016",
        "04/13/2016",
        "2015/17",
        "16-04",
        "2016-04-13 noon",
        "2015/17 academic",
        "1 months to 2016-06",
        "12 months to 2016-13",
        "99 months to 0001-01",
    ],
)
def test_other_dates_are_not_guessed_at(text: str) -> None:
    assert span(text) is None


def test_the_commonest_kind_of_date_is_the_columns_kind() -> None:
    dated = read_dates({"2016-01": 3, "02/02/2016": 3, "2016": 5, "soon": 100})
    assert dated.kind == "month"
    assert set(dated.spans) == {"2016-01", "02/02/2016"}
    assert read_dates({"2016-01": 5, "2016": 5}).kind == "month"
    assert read_dates({"2016": 6, "2016-01": 5}).kind == "year"
    assert read_dates({"soon": 1}).spans == {}


def test_months_are_counted_in_the_published_periods() -> None:
    assert labels(targets(periods("2016", "2017"), [Period.parse("2016-04")])) == ["2016", "2017"]


def test_earlier_periods_are_counted_as_far_as_they_may_be_carried() -> None:
    found = targets(periods("2016/17", "2017/18", carry=2), [Period.parse("2016-04")])
    assert labels(found) == ["2014/15", "2015/16", "2016/17", "2017/18"]
    quarters = targets(periods("2016-Q1", carry=0.5), [Period.parse("2016-01")])
    assert labels(quarters) == ["2015-Q3", "2015-Q4", "2016-Q1"]
    assert labels(targets(periods("2016-01", carry=0.1), [Period.parse("2016-01")])) == ["2015-12", "2016-01"]


def test_a_source_of_another_kind_of_year_keeps_its_own_periods() -> None:
    years = [Period.parse(label) for label in ("2010/11", "2014/15", "2015/16", "2016/17")]
    assert labels(targets(periods("2016", carry=3), years)) == ["2014/15", "2015/16"]


def test_with_no_period_named_every_year_found_is_counted() -> None:
    found = targets(Periods(()), [Period.parse("2016-04"), Period.parse("2018-01")])
    assert labels(found) == ["2016", "2018"]
    assert labels(targets(Periods(()), [Period.parse("2015/16")])) == ["2015/16"]


def test_coverage_is_the_months_that_have_a_record() -> None:
    covered = covered_months([Period.parse("2016-Q1"), Period.parse("2016-05")])
    assert len(covered) == 4
    assert covered & months(Period.parse("2016-Q2")) == months(Period.parse("2016-05"))


def test_an_academic_year_runs_from_september_to_august() -> None:
    year = Period.parse("2015/16 academic")
    assert year.months[0] == (2015, 9)
    assert year.months[-1] == (2016, 8)
    assert year.kind == "academic year"
    assert Period.parse("2015/16") < year < Period.parse("2016")


def test_rolling_months_end_with_the_month_they_name() -> None:
    year = Period.parse("12 months to 2018-06")
    assert year.months[0] == (2017, 7)
    assert len(year.months) == 12
    assert inside(Period.parse("2018-Q2"), year)
    assert year.years_after(Period.parse("12 months to 2016-06")) == 2


def test_periods_before_are_of_the_same_kind() -> None:
    found = targets(periods("12 months to 2018-06", carry=1), [Period.parse("2016-04")])
    assert labels(found) == ["12 months to 2017-06", "12 months to 2018-06"]
    assert str(earlier(Period.parse("2015/16 academic"))) == "2014/15 academic"
    assert str(earlier(Period.parse("3 months to 2018-01"))) == "3 months to 2017-10"
    assert str(earlier(Period.parse("2018-Q1"), years=2)) == "2016-Q1"
    assert earlier(Period.parse("0001")) is None


def test_pooled_periods_are_one_stretch_and_know_their_parts() -> None:
    three = pooled(Period.parse("2018-Q1"), 3)
    assert three.label == "2017-Q3 to 2018-Q1 together"
    assert len(three.months) == 9
    assert labels(parts_of(Period.parse("2018-Q1"), 3)) == ["2017-Q3", "2017-Q4", "2018-Q1"]
