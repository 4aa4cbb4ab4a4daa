"""Benefit of the doubt for 7,000 areas and 5 children, against a linear programme an area in HiGHS (scipy).

HiGHS solves the first 200 areas and is scaled up; both give the same scores.

Run: python benchmarks/benefit_of_doubt.py
"""

from __future__ import annotations

from time import perf_counter

import numpy as np
from scipy.optimize import linprog

from commonweal.methods.benefit_of_doubt import best_weights

AREAS, CHILDREN, SOLVED = 7_000, 5, 200


def main() -> None:
    random = np.random.default_rng(1)
    shared = random.normal(50, 15, (1, AREAS))
    x = np.clip(0.7 * shared + 0.3 * random.normal(50, 15, (CHILDREN, AREAS)), 0, 100)
    start = perf_counter()
    ours = (best_weights(x) * x).sum(axis=0)
    own = perf_counter() - start
    start = perf_counter()
    theirs = [-linprog(-x[:, k], A_ub=x.T, b_ub=np.ones(AREAS)).fun for k in range(SOLVED)]
    solver = (perf_counter() - start) * AREAS / SOLVED
    difference = np.abs(ours[:SOLVED] - theirs).max()
    print(f"ours {own:.2f} s; HiGHS {solver:.0f} s (from {SOLVED} areas); ratio {solver / own:.0f}")
    print(f"largest difference {difference:.1e}")


if __name__ == "__main__":
    main()
