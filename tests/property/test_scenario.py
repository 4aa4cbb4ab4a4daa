"""A scenario is what a rebuild on frozen scales would give, and what stands changes nothing."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from drawn import scored, tree
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from commonweal.insight.peers import peers
from commonweal.insight.performance import performance
from commonweal.insight.progress import progress
from commonweal.insight.scenario import whatif
from commonweal.model.area import Area, Areas
from commonweal.model.edition import Edition, Scoring
from commonweal.model.project import PeerRule, ProgressRule

TREE = tree("index\n  one\n    + a\n    - b\n    + c\n  two\n    - d\n    + e\n    + f")
IDS = tuple(node.id for node in TREE.indicators)
SHAPE = (len(IDS), 2, 12)
VALUES = arrays.arrays(np.int64, SHAPE, elements=st.integers(100, 10**5)).map(lambda x: x / 100.0)
CODES = [f"w{a:02}" for a in range(SHAPE[2])]
PEOPLE = pl.DataFrame({"code": CODES, "people": np.arange(1.0, 13.0), "income": np.arange(12.0) ** 1.5})
RECIPES: tuple[dict[str, object], ...] = (
    {"normalise": "goalposts", "weigh": "pca",
     "aggregate": {"dimension": "arithmetic", "index": "geometric"}},
    {"treat": {"method": "winsorise", "skew": 0.5, "kurtosis": 0.1, "max": 2, "then": "signed-log"},
     "normalise": "zscore", "aggregate": "arithmetic"},
    {"denominate": {"a": "people", "d": "people"}, "normalise": {"method": "minmax", "low": 1.0},
     "aggregate": "arithmetic"},
    {"treat": "box-cox", "normalise": "goalposts",
     "aggregate": {"dimension": {"method": "power", "p": 0.5}, "index": "harmonic"}},
    {"normalise": "goalposts", "aggregate": "median"},
)  # fmt: skip

CURVED = {number for number, recipe in enumerate(RECIPES) if "treat" in recipe}


def rows(values: np.ndarray) -> pl.DataFrame:
    i, p, a = (axis.reshape(-1) for axis in np.indices(values.shape))
    labels = np.asarray(["2019", "2020"])
    columns = {"period": labels[p], "area": np.asarray(CODES)[a], "indicator": np.asarray(IDS)[i]}
    return pl.DataFrame({**columns, "value": values.reshape(-1)})


def edition_of(scoring: Scoring) -> Edition:
    areas = Areas("ward", "", tuple(Area(code, code.upper()) for code in CODES), PEOPLE)
    rule, since = PeerRule(("income",)), ProgressRule()
    near = peers(scoring, areas, rule)
    return Edition(
        "Index", "Place", areas, scoring, pl.DataFrame(), peer_rule=rule, progress_rule=since, peers=near,
        performance=performance(scoring, near, rule), progress=progress(scoring, since),
    )  # fmt: skip


def spread(values: np.ndarray) -> np.ndarray:
    """The values, with three areas that give every indicator a range."""
    values = values.copy()
    values[:, :, 0], values[:, :, 5], values[:, :, 11] = 1.0, 20.0, 300.0
    return values


@pytest.mark.parametrize("number", range(len(RECIPES)))
@settings(max_examples=8)
@given(VALUES, st.integers(0, 11), st.lists(st.sampled_from(IDS), min_size=1, unique=True))
def test_what_stands_changes_nothing(number: int, values: np.ndarray, area: int, chosen: list[str]) -> None:
    values = spread(values)
    edition = edition_of(scored(TREE, rows(values), {**RECIPES[number], "floor": 1}, attributes=PEOPLE))
    same = whatif(edition, CODES[area], {id: float(values[IDS.index(id), 1, area]) for id in chosen})
    size = float(np.nanmax(np.abs(edition.scoring.scores)))
    assert same.nodes["change"].abs().max() <= 1e-12 * max(size, 1.0)
    for kind in ("rank", "performance", "progress"):
        assert same.nodes[f"{kind}_before"].to_list() == same.nodes[f"{kind}_after"].to_list()
    assert same.areas["area"].to_list() == [CODES[area]]


@pytest.mark.parametrize("number", range(len(RECIPES)))
@settings(max_examples=8)
@given(VALUES, st.integers(0, 11), st.dictionaries(st.sampled_from(IDS), st.floats(1, 2000), min_size=1))
def test_a_scenario_is_a_rebuild_on_frozen_scales(
    number: int, values: np.ndarray, area: int, supposed: dict[str, float]
) -> None:
    values = spread(values)
    if number in CURVED:  # a curve has no place for values far beyond those it was found on
        supposed = {id: min(value, 300.0) for id, value in supposed.items()}
    recipe = {**RECIPES[number], "floor": 1}
    before = scored(TREE, rows(values), recipe, attributes=PEOPLE)
    found = whatif(edition_of(before), CODES[area], supposed)

    def frozen(step: object) -> dict[str, object]:
        held = dict(step) if isinstance(step, dict) else {"method": step}
        return {**held, "rule": "frozen", "edition": "before"}

    changed = values.copy()
    for id, value in supposed.items():
        changed[IDS.index(id), 1, area] = value
    again = {name: frozen(step) if name in ("treat", "normalise") else step for name, step in recipe.items()}
    again["weigh"] = {"method": "frozen", "edition": "before"}
    rebuilt = scored(TREE, rows(changed), again, frozen=before.hands_on, attributes=PEOPLE)

    at = [rebuilt.node_index[node] for node in found.nodes["node"]]
    size = float(np.nanmax(np.abs(rebuilt.scores)))
    after = found.nodes["score_after"].to_numpy()
    np.testing.assert_allclose(after, rebuilt.scores[1, area, at], rtol=1e-9, atol=1e-9 * size)
    assert found.nodes["rank_after"].to_list() == rebuilt.ranks[1, area, at].tolist()
