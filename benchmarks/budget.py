"""What a budget of 20 points would do best in each area, and for the place, at 17, 625 and 7,000 areas.

53 indicators, goalposts, a geometric mean of means, bounds by what the best area has. Beside it bare numpy
solving the equations that any such method comes down to: 20 steps in each area, 53 unknowns in each. Prints a
line a size: seconds of ours, of numpy, their ratio, and milliseconds of ours an area.

    python benchmarks/budget.py
"""

from __future__ import annotations

import time

import numpy as np
import polars as pl

from commonweal.engine import fold
from commonweal.insight.scenario import whatif_place_budget
from commonweal.model.area import Area, Areas
from commonweal.model.edition import Edition
from commonweal.model.recipe import Recipe
from made import INDICATORS, entered, tree

SIZES = (17, 625, 7_000)
POINTS = 20.0
STEPS = 20
RECIPE = {
    "normalise": {"method": "goalposts", "rule": "pooled"},
    "weigh": "equal",
    "aggregate": {"component": "arithmetic", "dimension": "geometric", "index": "geometric"},
    "floor": 1,
}


def edition(areas: int) -> Edition:
    """An edition of so many areas, without peers."""
    framework, _ = tree()
    codes = tuple(f"A{a:05}" for a in range(areas))
    scoring = fold(entered(framework, areas), codes, framework, Recipe.read(RECIPE))
    places = Areas("ward", "", tuple(Area(code, code) for code in codes))
    return Edition("Index", "Place", places, scoring, pl.DataFrame())


def bare(areas: int) -> None:
    """The equations alone, 128 areas at a time as ours."""
    random = np.random.default_rng(1)
    systems = random.normal(size=(128, INDICATORS, INDICATORS)) + 20 * np.eye(INDICATORS)
    right = random.normal(size=(128, INDICATORS, 2))
    for start in range(0, areas, 128):
        some = slice(0, min(128, areas - start))
        for _ in range(STEPS):
            np.linalg.solve(systems[some], right[some])


def main() -> None:
    """Print the table."""
    whatif_place_budget(edition(17), POINTS)  # what a first call sets up is not counted
    print(f"{'areas':>6} {'ours':>8} {'numpy':>8} {'ratio':>6} {'ms an area':>11}")
    for areas in SIZES:
        made = edition(areas)
        start = time.process_time()
        whatif_place_budget(made, POINTS)
        ours = time.process_time() - start
        start = time.process_time()
        bare(areas)
        theirs = time.process_time() - start
        each = ours / areas * 1000
        print(f"{areas:>6,} {ours:>7.2f}s {theirs:>7.2f}s {ours / theirs:>6.1f} {each:>11.1f}")


if __name__ == "__main__":
    main()
