"""Benchmarks: the place as a whole, its region or country, scored on the same scale and shown beside areas.

They play no part in goalposts, weights or ranks.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Array
from commonweal.engine import score_profile
from commonweal.insight.divided import with_divisors
from commonweal.model.area import Areas
from commonweal.model.edition import BENCHMARKS, Edition, Scoring
from commonweal.model.observation import STATUS_CODE, STATUSES, Status
from commonweal.model.period import Period

#: Kinds of value that are a numerator over a denominator, so that areas can be added up.
_RATIOS: Final = ("count", "rate", "percentage", "mean", "count_ratio", "standardised_ratio")
_NUMBERS: Final = ("value", "lower", "upper", "numerator", "denominator")
#: The attribute that a plain mean over areas is weighted by, where there is one.
_POPULATION: Final = "population"
_KEY: Final = ("name", "period", "indicator")


def benchmarks(
    scoring: Scoring, areas: Areas, observations: pl.DataFrame, place: str, given: pl.DataFrame
) -> pl.DataFrame:
    """Score the place as a whole, and the benchmarks given, in every period.

    The place is made of the protected cells of its areas: per x sum of numerators / sum of denominators
    (a hidden cell enters with the middle of its range), else the mean weighted by the attribute
    `population`, else the plain mean. What `given` (name, period, indicator, value and, if known, lower,
    upper, numerator, denominator) says about the place wins. A given value enters the periods from its
    own on, as long as some area's value in use is as old. Where the recipe divides an indicator by a
    denominator, the place is scored by sum of values / sum of denominators of its areas, a given benchmark by
    its value over the denominator under its name; there is no score where none is known. Columns of
    `BENCHMARKS`, one row a node.
    """
    rows = _as_given(scoring, areas, given)
    if place:
        own = _whole(scoring, areas, observations).with_columns(pl.lit(place).alias("name"))
        rows = _divided_like(rows, own)
        rows = pl.concat([rows, own.join(rows, on=_KEY, how="anti").select(rows.columns)])
    frames = [
        _scored(scoring, name, table)
        for (name,), table in sorted(rows.group_by("name", maintain_order=True), key=_first)
    ]
    return pl.concat(frames) if frames else pl.DataFrame(schema=BENCHMARKS)


class Making(StrEnum):
    """How a figure of the place as a whole was worked out from its areas."""

    ADDED = "added"
    WEIGHTED = "weighted"
    PLAIN = "plain"


def making(edition: Edition, indicator: str) -> Making:
    """How the place's latest figure of an indicator was made, where no one gave it: see `benchmarks`."""
    own = edition.benchmarks.filter(name=edition.place, node=indicator, period=edition.periods[-1].label)
    if own.height and own["denominator"][0] is not None:
        return Making.ADDED
    i = [node.id for node in edition.framework.indicators].index(indicator)
    there = np.isfinite(edition.scoring.values[-1, :, i])
    known = populations(edition.areas)
    weighed = all(known.get(code) for code, held in zip(edition.scoring.areas, there, strict=True) if held)
    return Making.WEIGHTED if weighed else Making.PLAIN


def _first(group: tuple[tuple[object, ...], pl.DataFrame]) -> str:
    return str(group[0][0])


# ---- the place as a whole ----


