"""Run the steps of a recipe on the cells of indicators, in order, and keep what each leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from commonweal.engine import impute, treat
from commonweal.engine.cells import Cells, Context
from commonweal.engine.denominate import denominate
from commonweal.engine.enter import MISSING
from commonweal.engine.scale import Scale, find_scales
from commonweal.engine.screen import Row, screen
from commonweal.engine.words import in_words
from commonweal.methods import Flags, Floats
from commonweal.model.edition import SCREENED, StepTrace
from commonweal.model.framework import Framework
from commonweal.model.handed_on import HandedOn
from commonweal.model.recipe import Denominate, Impute, Normalise, Recipe, Screen, Treat


@dataclass(slots=True)
class Run:
    """The work of one recipe: `cells` as the steps so far have left them, and what they left behind.

    `source` are the values in the units that they were observed in, with the gaps that were filled, where
    that can be said. `met` is what the first normalise met. `straight` says that nothing but divisions and
    curves leads from there to the scores, so that a benchmark can take the same way.
    """

    framework: Framework
    context: Context
    editions: Mapping[str, HandedOn]
    cells: Cells
    source: Floats
    divisors: Floats | None = None
    #: the same with what was divided later, after a curve or a scale
    divided_by: Floats | None = None
    met: Floats | None = None
    scales: tuple[Scale, ...] = ()
    straight: bool = True
    filled: Flags | None = None
    curves: list[Floats] = field(default_factory=list)
    treatments: list[pl.DataFrame] = field(default_factory=list)
    imputed: list[pl.DataFrame] = field(default_factory=list)
    learnt: list[pl.DataFrame] = field(default_factory=list)
    screened: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    denominated: set[str] = field(default_factory=set)
    trace: list[StepTrace] = field(default_factory=list)

    def all(self, recipe: Recipe) -> None:
        """Run every step on cells, as the recipe has them."""
        self._note("enter", "the value of each period, or an older one carried")
        for step in recipe.cells:
            match step:
                case Denominate():
                    self._denominate(step)
                case Screen():
                    self._screen(step)
                case Impute():
                    self._impute(step)
                case Treat():
                    self._treat(step)
                case Normalise():
                    self._normalise(step)

    def _denominate(self, step: Denominate) -> None:
        self.cells, divisors, notes = denominate(self.cells, step, self.context)
        self.divided_by = divisors if self.divided_by is None else self.divided_by * divisors
        if self.met is None and not self.curves:
            self.divisors = divisors if self.divisors is None else self.divisors * divisors
        else:
            self.straight = False
        self.denominated |= {id for id, _ in step.by}
        self.notes += notes
        self._note("denominate", ", ".join(f"{id} by {name}" for id, name in step.by))

    def _screen(self, step: Screen) -> None:
        self.cells, rows = screen(self.cells, step)
        self.screened += rows
        says = f"areas known for {step.areas:g} of the indicators, indicators for {step.indicators:g} of them"
        self._note("screen", says)

    def _impute(self, step: Impute) -> None:
        edition = self.editions.get(step.edition, HandedOn())
        done = impute.run(self.cells, step, self.context, edition, len(self.imputed) + 1)
        self.cells, filled = done.cells, done.filled
        self.filled = filled if self.filled is None else self.filled | filled
        if self.met is None and not self.curves:
            back = self.cells.values if self.divisors is None else self.cells.values * self.divisors
            self.source = np.where(filled & np.isnan(self.source), back, self.source)
        self.imputed.append(done.rows)
        self.learnt.append(done.learnt)
        self.notes += done.notes
        self._note("impute", f"{in_words(step.method)}, rule {step.rule}: {done.rows.height} cells")

    def _treat(self, step: Treat) -> None:
        edition = self.editions.get(step.edition, HandedOn())
        treated = treat.run(self.cells, step, len(self.treatments) + 1, edition)
        self.cells = treated.cells
        self.treatments.append(treated.rows)
        self.straight = self.straight and self.met is None
        self.curves.append(treated.curves)
        self._note("treat", f"{in_words(step.method)}, rule {step.rule}")

    def _normalise(self, step: Normalise) -> None:
        self.straight = self.straight and self.met is None
        self.met = self.cells.values if self.met is None else self.met
        edition = self.editions.get(step.edition)
        self.scales = find_scales(self.cells, self.framework, step, edition, self.context.attributes)
        cells = self.cells
        scores = np.full(cells.values.shape, np.nan)
        published = cells.published
        for row, scale, values in zip(scores, self.scales, cells.values, strict=True):
            row[published] = scale.scores(values[published])
            if cells.base and len(scale.references) == 1:
                row[published.stop :] = scale.scores(values[published.stop :])
        self.cells = replace(
            cells,
            values=scores,
            status=np.where(np.isnan(scores) & cells.there, MISSING, cells.status),
            direction=np.ones(len(cells.nodes)),
        )
        self._note("normalise", f"{in_words(step.method)}, rule {step.rule}; higher is better")

    def _note(self, step: str, says: str) -> None:
        columns = tuple(node.id for node in self.cells.nodes)
        values = np.moveaxis(self.cells.values[:, self.cells.published], 0, -1)
        self.trace.append(StepTrace(step, says, columns, values))

    def screened_frame(self) -> pl.DataFrame:
        """What was dropped: area-periods, then indicators."""
        return pl.DataFrame(self.screened, schema=SCREENED, orient="row")

    def why_unscored(self) -> dict[str, str]:
        """Indicators without any score, and why: people are protected, or too little is known."""
        reasons = {scale.node.id: scale.reason for scale in self.scales if scale.reason}
        return reasons | {row[2]: row[4] for row in self.screened if row[2]}
