"""Step 9: how the index moves with figures outside it."""

from __future__ import annotations

import numpy as np

from commonweal.insight.audit.document import Cell, Column, Finding, Mark, Part, Table
from commonweal.insight.audit.facts import LEVEL, Facts
from commonweal.insight.diagnose.correlation import pearson, spearman
from commonweal.insight.words import number


def part(facts: Facts) -> Part:
    """The index with every numeric attribute of the areas."""
    index = facts.column(facts.root.id)
    rows: list[tuple[Cell, ...]] = []
    for name, values in facts.attributes.items():
        two = np.stack([index, values], axis=1)
        found = pearson(two)
        r, p, n = (float(x[0, 1]) for x in (found.r, found.p, found.pairs))
        if r == r:
            rho = float(spearman(two).r[0, 1])
            rows.append((name.replace("_", " "), r, None if p != p else p, rho, int(n)))
    if not rows:
        return Part(
            9,
            (
                Finding(
                    Mark.NOTE,
                    "No figure about the areas from outside the index is held.",
                    "Whether the index moves with what people would expect can’t be seen.",
                    "Add columns such as household income to areas.csv.",
                ),
            ),
        )
    columns = (
        Column("figure", "Figure", "text"),
        Column("pearson", "Pearson", "correlation"),
        Column("p", "p", "p"),
        Column("spearman", "Spearman", "correlation"),
        Column("areas", "Areas", "count"),
    )
    return Part(
        9,
        tuple(_finding(row) for row in rows),
        (Table("links", "The index and figures outside it", columns, tuple(rows)),),
    )


def _finding(row: tuple[Cell, ...]) -> Finding:
    name, r, p, _, areas = row
    assert isinstance(r, float)
    if p is None or not isinstance(p, float) or p >= LEVEL:
        return Finding(
            Mark.NOTE,
            f"Between the index and {name} there is no link beyond chance (r {number(r, 2)}, {areas} areas).",
        )
    way = "higher" if r > 0 else "lower"
    how = f"clearly {way}" if abs(r) > 0.7 else f"somewhat {way}"
    return Finding(
        Mark.NOTE,
        f"Where {name} is higher, the index is {how} (r {number(r, 2)}, {areas} areas).",
        "The figure is not in the index, so the link is found, not built in. It is not a cause.",
    )
