"""The tree of what is measured, each node with its weight and its page."""

from __future__ import annotations

from dataclasses import dataclass

from commonweal.insight import words
from commonweal.model.framework import Node
from commonweal.publish.site import layout
from commonweal.publish.site.lookup import Lookup


@dataclass(frozen=True, slots=True)
class Branch:
    """A node with all below it."""

    name: str
    href: str
    unit: str
    says: str
    weight: str
    indicator: bool
    below: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """The page of the framework, ready to be written."""

    page: layout.Page
    lead: str
    roots: tuple[Branch, ...]


def overview(lookup: Lookup) -> Overview:
    """The page that lists every node."""
    counts = [f"{number} {words.types(level, number)}" for level, number in lookup.levels()]
    return Overview(
        layout.page(lookup.edition, "indicators.html", "What is measured", "indicators"),
        f"{words.sentence(words.listed(list(reversed(counts[1:]))))} make up the {lookup.root.name}.",
        tuple(_branch(lookup, root) for root in lookup.framework.roots),
    )


def _branch(lookup: Lookup, node: Node) -> Branch:
    weight = lookup.weight(node.id).share
    return Branch(
        words.plain(node.name) if node.unit else node.name,
        f"nodes/{lookup.node_files[node.id]}",
        node.unit,
        node.description,
        "" if weight is None or not node.parent else words.number(weight, 2),
        node.is_indicator,
        tuple(_branch(lookup, child) for child in lookup.framework.children(node.id)),
    )
