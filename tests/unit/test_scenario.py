"""What if: three areas by hand, a small borough, bounds, targets, budgets, and every way to ask wrongly."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from drawn import scored, tree
from small_project import YAML, write_small_project

import commonweal
from commonweal.errors import CommonwealError
from commonweal.insight.scenario import whatif, whatif_budget, whatif_place_budget, whatif_reach
from commonweal.model.area import Area, Areas
from commonweal.model.edition import Edition

TREE = pl.DataFrame(
    {
        "id": ["index", "jobs", "crime"], "name": ["Index", "Employment rate", "Crime rate"],
        "parent": ["", "index", "index"], "level": ["index", "indicator", "indicator"],
        "direction": [None, 1, -1], "unit": ["", "% of adults", "per 1,000 people"],
        "worst": [None, 40.0, 150.0], "best": [None, 90.0, 50.0],
    }
)  # fmt: skip
#: Scores of jobs and crime: E1 20 and 80 (index 40), E2 64 and 25 (40), E3 90 and 90 (90).
VALUES = pl.DataFrame({"area": ["E1", "E2", "E3"], "jobs": [50.0, 72.0, 85.0], "crime": [70.0, 125.0, 60.0]})
RECIPE = {"normalise": {"method": "goalposts", "rule": "given"}, "aggregate": "geometric", "floor": 1}


def edition_of(recipe: dict[str, object] = RECIPE, values: pl.DataFrame = VALUES) -> Edition:
    return commonweal.score(values, TREE, recipe)


def code_of(caught: pytest.ExceptionInfo[CommonwealError]) -> list[str]:
    return [fault.code for fault in caught.value.faults]


# ---- set values ----


def test_by_hand() -> None:
    """E2's crime falls to 86: 64 points, so its index is the root of 64 x 64."""
    found = whatif(edition_of(), "E2", {"crime": 86.0})
    index = found.nodes.row(0, named=True)
    assert (index["node"], index["score_before"], index["score_after"]) == (
        "index",
        pytest.approx(40),
        pytest.approx(64),
    )
    assert (index["rank_before"], index["rank_after"], index["of"]) == (2, 2, 3)
    assert found.figures.select("value_before", "value_after", "score_before").row(0) == (125.0, 86.0, 25.0)
    assert found.figures["score_after"].to_list() == pytest.approx([64.0])
    assert found.says[0] == (
        "If in E2, in 2000, crime rate were 86.0 per 1,000 people instead of 125.0, its index would be 64.00"
        " instead of 40.00 (+24.00)."
    )
    assert found.areas["area"].to_list() == ["E2", "E1"]  # E1 is no longer level with it
    assert found.areas["rank_after"].to_list() == [2, 3]
    assert "not what would bring them about" in found.says[-1]


def test_an_area_is_passed_and_one_falls_behind() -> None:
    values = VALUES.with_columns(jobs=pl.Series([60.0, 72.0, 85.0]))
    up = whatif(edition_of(values=values), "E2", {"crime": 60.0})
    assert "It would come before, or level with, E1." in up.says
    down = whatif(edition_of(values=values), "E3", {"crime": 149.0})
    assert "It would come last of 3 areas instead of first." in down.says
    assert "It would fall behind, or level with, E1 and E2." in down.says


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("86", 86.0),
        ("-10%", 112.5),
        ("+5", 130.0),
        ("−5", 120.0),
        ("1.25e2", 125.0),
        (" 90 ", 90.0),
    ],
)
def test_full_values_and_changes(typed: str, value: float) -> None:
    found = whatif(edition_of(), "E2", {"Crime rate": typed})
    assert found.figures["value_after"].to_list() == [value]


