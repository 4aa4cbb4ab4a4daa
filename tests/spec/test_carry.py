"""Which observation enters which period."""

from __future__ import annotations

from drawn import column, scored, tree

JOBS = tree("index\n  + jobs")
NONE = {"normalise": "none"}
SERIES = """
    area | period | jobs
    a    | 2016   | 1
    b    | 2016   | 2
    b    | 2018   | 6
    a    | 2019   | 5
"""


def test_nothing_is_carried_unless_asked() -> None:
    scoring = scored(JOBS, SERIES, NONE, publish=("2018", "2019"))

    assert column(scoring, "jobs", "2018") == [None, 6]
    assert column(scoring, "jobs", "2019") == [5, None]


def test_the_latest_observation_that_is_not_too_old_enters() -> None:
    scoring = scored(JOBS, SERIES, NONE, publish=("2018", "2019"), carry=2)

    assert column(scoring, "jobs", "2018") == [1, 6]
    assert column(scoring, "jobs", "2019") == [5, 6]
    statuses = scoring.frame.filter(node="jobs").select("period", "area", "status").rows()
    assert statuses == [
        ("2018", "a", "carried"),
        ("2018", "b", "observed"),
        ("2019", "a", "observed"),
        ("2019", "b", "carried"),
    ]
    assert scoring.entered_periods[scoring.entered_from[0, 0, 0]] == "2016"


def test_too_old_is_missing() -> None:
    scoring = scored(JOBS, SERIES, NONE, publish=("2018", "2019"), carry=1)

    assert column(scoring, "jobs", "2018") == [None, 6]


def test_a_financial_year_enters_the_calendar_year_after_it_ends() -> None:
    text = """
        area | period  | jobs
        a    | 2015/16 | 3
        b    | 2016    | 4
    """
    assert column(scored(JOBS, text, NONE, publish=("2016",), carry=0.75), "jobs") == [3, 4]
    assert column(scored(JOBS, text, NONE, publish=("2016",), carry=0.5), "jobs") == [None, 4]


def test_a_carried_value_counts_once_in_pooled_goalposts() -> None:
    # a's 0 of 2018 is carried twice. Counted once the mean is (0 + 3 + 6 + 9 + 12) / 5 = 6.
    text = """
        area | period | jobs
        a    | 2018   | 0
        b    | 2018   | 3
        b    | 2019   | 6
        b    | 2020   | 9
        c    | 2020   | 12
    """
    scoring = scored(JOBS, text, {"normalise": "zscore"}, carry=2)

    b_in_2019 = column(scoring, "jobs", "2019")[1]
    assert b_in_2019 == 0


def test_a_hidden_value_without_a_middle_is_not_replaced_by_an_older_one() -> None:
    text = """
        area | period | jobs
        a    | 2019   | 3
        b    | 2019   | 4
        a    | 2020   | *
        b    | 2020   | 5
    """
    scoring = scored(JOBS, text, NONE, carry=5)

    assert column(scoring, "jobs", "2020") == [None, 5]
    assert scoring.frame.filter(node="jobs", area="a", period="2020")["status"].to_list() == ["suppressed"]
