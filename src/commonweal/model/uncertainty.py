"""How sure an edition's ranks and classes are, as it is published."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Array

#: What chance makes of the scores of parents in the latest period: the middle 90 % of draws as a range of
#: scores, and the probability of each quarter of the ranking.
CHANCES: Final = {
    "period": pl.String, "area": pl.String, "node": pl.String, "score_low": pl.Float64,
    "score_high": pl.Float64, "quarter_1": pl.Float64, "quarter_2": pl.Float64, "quarter_3": pl.Float64,
    "quarter_4": pl.Float64,
}  # fmt: skip
#: Each pair of areas once: the probability that the first is above the other in the index.
PAIRS: Final = {"period": pl.String, "area": pl.String, "other": pl.String, "above": pl.Float64}
#: From this probability on something is said, or marked, without reserve.
SURE: Final = 0.9
#: From this probability on that one is above the other, two areas are told apart: the 5 in 100 that an
#: interval of ranks leaves out on a side.
APART: Final = 0.95
#: With fewer areas nothing is said of chance: they are too few to learn from each other.
FEWEST: Final = 8


@dataclass(frozen=True, slots=True)
class Varied:
    """A choice that other re-runs made otherwise: its name, what stood to choose from, and why."""

    name: str
    alternatives: tuple[str, ...]
    why: str


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """How far ranks could have come out otherwise: by chance, and by other choices of method.

    `ranks` and `ranges` (periods, areas, nodes, 2) are the least and the largest rank in the middle 90 % of
    `replications` draws and of `reruns` re-runs, widened to the published rank; 0 where there is none.
    `failed` re-runs gave no index. Where `why_not` says why nothing is offered, all is empty.
    """

    replications: int = 0
    reruns: int = 0
    failed: int = 0
    ranks: Array = field(default_factory=lambda: np.zeros((0, 0, 0, 2), dtype=np.int64))
    ranges: Array = field(default_factory=lambda: np.zeros((0, 0, 0, 2), dtype=np.int64))
    chances: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CHANCES))
    #: empty where there are too many areas to compare each with each
    pairs: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=PAIRS))
    #: runs of areas in the order of the index, best first, in which no two can be told apart
    groups: tuple[tuple[str, ...], ...] = ()
    #: area -> marks that chance alone would make, and on how many indicators of which chance is known
    marks: dict[str, tuple[float, int]] = field(default_factory=dict)
    #: indicators with anything that says how far chance could move them
    known: frozenset[str] = frozenset()
    varied: tuple[Varied, ...] = ()
    why_not: str = ""

    def on(self, scores: pl.DataFrame) -> pl.DataFrame:
        """The table of scores with its four columns of ranks filled in."""
        if self.why_not:
            return scores
        ends = {
            "rank_low": self.ranks[..., 0], "rank_high": self.ranks[..., 1],
            "range_low": self.ranges[..., 0], "range_high": self.ranges[..., 1],
        }  # fmt: skip
        filled = (pl.Series(name, held.reshape(-1).astype(np.int64)) for name, held in ends.items())
        columns = scores.with_columns(filled)
        return columns.with_columns(
            pl.when(pl.col(name) > 0).then(pl.col(name)).alias(name) for name in ends
        ).select(scores.columns)
