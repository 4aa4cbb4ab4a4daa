"""Progress: points a year on one set of goalposts and weights, and the class that size falls in."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Array
from commonweal.errors import refusal
from commonweal.insight.basis import DIFFERS, SAME, same_indicators
from commonweal.model.edition import PROGRESS, Scoring
from commonweal.model.project import ProgressRule

CLASSES: Final = ("deterioration", "stagnation", "steady improvement", "significant improvement")


def progress(scoring: Scoring, rule: ProgressRule) -> pl.DataFrame:
    """Measure each node's progress in each area from `rule.since` (or the first period) to the last.

    per_year = (last - first) / years; deterioration < -0.5 <= stagnation <= 0.5 < steady improvement
    <= 2.0 < significant improvement, with the rule's cuts. It says how large a change is, not whether it
    could be chance. A node has no per_year and no class where each indicator below it has one and the same
    observation at both ends, carried from one to the other: nothing was measured twice. `basis` is "differs"
    where an indicator below the node has a score at one end only: then the points are there but no class,
    for the scores are of unlike things. `probability` is empty here: it comes from draws. Columns of
    `PROGRESS`; no row where an end has no score.

    Raises PROGRESS-PERIODS, PROGRESS-SINCE, PROGRESS-SCALE.
    """
    start = start_of(scoring, rule)
    end = len(scoring.periods) - 1
    if scoring.recipe.normalise.rule == "each-period":
        raise refusal(
            "PROGRESS-SCALE",
            "progress is asked for, but each period has a scale of its own (rule: each-period)",
            "Use rule: pooled, base, frozen or given, or leave progress out.",
            path=("recipe", "normalise", "rule"),
        )
    first, last = scoring.scores[start], scoring.scores[end]
    years = scoring.periods[end].years_after(scoring.periods[start])
    a, n = np.nonzero(np.isfinite(first) & np.isfinite(last))
    per_year = ((last - first) / years)[a, n]
    made = ~same_observation(scoring, start, end)[a, n]
    alike = same_indicators(scoring, start, end)[a, n]
    return pl.DataFrame(
        {
            "area": pl.Series(scoring.areas).gather(a),
            "node": pl.Series([node.id for node in scoring.framework]).gather(n),
            "since": [scoring.periods[start].label] * len(a),
            "until": [scoring.periods[end].label] * len(a),
            "first": first[a, n],
            "last": last[a, n],
            "per_year": per_year,
            "class": pl.Series(CLASSES).gather(class_of(per_year, rule)),
            "probability": pl.repeat(None, len(a), dtype=pl.Float64, eager=True),
            "basis": np.where(alike, SAME, DIFFERS),
        },
        schema=PROGRESS,
    ).with_columns(
        pl.when(pl.Series(made)).then("per_year").alias("per_year"),
        pl.when(pl.Series(made & alike)).then("class").alias("class"),
    )


def class_of(per_year: Array, rule: ProgressRule) -> Array:
    """The position in `CLASSES` of each change a year.

    >>> [CLASSES[i] for i in class_of(np.array([-0.51, -0.5, 0.5, 2.0]), ProgressRule())]
    ['deterioration', 'stagnation', 'stagnation', 'steady improvement']
    """
    low, middle, high = rule.cuts
    x = np.round(per_year, 9)  # a change that is on a cut but for floating point is on it
    return (x >= low).astype(int) + (x > middle) + (x > high)


def start_of(scoring: Scoring, rule: ProgressRule) -> int:
    """The position of the period that progress counts from. Raises PROGRESS-PERIODS, PROGRESS-SINCE."""
    if rule.since and rule.since not in scoring.period_index:
        raise refusal(
            "PROGRESS-SINCE",
            f"progress counts since {rule.since!r}, which is not a published period",
            f"Use one of: {', '.join(scoring.period_index)}.",
            path=("progress", "since"),
        )
    start = scoring.period_index.get(rule.since, 0)
    if start == len(scoring.periods) - 1:
        raise refusal(
            "PROGRESS-PERIODS",
            f"progress is asked for, but no period before {scoring.periods[-1]} is there to count from",
            "Publish an earlier period, count from one, or leave progress out.",
            path=("progress", "since"),
        )
    return start


def same_observation(scoring: Scoring, start: int, end: int) -> Array:
    """Whether a node's two ends are made of the same observations, shape (areas, nodes)."""
    tree, at = scoring.framework, scoring.node_index
    same = np.ones(scoring.scores.shape[1:], dtype=bool)
    indicators = [at[node.id] for node in tree.indicators]
    same[:, indicators] = scoring.entered_from[start] == scoring.entered_from[end]
    for node in tree.parents:
        same[:, at[node.id]] = same[:, [at[child.id] for child in tree.children(node.id)]].all(axis=1)
    return same
