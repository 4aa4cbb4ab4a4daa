"""Scales as OUT/data holds them, so that they can be checked, and handed on to a later edition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl

from commonweal.arrays import Floats
from commonweal.engine.scale import Scale, labels
from commonweal.methods import normalise
from commonweal.methods.normalise import Marks
from commonweal.model.edition import GOALPOSTS, REFERENCES, SCALES
from commonweal.model.period import Period


def goalposts_frame(scales: Iterable[Scale], periods: tuple[Period, ...]) -> pl.DataFrame:
    """The goalposts as OUT/data/goalposts.csv holds them: one row an indicator, or one for each period."""
    rows = [
        (label, scale.node.id, float(worst), float(best), scale.rule)
        for scale in scales
        for label, (worst, best) in zip(labels(periods, len(scale.references)), scale.goalposts, strict=True)
        if not np.isnan(worst)
    ]
    return pl.DataFrame(rows, schema=GOALPOSTS, orient="row")


def scales_frame(scales: Iterable[Scale], periods: tuple[Period, ...]) -> pl.DataFrame:
    """Means and standard deviations, in the units that normalise meets, as scales.csv holds them."""
    rows = []
    for scale, label, reference, beside in _seen(scales, periods):
        if scale.method.name in normalise.HAS_MOMENTS:
            mean, sd = normalise.moments(reference, beside.weight)
            by = scale.method["weight"] if scale.method.name == "index-100" else ""
            rows.append((label, scale.node.id, mean * scale.sign, sd, by, scale.rule))
    return pl.DataFrame(rows, schema=SCALES, orient="row")


def references_frame(scales: Iterable[Scale], periods: tuple[Period, ...]) -> pl.DataFrame:
    """What the other scales are seen against, without the areas' names, as references.csv holds it."""
    rows: list[tuple[str, str, str, str, float, str]] = []
    for scale, label, reference, beside in _seen(scales, periods):
        marks: list[tuple[str, str, float]] = []
        if scale.method.name in normalise.HAS_PLACES:
            values = np.sort(reference * scale.sign + 0.0)
            marks = [("value", "", value) for value in values.tolist()]
        elif scale.method.name in normalise.HAS_ENDS:
            worst, best = (end * scale.sign + 0.0 for end in (reference.min(), reference.max()))
            marks = [("worst", "", float(worst)), ("best", "", float(best))]
            if scale.method.name == "distance-to-reference":
                marks.append(("place", scale.method["area"], beside.place * scale.sign))
        rows += [(label, scale.node.id, *mark, scale.rule) for mark in marks]
    return pl.DataFrame(rows, schema=REFERENCES, orient="row")


def _seen(scales: Iterable[Scale], periods: tuple[Period, ...]) -> Iterator[tuple[Scale, str, Floats, Marks]]:
    """Each scale that gives scores with each of its references."""
    for scale in scales:
        named = labels(periods, len(scale.references))
        for label, reference, beside in zip(named, scale.references, scale.marks, strict=True):
            if len(reference) and not scale.reason:
                yield scale, label, reference, beside
