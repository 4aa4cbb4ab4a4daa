"""What an older edition hands on, made again from its tables: the reference of each scale, and the curves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Floats, Positions
from commonweal.engine.cells import Cells
from commonweal.errors import Fault, raise_any
from commonweal.methods import normalise
from commonweal.methods.treat import BENDS
from commonweal.model.framework import Node
from commonweal.model.handed_on import HandedOn
from commonweal.model.recipe import Method, Treat

#: Values are the same where they differ by no more than this share of themselves, or this of the largest one.
_NEAR: Final = 1e-9
_NEXT_TO_NOTHING: Final = 1e-12


@dataclass(frozen=True, eq=False)
class HandedScales:
    """The scales of an edition by indicator."""

    edition: HandedOn

    @cached_property
    def ends(self) -> dict[str, list[float]]:
        """Worst and best of each indicator."""
        return {id: ends for id, *ends in self.edition.goalposts.drop_nulls().iter_rows()}

    @cached_property
    def moments(self) -> dict[tuple[str, str], tuple[float, float]]:
        """Mean and standard deviation by indicator and what it is weighted by."""
        moments = self.edition.scales.drop_nulls(["mean", "sd"])
        return {(id, weight or ""): (mean, sd) for id, mean, sd, weight in moments.iter_rows()}

    @cached_property
    def marks(self) -> dict[tuple[str, str, str], list[float]]:
        """Values by indicator, mark and area."""
        found: dict[tuple[str, str, str], list[float]] = {}
        marks = self.edition.references.with_columns(pl.col("area").fill_null("")).drop_nulls()
        for id, mark, area, value in marks.iter_rows():
            found.setdefault((id, mark, area), []).append(value)
        return found

    def reference(self, node: Node, method: Method) -> tuple[Floats, float, list[Fault]]:
        """The reference of an indicator, and the value of the area it hangs on, both in its own units.

        An empty one comes with a fault: FRAMEWORK-GOALPOSTS.
        """
        if method.name in normalise.FIXED:
            return np.array([0.0, 1.0]), np.nan, []
        found, place = self._found(node.id, method)
        if len(found) < 2 and not (found and method.name in normalise.HAS_PLACES - normalise.NEEDS_RANGE):
            return np.empty(0), np.nan, [_lacking(node, method)]
        if method.name in normalise.HAS_GOALPOSTS | normalise.HAS_ENDS:
            worst, best = found
            if worst == best and method.name in normalise.HAS_GOALPOSTS:
                return np.empty(0), np.nan, [_lacking(node, method)]
            if (best - worst) * (node.direction or 1) < 0:
                return np.empty(0), np.nan, [_turned(node, worst, best)]
        return np.array(found), place, []

    def _found(self, id: str, method: Method) -> tuple[list[float], float]:
        name = method.name
        if name in normalise.HAS_GOALPOSTS:
            return list(self.ends.get(id, [])), np.nan
        if name in normalise.HAS_MOMENTS:
            held = self.moments.get((id, method["weight"] if name == "index-100" else ""))
            # two values with that mean and that deviation (divisor n - 1 = 1) are all the reference it takes
            return ([held[0] - held[1] / sqrt(2), held[0] + held[1] / sqrt(2)] if held else []), np.nan
        if name in normalise.HAS_PLACES:
            return self.marks.get((id, "value", ""), []), np.nan
        ends = [value for mark in ("worst", "best") for value in self.marks.get((id, mark, ""), [])]
        if name != "distance-to-reference":
            return ends, np.nan
        places = self.marks.get((id, "place", method["area"]), [])
        return (ends, places[0]) if places else ([], np.nan)


def settled(x: Floats, reference: Floats) -> Floats:
    """Values that are one of the reference's but for what twelve published digits leave out, made that one.

    A bend or a line that is handed on with twelve digits moves a value a little, and a place is lost by less.

    >>> settled(np.array([2.0000000000004, 2.1]), np.array([1.0, 2.0])).tolist()
    [2.0, 2.1]
    """
    if not len(reference):
        return x
    ordered = np.sort(reference)
    after = np.clip(np.searchsorted(ordered, x), 0, len(ordered) - 1)
    before = np.maximum(after - 1, 0)
    nearest = np.where(
        np.abs(ordered[after] - x) <= np.abs(ordered[before] - x), ordered[after], ordered[before]
    )
    near = _NEAR * np.abs(nearest) + _NEXT_TO_NOTHING * np.abs(ordered).max()
    return np.where(np.abs(nearest - x) <= near, nearest, x)


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


def _lacking(node: Node, method: Method) -> Fault:
    what = f"the frozen edition has no scale for indicator {node.id!r} ({method.name})"
    remedy = "Freeze an edition that has it, use another rule, or leave the indicator out."
    return Fault("FRAMEWORK-GOALPOSTS", what, remedy, path=(node.id, "worst"))


def _turned(node: Node, worst: float, best: float) -> Fault:
    what = f"the frozen edition has worst {worst:g} and best {best:g} for indicator {node.id!r}"
    remedy = f"That is not direction {node.direction}: correct the direction, or use another rule."
    return Fault("FRAMEWORK-GOALPOSTS", what, remedy, path=(node.id, "direction"))


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
