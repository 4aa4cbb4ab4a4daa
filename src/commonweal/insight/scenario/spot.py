"""An area in a period: its figures, and the way from a figure to a score that the edition has fixed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np

from commonweal.arrays import Array, Floats
from commonweal.insight import words
from commonweal.insight.asked import area_at, need_score, node_at, period_at
from commonweal.insight.scenario.possible import possible
from commonweal.insight.uncertainty.evidence import Rescorer
from commonweal.methods.normalise import limits
from commonweal.model.edition import Edition, Scoring
from commonweal.model.framework import Node
from commonweal.model.observation import STATUS_CODE, Status

#: Halvings that leave no more than the last digit of a figure, and doublings that reach any figure.
_HALVINGS: Final = 64
_DOUBLINGS: Final = 80


class Places(NamedTuple):
    """Cells of an edition, by position."""

    indicator: Array
    period: Array
    area: Array


@dataclass(frozen=True, eq=False)
class Ground:
    """An edition in a period, and the node that a question is about: the index, if not another.

    Arrays are (areas, indicators), in framework order.
    """

    edition: Edition
    period: int
    node: int

    @property
    def scoring(self) -> Scoring:
        """The edition's scoring."""
        return self.edition.scoring

    @property
    def label(self) -> str:
        """The period's label."""
        return self.scoring.periods[self.period].label

    @property
    def top(self) -> Node:
        """The node that is asked about."""
        return self.edition.framework.nodes[self.node]

    @property
    def called(self) -> str:
        """What an area's score of it is called: "index", "score for shelter"."""
        return f"score{self.about}" if self.about else "index"

    @property
    def about(self) -> str:
        """What to add to a place or a class that is not of the index: " for shelter"."""
        return f" for {words.inside(self.top.name)}" if self.top.parent else ""

    @property
    def indicators(self) -> tuple[Node, ...]:
        """The indicators."""
        return self.edition.framework.indicators

    @cached_property
    def nodes(self) -> Array:
        """The position of each indicator among the nodes."""
        return np.array([self.scoring.node_index[node.id] for node in self.indicators])

    @cached_property
    def below(self) -> Array:
        """The indicators that the node is formed of; itself, where it is one."""
        ids = {node.id for node in self.edition.framework.below(self.top.id)}
        return np.array([i for i, node in enumerate(self.indicators) if node.id in ids])

    @property
    def tops(self) -> Floats:
        """Scores of the node asked about, by area."""
        scores: Floats = self.scoring.scores[self.period, :, self.node]
        return scores

    @property
    def scores(self) -> Floats:
        """Scores of the indicators, nan for none."""
        scores: Floats = self.scoring.scores[self.period][:, self.nodes]
        return scores

    @cached_property
    def hidden(self) -> Array:
        """Which values are hidden: only a range is published for them."""
        hidden: Array = self.scoring.value_status[self.period] == STATUS_CODE[Status.SUPPRESSED]
        return hidden

    @cached_property
    def known(self) -> Floats:
        """Scores (periods, areas, indicators) of published figures; nan where hidden, filled in, missing."""
        status = self.scoring.value_status
        own = (status != STATUS_CODE[Status.SUPPRESSED]) & (status != STATUS_CODE[Status.IMPUTED])
        return np.where(own & np.isfinite(self.scoring.values), self.scoring.scores[:, :, self.nodes], np.nan)

    @cached_property
    def published(self) -> Array:
        """Which values are published figures of the area: not hidden, filled in or missing."""
        filled = self.scoring.value_status[self.period] == STATUS_CODE[Status.IMPUTED]
        own: Array = np.isfinite(self.scoring.values[self.period]) & ~self.hidden & ~filled
        return own

    @cached_property
    def rescorer(self) -> Rescorer:
        """The way from values to scores."""
        return Rescorer(self.scoring)

    @cached_property
    def followed(self) -> Array:
        """Which values lead to their own scores on that way: recipes that treat or scale twice may not."""
        areas, indicators = (axis.reshape(-1) for axis in np.indices(self.published.shape))
        values = self.scoring.values[self.period].reshape(1, -1)
        again = self.rescorer.at(Places(indicators, np.full_like(areas, self.period), areas), values)
        size = np.max(np.abs(self.scores), axis=1, initial=1.0, where=np.isfinite(self.scores))
        same: Array = np.abs(again.reshape(self.scores.shape) - self.scores) <= 1e-9 * size[:, None]
        return same

    @cached_property
    def peers(self) -> list[Array]:
        """The peers of each area by position, nearest first."""
        at = self.scoring.area_index
        found: list[list[int]] = [[] for _ in self.scoring.areas]
        for area, peer in self.edition.peers.sort("order").select("area", "peer").iter_rows():
            found[at[area]].append(at[peer])
        return [np.array(some, dtype=np.int64) for some in found]

    @cached_property
    def ceilings(self) -> Floats:
        """The highest score of each indicator's scale; where it has no end, the highest that was given."""
        return np.array([self._ceiling(i) for i in range(len(self.indicators))])

    @cached_property
    def possible(self) -> Floats:
        """The least and the most that each indicator can be (2, indicators)."""
        return possible(self.edition)

    def _ceiling(self, i: int) -> float:
        method = self.edition.recipe.normalise.at(self.indicators[i].id)
        top = limits(method.name, dict(method.parameters))[1] if self.rescorer.is_straight(i) else np.inf
        if np.isfinite(top):
            return float(top)
        return float(np.fmax.reduce(self.scoring.scores[:, :, self.nodes[i]], axis=None))


