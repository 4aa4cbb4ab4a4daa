"""A score can be followed back to the cells it came from, and a profile is scored like an area."""

from __future__ import annotations

import numpy as np
import pytest
from drawn import column, scored, tree

from commonweal.engine import follow, score_profile
from commonweal.model.edition import Scoring

TREE = tree("index\n  needs\n    + jobs\n    - crime\n  chances\n    + schools")
TEXT = """
    area | period | jobs | crime | schools
    a    | 2019   | 1    | 9     | 4
    b    | 2019   | 5    | 1     | .
    a    | 2020   | 3    | 5     | 2
    b    | 2020   | 2    | .     | 8
    c    | 2020   | 1    | 9     | 3
"""


@pytest.fixture(scope="module")
def scoring() -> Scoring:
    recipe = {"aggregate": {"dimension": "arithmetic", "index": "geometric"}, "floor": 1}
    return scored(TREE, TEXT, recipe, carry=1)


def test_the_steps_are_kept_in_order(scoring: Scoring) -> None:
    assert [step.step for step in scoring.trace] == [
        "enter", "normalise", "weigh", "aggregate", "weigh", "floor", "aggregate", "rank",
    ]  # fmt: skip
    for step in scoring.trace:
        assert step.values.shape == (2, 3, len(step.columns))


def test_a_score_is_followed_to_its_cells(scoring: Scoring) -> None:
    rows = follow(scoring, "b", "index", "2020")

    assert [(row.depth, row.node) for row in rows] == [
        (0, "index"), (1, "needs"), (2, "jobs"), (2, "crime"), (1, "chances"), (2, "schools"),
    ]  # fmt: skip
    crime = rows[3]
    assert (crime.value, crime.observed, crime.status) == (1, "2019", "carried")
    assert (crime.worst, crime.best) == (9, 1)


def test_what_is_followed_adds_up(scoring: Scoring) -> None:
    for area in scoring.areas:
        rows = {row.node: row for row in follow(scoring, area, "index", "2020")}
        needs = [rows["jobs"], rows["crime"]]
        assert sum(row.weight * row.entered for row in needs) == pytest.approx(rows["needs"].score)  # type: ignore[operator]
        above = [rows["needs"], rows["chances"]]
        product = np.prod([row.entered**row.weight for row in above])  # type: ignore[operator]
        assert product == pytest.approx(rows["index"].score)
        for row in (*needs, rows["schools"]):
            share = (row.value - row.worst) / (row.best - row.worst)  # type: ignore[operator]
            assert 100 * share == pytest.approx(row.score)


def test_a_floored_child_shows_what_entered(scoring: Scoring) -> None:
    rows = {row.node: row for row in follow(scoring, "c", "index", "2020")}
    assert (rows["needs"].score, rows["needs"].entered) == (0, 1)
    assert scoring.floored.filter(area="c").rows() == [("2020", "c", "needs", 0.0)]


def test_an_unknown_place_is_a_key_error(scoring: Scoring) -> None:
    with pytest.raises(KeyError):
        follow(scoring, "nowhere", "index", "2020")


def test_a_profile_with_an_areas_values_gets_its_scores(scoring: Scoring) -> None:
    for a in range(3):
        found = score_profile(scoring, scoring.values[:, a])
        np.testing.assert_allclose(found, scoring.scores[:, a], rtol=1e-12)


def test_a_profile_beyond_the_goalposts_is_limited(scoring: Scoring) -> None:
    found = score_profile(scoring, np.array([[99.0, 5.0, 8.0], [np.nan, np.nan, 8.0]]))
    assert found[0, scoring.node_index["jobs"]] == 100
    assert np.isnan(found[1, scoring.node_index["needs"]])
    assert found[1, scoring.node_index["schools"]] == 100


def test_ranks_give_no_line_to_score_a_profile_by() -> None:
    by_rank = scored(TREE, TEXT, {"normalise": "rank"}, carry=1)
    assert np.isnan(score_profile(by_rank, by_rank.values[:, 0])).all()


def test_pca_weights_change_by_period_only_where_goalposts_do() -> None:
    random = np.random.default_rng(4)
    common = random.normal(size=24)
    lines = ["area | period | x | y | z"]
    for n, level in enumerate(common):
        for period in (2019, 2020):
            cells = [f"{10 + level + 0.3 * random.normal():.6f}" for _ in range(3)]
            lines.append(f"a{n:02d} | {period} | {' | '.join(cells)}")
    triple = tree("index\n  + x\n  + y\n  + z")
    text = "\n".join(lines)

    pooled = scored(triple, text, {"weigh": "pca"})
    by_period = scored(
        triple, text, {"weigh": "pca", "normalise": {"method": "goalposts", "rule": "each-period"}}
    )

    assert pooled.child_weights["index"].shape == (1, 1, 3)
    assert pooled.weights["period"].unique().to_list() == [""]
    assert by_period.child_weights["index"].shape == (2, 1, 3)
    assert sorted(by_period.weights.filter(node="x")["period"]) == ["2019", "2020"]
    assert pooled.weights.filter(node="x")["reason"].to_list() == [""]
    assert column(pooled, "index")[0] is not None


def test_a_profile_has_no_score_where_a_mean_can_not_take_a_zero() -> None:
    pair = tree("index\n  + x\n  + y")
    scoring = scored(
        pair, "area | x | y\na | 2 | 3\nb | 4 | 5", {"normalise": "none", "aggregate": "geometric"}
    )
    assert np.isnan(score_profile(scoring, np.array([[0.0, 5.0]]))[0, 0])
    assert score_profile(scoring, np.array([[4.0, 9.0]]))[0, 0] == pytest.approx(6)