def _whole(scoring: Scoring, areas: Areas, observations: pl.DataFrame) -> pl.DataFrame:
    """The place's value of each indicator in each period, from the cells that entered it."""
    cells = with_divisors(scoring, areas, _entered(scoring)).join(
        observations.rename({"period": "own"}), on=["indicator", "own", "area"], how="left"
    )
    weight = pl.col("area").replace_strict(populations(areas), default=None, return_dtype=pl.Float64)
    per = pl.col("per").fill_null(pl.when(pl.col("kind") == "percentage").then(100.0).otherwise(1.0))
    cells = cells.with_columns(
        weight.alias("weight"),
        pl.col("numerator").fill_null(pl.col("entered") * pl.col("denominator") / per),
        per.alias("per"),
    )
    based = (pl.col("denominator") > 0).fill_null(False)
    added = pl.col("kind").is_in(_RATIOS) & pl.col("numerator").is_not_null() & based
    summed = cells.group_by("period", "indicator", maintain_order=True).agg(
        added.all().alias("added"),
        pl.col("weight").is_not_null().all().alias("weighted"),
        pl.col("numerator", "denominator").sum(),
        pl.col("per").first(),
        (pl.col("entered") * pl.col("weight")).sum().alias("heavy"),
        pl.col("entered").filter(pl.col("divisor").is_not_null()).sum().alias("divided"),
        pl.col("divisor").sum(),
        (pl.col("divisor").count() == len(areas.codes)).alias("whole"),
        pl.col("weight").sum(),
        pl.col("entered").mean().alias("mean"),
        pl.col("own").max().alias("observed"),
    )
    ratio = pl.col("per") * pl.col("numerator") / pl.col("denominator")
    mean = pl.when(pl.col("weighted")).then(pl.col("heavy") / pl.col("weight")).otherwise(pl.col("mean"))
    value = pl.when(pl.col("added")).then(ratio).otherwise(mean)
    divided = pl.col("indicator").is_in(sorted(scoring.denominated))
    return summed.select(
        "period",
        "indicator",
        value.alias("value"),
        pl.when(divided).then(pl.col("divided") / pl.col("divisor")).otherwise(value).alias("met"),
        pl.when(divided & pl.col("whole")).then(pl.col("divisor")).alias("divisor"),
        *(pl.lit(None, dtype=pl.Float64).alias(c) for c in ("lower", "upper")),
        *(pl.when(pl.col("added")).then(pl.col(c)).alias(c) for c in ("numerator", "denominator")),
        "observed",
        pl.lit(Status.ESTIMATED.value).alias("status"),
    )


def _entered(scoring: Scoring) -> pl.DataFrame:
    """Each value that entered a period, and the period it was observed in."""
    p, a, i = np.nonzero((scoring.entered_from >= 0) & np.isfinite(scoring.values))
    return pl.DataFrame(
        {
            "period": pl.Series([q.label for q in scoring.periods]).gather(p),
            "area": pl.Series(scoring.areas).gather(a),
            "indicator": pl.Series([n.id for n in scoring.framework.indicators]).gather(i),
            "own": pl.Series(scoring.entered_periods).gather(scoring.entered_from[p, a, i].astype(np.int64)),
            "entered": scoring.values[p, a, i],
        }
    )


def populations(areas: Areas) -> dict[str, float]:
    """The people of each area that has a number of them in the column `population`."""
    table = areas.attributes
    if _POPULATION not in table.columns or not table[_POPULATION].dtype.is_numeric():
        return {}
    found = table.select("code", pl.col(_POPULATION).cast(pl.Float64)).filter(pl.col(_POPULATION) > 0)
    return dict(found.iter_rows())


# ---- benchmarks given ----


def _as_given(scoring: Scoring, areas: Areas, given: pl.DataFrame) -> pl.DataFrame:
    """The given rows as they enter each published period: the latest that is not too old.

    `met` is the value as the scale meets it: over the denominator under the benchmark's name, if any.
    """
    missing = [c for c in ("indicator", *_NUMBERS) if c not in given.columns]
    known = {node.id for node in scoring.framework.indicators}
    held = given.with_columns(pl.lit(None).alias(c) for c in missing).select(
        "name",
        pl.col("period").cast(pl.String).alias("observed"),
        pl.col("indicator").cast(pl.String),
        *(pl.col(c).cast(pl.Float64) for c in _NUMBERS),
    )
    held = held.filter(pl.col("indicator").is_in(known) & pl.col("value").is_not_null())
    ends = [(label, Period.parse(label).end) for label in held["observed"].unique()]
    dated = pl.DataFrame(ends, schema={"observed": pl.String, "end": pl.Date}, orient="row")
    held = held.join(dated, on="observed", how="left")
    tables = [_entering(scoring, held, t) for t in range(len(scoring.periods))]
    order = ["name", "period", "indicator", *_NUMBERS, "observed", "status", "met"]
    cells = pl.concat(tables).with_columns(pl.col("name").alias("area"), pl.col("observed").alias("own"))
    divided = with_divisors(scoring, areas, cells)
    return divided.with_columns((pl.col("value") / pl.col("divisor")).alias("met")).select(order)


