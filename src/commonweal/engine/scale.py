"""Find the scale of each indicator from the reference that the recipe's rule names, and put values on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Flags, Floats
from commonweal.engine.cells import Cells
from commonweal.engine.handed import HandedScales, settled
from commonweal.engine.marks import marks
from commonweal.errors import CommonwealError, Fault, raise_any
from commonweal.methods import normalise
from commonweal.methods.normalise import NO_MARKS, Marks
from commonweal.methods.significant import significant
from commonweal.model.framework import Framework, Node
from commonweal.model.handed_on import NOTHING, HandedOn
from commonweal.model.period import Period
from commonweal.model.recipe import Method, Normalise

HIDDEN = "no value is left to show: people are protected"
_NO_TABLE: Final = pl.DataFrame()
_NONE: Final = Method("none")
HIDDEN_RANGE = "one value is left for all areas: people are protected"


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """An indicator's method, and the directed values it sees others against; `sign` directs values.

    `references` holds one for all periods, or one each; an empty one gives no scores. `marks` go with them.
    `reason` says why protection leaves the indicator without any score.
    """

    node: Node
    method: Method
    rule: str
    references: tuple[Floats, ...]
    marks: tuple[Marks, ...]
    sign: float
    reason: str = ""

    def scores(self, values: Floats) -> Floats:
        """The scores (periods, areas) of values in the units that normalise meets."""
        if self.reason:
            return np.full(values.shape, np.nan)
        directed = values * self.sign
        directed += 0.0  # no minus zero
        if len(self.references) == 1:
            return self._apply(directed, self.references[0], self.marks[0])
        held = zip(directed, self.references, self.marks, strict=True)
        return np.stack([self._apply(x, reference, beside) for x, reference, beside in held])

    def _apply(self, directed: Floats, reference: Floats, beside: Marks, limited: bool = True) -> Floats:
        if not len(reference):
            return np.full(directed.shape, np.nan)
        if self.rule == "frozen" and self.method.name in normalise.HAS_PLACES:
            # an edition publishes the values that it hands on with twelve digits
            directed = settled(significant(directed), reference)
        parameters = dict(self.method.parameters)
        if not limited:
            parameters |= {name: False for name in ("clip", "cap") if name in parameters}
        return normalise.METHODS[self.method.name](directed, reference, beside, **parameters)

    @property
    def goalposts(self) -> Floats:
        """Worst and best (references, 2) in the units that normalise meets; nan where the method has none."""
        ends = np.full((len(self.references), 2), np.nan)
        if self.method.name in normalise.HAS_GOALPOSTS and not self.reason:
            for end, reference in zip(ends, self.references, strict=True):
                if len(reference):
                    end[:] = reference.min(), reference.max()
        return ends * self.sign + 0.0  # + 0.0: no minus zero

    @property
    def line(self) -> Floats:
        """Two values that normalise meets and their scores (references, 4); nan if no straight line."""
        points = np.full((len(self.references), 4), np.nan)
        if self.method.name not in normalise.STRAIGHT or self.reason:
            return points
        for point, reference, beside in zip(points, self.references, self.marks, strict=True):
            if len(reference):
                low, high = reference.min(), reference.max()
                ends = np.array([low, high if high > low else low + 1.0])
                point[:] = *(ends * self.sign + 0.0), *self._apply(ends, reference, beside, limited=False)
        return points


def find_scales(
    cells: Cells,
    framework: Framework,
    step: Normalise,
    edition: HandedOn = NOTHING,
    attributes: pl.DataFrame | None = None,
) -> tuple[Scale, ...]:
    """The scale of each indicator, in framework order.

    `edition` is what an older one hands on (rule frozen), `attributes` the table of the areas, which weights
    are taken from. Raises INDICATOR-CONSTANT, INDICATOR-EMPTY, FRAMEWORK-GOALPOSTS, NORMALISE-VALUES,
    RECIPE-RULE, all at once.
    """
    faults: list[Fault] = []
    scales = []
    handed = HandedScales(edition)
    for i, node in enumerate(framework.indicators):
        method = step.at(node.id)
        rule = step.rule
        if rule == "given" and method.name != "goalposts":
            rule = "pooled"  # an indicator with a method of its own has no given goalposts
        sign = float(cells.direction[i])
        references: tuple[Floats, ...]
        beside: tuple[Marks, ...]
        if rule in ("frozen", "given"):
            ends, place, found = (
                handed.reference(node, method) if rule == "frozen" else (_given(node), np.nan, [])
            )
            faults += [] if _bare(cells, i) else found
            beside_it = marks(node, _NONE, sign, ends[None], _all(ends), (), _NO_TABLE)
            references, beside = (ends * sign,), (beside_it._replace(place=place * sign),)
        else:
            values, used = _seen(cells, i, step, rule)
            directed = values * sign
            references = tuple(directed[where] for where in used)
            table = _NO_TABLE if attributes is None else attributes
            try:
                beside = tuple(
                    marks(node, method, sign, directed, where, cells.areas, table) for where in used
                )
            except CommonwealError as error:
                faults += [fault for fault in error.faults if fault not in faults]
                beside = (NO_MARKS,) * len(references)
        hidden = bool(cells.protected[i])
        if np.isnan(cells.values[i, cells.published]).all():
            reason, found = _nothing_left(cells, i)
        else:
            reason, found = _range(node, method, rule, step.base, references, cells.periods, hidden, sign)
            if rule == "frozen" and not len(references[0]) and _bare(cells, i):
                reason = HIDDEN_RANGE
            found = found or _refused(node, method, references, beside)
        faults += found
        scales.append(Scale(node, method, rule, references, beside, sign, reason))
    raise_any(faults)
    return tuple(scales)


def _bare(cells: Cells, i: int) -> bool:
    """Whether no edition could have a scale for an indicator: nothing is left of it, or one hidden value."""
    values = cells.values[i, cells.published]
    known = values[~np.isnan(values)]
    return not len(known) or (bool(cells.protected[i]) and bool(known.min() == known.max()))


def _nothing_left(cells: Cells, i: int) -> tuple[str, list[Fault]]:
    """Why an indicator that entered has no value to score: it was screened out, hidden, or not divided."""
    if not cells.kept[i]:
        return "", []  # screening gives its own reason
    if cells.protected[i]:
        return HIDDEN, []
    if cells.dropped.any():
        return "screened out: no area that has a value is left", []
    node = cells.nodes[i]
    what = f"indicator {node.id!r} has no value left to score"
    remedy = "Give it denominators for its periods, or leave it out with `without`."
    return "", [_fault("INDICATOR-EMPTY", node, what, remedy)]


def _seen(cells: Cells, i: int, step: Normalise, rule: str) -> tuple[Floats, tuple[Flags, ...]]:
    """The values (periods, areas) that set the scale, and which of them each reference takes."""
    if rule == "base":
        at = cells.at_base(step.base)
        base = cells.values[i, at : at + 1]
        return base, (~np.isnan(base),)
    values = cells.values[i, cells.published]
    if rule == "each-period":
        own = np.eye(len(values), dtype=bool)[:, :, None] & ~np.isnan(values)
        return values, tuple(own)
    return values, (cells.counted[i, cells.published],)


def _given(node: Node) -> Floats:
    return np.array([node.worst, node.best], dtype=np.float64)


def _all(ends: Floats) -> Flags:
    return np.ones((1, len(ends)), dtype=bool)


def _refused(
    node: Node, method: Method, references: tuple[Floats, ...], beside: tuple[Marks, ...]
) -> list[Fault]:
    """What the method can't take in a reference: the first one is told."""
    for reference, own in zip(references, beside, strict=True):
        told = own is NO_MARKS or not len(reference)  # what is wrong with the marks is a fault already
        why = "" if told else normalise.refused(method.name, reference, own)
        if why and method.name in ("distance-to-target", "threshold"):
            what = f"{method.name} of indicator {node.id!r} {why}"
            remedy = "Correct target, worst or best in the framework; they are in the indicator's units."
            return [Fault("FRAMEWORK-GOALPOSTS", what, remedy, path=(node.id, "target"))]
        if why:
            what = f"{method.name} of indicator {node.id!r} {why}"
            return [_fault("NORMALISE-VALUES", node, what, "Use another normalisation for it (`by:`).")]
    return []


