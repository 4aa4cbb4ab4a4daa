"""Those expected of a standardised ratio, made of protected totals.

They are made of how many there were of each group in all areas together, and whoever knows where people live
can work those totals out from them. So each total goes through the rule, and the intruder is told it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from commonweal.arrays import Array
from commonweal.sources.measure.gather import Counted
from commonweal.sources.protect.layout import Atoms, Layout, Met
from commonweal.sources.protect.rule import Rule

#: Indicator and period.
Cell = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Total:
    """How many there were of a group in all areas whose people are known, and the atoms those are.

    `whole` says that all of these areas are among those with atoms.
    """

    cell: Cell
    count: float
    atoms: Atoms
    whole: bool


def groups(counts: Mapping[Cell, Counted]) -> list[Met]:
    """What has to be in a layout so that `totals` can be told."""
    return [
        (condition, count.months)
        for count in counts.values()
        if count.grouped is not None
        for condition in count.grouped.conditions
    ]


def totals(counts: Mapping[Cell, Counted], laid: Layout, first: Mapping[str, int]) -> Iterator[Total]:
    """The totals by group that those expected are made of; `first` is the first atom of each area."""
    for cell, count in sorted(counts.items(), key=lambda item: item[0]):
        if (made := count.grouped) is None:
            continue
        starts = [first[area] for area in sorted(made.known) if area in first]
        for condition, number in zip(
            np.array(made.conditions, dtype=object)[made.told], made.totals[made.told].tolist(), strict=True
        ):
            own = laid.atoms[condition, count.months]
            atoms = tuple(start + atom for start in starts for atom in own)
            yield Total(cell, number, atoms, len(starts) == len(made.known))


def protected_totals(count: Counted, rule: Rule) -> Array:
    """The totals by group as they are shown, the middle for one that is hidden."""
    assert count.grouped is not None
    shown = rule.shown(count.grouped.totals)
    return np.where(np.isnan(shown), rule.middle, shown)


def with_expected(exact: pl.DataFrame, counts: Mapping[Cell, Counted], rule: Rule) -> pl.DataFrame:
    """Exact observations, but those expected are made of protected totals."""
    cells = exact.filter(pl.col("kind") == "standardised_ratio").select("indicator", "period").unique()
    parts = []
    for cell in cells.sort("indicator", "period").rows():
        made = counts[cell].grouped
        assert made is not None
        due = made.expected(protected_totals(counts[cell], rule))
        parts.append(
            pl.DataFrame({"area": made.areas, "due#": due}).with_columns(
                indicator=pl.lit(cell[0]), period=pl.lit(cell[1])
            )
        )
    if not parts:
        return exact
    known = pl.col("denominator").is_not_null() & pl.col("due#").is_not_null()
    return (
        exact.join(pl.concat(parts), on=["indicator", "period", "area"], how="left", maintain_order="left")
        .with_columns(pl.when(known).then("due#").otherwise("denominator").alias("denominator"))
        .drop("due#")
    )