def test_below_nothing_is_supposed_where_it_can_be() -> None:
    """Degrees may be below 0; crimes per 1,000 people and a share of adults may not."""
    degrees = TREE.with_columns(unit=pl.Series(["", "% of adults", "degrees"]))
    edition = commonweal.score(VALUES, degrees, RECIPE)
    assert whatif(edition, "E2", {"crime": "=-2"}).figures["value_after"].to_list() == [-2.0]
    with pytest.raises(CommonwealError) as caught:
        whatif(edition_of(), "E2", {"crime": "-130", "jobs": "+40"})
    crime, jobs = caught.value.faults
    assert (crime.what, jobs.what) == (
        "'crime' would be −5.0 per 1,000 people", "'jobs' would be 112.0% of adults",
    )  # fmt: skip
    assert crime.remedy.startswith("A count or a rate is never below 0. It is 125.0 per 1,000 people now.")
    assert jobs.remedy == "A share lies between 0% and 100%. It is 72.0% of adults now."
    beyond = VALUES.with_columns(crime=pl.Series([-1.0, 125.0, 60.0]))  # net of something, then
    assert whatif(edition_of(values=beyond), "E2", {"crime": "-130"}).figures["value_after"][0] == -5.0


def test_beyond_a_goalpost_is_held_and_said() -> None:
    found = whatif(edition_of(), "E1", {"crime": 20.0, "jobs": 30.0})
    assert found.figures["score_after"].to_list() == [0.0, 100.0]
    assert found.figures["held"].to_list() == ["worst", "best"]
    assert (
        "Crime rate: 20.0 per 1,000 people is beyond the best goalpost, so the score is held to 100."
        in found.says
    )
    assert found.nodes["score_after"][0] == pytest.approx(10.0)  # the floor lifts jobs to 1
    on_it = whatif(edition_of(), "E1", {"crime": 50.0})
    assert on_it.figures["held"].to_list() == [""]


def test_places_are_read_off_and_said() -> None:
    edition = edition_of({"normalise": "rank", "aggregate": "arithmetic"})
    found = whatif(edition, "E2", {"crime": 97.5})  # half-way from E2 (place 1) to E1 (place 2)
    assert found.figures.select("score_after", "placed").row(0) == (1.5, "read off")
    assert any("read off between them and approximate" in sentence for sentence in found.says)


def test_a_missing_figure_can_be_supposed() -> None:
    values = VALUES.with_columns(crime=pl.Series([70.0, None, 60.0]))
    recipe = {**RECIPE, "available": 1.0}
    found = whatif(edition_of(recipe, values), "E2", {"crime": 125.0})
    assert found.nodes.select("score_before", "rank_before").row(0) == (None, None)
    assert found.nodes["score_after"][0] == pytest.approx(40.0)
    with pytest.raises(CommonwealError, match="is not a published figure") as caught:
        whatif(edition_of(recipe, values), "E2", {"crime": "-5"})
    assert code_of(caught) == ["WHATIF-VALUE"]


def test_one_area_has_no_place_to_gain() -> None:
    found = whatif(edition_of(values=VALUES[:1]), "E1", {"jobs": 60.0})
    assert "It is the only area with an index, so no place can move." in found.says
    with pytest.raises(CommonwealError, match="Suppose figures of your own") as caught:
        whatif_reach(edition_of(values=VALUES[:1]), "E1", "score=60")
    assert code_of(caught) == ["WHATIF-WITHIN"]


def test_what_is_divided_is_divided_by_the_same() -> None:
    values = VALUES.with_columns(crime=pl.Series([7.0, 0.0, 6.0]))
    areas = pl.DataFrame({"code": ["E1", "E2", "E3"], "people": [0.1, 0.2, 0.1]})
    edition = commonweal.score(values, TREE, {"denominate": {"crime": "people"}, **RECIPE}, areas=areas)
    found = whatif(edition, "E2", {"crime": 20.0})  # 100 for 1,000 people
    assert found.figures["score_after"].to_list() == pytest.approx([50.0])
    lacking = values.with_columns(crime=pl.Series([7.0, None, 6.0]))
    areas = areas.with_columns(people=pl.Series([0.1, None, 0.1]))
    edition = commonweal.score(lacking, TREE, {"denominate": {"crime": "people"}, **RECIPE}, areas=areas)
    with pytest.raises(CommonwealError, match="nothing known to divide") as caught:
        whatif(edition, "E2", {"crime": 20.0})
    assert code_of(caught) == ["WHATIF-VALUE"]


