"""Real change and re-statement: why a change between two published figures is not all change in the place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from commonweal.insight import words
from commonweal.insight.asked import area_at, period_at
from commonweal.model.edition import Edition
from commonweal.model.period import Period

#: Points that no figure with two decimals shows.
_NOTHING: Final = 0.005


@dataclass(frozen=True, slots=True)
class Restated:
    """The index of an area in an earlier period, as an older `edition` published it and as it is now.

    `published` is what that edition said of the period, `restated` what this one says of it, `now` the index
    of the latest period. change = real + restatement.
    """

    edition: str
    area: str
    period: str
    published: float
    restated: float
    now: float

    @property
    def change(self) -> float:
        """From the figure published then to the one published now."""
        return self.now - self.published

    @property
    def real(self) -> float:
        """What changed in the place: both periods on this edition's scale."""
        return self.now - self.restated

    @property
    def restatement(self) -> float:
        """What changed in the figure of the earlier period: corrected data, goalposts, weights, method."""
        return self.restated - self.published


def restated(edition: Edition, area: str, period: str, older: Mapping[str, pl.DataFrame]) -> Restated | None:
    """How an area's index of a period was re-stated since it was first published; None where it was not.

    `older` are the scores of earlier editions by name (columns of SCORES). Of those that published the period
    the one that ends soonest is taken, of several the last by name: what a reader saw when the period was
    new. Raises AREA-UNKNOWN, EXPLAIN-PERIOD.
    """
    scoring, root = edition.scoring, edition.framework.roots[0].id
    a, p = area_at(edition, area), period_at(scoring, period)
    published = {}
    for name, scores in older.items():
        own = scores.filter(
            (pl.col("period") == period) & (pl.col("area") == scoring.areas[a]) & (pl.col("node") == root)
        )["score"].drop_nulls()
        if own.len():
            ends = max(Period.parse(label) for label in scores["period"].unique())
            published[ends, name] = float(own[0])
    then, now = (float(scoring.scores[at, a, scoring.node_index[root]]) for at in (p, -1))
    if not published or then != then or now != now:
        return None
    soonest = min(ends for ends, _ in published)
    name = max(name for ends, name in published if ends == soonest)
    return Restated(name, scoring.areas[a], period, published[soonest, name], then, now)


def lines(edition: Edition, found: Restated) -> list[str]:
    """A re-statement in words."""
    name, latest = edition.areas.names[found.area], edition.periods[-1].label
    published = words.number(found.published, 2)
    said = f"The edition {found.edition} published {published} for {name} in {found.period}"
    if abs(found.restatement) < _NOTHING:
        return [f"{said}, as this one does: nothing was re-stated."]
    return [
        f"{said}; on this edition’s data, scale and weights it is {words.number(found.restated, 2)}.",
        f"From that figure to the one of {latest} is {words.signed(found.change, 2)}:"
        f" {words.signed(found.real, 2)} is change in {name}, {words.signed(found.restatement, 2)} is"
        f" re-statement of {found.period}.",
    ]
