"""How sure ranks are, arranged for pages: places that chance, or other choices, could give."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from commonweal.insight import words
from commonweal.model.edition import Edition
from commonweal.model.uncertainty import SURE, Uncertainty
from commonweal.publish.site.scale import percent

#: Why a score or rank need not lie in the middle of its range.
ASIDE: Final = (
    "A range may lie to one side of its score or rank: where few people stand behind a figure, an extreme one"
    " is taken to be partly chance, and the true one expected to be less extreme."
)
#: With more areas than this the places of a row are a line, not a dot each.
_DOTS: Final = 60


@dataclass(frozen=True, slots=True)
class Places:
    """A row of places with a band over those that an area could have; `own` is the one it has."""

    what: str
    means: str
    text: str
    dots: tuple[str, ...]
    own: str
    band_from: str
    band: str


@dataclass(frozen=True, eq=False)
class Sureness:
    """What an edition knows of how sure its latest ranks are; nothing where it was not worked out."""

    edition: Edition

    @cached_property
    def found(self) -> Uncertainty | None:
        """The uncertainty of the edition, where there is one."""
        held = self.edition.uncertainty
        return None if held is None or held.why_not else held

    @cached_property
    def _ends(self) -> tuple[Any, ...]:
        held = self.found
        return () if held is None else (held.ranks[-1].tolist(), held.ranges[-1].tolist())

    def by_chance(self, area: str, node: str) -> tuple[int, int] | None:
        """The places that chance alone could give, if that is known."""
        return self._between(0, area, node)

    def by_choice(self, area: str, node: str) -> tuple[int, int] | None:
        """The places in 9 of 10 re-runs with other choices, if there were any."""
        return self._between(1, area, node)

    def _between(self, which: int, area: str, node: str) -> tuple[int, int] | None:
        if self.found is None:
            return None
        scoring = self.edition.scoring
        low, high = self._ends[which][scoring.area_index[area]][scoring.node_index[node]]
        return (low, high) if low else None

    @cached_property
    def _scores(self) -> dict[tuple[str, str], tuple[float, float]]:
        if self.found is None:
            return {}
        columns = ("area", "node", "score_low", "score_high")
        return {row[:2]: row[2:] for row in self.found.chances.select(columns).rows()}

    def scores(self, area: str, node: str) -> tuple[float | None, float | None]:
        """The scores that chance alone could give, or nothing."""
        return self._scores.get((area, node), (None, None))

    def known_for(self, node: str) -> str:
        """For how many indicators below a node chance is known, in a sentence; empty where for none."""
        leaves = self.edition.framework.below(node)
        known = sum(leaf.id in self.found.known for leaf in leaves) if self.found else 0
        if not known:
            return ""
        if known == len(leaves):
            each = "its indicator" if known == 1 else f"all {words.count(known)} indicators"
            return f"How far chance could move a figure is known for {each}."
        which = "the one" if known == 1 else "those"
        rest = (
            "the other is taken as it is" if len(leaves) - known == 1 else "the others are taken as they are"
        )
        return (
            f"How far chance could move a figure is known for {known} of {len(leaves)} indicators, {which}"
            f" with a count or an interval; {rest}, so a range may be narrower than it should be."
        )

    def aside(self, area: str, node: str, rank: int, of: int, score: float) -> bool:
        """Whether a score is outside its range from chance, or a rank at an end of its own.

        First and last place are always at an end, which needs no word.
        """
        low, high = self.by_chance(area, node) or (rank, rank)
        at_end = low < high and (1 < rank == low or rank == high < of)
        least, most = self.scores(area, node)
        outside = least is not None and most is not None and not least <= score <= most
        return at_end or outside

    def has_ranks(self, node: str) -> bool:
        """Whether any area's rank for a node is known with the places that chance could give it."""
        return any(self.by_chance(area, node) for area in self.edition.scoring.areas)

    def together(self) -> tuple[tuple[str, ...], ...]:
        """Names of areas that can't be told apart in the index, best first."""
        names = self.edition.areas.names
        return tuple(tuple(names[a] for a in run) for run in self.found.groups) if self.found else ()

    def rows(self, area: str, node: str, rank: int, of: int) -> tuple[Places, ...]:
        """A row for chance and one for other choices: the places an area could have, and the one it has."""
        if self.found is None or not rank:
            return ()
        chance, choice = self.by_chance(area, node), self.by_choice(area, node)
        rows = []
        if chance:
            rows.append(_places("Chance alone", "could place it", chance, rank, of))
        if choice:
            rows.append(_places("Other choices of method", "in 9 of 10 re-runs", choice, rank, of))
        return tuple(rows)


def _places(what: str, means: str, ends: tuple[int, int], rank: int, of: int) -> Places:
    step = 96 / max(of - 1, 1)
    low, high = ends
    half = min(step / 2, 2.0)
    start, end = 2 + step * (low - 1) - half, 2 + step * (high - 1) + half
    return Places(
        what,
        means,
        between(ends),
        tuple(percent(2 + step * k) for k in range(of)) if of <= _DOTS else (),
        percent(2 + step * (rank - 1)),
        percent(start),
        percent(end - start),
    )


def between(ends: tuple[int, int] | None) -> str:
    """Places in words.

    >>> between((14, 17)), between((3, 3)), between(None)
    ('14th to 17th', '3rd', '')
    """
    if ends is None:
        return ""
    low, high = ends
    return words.ordinal(low) if low == high else f"{words.ordinal(low)} to {words.ordinal(high)}"


def figures(ends: tuple[int, int] | None) -> str:
    """Places as figures, for a column.

    >>> figures((1, 4)), figures((3, 3)), figures(None)
    ('1 to 4', '3', '')
    """
    if ends is None:
        return ""
    low, high = ends
    return str(low) if low == high else f"{low} to {high}"


def could_be_chance(probability: float | None) -> bool:
    """Whether a class is to be told with a question mark; not where nothing is known of chance.

    >>> could_be_chance(0.95), could_be_chance(0.6), could_be_chance(None)
    (False, True, False)
    """
    return probability is not None and probability < SURE
