"""Treat, normalise and aggregate 7,000 and 35,000 areas on 53 indicators, 2 % of the cells missing.

The recipe: winsorise up to 5 points while |skewness| >= 2 and kurtosis >= 3.5, else the logarithm; min-max;
arithmetic means. A third of the indicators is skewed. Beside it bare numpy doing the same sorts, moments and
products, without any of the bookkeeping. COINr's times for the same recipe on tables of this shape were
recorded once, on another day, by its own functions (1.1.14) under R 4.2.2; they are shown as recorded.

    python benchmarks/treat.py
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from commonweal.engine import fold
from commonweal.engine.enter import MISSING, Entered
from commonweal.model.framework import Framework
from commonweal.model.recipe import Recipe
from made import INDICATORS, entered, tree

RECIPE = {
    "treat": {"method": "winsorise", "then": "log"},
    "normalise": "minmax",
    "aggregate": "arithmetic",
    "available": 0,
}
COINR_SECONDS = {7_000: 4.6, 35_000: 26.6}
MISSING_SHARE = 0.02


def skewed(framework: Framework, areas: int) -> Entered:
    """Every third indicator leans to one side, and 2 % of the cells are missing."""
    table = entered(framework, areas)
    values = table.values.copy()
    values[::3] = np.exp(values[::3] / 1.5)
    gone = np.random.default_rng(1).random(values.shape) < MISSING_SHARE
    values[gone] = np.nan
    return replace(
        table,
        values=values,
        status=np.where(gone, MISSING, table.status).astype(np.uint8),
        own=np.where(gone, -1, table.own).astype(np.int16),
    )


def moments(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    n = x.shape[1] - np.isnan(x).sum(axis=1)
    d = np.nan_to_num(x - (np.nansum(x, axis=1) / n)[:, None])
    square = d * d
    m2, m3, m4 = (np.einsum("ij,ij->i", a, b) / n for a, b in ((d, d), (square, d), (square, square)))
    skew = np.sqrt(n * (n - 1)) / (n - 2) * m3 / m2**1.5
    return skew, (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * (m4 / m2**2 - 3) + 6)


def bare(values: np.ndarray, direction: np.ndarray, groups: list[list[list[int]]]) -> np.ndarray:
    """The same by hand, for this one table: indicators by areas."""
    x = values.copy()
    ordered = np.sort(x, axis=1)
    skew, kurtosis = moments(ordered)
    last = ordered.shape[1] - np.isnan(ordered).sum(axis=1) - 1
    low, high = ordered[:, 0].copy(), ordered[np.arange(len(x)), last].copy()
    below, above = np.zeros(len(x), dtype=int), np.zeros(len(x), dtype=int)
    active = np.flatnonzero((abs(skew) >= 2) & (kurtosis >= 3.5))
    logs: list[int] = []
    while len(active):
        for i in active:  # no value stands twice in these tables
            if skew[i] >= 0:
                above[i] += 1
                high[i] = ordered[i, last[i] - above[i]]
            else:
                below[i] += 1
                low[i] = ordered[i, below[i]]
        held = np.clip(ordered[active], low[active, None], high[active, None])
        skew[active], kurtosis[active] = moments(held)
        fails = (abs(skew[active]) >= 2) & (kurtosis[active] >= 3.5)
        done = (below + above)[active] >= 5
        logs += active[fails & done].tolist()
        active = active[fails & ~done]
    x = np.clip(x, low[:, None], high[:, None])
    start, end = ordered[logs, 0], ordered[logs, last[logs]]
    x[logs] = np.log(values[logs] - start[:, None] + 0.01 * (end - start)[:, None])
    moments(np.sort(x[logs], axis=1))
    x *= direction[:, None]
    least, most = np.nanmin(x, axis=1)[:, None], np.nanmax(x, axis=1)[:, None]
    scores = (x - least) / (most - least) * 100.0
    parts = [[_mean(scores[rows]) for rows in dimension] for dimension in groups]
    upper = [_mean(np.stack(components)) for components in parts]
    flat = [row for components in parts for row in components]
    every = np.vstack([scores, *flat, *upper, _mean(np.stack(upper))])
    order = np.argsort(-every, axis=1)
    ranks = np.empty(order.shape, dtype=np.int32)
    np.put_along_axis(ranks, order, np.arange(1, order.shape[1] + 1, dtype=np.int32)[None], axis=1)
    return every


def _mean(x: np.ndarray) -> np.ndarray:
    there = ~np.isnan(x)
    return np.where(there, x, 0.0).sum(axis=0) / there.sum(axis=0)


def best_of(run: Callable[[], object], times: int) -> float:
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def main() -> None:
    framework, groups = tree()
    recipe = Recipe.read(RECIPE)
    direction = np.array([float(node.direction or 1) for node in framework.indicators])
    for areas, recorded in COINR_SECONDS.items():
        table = skewed(framework, areas)
        codes = tuple(f"a{i:06d}" for i in range(areas))
        values = np.ascontiguousarray(table.values[:, 0])
        scoring = fold(table, codes, framework, recipe)
        with np.errstate(invalid="ignore", divide="ignore"):
            np.testing.assert_allclose(
                scoring.scores[0, :, 0], bare(values, direction, groups)[-1], rtol=1e-9
            )
            seconds = best_of(lambda t=table, c=codes: fold(t, c, framework, recipe), 5)
            theirs = best_of(lambda v=values: bare(v, direction, groups), 5)
        treated = scoring.treatments.filter(what="unchanged").height
        print(
            f"{areas:6,} areas x {INDICATORS} indicators, {INDICATORS - treated} treated:"
            f"   ours {seconds:6.3f} s   numpy {theirs:6.3f} s   ratio {seconds / theirs:4.2f}"
            f"   COINr {recorded:.1f} s, as recorded: {recorded / seconds:.0f} times ours"
        )


if __name__ == "__main__":
    main()