@dataclass(frozen=True, eq=False)
class Spot:
    """An area (a position) on the ground. Arrays of it are by indicator, in framework order."""

    ground: Ground
    area: int

    @property
    def edition(self) -> Edition:
        """The edition."""
        return self.ground.edition

    @property
    def scoring(self) -> Scoring:
        """The edition's scoring."""
        return self.ground.scoring

    @property
    def period(self) -> int:
        """The period, by position."""
        return self.ground.period

    @property
    def label(self) -> str:
        """The period's label."""
        return self.ground.label

    @property
    def top(self) -> Node:
        """The node that is asked about."""
        return self.ground.top

    @property
    def code(self) -> str:
        """The area's code."""
        return self.scoring.areas[self.area]

    @property
    def name(self) -> str:
        """The area's name."""
        return self.edition.areas.names[self.code]

    @property
    def indicators(self) -> tuple[Node, ...]:
        """The indicators."""
        return self.ground.indicators

    @property
    def nodes(self) -> Array:
        """The position of each indicator among the nodes."""
        return self.ground.nodes

    @property
    def values(self) -> Floats:
        """Values in the units of their sources, nan for none."""
        values: Floats = self.scoring.values[self.period, self.area]
        return values

    @property
    def scores(self) -> Floats:
        """Scores, nan for none."""
        scores: Floats = self.ground.scores[self.area]
        return scores

    @property
    def hidden(self) -> Array:
        """Which values are hidden: only a range is published for them."""
        hidden: Array = self.ground.hidden[self.area]
        return hidden

    @property
    def published(self) -> Array:
        """Which values are published figures of the area."""
        published: Array = self.ground.published[self.area]
        return published

    @property
    def followed(self) -> Array:
        """Which values lead to their own scores again."""
        followed: Array = self.ground.followed[self.area]
        return followed

    def is_straight(self, i: int) -> bool:
        """Whether an indicator's scores lie on a line; else they are read off."""
        return self.ground.rescorer.is_straight(i)

    def score(self, indicators: Array, values: Floats) -> Floats:
        """Scores (cases, indicators) of values (cases, indicators) of some indicators, by position."""
        here = Places(indicators, np.full_like(indicators, self.period), np.full_like(indicators, self.area))
        return self.ground.rescorer.at(here, values)

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


def ground(edition: Edition, node: str | None, period: str | None) -> Ground:
    """A node, by id or name, the index if none is named, in a period, the latest if none is named.

    Raises EXPLAIN-NODE, EXPLAIN-PERIOD.
    """
    return Ground(edition, period_at(edition.scoring, period), node_at(edition.scoring, node))


def spot(edition: Edition, area: str, period: str | None) -> Spot:
    """An area, by code or name, and its index. Raises AREA-UNKNOWN, EXPLAIN-PERIOD."""
    return Spot(ground(edition, None, period), area_at(edition, area))


def scored_spot(edition: Edition, area: str, node: str | None, period: str | None) -> Spot:
    """An area and the node that is to rise.

    Raises AREA-UNKNOWN, EXPLAIN-NODE, EXPLAIN-PERIOD, EXPLAIN-SCORE.
    """
    here = Spot(ground(edition, node, period), area_at(edition, area))
    need_score(edition, here.ground.node, here.period, here.area)
    return here
