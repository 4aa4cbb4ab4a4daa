"""The examples on the pages about methods, worked out again."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from commonweal.methods import aggregate, normalise, weigh
from commonweal.methods.answers import judged, shared_out
from commonweal.methods.factor import one_factor
from commonweal.methods.normalise import Marks
from commonweal.model import methods as model

PAGES = Path(__file__).parents[2] / "docs" / "explanation" / "methods"


def rows(page: str) -> dict[str, list[str]]:
    """The rows of a page's tables: first cell -> the others."""
    cells = [
        line.strip("|").split("|") for line in (PAGES / page).read_text().splitlines() if line[:1] == "|"
    ]
    return {first.strip(): [cell.strip() for cell in others] for first, *others in cells}


def page(name: str) -> str:
    return (PAGES / name).read_text()


@pytest.mark.parametrize("family", ["normalise", "weigh", "aggregate"])
def test_every_method_is_on_its_page(family: str) -> None:
    text = page(f"{family}.md")
    assert not [name for name in model.METHODS[family] if f"`{name}" not in text]


MARKS = Marks(weight=np.array([1.0, 1, 2, 1, 1]), place=6.0, target=8.0, worst=0.0)
PARAMETERS = {
    "goalposts": {"clip": True}, "minmax": {"low": 1, "high": 13}, "zscore": {"mean": 0, "sd": 1},
    "percentile": {"scale": 1}, "quantile-scale": {"classes": 5}, "distance-to-max": {"scale": 1},
    "distance-to-target": {"cap": False, "scale": 1}, "share-of-max": {"scale": 1},
    "distance-to-reference": {"area": "D", "scale": 1}, "index-100": {"weight": "people"},
    "exponential": {"rate": 23},
}  # fmt: skip


def test_the_table_of_scales() -> None:
    table = rows("normalise.md")
    x = np.array([float(cell) for cell in table["value"]])
    found = {row: cells for row, cells in table.items() if len(cells) == 5 and row.startswith("`")}
    assert {re.findall("`(.*?)`", row)[0] for row in found} == set(normalise.METHODS)
    for row, cells in found.items():
        name = re.findall("`(.*?)`", row)[0]
        parameters = PARAMETERS.get(name, {}) | ({"cap": True} if row.endswith("cap") else {})
        scores = normalise.METHODS[name](x, x, MARKS, **parameters)
        assert [round(float(score), 2) for score in scores] == [float(cell) for cell in cells], row


def test_the_table_of_aggregates() -> None:
    table = rows("aggregate.md")
    x = np.array([[float(cell) for cell in table[area][:3]] for area in "ABC"]).T
    for k, head in enumerate(table[""][3:], 3):
        name, parameters = re.findall("`(.*?)`", head)[0], {}
        if name == "owa":
            parameters = {"weights": (1.0, 2.0, 3.0)}
        if name == "mazziotta-pareto":
            parameters = {"sign": "-"}
        scores = aggregate.METHODS[name](x, np.ones((3, 1)), **parameters)
        assert [round(float(score), 2) for score in scores] == [float(table[area][k]) for area in "ABC"], head


def test_weights_from_the_data() -> None:
    critic = rows("weigh.md")
    x = np.array([[float(cell) for cell in critic[row][:4]] for row in ("first", "second", "third")])
    everywhere = np.ones((1, 4), dtype=bool)
    found = weigh.critic(x[:, None], everywhere, np.ones((1, 3)), np.ones(3)).weight[0]
    assert found.round(3).tolist() == [float(critic[row][-1]) for row in ("first", "second", "third")]

    loading = one_factor(np.array([[1, 0.56, 0.48], [0.56, 1, 0.42], [0.48, 0.42, 1]]))
    assert (loading / loading.sum()).round(3).tolist() == [0.381, 0.333, 0.286]
    assert "0.381, 0.333 and 0.286" in page("weigh.md")

    v = np.linalg.solve(np.array([[1, 0.8, 0], [0.8, 1, 0], [0, 0, 1]]), np.ones(3))
    assert (v / v.sum()).round(3).tolist() == [0.263, 0.263, 0.474]
    assert "0.263, 0.263 and 0.474" in page("weigh.md")


def test_weights_of_each_area() -> None:
    table = rows("weigh.md")
    x = np.array([[float(cell) for cell in table[area][:2]] for area in "ABCD"]).T
    for least, at in ((0.0, 2), (0.2, 4)):
        found = weigh.benefit_of_doubt(
            x[:, None], np.ones((1, 4), dtype=bool), np.ones((1, 2)), np.ones(2), least=least
        ).weight[0]
        for own, scores, area in zip(found, x.T, "ABCD", strict=True):
            assert own.round(9).tolist() == [float(cell) for cell in table[area][at].split(",")]
            assert float(own @ scores) == pytest.approx(float(table[area][at + 1]))
    assert aggregate.benefit_of_doubt(x, np.ones((2, 1))).round(2).tolist() == [100, 100, 64.29, 60]
    assert "(C 64.29, D 60)" in page("weigh.md")


def test_weights_from_people() -> None:
    points = np.array([[60.0, 40.0], [2.0, 8.0], [np.nan, np.nan]])
    assert shared_out(points).weight.round(9).tolist() == [0.4, 0.6]
    agreed = np.array([[1, 2, 6], [1 / 2, 1, 3], [1 / 6, 1 / 3, 1]])
    assert judged(agreed[None]).weight.round(9).tolist() == [0.6, 0.3, 0.1]
