"""Each way to normalise on a table small enough to check by hand."""

from __future__ import annotations

import math

import pytest
from drawn import column, scored, tree

JOBS = tree("index\n  + jobs")
CRIME = tree("index\n  - crime")


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("none", [2, 4, 4, 10]),
        ("goalposts", [0, 25, 25, 100]),
        ({"method": "minmax", "low": 1, "high": 5}, [1, 2, 2, 5]),
        ({"method": "zscore", "mean": 0, "sd": math.sqrt(12)}, [-3, -1, -1, 5]),  # mean 5, sd root of 12
        ("rank", [1, 2, 2, 4]),
        ("percentile", [0, 1 / 3, 1 / 3, 1]),
        ({"method": "percentile", "scale": 100}, [0, 100 / 3, 100 / 3, 100]),
        (
            {"method": "exponential", "rate": 23},  # R is 1/4, 3/4, 3/4 and 1
            [-23 * math.log(1 - r * (1 - math.exp(-100 / 23))) for r in (0.25, 0.75, 0.75, 1)],
        ),
    ],
)
def test_up_is_good(method: object, expected: list[float]) -> None:
    scoring = scored(
        JOBS,
        """
        area | jobs
        a    | 2
        b    | 4
        c    | 4
        d    | 10
        """,
        {"normalise": method},
    )
    assert column(scoring, "jobs") == pytest.approx(expected)


def test_down_is_good() -> None:
    scoring = scored(
        CRIME,
        """
        area | crime
        a    | 2
        b    | 4
        c    | 10
        """,
    )
    assert column(scoring, "crime") == [100, 75, 0]
    assert scoring.goalposts.rows() == [("", "crime", 10.0, 2.0, "pooled")]


SERIES = """
    area | period | jobs
    a    | 2019   | 0
    b    | 2019   | 10
    a    | 2020   | 5
    b    | 2020   | 20
"""


@pytest.mark.parametrize(
    ("rule", "in_2019", "in_2020"),
    [
        ({"rule": "pooled"}, [0, 50], [25, 100]),
        ({"rule": "each-period"}, [0, 100], [0, 100]),
        ({"rule": "base", "base": "2019"}, [0, 100], [50, 100]),
        ({"rule": "base", "base": "2019", "clip": False}, [0, 100], [50, 200]),
    ],
)
def test_rules(rule: dict[str, object], in_2019: list[float], in_2020: list[float]) -> None:
    scoring = scored(JOBS, SERIES, {"normalise": {"method": "goalposts", **rule}})

    assert column(scoring, "jobs", "2019") == in_2019
    assert column(scoring, "jobs", "2020") == in_2020


def test_a_base_period_need_not_be_published() -> None:
    recipe = {"normalise": {"method": "goalposts", "rule": "base", "base": "2019", "clip": False}}
    scoring = scored(JOBS, SERIES, recipe, publish=("2020",))

    assert [period.label for period in scoring.periods] == ["2020"]
    assert column(scoring, "jobs") == [50, 200]


def test_given_goalposts_are_in_the_units_of_the_source() -> None:
    given = tree("index\n  - crime", crime={"worst": 20, "best": 0})
    scoring = scored(
        given,
        """
        area | crime
        a    | 5
        b    | 30
        """,
        {"normalise": {"method": "goalposts", "rule": "given"}},
    )
    assert column(scoring, "crime") == [75, 0]


def test_frozen_goalposts_come_from_another_edition() -> None:
    before = scored(JOBS, SERIES)
    recipe = {"normalise": {"method": "goalposts", "rule": "frozen", "edition": "2020"}}
    now = """
        area | period | jobs
        a    | 2021   | 10
        b    | 2021   | 40
    """
    scoring = scored(JOBS, now, recipe, frozen=before.hands_on)

    assert column(scoring, "jobs") == [50, 100]


def test_an_indicator_may_have_a_method_of_its_own() -> None:
    both = tree("index\n  + jobs\n  + homes")
    scoring = scored(
        both,
        """
        area | jobs | homes
        a    | 1    | 7
        b    | 2    | 9
        """,
        {"normalise": {"method": "goalposts", "by": {"homes": "rank"}}},
    )
    assert column(scoring, "jobs") == [0, 100]
    assert column(scoring, "homes") == [1, 2]


def test_goalposts_by_period_are_listed_by_period() -> None:
    scoring = scored(JOBS, SERIES, {"normalise": {"method": "goalposts", "rule": "each-period"}})

    assert scoring.goalposts.select("period", "worst", "best").rows() == [("2019", 0, 10), ("2020", 5, 20)]