def test_a_way_that_can_not_be_followed_is_refused() -> None:
    """Divided after it was bent: the curve was found on other values than those it would meet."""
    areas = pl.DataFrame({"code": ["E1", "E2", "E3"], "people": [1.0, 2.0, 3.0]})
    steps = [{"treat": "sqrt"}, {"denominate": {"crime": "people"}}, {"normalise": "minmax"}]
    edition = commonweal.score(VALUES, TREE.drop("worst", "best"), steps, areas=areas)
    with pytest.raises(CommonwealError, match="can't be followed again") as caught:
        whatif(edition, "E2", {"crime": 100.0})
    assert code_of(caught) == ["WHATIF-VALUE"]
    assert whatif(edition, "E2", {"jobs": 80.0}).nodes["change"][0] > 0
    assert "crime" not in whatif_budget(edition, "E2", 500.0).moves["indicator"]


def test_a_mean_that_compares_areas_compares_them_again() -> None:
    edition = edition_of({**RECIPE, "aggregate": "copeland"})
    found = whatif(edition, "E1", {"jobs": 89.0, "crime": 55.0})
    assert found.nodes.select("score_before", "score_after").row(0) == (-1.0, 2.0)
    assert found.areas.filter(area="E3").select("score_before", "score_after").row(0) == (2.0, 0.0)


def test_a_zero_that_the_mean_can_not_take() -> None:
    without_floor = {key: step for key, step in RECIPE.items() if key != "floor"}
    with pytest.raises(CommonwealError, match="can't take that") as caught:
        whatif(edition_of(without_floor), "E1", {"jobs": 40.0})
    assert code_of(caught) == ["SCORE-ZERO"]


@pytest.mark.parametrize(
    ("figures", "code", "says"),
    [
        ({"crme": 1.0}, "INDICATOR-UNKNOWN", "perhaps crime"),
        ({"index": 1.0}, "INDICATOR-UNKNOWN", "Name one of those below it: jobs, crime"),
        ({"crime": "low"}, "WHATIF-VALUE", "'low', which is not a number"),
        ({"crime": "26,574"}, "WHATIF-VALUE", "which is not a number"),
        ({"crime": float("nan")}, "WHATIF-VALUE", "which is not a number"),
        ({"crime": "5%"}, "WHATIF-VALUE", "is not a percentage"),
        ({"jobs": "101%"}, "WHATIF-VALUE", "A share lies between"),
        ({"crime": 1.0, "Crime rate": 2.0}, "WHATIF-VALUE", "stands twice"),
        ({}, "WHATIF-VALUE", "nothing is supposed"),
    ],
)
def test_figures_that_can_not_be_supposed(figures: dict[str, float | str], code: str, says: str) -> None:
    with pytest.raises(CommonwealError, match=says) as caught:
        whatif(edition_of(), "E1", figures)
    assert code_of(caught) == [code]


def test_all_faults_at_once_and_where() -> None:
    with pytest.raises(CommonwealError) as caught:
        whatif(edition_of(), "E1", {"crme": 1.0, "jobs": "many"})
    assert code_of(caught) == ["INDICATOR-UNKNOWN", "WHATIF-VALUE"]
    with pytest.raises(CommonwealError) as caught:
        whatif(edition_of(), "Nowhere", {"crime": 1.0})
    assert code_of(caught) == ["AREA-UNKNOWN"]
    with pytest.raises(CommonwealError) as caught:
        whatif(edition_of(), "E1", {"crime": 1.0}, period="1999")
    assert code_of(caught) == ["EXPLAIN-PERIOD"]


