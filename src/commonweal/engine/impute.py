"""Fill gaps as the recipe says, and flag every cell that is filled."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from commonweal.arrays import Flags, Floats, Positions
from commonweal.engine.cells import IMPUTED, Cells, Context
from commonweal.engine.denominate import by_area
from commonweal.engine.learnt import NOTHING, ends_of, ends_rows, lacking, lines_of, lines_rows
from commonweal.errors import Fault, raise_any, refusal
from commonweal.methods import impute
from commonweal.methods.impute import ALONG_TIME, LEARNING, Table
from commonweal.model.edition import IMPUTATIONS
from commonweal.model.handed_on import HandedOn
from commonweal.model.observation import STATUS_CODE, Status
from commonweal.model.recipe import Impute, Method

_NOT_APPLICABLE = STATUS_CODE[Status.NOT_APPLICABLE]


@dataclass(frozen=True, slots=True, eq=False)
class Imputed:
    """What a step leaves: the cells, which were `filled`, a row for each, what by (`learnt`), and notes."""

    cells: Cells
    filled: Flags
    rows: pl.DataFrame
    learnt: pl.DataFrame
    notes: tuple[str, ...]


def run(cells: Cells, step: Impute, context: Context, edition: HandedOn, number: int) -> Imputed:
    """The cells with their gaps filled; `rows` and `learnt` tell of the published periods.

    What does not apply to an area is never filled, nor what screening has dropped. All methods of the step
    see the cells as they were before it. `edition` is what an older one hands on (rule frozen), `number`
    counts the steps that impute. Raises RECIPE-COLUMN and EDITION-LACKS.
    """
    gaps = ~cells.there & (cells.status != _NOT_APPLICABLE) & ~cells.dropped & cells.kept[:, None, None]
    handed = edition.imputation.filter(pl.col("step") == number)
    values = cells.values.copy()
    carried = cells.carried.copy()
    names = np.full(len(cells.nodes), "none", dtype=object)
    learnt = [NOTHING]
    faults: list[Fault] = []
    for method, at in _by_method(cells, step):
        if "group" in dict(method.parameters):
            _check_group(context, method["group"])  # a wrong name is told whether there are gaps or not
        if method.name == "none" or not (gaps[at].any() or method.name in LEARNING):
            continue
        names[at] = method.name
        if step.rule == "frozen" and method.name in LEARNING:
            own = handed.filter(pl.col("method") == method.name)
            known = set(own["indicator"])
            asked = at[gaps[at].any(axis=(1, 2)) & cells.there[at].any(axis=(1, 2))].tolist()
            unknown = [i for i in asked if cells.nodes[i].id not in known]
            faults += lacking(cells, step, unknown, method.name)
            found, rows = _as_handed_on(cells, method, at, own, number)
        else:
            found, rows = _estimates(cells, step, method, at, context, number)
        learnt += rows
        estimates = found * cells.direction[at, None, None]
        values[at] = np.where(gaps[at], estimates, cells.values[at])
        if method.name == "carry":
            carried[at] |= gaps[at] & ~np.isnan(estimates)
    raise_any(faults)
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
        f"{n} {'gap' if n == 1 else 'gaps'} of {id} could not be filled: too little is known there"
        for id, n in left.items()
    )
    return Imputed(done, filled, _rows(cells, filled, values, names), pl.concat(learnt), notes)


def _published(cells: Cells) -> Flags:
    found = np.zeros(cells.values.shape[1], dtype=bool)
    found[cells.published] = True
    return found[None, :, None]


def _by_method(cells: Cells, step: Impute) -> list[tuple[Method, Positions]]:
    found: dict[Method, list[int]] = {}
    for i, node in enumerate(cells.nodes):
        found.setdefault(step.at(node.id), []).append(i)
    return [(method, np.array(at, dtype=np.intp)) for method, at in found.items()]


def _estimates(
    cells: Cells, step: Impute, method: Method, at: Positions, context: Context, number: int
) -> tuple[Floats, list[pl.DataFrame]]:
    """The estimates (wanted, periods, areas), and what they were learnt by."""
    parameters = dict(method.parameters)
    group = _groups(context, method["group"], cells.areas) if "group" in parameters else None
    function = impute.METHODS[method.name]
    count = len(cells.periods)
    if method.name in ALONG_TIME:  # base periods stand beside time, not in it
        found = np.full((len(at), *cells.values.shape[1:]), np.nan)
        found[:, :count] = function(_table(cells, group, cells.counted, slice(0, count)), at, **parameters)
        return found, []

    def filled(table: Table, period: str = "") -> tuple[Floats, pl.DataFrame]:
        if method.name in LEARNING:
            return _learnt(cells, table, method, at, number, period)
        return function(table, at, **parameters), NOTHING

    if step.rule == "base":
        fit = np.zeros_like(cells.counted)
        fit[:, cells.at_base(step.base)] = cells.there[:, cells.at_base(step.base)]
        estimates, rows = filled(_table(cells, group, fit))
        return estimates, [rows]
    if step.rule == "each-period":
        labels = [*(period.label for period in cells.periods), *cells.base]
        by_period = [
            filled(_table(cells, group, cells.there, slice(p, p + 1)), label)
            for p, label in enumerate(labels)
        ]
        return np.concatenate([found for found, _ in by_period], axis=1), [
            row for _, row in by_period[:count]
        ]
    estimates, rows = filled(_table(cells, group, cells.counted))
    return estimates, [rows]


def _learnt(
    cells: Cells, table: Table, method: Method, at: Positions, number: int, period: str
) -> tuple[Floats, pl.DataFrame]:
    """Estimates by what is fitted on the table, and a row for each figure that was."""
    if method.name == "component-mean":
        ends = impute.ends(table)
        return impute.by_ends(table, at, *ends), ends_rows(cells, at, ends, number, period)
    lines = impute.lines(table, at)
    return impute.by_lines(table, at, lines), lines_rows(cells, lines, number, period)


def _as_handed_on(
    cells: Cells, method: Method, at: Positions, handed: pl.DataFrame, number: int
) -> tuple[Floats, list[pl.DataFrame]]:
    """Estimates by what an edition hands on, which this one hands on again."""
    table = _table(cells, None, cells.counted)
    if method.name == "component-mean":
        ends = ends_of(cells, handed)
        return impute.by_ends(table, at, *ends), [ends_rows(cells, at, ends, number, "")]
    lines = lines_of(cells, at, handed)
    return impute.by_lines(table, at, lines), [lines_rows(cells, lines, number, "")]


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
        raise refusal(
            "RECIPE-COLUMN",
            f"impute names the group {column!r}, which is not a column of the areas",
            f"There are: {', '.join(known) or 'none is given'}.",
            path=("impute", "group"),
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
