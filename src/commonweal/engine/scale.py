"""Find the scale of each indicator from the reference that the recipe's rule names, and put values on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from commonweal.engine.enter import Entered
from commonweal.errors import Fault, raise_any
from commonweal.methods import Floats, normalise
from commonweal.model.edition import GOALPOSTS
from commonweal.model.framework import Framework, Node
from commonweal.model.period import Period
from commonweal.model.recipe import Method, Normalise

HIDDEN = "no value is left to show: people are protected"
HIDDEN_RANGE = "one value is left for all areas: people are protected"


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """An indicator's method, and the directed values it sees others against.

    `references` holds one for all periods, or one each; an empty one gives no scores. `reason` says why
    protection leaves the indicator without any score.
    """

    node: Node
    method: Method
    rule: str
    references: tuple[Floats, ...]
    reason: str = ""

    def scores(self, values: Floats) -> Floats:
        """The scores (periods, areas) of values in the units of the source."""
        if self.reason:
            return np.full(values.shape, np.nan)
        directed = values * float(self.node.direction or 1)
        directed += 0.0  # no minus zero
        if len(self.references) == 1:
            return self._apply(directed, self.references[0])
        return np.stack([self._apply(x, r) for x, r in zip(directed, self.references, strict=True)])

    def _apply(self, directed: Floats, reference: Floats) -> Floats:
        if not len(reference):
            return np.full(directed.shape, np.nan)
        return normalise.METHODS[self.method.name](directed, reference, **dict(self.method.parameters))

    @property
    def goalposts(self) -> Floats:
        """Worst and best (references, 2) in the units of the source; nan where the method has none."""
        ends = np.full((len(self.references), 2), np.nan)
        if self.method.name in normalise.HAS_GOALPOSTS and not self.reason:
            for end, reference in zip(ends, self.references, strict=True):
                if len(reference):
                    end[:] = reference.min(), reference.max()
        return ends * float(self.node.direction or 1) + 0.0  # + 0.0: no minus zero

    @property
    def line(self) -> Floats:
        """Two values in the units of the source and their scores (references, 4); nan if no straight line."""
        points = np.full((len(self.references), 4), np.nan)
        if self.method.name not in normalise.STRAIGHT or self.reason:
            return points
        sign = float(self.node.direction or 1)
        for point, reference in zip(points, self.references, strict=True):
            if len(reference):
                low, high = reference.min(), reference.max()
                ends = np.array([low, high if high > low else low + 1.0])
                point[:] = *(ends * sign + 0.0), *self._apply(ends, reference)
        return points


def find_scales(
    entered: Entered,
    framework: Framework,
    step: Normalise,
    base: Entered | None = None,
    frozen: pl.DataFrame | None = None,
) -> tuple[Scale, ...]:
    """The scale of each indicator, in framework order.

    `base` is what enters the base period (rule base), `frozen` another edition's goalposts (rule frozen).
    Raises INDICATOR-CONSTANT, INDICATOR-EMPTY, FRAMEWORK-GOALPOSTS, RECIPE-RULE, all at once.
    """
    faults: list[Fault] = []
    scales = []
    held = _frozen_goalposts(frozen)
    counted = entered.counted
    for i, node in enumerate(framework.indicators):
        method = step.at(node.id)
        rule = step.rule
        if rule == "given" and method.name != "goalposts":
            rule = "pooled"  # an indicator with a method of its own has no given goalposts
        if rule == "frozen":
            references, found = _handed_on(node, method, held)
            faults += found
        elif rule == "given":
            references = (np.array([node.worst, node.best], dtype=np.float64),)
        elif rule == "each-period":
            references = tuple(row[~np.isnan(row)] for row in entered.values[i])
        elif rule == "base" and base is not None:
            references = (base.values[i][~np.isnan(base.values[i])],)
        else:
            references = (entered.values[i][counted[i]],)
        references = tuple(r * float(node.direction or 1) for r in references)
        hidden = bool(entered.protected[i])
        if np.isnan(entered.values[i]).all():
            reason, found = HIDDEN, []  # an indicator empty for another reason never entered
        else:
            reason, found = _range(node, method, rule, step.base, references, entered.periods, hidden)
        faults += found
        scales.append(Scale(node, method, rule, references, reason))
    raise_any(faults)
    return tuple(scales)


def _range(
    node: Node,
    method: Method,
    rule: str,
    base: str,
    references: tuple[Floats, ...],
    periods: tuple[Period, ...],
    hidden: bool,
) -> tuple[str, list[Fault]]:
    """Why protection leaves no scale, or else what is wrong with the reference."""
    if rule in ("given", "frozen"):
        return "", []
    if rule == "base" and not len(references[0]):
        what = f"indicator {node.id!r} has no value in the base period {base}"
        remedy = "Give it one, choose another base, or leave the indicator out."
        return (HIDDEN, []) if hidden else ("", [_fault("INDICATOR-EMPTY", node, what, remedy)])
    if method.name not in normalise.NEEDS_RANGE:
        return "", []
    for label, reference in zip(_labels(periods, len(references)), references, strict=True):
        if not len(reference) or reference.min() < reference.max():
            continue
        value = float(reference[0]) * (node.direction or 1) + 0.0
        what = f"indicator {node.id!r} has the value {value:g} for all{label and ' in ' + label}"
        remedy = f"{method.name} needs a range: give goalposts (rule: given), or leave the indicator out."
        return (HIDDEN_RANGE, []) if hidden else ("", [_fault("INDICATOR-CONSTANT", node, what, remedy)])
    return "", []


def _fault(code: str, node: Node, what: str, remedy: str) -> Fault:
    return Fault(code, what, remedy, path=(node.id, "id"))


def _frozen_goalposts(frozen: pl.DataFrame | None) -> dict[str, tuple[float, float]]:
    if frozen is None:
        return {}
    rows = frozen.select("indicator", "worst", "best").drop_nulls().iter_rows()
    return {id: (float(worst), float(best)) for id, worst, best in rows}


def _handed_on(
    node: Node, method: Method, held: dict[str, tuple[float, float]]
) -> tuple[tuple[Floats, ...], list[Fault]]:
    if method.name == "none":
        return (np.array([0.0, 1.0]),), []
    if method.name not in normalise.HAS_GOALPOSTS:
        what = f"rule frozen does not fit {method.name} (indicator {node.id!r})"
        remedy = "Only goalposts and minmax have a worst and a best value to hand on."
        return (np.empty(0),), [Fault("RECIPE-RULE", what, remedy, path=("normalise", "rule"))]
    ends = held.get(node.id)
    if ends is None or ends[0] == ends[1]:
        what = f"the frozen edition has no goalposts for indicator {node.id!r}"
        remedy = "Freeze an edition that has it, use another rule, or leave the indicator out."
        return (np.empty(0),), [Fault("FRAMEWORK-GOALPOSTS", what, remedy, path=(node.id, "worst"))]
    if (ends[1] - ends[0]) * (node.direction or 1) < 0:
        what = f"the frozen edition has worst {ends[0]:g} and best {ends[1]:g} for indicator {node.id!r}"
        remedy = f"That is not direction {node.direction}: correct the direction, or use another rule."
        return (np.empty(0),), [Fault("FRAMEWORK-GOALPOSTS", what, remedy, path=(node.id, "direction"))]
    return (np.array(ends),), []


def goalposts_frame(scales: Iterable[Scale], periods: tuple[Period, ...]) -> pl.DataFrame:
    """The goalposts as OUT/data/goalposts.csv holds them: one row an indicator, or one for each period."""
    rows = [
        (label, scale.node.id, float(worst), float(best), scale.rule)
        for scale in scales
        for label, (worst, best) in zip(_labels(periods, len(scale.references)), scale.goalposts, strict=True)
        if not np.isnan(worst)
    ]
    return pl.DataFrame(rows, schema=GOALPOSTS, orient="row")


def lines(scales: tuple[Scale, ...]) -> Floats:
    """The straight lines of all indicators, (fit periods, indicators, 4)."""
    periods = max(len(scale.references) for scale in scales)
    return np.stack([np.broadcast_to(scale.line, (periods, 4)) for scale in scales], axis=1)


def _labels(periods: tuple[Period, ...], count: int) -> list[str]:
    return [period.label for period in periods] if count == len(periods) > 1 else [""] * count
