"""Whether areas draw together or apart: how unequal they are in each period, and how that changed.

Sigma-convergence looks at the spread of scores, beta-convergence at whether those who started low gained more
(Barro and Sala-i-Martin 1992, doi:10.1086/261816). The second alone proves nothing: where scores are
uncertain low ones rise and high ones fall by chance (regression to the mean; Friedman 1992, Quah 1993,
doi:10.2307/3440905). So the spread decides, by a test for two measurements of the same areas.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import polars as pl

from commonweal.arrays import Flags, Floats
from commonweal.insight import words
from commonweal.insight.basis import same_indicators
from commonweal.insight.facts import Facts, Statement
from commonweal.insight.progress import same_observation, start_of
from commonweal.methods.spatial import discoveries
from commonweal.methods.trend import same_spread, slopes
from commonweal.model.comparisons import CONVERGENCE, SPREAD
from commonweal.model.edition import Scoring
from commonweal.model.observation import STATUS_CODE, Status
from commonweal.model.project import ProgressRule

#: With fewer areas a spread says nothing.
FEWEST: Final = 8
#: Of the changes that are told, at most this share is chance.
RATE: Final = 0.05
TOGETHER: Final = "together"
APART: Final = "apart"
UNCLEAR: Final = "unclear"


def spread(scoring: Scoring) -> pl.DataFrame:
    """How unequal the areas' scores are for each node and period, columns of `SPREAD`.

    Over the areas that have a score in every period in which any has. deviation: the standard deviation
    (divisor n); gap: the mean of the best fifth of areas less that of the worst; gini: sum_i (2i - n - 1) x_i
    / (n sum x), x ascending, empty where a score is below 0. Areas count alike, whatever their population. No
    row with fewer than 8 areas, nor for the cells of an indicator that are hidden.
    """
    shown = _shown(scoring)
    rows = []
    for node in scoring.framework:
        column = shown[:, :, scoring.node_index[node.id]]
        periods = np.flatnonzero(np.isfinite(column).any(axis=1))
        whole = np.isfinite(column[periods]).all(axis=0)
        if whole.sum() < FEWEST:
            continue
        for p in periods:
            x = np.sort(column[p, whole])
            rows.append((scoring.periods[p].label, node.id, len(x), *_unequal(x)))
    return pl.DataFrame(rows, schema=SPREAD, orient="row").sort("period", maintain_order=True)


def _unequal(x: Floats) -> tuple[float, float, float, float | None]:
    """Mean, standard deviation, gap between the fifths and Gini of ascending scores."""
    n, fifth = len(x), max(1, len(x) // 5)
    gap = x[-fifth:].mean() - x[:fifth].mean()
    place = 2 * np.arange(1, n + 1) - n - 1
    gini = float(place @ x / (n * x.sum())) if x[0] >= 0 and x.sum() > 0 else None
    return float(x.mean()), float(x.std()), float(gap), gini


def _shown(scoring: Scoring) -> Floats:
    """Scores (periods, areas, nodes), nan where an indicator's value is hidden."""
    scores: Floats = scoring.scores.copy()
    columns = [scoring.node_index[node.id] for node in scoring.framework.indicators]
    hidden = scoring.value_status == STATUS_CODE[Status.SUPPRESSED]
    scores[:, :, columns] = np.where(hidden, np.nan, scores[:, :, columns])
    return scores


def convergence(scoring: Scoring, rule: ProgressRule) -> pl.DataFrame:
    """Whether areas drew together from `rule.since` to the last period, for each node.

    Over the areas that were measured anew, of the same indicators at both ends. p: that the standard
    deviation did not change (Pitman and Morgan, for the same areas twice); class together or apart where the
    change stands among those of all nodes (at most 5 % false, Benjamini and Hochberg), else unclear. slope:
    points a year for each point at the start (least squares, 95 % interval); below 0 by chance alone too.
    Columns of `CONVERGENCE`; no row with fewer than 8 areas.
    """
    start, end = start_of(scoring, rule), len(scoring.periods) - 1
    shown = _shown(scoring)
    first, last = shown[start], shown[end]
    usable: Flags = np.isfinite(first) & np.isfinite(last) & same_indicators(scoring, start, end)
    usable &= ~same_observation(scoring, start, end)
    years = scoring.periods[end].years_after(scoring.periods[start])
    line = slopes(first, (last - first) / years, usable)
    rows = []
    for node in scoring.framework:
        n = scoring.node_index[node.id]
        here = usable[:, n]
        if here.sum() < FEWEST:
            continue
        then, now = first[here, n], last[here, n]
        rows.append(
            (
                node.id, scoring.periods[start].label, scoring.periods[end].label, int(here.sum()),
                float(then.std()), float(now.std()), same_spread(then, now),
                float(line.slope[n]), float(line.lower[n]), float(line.upper[n]), UNCLEAR,
            )
        )  # fmt: skip
    table = pl.DataFrame(rows, schema=CONVERGENCE, orient="row")
    stands = pl.Series(discoveries(table["p"].to_numpy(), RATE))
    closer = pl.col("deviation_last") < pl.col("deviation_first")
    moved = pl.when(closer).then(pl.lit(TOGETHER)).otherwise(pl.lit(APART))
    told = pl.when(stands).then(moved).otherwise(pl.lit(UNCLEAR)).alias("class")
    return table.with_columns(told, pl.col(pl.Float64).fill_nan(None))


# ---- in words ----


def about_convergence(facts: Facts) -> Iterator[Statement]:
    """Whether areas drew together in the index and its parts, and how far the best are from the worst."""
    parts = [part.id for part in facts.parts if not part.is_indicator]
    for row in facts.edition.convergence.iter_rows(named=True):
        if row["node"] == facts.root.id or row["node"] in parts:
            yield _drawn(facts, row)
    yield from _gap(facts)


def _drawn(facts: Facts, row: dict[str, Any]) -> Statement:
    node = facts.edition.framework[row["node"]]
    what = "the index" if node == facts.root else words.inside(node.name)
    span = f"from {row['since']} to {row['until']}"
    first, last = (facts.points(row[name]) for name in ("deviation_first", "deviation_last"))
    types = facts.types()
    if row["class"] == UNCLEAR:
        text = (
            f"Whether {types} drew together or apart in {what} {span} can’t be told: the standard deviation"
            f" of their scores was {first} points, and is {last}."
        )
    else:
        text = (
            f"{words.sentence(types)} drew {row['class']} in {what} {span}: the standard deviation of their"
            f" scores went from {first} to {last} points."
        )
    if row["class"] != TOGETHER and row["upper"] is not None and row["upper"] < 0:
        text += (
            " Those that began low gained more, but that is no sign of catching up: it happens by chance"
            " where scores are uncertain."
        )
    change = row["deviation_last"] - row["deviation_first"]
    return Statement("convergence", text, "", node.id, row["since"], change, row["class"])


def _gap(facts: Facts) -> Iterator[Statement]:
    """The gap between the best and the worst fifth in the index, now and at the start."""
    rows = facts.edition.spread.filter(node=facts.root.id)
    now = rows.filter(period=facts.period)
    if now.is_empty():
        return
    gap = now["gap"][0]
    text = (
        f"The best fifth of {facts.types()} scores {words.points(gap, 1 if facts.top else 2)} more than the"
        f" worst fifth in {facts.period}"
    )
    since = facts.edition.convergence["since"]
    then = rows.filter(period=since[0]) if since.len() else rows.clear()
    end = f"; in {since[0]} it was {facts.points(then['gap'][0])}." if then.height else "."
    yield Statement("inequality", text + end, "", facts.root.id, since[0] if then.height else "all", gap)
