"""Treat indicators as the recipe says, and tell what was done and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Floats, Positions
from commonweal.engine.cells import Cells
from commonweal.engine.handed import curves_of
from commonweal.errors import Fault, raise_any
from commonweal.methods import treat
from commonweal.methods.treat import BENDS, Treatment
from commonweal.model.edition import TREATMENTS
from commonweal.model.handed_on import HandedOn
from commonweal.model.recipe import FITTED, Method, Treat

_REMEDY: Final = {
    "log": "Logarithms need values above 0: use yeo-johnson or cube-root, or winsorise with then: log.",
    "box-cox": "box-cox needs values above 0: use yeo-johnson, which takes any.",
    "sqrt": "Square roots need values of 0 or more: use cube-root, which takes any.",
    "winsorise": "The value is too far from those that the treatment was fitted on: use rule: pooled.",
}
_OTHERWISE: Final = "Treat it in another way, or leave it as it is: by: {indicator: none}."


@dataclass(frozen=True, slots=True, eq=False)
class Treated:
    """What a treatment leaves: the cells, its curves (fit periods, indicators, 5), and a row an indicator."""

    cells: Cells
    curves: Floats
    rows: pl.DataFrame


def run(cells: Cells, step: Treat, number: int, edition: HandedOn) -> Treated:
    """Fit each indicator's treatment on what the rule names, and put all its values on the curve.

    `edition` is what an older one hands on: under the rule frozen its curves are taken as they stand.
    `number` counts the steps that treat. Raises TREAT-VALUE, EDITION-LACKS.
    """
    fits = _fits(cells, step)
    handed = edition.treatments.filter(pl.col("step") == number)
    curves = np.tile([-np.inf, np.inf, 0.0, 0.0, 0.0], (len(fits), len(cells.nodes), 1))
    frames = []
    for method, at in _by_method(cells, step):
        if method.name == "none":
            continue
        for f, (label, fitted_on) in enumerate(fits):
            ordered = np.sort(fitted_on(at), axis=1)
            known = ~np.isnan(ordered[:, 0])
            if step.rule == "base" and method.name in FITTED:
                raise_any(_unfitted(cells, step, at[~known]))
            if not known.any():
                continue
            if step.rule == "frozen" and method.name in FITTED:
                found = treat.as_fitted(ordered[known], curves_of(cells, step, method, at[known], handed))
            else:
                found = treat.METHODS[method.name](ordered[known], **dict(method.parameters))
            curves[f, at[known]] = found.curve
            frames.append(_rows(cells, at[known], step, method, found, label, number))
    values = _apply(cells, curves)
    raise_any(_faults(cells, step, values))
    rows = pl.concat(frames) if frames else pl.DataFrame(schema=TREATMENTS)
    order = {node.id: i for i, node in enumerate(cells.nodes)}
    rows = rows.sort("period", pl.col("indicator").replace_strict(order, return_dtype=pl.Int32))
    return Treated(replace(cells, values=values), curves, rows)


def _fits(cells: Cells, step: Treat) -> list[tuple[str, Callable[[Positions], Floats]]]:
    """What curves are fitted on: for each of them a label, and how to get the values of some indicators."""
    if step.rule == "each-period":
        return [(period.label, partial(_values_in, cells, p)) for p, period in enumerate(cells.periods)]
    if step.rule == "base":
        return [("", partial(_values_in, cells, cells.at_base(step.base)))]

    def pooled(at: Positions) -> Floats:
        used = np.where(cells.counted[at], cells.values[at], np.nan)
        return used[:, cells.published].reshape(len(at), -1)

    return [("", pooled)]


def _values_in(cells: Cells, period: int, at: Positions) -> Floats:
    """The values of some indicators in one period, shape (indicators, areas)."""
    values: Floats = cells.values[at, period]
    return values


def _unfitted(cells: Cells, step: Treat, at: Positions) -> list[Fault]:
    """Indicators that nothing is known of in the base period, though other periods have values."""
    return [
        Fault(
            "INDICATOR-EMPTY",
            f"indicator {cells.nodes[i].id!r} has no value in the base period {step.base} to fit a treatment"
            " on",
            "Give it one, choose another base, or do not treat it (by: {indicator: none}).",
            path=(cells.nodes[i].id, "id"),
        )
        for i in at.tolist()
        if cells.there[i].any()
    ]


def _by_method(cells: Cells, step: Treat) -> list[tuple[Method, Positions]]:
    found: dict[Method, list[int]] = {}
    for i, node in enumerate(cells.nodes):
        if cells.kept[i]:
            found.setdefault(step.at(node.id), []).append(i)
    return [(method, np.array(at, dtype=np.intp)) for method, at in found.items()]


def _apply(cells: Cells, curves: Floats) -> Floats:
    if len(curves) == 1:
        changed = curved(curves[0])
        values = cells.values.copy()
        values[changed] = treat.bent(curves[0, changed], cells.values[changed])
        return values
    # Base periods of other steps keep their values: each period has a treatment of its own.
    bent = [treat.bent(curve, cells.values[:, p]) for p, curve in enumerate(curves)]
    return np.stack([*bent, *np.moveaxis(cells.values[:, len(bent) :], 1, 0)], axis=1)


def curved(curve: Floats) -> Positions:
    """The indicators whose curve (indicators, 5) changes anything at all."""
    return np.flatnonzero(np.isfinite(curve[:, 0]) | np.isfinite(curve[:, 1]) | (curve[:, 2] != 0))


def _faults(cells: Cells, step: Treat, values: Floats) -> list[Fault]:
    """One fault an indicator, naming the first value that a bend can't take."""
    wrong = cells.there & ~np.isfinite(values)
    faults = []
    for i in np.flatnonzero(wrong.any(axis=(1, 2))).tolist():
        p, a = (int(n) for n in np.argwhere(wrong[i])[0])
        name = step.at(cells.nodes[i].id).name
        what = f"{cells.where(i, p, a)} is {cells.values[i, p, a]:g}, which {name} can't take"
        remedy = f"{_REMEDY[name]} {_OTHERWISE}" if name in _REMEDY else _OTHERWISE
        faults.append(Fault("TREAT-VALUE", what, remedy, path=("treat", "by", cells.nodes[i].id)))
    return faults


