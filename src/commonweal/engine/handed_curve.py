"""The curves that an older edition hands on, to treat later values in the very same way."""

from __future__ import annotations

import numpy as np
import polars as pl

from commonweal.arrays import Floats, Positions
from commonweal.engine.cells import Cells
from commonweal.errors import Fault, raise_any
from commonweal.methods.treat import BENDS
from commonweal.model.recipe import Method, Treat


def curves_of(cells: Cells, step: Treat, method: Method, at: Positions, handed: pl.DataFrame) -> Floats:
    """The curves (wanted, 5) of some indicators, from the rows of the edition's treatment.

    Raises EDITION-LACKS for each that the edition has not treated, or not so.
    """
    own = handed.filter(pl.col("method") == method.name)
    columns = ("indicator", "low", "high", "bend", "constant", "added")
    held = {id: figures for id, *figures in own.select(columns).iter_rows()}
    ids = [cells.nodes[i].id for i in at.tolist()]
    raise_any(
        Fault(
            "EDITION-LACKS",
            f"the edition {step.edition!r} has not treated {id!r} by {method.name}",
            "Freeze an edition that does, use another rule, or do not treat it (by: {indicator: none}).",
            path=("treat", "edition"),
        )
        for id in ids
        if id not in held
    )
    return np.array([_curve(*held[id]) for id in ids])


def _curve(
    low: float | None, high: float | None, bend: str | None, constant: float | None, added: float | None
) -> tuple[float, float, float, float, float]:
    return (
        -np.inf if low is None else low,
        np.inf if high is None else high,
        float(BENDS.index(bend or "none")),
        constant or 0.0,
        added or 0.0,
    )
