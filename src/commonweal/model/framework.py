"""The tree of what is measured: index > dimension > component > indicator, or any other depth."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from commonweal.errors import Fault, raise_any

INDICATOR: Final = "indicator"
_ID = re.compile(r"[a-z0-9][a-z0-9_-]*")

#: The columns of framework.csv, in order.
COLUMNS: Final = (
    "id", "name", "parent", "level", "direction", "unit", "weight", "worst", "best", "target",
    "description", "source", "licence", "denominator", "subject", "code",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Node:
    """An element of the tree. `direction` (1 up is good, -1 down is good) belongs to indicators only.

    `weight` is a share among siblings, a blank one is 1. `worst`, `best` and `target` are in the units
    that normalisation meets, before direction.
    """

    id: str
    name: str
    parent: str = ""
    level: str = INDICATOR
    direction: int | None = None
    unit: str = ""
    weight: float = 1.0
    worst: float | None = None
    best: float | None = None
    target: float | None = None
    description: str = ""
    source: str = ""
    licence: str = ""
    denominator: str = ""
    subject: str = ""
    #: what other programs call this node
    code: str = ""

    @property
    def is_indicator(self) -> bool:
        """Whether values are observed for this node."""
        return self.level == INDICATOR


@dataclass(frozen=True)
class Framework:
    """A valid tree of nodes, in the order they were given.

    Raises FRAMEWORK-DUPLICATE, -ID, -ORPHAN, -CYCLE, -DIRECTION, -GOALPOSTS, -WEIGHT, -LEVEL, -EMPTY:
    every one that is found, each with `path` = (node id, column).

    >>> tree = Framework((Node("index", "Index", level="index"),
    ...                   Node("crime", "Crime rate", "index", direction=-1)))
    >>> tree.levels
    ('indicator', 'index')
    >>> [node.id for node in tree.children("index")]
    ['crime']
    """

    nodes: tuple[Node, ...]
    _by_id: Mapping[str, Node] = field(init=False, repr=False, compare=False)
    _children: Mapping[str, tuple[Node, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {node.id: node for node in self.nodes})
        children: dict[str, list[Node]] = {}
        for node in self.nodes:
            children.setdefault(node.parent, []).append(node)
        object.__setattr__(self, "_children", {k: tuple(v) for k, v in children.items()})
        raise_any(self._faults())

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    def __len__(self) -> int:
        return len(self.nodes)

    def __contains__(self, id: object) -> bool:
        return id in self._by_id

    def __getitem__(self, id: str) -> Node:
        return self._by_id[id]

    @cached_property
    def roots(self) -> tuple[Node, ...]:
        """The nodes without a parent; the first is the index."""
        return self._children.get("", ())

    @cached_property
    def indicators(self) -> tuple[Node, ...]:
        """The observed nodes, in framework order."""
        return tuple(node for node in self.nodes if node.is_indicator)

    @cached_property
    def parents(self) -> tuple[Node, ...]:
        """The nodes that are formed from others, every child before its parent."""
        return tuple(
            sorted((n for n in self.nodes if not n.is_indicator), key=lambda n: -len(self.ancestors(n.id)))
        )

    @cached_property
    def levels(self) -> tuple[str, ...]:
        """The level names, from indicators up to the index."""
        depth: dict[str, int] = {}
        for node in self.nodes:
            depth[node.level] = max(depth.get(node.level, 0), self._height(node))
        return tuple(sorted(depth, key=lambda level: depth[level]))

    def children(self, id: str) -> tuple[Node, ...]:
        """The nodes directly below `id`, in framework order."""
        return self._children.get(id, ())

    def ancestors(self, id: str) -> tuple[Node, ...]:
        """The nodes above `id`, nearest first."""
        found: list[Node] = []
        parent = self._by_id[id].parent
        while parent:
            found.append(self._by_id[parent])
            parent = found[-1].parent
        return tuple(found)

    @property
    def grouping(self) -> str:
        """The level of the parents of indicators; "group" where they are not all of one."""
        found = {self._by_id[node.parent].level for node in self.indicators}
        return found.pop() if len(found) == 1 else "group"

    def below(self, id: str) -> tuple[Node, ...]:
        """The indicators below `id` at any depth (the node itself if it is an indicator)."""
        node = self._by_id[id]
        if node.is_indicator:
            return (node,)
        return tuple(leaf for child in self.children(id) for leaf in self.below(child.id))

    def without(self, ids: Iterable[str]) -> Framework:
        """The tree less `ids` and all below them; a parent left without children goes with them."""
        gone = set(ids)
        kept = [n for n in self.nodes if n.id not in gone and not gone & {a.id for a in self.ancestors(n.id)}]
        while True:
            parents = {n.parent for n in kept}
            left = [n for n in kept if n.is_indicator or n.id in parents]
            if len(left) == len(kept):
                return Framework(tuple(left))
            kept = left

    def only(self, ids: Iterable[str]) -> Framework:
        """The tree of `ids`, all below them and all above them."""
        wanted = set(ids)
        leaves = {leaf.id for id in wanted for leaf in self.below(id)}
        return self.without(leaf.id for leaf in self.indicators if leaf.id not in leaves)

    def _height(self, node: Node) -> int:
        return max((self._height(child) + 1 for child in self.children(node.id)), default=0)

    def _faults(self) -> list[Fault]:
        faults = [
            Fault(
                "FRAMEWORK-DUPLICATE",
                f"node id {id!r} stands {count} times",
                "Give each node an id of its own.",
                path=(id, "id"),
            )
            for id, count in Counter(node.id for node in self.nodes).items()
            if count > 1
        ]
        for node in self.nodes:
            faults += _node_faults(node, self._by_id)
        cycles = self._cycles()
        faults += [
            Fault(
                "FRAMEWORK-CYCLE",
                f"node {id!r} is its own ancestor",
                "Let each parent chain end at the index, whose parent is empty.",
                path=(id, "parent"),
            )
            for id in cycles
        ]
        if not any(node.is_indicator for node in self.nodes):
            faults.append(
                Fault("FRAMEWORK-EMPTY", "no node has level 'indicator'", "Add at least one indicator.")
            )
        if not faults:
            faults += self._shape_faults()
        return faults

    def _cycles(self) -> list[str]:
        found = []
        for node in self.nodes:
            seen, at = {node.id}, node.parent
            while at in self._by_id and at not in seen:
                seen.add(at)
                at = self._by_id[at].parent
            if at == node.id:
                found.append(node.id)
        return found

    def _shape_faults(self) -> list[Fault]:
        faults = []
        for node in self.nodes:
            children = self.children(node.id)
            if node.is_indicator and children:
                faults.append(
                    Fault(
                        "FRAMEWORK-LEVEL",
                        f"indicator {node.id!r} has children ({', '.join(c.id for c in children)})",
                        "Give it another level, or its children another parent.",
                        path=(node.id, "level"),
                    )
                )
            if not node.is_indicator and not children:
                faults.append(
                    Fault(
                        "FRAMEWORK-LEVEL",
                        f"{node.level} {node.id!r} has no children",
                        "Add a child, or take the node out.",
                        path=(node.id, "level"),
                    )
                )
            if children and not any(child.weight > 0 for child in children):
                faults.append(
                    Fault(
                        "FRAMEWORK-WEIGHT",
                        f"all children of {node.id!r} have weight 0",
                        "Give at least one a weight above 0.",
                        path=(children[0].id, "weight"),
                    )
                )
            if any(a.level == node.level for a in self.ancestors(node.id)):
                faults.append(
                    Fault(
                        "FRAMEWORK-LEVEL",
                        f"{node.id!r} and a node above it are both of level {node.level!r}",
                        "Give each step of the tree a level name of its own.",
                        path=(node.id, "level"),
                    )
                )
        return faults


def _node_faults(node: Node, by_id: Mapping[str, Any]) -> list[Fault]:
    faults = []

    def fault(code: str, column: str, what: str, remedy: str) -> None:
        faults.append(Fault(code, what, remedy, path=(node.id, column)))

    if not _ID.fullmatch(node.id):
        fault(
            "FRAMEWORK-ID",
            "id",
            f"node id {node.id!r} can't be part of a web address",
            "Use small letters, digits, hyphen and underscore, beginning with a letter or digit.",
        )
    if node.parent and node.parent not in by_id:
        fault(
            "FRAMEWORK-ORPHAN",
            "parent",
            f"the parent {node.parent!r} of {node.id!r} does not exist",
            "Add that node, or correct the parent.",
        )
    if node.is_indicator and node.direction not in (1, -1):
        fault(
            "FRAMEWORK-DIRECTION",
            "direction",
            f"indicator {node.id!r} has direction {node.direction!r}",
            "Write 1 where more is better, -1 where less is better.",
        )
    if not node.weight >= 0 or node.weight == float("inf"):
        fault(
            "FRAMEWORK-WEIGHT",
            "weight",
            f"the weight of {node.id!r} is {node.weight:g}",
            "Write a number of 0 or more, or leave it blank for 1.",
        )
    if node.worst is not None and node.best is not None:
        if node.worst == node.best:
            fault(
                "FRAMEWORK-GOALPOSTS",
                "worst",
                f"worst and best of {node.id!r} are both {node.worst:g}",
                "Give the two values that score 0 and 100.",
            )
        elif node.direction in (1, -1) and (node.best - node.worst) * node.direction < 0:
            fault(
                "FRAMEWORK-GOALPOSTS",
                "worst",
                f"worst {node.worst:g} is better than best {node.best:g} for {node.id!r}",
                "Swap the two, or correct the direction.",
            )
    return faults
