"""Editions made of counts: areas with so many people, and so many cases of each indicator among them."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from commonweal import engine
from commonweal.insight import interpret
from commonweal.model.area import Area, Areas
from commonweal.model.edition import BENCHMARKS, Edition
from commonweal.model.framework import Framework, Node
from commonweal.model.observation import Observations
from commonweal.model.period import Period
from commonweal.model.project import PeerRule, Periods, ProgressRule, UncertaintyRule
from commonweal.model.recipe import Recipe

PER = 1000.0


def tree_of(indicators: int) -> Framework:
    """An index of two components, which share the indicators; all the lower the better."""
    nodes = [Node("index", "Index", level="index")]
    nodes += [Node(f"c{k}", f"Component {k}", "index", "component") for k in range(2)]
    nodes += [Node(f"i{i}", f"Indicator {i}", f"c{i % 2}", direction=-1) for i in range(indicators)]
    return Framework(tuple(nodes))


def observed(counts: np.ndarray, people: np.ndarray, years: tuple[str, ...]) -> pl.DataFrame:
    """Observations of counts (indicators, periods, areas): 1 to 7 hidden, others to the nearest 5."""
    i, p, a = (axis.reshape(-1) for axis in np.indices(counts.shape))
    n, base = counts.reshape(-1).astype(float), people[a].astype(float)
    hidden = (n > 0) & (n < 8)
    shown = np.where(hidden, 4.0, 5 * np.rint(n / 5))
    return pl.DataFrame(
        {
            "period": pl.Series(years).gather(p),
            "area": pl.Series(codes(counts.shape[2])).gather(a),
            "indicator": pl.Series([f"i{k}" for k in range(len(counts))]).gather(i),
            "value": shown / base * PER,
            "lower": np.where(hidden, 1 / base * PER, np.nan),
            "upper": np.where(hidden, 7 / base * PER, np.nan),
            "numerator": np.where(hidden, np.nan, shown),
            "denominator": base,
            "status": np.where(hidden, "suppressed", "rounded"),
            "kind": "rate",
            "per": PER,
            "round_to": 5.0,
        }
    ).with_columns(pl.col(pl.Float64).fill_nan(None))


def codes(areas: int) -> tuple[str, ...]:
    """The areas' codes."""
    return tuple(f"A{a:03}" for a in range(areas))


def counted(
    counts: Any,
    people: Any = 10_000.0,
    *,
    rule: UncertaintyRule | None = None,
    recipe: dict[str, Any] | None = None,
    shuffled: int | None = None,
) -> Edition:
    """The edition of counts (indicators, periods, areas); `shuffled` is the seed of another order of rows."""
    n = np.asarray(counts)
    areas, years = n.shape[2], tuple(str(2025 - n.shape[1] + 1 + p) for p in range(n.shape[1]))
    rows = observed(n, np.broadcast_to(np.asarray(people, dtype=float), areas), years)
    if shuffled is not None:
        rows = rows.sample(fraction=1.0, shuffle=True, seed=shuffled)
    observations = Observations.of(rows)
    frame = pl.DataFrame({"code": codes(areas), "income": np.arange(float(areas))})
    places = Areas("ward", "", tuple(Area(code, code) for code in codes(areas)), frame)
    periods = Periods(tuple(Period.parse(year) for year in years))
    steps = Recipe.read(recipe or {"normalise": "minmax", "aggregate": "arithmetic"})
    edition = Edition(
        title="Index",
        place="Town",
        areas=places,
        scoring=engine.score(observations, tree_of(len(n)), places, periods, steps),
        observations=observations.frame,
        peer_rule=PeerRule(by=("income",)),
        progress_rule=ProgressRule() if len(years) > 1 else None,
        uncertainty_rule=rule or UncertaintyRule(200),
    )
    return interpret(edition, pl.DataFrame(schema=BENCHMARKS).select("name", "period"))
