"""How far sums of unknown counts are open, by linear programmes; nothing of the gate is used."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, vstack

#: A sum of unknown counts: the number of each, and how often it is counted.
Atoms = dict[int, float]


def matrix_of(rows: Sequence[Atoms], size: int) -> csr_matrix:
    """Sums as rows, shape (rows, unknowns); unknowns that no row tells apart are one."""
    data = [n for atoms in rows for n in atoms.values()]
    column = [a for atoms in rows for a in atoms]
    start = np.cumsum([0, *map(len, rows)])
    return csr_matrix(np.unique(csr_matrix((data, column, start), shape=(len(rows), size)).toarray(), axis=1))


def _least(known: csr_matrix, low: np.ndarray, high: np.ndarray, cost: np.ndarray) -> np.ndarray | None:
    """The counts at which a sum is least; None where nothing fits."""
    above, below = np.flatnonzero(np.isfinite(high)), np.flatnonzero(np.isfinite(low))
    within, ends = vstack([known[above], -known[below]]), np.concatenate([high[above], -low[below]])
    found = linprog(cost, A_ub=within, b_ub=ends, method="highs")
    return np.asarray(found.x) if found.status == 0 else None


def short(
    known: csr_matrix, low: np.ndarray, high: np.ndarray, aims: csr_matrix, last: float, *, upper: bool
) -> dict[int, float]:
    """The aims that can't be as much as `last` (or as little as 1), and how far each of them gets.

    What can be at its end together with others is cleared with them; the rest are tried one by one.
    """
    left, together = list(range(aims.shape[0])), True
    found: dict[int, float] = {}
    while left:
        group = left if together else left[:1]
        rows = vstack([known, aims[group]]).tocsr()
        least, most = np.zeros(len(group)), np.full(len(group), last if upper else np.inf)
        cost = np.asarray(aims[group].sum(axis=0)).ravel()
        x = _least(rows, np.append(low, least), np.append(high, most), -cost if upper else cost)
        if x is None:  # none of them may be more than is needed, and some may have to be
            assert together, "no counts fit what is published"
            together = False
            continue
        reached = aims @ x
        open_ = {i for i in left if (reached[i] >= last - 1e-5 if upper else reached[i] <= 1 + 1e-5)}
        if not together and group[0] not in open_:
            found[group[0]] = float(reached[group[0]])
        together = together and bool(open_)
        left = [i for i in left if i not in open_ and i not in found]
    return found
