"""Statements about one area from its scores and ranks: its finding, and where it stands out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from commonweal.insight import words
from commonweal.insight.facts import Facts, Statement
from commonweal.model.framework import Node

#: How many indicators are named as strongest, and as weakest.
_NAMED: Final = 3
#: The place in the middle: strong is before it, weak after it.
_MIDDLE: Final = 0.5
#: More names than this in one sentence become "and 4 others".
_LISTED: Final = 4


def about_areas(facts: Facts) -> Iterator[Statement]:
    """What an area page says from scores and ranks alone, area by area."""
    for area in range(len(facts.codes)):
        yield finding(facts, area)
        if facts.rank(area, facts.root) and facts.of(facts.root) > 1:
            yield _rank(facts, area)
        yield from _parts(facts, area)
        yield from _ends(facts, area)


def finding(facts: Facts, area: int) -> Statement:
    """The sentence under the area's name: where it is strongest, where weakest, and its place in all."""
    name, root = facts.names[area], facts.root
    parts = [part for part in facts.parts if facts.placed(area, part)]
    if not facts.rank(area, root):
        overall = f"{name} has no score for {facts.period}: {_unscored(facts, area)}."
    elif facts.of(root) == 1:
        overall = f"{name} scores {facts.headline(facts.score(area, root))}."
    else:
        overall = f"{name} comes {facts.place(area, root)}"
        said = len(parts) > 1 and {facts.of(part) for part in parts} == {facts.of(root)}
        overall += "" if said else f" {facts.of_areas(root)}"
        ends = facts.by_chance(area, root)
        moves = ends is not None and ends[0] != ends[1]
        overall += f"; chance alone could place it {words.between(*ends)}." if ends and moves else "."
    if len(parts) > 1:
        ends_of = _ends_of(facts, area, parts)
        scored = facts.rank(area, root)
        overall = f"{ends_of} Taken together, {overall}" if scored else f"{overall} {ends_of}"
    value = facts.score(area, root)
    return _said(facts, "finding", overall, area, root, value if np.isfinite(value) else None)


def _unscored(facts: Facts, area: int) -> str:
    """How many indicators have no figure that can be scored, where there is no index."""
    tree = facts.edition.framework
    lost = [node for node in tree.indicators if not np.isfinite(facts.score(area, node))]
    of = len(tree.indicators)
    if not lost:  # an area that was left out has its figures all the same
        return "too little is known about it"
    if len(lost) == of:
        return "no indicator has a figure that can be scored"
    verb = "has" if len(lost) == 1 else "have"
    return f"{words.count(len(lost))} of {of} indicators {verb} no figure that can be scored"


def _ends_of(facts: Facts, area: int, parts: list[Node]) -> str:
    best = _alike(facts, area, parts, min(parts, key=lambda part: facts.standing(area, part)))
    rest = [part for part in parts if part not in best]
    lead = f"{words.sentence(_strongest(facts, area, best[0]))} {facts.of_areas(best[0])}"
    if not rest:
        return f"{lead} in {_all_of(best)}."
    worst = _alike(facts, area, rest, max(rest, key=lambda part: facts.standing(area, part)))
    where = f"in {_few(best)}"
    of = "" if facts.of(worst[0]) == facts.of(best[0]) else f" {facts.of_areas(worst[0])}"
    return f"{lead} {where}, and {facts.place(area, worst[0])}{of} in {_few(worst)}."


def _few(nodes: list[Node]) -> str:
    """Nodes by name, as they stand in a sentence; of many the first, and how many others."""
    rest = f"other {words.types(nodes[0].level)}"
    return words.few([words.inside(node.name) for node in nodes], _LISTED, rest)


def _alike(facts: Facts, area: int, parts: list[Node], like: Node) -> list[Node]:
    """The parts in which an area has the same place, of as many."""

    def place(part: Node) -> tuple[str, int]:
        return facts.place(area, part), facts.of(part)

    return [part for part in parts if place(part) == place(like)]


def _strongest(facts: Facts, area: int, node: Node) -> str:
    place = facts.place(area, node)
    if node.is_indicator:  # strongest in crime would say the opposite
        return place
    return {"first": "strongest", "joint first": "joint strongest"}.get(place, place)


def _all_of(parts: list[Node]) -> str:
    level = words.types(parts[0].level, len(parts))
    return f"both {level}" if len(parts) == 2 else f"all {words.count(len(parts))} {level}"


def _rank(facts: Facts, area: int) -> Statement:
    root, score = facts.root, facts.score(area, facts.root)
    text = (
        f"{facts.names[area]} scores {facts.headline(score)}:"
        f" {facts.place(area, root)} {facts.of_areas(root)} in {facts.period}."
    )
    return _said(facts, "rank", text, area, root, score)