def test_a_hidden_figure_is_not_shown_and_does_not_move() -> None:
    """It enters as the middle of its range; only a full value can be supposed of it."""
    scoring = scored(
        tree("index\n  + jobs\n  - crime"),
        """area | jobs | crime
           E1   | 50   | 70*
           E2   | 72   | 125
           E3   | 85   | 60""",
        {"normalise": "goalposts", "aggregate": "arithmetic"},
    )
    areas = Areas("ward", "", tuple(Area(code, code) for code in scoring.areas))
    edition = Edition("Index", "", areas, scoring, pl.DataFrame())
    found = whatif(edition, "E1", {"crime": 65.0})
    assert found.figures.select("value_before", "score_before").row(0) == (None, None)
    assert found.nodes.filter(node="crime").select("score_before", "rank_before").row(0) == (None, None)
    assert "instead of 70" not in found.says[0]
    with pytest.raises(CommonwealError, match="is hidden") as caught:
        whatif(edition, "E1", {"crime": "-5"})
    assert "70" not in str(caught.value)
    assert whatif_budget(edition, "E1", 500.0).moves["indicator"].to_list() == ["jobs"]
    assert whatif_budget(edition, "E3", 500.0).moves.height == 0  # E1's hidden crime is no one's bound


# ---- reach ----


def test_the_least_change_by_hand() -> None:
    """E1 (20, 80) to an index of 60: 3,600 / 80 = 45, so 25 points of jobs, which cost least where lowest."""
    found = whatif_reach(edition_of(), "E1", "score=60", within=["all"])
    assert found.reached
    assert found.points == pytest.approx(25.0, abs=1e-6)
    assert found.moves["indicator"].to_list() == ["jobs"]
    assert found.moves["value_after"].to_list() == pytest.approx([62.5])
    assert found.moves.select("bound", "bound_area", "ceiling").row(0) == ("all", "E3", pytest.approx(90.0))
    assert found.scenario is not None
    assert found.scenario.nodes["score_after"][0] >= 60.0 - 1e-12


def test_arithmetic_takes_what_weighs_most_first() -> None:
    tree = TREE.with_columns(weight=pl.Series([None, 1.0, 3.0]))
    edition = commonweal.score(VALUES, tree, {**RECIPE, "aggregate": "arithmetic", "weigh": "given"})
    found = whatif_reach(edition, "E2", "score=50", within=["all"])  # 64/4 + 3 x 25/4 = 34.75
    assert found.moves["indicator"].to_list() == ["crime"]
    assert found.points == pytest.approx(15.25 / 0.75, abs=1e-6)
    assert whatif_reach(edition, "E2", "score=50", within=["all"], only=["jobs"]).reached is False


def test_a_rank_is_reached_or_the_best_is_told() -> None:
    edition = edition_of()
    found = whatif_reach(edition, "E1", "rank=1", within=["all"])  # level with E3: 90 and 90
    assert found.reached
    assert found.scenario is not None
    assert found.scenario.nodes["rank_after"][0] == 1
    stopped = whatif_reach(edition, "E1", "rank=1", within=["all"], only=["crime"])
    assert not stopped.reached
    assert stopped.says[:3] == (
        "Within the bounds E1 can’t come first of 3 areas.",
        "With every figure at its bound its index would be 42.43 instead of 40.00: 2nd of 3 areas.",
        "Crime rate is held: the best area, E3, has 90.0. One point more of it would be worth 0.24.",
    )
    assert stopped.moves["score_after"].to_list() == pytest.approx([90.0])
    none = whatif_reach(edition, "E3", "rank=3")
    assert (none.reached, none.points, none.scenario) == (True, 0.0, None)
    stuck = whatif_reach(edition, "E3", "score=95", within=["all"])
    assert stuck.says[0] == "Within the bounds E3 can’t have an index of 95.00: none of its figures may rise."


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """Six wards of two years, with peers by income and progress."""
    folder = write_small_project(tmp_path_factory.mktemp("w") / "small")
    more = "peers: {by: [income], count: 3}\nprogress: {since: 2024}\n"
    (folder / "commonweal.yaml").write_text(YAML + more)
    income = [20, 21, 23, 26, 30, 35]
    rows = [f"{a},Ward {a},{1000 * (k + 1)},{income[k]}" for k, a in enumerate("ABCDEF")]
    (folder / "areas.csv").write_text("\n".join(["code,name,population,income", *rows]) + "\n")
    return commonweal.build(folder)