def _divided_like(rows: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    """What is given about the place is divided by its areas' denominators, if it has none of its own."""
    beside = rows.join(own.select(*_KEY, "divisor"), on=_KEY, how="left", maintain_order="left")
    met = pl.coalesce("met", pl.col("value") / pl.col("divisor"))
    return beside.with_columns(met.alias("met")).select(rows.columns)


def _entering(scoring: Scoring, held: pl.DataFrame, t: int) -> pl.DataFrame:
    period = scoring.periods[t]
    oldest = pl.DataFrame(
        _oldest(scoring, t), schema={"indicator": pl.String, "oldest": pl.Date}, orient="row"
    )
    here = held.join(oldest, on="indicator", how="left").filter(
        (pl.col("end") <= period.end)
        & ((pl.col("observed") == period.label) | (pl.col("end") >= pl.col("oldest")))
    )
    latest = here.sort("name", "indicator", "end", "observed").group_by("name", "indicator").last()
    own = pl.col("observed") == period.label
    status = pl.when(own).then(pl.lit(Status.OBSERVED.value)).otherwise(pl.lit(Status.CARRIED.value))
    return latest.with_columns(pl.lit(period.label).alias("period"), status.alias("status"))


def _oldest(scoring: Scoring, t: int) -> list[tuple[str, date]]:
    """The end of the oldest observation in use, for each indicator that has any in this period."""
    ends = np.array([Period.parse(label).end.toordinal() for label in scoring.entered_periods])
    found = []
    for i, node in enumerate(scoring.framework.indicators):
        used = scoring.entered_from[t, :, i]
        used = used[used >= 0]
        if len(used):
            label = scoring.entered_periods[int(used[np.argmin(ends[used])])]
            found.append((node.id, Period.parse(label).end))
    return found


# ---- scored ----


def _scored(scoring: Scoring, name: object, rows: pl.DataFrame) -> pl.DataFrame:
    """One benchmark's values and scores, a row for each node it has a score or value of."""
    indicators = {node.id: i for i, node in enumerate(scoring.framework.indicators)}
    values = np.full((len(scoring.periods), len(indicators)), np.nan)
    p = rows["period"].replace_strict(scoring.period_index, return_dtype=pl.Int64).to_numpy()
    i = rows["indicator"].replace_strict(indicators, return_dtype=pl.Int64).to_numpy()
    values[p, i] = rows["met"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    scores = score_profile(replace(scoring, denominated=frozenset()), values)  # they are divided already
    table = pl.DataFrame(
        {
            "period": np.repeat([q.label for q in scoring.periods], len(scoring.framework)),
            "node": np.tile([node.id for node in scoring.framework], len(scoring.periods)),
            "level": np.tile([node.level for node in scoring.framework], len(scoring.periods)),
            "score": scores.reshape(-1),
            "of_parent": _parent_status(scoring, rows, p, i).reshape(-1),
        }
    ).with_columns(pl.col("score").fill_nan(None), pl.lit(name).alias("name"))
    full = table.join(
        rows.drop("name", "met"), left_on=["period", "node"], right_on=["period", "indicator"], how="left",
        maintain_order="left",
    )  # fmt: skip
    full = full.with_columns(pl.col("status").fill_null(pl.col("of_parent")))
    full = full.filter(pl.col("score").is_not_null() | pl.col("value").is_not_null())
    return full.select(pl.col(c).cast(dtype) for c, dtype in BENCHMARKS.items())


def _parent_status(scoring: Scoring, rows: pl.DataFrame, p: Array, i: Array) -> Array:
    """The most made-up status among what lies below each node, shape (periods, nodes)."""
    codes = np.zeros((len(scoring.periods), len(scoring.framework.indicators)), dtype=int)
    codes[p, i] = [STATUS_CODE[status] for status in rows["status"]]
    at = {node.id: k for k, node in enumerate(scoring.framework.indicators)}
    found = [
        codes[:, [at[leaf.id] for leaf in scoring.framework.below(node.id)]].max(axis=1)
        for node in scoring.framework
    ]
    result: Array = np.asarray(STATUSES)[np.stack(found, axis=1)]
    return result
