"""Why a score is what it is: what unevenness costs, and what sets an area apart from its peers."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

from commonweal.errors import CommonwealError
from commonweal.insight import explain, words
from commonweal.publish.site.lookup import Lookup
from commonweal.publish.site.scale import percent

#: How many indicators are named on each side of a gap.
NAMED = 5


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a sum: its name, its points, and its page if it has one."""

    name: str
    points: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Unevenness:
    """What being uneven costs: the score, the plain mean of the same scores, and where the points go.

    `at`, `width` and `end` place the bar; `late` says that it ends in the right half.
    """

    score: str
    plain: str
    points: str
    parts: tuple[Part, ...]
    at: str
    width: str
    end: str
    late: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """What sets an area apart from its peers: parts that add up, and the indicators that weigh most."""

    says: str
    other: str
    centre: str
    parts: tuple[Part, ...]
    total: str
    back: tuple[Part, ...]
    forward: tuple[Part, ...]


def unevenness(lookup: Lookup, area: str) -> Unevenness | None:
    """The cost of unevenness of an area's index; None where it has none to speak of."""
    root = lookup.root
    parts, score = lookup.unevenness.get((area, root.id), ()), lookup.score(area, root.id)
    points = sum(cost for _, cost in parts)
    if not parts or isnan(score) or points < 0.005:
        return None
    count = len(lookup.framework.children(root.id))
    between = (
        f"between the {words.count(count)} {words.types(lookup.framework.children(root.id)[0].level, count)}"
    )
    named = [
        Part(between if part == root.id else f"within {lookup.framework[part].name}", words.number(cost, 2))
        for part, cost in sorted(parts, key=lambda p: -p[1])
    ]
    return Unevenness(
        words.number(score, 2),
        words.number(score + points, 2),
        words.number(points, 2),
        tuple(named),
        percent(lookup.scale.at(score)),
        percent(lookup.scale.at(score + points) - lookup.scale.at(score)),
        percent(lookup.scale.at(score + points)),
        lookup.scale.at(score + points) > 50,
    )


def gap_to_peers(lookup: Lookup, area: str) -> Gap | None:
    """The gap between an area's index and the mean of its peers', split exactly."""
    if area not in lookup.peers or isnan(lookup.score(area, lookup.root.id)):
        return None
    try:
        split = explain.gap(lookup.edition, area, "peers")
    except CommonwealError:  # no peer has a score, or the method has no exact split
        return None
    tree, inexact = lookup.framework, split.inexact
    if lookup.root.id in inexact:
        return None
    rows = [row for row in split.frame.select("node", "kind", "depth", "points").rows() if row[3] is not None]
    parts = [
        Part("weights and gaps" if kind == explain.WEIGHTS else tree[node].name, words.signed(points, 2))
        for node, kind, depth, points in rows
        if depth == 1 and (kind != explain.WEIGHTS or abs(points) >= 0.005)
    ]
    leaves: dict[str, float] = {}
    for node, _, _, points in rows:
        if tree[node].is_indicator or node in inexact:
            leaves[node] = leaves.get(node, 0.0) + points
    ordered = sorted(leaves.items(), key=lambda leaf: (leaf[1], leaf[0]))
    back = [leaf for leaf in ordered if leaf[1] <= -0.005][:NAMED]
    forward = [leaf for leaf in reversed(ordered) if leaf[1] >= 0.005][:NAMED]

    def part(row: tuple[str, float]) -> Part:
        return Part(tree[row[0]].name, words.signed(row[1], 2), f"../nodes/{lookup.node_files[row[0]]}")

    name, direction = lookup.names[area], "ahead of" if split.total > 0 else "behind"
    says = f"{name} is {words.points(split.total, 2)} {direction} its peers"
    return Gap(
        says,
        words.number(split.other, 2),
        lookup.edition.peer_rule.centre if lookup.edition.peer_rule else "",
        tuple(parts),
        words.signed(split.total, 2),
        tuple(part(row) for row in back),
        tuple(part(row) for row in forward),
    )