def _rows(
    cells: Cells, at: Positions, step: Treat, method: Method, found: Treatment, label: str, number: int
) -> pl.DataFrame:
    before, middle, after = found.moments
    bends = [BENDS[int(code)] for code in found.curve[:, 2]]
    pairs = zip(found.points.tolist(), bends, strict=True)
    held = {
        "step": [number] * len(at),
        "period": [label] * len(at),
        "indicator": [cells.nodes[i].id for i in at],
        "method": [method.name] * len(at),
        "what": [_what(points, bend) for points, bend in pairs],
        "points": found.points,
        "skew_before": before[0],
        "kurtosis_before": before[1],
        "skew_winsorised": middle[0],
        "kurtosis_winsorised": middle[1],
        "skew_after": after[0],
        "kurtosis_after": after[1],
        "low": np.where(np.isfinite(found.curve[:, 0]), found.curve[:, 0], np.nan),
        "high": np.where(np.isfinite(found.curve[:, 1]), found.curve[:, 1], np.nan),
        "bend": bends,
        "constant": np.where(found.curve[:, 2] > 0, found.curve[:, 3], np.nan),
        "added": np.where(found.curve[:, 2] > 0, found.curve[:, 4], np.nan),
        "why": [_why(step, method, *pair) for pair in before.T.tolist()],
    }
    return pl.DataFrame(held, schema=TREATMENTS).with_columns(pl.col(pl.Float64).fill_nan(None))


def _what(points: int, bend: str) -> str:
    drawn = f"{points} limited" if points else ""
    return " and ".join(part for part in (drawn, "" if bend == "none" else bend) if part) or "unchanged"


def _why(step: Treat, method: Method, skew: float, kurtosis: float) -> str:
    if step.rule == "frozen" and method.name in FITTED:
        return f"the recipe takes it from the edition {step.edition}"
    if method.name != "winsorise":
        return f"the recipe says {method.name}"
    if np.isnan(skew) or np.isnan(kurtosis):
        return "too few different values to test"
    limits = method["skew"], method["kurtosis"]
    skewed, peaked = abs(skew) >= limits[0], kurtosis >= limits[1]
    if skewed and peaked:
        reached = f"{limits[0]:g} and {limits[1]:g}"
        return f"skewness {skew:.3g} and kurtosis {kurtosis:.3g} reach the limits {reached}"
    name, value, limit = ("kurtosis", kurtosis, limits[1]) if skewed else ("skewness", skew, limits[0])
    return f"{name} {value:.3g} is within the limit {limit:g}"
