"""Protecting 625 areas x 5 years x 5 indicators that contain one another, against one bare linear programme.

The bare programme is the same system solved once by HiGHS; the trial asks of every hidden count how small and
how large it can be. Then 17 areas with quarters beside the years, where further figures have to be hidden.

Run: python benchmarks/protection.py
"""

from __future__ import annotations

from time import perf_counter

import numpy as np
import polars as pl

from commonweal.model.period import Period
from commonweal.sources.dates import months
from commonweal.sources.filter import EVERY, parse_filter
from commonweal.sources.measure.gather import Counted
from commonweal.sources.protect.disclosure.linear import Program
from commonweal.sources.protect.overlaps import Source
from commonweal.sources.protect.rule import Rule
from commonweal.sources.protect.tried import Tried, tried

FIRST, YEARS = 2016, 5
CONTEXTS = ("abuse", "violence", "youth", "hate", "")
CATEGORIES = ("nuisance", "burglary", "other")
WHERE = {
    "crime": "category != 'nuisance'",
    "abuse": "context in ('abuse', 'violence')",
    "violence": "context = 'violence'",
    "youth": "context = 'youth'",
    "hate": "context = 'hate'",
}


def meets(indicator: str, context: str, category: str) -> bool:
    if indicator == "crime":
        return category != "nuisance"
    return context in ("abuse", "violence") if indicator == "abuse" else context == indicator


def crimes(areas: int, periods: list[str]) -> Source:
    """Made-up crimes by area and month, and the exact counts of each indicator and period."""
    draw = np.random.default_rng(1)
    mean = np.array([1.0, 0.6, 0.15, 0.1, 8.0])[:, None] * np.array([0.3, 0.4, 0.3]) / 6
    made = draw.poisson(mean * draw.uniform(0.3, 1.5, (areas, 1, 1, 1)), (areas, 12 * YEARS, 5, 3))
    rows, counts = [], {}
    for indicator, where in WHERE.items():
        met = np.array(
            [[meets(indicator, context, category) for category in CATEGORIES] for context in CONTEXTS]
        )
        for label in periods:
            within = months(Period.parse(label))
            counts[indicator, label] = Counted("crimes", parse_filter(where), EVERY, within)
            found = made[:, sorted(month - 12 * FIRST for month in within)][:, :, met].sum(axis=(1, 2))
            rows += [
                {"area": f"A{a:04}", "indicator": indicator, "period": label, "kind": "rate",
                 "numerator": float(n), "denominator": 8000.0}
                for a, n in enumerate(found)
            ]  # fmt: skip
    total = int(made.sum())
    fates = {"read": total + 30, "counted": total, "no coordinates": 27, "outside all areas": 3}
    return Source("crimes", pl.DataFrame(rows).with_row_index("row#"), counts, fates)


def timed(source: Source) -> tuple[Tried, float]:
    start = perf_counter()
    found = tried([source], Rule())
    return found, perf_counter() - start


def told(found: Tried, seconds: float) -> str:
    system, pattern = found.overlaps.system, found.pattern
    return (
        f"{system.figures:,} counts, {int(system.guarded.sum()):,} hidden, {pattern.exposed:,} narrowed by"
        f" the rule alone, {int((pattern.levels > 0).sum()):,} figures hidden or widened: {seconds:.2f} s"
    )


def main() -> None:
    years = [str(FIRST + i) for i in range(YEARS)]
    timed(crimes(17, years))  # loads the solver
    found, seconds = timed(crimes(625, years))
    start = perf_counter()
    Program(found.overlaps.system).most(np.flatnonzero(found.overlaps.system.guarded))
    bare = perf_counter() - start
    print(f"625 areas: {told(found, seconds)}")
    print(f"one bare linear programme {bare:.2f} s; ratio {seconds / bare:.1f}")
    print(f"17 areas: {told(*timed(crimes(17, years)))}")
    quarters = [f"{year}-Q{q}" for year in years[:2] for q in range(1, 5)]
    print(f"17 areas with quarters: {told(*timed(crimes(17, [*years, *quarters])))}")


if __name__ == "__main__":
    main()
