"""How many children a parent needs before it gets a score."""

from __future__ import annotations

from math import ceil

from commonweal.model.framework import Node
from commonweal.model.recipe import Available

#: A share like 0.6 of 5 children is 3, whatever floating point makes of the product.
_NEAR = 1e-9


def needed(parent: Node, children: tuple[Node, ...], step: Available | None) -> int:
    """Children needed. Weights play no part: a child of weight 0 counts.

    The standing rule: a parent of indicators needs all but one of them and at least one (two if it has
    three or more); a parent of parents needs all. A share is met unless there are strictly fewer; at least
    one child is always needed.

    >>> four = tuple(Node(f"i{n}", "", "c", direction=1) for n in range(4))
    >>> needed(Node("c", "", level="component"), four, None)
    3
    """
    count = len(children)
    rule = step.share.at(parent.id, parent.level) if step else None
    if isinstance(rule, float):
        return max(1, ceil(rule * count - _NEAR))
    if rule == "n-1" or all(child.is_indicator for child in children):
        return max(1, count - 1)  # of three that is two
    return count
