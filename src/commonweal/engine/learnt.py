"""What gaps are filled by, as a table that an edition hands on, and read from it again.

The table is in the values' own units; the methods work on directed ones. Turning a sign loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import isnan

import numpy as np
import polars as pl

from commonweal.arrays import Floats, Positions
from commonweal.engine.cells import Cells
from commonweal.errors import Fault
from commonweal.methods.lines import Line
from commonweal.model.edition import IMPUTATION
from commonweal.model.recipe import Impute

NOTHING = pl.DataFrame(schema=IMPUTATION)


def ends_rows(
    cells: Cells, wanted: Positions, ends: tuple[Floats, Floats], number: int, period: str
) -> pl.DataFrame:
    """The range of each indicator under a parent of those wanted: component-mean scales them all by it."""
    parents = {cells.nodes[i].parent for i in wanted.tolist()}
    rows = []
    for node, sign, low, high in zip(cells.nodes, cells.direction, *ends, strict=True):
        if node.parent in parents and not isnan(low):
            least, largest = sorted((float(low * sign), float(high * sign)))
            row = (number, period, node.id, "component-mean", "", "", None, None, least, largest)
            rows.append(row)
    return pl.DataFrame(rows, schema=IMPUTATION, orient="row")


def lines_rows(cells: Cells, lines: Iterable[Line], number: int, period: str) -> pl.DataFrame:
    """Lines: a row for the centre, then one for each term; a line that could not be found has no number."""
    ids, sign = [node.id for node in cells.nodes], cells.direction.tolist()
    rows: list[tuple[int, str, str, str, str, str, float | None, float | None, None, None]] = []
    for line in lines:
        id, own = ids[line.indicator], sign[line.indicator]
        start = (number, period, id, "regression", " ".join(ids[k] for k in line.known))
        centre = None if isnan(line.centre) else line.centre * own
        rows.append((*start, "", centre, None, None, None))
        if centre is not None:
            terms = zip(line.known, line.slope.tolist(), line.mean.tolist(), strict=True)
            rows += [(*start, ids[k], b * own * sign[k], mean * sign[k], None, None) for k, b, mean in terms]
    return pl.DataFrame(rows, schema=IMPUTATION, orient="row")


def ends_of(cells: Cells, handed: pl.DataFrame) -> tuple[Floats, Floats]:
    """The directed ends (indicators,) that an edition hands on; nan for indicators it does not know."""
    held = {id: ends for id, *ends in handed.select("indicator", "least", "largest").drop_nulls().iter_rows()}
    ends = np.array([held.get(node.id, (np.nan, np.nan)) for node in cells.nodes]).reshape(-1, 2)
    directed = np.sort(ends * cells.direction[:, None], axis=1)
    return directed[:, 0], directed[:, 1]


def lines_of(cells: Cells, wanted: Positions, handed: pl.DataFrame) -> list[Line]:
    """The lines that an edition hands on for the wanted indicators, on indicators that are still there."""
    position = {node.id: i for i, node in enumerate(cells.nodes)}
    sign = cells.direction.tolist()
    found: dict[tuple[str, str], tuple[list[float], dict[str, tuple[float, float]]]] = {}
    columns = ("indicator", "known", "term", "coefficient", "mean")
    for id, known, term, coefficient, mean in handed.select(columns).iter_rows():
        centre, terms = found.setdefault((id, known or ""), ([], {}))
        if term:
            terms[term] = coefficient, mean
        else:
            centre.append(np.nan if coefficient is None else coefficient)
    lines = []
    for (id, known), (centre, terms) in found.items():
        names = known.split()
        if position.get(id, -1) not in wanted or not set(names) <= set(position):
            continue
        own = sign[position[id]]
        at = tuple(position[name] for name in names)
        pairs = [terms.get(name, (0.0, 0.0)) for name in names]
        slope = np.array([b * own * sign[k] for k, (b, _) in zip(at, pairs, strict=True)])
        mean = np.array([m * sign[k] for k, (_, m) in zip(at, pairs, strict=True)])
        lines.append(Line(position[id], at, centre[0] * own, slope, mean))
    return lines


def lacking(cells: Cells, step: Impute, at: Iterable[int], method: str) -> list[Fault]:
    """EDITION-LACKS for each indicator with gaps that an edition has nothing to fill by."""
    return [
        Fault(
            "EDITION-LACKS",
            f"the edition {step.edition!r} has nothing that {method} could fill gaps of"
            f" {cells.nodes[i].id!r} by",
            "Freeze an edition that fills it so, use another rule, or name another method for it (`by:`).",
            path=("impute", "edition"),
        )
        for i in at
    ]
