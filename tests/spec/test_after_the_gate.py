"""What is made of protected figures: shrinkage and change, worked out by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely
from made_project import made_project

from commonweal.methods.change import difference, percent
from commonweal.methods.shrink import beta_binomial, poisson_gamma
from commonweal.model.area import Boundaries
from commonweal.model.observation import Observations
from commonweal.model.project import Project
from commonweal.model.source import Measure
from commonweal.sources.measure.after import finished
from commonweal.sources.measure.shrink import neighbours

AREAS = ("A", "B", "C", "D")
#: A row of four squares; the last touches the third in a corner only.
SQUARES = np.array(
    [shapely.box(x, y, x + 1, y + 1) for x, y in ((0, 0), (1, 0), (2, 0), (3, 1))], dtype=object
)


def rates(**changed: object) -> pl.DataFrame:
    """2, 30, 10 and a hidden number of 100, 1000, 100 and 200 people, in 2018, and the same in 2017."""
    count, base = [2.0, 30.0, 10.0, None], [100.0, 1000.0, 100.0, 200.0]
    value = [20.0, 30.0, 100.0, 20.0]
    rows = {
        "area": AREAS, "indicator": ["rate"] * 4, "value": value, "lower": [2.0, 20.0, 50.0, 5.0],
        "upper": [70.0, 40.0, 180.0, 35.0], "numerator": count, "denominator": base,
        "status": ["rounded"] * 3 + ["suppressed"], "kind": ["rate"] * 4, "per": [1000.0] * 4,
        "source": ["r"] * 4, **changed,
    }  # fmt: skip
    both = [
        pl.DataFrame(rows, strict=False).with_columns(pl.lit(year).alias("period"))
        for year in ("2017", "2018")
    ]
    return Observations.of(pl.concat(both)).frame


def project(root: Path, *measures: Measure) -> Project:
    boundaries = Boundaries(AREAS, SQUARES, "EPSG:27700")
    return made_project(root, [], measures, AREAS, ("2018",), boundaries=boundaries)


def of_2018(frame: pl.DataFrame, indicator: str = "rate") -> pl.DataFrame:
    return frame.filter(period="2018", indicator=indicator).sort("area")


def test_rates_are_drawn_to_the_borough_a_hidden_count_by_its_range(tmp_path: Path) -> None:
    measure = Measure("rate", "r", "rate", per=1000, denominator="people", shrink="borough")
    found = of_2018(finished(rates(), project(tmp_path, measure), frozenset()))
    count, low, high = np.array([[2.0, 30, 10, 4], [2, 30, 10, 1], [2, 30, 10, 7]])
    expected = poisson_gamma(count, low, high, np.array([100.0, 1000, 100, 200]), None)
    np.testing.assert_allclose(found["value"], 1000 * expected.rate)
    np.testing.assert_allclose(found["lower"], 1000 * expected.limits[:, 0])
    np.testing.assert_allclose(found["upper"], 1000 * expected.limits[:, 1])
    assert found["status"].to_list() == ["estimated"] * 4
    assert found["numerator"].to_list() == [2.0, 30.0, 10.0, None]


def test_percentages_are_drawn_to_neighbours(tmp_path: Path) -> None:
    """A and C are neighbours of B alone; D has none, so it keeps its own."""
    measure = Measure("rate", "r", "percentage", where="x = 1", shrink="neighbours")
    shares = rates(
        kind=["percentage"] * 4,
        per=[100.0] * 4,
        value=[2.0, 3, 10, 3],
        numerator=[2.0, 30, 10, 6],
        status=["rounded"] * 4,
    )
    found = of_2018(finished(shares, project(tmp_path, measure), frozenset()))
    count, base = np.array([2.0, 30, 10, 6]), np.array([100.0, 1000, 100, 200])
    pairs = np.array([[0, 0], [0, 1], [1, 0], [1, 1], [1, 2], [2, 1], [2, 2], [3, 3]])
    np.testing.assert_allclose(found["value"], 100 * beta_binomial(count, count, count, base, pairs).rate)
    assert found["value"][3] == pytest.approx(3)


def test_neighbours_share_a_stretch_of_boundary_not_a_corner() -> None:
    pairs = neighbours(Boundaries(AREAS, SQUARES, "EPSG:27700"), AREAS)
    assert pairs.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1], [1, 2], [2, 1], [2, 2], [3, 3]]


def test_the_rule_of_the_english_indices_moves_every_rate_towards_that_of_all(tmp_path: Path) -> None:
    measure = Measure("rate", "r", "rate", per=1000, denominator="p", shrink="deprivation-index-rule")
    found = of_2018(finished(rates(), project(tmp_path, measure), frozenset()))
    together = 1000 * (2 + 30 + 10 + 4) / 1400
    raw = np.array([20.0, 30, 100, 20])
    assert (np.abs(found["value"].to_numpy() - together) < np.abs(raw - together)).all()


def test_what_has_no_base_keeps_what_it_has(tmp_path: Path) -> None:
    measure = Measure("rate", "r", "rate", per=1000, denominator="people", shrink="borough")
    hidden = rates(denominator=[100.0, 1000.0, 100.0, None])
    found = of_2018(finished(hidden, project(tmp_path, measure), frozenset()))
    assert found.select("value", "status").row(3) == (20.0, "suppressed")
    assert found["status"][0] == "estimated"


@pytest.mark.parametrize("way", ["difference", "percent"])
def test_a_change_is_of_two_protected_figures(tmp_path: Path, way: str) -> None:
    measure = Measure("more", "", "change", of="rate", change=way)  # type: ignore[arg-type]
    frame = rates()
    late = pl.col("period") == "2018"
    frame = frame.with_columns(
        pl.when(late).then(1.5 * pl.col(name)).otherwise(name).alias(name)
        for name in ("value", "lower", "upper")
    )
    found = finished(frame, project(tmp_path, measure), frozenset())
    changes = of_2018(found, "more")
    x, ends = np.array([20.0, 30, 100]), np.array([[2.0, 70], [20, 40], [50, 180]])
    value, limits = (difference if way == "difference" else percent)(x, ends, 1.5 * x, 1.5 * ends)
    np.testing.assert_allclose(changes["value"][:3], value)
    np.testing.assert_allclose(changes.select("lower", "upper").to_numpy()[:3].astype(float), limits)
    hidden = (7.5 - 35, 52.5 - 5) if way == "difference" else (100 * (7.5 / 35 - 1), 100 * (52.5 / 5 - 1))
    assert changes.select("lower", "upper", "status").row(3) == (
        pytest.approx(hidden[0]), pytest.approx(hidden[1]), "suppressed",
    )  # fmt: skip
    assert changes["value"][3] == pytest.approx(sum(hidden) / 2)
    assert changes.select("numerator", "denominator").null_count().row(0) == (4, 4)
    assert found.filter(indicator="more", period="2017").height == 0


def test_what_was_there_for_others_alone_is_left_out(tmp_path: Path) -> None:
    measure = Measure("more", "", "change", of="rate")
    aside = {("rate", "2017"), ("rate", "2018")}
    found = finished(rates(), project(tmp_path, measure), aside)
    assert set(found["indicator"]) == {"more"}
