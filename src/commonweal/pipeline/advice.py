"""What an analyst should look at before publishing: sound enough to build, and odd enough to be a slip."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import numpy as np
import polars as pl

from commonweal.insight import words
from commonweal.insight.unscored import lack
from commonweal.model.edition import Scoring
from commonweal.model.observation import Observations, Status
from commonweal.model.period import Period
from commonweal.model.project import Project

#: A middle value so many times that of another period is told.
JUMP: Final = 10.0
#: How many areas that have no index are named.
NAMED: Final = 3
#: How the reason of a weighing begins that fell back.
EQUAL_INSTEAD: Final = "equal weights: "


def advice(project: Project, observations: Observations, scoring: Scoring) -> tuple[str, ...]:
    """Sentences about cells read as empty, values that enter nothing, jumps, and weights that fell back."""
    return (
        *project.notes,
        *_unpublished(project, observations.frame),
        *_without_index(scoring, observations.frame),
        *_lost(project, scoring),
        *_jumps(project, observations.frame),
        *_fallen_back(scoring),
    )


def _unpublished(project: Project, frame: pl.DataFrame) -> Iterator[str]:
    """Values of periods that are not published and too old, or too new, to be carried into one that is."""
    publish, carry = project.periods.publish, project.periods.carry
    counts = frame.filter(pl.col("value").is_not_null()).group_by("period").len().rows()
    lost = {
        period: count
        for period, count in sorted((Period.parse(label), count) for label, count in counts)
        if not any(0 <= other.years_after(period) <= carry for other in publish)
    }
    for period in [period for period in lost if period.kind != publish[0].kind]:
        near = [other.label for other in publish if other.start.year == period.start.year]
        hint = f"; did you mean {near[0]!r}?" if near else ""
        yield f"{_values(lost.pop(period))} the period {period.label!r}, which enters no published one{hint}"
    if lost:
        labels = [period.label for period in lost]
        span = labels[0] if len(labels) == 1 else f"{labels[0]} to {labels[-1]}"
        yield f"{_values(sum(lost.values()))} a period that enters no published one ({span})"


def _values(count: int) -> str:
    return f"{count:,} value{'s have' if count > 1 else ' has'}"


def _without_index(scoring: Scoring, frame: pl.DataFrame) -> Iterator[str]:
    index = scoring.node_index[scoring.framework.roots[0].id]
    for p, period in enumerate(scoring.periods):
        if not np.isfinite(scoring.scores[p, :, index]).any():
            told = f"{period} is published, but no area has an index in it"
            own = frame.filter(pl.col("period") == period.label)["status"]
            hidden = int((own == Status.SUPPRESSED).sum())
            if 2 * hidden > len(own):
                count = f"{hidden:,} of its {len(own):,} figures"
                yield f"{told}: {count} are hidden, and those alone give no scale"
            else:
                yield f"{told}: the indicators that lack figures of it are listed by `commonweal check`"


def _lost(project: Project, scoring: Scoring) -> Iterator[str]:
    """One sentence on the areas that have no index where others have one, and what they lack."""
    index = scoring.node_index[scoring.framework.roots[0].id]
    scored = np.isfinite(scoring.scores[:, :, index])
    lost = ~scored & scored.any(axis=1, keepdims=True)
    areas = np.flatnonzero(lost.any(axis=0)).tolist()
    if not areas:
        return
    named = []
    for a in areas[:NAMED]:
        periods = np.flatnonzero(lost[:, a])
        labels = words.listed([scoring.periods[p].label for p in periods])
        found = lack(scoring, index, int(periods[-1]), a)
        named.append(f"{project.areas.names[scoring.areas[a]]} in {labels} ({found})")
    others = f" and {len(areas) - NAMED:,} more" if len(areas) > NAMED else ""
    count = f"{len(areas):,} {words.types(project.areas.type, len(areas))}"
    yield (
        f"{count} {'has' if len(areas) == 1 else 'have'} no index where others have one, because too few of"
        f" the parts are known: {'; '.join(named)}{others}. `commonweal help EXPLAIN-SCORE` says what helps"
    )


def _jumps(project: Project, frame: pl.DataFrame) -> Iterator[str]:
    """Indicators whose middle value is ten times another period's: most often two units in one column."""
    middles = (
        frame.filter(pl.col("value").is_not_null())
        .group_by("indicator", "period")
        .agg(pl.col("value").median().alias("middle"))
        .filter(pl.col("middle") != 0)
    )
    for node in project.framework.indicators:
        rows = middles.filter(pl.col("indicator") == node.id).select("period", "middle").rows()
        ordered = sorted(rows, key=lambda row: Period.parse(row[0]))
        for (before, first), (after, second) in pairwise(ordered):
            ratio = second / first
            if ratio >= JUMP or 0 < ratio <= 1 / JUMP:
                what = f"{node.id}: the middle value is {first:.4g} in {before} and {second:.4g} in {after}"
                hundredfold = 50 <= max(ratio, 1 / ratio) <= 200
                yield f"{what}; {'is one a share of 1, not of 100?' if hundredfold else 'is it one unit?'}"


def _fallen_back(scoring: Scoring) -> Iterator[str]:
    """Parents whose weights were to be found by a method that the figures did not bear."""
    fell = pl.col("reason").str.extract(f"{EQUAL_INSTEAD}(.*)").alias("why")
    said = scoring.weights.select("parent", fell).drop_nulls().unique(maintain_order=True)
    for (why,), part in said.group_by("why", maintain_order=True):
        yield f"weights under {', '.join(part['parent'])} are equal instead: {why}"