def test_no_cheaper_change_is_found_by_luck(small: Edition) -> None:
    found = whatif_reach(small, "A", "score=35", within=["all"])
    assert found.reached
    s = small.scoring
    at = [s.node_index[node.id] for node in small.framework.indicators]
    start, top = s.scores[1, 0, at], s.scores[1][:, at].max(axis=0)
    random = np.random.default_rng(5)
    for worth in random.dirichlet(np.full(4, 0.4), 4000):
        gains = np.minimum(worth * (found.points - 1e-6), top - start)
        x = start + gains
        pair = np.maximum(np.array([x[:2].mean(), x[2:].mean()]), 1.0)
        assert np.sqrt(pair.prod()) < 35.0


def test_below_a_floor_every_way_is_tried() -> None:
    """Four indicators under a geometric mean, three of them below its floor: a grid finds nothing better."""
    ids = [f"i{n}" for n in range(4)]
    tree = pl.DataFrame(
        {
            "id": ["index", *ids], "name": ["Index", *ids], "parent": ["", *["index"] * 4],
            "level": ["index", *["indicator"] * 4], "direction": [None, 1, 1, 1, 1],
            "worst": [None, 0.0, 0.0, 0.0, 0.0], "best": [None, 100.0, 100.0, 100.0, 100.0],
        }
    )  # fmt: skip
    values = pl.DataFrame(
        {"area": ["a", "b"], "i0": [2.0, 40], "i1": [8.0, 40], "i2": [0.0, 12], "i3": [30.0, 60]}
    )
    edition = commonweal.score(values, tree, {**RECIPE, "floor": 10})
    budget = 20.0
    found = whatif_budget(edition, "a", budget, within=["all"])
    assert found.scenario is not None
    best = found.scenario.nodes["score_after"][0]
    steps = np.linspace(0.0, budget, 41)
    start, top = np.array([2.0, 8.0, 0.0, 30.0]), np.array([40.0, 40.0, 12.0, 60.0])
    for first, second, third in product(steps, repeat=3):
        if first + second + third <= budget:
            gains = np.array([first, second, third, budget - first - second - third])
            reached = np.maximum(np.minimum(start + gains, top), 10.0)
            assert np.exp(np.log(reached).mean()) <= best + 1e-9


def test_bounds_hold(small: Edition) -> None:
    s = small.scoring
    at = [s.node_index[node.id] for node in small.framework.indicators]
    peers = [s.area_index[code] for code in small.peers.filter(area="A")["peer"]]
    far = whatif_reach(small, "A", "rank=1", within=["peers"])
    ceiling = dict(
        zip([n.id for n in small.framework.indicators], s.scores[1][peers][:, at].max(axis=0), strict=True)
    )
    assert not far.reached
    for row in far.moves.iter_rows(named=True):
        assert row["score_after"] == pytest.approx(ceiling[row["indicator"]])
    rise = np.maximum((s.scores[1] - s.scores[0])[[0, *peers]][:, at].max(axis=0), 0.0)
    slow = whatif_reach(small, "A", "rank=1", within=["history"])
    moved = dict(slow.moves.select("indicator", "points").iter_rows())
    for node, most in zip(small.framework.indicators, rise, strict=True):
        assert moved.get(node.id, 0.0) == pytest.approx(most, abs=1e-9)
    both = whatif_reach(small, "A", "rank=1")
    assert both.points <= min(slow.points, far.points) + 1e-9


@pytest.mark.parametrize("target", ["class=over", "class=within", "class=significant-improvement", "rank=2"])
def test_targets_are_met(small: Edition, target: str) -> None:
    found = whatif_reach(small, "C", target, within=["all"])
    assert found.reached
    index = found.scenario.nodes.row(0, named=True) if found.scenario else None
    kind, wanted = target.split("=")
    if index is None:
        assert found.points == 0.0
    elif kind == "rank":
        assert index["rank_after"] <= int(wanted)
    else:
        assert wanted.replace("-", " ") in (index["performance_after"], index["progress_after"])


