"""How the time to score 53 indicators grows with areas and with periods.

Prints seconds and the ratio to the line above it, beside the ratio of the sizes: about equal means that
the work grows in proportion.

    python benchmarks/growth.py
"""

from __future__ import annotations

from commonweal.engine import fold
from commonweal.model.recipe import Recipe
from index import FULL, best_of
from made import entered, tree

SIZES = ((7_000, 1), (35_000, 1), (180_000, 1), (7_000, 5), (7_000, 10))


def main() -> None:
    framework, _ = tree()
    recipe = Recipe.read(FULL)
    before: tuple[int, float] | None = None
    for areas, periods in SIZES:
        table = entered(framework, areas, periods)
        codes = tuple(f"a{i:06d}" for i in range(areas))
        seconds = best_of(lambda table=table, codes=codes: fold(table, codes, framework, recipe), 2)
        cells = areas * periods
        grown = (
            f"   {cells / before[0]:5.2f} x the cells, {seconds / before[1]:5.2f} x the time"
            if before
            else ""
        )
        print(f"{areas:8,} areas x {periods:2} periods   {seconds:7.3f} s{grown}")
        before = cells, seconds


if __name__ == "__main__":
    main()
