"""Overtaking: how far the order of two areas hangs on the weights, and what change of weights swaps them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Floats
from commonweal.insight import words
from commonweal.insight.asked import area_at, node_at
from commonweal.insight.facts import Facts, Statement
from commonweal.insight.forming import Forming, bend, formings, shares
from commonweal.methods.overtake import Swap, share_above, smallest_swap
from commonweal.model.comparisons import OVERTAKING
from commonweal.model.edition import Edition, Scoring
from commonweal.model.framework import Framework, Node

#: A part of the weight smaller than this is the rounding of floating point.
_NOTHING: Final = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Race:
    """Two areas under all weightings of a parent's children.

    `weightings` is the share of all weightings, each as likely, in which `area` is above `other`. `swap`
    holds the nearest weights that make them level, None where none do; `weights` are the edition's own. Where
    `why_not` says why nothing can be said, the rest is empty.
    """

    node: str
    area: str
    other: str
    parts: tuple[str, ...] = ()
    weightings: float = np.nan
    weights: Floats | None = None
    swap: Swap | None = None
    why_not: str = ""

    @property
    def givers(self) -> tuple[str, ...]:
        """The parts that lose weight on the way to level scores."""
        return tuple(part for part, moved in self._moved if moved < -_NOTHING)

    @property
    def taker(self) -> str:
        """The part that gains it."""
        return next((part for part, moved in self._moved if moved > _NOTHING), "")

    @property
    def _moved(self) -> list[tuple[str, float]]:
        if self.swap is None or self.weights is None:
            return []
        return list(zip(self.parts, (self.swap.weights - self.weights).tolist(), strict=True))


def race(edition: Edition, area: str, other: str, *, node: str | None = None) -> Race:
    """Whether `area` or `other` is above in a node, whatever its weights; the index if no node is named.

    The mean of parts x_i with weights w_i keeps the order of sum w_i f(x_i), f the bend of its power mean and
    x_i as the floor leaves them. The latest period. Raises AREA-UNKNOWN, EXPLAIN-NODE.
    """
    scoring = edition.scoring
    one, two, top = area_at(edition, area), area_at(edition, other), node_at(scoring, node)
    form = next((form for form in formings(scoring) if form.node == top), None)
    if form is None:
        plain = scoring.framework.nodes[top]
        reason = f"{words.inside(plain.name)} has no parts"
        return Race(plain.id, scoring.areas[one], scoring.areas[two], why_not=reason)
    return _Ground(scoring, form).race(one, two)


def overtaking(scoring: Scoring) -> pl.DataFrame:
    """What it takes for each area to pass the one just above it in the index, columns of `OVERTAKING`.

    The one above is that with the next better rank (of several with that rank, the first by code). No row
    for who is first, nor where it can't be said: other means than power means, weights of each area's own,
    and pairs of which not the same parts are known.
    """
    root = scoring.framework.roots[0]
    form = next((form for form in formings(scoring) if form.id == root.id), None)
    rows: list[tuple[object, ...]] = []
    if form is not None:
        ground = _Ground(scoring, form)
        for area, above in _neighbours(scoring, form):
            found = ground.race(area, above)
            if not found.why_not:
                rows.append(_row(scoring, found))
    return pl.DataFrame(rows, schema=OVERTAKING, orient="row").sort("area")


def _neighbours(scoring: Scoring, form: Forming) -> Iterator[tuple[int, int]]:
    """Each ranked area with the one just above it, positions."""
    ranks = scoring.ranks[-1, :, form.node]
    order = [int(a) for a in np.argsort(ranks, kind="stable") if ranks[a] > 0]
    above, leader = -1, -1
    for area in order:
        if leader < 0 or ranks[area] != ranks[leader]:
            above, leader = leader, area
        if above >= 0:
            yield area, above


def _row(scoring: Scoring, found: Race) -> tuple[object, ...]:
    shift = None if found.swap is None else found.swap.moved
    return (
        scoring.periods[-1].label, found.area, found.node, found.other,
        found.weightings, shift, " ".join(found.givers), found.taker,
    )  # fmt: skip


class _Ground:
    """One parent's children in the latest period, bent and weighed once for all pairs."""

    def __init__(self, scoring: Scoring, form: Forming) -> None:
        self._scoring, self._form = scoring, form
        children = scoring.scores[-1][:, form.children]
        self._known = np.isfinite(children)
        held = scoring.area_weights_of(form.id, len(scoring.periods) - 1)
        self._own_weights = len(held) > 1
        self._weights = shares(children, np.broadcast_to(held, children.shape))
        self._bent = bend(form.lifted(children), form.p) if form.exact else children

    def race(self, one: int, two: int) -> Race:
        """The race of two areas (positions)."""
        tree, codes = self._scoring.framework, self._scoring.areas
        ends = (self._form.id, codes[one], codes[two])
        if reason := self._why_not(one, two):
            return Race(*ends, why_not=reason)
        there = self._known[one]
        parts = tuple(
            child.id for child, known in zip(tree.children(self._form.id), there, strict=True) if known
        )
        weights = self._weights[one, there]
        lead = self._bent[one, there] - self._bent[two, there]
        lead = np.where(np.abs(lead) <= _NOTHING * np.abs(self._bent[[one, two]][:, there]).max(), 0.0, lead)
        ever = lead.max() > 0 if float(weights @ lead) <= 0 else lead.min() < 0
        swap = smallest_swap(lead, weights) if ever else None
        return Race(*ends, parts, share_above(lead), weights, swap)

    def _why_not(self, one: int, two: int) -> str:
        name = words.inside(self._scoring.framework[self._form.id].name)
        if not self._form.exact:
            return f"{name} is formed by {words.way(self._form.way)}, not by a mean of weighted parts"
        if self._own_weights:
            return "each area has its own weights"
        if not self._known[[one, two]].any(axis=1).all():
            return "one of them has no score"
        if (self._known[one] != self._known[two]).any():
            return "not the same parts are known of both"
        return ""


