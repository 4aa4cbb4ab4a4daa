"""How far each indicator is covered: in how many areas, by how old a figure, and what is stale."""

from __future__ import annotations

from typing import Final

import polars as pl

from commonweal.model.observation import Observations
from commonweal.model.period import Period
from commonweal.model.project import Project

COVERAGE: Final[dict[str, type[pl.DataType]]] = {
    "indicator": pl.String, "period": pl.String, "areas": pl.Int64, "of": pl.Int64,
    "observed": pl.String, "age": pl.Float64, "stale": pl.Boolean,
}  # fmt: skip


def coverage(project: Project, observations: Observations) -> pl.DataFrame:
    """A row for each indicator (in framework order) and published period.

    areas: those with a value of the period or one that may be carried into it; of: all areas;
    observed, age: the newest period with data by then, and how many years older it is (empty: none);
    stale: there is data, but none that is young enough.
    """
    held = observations.frame.filter(pl.col("value").is_not_null()).select("indicator", "period", "area")
    frames = [_covered(project, held, period) for period in project.periods.publish]
    order = {node.id: i for i, node in enumerate(project.framework.indicators)}
    whole = pl.concat(frames) if frames else pl.DataFrame(schema=COVERAGE)
    rank = pl.col("indicator").replace_strict(order, return_dtype=pl.Int64)
    return whole.sort(rank, maintain_order=True)


def exceptions(coverage: pl.DataFrame) -> pl.DataFrame:
    """The rows of `coverage` where not every area has a figure of the period itself, in words."""
    aged = (pl.col("age") > 0).fill_null(True)
    rows = coverage.filter(aged | (pl.col("areas") < pl.col("of")))
    return rows.select(
        "indicator",
        "period",
        pl.format("{} of {}", "areas", "of").alias("areas"),
        pl.when(pl.col("observed").is_null())
        .then(pl.lit("no figure yet"))
        .when("stale")
        .then(pl.format("too old: the newest is of {}", "observed"))
        .when(pl.col("age") > 0)
        .then(pl.format("from {}", "observed"))
        .otherwise(pl.lit(""))
        .alias("figures"),
    )


def _covered(project: Project, held: pl.DataFrame, period: Period) -> pl.DataFrame:
    """The coverage of one published period."""
    ages = {label: period.years_after(Period.parse(label)) for label in held["period"].unique()}
    age = pl.col("period").replace_strict(ages, return_dtype=pl.Float64, default=None)
    past = held.with_columns(age.alias("age")).filter(pl.col("age") >= 0)
    young = pl.col("age") <= project.periods.carry
    found = past.group_by("indicator").agg(
        pl.col("area").filter(young).n_unique().cast(pl.Int64).alias("areas"),
        pl.col("period").sort_by("age").first().alias("observed"),
        pl.col("age").min(),
    )
    indicators = [node.id for node in project.framework.indicators]
    rows = pl.DataFrame({"indicator": indicators}, schema={"indicator": pl.String})
    rows = rows.join(found, on="indicator", how="left", maintain_order="left")
    return rows.with_columns(
        pl.lit(period.label).alias("period"),
        pl.col("areas").fill_null(0),
        pl.lit(len(project.areas), dtype=pl.Int64).alias("of"),
        (pl.col("age") > project.periods.carry).fill_null(False).alias("stale"),
    ).select(pl.col(name).cast(kind) for name, kind in COVERAGE.items())
