"""The worked examples of docs/explanation/methods on cells, number by number as they are printed there."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from drawn import tree

from commonweal.engine import score
from commonweal.methods.moments import moments
from commonweal.model.area import Area, Areas
from commonweal.model.edition import Scoring
from commonweal.model.methods import METHODS
from commonweal.model.observation import Observations
from commonweal.model.period import Period
from commonweal.model.project import Periods
from commonweal.model.recipe import Recipe

PAGES = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "methods"
PLAIN = {"normalise": "none", "available": 0}


def tables(page: str) -> list[dict[str, list[str]]]:
    """The tables of a page: what stands first in a row -> the other cells; the header under ''."""
    found = re.findall(r"(?:^\|.*\|\n)+", (PAGES / page).read_text(encoding="utf-8"), re.MULTILINE)
    read = []
    for block in found:
        rows = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in block.splitlines()]
        read.append({row[0]: row[1:] for row in rows if not row[0].startswith("---")})
    return read


def written(label: str) -> dict[str, object]:
    """`cap` high 5 -> {method: cap, high: 5}."""
    method, rest = re.match(r"`(.+)`(.*)", label).groups()  # type: ignore[union-attr]
    words = rest.replace(",", "").split()
    pairs = dict(zip(words[::2], words[1::2], strict=True))
    numbers = {key: float(word) if word[0].isdigit() else word for key, word in pairs.items()}
    return {"method": method, **numbers}


def scored(
    values: dict[str, dict[tuple[str, str], str]],
    recipe: dict[str, object],
    shape: str,
    **columns: list[object],
) -> Scoring:
    """Score cells, (area, period) -> number, by indicator."""
    cells = [
        (area, period, id, None if cell == "." else float(cell))
        for id, row in values.items()
        for (area, period), cell in row.items()
    ]
    frame = pl.DataFrame(cells, schema=["area", "period", "indicator", "value"], orient="row")
    codes = sorted(frame["area"].unique())
    periods = Periods(tuple(Period.parse(label) for label in sorted(frame["period"].unique())))
    areas = Areas("place", "", tuple(Area(c, c) for c in codes), pl.DataFrame({"code": codes, **columns}))
    return score(Observations.of(frame), tree(shape), areas, periods, Recipe.read({**PLAIN, **recipe}))


def met(scoring: Scoring) -> np.ndarray:
    return scoring.values if scoring.met is None else scoring.met


def same(found: np.ndarray, printed: list[str]) -> None:
    expected = [np.nan if cell == "." else float(cell) for cell in printed]
    decimals = max(len(cell.partition(".")[2]) for cell in printed)
    np.testing.assert_allclose(np.round(found, decimals), expected, atol=1e-9)


TREAT = tables("treat.md")[0]


def across(table: dict[str, list[str]], *rows: str) -> dict[str, dict[tuple[str, str], str]]:
    return {
        row: {(area, "2020"): cell for area, cell in zip(table[""], table[row], strict=True)} for row in rows
    }


@pytest.mark.parametrize("label", [row for row in TREAT if row not in ("", "value")])
def test_each_treatment_of_the_page(label: str) -> None:
    scoring = scored(across(TREAT, "value"), {"treat": written(label)}, "index\n  + value")
    same(met(scoring)[0, :, 0], TREAT[label])


def test_the_moments_of_the_page() -> None:
    text = (PAGES / "treat.md").read_text(encoding="utf-8")
    rows = np.array([[float(cell) for cell in TREAT[row]] for row in ("value", "`winsorise`")])
    (before, after) = moments(rows).T.round(2).tolist()
    assert f"Skewness is {before[0]} and kurtosis {before[1]}" in text
    assert f"they are {after[0]} and {after[1]}" in text


IMPUTE, FILLED, ALONG = tables("impute.md")


@pytest.mark.parametrize("label", [row for row in FILLED if row])
def test_each_way_to_impute_of_the_page(label: str) -> None:
    values = across(IMPUTE, "jobs", "crime")
    scoring = scored(
        values, {"impute": written(label)}, "index\n  + jobs\n  - crime", region=IMPUTE["region"]
    )
    same(met(scoring)[0, 2:3, 0], FILLED[label])
    assert scoring.imputed.select("area", "indicator").rows() == [("C", "jobs")]


@pytest.mark.parametrize("label", [row for row in ALONG if row not in ("", "value")])
def test_each_way_along_time_of_the_page(label: str) -> None:
    values = {
        "value": {("A", year): cell for year, cell in zip(ALONG[""], ALONG["value"], strict=True)},
        "other": {("A", year): "1" for year in ALONG[""]},  # so that no period is empty
    }
    scoring = scored(values, {"impute": written(label)}, "index\n  + value\n  + other")
    same(met(scoring)[:, 0, 0], ALONG[label])


def test_the_reference_has_every_method_with_its_parameters() -> None:
    reference = PAGES.parents[1] / "reference" / "recipe.md"
    rows = [line.split("|") for line in reference.read_text(encoding="utf-8").splitlines()]
    told = {(row[1].strip(" `"), row[2].strip(" `")): row[3] for row in rows if len(row) == 5}
    for family, methods in METHODS.items():
        assert {method for key, method in told if key == family} == set(methods)
        for method, parameters in methods.items():
            said = told[family, method]
            assert re.findall(r"`(.+?)`: ", said) == list(parameters)
            for held in parameters.values():
                if isinstance(held.default, (int, float)) and not isinstance(held.default, bool):
                    assert f"({held.default:g})" in said


THIN = tables("denominate-and-screen.md")[0]
SHAPE = "index\n  - crimes\n  + jobs\n  - rent\n  + schools"


def test_the_division_of_the_page() -> None:
    people = [float(cell) for cell in THIN["population"]]
    values = across(THIN, "crimes", "jobs", "rent", "schools")
    scoring = scored(values, {"denominate": {"crimes": "people"}}, SHAPE, people=people)
    same(met(scoring)[0, :, 0], THIN["crimes divided by population"])


def test_the_screening_of_the_page() -> None:
    values = across(THIN, "crimes", "jobs", "rent", "schools")
    scoring = scored(values, {"screen": {"areas": 0.75, "indicators": 0.7}}, SHAPE)
    assert scoring.screened.select("area", "indicator").rows() == [("D", ""), ("", "rent")]
