"""Fill gaps as the recipe says, and flag every cell that is filled."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from commonweal.engine.cells import IMPUTED, Cells, Context
from commonweal.engine.denominate import by_area
from commonweal.errors import CommonwealError, Fault
from commonweal.methods import Flags, Floats, Positions, impute
from commonweal.methods.impute import ALONG_TIME, Table
from commonweal.model.edition import IMPUTATIONS
from commonweal.model.observation import STATUS_CODE, Status
from commonweal.model.recipe import Impute, Method

_NOT_APPLICABLE = STATUS_CODE[Status.NOT_APPLICABLE]


def run(cells: Cells, step: Impute, context: Context) -> tuple[Cells, Flags, pl.DataFrame, tuple[str, ...]]:
    """The cells with their gaps filled, which were, a row for each in the published periods, and notes.

    What does not apply to an area is never filled, nor what screening has dropped. All methods of the step
    see the cells as they were before it. Raises RECIPE-COLUMN.
    """
    gaps = ~cells.there & (cells.status != _NOT_APPLICABLE) & ~cells.dropped & cells.kept[:, None, None]
    values = cells.values.copy()
    carried = cells.carried.copy()
    names = np.full(len(cells.nodes), "none", dtype=object)
    for method, at in _by_method(cells, step):
        if "group" in dict(method.parameters):
            _check_group(context, method["group"])  # a wrong name is told whether there are gaps or not
        if method.name == "none" or not gaps[at].any():
            continue
        names[at] = method.name
        estimates = _estimates(cells, step, method, at, context) * cells.direction[at, None, None]
        values[at] = np.where(gaps[at], estimates, cells.values[at])
        if method.name == "carry":
            carried[at] |= gaps[at] & ~np.isnan(estimates)
    filled = gaps & ~np.isnan(values)
    done = replace(
        cells,
        values=values,
        status=np.where(filled, IMPUTED, cells.status),
        carried=carried,
        # An older value that is carried has been counted under its own period.
        counted=cells.counted | (filled & ~carried & _published(cells)),
    )
    left = {
        cells.nodes[i].id: int(n)
        for i, n in enumerate((gaps & ~filled)[:, cells.published].sum(axis=(1, 2)))
        if n and names[i] != "none"
    }
    notes = tuple(
        f"{n} gaps of {id} could not be filled: too little is known there" for id, n in left.items()
    )
    return done, filled, _rows(cells, filled, values, names), notes


def _published(cells: Cells) -> Flags:
    found = np.zeros(cells.values.shape[1], dtype=bool)
    found[cells.published] = True
    return found[None, :, None]


def _by_method(cells: Cells, step: Impute) -> list[tuple[Method, Positions]]:
    found: dict[Method, list[int]] = {}
    for i, node in enumerate(cells.nodes):
        found.setdefault(step.at(node.id), []).append(i)
    return [(method, np.array(at, dtype=np.intp)) for method, at in found.items()]


def _estimates(cells: Cells, step: Impute, method: Method, at: Positions, context: Context) -> Floats:
    parameters = dict(method.parameters)
    group = _groups(context, method["group"], cells.areas) if "group" in parameters else None
    function = impute.METHODS[method.name]
    count = len(cells.periods)
    if method.name in ALONG_TIME:  # base periods stand beside time, not in it
        found = np.full((len(at), *cells.values.shape[1:]), np.nan)
        found[:, :count] = function(_table(cells, group, cells.counted, slice(0, count)), at, **parameters)
        return found
    if step.rule == "base":
        fit = np.zeros_like(cells.counted)
        fit[:, cells.at_base(step.base)] = cells.there[:, cells.at_base(step.base)]
        return function(_table(cells, group, fit), at, **parameters)
    if step.rule == "each-period":
        by_period = [
            function(_table(cells, group, cells.there, slice(p, p + 1)), at, **parameters)
            for p in range(cells.values.shape[1])
        ]
        return np.concatenate(by_period, axis=1)
    return function(_table(cells, group, cells.counted), at, **parameters)


def _table(cells: Cells, group: Positions | None, fit: Flags, periods: slice = slice(None)) -> Table:
    parents = {id: n for n, id in enumerate(dict.fromkeys(node.parent for node in cells.nodes))}
    directed = cells.values[:, periods] * cells.direction[:, None, None]
    directed[~cells.kept] = np.nan
    ends = [period.end.year + period.end.month / 12 for period in cells.periods]
    return Table(
        x=directed,
        fit=fit[:, periods] & ~np.isnan(directed),
        parent=np.array([parents[node.parent] for node in cells.nodes], dtype=np.intp),
        group=np.full(len(cells.areas), -1) if group is None else group,
        years=np.array(ends),
    )


def _check_group(context: Context, column: str) -> None:
    """Raises RECIPE-COLUMN where the table of areas has no such column."""
    known = [name for name in context.attributes.columns if name not in ("code", "name")]
    if column not in known:
        raise CommonwealError(
            Fault(
                "RECIPE-COLUMN",
                f"impute names the group {column!r}, which is not a column of the areas",
                f"There are: {', '.join(known) or 'none is given'}.",
                path=("impute", "group"),
            )
        )


def _groups(context: Context, column: str, areas: tuple[str, ...]) -> Positions:
    """The number of each area's group; -1 where the table leaves it empty."""
    held = by_area(context, column, areas).cast(pl.String).to_list()
    order = {name: n for n, name in enumerate(sorted({name for name in held if name}))}
    return np.array([order.get(name, -1) for name in held], dtype=np.intp)


def _rows(cells: Cells, filled: Flags, values: Floats, names: Any) -> pl.DataFrame:
    p, a, i = np.nonzero(np.moveaxis(filled[:, cells.published], 0, -1))
    held = {
        "period": pl.Series([period.label for period in cells.periods]).gather(p),
        "area": pl.Series(list(cells.areas)).gather(a),
        "indicator": pl.Series([node.id for node in cells.nodes]).gather(i),
        "value": values[i, p, a],
        "method": pl.Series(names.astype(str)).gather(i),
    }
    return pl.DataFrame(held, schema=IMPUTATIONS)