def test_a_node_below_the_index_reaches_a_target(small: Edition) -> None:
    """Only what it is formed of moves, its own ranks and classes count, and the index is told beside it."""
    node = next(node for node in small.framework.parents if node.parent)
    parts = {leaf.id for leaf in small.framework.below(node.id)}
    found = whatif_reach(small, "A", "rank=3", within=["all"], node=node.name.upper())
    assert (found.node, found.reached) == (node.id, True)
    assert set(found.moves["indicator"]) <= parts
    assert found.scenario is not None
    own = found.scenario.nodes.row(by_predicate=pl.col("node") == node.id, named=True)
    assert own["rank_after"] <= 3
    assert own["score_after"] == pytest.approx(found.score, abs=1e-6)
    assert f"for {node.name.lower()}" in found.says[0]
    assert sum(said.startswith("Its index would be") for said in found.says) == 1
    for target in ("class=over", "score=60"):
        assert whatif_reach(small, "A", target, within=["all"], node=node.id).reached
    lead = small.scoring.ranks[1, :, small.scoring.node_index[node.id]].argmin()
    first = whatif_reach(small, small.scoring.areas[lead], "rank=2", node=node.id)
    assert "Nothing need change" in first.says[0]
    assert ", first of 6 wards" in first.says[0]


def test_the_least_change_of_a_node_by_hand(small: Edition) -> None:
    """An indicator is its own node: it takes just the points between its score and the target's."""
    leaf = small.framework.indicators[0]
    n = small.scoring.node_index[leaf.id]
    scores = small.scoring.scores[1, :, n]
    low, high = small.scoring.areas[int(scores.argmin())], np.sort(scores)[-1]
    found = whatif_reach(small, low, "rank=1", within=["all"], node=leaf.id)
    assert found.moves["indicator"].to_list() == [leaf.id]
    assert found.points == pytest.approx(high - scores.min(), abs=1e-6)


def test_a_budget_for_a_node(small: Edition) -> None:
    node = next(node for node in small.framework.parents if node.parent)
    parts = {leaf.id for leaf in small.framework.below(node.id)}
    place = whatif_place_budget(small, 10.0, within=["all"], node=node.id)
    assert (place.node, place.areas.height) == (node.id, 6)
    for row in place.areas.iter_rows(named=True):
        alone = whatif_budget(small, row["area"], 10.0, within=["all"], node=node.id)
        assert set(alone.moves["indicator"]) <= parts
        own = small.scoring.scores[
            1, small.scoring.area_index[row["area"]], small.scoring.node_index[node.id]
        ]
        after = own
        if alone.scenario is not None:
            after = alone.scenario.nodes.filter(node=node.id)["score_after"][0]
        assert (row["score_before"], row["score_after"]) == (
            pytest.approx(own),
            pytest.approx(after, abs=1e-9),
        )
    other = next(leaf.id for leaf in small.framework.indicators if leaf.id not in parts)
    with pytest.raises(CommonwealError, match="is no part of") as caught:
        whatif_budget(small, "A", 5.0, node=node.id, only=[other])
    assert code_of(caught) == ["INDICATOR-UNKNOWN"]
    with pytest.raises(CommonwealError, match="perhaps") as caught:
        whatif_place_budget(small, 5.0, node=node.id + "x")
    assert code_of(caught) == ["EXPLAIN-NODE"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"target": "rank=0"}, "WHATIF-TARGET"), ({"target": "rank=9"}, "WHATIF-TARGET"),
        ({"target": "best"}, "WHATIF-TARGET"), ({"target": "score=high"}, "WHATIF-TARGET"),
        ({"target": "class=under"}, "WHATIF-TARGET"),
        ({"target": "score=60", "within": ["far"]}, "WHATIF-WITHIN"),
        ({"target": "score=60", "only": ["none"]}, "INDICATOR-UNKNOWN"),
        ({"target": "class=over", "period": "2024"}, ""),
        ({"target": "class=stagnation", "period": "2024"}, "WHATIF-TARGET"),
    ],
)  # fmt: skip
def test_targets_that_are_none(small: Edition, asked: dict[str, object], code: str) -> None:
    if not code:
        assert whatif_reach(small, "A", **asked).period == "2024"
        return
    with pytest.raises(CommonwealError) as caught:
        whatif_reach(small, "A", **asked)
    assert code_of(caught) == [code]


