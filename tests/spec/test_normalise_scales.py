"""The ways to normalise that hang on a rank, a target, an area or people; up and down, checked by hand."""

from __future__ import annotations

import polars as pl
import pytest
from drawn import column, scored, tree

from commonweal.errors import CommonwealError
from commonweal.model.framework import Framework

ROWS = """
    area | jobs
    a    | 2
    b    | 4
    c    | 4
    d    | 10
"""
FALLING = ROWS.replace("jobs", "crime")
PEOPLE = pl.DataFrame({"code": ["a", "b", "c", "d"], "people": [3, 1, 1, 0]})


def jobs(**columns: object) -> Framework:
    return tree("index\n  + jobs", jobs=columns)


def crime(**columns: object) -> Framework:
    return tree("index\n  - crime", crime=columns)


#: method, scores of 2, 4, 4 and 10 where more is better, and where less is
SCALES = [
    ("borda", [0, 1, 1, 3], [3, 1, 1, 0]),
    ("distance-to-max", [0, 0.25, 0.25, 1], [1, 0.75, 0.75, 0]),
    ({"method": "distance-to-max", "scale": 100}, [0, 25, 25, 100], [100, 75, 75, 0]),
    # from the worst, 2 or 10, to area b with 4
    ({"method": "distance-to-reference", "area": "b"}, [0, 1, 1, 4], [8 / 6, 1, 1, 0]),
    ("share-of-max", [0.2, 0.4, 0.4, 1], [1, 0.5, 0.5, 0.2]),
    ({"method": "quantile-scale", "classes": 2}, [1, 1, 1, 2], [2, 1, 1, 1]),
    ({"method": "quantile-scale", "classes": 4}, [1, 2, 2, 4], [4, 2, 2, 1]),
    # mean 5, sd the root of 12
    ("t-score", [50 - 30 / 12**0.5, 50 - 10 / 12**0.5, 50 - 10 / 12**0.5, 50 + 50 / 12**0.5],
     [50 + 30 / 12**0.5, 50 + 10 / 12**0.5, 50 + 10 / 12**0.5, 50 - 50 / 12**0.5]),
]  # fmt: skip


@pytest.mark.parametrize(("method", "up", "down"), SCALES)
def test_scales(method: object, up: list[float], down: list[float]) -> None:
    assert column(scored(jobs(), ROWS, {"normalise": method}), "jobs") == pytest.approx(up)
    assert column(scored(crime(), FALLING, {"normalise": method}), "crime") == pytest.approx(down)


def test_distance_to_target() -> None:
    step = {"normalise": {"method": "distance-to-target", "scale": 100}}
    capped = {"normalise": {"method": "distance-to-target", "cap": True}}
    assert column(scored(jobs(target=6.0), ROWS, step), "jobs") == [0, 50, 50, 200]
    assert column(scored(jobs(target=6.0), ROWS, capped), "jobs") == [0, 0.5, 0.5, 1]
    # at direction -1: (max - x) / (max - target), from 10 down to 5
    assert column(scored(crime(target=5.0), FALLING, step), "crime") == [160, 120, 120, 0]
    assert column(scored(crime(target=5.0), FALLING, capped), "crime") == [1, 1, 1, 0]


def test_threshold() -> None:
    """100 at the natural level, 0 on the threshold; -100 at the worst."""
    scoring = scored(crime(best=0.0, target=4.0), FALLING, {"normalise": "threshold"})
    assert column(scoring, "crime") == [50, 0, 0, -150]  # overshoot of 10 is 100 (10 / 4 - 1) = 150
    scoring = scored(jobs(worst=0.0, target=8.0), ROWS, {"normalise": "threshold"})
    assert column(scoring, "jobs") == [-75, -50, -50, 25]  # shortfall of 2 is 100 (2 - 8) / (0 - 8) = 75


def test_index_100_is_that_of_people() -> None:
    """Mean (3 x 2 + 4 + 4) / 5 = 2.8; sd^2 = (3 x 0.64 + 2 x 1.44) x 5 / (25 - 11) = 24 / 14."""
    step = {"normalise": {"method": "index-100", "weight": "people"}}
    found = column(scored(jobs(), ROWS, step, attributes=PEOPLE), "jobs")
    sd = (24 / 14) ** 0.5
    assert found == pytest.approx([100 + 10 * (x - 2.8) / sd for x in (2, 4, 4, 10)])


def test_a_reference_area_in_each_period() -> None:
    rows = """
    area | period | jobs
    a    | 2016   | 0
    b    | 2016   | 4
    a    | 2017   | 2
    b    | 2017   | 10
    """
    own = {"method": "distance-to-reference", "area": "b", "scale": 100, "rule": "each-period"}
    scoring = scored(jobs(), rows, {"normalise": own})
    assert column(scoring, "jobs", "2016") == [0, 100]
    assert column(scoring, "jobs", "2017") == [0, 100]
    pooled = scored(jobs(), rows, {"normalise": {**own, "rule": "pooled"}})  # against its mean, 7
    assert column(pooled, "jobs", "2017") == pytest.approx([200 / 7, 1000 / 7])


REFUSED = [
    (jobs(), "2 | -4", "share-of-max", "NORMALISE-VALUES"),
    (crime(), "2 | 0", "share-of-max", "NORMALISE-VALUES"),
    (jobs(), "2 | 4", "distance-to-target", "FRAMEWORK-GOALPOSTS"),
    (jobs(target=1.0), "2 | 4", "distance-to-target", "FRAMEWORK-GOALPOSTS"),
    (crime(target=9.0), "2 | 4", "distance-to-target", "FRAMEWORK-GOALPOSTS"),
    (jobs(target=1.0), "2 | 4", "threshold", "FRAMEWORK-GOALPOSTS"),
    (jobs(target=1.0, worst=0.0, best=9.0), "2 | 4", "threshold", "FRAMEWORK-GOALPOSTS"),
    (jobs(), "2 | 4", {"method": "distance-to-reference", "area": "x"}, "AREA-UNKNOWN"),
    (jobs(), "2 | 4", {"method": "distance-to-reference", "area": "a"}, "NORMALISE-VALUES"),
    (jobs(), "2 | 4", {"method": "index-100", "weight": "people"}, "RECIPE-PARAMETER"),
    (jobs(), "2 | 4", {"method": "quantile-scale", "classes": 1}, "RECIPE-PARAMETER"),
    (jobs(), "2 | 2", "t-score", "INDICATOR-CONSTANT"),
]


@pytest.mark.parametrize(("framework", "values", "method", "code"), REFUSED)
def test_what_a_scale_refuses(framework: Framework, values: str, method: object, code: str) -> None:
    name = framework.indicators[0].id
    first, second = values.split("|")
    with pytest.raises(CommonwealError) as caught:
        scored(framework, f"area | {name}\na | {first}\nb | {second}", {"normalise": method})
    assert [fault.code for fault in caught.value.faults] == [code]
