"""Who a table's figures are about, and whether those about people carry what their protection needs."""

from __future__ import annotations

from typing import Final

import polars as pl

from commonweal.errors import Fault
from commonweal.model.framework import Framework
from commonweal.project.columns import LINE, Rows, several
from commonweal.project.schema import ValueKeys

#: Multipliers that a rate may be found to have.
MULTIPLIERS: Final = (1.0, 100.0, 1_000.0, 10_000.0, 100_000.0, 1_000_000.0)
#: Kinds of values that are made of so many people, and that no count of some of them leads to.
MADE_OF: Final = ("mean", "median", "sum", "ratio")
_REMEDY: Final = (
    "Give both columns, so that small counts can be hidden; or write `published: true` if the figures are"
    " public already."
)


def about_people(rows: Rows, keys: ValueKeys, framework: Framework) -> tuple[pl.Series, list[Fault]]:
    """Which rows must pass the gate; and a fault for each indicator of unknown subject."""
    if keys.published or keys.protected:
        return pl.repeat(False, rows.frame.height, eager=True, dtype=pl.Boolean), []
    if keys.subject is not None:
        return pl.repeat(keys.subject != "thing", rows.frame.height, eager=True, dtype=pl.Boolean), []
    subjects = {node.id: node.subject for node in framework.indicators}
    listed = rows.frame["indicator"].unique().sort().drop_nulls().to_list()
    faults = [
        Fault(
            "PROJECT-REQUIRED",
            f"nothing says who {id!r} is about",
            "Write `subject:` (person, household or thing) here or in the framework.",
        )
        for id in listed
        if id in subjects and subjects[id] not in ("person", "household", "thing")
    ]
    people = [id for id in listed if subjects.get(id) in ("person", "household")]
    return rows.frame["indicator"].is_in(people).fill_null(False), several(faults)


def with_kinds(rows: pl.DataFrame, kind: str | None = None, per: float | None = None) -> pl.DataFrame:
    """The rows with `kind` and `per`: as written, or found from value, numerator and denominator.

    `kind` and `per` are those of rows that say nothing themselves.

    A value that equals its numerator throughout an indicator is a count; one that equals
    per x numerator / denominator (to the nearest whole, or within 1 %) a rate, or with per 100 a percentage.
    """
    frame = rows.with_columns(
        pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in (
            ("numerator", pl.Float64),
            ("denominator", pl.Float64),
            ("kind", pl.String),
            ("per", pl.Float64),
        )
        if name not in rows.columns
    ).with_columns(pl.col("kind").fill_null(pl.lit(kind)), pl.col("per").fill_null(pl.lit(per)))
    found = _found(frame)
    frame = frame.join(found, on="indicator", how="left", maintain_order="left")
    is_kind = pl.coalesce("kind", "(kind)")
    is_per = (
        pl.when(is_kind == "percentage").then(100.0).when(is_kind == "rate").then(pl.coalesce("per", "(per)"))
    )
    counts = is_kind == "count"
    return frame.with_columns(
        is_kind.alias("kind"),
        pl.coalesce("per", is_per).alias("per"),
        pl.when(counts)
        .then(pl.coalesce("numerator", "value"))
        .otherwise(pl.col("numerator"))
        .alias("numerator"),
    ).drop("(kind)", "(per)")


def _found(frame: pl.DataFrame) -> pl.DataFrame:
    """For each indicator the kind and multiplier that its figures show, if they do."""
    value, numerator, denominator = pl.col("value"), pl.col("numerator"), pl.col("denominator")
    whole = frame.filter(value.is_not_null() & numerator.is_not_null())

    def worst(per: float) -> pl.Expr:
        expected = per * numerator / denominator
        return (((value - expected).abs() / (expected.abs() / 100).clip(0.5)).max()).alias(str(per))

    errors = whole.group_by("indicator").agg(
        (value == numerator).all().alias("count"),
        (denominator > 0).fill_null(False).all().alias("based"),
        *(worst(per) for per in MULTIPLIERS),
    )
    names = [str(per) for per in MULTIPLIERS]
    least = pl.min_horizontal(names)
    per = pl.coalesce(pl.when(pl.col(name) == least).then(float(name)) for name in names)
    fits = pl.col("based") & (least <= 1 + 1e-9)
    kind = (
        pl.when("count")
        .then(pl.lit("count"))
        .when(fits & (per == 100))
        .then(pl.lit("percentage"))
        .when(fits)
        .then(pl.lit("rate"))
    )
    return errors.select("indicator", kind.alias("(kind)"), pl.when(fits).then(per).alias("(per)"))


def base_faults(rows: Rows) -> list[Fault]:
    """VALUES-BASE for rows about people that can't be protected as they stand."""
    frame = rows.frame.filter(pl.col("value").is_not_null())
    counts = (pl.col("kind") == "count").fill_null(False)
    made = pl.col("kind").is_in(MADE_OF).fill_null(False)
    lacking = (~made & pl.col("numerator").is_null()) | (~counts & pl.col("denominator").is_null())
    bare = (
        frame.filter(lacking).group_by("indicator").agg(pl.col(LINE).min(), pl.len()).sort(LINE, "indicator")
    )
    faults = [
        rows.fault(
            "VALUES-BASE",
            f"{id!r}, about people, has {count} row{'s' * (count > 1)} without numerator or denominator",
            _REMEDY,
            line,
        )
        for id, line, count in bare.iter_rows()
    ]
    unclear = (
        frame.filter(pl.col("numerator").is_not_null() & pl.col("denominator").is_not_null() & ~made)
        .filter(pl.col("kind").is_null() | (pl.col("kind") == "value") | (pl.col("per").is_null() & ~counts))
        .group_by("indicator")
        .agg(pl.col(LINE).min())
        .sort(LINE, "indicator")
    )
    faults += [
        rows.fault(
            "VALUES-BASE",
            f"the values of {id!r} do not follow from numerator and denominator",
            "Correct them, or say how with the columns kind (count, rate, percentage) and per.",
            line,
        )
        for id, line in unclear.iter_rows()
    ]
    return several(faults)
