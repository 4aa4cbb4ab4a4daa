"""What moved between two editions, which step moved it, and replays."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from small_project import AREAS, FRAMEWORK, YAML, write_small_project, write_values

import commonweal
from commonweal.pipeline.comparing import Difference

STEPS = ("data", "goalposts", "weights", "method")
GIVEN = YAML.replace("rule: pooled", "rule: given")


def given(worst_crime: float = 60.0, weight: str = "") -> str:
    """The framework with goalposts, so that data can move alone."""
    ends = {"crime": f"{worst_crime:g},5", "fires": "10,0", "jobs": "50,95", "pay": "20,40"}
    lines = FRAMEWORK.splitlines()
    for i, line in enumerate(lines):
        id = line.split(",")[0]
        if id in ends:
            lines[i] = line.removesuffix(",,,") + f",{weight if id == 'crime' else ''},{ends[id]}"
    return "\n".join(lines) + "\n"


@pytest.fixture
def difference(tmp_path: Path):
    """Build a project, change it, build again, compare."""

    def make(change, *, yaml: str = GIVEN, framework: str | None = None) -> Difference:
        town = write_small_project(
            tmp_path / "town", yaml=yaml, framework=given() if framework is None else framework
        )
        commonweal.build(town, tmp_path / "old")
        change(town)
        commonweal.build(town, tmp_path / "new")
        return commonweal.diff(tmp_path / "old", tmp_path / "new")

    return make


def adds_up(scores: pl.DataFrame) -> None:
    moved = scores.filter(pl.col("change").is_not_null())
    sums = moved.select(pl.sum_horizontal(STEPS))["data"]
    assert (sums - moved["change"]).abs().max() < 1e-9
    assert (moved["new"] - moved["old"] - moved["change"]).abs().max() < 1e-12
    ranked = scores.drop_nulls(["old_rank", "new_rank"])
    ranks = ranked.select(pl.sum_horizontal(f"rank_{step}" for step in STEPS)).to_series()
    assert (ranks == ranked["new_rank"] - ranked["old_rank"]).all()


def test_nothing_moves_between_equal_editions(difference) -> None:
    found = difference(lambda town: None)
    assert all(not rows for name, rows in found.to_dict().items())


def test_a_value_moves_the_data(difference) -> None:
    found = difference(lambda town: write_values(town, {("A", "2025", "jobs"): 70.0}))
    assert found.data.row(0) == ("2025", "A", "jobs", 61.0, 70.0)
    assert set(found.scores["steps"]) == {"data"}
    assert {("A", "jobs"), ("A", "work"), ("A", "index")} <= set(found.scores.select("area", "node").rows())
    row = found.scores.row(by_predicate=(pl.col("node") == "jobs") & (pl.col("area") == "A"), named=True)
    assert row["change"] == pytest.approx(100 * 9 / 45)
    assert not found.goalposts.height
    assert not found.method.height
    adds_up(found.scores)


def test_goalposts_move_alone(difference) -> None:
    found = difference(lambda town: (town / "framework.csv").write_text(given(worst_crime=70)))
    assert found.goalposts.row(0) == ("", "crime", 60.0, 70.0, 5.0, 5.0)
    assert set(found.scores["steps"]) == {"goalposts"}
    assert set(found.scores["node"]) >= {"crime", "safety", "index"}
    adds_up(found.scores)


def test_weights_move_alone(difference) -> None:
    found = difference(lambda town: (town / "framework.csv").write_text(given(weight="3")))
    assert set(found.weights["node"]) == {"crime", "fires"}
    assert set(found.scores["steps"]) == {"weights"}
    assert set(found.scores["node"]) == {"safety", "index"}
    adds_up(found.scores)


def test_method_moves_alone(difference) -> None:
    found = difference(
        lambda town: (town / "commonweal.yaml").write_text(
            GIVEN.replace("index: geometric", "index: arithmetic")
        )
    )
    assert found.method["setting"].to_list() == ["recipe.aggregate.levels.index"]
    assert set(found.scores["steps"]) == {"method"}
    assert set(found.scores["node"]) == {"index"}
    adds_up(found.scores)


def test_all_four_move_together(difference) -> None:
    def change(town: Path) -> None:
        write_values(town, {("A", "2025", "jobs"): 70.0, ("C", "2024", "crime"): 12.0})
        (town / "framework.csv").write_text(given(worst_crime=70, weight="3"))
        (town / "commonweal.yaml").write_text(GIVEN.replace("index: geometric", "index: harmonic"))

    found = difference(change)
    adds_up(found.scores)
    row = found.scores.row(
        by_predicate=(pl.col("node") == "index") & (pl.col("area") == "A") & (pl.col("period") == "2025"),
        named=True,
    )
    assert row["steps"] == "data, goalposts, weights, method"
    assert all(row[step] for step in STEPS)


def test_pooled_goalposts_follow_the_data(difference) -> None:
    found = difference(
        lambda town: write_values(town, {("F", "2025", "jobs"): 120.0}), yaml=YAML, framework=FRAMEWORK
    )
    other = found.scores.filter(node="jobs", area="A", period="2024")
    assert other["steps"].to_list() == []  # the worst area stays worst
    middle = found.scores.filter(node="jobs", area="D", period="2024")
    assert middle["steps"].to_list() == ["goalposts"]
    adds_up(found.scores)


def test_ranks_are_not_taken_apart_but_add_up(difference) -> None:
    found = difference(
        lambda town: write_values(town, {("A", "2025", "jobs"): 99.0}),
        yaml=YAML.replace("method: goalposts, rule: pooled", "method: rank, rule: each-period"),
        framework=FRAMEWORK,
    )
    assert "data" in set(found.scores["steps"])
    adds_up(found.scores)


def test_what_was_added_and_removed(difference) -> None:
    def change(town: Path) -> None:
        (town / "areas.csv").write_text(
            "code,name\n" + "".join(f"{a},Ward {a}\n" for a in (*AREAS[:-1], "G"))
        )
        values = (town / "data" / "values.csv").read_text().replace("\nF,", "\nG,")
        (town / "data" / "values.csv").write_text(
            "\n".join(r for r in values.splitlines() if ",pay," not in r)
        )
        (town / "framework.csv").write_text("\n".join(r for r in given().splitlines() if r[:4] != "pay,"))

    found = difference(change)
    assert found.added.rows() == [("area", "G")]
    assert found.removed.rows() == [("area", "F"), ("node", "pay")]
    assert set(found.scores.filter(node="work")["steps"]) == {"method"}
    adds_up(found.scores)


def test_a_score_that_goes_has_no_points_but_a_step(difference) -> None:
    def change(town: Path) -> None:
        values = (town / "data" / "values.csv").read_text().splitlines()
        gone = [row for row in values if not row.startswith(("A,2025,jobs", "A,2025,pay"))]
        (town / "data" / "values.csv").write_text("\n".join(gone))

    found = difference(change)
    row = found.scores.row(by_predicate=(pl.col("node") == "work"), named=True)
    assert (row["old"] is not None, row["new"], row["change"], row["steps"]) == (True, None, None, "data")


def test_a_jump_is_told_at_build_and_in_diff(difference, tmp_path: Path) -> None:
    jumped = {(area, "2025", "jobs"): 900.0 + i for i, area in enumerate(AREAS)}
    found = difference(lambda town: write_values(town, jumped))
    assert found.breaks == (
        "Jobs, 2025, jumps against the old edition: the median is now 902.5, outside the earlier range"
        " of 61 to 91.",
    )
    edition = commonweal.build(tmp_path / "town", tmp_path / "new")
    assert any("Jobs jumps from 2024 to 2025" in note for note in edition.notes)


class TestReplay:
    def test_of_a_project_an_edition_and_in_memory(self, tmp_path: Path) -> None:
        town = write_small_project(tmp_path / "town")
        edition = commonweal.build(town)
        change = {"aggregate": "arithmetic"}
        replays = [commonweal.replay(source, change) for source in (town, town / "build", edition)]
        for replayed in replays:
            assert replayed.scores["score"].to_list() == replays[0].scores["score"].to_list()
            assert replayed.scores["score"].to_list() != edition.scores["score"].to_list()
        assert {p.name for p in town.iterdir()} >= {"build", "commonweal.yaml"}

    def test_of_a_recipe_that_is_a_list(self, tmp_path: Path) -> None:
        listed = YAML.split("recipe:")[0] + "recipe: [{normalise: minmax}, {aggregate: arithmetic}]\n"
        town = write_small_project(tmp_path / "town", yaml=listed)
        edition = commonweal.replay(town, {"weigh": "equal", "normalise": "rank"})
        assert edition.recipe.normalise.method.name == "rank"

    def test_a_bad_change_is_refused(self, tmp_path: Path) -> None:
        town = write_small_project(tmp_path / "town")
        with pytest.raises(commonweal.CommonwealError) as error:
            commonweal.replay(town, {"aggregate": "magic"})
        assert error.value.faults[0].code == "RECIPE-METHOD"


def test_editions_side_by_side(tmp_path: Path) -> None:
    town = write_small_project(tmp_path / "town")
    edition = commonweal.build(town)
    other = commonweal.replay(town, {"aggregate": "arithmetic"})
    table = commonweal.compare({"2025": town / "build", "plain": other, "same": edition})
    assert table.columns[4:] == [
        "score 2025",
        "rank 2025",
        "score plain",
        "rank plain",
        "score same",
        "rank same",
    ]
    assert table.height == edition.scores.height
    assert (table["score 2025"] - table["score same"]).abs().max() < 1e-9
