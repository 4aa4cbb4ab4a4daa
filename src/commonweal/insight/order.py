"""In what order what is said of an area is read: strongest first, weakest first, then the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Protocol, TypeVar

from commonweal.model.edition import Scoring

STRONG: Final = ("dimension-best", "top-scores", "strongest")
WEAK: Final = ("dimension-worst", "zero-scores", "weakest")
#: Why a score is what it is.
WHY: Final = ("unevenness", "holds-back", "lifts")
COMPARED: Final = (
    "rank", "rank-range", "alike", "marks", "marks-by-chance", "progress", "trend", "benchmark", "cluster",
    "overtake",
)  # fmt: skip


class Said(Protocol):
    """A statement, as far as its order goes."""

    @property
    def kind(self) -> str:
        """What the sentence is about."""

    @property
    def area(self) -> str:
        """The area's code; empty for the place."""

    @property
    def node(self) -> str:
        """The node's id; empty where the sentence has none."""


S = TypeVar("S", bound=Said)


def columns(scoring: Scoring, said: Iterable[S]) -> tuple[tuple[str, tuple[S, ...]], ...]:
    """What stands out in an area, under headings: best first, worst first, then what it compares with.

    The finding and the reasons of the score (`WHY`) stand elsewhere. A heading with nothing below is left
    out.
    """
    held = [s for s in said if s.kind not in ("finding", *WHY)]
    best_first = sorted(held, key=lambda s: standing(scoring, s))
    worst_first = sorted(held, key=lambda s: -standing(scoring, s))
    rest = [s for s in held if s.kind not in STRONG + WEAK]
    other = (*by_kind(rest, COMPARED), *(s for s in rest if s.kind not in COMPARED))
    found = (
        ("Strongest", by_kind(best_first, STRONG)),
        ("Weakest", by_kind(worst_first, WEAK)),
        ("Compared and changing", other),
    )
    return tuple((heading, statements) for heading, statements in found if statements)


def by_kind(said: Sequence[S], kinds: tuple[str, ...]) -> tuple[S, ...]:
    """Those of some kinds, in the order of the kinds."""
    return tuple(sorted((s for s in said if s.kind in kinds), key=lambda s: kinds.index(s.kind)))


def standing(scoring: Scoring, said: Said) -> float:
    """A statement's place among all, from 0 for first to 1 for last; 0 where it is about no one node."""
    if not said.node:
        return 0.0
    a, n = scoring.area_index[said.area], scoring.node_index[said.node]
    return (int(scoring.ranks[-1, a, n]) - 1) / max(1, int(scoring.of[-1, n]) - 1)
