"""Run the steps of a recipe on the cells of indicators, in order, and keep what each leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from commonweal.arrays import Flags, Floats
from commonweal.engine import impute, treat
from commonweal.engine.cells import Cells, Context
from commonweal.engine.denominate import denominate
from commonweal.engine.enter import MISSING
from commonweal.engine.scale import Scale, find_scales
from commonweal.engine.screen import Row, screen
from commonweal.engine.trace import in_words
from commonweal.model.edition import SCREENED, StepTrace
from commonweal.model.framework import Framework
from commonweal.model.handed_on import NOTHING, HandedOn
from commonweal.model.recipe import CellStep, Denominate, Impute, Normalise, Screen, Treat


@dataclass(frozen=True, slots=True, eq=False)
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
    curves: tuple[Floats, ...] = ()
    treatments: tuple[pl.DataFrame, ...] = ()
    imputed: tuple[pl.DataFrame, ...] = ()
    learnt: tuple[pl.DataFrame, ...] = ()
    screened: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()
    denominated: frozenset[str] = frozenset()
    trace: tuple[StepTrace, ...] = ()

    @classmethod
    def of(
        cls, framework: Framework, context: Context, editions: Mapping[str, HandedOn], cells: Cells
    ) -> Run:
        """The cells as they entered, before any step."""
        entered = cls(framework, context, editions, cells, cells.values)
        return entered._noted("enter", "the value of each period, or an older one carried")

    def then(self, step: CellStep) -> Run:
        """The run with one more step; several can go on from the same run."""
        match step:
            case Denominate():
                return self._denominate(step)
            case Screen():
                return self._screen(step)
            case Impute():
                return self._impute(step)
            case Treat():
                return self._treat(step)
            case Normalise():
                return self._normalise(step)

    def _denominate(self, step: Denominate) -> Run:
        cells, divisors, notes = denominate(self.cells, step, self.context)
        first = self.met is None and not self.curves
        after = replace(
            self,
            cells=cells,
            divided_by=_times(self.divided_by, divisors),
            divisors=_times(self.divisors, divisors) if first else self.divisors,
            straight=self.straight and first,
            denominated=self.denominated | {id for id, _ in step.by},
            notes=(*self.notes, *notes),
        )
        return after._noted("denominate", ", ".join(f"{id} by {name}" for id, name in step.by))

    def _screen(self, step: Screen) -> Run:
        cells, rows = screen(self.cells, step)
        says = f"areas known for {step.areas:g} of the indicators, indicators for {step.indicators:g} of them"
        return replace(self, cells=cells, screened=(*self.screened, *rows))._noted("screen", says)

    def _impute(self, step: Impute) -> Run:
        edition = self.editions.get(step.edition, NOTHING)
        done = impute.run(self.cells, step, self.context, edition, len(self.imputed) + 1)
        source = self.source
        if self.met is None and not self.curves:
            back = done.cells.values if self.divisors is None else done.cells.values * self.divisors
            source = np.where(done.filled & np.isnan(source), back, source)
        after = replace(
            self,
            cells=done.cells,
            source=source,
            filled=done.filled if self.filled is None else self.filled | done.filled,
            imputed=(*self.imputed, done.rows),
            learnt=(*self.learnt, done.learnt),
            notes=(*self.notes, *done.notes),
        )
        return after._noted("impute", f"{in_words(step.method)}, rule {step.rule}: {done.rows.height} cells")

    def _treat(self, step: Treat) -> Run:
        edition = self.editions.get(step.edition, NOTHING)
        treated = treat.run(self.cells, step, len(self.treatments) + 1, edition)
        after = replace(
            self,
            cells=treated.cells,
            treatments=(*self.treatments, treated.rows),
            straight=self.straight and self.met is None,
            curves=(*self.curves, treated.curves),
        )
        return after._noted("treat", f"{in_words(step.method)}, rule {step.rule}")

    def _normalise(self, step: Normalise) -> Run:
        cells = self.cells
        edition = self.editions.get(step.edition, NOTHING)
        scales = find_scales(cells, self.framework, step, edition, self.context.attributes)
        scores = np.full(cells.values.shape, np.nan)
        published = cells.published
        for row, scale, values in zip(scores, scales, cells.values, strict=True):
            row[published] = scale.scores(values[published])
            if cells.base and len(scale.references) == 1:
                row[published.stop :] = scale.scores(values[published.stop :])
        after = replace(
            self,
            cells=replace(
                cells,
                values=scores,
                status=np.where(np.isnan(scores) & cells.there, MISSING, cells.status),
                direction=np.ones(len(cells.nodes)),
            ),
            straight=self.straight and self.met is None,
            met=cells.values if self.met is None else self.met,
            scales=scales,
        )
        return after._noted("normalise", f"{in_words(step.method)}, rule {step.rule}; higher is better")

    def _noted(self, step: str, says: str) -> Run:
        columns = tuple(node.id for node in self.cells.nodes)
        values = np.moveaxis(self.cells.values[:, self.cells.published], 0, -1)
        return replace(self, trace=(*self.trace, StepTrace(step, says, columns, values)))

    @property
    def scores(self) -> Floats:
        """The scores of indicators in the published periods, (indicators, periods, areas)."""
        found: Floats = self.cells.values[:, self.cells.published]
        return found

    def screened_frame(self) -> pl.DataFrame:
        """What was dropped: area-periods, then indicators."""
        return pl.DataFrame(self.screened, schema=SCREENED, orient="row")

    def why_unscored(self) -> dict[str, str]:
        """Indicators without any score, and why: people are protected, or too little is known."""
        reasons = {scale.node.id: scale.reason for scale in self.scales if scale.reason}
        return reasons | {row[2]: row[4] for row in self.screened if row[2]}


def _times(divisors: Floats | None, more: Floats) -> Floats:
    return more if divisors is None else divisors * more
