"""What hangs together over 51 countries: tables that COINr computed, found again from the same numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from score_table import node_id, score_table
from strengths import strengths

from commonweal.insight.diagnose import availability, consistency, correlation, pairs
from commonweal.insight.diagnose.components import components
from commonweal.insight.diagnose.influence import influence
from commonweal.insight.diagnose.outranking import copeland, dominant, outranking
from commonweal.insight.diagnose.removal import removals, without
from commonweal.insight.diagnose.statistics import statistics
from commonweal.model.area import Area, Areas
from commonweal.model.edition import Scoring
from commonweal.model.framework import Framework, Node

LEVELS = {1: "indicator", 2: "pillar", 3: "sub-index", 4: "index"}
RECIPE = {"normalise": "none", "weigh": "given", "aggregate": "arithmetic", "available": 0}


def read(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema_length=None)


def numbers(frame: pl.DataFrame, columns: list[str]) -> np.ndarray:
    return frame.select(pl.col(columns).cast(pl.Float64)).to_numpy()


def close(found: object, expected: object, slack: float = 1e-12) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=slack)


@pytest.fixture(scope="module")
def asem(golden: Path) -> Path:
    return golden / "asem"


@pytest.fixture(scope="module")
def meta(asem: Path) -> pl.DataFrame:
    return read(asem / "iMeta.csv").filter(pl.col("Level").is_not_null())


def tree(meta: pl.DataFrame, *, directed: bool, weights: dict[str, float] | None = None) -> Framework:
    """`directed`: the values have their direction in them already."""
    return Framework(
        tuple(
            Node(
                node_id(row["iCode"]),
                row["iName"],
                node_id(row["Parent"] or ""),
                LEVELS[row["Level"]],
                (1 if directed else row["Direction"]) if row["Level"] == 1 else None,
                weight=(weights or {}).get(row["iCode"], row["Weight"]),
            )
            for row in meta.iter_rows(named=True)
        )
    )


def scored(asem: Path, meta: pl.DataFrame, case: str, weights: dict[str, float] | None = None) -> Scoring:
    table = read(asem / case / "normalised.csv")
    table = table.rename(lambda name: name if name == "uCode" else node_id(name))
    return score_table(table, "uCode", tree(meta, directed=True, weights=weights), RECIPE)


@pytest.fixture(scope="module")
def treated(asem: Path, meta: pl.DataFrame) -> Scoring:
    """Case b_treat, from the raw figures: divided, treated, normalised, averaged."""
    table = read(asem / "iData.csv")
    sizes = ["Area", "Energy", "GDP", "Population"]
    by = meta.filter(pl.col("Denominator").fill_null("") != "").select("iCode", "Denominator")
    recipe = {
        "denominate": {node_id(code): size for code, size in by.rows()},
        "treat": {"method": "winsorise", "then": "log"},
        "normalise": "minmax",
        "weigh": "given",
        "available": 0,
    }
    areas = Areas(
        "country",
        "",
        tuple(Area(code, code) for code in table["uCode"]),
        table.rename({"uCode": "code"}).select("code", *sizes),
    )
    values = table.select("uCode", pl.exclude("uCode", *sizes).name.map(node_id))
    return score_table(values, "uCode", tree(meta, directed=False), recipe, areas=areas)


def at(scoring: Scoring, names: list[str]) -> list[int]:
    return [scoring.node_index[node_id(name)] for name in names]


def sizes(asem: Path, table: pl.DataFrame, names: list[str]) -> np.ndarray:
    """What each indicator is divided by. denominated.csv has 15 digits, too few to tell near values apart."""
    by = dict(read(asem / "iMeta.csv").select("iCode", "Denominator").rows())
    return np.stack([table[by[n]].to_numpy() if by[n] else np.ones(len(table)) for n in names], axis=1)


@pytest.mark.parametrize("name", ["raw", "denominated"])
def test_statistics(asem: Path, name: str) -> None:
    expected = read(asem / "analysis" / f"stats_{name}.csv")
    names = expected["iCode"].to_list()
    table = read(asem / "iData.csv")
    found = statistics(
        numbers(table, names) / (sizes(asem, table, names) if name == "denominated" else 1), names
    )
    columns = {
        "Min": "min", "Max": "max", "Mean": "mean", "Median": "median", "Std": "sd", "Skew": "skewness",
        "Kurt": "kurtosis", "N.Avail": "available", "N.NonZero": "nonzero", "N.Unique": "distinct",
        "N.Same": "commonest", "Frc.Avail": "available_share", "Frc.NonZero": "nonzero_share",
        "Frc.Unique": "distinct_share", "Frc.Same": "commonest_share",
    }  # fmt: skip
    for theirs, ours in columns.items():
        close(found[ours].to_numpy(), expected[theirs].to_numpy())
    flags = {
        "Flag.Avail": "low_available", "Flag.NonZero": "low_nonzero", "Flag.Unique": "low_distinct",
        "Flag.SkewKurt": "outliers",
    }  # fmt: skip
    for theirs, ours in flags.items():
        assert found[ours].to_list() == (expected[theirs] != "ok").to_list()


def test_availability(asem: Path, meta: pl.DataFrame) -> None:
    framework = tree(meta, directed=False)
    names = meta.filter(pl.col("Level") == 1)["iCode"].to_list()
    table = read(asem / "iData.csv").sort("uCode")
    x = numbers(table, names)
    expected = read(asem / "analysis" / "availability_raw.csv")
    found = availability.by_area(x, table["uCode"].to_list())
    assert found["area"].to_list() == expected["uCode"].to_list()
    close(found.drop("area").to_numpy(), expected.drop("uCode").to_numpy())
    expected = read(asem / "analysis" / "availability_raw_by_group.csv")
    parents, shares = availability.by_parent(x, framework)
    order = [parents.index(node_id(name)) for name in expected.columns[1:]]
    close(shares[:, order], expected.drop("uCode").to_numpy())


@pytest.mark.parametrize("kind", ["pearson", "spearman", "kendall"])
def test_correlations_of_indicators(asem: Path, treated: Scoring, kind: str) -> None:
    expected = read(asem / "analysis" / f"corr_{kind}_indicators.csv")
    names = expected.columns[1:]
    assert expected["iCode"].to_list() == names
    x = treated.scores[-1][:, at(treated, names)]
    # Two values of this indicator differ in their last bit only; ranks hang on how it was normalised.
    exact = -read(asem / "iData.csv").sort("uCode")["TolMin"].to_numpy()
    x[:, names.index("TolMin")] = (exact - exact.min()) / (exact.max() - exact.min()) * 100
    found = getattr(correlation, kind)(x)
    close(found.r, expected.drop("iCode").to_numpy())
    if kind == "pearson":
        p = read(asem / "analysis" / "corr_pearson_pvalues_indicators.csv")
        close(found.p, p.drop("iCode").to_numpy(), slack=1e-14)


def test_correlations_of_parents(asem: Path, treated: Scoring) -> None:
    expected = read(asem / "analysis" / "corr_pearson_aggregates.csv")
    x = treated.scores[-1][:, at(treated, expected.columns[1:])]
    close(correlation.pearson(x).r, expected.drop("iCode").to_numpy())


def test_correlations_with_what_stands_above(asem: Path, treated: Scoring) -> None:
    expected = read(asem / "analysis" / "corr_with_ancestors.csv")
    table = pairs.with_ancestors(treated.scores[-1], treated.framework)
    found = {(row["node"], row["level"]): row["r"] for row in table.iter_rows(named=True)}
    wanted = [(node_id(n), node_id(level)) for _, n, level, _ in expected.rows()]
    # Theirs leaves out the level just below the index.
    assert found.keys() - set(wanted) == {("conn", "index"), ("sust", "index")}
    close([found[key] for key in wanted], expected["correlation"].to_numpy())


def test_pairs_inside_pillars(asem: Path, meta: pl.DataFrame) -> None:
    indicators = meta.filter(pl.col("Level") == 1).select("iCode", "Parent").sort("iCode")
    names = indicators["iCode"].to_list()
    x = numbers(read(asem / "b_treat" / "normalised.csv"), names)
    found = pairs.inside_groups(correlation.pearson(x), names, indicators["Parent"].to_list())
    expected = read(asem / "analysis" / "corr_flags_within_pillar.csv")
    kinds = {"redundant": "above 0.7", "opposed": "below -0.4"}
    held = {(kinds[k], g, frozenset((a, b))): r for k, g, a, b, r, _, _ in found.rows()}
    wanted = {(k, g, frozenset((a, b))): r for k, g, a, b, r in expected.rows()}
    assert held.keys() == wanted.keys()
    close([held[key] for key in wanted], list(wanted.values()))


def test_indicators_that_measure_size(asem: Path, meta: pl.DataFrame) -> None:
    names = meta.filter(pl.col("Level") == 1)["iCode"].to_list()
    table = read(asem / "iData.csv")
    sizes = ["Area", "Energy", "GDP", "Population"]
    found = pairs.against(numbers(table, names), names, numbers(table, sizes), sizes)
    expected = read(asem / "analysis" / "corr_denominators_raw.csv")
    held = {(a, b): r for a, b, r, _, _ in found.rows()}
    wanted = {(a, b): r for a, b, r in expected.rows()}
    assert held.keys() == wanted.keys()
    close([held[key] for key in wanted], list(wanted.values()))


def test_principal_components(asem: Path, treated: Scoring) -> None:
    folder = asem / "analysis"
    variance = read(folder / "pca_variance.csv")
    loadings = read(folder / "pca_loadings.csv")
    weights = read(folder / "pca_weights.csv")
    for (level, group), expected in variance.group_by("level", "group"):
        here = (pl.col("level") == level) & (pl.col("group") == group)
        names = weights.filter(here)["iCode"].to_list()
        found = components(treated.scores[-1][:, at(treated, names)])
        assert found is not None
        assert found.rows == expected["n_units"][0]
        expected = expected.sort("component")
        close(found.eigenvalues, expected["eigenvalue"].to_numpy())
        close(np.cumsum(found.shares), expected["cumulative"].to_numpy())
        wide = loadings.filter(here).pivot(on="component", index="iCode", values="loading")
        theirs = wide.select(str(i) for i in expected["component"]).to_numpy()
        rows = [names.index(name) for name in wide["iCode"]]
        ours = found.loadings[rows]
        close(ours * np.sign((ours * theirs).sum(axis=0)), theirs, slack=1e-10)


def test_cronbachs_alpha(asem: Path, treated: Scoring) -> None:
    for level, group, k, expected in read(asem / "analysis" / "cronbach.csv").rows():
        if group == "ALL":
            nodes = treated.framework.indicators
        elif node_id(group) in treated.framework:
            nodes = treated.framework.children(node_id(group))
        assert len(nodes) == k, level
        x = treated.scores[-1][:, [treated.node_index[node.id] for node in nodes]]
        close(consistency.alpha(x), expected)


@pytest.mark.parametrize("name", ["imeta", "case_d"])
def test_effective_weights(asem: Path, meta: pl.DataFrame, name: str) -> None:
    weights = None
    if name == "case_d":
        table = read(asem / "d_weights_avail" / "weights.csv")
        weights = dict(table.select("iCode", "Weight").rows())
    scoring = scored(asem, meta, "a_plain", weights)
    found = {row["node"]: row["effective_weight"] for row in influence(scoring).iter_rows(named=True)}
    expected = read(asem / "analysis" / f"effective_weights_{name}.csv").filter(pl.col("Level") < 4)
    close([found[node_id(n)] for n in expected["iCode"]], expected["EffWeight"].to_numpy())


@pytest.mark.parametrize("level", [2, 3])
def test_the_index_without_a_part(asem: Path, treated: Scoring, level: int) -> None:
    folder = asem / "analysis"
    expected = read(folder / f"remove_level{level}_scores.csv")
    areas = [treated.area_index[code] for code in expected["uCode"]]
    names = expected.columns[2:]
    close(treated.scores[-1][areas, treated.node_index["index"]], expected["Nominal"].to_numpy())
    for name in names:
        close(without(treated, node_id(name))[areas], expected[name].to_numpy())
    change = dict(read(folder / f"remove_level{level}_mean_abs_rank_change.csv").rows())
    found = removals(treated, [node_id(name) for name in names])
    close(found["mean_rank_change"].to_numpy(), [change[name] for name in names])


def test_outranking(asem: Path) -> None:
    expected = read(asem / "analysis" / "outranking_pillars_case_a.csv")
    scores = read(asem / "a_plain" / "scores.csv")
    pillars = ["Physical", "ConEcFin", "Political", "Instit", "P2P", "Environ", "Social", "SusEcFin"]
    found = outranking(numbers(scores, pillars), np.ones(8))
    assert scores["uCode"].to_list() == expected["uCode"].to_list()
    close(found, expected.drop("uCode").to_numpy())
    order = read(asem / "analysis" / "copeland_pillars_case_a.csv")
    assert copeland(found).tolist() == order["copeland"].to_list()
    assert dominant(found) == 60


def test_strengths_and_weaknesses(asem: Path, meta: pl.DataFrame) -> None:
    framework = tree(meta, directed=False)
    names = meta.filter(pl.col("Level") == 1)["iCode"].to_list()
    table = read(asem / "iData.csv")
    found = strengths(numbers(table, names), framework, table["uCode"].to_list().index("GBR"))
    expected = read(asem / "analysis" / "strengths_weaknesses_GBR.csv")
    assert found["kind"].to_list() == expected["kind"].to_list()
    assert found["indicator"].to_list() == [node_id(code) for code in expected["Code"]]
    assert found["rank"].to_list() == expected["Rank"].to_list()
    close(found["value"].to_numpy(), expected["Value"].to_numpy())