# ---- in words ----


def lines(edition: Edition, found: Race) -> list[str]:
    """What the order of two areas hangs on, as sentences."""
    names, tree = edition.areas.names, edition.framework
    name, other = names[found.area], names[found.other]
    if found.why_not:
        return [f"How the order of {name} and {other} hangs on the weights can’t be said: {found.why_not}."]
    parts = _parts([tree[id] for id in found.parts])
    if found.swap is None:
        ahead, behind = (name, other) if found.weightings > 0 else (other, name)
        if found.weightings in (0.0, 1.0):
            return [
                f"{ahead} counts for at least as much as {behind} in every one of {parts}, so no weights"
                f" would put {behind} above it."
            ]
    said = f"{name} is above {other} in {_share(found.weightings)} of all ways to weigh {parts}."
    if found.swap is None or found.swap.moved <= _NOTHING:
        return [said]
    return [said, f"They would be level if {_shift(tree, found)}."]


def _share(share: float) -> str:
    """A share as a percentage that is never rounded to all or nothing."""
    if 0 < share < 0.01:
        return "less than 1%"
    if 0.99 < share < 1:
        return "more than 99%"
    return f"{100 * share:.0f}%"


def _shift(tree: Framework, found: Race) -> str:
    return _moved(tree, found.node, found.swap.moved if found.swap else 0.0, found.givers, found.taker)


def _moved(tree: Framework, node: str, shift: float, givers: Sequence[str], taker: str) -> str:
    """ "12% of the weight in the index moved from shelter to health"."""
    size = f"{100 * shift:.0f}%" if shift >= 0.01 else "less than 1%"
    from_ = words.listed([words.inside(tree[id].name) for id in givers])
    whole = "the index" if not tree[node].parent else words.inside(tree[node].name)
    return f"{size} of the weight in {whole} moved from {from_} to {words.inside(tree[taker].name)}"


def about_overtaking(facts: Facts) -> Iterator[Statement]:
    """What it would take for an area to pass the one just above it."""
    tree = facts.edition.framework
    for row in facts.edition.overtaking.iter_rows(named=True):
        name, above = facts.name(row["area"]), facts.name(row["other"])
        parts = _parts(tree.children(facts.root.id))
        if row["shift"] is None:
            text = (
                f"{name} would not pass {above}, just above it, under any weights: {above} counts for at"
                f" least as much in every one of {parts}."
            )
        else:
            how = _moved(tree, row["node"], row["shift"], row["giver"].split(), row["taker"])
            text = (
                f"{name} would draw level with {above}, just above it, if {how}; {name} is above in"
                f" {_share(row['weightings'])} of all ways to weigh {parts}."
            )
        yield Statement("overtake", text, row["area"], row["node"], row["other"], row["weightings"])


def _parts(nodes: Sequence[Node]) -> str:
    """ "the three dimensions"."""
    return f"the {words.count(len(nodes))} {words.types(nodes[0].level, len(nodes))}"