def test_what_an_edition_lacks_is_told() -> None:
    edition = edition_of()
    for asked, code in (({"within": ["peers"]}, "WHATIF-WITHIN"), ({"within": ["history"]}, "WHATIF-WITHIN")):
        with pytest.raises(CommonwealError) as caught:
            whatif_reach(edition, "E1", "rank=1", **asked)
        assert code_of(caught) == [code]
    with pytest.raises(CommonwealError) as caught:
        whatif_reach(edition, "E1", "class=over")
    assert code_of(caught) == ["WHATIF-TARGET"]
    with pytest.raises(CommonwealError, match="the median") as caught:
        whatif_reach(edition_of({**RECIPE, "aggregate": "median"}), "E1", "score=80")
    assert code_of(caught) == ["WHATIF-METHOD"]
    with pytest.raises(CommonwealError, match="p = 2") as caught:
        whatif_budget(edition_of({**RECIPE, "aggregate": {"method": "power", "p": 2}}), "E1", 5.0)
    assert code_of(caught) == ["WHATIF-METHOD"]


# ---- budget ----


def test_the_best_split_by_hand() -> None:
    """E1 (20, 80): the lower is worth more, so 20 points make 40 and 80, and the index root 3,200."""
    found = whatif_budget(edition_of(), "E1", 20.0, within=["all"])
    assert found.moves["indicator"].to_list() == ["jobs"]
    assert found.scenario is not None
    assert found.scenario.nodes["score_after"][0] == pytest.approx(np.sqrt(40 * 80))
    whole = whatif_budget(edition_of(), "E1", 500.0, within=["all"])
    assert whole.points == pytest.approx(80.0)  # 70 to E3's jobs, 10 to its crime
    assert any("no more can be used" in sentence for sentence in whole.says)


def test_for_the_place(small: Edition) -> None:
    found = whatif_place_budget(small, 10.0, within=["all"])
    assert found.weighted_by == "population"
    assert found.areas["gain"].is_sorted(descending=True)
    people = dict(small.areas.attributes.select("code", "population").iter_rows())
    for row in found.areas.iter_rows(named=True):
        alone = whatif_budget(small, row["area"], 10.0, within=["all"])
        after = row["score_before"] if alone.scenario is None else alone.scenario.nodes["score_after"][0]
        assert row["score_after"] == pytest.approx(after, abs=1e-9)
        assert row["place_gain"] == pytest.approx(row["gain"] * people[row["area"]] / 21000)
    plain = whatif_place_budget(edition_of(), 10.0)
    assert plain.weighted_by == ""
    assert plain.areas["place_gain"].to_list() == pytest.approx((plain.areas["gain"] / 3).to_list())


def test_a_larger_budget_is_never_worse(small: Edition) -> None:
    gains = [
        whatif_place_budget(small, size).areas.sort("area")["gain"].to_numpy()
        for size in (1.0, 5.0, 25.0, 125.0)
    ]
    assert (np.diff(gains, axis=0) >= -1e-9).all()


@pytest.mark.parametrize("budget", [0.0, -3.0, float("nan"), float("inf")])
def test_budgets_that_are_none(small: Edition, budget: float) -> None:
    with pytest.raises(CommonwealError) as caught:
        whatif_budget(small, "A", budget)
    assert code_of(caught) == ["WHATIF-BUDGET"]


# ---- the public face ----


def test_a_folder_and_an_edition_answer_alike(small: Edition, tmp_path: Path) -> None:
    folder = write_small_project(tmp_path / "w")
    built = commonweal.build(folder)
    asked = {"crime": "-10%"}
    answers = [
        commonweal.whatif(of, "Ward B", asked) for of in (built, folder, str(folder), folder / "build")
    ]
    assert {answer.says for answer in answers} == {answers[0].says}
    assert commonweal.whatif_reach(folder / "build", "B", "rank=1").name == "Ward B"
    assert commonweal.whatif_budget(small, 5.0).areas.height == 6
    assert commonweal.whatif_budget(small, 5.0, "B").name == "Ward B"
