"""Weights that differ by area: how they are found, and that all that reads weights reads them right."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from drawn import column, scored, tree
from small_project import AREAS, YAML, write_small_project

import commonweal
from commonweal.engine import follow, score_profile
from commonweal.errors import CommonwealError
from commonweal.insight import explain
from commonweal.insight.diagnose.influence import influence
from commonweal.insight.diagnose.removal import removals, without
from commonweal.insight.moves import STEPS, moves
from commonweal.insight.unevenness import unevenness
from commonweal.methods.aggregate import power
from commonweal.methods.weigh import OWN_WEIGHTS, Weighing, benefit_of_doubt
from commonweal.model.area import Area, Areas
from commonweal.model.edition import Edition, Scoring
from commonweal.model.recipe import COMPARES

#: The worked example of docs/explanation/methods/weigh.md.
TREE = tree("index\n  + first\n  + second")
ROWS = """
    area | first | second
    a    | 100   | 40
    b    | 40    | 100
    c    | 60    | 30
    d    | 60    | 10
"""
OWN = {"normalise": "none", "weigh": "benefit-of-doubt"}


def found(x: list[list[float]], least: float = 0.0) -> Weighing:
    """Weights of one period; `x` has a row a child."""
    held = np.array(x, dtype=float)[:, None, :]
    return benefit_of_doubt(
        held, np.ones(held.shape[1:], dtype=bool), np.ones((1, len(x))), np.ones(len(x)), least=least
    )


def by_area(scoring: Scoring, parent: str = "index") -> list[list[float]]:
    return scoring.area_weights_of(parent, -1).round(9).tolist()


class TestFound:
    def test_by_hand(self) -> None:
        """C is at its best, 0.643, under equal weights, where A and B reach 70; D under the first alone."""
        scoring = scored(TREE, ROWS, OWN)
        assert by_area(scoring) == [[1, 0], [0, 1], [0.5, 0.5], [1, 0]]
        assert column(scoring, "index") == [100, 100, 45, 60]

    def test_a_least_share_by_hand(self) -> None:
        scoring = scored(TREE, ROWS, {**OWN, "weigh": {"method": "benefit-of-doubt", "least": 0.2}})
        assert by_area(scoring) == [[0.8, 0.2], [0.2, 0.8], [0.5, 0.5], [0.8, 0.2]]
        assert column(scoring, "index") == [88, 88, 45, 50]

    def test_the_largest_least_share_leaves_equal_weights(self) -> None:
        assert found([[100, 40, 60], [40, 100, 30]], least=0.5).weight.tolist() == [[[0.5, 0.5]] * 3]

    def test_a_missing_child_has_no_weight_and_the_others_are_rescaled(self) -> None:
        held = found([[100, 40, np.nan], [40, 100, 30], [70, 70, 40]], least=0.1).weight[0]
        assert held[2, 0] == 0
        assert held.sum(axis=1) == pytest.approx(1)
        assert (held[2, 1:] >= 0.1).all()

    def test_an_area_with_nothing_above_0_has_the_mean_of_the_others(self) -> None:
        held = found([[100, 40, 0, np.nan], [40, 100, 0, np.nan]])
        assert held.weight.tolist() == [[[1, 0], [0, 1], [0.5, 0.5], [0.5, 0.5]]]
        assert held.reason == OWN_WEIGHTS

    def test_a_period_with_nothing_has_the_mean_of_all(self) -> None:
        x = np.array([[[100.0, 40.0, 60.0], [np.nan] * 3], [[40.0, 100.0, 10.0], [np.nan] * 3]])
        fresh = np.ones((2, 3), dtype=bool)
        held = benefit_of_doubt(x, fresh, np.ones((1, 2)), np.ones(2), least=0.0).weight
        np.testing.assert_allclose(held[1], [[2 / 3, 1 / 3]] * 3)

    def test_one_child_has_all(self) -> None:
        assert found([[3, 4]])[0].tolist() == [[1]]

    @pytest.mark.parametrize(
        ("x", "why"),
        [
            (
                [[1, 2], [-1, 2]],
                "scores below 0, which benefit of the doubt can't take: normalise to 0 or more",
            ),
            ([[0, 0], [np.nan, 0]], "no child is above 0 anywhere"),
        ],
    )
    def test_it_falls_back_to_equal_weights_with_the_reason(self, x: list[list[float]], why: str) -> None:
        held = found(x)
        assert why in held.reason
        assert held.weight.tolist() == [[0.5, 0.5]]

    def test_the_order_and_names_of_areas_make_no_difference(self) -> None:
        x = np.random.default_rng(4).uniform(1, 100, (4, 30)).round(0)
        np.testing.assert_array_equal(found(x[:, ::-1].tolist()).weight[0, ::-1], found(x.tolist()).weight[0])

    def test_an_area_whose_parent_is_not_formed_is_not_compared_with(self) -> None:
        rows = ROWS + "    e    | 1000   | ."
        scoring = scored(TREE, rows, {**OWN, "available": 1})
        assert by_area(scoring)[:4] == [[1, 0], [0, 1], [0.5, 0.5], [1, 0]]
        assert set(scoring.area_weights["area"]) == {"a", "b", "c", "d"}


class TestRefused:
    @pytest.mark.parametrize("way", sorted(COMPARES))
    def test_areas_are_not_compared_under_weights_that_differ(self, way: str) -> None:
        with pytest.raises(CommonwealError) as refused:
            scored(TREE, ROWS, {**OWN, "aggregate": way})
        assert [fault.code for fault in refused.value.faults] == ["RECIPE-METHOD"]
        assert "compares areas" in str(refused.value)

    def test_least_shares_of_more_than_one_together(self) -> None:
        with pytest.raises(CommonwealError) as refused:
            scored(TREE, ROWS, {**OWN, "weigh": {"method": "benefit-of-doubt", "least": 0.6}})
        assert [fault.code for fault in refused.value.faults] == ["RECIPE-PARAMETER"]
        assert "Write less than 0.5" in str(refused.value)


DEEP = tree(
    "index\n  needs\n    + one\n    + two\n    + three\n  chances\n    + four\n    + five",
)


def table(seed: int) -> pl.DataFrame:
    """Two periods, 25 areas, gaps in some of the indicators."""
    random = np.random.default_rng(seed)
    rows = []
    for period in ("2020", "2021"):
        for a in range(25):
            for name in ("one", "two", "three", "four", "five"):
                gap = name in ("two", "three", "five") and random.random() < 0.2
                value = None if gap else round(random.uniform(5, 95), 1)
                rows.append((period, f"a{a:02}", name, value, None))
    names = {"period": str, "area": str, "indicator": str, "value": float, "status": str}
    return pl.DataFrame(rows, schema=names, orient="row")


POWER = {"arithmetic": 1.0, "geometric": 0.0}


@pytest.fixture(scope="module", params=["arithmetic", "geometric", {"method": "power", "p": 0.5}])
def scoring(request: pytest.FixtureRequest) -> Scoring:
    recipe = {
        "normalise": "none",
        "weigh": {"dimension": "benefit-of-doubt", "index": {"method": "benefit-of-doubt", "least": 0.2}},
        "aggregate": request.param,
        "available": 0,
    }
    return scored(DEEP, table(5), recipe)


class TestRead:
    """One place holds the weights; each of its readers is checked against the scores."""

    def test_weights_of_all_areas_sum_to_one_and_keep_their_least_share(self, scoring: Scoring) -> None:
        for parent, held in scoring.child_weights.items():
            assert held.shape == (2, 25, len(DEEP.children(parent)))
            np.testing.assert_allclose(held.sum(axis=-1), 1, rtol=1e-12)
        assert scoring.child_weights["index"].min() >= 0.2 - 1e-12

    def test_the_table_of_areas_makes_their_scores(self, scoring: Scoring) -> None:
        p = POWER.get(scoring.recipe.aggregate.method.every.name, 0.5)
        scores = {row[:3]: row[3] for row in scoring.frame.select("period", "area", "node", "score").rows()}
        total: dict[tuple[str, str, str], float] = {}
        for period, area, node, parent, weight in scoring.area_weights.rows():
            x = scores[period, area, node]
            if weight > 0:
                bent = np.log(x) if p == 0 else x**p
                total[period, area, parent] = total.get((period, area, parent), 0.0) + weight * bent
        assert len(total) == 2 * 25 * 3
        for key, bent in total.items():
            assert scores[key] == pytest.approx(np.exp(bent) if p == 0 else bent ** (1 / p), rel=1e-12)

    def test_weights_csv_has_their_mean_and_says_so(self, scoring: Scoring) -> None:
        mean = scoring.area_weights.group_by("period", "node").agg(pl.col("weight").mean().alias("mean"))
        both = scoring.weights.join(mean, on=["period", "node"])
        assert both.height == 2 * 7
        np.testing.assert_allclose(both["weight"], both["mean"], rtol=1e-12)
        assert set(both["reason"]) == {OWN_WEIGHTS}
        below = scoring.weights.filter(pl.col("node").is_in([n.id for n in DEEP.indicators]))
        total = below.group_by("period").agg(pl.col("effective_weight").sum())["effective_weight"]
        np.testing.assert_allclose(total, 1)

    def test_gaps_and_scores_are_explained_exactly(self, scoring: Scoring) -> None:
        edition = edition_of(scoring)
        for area in scoring.areas[:6]:
            for against in ("a07", "2020", "all"):
                told = explain.gap(edition, area, against)
                assert abs(told.leaves["points"].sum() - told.total) < 1e-9
            told = explain.score(edition, area)
            assert abs(told.leaves["points"].sum() - told.score) < 1e-9
        other = explain.gap(edition, "a00", "a07").frame.filter(kind=explain.WEIGHTS)
        assert other["points"].abs().max() > 0.01  # type: ignore[operator]

    def test_the_cost_of_unevenness_is_that_of_the_own_weights(self, scoring: Scoring) -> None:
        cost = unevenness(scoring).filter(node="needs", part="needs", period="2021")
        if scoring.recipe.aggregate.method.every.name == "arithmetic":
            assert cost.is_empty()
            return
        at = [scoring.node_index[n] for n in ("one", "two", "three")]
        x = np.nan_to_num(scoring.scores[1][:, at])
        plain = (scoring.area_weights_of("needs", 1) * x).sum(axis=1)
        np.testing.assert_allclose(
            cost["points"], plain - scoring.scores[1][:, scoring.node_index["needs"]], atol=1e-9
        )

    def test_a_score_is_followed_with_the_own_weights(self, scoring: Scoring) -> None:
        held = {row[1:3]: row[4] for row in scoring.area_weights.filter(period="2021").rows()}
        for area in scoring.areas[:4]:
            for row in follow(scoring, area, "index", "2021")[1:]:
                if row.score is not None:
                    assert row.weight == pytest.approx(held[area, row.node])
        step = next(step for step in scoring.trace if step.step == "weigh")
        np.testing.assert_array_equal(step.values[:, :, :3], scoring.child_weights["needs"][:, :, [0, 1, 2]])

    def test_a_profile_has_the_mean_weights(self, scoring: Scoring) -> None:
        values = np.array([[20.0, 50, 80, 40, 60]] * 2)
        found = score_profile(scoring, values)
        p = POWER.get(scoring.recipe.aggregate.method.every.name, 0.5)
        for t in range(2):
            at = {"needs": slice(0, 3), "chances": slice(3, 5)}
            parts = [power(values[t, s], scoring.weights_of(name, t), p=p) for name, s in at.items()]
            whole = power(np.array(parts), scoring.weights_of("index", t), p=p)
            assert found[t, scoring.node_index["index"]] == pytest.approx(float(whole), rel=1e-12)

    def test_every_figure_of_influence_stands_beside_the_mean(self, scoring: Scoring) -> None:
        shown = dict(influence(scoring).select("node", "weight").rows())
        mean = dict(scoring.weights.filter(period="2021").select("node", "weight").rows())
        assert {node: mean[node] for node in shown} == pytest.approx(shown)

    def test_without_a_part_each_area_rescales_its_own(self, scoring: Scoring) -> None:
        if scoring.recipe.aggregate.method.every.name != "arithmetic":
            return
        left = without(scoring, "needs")
        np.testing.assert_allclose(left, scoring.scores[-1][:, scoring.node_index["chances"]])
        at = scoring.node_index
        own = scoring.area_weights_of("needs", -1).copy()
        own[:, 0] = 0
        own = np.where(own.sum(axis=1, keepdims=True) > 0, own, own.mean(axis=0))
        x = scoring.scores[-1][:, [at[name] for name in ("one", "two", "three")]]
        own = own * ~np.isnan(x)
        with np.errstate(invalid="ignore"):  # nothing else is known of the area
            needs = (own * np.nan_to_num(x)).sum(axis=1) / own.sum(axis=1)
        index = scoring.area_weights_of("index", -1)
        chances = scoring.scores[-1][:, at["chances"]]
        expected = np.where(np.isnan(needs), chances, index[:, 0] * needs + index[:, 1] * chances)
        np.testing.assert_allclose(without(scoring, "one"), expected, rtol=1e-12)
        assert removals(scoring, ["one"])["areas"].to_list() == [25]

    def test_what_moved_between_two_editions_adds_up(self, scoring: Scoring) -> None:
        recipe = {
            "normalise": "none",
            "weigh": "benefit-of-doubt",
            "aggregate": scoring.recipe.aggregate.method.every.written(),
            "available": 0,
        }
        new = scored(DEEP, table(6), recipe)
        found = moves(scoring, new, new, new).drop_nulls(["change", *STEPS])
        assert found.height > 300
        assert found["weights"].abs().max() > 1  # type: ignore[operator]
        total = found.select(pl.sum_horizontal(STEPS)).to_series()
        np.testing.assert_allclose(total, found["change"], atol=1e-9)
        same = moves(scoring, scoring, scoring, scoring)
        assert same.is_empty()


def edition_of(scoring: Scoring) -> Edition:
    areas = Areas("ward", "", tuple(Area(code, code.upper()) for code in scoring.areas))
    return Edition("Index", "Town", areas, scoring, pl.DataFrame())


DOUBT = YAML.replace("weigh: given", "weigh: {component: benefit-of-doubt, index: equal}")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_small_project(tmp_path_factory.mktemp("doubt") / "town", yaml=DOUBT)
    commonweal.build(folder)
    return folder / "build"


class TestPublished:
    def test_the_weights_of_areas_are_a_table_that_is_described(self, built: Path) -> None:
        held = pl.read_csv(built / "data" / "area_weights.csv", infer_schema=False)
        assert held.columns == ["period", "area", "node", "parent", "weight"]
        assert held.select("period", "area", "node").rows() == [
            (year, area, node)
            for year in ("2024", "2025")
            for area in AREAS
            for node in ("crime", "fires", "jobs", "pay")
        ]
        package = json.loads((built / "data" / "datapackage.json").read_text())
        assert "area_weights.csv" in {resource["path"] for resource in package["resources"]}

    def test_the_open_project_builds_the_same(self, built: Path, tmp_path: Path) -> None:
        copy = tmp_path / "project"
        shutil.copytree(built / "project", copy)
        commonweal.build(copy)
        for name in ("scores.csv", "weights.csv", "area_weights.csv"):
            again = (copy / "build" / "data" / name).read_bytes()
            assert again == (built / "data" / name).read_bytes(), name

    def test_pages_say_what_the_weights_are(self, built: Path) -> None:
        method = (built / "site" / "method.html").read_text()
        assert "for each area as suits it best beside the others" in method
        assert "Each area has its own weights" in method
        assert 'area_weights.csv">' in method

    def test_the_page_of_an_area_has_its_own_weights(self, built: Path) -> None:
        held = pl.read_csv(built / "data" / "area_weights.csv").filter(period=2025)
        shown = commonweal.read_edition(built).weights.filter(period="2025")
        mean = dict(shown.select("node", "weight").rows())
        rows = held.filter(area="A").select("node", "weight").rows()
        assert any(abs(weight - mean[node]) > 0.01 for node, weight in rows)
        page = next((built / "site" / "areas").glob("*")).read_text()
        for _, weight in rows:
            assert f">{weight:.2f}<" in page

    def test_the_audit_tells_of_them(self, built: Path) -> None:
        step = json.loads((built / "audit.json").read_text())["sections"][5]
        said = " ".join(finding["found"] for finding in step["findings"])
        assert "Two groups have the weights that suit each area best: safety and work. 100% of these" in said

    def test_the_whole_is_verified(self, built: Path) -> None:
        held = json.loads((built / "audit.json").read_text())["assurance"]["verified"]
        assert all(check["passed"] for check in held)
        assert any("in every period and area" in check["what"] for check in held)


class TestFrozen:
    """What a later edition takes over: the mean."""

    def test_the_mean_of_an_edition_of_one_period(self, tmp_path: Path) -> None:
        folder = write_small_project(tmp_path / "town", yaml=DOUBT + "periods: {publish: [2025]}\n")
        commonweal.build(folder)
        commonweal.freeze(folder, "first")
        frozen = "weigh: {component: {method: frozen, edition: editions/first}, index: equal}"
        yaml = (folder / "commonweal.yaml").read_text()
        (folder / "commonweal.yaml").write_text(
            yaml.replace("weigh: {component: benefit-of-doubt, index: equal}", frozen)
        )
        commonweal.build(folder)
        old = commonweal.read_edition(folder / "editions" / "first").weights
        new = commonweal.read_edition(folder / "build").weights
        np.testing.assert_allclose(new["weight"], old["weight"], rtol=1e-11)
        assert not (folder / "build" / "data" / "area_weights.csv").exists()

    def test_of_several_periods_the_last(self, built: Path, tmp_path: Path) -> None:
        frozen = "weigh: {component: {method: frozen, edition: editions/first}, index: equal}"
        folder = write_small_project(tmp_path / "town", yaml=YAML.replace("weigh: given", frozen))
        shutil.copytree(built, folder / "editions" / "first")
        new = commonweal.build(folder).weights.filter(parent="safety")
        old = commonweal.read_edition(built).weights.filter(parent="safety", period="2025")
        np.testing.assert_allclose(new["weight"], old["weight"], rtol=1e-11)
