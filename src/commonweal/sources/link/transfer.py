"""Counts on old areas moved to new ones, and how unsure that makes what is worked out from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Array
from commonweal.methods.fit import apportioned_limits, best_fit_limits
from commonweal.model.dealing import dealt
from commonweal.model.lookup import FIT, MOVED, Lookup
from commonweal.model.observation import SCHEMA, STATUS_CODE, STATUSES, Status
from commonweal.model.project import Project
from commonweal.model.source import Records
from commonweal.sources.query import Unlinked

_NOTHING: Final[Mapping[str, str]] = {}
_CELL: Final = ("indicator", "period", "area")


def to_move(records: Records) -> Lookup | None:
    """The lookup by which the counts of a source are to be dealt out; None where each record has one area.

    A lookup that leads each old area whole to a new one is part of the link already.
    """
    return None if records.lookup is None or records.lookup.places is not None else records.lookup


def move(
    cells: pl.DataFrame,
    columns: Sequence[str],
    lookup: Lookup,
    targets: Sequence[str],
    wholes: Mapping[str, str] = _NOTHING,
) -> pl.DataFrame:
    """Cells of old areas (`area` an index of `lookup.codes`) as cells of new ones (an index of `targets`).

    The whole numbers in `columns` are dealt out by largest remainder within each old area, so that all totals
    stay. Other columns than these and `area` part a figure into cells (age bands, the values of a histogram),
    in each of which whole numbers are kept too. Move one period after the other. `wholes` names for a part (a
    numerator) the whole (its base) it is in: the rest is dealt out by itself, and part and rest make the new
    whole, so that no area has more of the part than of the whole.

    What leads to an area that is not among `targets` is ELSEWHERE; cells without an area stay as they are.

    >>> from commonweal.model.area import Geography
    >>> shares = pl.DataFrame({"from": ["A", "A", "B"], "to": ["X", "Y", "Y"], "share": [0.4, 0.6, 1.0]})
    >>> lookup = Lookup.of(Geography("ward", "2014"), Geography("ward", "2022"), shares)
    >>> cells = pl.DataFrame({"area": [0, 1, -2], "t0": [6, 5, 1]})
    >>> move(cells, ["t0"], lookup, ["X", "Y"]).rows()
    [(-2, 1), (0, 2), (1, 9)]
    """
    rests = {whole: f"{part} rest#" for part, whole in wholes.items()}
    cells = cells.with_columns(
        (pl.col(whole) - pl.col(part)).alias(rests[whole]) for part, whole in wholes.items()
    )
    numbers = [rests.get(name, name) for name in columns]
    linked = cells.filter(pl.col("area") >= 0)
    names = dict(enumerate(lookup.codes))
    named = linked.with_columns(pl.col("area").replace_strict(names, return_dtype=pl.String))
    place = {code: index for index, code in enumerate(targets)}
    parts = [name for name in cells.columns if name not in ("area", *columns, *rests.values())]
    parted = dealt(named, numbers, lookup, parts).with_columns(
        pl.col("to")
        .replace_strict(place, default=int(Unlinked.ELSEWHERE), return_dtype=pl.Int64)
        .alias("area")
    )
    keys = [name for name in cells.columns if name not in (*columns, *rests.values())]
    whole = pl.concat([parted.select(cells.columns), cells.filter(pl.col("area") < 0)])
    summed = whole.group_by(keys).agg(pl.col(sorted({*columns, *rests.values()})).sum())
    made = {whole: pl.col(part) + pl.col(rests[whole]) for part, whole in wholes.items()}
    types = cells.schema
    return (
        summed.with_columns(made.get(name, pl.col(name)).cast(types[name]).alias(name) for name in columns)
        .select(name for name in cells.columns if name not in rests.values())
        .sort(keys, nulls_last=False)
    )


def moved(project: Project, counted: pl.DataFrame) -> pl.DataFrame:
    """Which figures came from other areas, and how sure each is: those of records, and those of tables.

    `counted` are observations of records. A rate whose denominators came from other areas has rows of both.
    """
    parts = [project.moved]
    codes = project.areas.codes
    parts += [
        records.lookup.moved(counted.filter(pl.col("source") == records.name), codes)
        for records in sorted(project.records, key=lambda r: r.name)
        if records.lookup is not None
    ]
    bases = project.moved.filter(pl.col("indicator") == "").drop("indicator", "period")
    for measure in sorted(project.measures, key=lambda m: m.indicator):
        figures = (
            counted.filter(pl.col("indicator") == measure.indicator).select("indicator", "period").unique()
        )
        own = bases.filter(pl.col("source") == measure.denominator)
        parts.append(figures.join(own, how="cross").select(list(MOVED)))
    return pl.concat(parts)


def fit_table(moved: pl.DataFrame) -> pl.DataFrame:
    """How sure each area can be of each source, with the columns of `FIT`: a row a source and area."""
    return moved.select(list(FIT)).unique().sort("source", "fitted", "weighed_by", "area")


def widen(observations: pl.DataFrame, moved: pl.DataFrame) -> pl.DataFrame:
    """Observations with wider limits, and the status estimated, where they came from other areas.

    Only what the gate has let through is needed for it: the figure itself and public shares. The range of a
    hidden figure stays. Denominators that were apportioned widen nothing: of thousands of people the error
    is a matter of a few.
    """
    if not moved.height:
        return observations
    own = (pl.col("source") == pl.col("source moved")).fill_null(False)
    best = pl.col("fitted") == "best fit"
    rows = observations.with_row_index("row#")
    unsure = (
        rows.select("row#", *_CELL, "source")
        .join(moved.rename({"source": "source moved"}), on=_CELL, how="inner")
        .group_by("row#")
        .agg(
            (pl.col("error").is_null() | (pl.col("error") > 0)).any().alias("estimated#"),
            pl.col("error").filter(own & ~best).max().fill_null(0.0).alias("apportioned#"),
            pl.col("error").filter(best).max().fill_null(0.0).alias("best#"),
        )
    )
    rows = rows.join(unsure, on="row#", how="left", maintain_order="left").drop("row#")
    fixed = pl.col("status").is_in([Status.SUPPRESSED, Status.MISSING]) | pl.col("value").is_null()
    touched = (pl.col("estimated#").fill_null(False) & ~fixed).alias("touched#")
    rows = rows.with_columns(touched, pl.col("apportioned#", "best#").fill_null(0.0))
    limits = _limits(rows)
    later = pl.max_horizontal(
        pl.col("status").replace_strict(STATUS_CODE, return_dtype=pl.Int64), STATUS_CODE[Status.ESTIMATED]
    ).replace_strict(dict(enumerate(STATUSES)), return_dtype=pl.String)
    return rows.with_columns(
        *(
            pl.when("touched#").then(pl.Series(limits[:, i]).fill_nan(None)).otherwise(name).alias(name)
            for i, name in enumerate(("lower", "upper"))
        ),
        pl.when("touched#").then(later).otherwise("status").alias("status"),
    ).select(list(SCHEMA))


def _limits(rows: pl.DataFrame) -> Array:
    """The wider limits of every row; those of counts, rates and percentages stay possible."""
    value, lower, upper = (_floats(rows[name]) for name in ("value", "lower", "upper"))
    limits = np.stack([lower, upper], axis=1)
    percentage = (rows["kind"] == "percentage").fill_null(False).to_numpy()
    wider = apportioned_limits(value, limits, _floats(rows["apportioned#"]))
    wider = best_fit_limits(value, wider, _floats(rows["best#"]), percentage)
    least = np.where(np.nan_to_num(lower, nan=-1.0) >= 0, 0.0, -np.inf)
    most = np.where(percentage, 100.0, np.inf)
    clipped: Array = np.clip(wider, least[:, None], most[:, None])
    return clipped


def _floats(column: pl.Series) -> Array:
    return column.fill_null(float("nan")).to_numpy().astype(float)
