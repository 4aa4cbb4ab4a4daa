"""An area in a period: its figures, and the way from a figure to a score that the edition has fixed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
import polars as pl

from commonweal.insight.asked import area_at, period_at
from commonweal.insight.uncertainty.evidence import Rescorer
from commonweal.methods import Floats
from commonweal.methods.normalise import limits
from commonweal.model.edition import Edition, Scoring
from commonweal.model.framework import Node
from commonweal.model.observation import STATUS_CODE, Status

Array = np.ndarray[Any, Any]
#: Halvings that leave no more than the last digit of a figure, and doublings that reach any figure.
_HALVINGS: Final = 64
_DOUBLINGS: Final = 80


class Places(NamedTuple):
    """Cells of an edition, by position."""

    indicator: Array
    period: Array
    area: Array


@dataclass(frozen=True, eq=False)
class Spot:
    """An area in a period, by position. Arrays of it are by indicator, in framework order."""

    edition: Edition
    area: int
    period: int

    @property
    def scoring(self) -> Scoring:
        """The edition's scoring."""
        return self.edition.scoring

    @property
    def code(self) -> str:
        """The area's code."""
        return self.scoring.areas[self.area]

    @property
    def name(self) -> str:
        """The area's name."""
        return self.edition.areas.names[self.code]

    @property
    def label(self) -> str:
        """The period's label."""
        return self.scoring.periods[self.period].label

    @property
    def root(self) -> Node:
        """The index."""
        return self.edition.framework.roots[0]

    @property
    def indicators(self) -> tuple[Node, ...]:
        """The indicators."""
        return self.edition.framework.indicators

    @cached_property
    def nodes(self) -> Array:
        """The position of each indicator among the nodes."""
        return np.array([self.scoring.node_index[node.id] for node in self.indicators])

    @property
    def values(self) -> Floats:
        """Values in the units of their sources, nan for none."""
        values: Floats = self.scoring.values[self.period, self.area]
        return values

    @property
    def scores(self) -> Floats:
        """Scores, nan for none."""
        scores: Floats = self.scoring.scores[self.period, self.area, self.nodes]
        return scores

    @cached_property
    def hidden(self) -> Array:
        """Which values are hidden: only a range is published for them."""
        hidden: Array = self._status == STATUS_CODE[Status.SUPPRESSED]
        return hidden

    @cached_property
    def published(self) -> Array:
        """Which values are published figures of the area: not hidden, filled in or missing."""
        own: Array = np.isfinite(self.values) & ~self.hidden & (self._status != STATUS_CODE[Status.IMPUTED])
        return own

    @property
    def _status(self) -> Array:
        status: Array = self.scoring.value_status[self.period, self.area]
        return status

    @cached_property
    def rescorer(self) -> Rescorer:
        """The way from values to scores."""
        return Rescorer(self.scoring)

    @cached_property
    def followed(self) -> Array:
        """Which values lead to their own scores on that way: recipes that treat or scale twice may not."""
        again = self.score(np.arange(len(self.indicators)), self.values[None])[0]
        size = max(float(np.max(np.abs(self.scores), initial=1.0, where=np.isfinite(self.scores))), 1.0)
        same: Array = np.isclose(again, self.scores, rtol=0.0, atol=1e-9 * size)
        return same

    @cached_property
    def peers(self) -> Array:
        """The area's peers by position, nearest first."""
        named = self.edition.peers.filter(pl.col("area") == self.code).sort("order")["peer"]
        return np.array([self.scoring.area_index[code] for code in named], dtype=np.int64)

    def score(self, indicators: Array, values: Floats) -> Floats:
        """Scores (cases, indicators) of values (cases, indicators) of some indicators, by position."""
        here = Places(indicators, np.full_like(indicators, self.period), np.full_like(indicators, self.area))
        return self.rescorer.at(here, values)

    def ceiling(self, i: int) -> float:
        """The highest score of an indicator's scale; where it has no end, the highest that was given."""
        method = self.edition.recipe.normalise.at(self.indicators[i].id)
        top = limits(method.name, dict(method.parameters))[1] if self.rescorer.is_straight(i) else np.inf
        if np.isfinite(top):
            return float(top)
        return float(np.fmax.reduce(self.scoring.scores[:, :, self.nodes[i]], axis=None))

    def values_for(self, indicators: Array, scores: Floats) -> Floats:
        """The values nearest to the present ones that have at least these scores (indicators,).

        Found by halving, so that any scale and curve will do: scores never fall on the way to the better end.
        """
        start = self.values[indicators]
        way = np.array([float(self.indicators[i].direction or 1) for i in indicators])
        short, far = np.zeros(len(start)), np.maximum(np.abs(start), 1.0) * 1e-6

        def enough(step: Floats) -> Array:
            with np.errstate(invalid="ignore", divide="ignore"):
                found = self.score(indicators, (start + way * step)[None])[0]
            reached: Array = ~(found < scores)  # past the end of a curve there is no score: that is too far
            return reached

        for _ in range(_DOUBLINGS):
            there = enough(far)
            if there.all():
                break
            short, far = np.where(there, short, far), np.where(there, far, far * 2.0)
        for _ in range(_HALVINGS):
            middle = (short + far) / 2
            there = enough(middle)
            short, far = np.where(there, short, middle), np.where(there, middle, far)
        values: Floats = start + way * np.where(self.scores[indicators] >= scores, 0.0, far)
        return values


def spot(edition: Edition, area: str, period: str | None) -> Spot:
    """An area, by code or name, in a period, the latest if none is named.

    Raises AREA-UNKNOWN, EXPLAIN-PERIOD.
    """
    return Spot(edition, area_at(edition, area), period_at(edition.scoring, period))
