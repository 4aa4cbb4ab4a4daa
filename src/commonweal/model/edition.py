"""An edition: one build, whole, with everything needed to check it, explain it and publish it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any, Final

import numpy as np
import polars as pl

from commonweal.arrays import Array
from commonweal.model.area import Areas
from commonweal.model.comparisons import CONVERGENCE, OVERTAKING, PATTERN, SPREAD, TRENDS
from commonweal.model.framework import Framework
from commonweal.model.handed_on import TABLES, HandedOn
from commonweal.model.lookup import FIT
from commonweal.model.observation import STATUSES
from commonweal.model.period import Period
from commonweal.model.project import PeerRule, ProgressRule, Publication, UncertaintyRule
from commonweal.model.published import DEFINITIONS
from commonweal.model.recipe import CELL_STEPS, Recipe
from commonweal.model.uncertainty import Uncertainty

SCORES: Final = {
    "period": pl.String, "area": pl.String, "node": pl.String, "level": pl.String,
    "score": pl.Float64, "rank": pl.Int64, "of": pl.Int64, "status": pl.String,
    "rank_low": pl.Int64, "rank_high": pl.Int64, "range_low": pl.Int64, "range_high": pl.Int64,
}  # fmt: skip
WEIGHTS: Final = {
    "period": pl.String, "node": pl.String, "parent": pl.String, "loading": pl.Float64,
    "weight": pl.Float64, "effective_weight": pl.Float64, "reason": pl.String,
}  # fmt: skip
#: The weights of areas that have their own.
AREA_WEIGHTS: Final = {
    "period": pl.String, "area": pl.String, "node": pl.String, "parent": pl.String, "weight": pl.Float64,
}  # fmt: skip
GOALPOSTS: Final = {
    "period": pl.String, "indicator": pl.String, "worst": pl.Float64, "best": pl.Float64, "rule": pl.String,
}  # fmt: skip
#: What each treatment did to an indicator and why: `step` counts the treatments of the recipe from 1. Values
#: below `low` and above `high` were drawn in; `constant` and `added` belong to the bend.
TREATMENTS: Final = {
    "step": pl.Int64, "period": pl.String, "indicator": pl.String, "method": pl.String, "what": pl.String,
    "points": pl.Int64, "skew_before": pl.Float64, "kurtosis_before": pl.Float64,
    "skew_winsorised": pl.Float64, "kurtosis_winsorised": pl.Float64, "skew_after": pl.Float64,
    "kurtosis_after": pl.Float64, "low": pl.Float64, "high": pl.Float64, "bend": pl.String,
    "constant": pl.Float64, "added": pl.Float64, "why": pl.String,
}  # fmt: skip
TREATED: Final = {
    "period": pl.String, "area": pl.String, "indicator": pl.String, "before": pl.Float64,
    "after": pl.Float64, "what": pl.String,
}  # fmt: skip
IMPUTATIONS: Final = {
    "period": pl.String, "area": pl.String, "indicator": pl.String, "value": pl.Float64, "method": pl.String,
}  # fmt: skip
SCREENED: Final = {
    "period": pl.String, "area": pl.String, "indicator": pl.String, "share": pl.Float64, "reason": pl.String,
}  # fmt: skip
#: The scale of an indicator whose scores hang on a mean and a standard deviation; `weighted_by` names the
#: column of the areas that both are weighted by.
SCALES: Final = {
    "period": pl.String, "indicator": pl.String, "mean": pl.Float64, "sd": pl.Float64,
    "weighted_by": pl.String, "rule": pl.String,
}  # fmt: skip
#: What other scales are seen against: the values an indicator is placed among (mark value), or its worst, its
#: best and the value of one area (mark place).
REFERENCES: Final = {
    "period": pl.String, "indicator": pl.String, "mark": pl.String, "area": pl.String, "value": pl.Float64,
    "rule": pl.String,
}  # fmt: skip
#: What gaps are filled by, in the values' own units: the range of an indicator (component-mean), or a line
#: (regression): coefficient of the empty term + sum of coefficient x (value of the term - mean), for areas of
#: which the indicators `known` are there.
IMPUTATION: Final = {
    "step": pl.Int64, "period": pl.String, "indicator": pl.String, "method": pl.String, "known": pl.String,
    "term": pl.String, "coefficient": pl.Float64, "mean": pl.Float64, "least": pl.Float64,
    "largest": pl.Float64,
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
    "probability": pl.Float64,
}  # fmt: skip
PROGRESS: Final = {
    "area": pl.String, "node": pl.String, "since": pl.String, "until": pl.String, "first": pl.Float64,
    "last": pl.Float64, "per_year": pl.Float64, "class": pl.String, "probability": pl.Float64,
    "basis": pl.String,
}  # fmt: skip
UNEVENNESS: Final = {
    "period": pl.String, "area": pl.String, "node": pl.String, "part": pl.String, "points": pl.Float64,
}  # fmt: skip


#: Weights that people gave: a 95 % interval over resamples of the `people` asked, of whom `absent` took no
#: part and `inconsistent` ones were left out.
ASKED: Final = {
    "node": pl.String, "parent": pl.String, "weight": pl.Float64, "lower": pl.Float64, "upper": pl.Float64,
    "people": pl.Int64, "absent": pl.Int64, "inconsistent": pl.Int64,
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
    `of` (periods, nodes) counts the areas scored. `child_weights` maps each parent to an array (weight
    periods, weight areas, children) that sums to one along children; one period or area holds for all.
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
    #: what people said about the weights, by parent: (people, children) or (people, children, children)
    answers: Mapping[str, Array] = field(default_factory=dict)
    #: a row for each part whose weight people gave (columns of ASKED)
    asked: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ASKED))
    #: a row for each child of a parent in which each area has its own weights (columns of AREA_WEIGHTS)
    area_weights: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=AREA_WEIGHTS))
    #: indicators without any score because people are protected, or screened out: id -> why
    reasons: dict[str, str] = field(default_factory=dict)
    #: (periods, areas, indicators): what the first normalise met, denominated, imputed and treated; None
    #: where that is `values`. Goalposts are in these units
    met: Array | None = None
    #: a row for each indicator that a treatment looked at (columns of TREATMENTS)
    treatments: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=TREATMENTS))
    #: means and deviations behind z-scores, t-scores and index-100 (columns of SCALES), and what other scales
    #: are seen against (columns of REFERENCES)
    scales: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SCALES))
    references: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REFERENCES))
    #: what gaps were, or would be, filled by (columns of IMPUTATION)
    imputation: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=IMPUTATION))
    #: what older editions handed on to frozen rules, by the name that the recipe gives them
    editions: Mapping[str, HandedOn] = field(default_factory=dict)
    #: a row for each cell that was filled (columns of IMPUTATIONS)
    imputed: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=IMPUTATIONS))
    #: a row for each area-period and indicator that was dropped (columns of SCREENED)
    screened: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SCREENED))
    #: the curves (fit periods, indicators, 5) of each treatment before the first normalise
    curves: tuple[Array, ...] = ()
    #: indicators divided by a denominator
    denominated: frozenset[str] = frozenset()
    #: (periods, areas, indicators): what denominate divides a value by, be it there or not; nan where nothing
    #: is known to divide by; None where the recipe divides nothing
    divisors: Array | None = None
    #: the tables that denominate divides by: name, area, period, value
    denominators: pl.DataFrame = field(default_factory=pl.DataFrame)
    #: nodes that screening has dropped: they are no one's children
    dropped: frozenset[str] = frozenset()
    #: sentences on cells that a step left missing
    notes: tuple[str, ...] = ()

    @cached_property
    def node_index(self) -> dict[str, int]:
        """Node id -> position on the third axis of `scores`."""
        return {node.id: i for i, node in enumerate(self.framework)}

    @cached_property
    def hands_on(self) -> HandedOn:
        """What this edition hands on to the frozen rules of a later one."""
        return HandedOn.of({name: getattr(self, name) for name in TABLES})

    @cached_property
    def area_index(self) -> dict[str, int]:
        """Area code -> position on the second axis."""
        return {code: i for i, code in enumerate(self.areas)}

    @cached_property
    def period_index(self) -> dict[str, int]:
        """Period label -> position on the first axis."""
        return {period.label: i for i, period in enumerate(self.periods)}

    def weights_of(self, parent: str, period: int) -> Array:
        """The weights of `parent`'s children in one period (children,), before gaps are rescaled.

        Their mean, where each area has its own.
        """
        mean: Array = self.area_weights_of(parent, period).mean(axis=0)
        return mean

    def area_weights_of(self, parent: str, period: int) -> Array:
        """The same by area, shape (areas, children); (1, children) where they hold for all areas."""
        held = self.child_weights[parent]
        rows: Array = held[0 if len(held) == 1 else period]
        return rows

    @cached_property
    def in_other_units(self) -> frozenset[str]:
        """Indicators that normalise met in other units than those of their source: divided, or bent."""
        bent = self.treatments.filter(pl.col("bend") != "none")["indicator"].to_list()
        return self.denominated | frozenset(bent)

    @cached_property
    def treated(self) -> pl.DataFrame:
        """Each cell that a treatment changed, before and after, and how (columns of TREATED).

        Values are those that the treatment met; a recipe that treats twice has a row for each.
        """
        cells = [step for step in self.trace if step.step in CELL_STEPS or step.step == "enter"]
        frames = [pl.DataFrame(schema=TREATED)]
        number = 0
        for before, after in pairwise(cells):
            if after.step == "treat":
                number += 1
                frames.append(self._changed(before.values, after.values, number))
        return pl.concat(frames)

    def _changed(self, before: Array, after: Array, number: int) -> pl.DataFrame:
        p, a, i = np.nonzero((before != after) & ~np.isnan(before))
        table = pl.DataFrame(
            {
                "period": pl.Series([period.label for period in self.periods]).gather(p),
                "area": pl.Series(list(self.areas)).gather(a),
                "indicator": pl.Series([node.id for node in self.framework.indicators]).gather(i),
                "before": before[p, a, i],
                "after": after[p, a, i],
            }
        )
        how = self.treatments.filter(pl.col("step") == number)
        own = how.filter(pl.col("period") != "").select("period", "indicator", "low", "high", "bend")
        one = how.filter(pl.col("period") == "").select("indicator", "low", "high", "bend")
        joined = (
            table.join(own, on=["period", "indicator"], how="left", maintain_order="left")
            if own.height
            else table.join(one, on="indicator", how="left", maintain_order="left")
        )
        what = pl.concat_str(
            pl.when(pl.col("before") > pl.col("high")).then(pl.lit("winsorised from above")),
            pl.when(pl.col("before") < pl.col("low")).then(pl.lit("winsorised from below")),
            pl.when(pl.col("bend") != "none").then(pl.col("bend")),
            separator="+",
            ignore_nulls=True,
        )
        return joined.select(pl.exclude("low", "high", "bend"), what.alias("what")).select(list(TREATED))

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


def _says_nothing(edition: Edition) -> pl.DataFrame:
    return pl.DataFrame(schema=STATEMENTS)


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
    #: what is asked for, and what was found; without a rule nothing is worked out
    uncertainty_rule: UncertaintyRule | None = None
    uncertainty: Uncertainty | None = None
    benchmarks: pl.DataFrame = _empty(BENCHMARKS)
    ledger: pl.DataFrame = _empty(LEDGER)
    fit: pl.DataFrame = _empty(FIT)
    peers: pl.DataFrame = _empty(PEERS)
    performance: pl.DataFrame = _empty(PERFORMANCE)
    progress: pl.DataFrame = _empty(PROGRESS)
    unevenness: pl.DataFrame = _empty(UNEVENNESS)
    trends: pl.DataFrame = _empty(TRENDS)
    spread: pl.DataFrame = _empty(SPREAD)
    convergence: pl.DataFrame = _empty(CONVERGENCE)
    pattern: pl.DataFrame = _empty(PATTERN)
    overtaking: pl.DataFrame = _empty(OVERTAKING)
    #: what makes its statements; they are made when first asked for, since many areas have many
    tell: Callable[[Edition], pl.DataFrame] = _says_nothing
    internal: bool = False
    #: sentences on how people were protected, for the protection page
    protection: tuple[str, ...] = ()
    #: the same in numbers, for audit.json
    protected: Mapping[str, Any] = field(default_factory=dict)
    #: what figures of records about people count (columns of DEFINITIONS)
    definitions: pl.DataFrame = _empty(DEFINITIONS)
    #: sentences on what was done to make ends meet: older denominators, years scaled up, rows unreadable
    notes: tuple[str, ...] = ()
    #: years an older observation may be carried
    carry: float = 0.0

    @cached_property
    def statements(self) -> pl.DataFrame:
        """What is said about the place, its areas and its nodes: a sentence a row, with its numbers."""
        return self.tell(self)

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

    @cached_property
    def scores(self) -> pl.DataFrame:
        """Scores, ranks and how sure they are: a row for each node, area and period."""
        found = self.uncertainty
        return self.scoring.frame if found is None else found.on(self.scoring.frame)

    @property
    def weights(self) -> pl.DataFrame:
        """The weight of each node in its parent and in the index, and the reason of any fall-back."""
        return self.scoring.weights

    @property
    def scales(self) -> pl.DataFrame:
        """Means and standard deviations behind z-scores, t-scores and index-100 (columns of SCALES)."""
        return self.scoring.scales

    @property
    def goalposts(self) -> pl.DataFrame:
        """The values that scored 0 and 100."""
        return self.scoring.goalposts
