"""The nodes of a framework while they are scored, from the indicators up."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from commonweal.arrays import Flags, Floats
from commonweal.engine.cells import Cells
from commonweal.engine.enter import MISSING, Codes
from commonweal.engine.parent import Children, Formed
from commonweal.engine.scale import Scale
from commonweal.methods.weigh import Weighing
from commonweal.model.framework import Framework, Node


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """The nodes while they are scored: arrays (nodes, periods, areas), filled from the indicators up."""

    framework: Framework
    position: dict[str, int]
    scales: dict[str, Scale]
    scores: Floats
    status: Codes
    fresh: Flags
    #: the nodes that screening has left
    kept: frozenset[str]
    weighings: dict[str, Weighing] = field(default_factory=dict)
    #: child id -> where (periods, areas) a mean lifted it to the floor
    lifted: dict[str, Flags] = field(default_factory=dict)

    @classmethod
    def of(cls, framework: Framework, cells: Cells, scales: tuple[Scale, ...]) -> Tree:
        """The tree with its indicators scored: `cells` hold scores."""
        shape = (len(framework), len(cells.periods), len(cells.areas))
        position = {node.id: i for i, node in enumerate(framework)}
        at = [position[node.id] for node in cells.nodes]
        scores = np.full(shape, np.nan)
        status = np.full(shape, MISSING, dtype=np.uint8)
        fresh = np.zeros(shape, dtype=bool)
        scores[at] = cells.values[:, cells.published]
        status[at] = cells.status[:, cells.published]
        fresh[at] = (cells.there & ~cells.carried)[:, cells.published]
        kept = {node.id for node, keep in zip(cells.nodes, cells.kept, strict=True) if keep}
        kept |= {above.id for id in kept for above in framework.ancestors(id)}
        return cls(
            framework, position, {s.node.id: s for s in scales}, scores, status, fresh, frozenset(kept)
        )

    def nodes(self, parent: Node) -> tuple[Node, ...]:
        """The children of a parent that screening has left."""
        return tuple(node for node in self.framework.children(parent.id) if node.id in self.kept)

    def children(self, parent: Node) -> Children:
        """What a parent is formed from."""
        nodes = self.nodes(parent)
        at = [self.position[node.id] for node in nodes]
        offset, per_point = _points(nodes, self.scales)
        return Children(nodes, self.scores[at], self.status[at], self.fresh[at], offset, per_point)

    def answers(self, parent: Node, given: Floats | None) -> Floats | None:
        """What people said about the children that are left: (people, children) or judgements of pairs."""
        left = [node.id in self.kept for node in self.framework.children(parent.id)]
        if given is None or all(left):
            return given
        kept = given[:, left]
        return kept[:, :, left] if kept.ndim == 3 else kept

    def hold(self, parent: Node, formed: Formed) -> None:
        """Keep what a parent was formed to."""
        at = self.position[parent.id]
        self.scores[at], self.status[at], self.fresh[at] = formed.scores, formed.status, formed.fresh
        self.weighings[parent.id] = self._spread(parent, formed.weighing)
        if formed.lifted is not None:
            for node, where in zip(self.nodes(parent), formed.lifted, strict=True):
                self.lifted[node.id] = where

    def leave_out(self, parent: Node) -> None:
        """A parent without any child left: it has no score, and its weights don't matter."""
        count = len(self.framework.children(parent.id))
        self.weighings[parent.id] = Weighing(np.full((1, count), 1.0 / count), np.full(count, np.nan))

    def _spread(self, parent: Node, weighing: Weighing) -> Weighing:
        """The weights of all children: 0 for those that screening has dropped."""
        left = np.array([node.id in self.kept for node in self.framework.children(parent.id)])
        if left.all():
            return weighing
        weight = np.zeros((*weighing.weight.shape[:-1], len(left)))
        weight[..., left] = weighing.weight
        loading = np.full(len(left), np.nan)
        loading[left] = weighing.loading
        culprit = int(np.flatnonzero(left)[weighing.culprit]) if weighing.culprit >= 0 else -1
        return Weighing(weight, loading, weighing.reason, culprit)


def _points(nodes: tuple[Node, ...], scales: dict[str, Scale]) -> tuple[Floats, Floats]:
    """What leads from points of score back to directed values: offset and per point, (periods, children).

    Parents, and indicators without goalposts, are already what is weighed.
    """
    ends = [_ends(scales.get(node.id)) for node in nodes]
    periods = max(len(end) for end in ends)
    directed = np.stack([np.broadcast_to(end, (periods, 2)) for end in ends], axis=1)
    per_point = (directed[..., 1] - directed[..., 0]) / 100.0
    unknown = np.isnan(per_point)  # a period without any value: its child is missing there anyway
    return np.where(unknown, 0.0, directed[..., 0]), np.where(unknown, 1.0, per_point)


def _ends(scale: Scale | None) -> Floats:
    if scale is None or scale.method.name != "goalposts" or scale.reason:
        return np.array([[0.0, 100.0]])
    return scale.goalposts * scale.sign
