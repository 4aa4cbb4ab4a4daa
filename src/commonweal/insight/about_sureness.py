"""Statements on how sure ranks and marks are: what chance, and other choices of method, could have made."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import numpy as np

from commonweal.insight import words
from commonweal.insight.facts import Facts, Statement

#: More names than this in one sentence become "and 4 others".
_LISTED: Final = 3


def about_sureness(facts: Facts) -> Iterator[Statement]:
    """What is said of the places that areas could have, and of marks that chance alone would make."""
    for area in range(len(facts.codes)):
        yield from _places(facts, area)
        yield from _alike(facts, area)
    yield from _marks(facts)
    yield from _neighbours(facts)


def _places(facts: Facts, area: int) -> Iterator[Statement]:
    """Between which places chance, and other choices, could put an area."""
    root, name = facts.root, facts.names[area]
    chance, choice = facts.by_chance(area, root), facts.by_choice(area, root)
    if chance is None and choice is None:
        return
    if chance is None:
        text = f"In 9 of 10 re-runs with other choices {name} was {_where(choice)}."
    elif chance[0] == chance[1]:
        text = f"Chance alone would leave {name} {words.ordinal(chance[0])}"
        text += f"; in 9 of 10 re-runs with other choices it was {_where(choice)}." if choice else "."
    else:
        text = f"Chance alone could place {name} {_where(chance)}"
        text += f"; in 9 of 10 re-runs with other choices it was {_where(choice)}." if choice else "."
    ends = chance or (None, None)
    yield Statement(
        "rank-range", text, facts.codes[area], root.id, "all", float(facts.rank(area, root)),
        lower=ends[0], upper=ends[1],
    )  # fmt: skip


def _where(ends: tuple[int, int] | None) -> str:
    low, high = ends or (0, 0)
    return words.ordinal(low) if low == high else f"between {words.ordinal(low)} and {words.ordinal(high)}"


def _alike(facts: Facts, area: int) -> Iterator[Statement]:
    """Which areas one can't be told apart from, where each was compared with each."""
    if not facts.pairs_known or not facts.rank(area, facts.root):
        return
    scored = np.flatnonzero(facts.ranks[:, facts.index(facts.root)])
    others = scored[scored != area]
    same = others[~facts.apart(area, others)]
    if not len(same):
        return
    ordered = sorted(same, key=lambda a: (abs(facts.rank(a, facts.root) - facts.rank(area, facts.root)), a))
    named = words.few([facts.names[a] for a in ordered], _LISTED, f"other {facts.types()}")
    text = f"{facts.names[area]} can’t be told apart from {named}."
    yield Statement("alike", text, facts.codes[area], facts.root.id, "all", float(len(same)))


def _marks(facts: Facts) -> Iterator[Statement]:
    """How many marks over or under chance alone would make, next to how many there are."""
    found = facts.edition.uncertainty
    for code, (expected, known) in found.marks.items() if found else ():
        of = "the one indicator" if known == 1 else f"the {words.count(known)} indicators"
        text = (
            f"On {of} of which it is known how far chance could move them, chance alone would make"
            f" {_about(expected)} over or under, were all {facts.types()} alike. Of these rely on the solid"
            " marks; one with a question mark could be chance."
        )
        yield Statement("marks-by-chance", text, code, "", "peers", expected)


def _about(marks: float) -> str:
    """A number of marks that is a mean.

    >>> _about(5.8), _about(1.2), _about(0.3)
    ('about six marks', 'about one mark', 'hardly a mark')
    """
    whole = round(marks)
    if not whole:
        return "hardly a mark"
    return f"about {words.count(whole)} {'mark' if whole == 1 else 'marks'}"


def _neighbours(facts: Facts) -> Iterator[Statement]:
    """How many neighbours in the ranking of the index can't be told apart, and of the pairs further apart."""
    ranks = facts.ranks[:, facts.index(facts.root)]
    order = [int(a) for a in sorted(np.flatnonzero(ranks), key=lambda a: (ranks[a], a))]
    if len(order) < 2 or facts.by_chance(order[0], facts.root) is None:
        return
    same = sum(not facts.apart(one, np.array([other]))[0] for one, other in pairwise(order))
    count = len(order) - 1
    if same == 0:
        text = f"Each of the {len(order):,} {facts.types()} can be told apart from the next in the ranking"
    elif count == 1:
        text = f"The two {facts.types()} can’t be told apart"
    else:
        many = "none can" if same == count else f"{words.count(same)} can’t"
        text = f"Of {count:,} pairs of neighbours in the ranking {many} be told apart"
    text += _further(facts, order, same)
    yield Statement("neighbours", f"{text}.", "", "", "all", float(same))


def _further(facts: Facts, order: list[int], same: int) -> str:
    """What is to be said of pairs that are no neighbours, where each was compared with each."""
    others = [(one, np.array(order[k + 2 :])) for k, one in enumerate(order[:-2])]
    if not facts.pairs_known or not others:
        return ""
    alike = sum(int((~facts.apart(one, rest)).sum()) for one, rest in others)
    pairs = sum(len(rest) for _, rest in others)
    if not alike:
        return "; all pairs further apart can" if same else ""
    return f"; of the {pairs:,} pairs further apart {words.count(alike)} can’t"
