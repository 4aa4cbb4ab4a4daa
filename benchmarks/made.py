"""Made-up tables of any size, of the shape of the built-in framework: 53 indicators, 12 components."""

from __future__ import annotations

import numpy as np

from commonweal.engine.enter import Entered
from commonweal.model.framework import Framework, Node
from commonweal.model.period import Period

AREAS = 35_000
#: indicators in each component, component by component, in three dimensions
SHAPE = ((3, 3, 5, 5), (6, 4, 6, 4), (4, 5, 5, 3))
INDICATORS = sum(map(sum, SHAPE))


def tree() -> tuple[Framework, list[list[list[int]]]]:
    """The framework, and the positions of the indicators by dimension and component."""
    nodes, groups, count = [Node("index", "Index", level="index")], [], 0
    for d, dimension in enumerate(SHAPE):
        nodes.append(Node(f"d{d}", f"Dimension {d}", "index", "dimension"))
        groups.append([])
        for c, children in enumerate(dimension):
            nodes.append(Node(f"d{d}c{c}", f"Component {c}", f"d{d}", "component"))
            rows = list(range(count, count + children))
            groups[-1].append(rows)
            nodes += [
                Node(f"i{i}", f"Indicator {i}", f"d{d}c{c}", direction=1 if i % 3 else -1) for i in rows
            ]
            count += children
    return Framework(tuple(nodes)), groups


def entered(framework: Framework, areas: int, periods: int = 1) -> Entered:
    """Values that move together inside a component, none missing, none carried."""
    random = np.random.default_rng(2026)
    common: dict[str, np.ndarray] = {}
    values = np.empty((len(framework.indicators), periods, areas))
    for i, node in enumerate(framework.indicators):
        if node.parent not in common:
            common[node.parent] = random.normal(size=(periods, areas))
        noise = random.normal(size=(periods, areas))
        values[i] = (common[node.parent] + noise) * float(node.direction or 1) + 10
    labels = tuple(Period.parse(str(2000 + p)) for p in range(periods))
    own = np.broadcast_to(np.arange(periods, dtype=np.int16)[None, :, None], values.shape).copy()
    return Entered(
        periods=labels,
        values=values,
        status=np.zeros(values.shape, dtype=np.uint8),
        carried=np.zeros(values.shape, dtype=bool),
        own=own,
        own_periods=labels,
        protected=np.zeros(len(values), dtype=bool),
    )
