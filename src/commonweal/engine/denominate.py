"""Divide indicators by how many people, how much land or how much money there is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from commonweal.arrays import Floats
from commonweal.engine.cells import Cells, Context
from commonweal.engine.enter import MISSING
from commonweal.errors import Fault, raise_any, refusal
from commonweal.model.period import Period
from commonweal.model.recipe import Denominate


def denominate(cells: Cells, step: Denominate, context: Context) -> tuple[Cells, Floats, tuple[str, ...]]:
    """The cells divided; what each was divided by (1 where nothing was), and what is to be told.

    A value is divided by the denominator of its own period, or the nearest earlier one. Where there is none
    the value is missing. Raises RECIPE-COLUMN, DENOMINATOR-ZERO.
    """
    at = {node.id: i for i, node in enumerate(cells.nodes)}
    divisors = np.ones(cells.values.shape)
    faults: list[Fault] = []
    notes: list[str] = []
    for id, name in step.by:
        i = at[id]
        by_period = _denominators(name, cells, context, id)
        # A gap has no period of its own; what may fill it belongs to the period that it is in.
        here = len(cells.own_periods) + np.arange(cells.values.shape[1])[:, None]
        own = np.where(cells.own[i] >= 0, cells.own[i], here)
        found = np.take_along_axis(by_period, own, axis=0)
        faults += _zeros(cells, i, name, found)
        gaps = np.isnan(found) & cells.there[i]
        if gaps[cells.published].any():
            areas = int(gaps[cells.published].any(axis=0).sum())
            notes.append(f"{id} is missing in {areas} areas: there is no {name} to divide it by")
        divisors[i] = found
    raise_any(faults)
    values = cells.values / divisors
    status = np.where(cells.there & np.isnan(values), MISSING, cells.status)
    done = replace(cells, values=values, status=status, counted=cells.counted & ~np.isnan(values))
    return done, divisors, tuple(notes)


def _zeros(cells: Cells, i: int, name: str, found: Floats) -> list[Fault]:
    """One fault an indicator, naming the first place."""
    wrong = cells.there[i] & (found <= 0)
    if not wrong.any():
        return []
    p, a = (int(n) for n in np.argwhere(wrong)[0])
    more = int(wrong.sum()) - 1
    others = f" (and in {more} more places)" if more else ""
    what = f"{cells.where(i, p, a)} is divided by {name}, which is {found[p, a]:g} there{others}"
    remedy = "Correct the denominator, leave it empty where there is none, or leave the area out."
    return [Fault("DENOMINATOR-ZERO", what, remedy, path=("denominate", cells.nodes[i].id))]


def _denominators(name: str, cells: Cells, context: Context, id: str) -> Floats:
    """Denominators (own periods, then all periods of the cells; areas), nan where there is none."""
    tables = context.denominators
    if "name" in tables.columns:
        rows = tables.filter(pl.col("name") == name)
        if rows.height:
            return _latest(rows, cells)
    attributes = context.attributes
    if name in attributes.columns and attributes[name].dtype.is_numeric():
        column = by_area(context, name, cells.areas).cast(pl.Float64).fill_null(np.nan).to_numpy()
        return np.tile(column, (len(cells.own_periods) + cells.values.shape[1], 1))
    names = sorted(tables["name"].unique().to_list()) if "name" in tables.columns else []
    numeric = [c for c in attributes.columns if attributes[c].dtype.is_numeric()]
    listed = ", ".join([*names, *numeric]) or "none is given"
    raise refusal(
        "RECIPE-COLUMN",
        f"denominate names {name!r}, which is neither among the denominators nor a column of numbers of"
        " the areas",
        f"There are: {listed}.",
        path=("denominate", id),
    )


def _latest(rows: pl.DataFrame, cells: Cells) -> Floats:
    """For each period the figures of the latest one that ended no later, area by area."""
    position = {code: a for a, code in enumerate(cells.areas)}
    wanted = (*cells.own_periods, *cells.periods, *(Period.parse(label) for label in cells.base))
    found = np.full((len(wanted), len(cells.areas)), np.nan)
    dated = sorted((Period.parse(label), label) for label in rows["period"].unique().to_list())
    tables = [(period, _spread(rows.filter(pl.col("period") == label), position)) for period, label in dated]
    for q, own in enumerate(wanted):
        for period, table in sorted(tables, key=lambda item: item[0].end):
            if period.end <= own.end:
                np.copyto(found[q], table, where=~np.isnan(table))
    return found


def _spread(rows: pl.DataFrame, position: dict[str, int]) -> Floats:
    known = rows.filter(pl.col("area").is_in(list(position)) & pl.col("value").is_not_null())
    table = np.full(len(position), np.nan)
    table[[position[code] for code in known["area"]]] = known["value"].to_numpy()
    return table


def by_area(context: Context, column: str, areas: tuple[str, ...]) -> pl.Series:
    """A column of the areas' attributes, in the order of the areas."""
    wanted = pl.DataFrame({"code": list(areas)}, schema={"code": pl.String})
    held = context.attributes.select("code", pl.col(column).alias("held"))
    return wanted.join(held, on="code", how="left", maintain_order="left")["held"]
