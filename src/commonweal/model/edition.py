"""An edition: one build, whole, with everything needed to check it, explain it and publish it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
import polars as pl

from commonweal.model.area import Areas
from commonweal.model.framework import Framework
from commonweal.model.observation import STATUSES
from commonweal.model.period import Period
from commonweal.model.project import PeerRule, ProgressRule, Publication
from commonweal.model.recipe import Recipe

Array = np.ndarray[Any, Any]

SCORES: Final = {
    "period": pl.String, "area": pl.String, "node": pl.String, "level": pl.String,
    "score": pl.Float64, "rank": pl.Int64, "of": pl.Int64, "status": pl.String,
    "rank_low": pl.Int64, "rank_high": pl.Int64, "range_low": pl.Int64, "range_high": pl.Int64,
}  # fmt: skip
WEIGHTS: Final = {
    "period": pl.String, "node": pl.String, "parent": pl.String, "loading": pl.Float64,
    "weight": pl.Float64, "effective_weight": pl.Float64, "reason": pl.String,
}  # fmt: skip
GOALPOSTS: Final = {
    "period": pl.String, "indicator": pl.String, "worst": pl.Float64, "best": pl.Float64, "rule": pl.String,
}  # fmt: skip
STATEMENTS: Final = {
    "id": pl.String, "period": pl.String, "area": pl.String, "node": pl.String, "kind": pl.String,
    "against": pl.String, "value": pl.Float64, "lower": pl.Float64, "upper": pl.Float64,
    "probability": pl.Float64, "class": pl.String, "text": pl.String,
}  # fmt: skip
BENCHMARKS: Final = {
    "name": pl.String, "period": pl.String, "node": pl.String, "level": pl.String,
    "value": pl.Float64, "score": pl.Float64, "status": pl.String,
    "lower": pl.Float64, "upper": pl.Float64, "numerator": pl.Float64, "denominator": pl.Float64,
    "observed": pl.String,
}  # fmt: skip
LEDGER: Final = {"source": pl.String, "fate": pl.String, "records": pl.Int64, "note": pl.String}
PEERS: Final = {
    "area": pl.String, "peer": pl.String, "order": pl.Int64, "distance": pl.Float64,
}  # fmt: skip
PERFORMANCE: Final = {
    "period": pl.String, "area": pl.String, "node": pl.String, "score": pl.Float64, "centre": pl.Float64,
    "spread": pl.Float64, "low": pl.Float64, "high": pl.Float64, "class": pl.String,
}  # fmt: skip
PROGRESS: Final = {
    "area": pl.String, "node": pl.String, "since": pl.String, "until": pl.String, "first": pl.Float64,
    "last": pl.Float64, "per_year": pl.Float64, "class": pl.String, "basis": pl.String,
}  # fmt: skip
UNEVENNESS: Final = {
    "period": pl.String, "area": pl.String, "node": pl.String, "part": pl.String, "points": pl.Float64,
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class StepTrace:
    """What one step of the recipe left behind: its name, what it did in words, and its result.

    `values` has the shape (periods, areas, columns); `columns` names the third axis.
    """

    step: str
    says: str
    columns: tuple[str, ...]
    values: Array


@dataclass(frozen=True, eq=False)
class Scoring:
    """The outcome of a recipe, dense: axes are periods, areas and nodes, in that order.

    `values` and `value_status` (periods, areas, indicators): what entered each period, after carrying, in
    the units of the source; `entered_from` the index of each value's own period in `entered_periods`, -1
    for none. `scores` (periods, areas, nodes) with nan where there is none; `ranks` with 0 for none;
    `of` (periods, nodes) counts the areas scored. `child_weights` maps each parent to an array
    (weight periods, children) that sums to one along children; one weight period means it holds for all.
    `goalposts` (goalpost periods, indicators, 2) holds worst and best, nan where a method has none.
    """

    periods: tuple[Period, ...]
    areas: tuple[str, ...]
    framework: Framework
    recipe: Recipe
    values: Array
    value_status: Array
    entered_periods: tuple[str, ...]
    entered_from: Array
    scores: Array
    status: Array
    ranks: Array
    of: Array
    child_weights: dict[str, Array]
    weights: pl.DataFrame
    goalposts: pl.DataFrame
    trace: tuple[StepTrace, ...]
    #: cells below the floor that were lifted to it: period, area, node, score
    floored: pl.DataFrame
    #: (fit periods, indicators, 4): two values in the units of the source and the scores they get; scores lie
    #: on the straight line through them (limited to 0-100 where goalposts clip); nan where there is no line
    fits: Array = field(default_factory=lambda: np.empty((1, 0, 4)))
    #: indicators without any score because people are protected: id -> why
    reasons: dict[str, str] = field(default_factory=dict)

    @cached_property
    def node_index(self) -> dict[str, int]:
        """Node id -> position on the third axis of `scores`."""
        return {node.id: i for i, node in enumerate(self.framework)}

    @cached_property
    def area_index(self) -> dict[str, int]:
        """Area code -> position on the second axis."""
        return {code: i for i, code in enumerate(self.areas)}

    @cached_property
    def period_index(self) -> dict[str, int]:
        """Period label -> position on the first axis."""
        return {period.label: i for i, period in enumerate(self.periods)}

    def weights_of(self, parent: str, period: int) -> Array:
        """The weights of `parent`'s children in one period, shape (children,), before gaps are rescaled."""
        held = self.child_weights[parent]
        row: Array = held[0 if len(held) == 1 else period]
        return row

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The scores as a table with the columns of OUT/data/scores.csv: every node x area x period."""
        P, A, N = self.scores.shape
        nodes = list(self.framework)
        flat = pl.DataFrame(
            {
                "period": np.repeat([p.label for p in self.periods], A * N),
                "area": np.tile(np.repeat(list(self.areas), N), P),
                "node": np.tile([n.id for n in nodes], P * A),
                "level": np.tile([n.level for n in nodes], P * A),
                "score": self.scores.reshape(-1),
                "rank": self.ranks.reshape(-1),
                "of": np.broadcast_to(self.of[:, None, :], (P, A, N)).reshape(-1),
                "status": np.asarray(STATUSES)[self.status.reshape(-1)],
            }
        )
        return flat.with_columns(
            pl.col("score").fill_nan(None),
            pl.when(pl.col("rank") > 0).then(pl.col("rank")).alias("rank"),
            *(
                pl.lit(None, dtype=pl.Int64).alias(c)
                for c in ("rank_low", "rank_high", "range_low", "range_high")
            ),
        ).select(pl.col(name).cast(dtype) for name, dtype in SCORES.items())


def _empty(schema: dict[str, type[pl.DataType]]) -> Any:
    return field(default_factory=lambda: pl.DataFrame(schema=schema))


@dataclass(frozen=True, eq=False)
class Edition:
    """One build, whole. The frames have the columns named in this module, sorted and ready to write.

    `observations` are protected: nothing after the gate has seen anything else.
    """

    title: str
    place: str
    areas: Areas
    scoring: Scoring
    observations: pl.DataFrame
    publication: Publication = field(default_factory=Publication)
    peer_rule: PeerRule | None = None
    progress_rule: ProgressRule | None = None
    benchmarks: pl.DataFrame = _empty(BENCHMARKS)
    ledger: pl.DataFrame = _empty(LEDGER)
    peers: pl.DataFrame = _empty(PEERS)
    performance: pl.DataFrame = _empty(PERFORMANCE)
    progress: pl.DataFrame = _empty(PROGRESS)
    unevenness: pl.DataFrame = _empty(UNEVENNESS)
    statements: pl.DataFrame = _empty(STATEMENTS)
    internal: bool = False
    #: sentences on how people were protected, for the protection page
    protection: tuple[str, ...] = ()
    #: sentences on what was done to make ends meet: older denominators, years scaled up, rows unreadable
    notes: tuple[str, ...] = ()
    #: years an older observation may be carried
    carry: float = 0.0

    @property
    def framework(self) -> Framework:
        """The tree that was scored."""
        return self.scoring.framework

    @property
    def recipe(self) -> Recipe:
        """The steps that were run."""
        return self.scoring.recipe

    @property
    def periods(self) -> tuple[Period, ...]:
        """The periods published, oldest first."""
        return self.scoring.periods

    @property
    def scores(self) -> pl.DataFrame:
        """Scores and ranks: a row for each node, area and period."""
        return self.scoring.frame

    @property
    def weights(self) -> pl.DataFrame:
        """The weight of each node in its parent and in the index, and the reason of any fall-back."""
        return self.scoring.weights

    @property
    def goalposts(self) -> pl.DataFrame:
        """The values that scored 0 and 100."""
        return self.scoring.goalposts
