"""Figures about old areas, moved to those of a project: counts by share, rates by parts, others as means.

Numerators and denominators that are whole numbers stay whole, and their totals stay what they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from commonweal.model.dealing import dealt
from commonweal.model.lookup import TOLERANCE, Lookup
from commonweal.model.observation import STATUS_CODE, STATUSES, Status

#: A new area has a figure where old areas with this share of its weight have one.
COVERED: Final = 0.99
_FIGURE: Final = ("indicator", "period", "to")
#: Columns that are made anew; all others are those of the first line.
_MADE: Final = frozenset(
    {"indicator", "period", "area", "value", "lower", "upper", "numerator", "denominator", "status"}
)


def move_values(frame: pl.DataFrame, lookup: Lookup, areas: Sequence[str]) -> pl.DataFrame:
    """Values about old areas as values about `areas`, estimated where old areas were parted.

    With share s of an old area that has size W, a count is the sum of s x count, a rate or percentage
    per x sum of s x numerator / sum of s x denominator, and any other value the mean with weights
    s x denominator or, where there is none, s x W. Limits move as if old areas were independent:
    half-width = sqrt(sum of (weight x half-width)^2). All other columns are those of the first line.
    """
    rest = (pl.col("kind") == "percentage") & pl.col("numerator").is_not_null()
    rows = frame.filter(pl.col("value").is_not_null()).with_columns(rest.fill_null(False).alias("rest#"))
    # part and rest are dealt out and make the new base, so that no part is more than its base
    rows = _parted(
        rows.with_columns(pl.col("denominator") - pl.when("rest#").then("numerator").otherwise(0.0)),
        ("numerator", "denominator"),
        lookup,
    ).with_columns(pl.col("denominator") + pl.when("rest#").then("numerator").otherwise(0.0))
    count = (pl.col("kind") == "count").fill_null(False)
    based = pl.col("denominator").is_not_null().all().over(_FIGURE)
    weight = pl.when(based).then("denominator").otherwise("held#")
    whole = weight.sum().over(_FIGURE)
    rows = rows.with_columns(
        pl.when(count).then("share").when(whole > 0).then(weight / whole).alias("weight#"),
        pl.col("status").replace_strict(STATUS_CODE, default=0, return_dtype=pl.Int64).alias("status#")
        if "status" in rows.columns
        else pl.lit(0, dtype=pl.Int64).alias("status#"),
    )
    moved = _covered(
        rows.group_by(_FIGURE, maintain_order=True).agg(
            _sum("numerator"),
            pl.when(count.any()).then(None).otherwise(_sum("denominator")).alias("denominator"),
            _weighed("value"),
            *(_half_width(rows, name) for name in ("lower", "upper")),
            pl.col("held#").sum(),
            pl.col("status#").max(),
            *(pl.col(name).first() for name in frame.columns if name not in _MADE),
        ),
        lookup,
    )
    return _finished(moved, lookup, areas).select(*dict.fromkeys([*frame.columns, "status"]))


def move_totals(frame: pl.DataFrame, lookup: Lookup, areas: Sequence[str]) -> pl.DataFrame:
    """Figures that add up (a population) about old areas as figures about `areas`: period, area, value."""
    rows = _parted(frame.with_columns(pl.lit("").alias("indicator")), ("value",), lookup)
    moved = rows.group_by(_FIGURE, maintain_order=True).agg(
        _sum("value"),
        pl.col("held#").sum(),
        *(pl.col(name).first() for name in frame.columns if name not in _MADE),
    )
    moved = _covered(moved, lookup).rename({"to": "area"}).filter(pl.col("area").is_in(list(areas)))
    return moved.select(frame.columns)


def _parted(frame: pl.DataFrame, numbers: Sequence[str], lookup: Lookup) -> pl.DataFrame:
    """Each row dealt out to new areas, its numbers with it; held#: the weight that goes there."""
    given = frame.with_columns(
        *(pl.col(name).round().cast(pl.Int64, strict=False).alias(f"{name}#") for name in numbers),
        *((pl.col(name) == pl.col(name).round()).alias(f"{name}# whole") for name in numbers),
    )
    rows = dealt(given, [f"{name}#" for name in numbers], lookup)
    return rows.with_columns(
        *(
            pl.when(f"{name}# whole")
            .then(pl.col(f"{name}#").cast(pl.Float64))
            .otherwise(pl.col(name) * pl.col("share"))
            .alias(name)
            for name in numbers
        ),
        (pl.col("size").fill_null(1.0) * pl.col("share")).alias("held#"),
    )


def _sum(name: str) -> pl.Expr:
    """The sum of a column that has a figure in each row; else none."""
    return pl.when(pl.col(name).null_count() == 0).then(pl.col(name).sum()).alias(name)


def _weighed(name: str) -> pl.Expr:
    """The sum of a column times the weights; none where nobody weighs anything."""
    return (
        pl.when(pl.col("weight#").null_count() == 0)
        .then((pl.col(name) * pl.col("weight#")).sum())
        .alias(name)
    )


def _half_width(rows: pl.DataFrame, name: str) -> pl.Expr:
    if name not in rows.columns:
        return pl.lit(None, dtype=pl.Float64).alias(name)
    width = (pl.col("value") - pl.col(name)) * pl.col("weight#")
    return pl.when(pl.col(name).null_count() == 0).then((width**2).sum().sqrt()).alias(name)


def _covered(moved: pl.DataFrame, lookup: Lookup) -> pl.DataFrame:
    """Without new areas of which old areas with a figure make up too little."""
    held = pl.col("size").fill_null(1.0) * pl.col("share")
    whole = lookup.shares.filter(pl.col("share") > TOLERANCE).group_by("to").agg(held.sum().alias("whole#"))
    return moved.join(whole, on="to", how="left", maintain_order="left").filter(
        pl.col("held#") >= COVERED * pl.col("whole#")
    )


def _finished(moved: pl.DataFrame, lookup: Lookup, areas: Sequence[str]) -> pl.DataFrame:
    """Values of ratios from their moved parts, limits about the values, and the status."""
    count, ratio = pl.col("kind") == "count", pl.col("kind").is_in(["rate", "percentage"])
    parts = pl.col("per") * pl.col("numerator") / pl.col("denominator")
    moved = moved.with_columns(
        pl.when(count & pl.col("numerator").is_not_null())
        .then("numerator")
        .when(ratio & pl.col("numerator").is_not_null() & (pl.col("denominator") > 0))
        .then(parts)
        .otherwise("value")
        .alias("value")
    )
    sure = lookup.fits(areas).select("area", (pl.col("error") == 0).fill_null(False).alias("sure#"))
    estimated = pl.when("sure#").then(0).otherwise(STATUS_CODE[Status.ESTIMATED])
    return (
        moved.filter(pl.col("value").is_not_null())
        .rename({"to": "area"})
        .join(sure, on="area", how="inner", maintain_order="left")
        .with_columns(
            (pl.col("value") - pl.col("lower")).alias("lower"),
            (pl.col("value") + pl.col("upper")).alias("upper"),
            pl.max_horizontal("status#", estimated)
            .replace_strict(dict(enumerate(STATUSES)), return_dtype=pl.String)
            .alias("status"),
        )
    )
