"""The first sentence of a page and those that go with it: statements, found by what they are about."""

from __future__ import annotations

from dataclasses import dataclass

from commonweal.publish.site.facts import Statement
from commonweal.publish.site.lookup import Lookup


@dataclass(frozen=True, slots=True)
class Finding:
    """The sentence under a title: its first part stands out. `id` is its address, empty if it has none."""

    lead: str
    rest: str
    id: str = ""


def of_place(lookup: Lookup) -> Finding:
    """Who leads and who trails."""
    said = [s for s in lookup.statements.get("", ()) if not s.node]
    return _finding(said, f"No ranking for {lookup.latest}: fewer than two {lookup.types} have a score.")


def of_node(lookup: Lookup, node: str) -> Finding:
    """Both ends of a node's ranking; for the index who leads and who trails."""
    if node == lookup.root.id:
        return of_place(lookup)
    said = about_node(lookup, node)
    hidden = lookup.hidden_in(node)
    shown = lookup.shown_in(node) if hidden else 0
    few = f"Fewer than two {lookup.types} have a figure that can be shown."
    most = (
        f"Shown in {shown} of {len(lookup.areas)} {lookup.types} only, so none is called highest or lowest."
    )
    return _finding(said, most if hidden > shown > 1 else few)


def of_area(lookup: Lookup, area: str) -> Finding:
    """Where an area is strongest and weakest, and its place in all."""
    name = lookup.names[area]
    return _finding(lookup.statements.get(area, ()), f"The scorecard of {name} for {lookup.latest}.")


def about_node(lookup: Lookup, node: str) -> tuple[Statement, ...]:
    """What is said about a node across its areas."""
    return tuple(s for s in lookup.statements.get("", ()) if s.node == node)


def _finding(said: tuple[Statement, ...] | list[Statement], otherwise: str) -> Finding:
    found = next((s for s in said if s.kind == "finding"), None)
    if found is None:
        return Finding(otherwise, "")
    lead, stop, rest = found.text.partition(". ")
    return Finding(lead + stop.strip(), rest, found.id)
