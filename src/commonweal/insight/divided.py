"""What the recipe divides values by: a benchmark is scored in the units that areas are scored in."""

from __future__ import annotations

from collections import Counter

import polars as pl

from commonweal.model.area import Areas
from commonweal.model.edition import Scoring
from commonweal.model.period import Period
from commonweal.model.recipe import Denominate, Normalise, Recipe, Treat

_DIVISOR = {"area": pl.String, "indicator": pl.String, "own": pl.String, "divisor": pl.Float64}


def with_divisors(scoring: Scoring, areas: Areas, cells: pl.DataFrame) -> pl.DataFrame:
    """The cells (area, indicator, own: the period observed) with what denominate divides each by.

    `divisor` is 1 where the recipe divides nothing, and null where nothing is known to divide by: the
    figure of the own period, or the nearest earlier one. An area may be a benchmark, under its name.
    """
    names = _denominator_of(scoring.recipe)
    found = [pl.DataFrame(schema=_DIVISOR)]
    for indicator, own in cells.select("indicator", "own").unique().sort("indicator", "own").iter_rows():
        if indicator in scoring.denominated and indicator in names:
            known = _known(scoring, areas, names[indicator], Period.parse(own))
            labels = (pl.lit(indicator).alias("indicator"), pl.lit(own).alias("own"))
            found.append(known.select("area", *labels, "divisor"))
    joined = cells.join(pl.concat(found), on=["area", "indicator", "own"], how="left", maintain_order="left")
    whole = ~pl.col("indicator").is_in(sorted(scoring.denominated))
    return joined.with_columns(pl.when(whole).then(1.0).otherwise(pl.col("divisor")).alias("divisor"))


def _denominator_of(recipe: Recipe) -> dict[str, str]:
    """The denominator of each indicator that is divided once, before it is treated or normalised."""
    names: list[tuple[str, str]] = []
    late: set[str] = set()
    bent = False
    for step in recipe.cells:
        bent = bent or isinstance(step, (Treat, Normalise))
        if isinstance(step, Denominate):
            names += step.by
            late |= {id for id, _ in step.by if bent}
    once = Counter(id for id, _ in names)
    return {id: name for id, name in names if once[id] == 1 and id not in late}


def _known(scoring: Scoring, areas: Areas, name: str, own: Period) -> pl.DataFrame:
    """Area and divisor: the latest figures above 0 that ended no later, or a column of the areas."""
    table = scoring.denominators
    rows = table.filter(name=name) if "name" in table.columns else pl.DataFrame()
    if not rows.height:
        held = areas.attributes.select(
            pl.col("code").alias("area"), pl.col(name).cast(pl.Float64).alias("divisor")
        )
        return held.filter(pl.col("divisor") > 0)
    ends = {label: Period.parse(label).end for label in rows["period"].unique().to_list()}
    dated = rows.with_columns(pl.col("period").replace_strict(ends, return_dtype=pl.Date).alias("end"))
    usable = dated.filter((pl.col("end") <= own.end) & (pl.col("value") > 0)).sort("end")
    return usable.group_by("area", maintain_order=True).agg(pl.col("value").last().alias("divisor"))
