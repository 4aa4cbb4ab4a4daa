"""What a recipe refuses, so that nothing that was written is silently left out or turned round."""

from __future__ import annotations

import pytest

from commonweal.errors import CommonwealError
from commonweal.model.recipe import Recipe


@pytest.mark.parametrize(
    ("written", "code", "says"),
    [
        ([{"weigh": "equal"}, {"weigh": "given"}], "RECIPE-KEY", "'weigh' stands twice"),
        ({"normalise": {"method": "minmax", "by": ["a"]}}, "RECIPE-PARAMETER", "by is ['a']"),
        ({"weigh": {"component": "pca", "by": "a"}}, "RECIPE-PARAMETER", "by is 'a'"),
        ({"aggregate": {"method": "geometric", "by": 3}}, "RECIPE-PARAMETER", "by is 3"),
        ({"available": {"by": ["a"]}}, "RECIPE-PARAMETER", "by is ['a']"),
    ],
)
def test_what_is_written_counts_or_is_refused(written, code, says):
    with pytest.raises(CommonwealError) as raised:
        Recipe.read(written)
    (fault,) = raised.value.faults
    assert fault.code == code
    assert says in fault.what


@pytest.mark.parametrize(
    "method",
    [
        {"method": "minmax", "low": 100, "high": 0},
        {"method": "minmax", "low": 5, "high": 5},
        {"method": "zscore", "sd": -1},
        {"method": "percentile", "scale": 0},
        {"method": "exponential", "rate": 0},
    ],
)
def test_a_scale_that_would_turn_round_is_refused(method):
    with pytest.raises(CommonwealError) as raised:
        Recipe.read({"normalise": {"method": "none", "by": {"crime": method}}})
    (fault,) = raised.value.faults
    assert (fault.code, fault.path[:3]) == ("RECIPE-PARAMETER", ("normalise", "by", "crime"))