def _parts(facts: Facts, area: int) -> Iterator[Statement]:
    """The best dimension if it is in the better half, the worst if in the other, and their extremes."""
    parts = [part for part in facts.parts if facts.placed(area, part) and not part.is_indicator]
    if len(parts) < 2:
        return
    best, worst = (pick(parts, key=lambda n: facts.standing(area, n)) for pick in (min, max))
    for kind, part, end, stands_out in (
        ("dimension-best", best, "first", _strong(facts, area, best)),
        ("dimension-worst", worst, "last", _weak(facts, area, worst)),
    ):
        if not stands_out:
            continue
        score = facts.score(area, part)
        text = (
            f"{facts.names[area]} is {facts.place(area, part)} {facts.of_areas(part)}"
            f" for {words.inside(part.name)} ({facts.points(score)}{facts.chance(area, part)})"
        )
        named = [
            f"for {words.inside(child.name)}"
            for child in facts.edition.framework.children(part.id)
            if facts.placed(area, child) and facts.place(area, child) == end and not facts.chance(area, child)
        ]
        if named:
            text += f", and {end} {words.listed(named)}"
        yield _said(facts, kind, text + ".", area, part, score)


def _ends(facts: Facts, area: int) -> Iterator[Statement]:
    """The indicators at both ends of the scale, then those with the best and the worst ranks.

    Hidden values are left out: only the range of their scores is known, so no place stands out. So are
    indicators hidden in more than a fifth of the areas. Strong is in the better half, weak in the other.
    """
    known = [
        node
        for i, node in enumerate(facts.edition.framework.indicators)
        if facts.known[area, i] and facts.ranked_safely(node)
    ]
    scored = [node for node in known if facts.rank(area, node)]
    full = [node for node in scored if facts.top and facts.score(area, node) >= facts.top]
    zero = [node for node in scored if facts.top and facts.score(area, node) <= 0]
    if full:
        yield _at_the_end(facts, area, full, "top-scores", "100", "best")
    if zero:
        yield _at_the_end(facts, area, zero, "zero-scores", "0", "worst")
    ends = {node.id for node in full + zero}
    rest = [node for node in scored if node.id not in ends and facts.of(node) > 1]
    ranked = sorted(rest, key=lambda n: (facts.standing(area, n), -facts.score(area, n), n.id))
    strong = [node for node in ranked if _strong(facts, area, node)]
    weak = [node for node in reversed(ranked) if _weak(facts, area, node)]
    for kind, nodes in (("strongest", strong), ("weakest", weak)):
        for node in nodes[:_NAMED]:
            yield _indicator(facts, area, node, kind)


def _strong(facts: Facts, area: int, node: Node) -> bool:
    """Whether a place is in the better half, and every place that chance could give too."""
    _, worst = facts.by_chance(area, node) or (0, facts.rank(area, node))
    return facts.share(worst, node) < _MIDDLE


def _weak(facts: Facts, area: int, node: Node) -> bool:
    """Whether a place is in the other half, and every place that chance could give too."""
    best, _ = facts.by_chance(area, node) or (facts.rank(area, node), 0)
    return facts.share(best, node) > _MIDDLE


def _at_the_end(facts: Facts, area: int, nodes: list[Node], kind: str, score: str, point: str) -> Statement:
    text = (
        f"{facts.names[area]} is at, or past, the {point} point of the scale ({score} of 100)"
        f" for {_few(nodes)}."
    )
    return Statement(kind, text, facts.codes[area], "", "", float(len(nodes)))


def _indicator(facts: Facts, area: int, node: Node, kind: str) -> Statement:
    score, value = facts.score(area, node), facts.shown[area, facts.indicator_index[node.id]]
    place = facts.place(area, node)
    points = f"{facts.points(score)}{facts.chance(area, node)}"
    text = f"{words.plain(node.name)}: {place} {facts.of_areas(node)} ({points})"
    if np.isfinite(value):
        text += f", at {words.amount(float(value), node.unit)}"
        ranked = facts.ranks[:, facts.index(node)] > 0
        if place in ("first", "last") and facts.known[ranked, facts.indicator_index[node.id]].all():
            text += ", the lowest" if (place == "first") == (node.direction == -1) else ", the highest"
    return _said(facts, kind, text + ".", area, node, score)


def _said(facts: Facts, kind: str, text: str, area: int, node: Node, value: float | None) -> Statement:
    return Statement(kind, text, facts.codes[area], node.id, "all", value)