def _range(
    node: Node,
    method: Method,
    rule: str,
    base: str,
    references: tuple[Floats, ...],
    periods: tuple[Period, ...],
    hidden: bool,
    sign: float,
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
    for label, reference in zip(labels(periods, len(references)), references, strict=True):
        if not len(reference) or reference.min() < reference.max():
            continue
        value = float(reference[0]) * sign + 0.0
        what = f"indicator {node.id!r} has the value {value:g} for all{label and ' in ' + label}"
        remedy = f"{method.name} needs a range: give goalposts (rule: given), or leave the indicator out."
        return (HIDDEN_RANGE, []) if hidden else ("", [_fault("INDICATOR-CONSTANT", node, what, remedy)])
    return "", []


def _fault(code: str, node: Node, what: str, remedy: str) -> Fault:
    return Fault(code, what, remedy, path=(node.id, "id"))


def lines(scales: tuple[Scale, ...]) -> Floats:
    """The straight lines of all indicators, (fit periods, indicators, 4)."""
    periods = max(len(scale.references) for scale in scales)
    return np.stack([np.broadcast_to(scale.line, (periods, 4)) for scale in scales], axis=1)


def labels(periods: tuple[Period, ...], count: int) -> list[str]:
    """The period of each reference; empty where one holds for all."""
    return [period.label for period in periods] if count == len(periods) > 1 else [""] * count
