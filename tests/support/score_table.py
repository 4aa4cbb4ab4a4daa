"""Score a wide table of numbers the way a project would: observations, framework, areas, recipe."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from commonweal.engine import score
from commonweal.model.area import Area, Areas
from commonweal.model.edition import Scoring
from commonweal.model.framework import Framework
from commonweal.model.observation import Observations
from commonweal.model.period import Period
from commonweal.model.project import Periods
from commonweal.model.recipe import Recipe


def node_id(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def score_table(
    wide: pl.DataFrame,
    area: str,
    framework: Framework,
    recipe: Mapping[str, object] | Sequence[Mapping[str, object]],
    period: str = "2020",
    areas: Areas | None = None,
    denominators: pl.DataFrame | None = None,
) -> Scoring:
    """Score a table with a row an area and a column an indicator id (others are ignored).

    `period` is the period of all rows, or the column that holds it.
    """
    ids = [node.id for node in framework.indicators]
    when = pl.col(period).cast(pl.String) if period in wide.columns else pl.lit(period)
    long = wide.select(pl.col(area).alias("area"), when.alias("period"), *ids).unpivot(
        index=["area", "period"], variable_name="indicator", value_name="value"
    )
    places = areas or Areas("place", "", tuple(Area(code, code) for code in wide[area]))
    labels = sorted(long["period"].unique())
    return score(
        Observations.of(long),
        framework,
        places,
        Periods(tuple(Period.parse(label) for label in labels)),
        Recipe.read(recipe),
        denominators=denominators,
    )


def scores_of(scoring: Scoring, nodes: list[str], area_order: list[str]) -> np.ndarray:
    """Scores (areas, nodes) of the last period."""
    return _picked(scoring.scores, scoring, nodes, area_order)


def ranks_of(scoring: Scoring, nodes: list[str], area_order: list[str]) -> np.ndarray:
    return _picked(scoring.ranks, scoring, nodes, area_order)


def _picked(cube: np.ndarray, scoring: Scoring, nodes: list[str], area_order: list[str]) -> np.ndarray:
    rows = [scoring.area_index[code] for code in area_order]
    return cube[-1][np.ix_(rows, [scoring.node_index[node] for node in nodes])]
