"""Trends: the straight line through the scores of three or more periods, and how far chance could turn it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Array, Flags
from commonweal.insight import words
from commonweal.insight.facts import Facts, Statement
from commonweal.insight.progress import start_of
from commonweal.methods.trend import slopes
from commonweal.model.comparisons import TRENDS
from commonweal.model.edition import Scoring
from commonweal.model.observation import STATUS_CODE, Status
from commonweal.model.project import ProgressRule

#: A line through two points says nothing of how far chance moves them.
FEWEST: Final = 3
RISING: Final = "rising"
FALLING: Final = "falling"
UNCLEAR: Final = "unclear"


def trends(scoring: Scoring, rule: ProgressRule) -> pl.DataFrame:
    """The slope of each node's scores on time in each area, in points a year with its 95 % interval.

    Least squares over the periods since `rule.since` in which the node was measured anew, of the same
    indicators as in the last of them, re-stated on this edition's scale; a hidden value is none. rising or
    falling where the interval leaves out 0, else unclear. Columns of `TRENDS`; no row with fewer than three
    such periods.
    """
    start = start_of(scoring, rule)
    used = _measured(scoring, start)
    held = scoring.scores[start:]
    years = np.array([period.years_after(scoring.periods[start]) for period in scoring.periods[start:]])
    found = slopes(years, np.where(used, held, 0.0), used)
    a, n = np.nonzero(used.sum(axis=0) >= FEWEST)
    labels = np.array([period.label for period in scoring.periods[start:]])
    first, last = used.argmax(axis=0)[a, n], len(used) - 1 - used[::-1].argmax(axis=0)[a, n]
    lower, upper = found.lower[a, n], found.upper[a, n]
    return pl.DataFrame(
        {
            "area": pl.Series(scoring.areas).gather(a),
            "node": pl.Series([node.id for node in scoring.framework]).gather(n),
            "since": labels[first],
            "until": labels[last],
            "periods": used.sum(axis=0)[a, n],
            "per_year": found.slope[a, n],
            "lower": lower,
            "upper": upper,
            "class": np.select([lower > 0, upper < 0], [RISING, FALLING], UNCLEAR),
        },
        schema=TRENDS,
    )


def _measured(scoring: Scoring, start: int) -> Flags:
    """In which periods from `start` on a node counts, shape (periods, areas, nodes).

    It has a score, of the same indicators as in its last scored period, and at least one of them has another
    observation than when it last counted.
    """
    tree, at = scoring.framework, scoring.node_index
    place = {node.id: i for i, node in enumerate(tree.indicators)}
    columns = [at[node.id] for node in tree.indicators]
    hidden = scoring.value_status[start:] == STATUS_CODE[Status.SUPPRESSED]
    known = np.isfinite(scoring.scores[start:, :, columns]) & ~hidden
    own = np.where(known, scoring.entered_from[start:], -1)
    counted = np.zeros(scoring.scores[start:].shape, dtype=bool)
    for node in tree:
        leaves = [place[leaf.id] for leaf in tree.below(node.id)]
        counted[:, :, at[node.id]] = _anew(
            np.isfinite(scoring.scores[start:, :, at[node.id]]), own[:, :, leaves]
        )
    return counted


def _anew(scored: Flags, own: Array) -> Flags:
    """`scored` (periods, areas); `own` (periods, areas, indicators): which observation, -1 for none."""
    end = len(scored) - 1 - scored[::-1].argmax(axis=0)
    last = own[end, np.arange(own.shape[1])]
    alike = ((own >= 0) == (last >= 0)).all(axis=-1) & (own >= 0).any(axis=-1) & scored
    counted, before = np.zeros_like(scored), np.full(own.shape[1:], -2)
    for p in range(len(scored)):
        new = alike[p] & (own[p] != before).any(axis=-1)
        counted[p] = new
        before[new] = own[p][new]
    return counted


def about_trends(facts: Facts) -> Iterator[Statement]:
    """Whether a line through an area's index rises or falls, or chance alone could have made it."""
    rows = facts.edition.trends.filter(node=facts.root.id, until=facts.period)
    for row in rows.sort("area").iter_rows(named=True):
        name = facts.name(row["area"])
        between = f"{_points(facts, row['lower'])} to {_points(facts, row['upper'])} with 95% confidence"
        span = f"{words.count(row['periods'])} periods from {row['since']} to {row['until']}"
        slope = _points(facts, row["per_year"])
        if row["class"] == UNCLEAR:
            text = (
                f"Over the {span} no direction of the index of {name} can be told: {slope} points a year by"
                f" the line through all of them, {between}."
            )
        else:
            text = (
                f"Over the {span} the index of {name} is {row['class']}: {slope} points a year by the line"
                f" through all of them, {between}."
            )
        yield Statement(
            "trend", text, row["area"], facts.root.id, row["since"], row["per_year"], row["class"],
            row["lower"], row["upper"],
        )  # fmt: skip


def _points(facts: Facts, x: float) -> str:
    return words.signed(x, 1 if facts.top else 2)
