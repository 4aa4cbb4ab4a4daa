"""The place as a whole: how its figures came to be, and how its scores moved."""

from __future__ import annotations

from math import isnan

from commonweal.insight.basis import difference_of_place
from commonweal.insight.benchmarks import Making, making
from commonweal.model.framework import Node
from commonweal.publish.site.lookup import Lookup
from commonweal.publish.site.symbols import SYMBOLS


def how_made(lookup: Lookup, node: Node) -> str:
    """How the place's latest figure was worked out from its areas; empty where it was given.

    "mean of the wards, weighted by population"
    """
    place = lookup.edition.place
    if lookup.benchmark_status(place, node.id) != "estimated":
        return ""
    if not node.is_indicator:
        return f"worked out from its {lookup.types}"
    counted = any(lookup.figures[area.code, node.id].numerator is not None for area in lookup.areas)
    return {
        Making.ADDED: f"its {lookup.types} added up"
        if counted
        else f"mean of the {lookup.types}, weighted by the number behind each",
        Making.WEIGHTED: f"mean of the {lookup.types}, weighted by population",
        Making.PLAIN: f"mean of the {lookup.types}, not weighted",
    }[making(lookup.edition, node.id)]


def estimated(lookup: Lookup, name: str, node: str) -> str:
    """The symbol of a benchmark's latest figure that was worked out, else nothing."""
    return SYMBOLS["estimated"] if lookup.benchmark_status(name, node) == "estimated" else ""


def ends(lookup: Lookup, node: Node) -> tuple[float, float] | None:
    """The place's score when progress began counting and now; None where either is missing."""
    if lookup.since not in lookup.periods:
        return None
    place = lookup.edition.place
    first = lookup.benchmark_score(place, node.id, lookup.since)
    last = lookup.benchmark_score(place, node.id)
    return None if isnan(first) or isnan(last) else (first, last)


def change(lookup: Lookup, node: Node) -> float | None:
    """The place's own progress in points a year, between the ends that the areas' progress has."""
    found = ends(lookup, node)
    if found is None:
        return None
    by_label = {period.label: period for period in lookup.edition.periods}
    years = by_label[lookup.latest].years_after(by_label[lookup.since])
    return (found[1] - found[0]) / years


def unlike(lookup: Lookup, node: Node) -> str:
    """What is unlike at the two ends of the place's own change, in a few words; empty where nothing is."""
    said = difference_of_place(lookup.edition, node.id, lookup.since, lookup.latest)
    return said.partition(":")[0]


def scale_ends(lookup: Lookup) -> str:
    """What 0 and 100 are, in a sentence; empty where scores aren't made from goalposts."""
    normalise = lookup.edition.recipe.normalise
    if any(normalise.at(node.id).name != "goalposts" for node in lookup.framework.indicators):
        return ""
    span = lookup.periods[0] if len(lookup.periods) == 1 else f"{lookup.periods[0]} to {lookup.latest}"
    which = {
        "pooled": f"the worst and the best figure of these {lookup.types} in {span}",
        "each-period": f"the worst and the best figure of these {lookup.types} in the same period",
        "base": f"the worst and the best figure of these {lookup.types} in {normalise.base}",
        "frozen": f"those of the edition {normalise.edition}",
        "given": "the worst and the best figure that the framework sets",
    }[normalise.rule]
    return f"What the points mean: for each indicator 0 and 100 are {which}. They are not exam marks."
