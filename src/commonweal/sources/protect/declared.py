"""Figures that are about people by the framework, and are shown as they are because the project says so."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final

import polars as pl

from commonweal.model.project import Project
from commonweal.sources.protect.gate import Gated

_PEOPLE: Final = ("person", "household")
#: So many indicators are named in a sentence.
_NAMED: Final = 6


def with_declared(gated: Gated, project: Project) -> Gated:
    """What has passed the gate, and in words which figures about people it did not look at.

    The page has all of them; whoever builds is told of records that are said to be about things, for that may
    be a slip, while what is said to be public already is meant.
    """
    people = {node.id: node.name for node in project.framework.indicators if node.subject in _PEOPLE}
    frame = gated.observations.frame.filter(pl.col("value").is_not_null())
    open_ = frame.filter(pl.col("round_to").is_null(), pl.col("indicator").is_in(list(people)))
    shown = [people[id] for id in people if id in set(open_["indicator"])]
    if not shown:
        return gated
    said = (
        "Shown as they are, because the project says that their figures are public already or about things,"
        f" although they are about people by the framework: {_listed(shown)}."
    )
    things = {source.name for source in project.records if source.subject == "thing" and not source.published}
    slips = sorted(m.indicator for m in project.measures if m.records in things and m.indicator in people)
    told = (
        f"{_listed([people[id] for id in slips])}: about people by the framework, and counted from records"
        " with `subject: thing`, so nothing is hidden or rounded"
    )
    return replace(gated, says=(*gated.says, said), told=(*gated.told, *((told,) if slips else ())))


def _listed(names: Collection[str]) -> str:
    """The first names, and how many others.

    >>> _listed(["Jobs", "Pay"]), _listed([str(i) for i in range(8)])
    ('Jobs, Pay', '0, 1, 2, 3, 4, 5 and 2 others')
    """
    first = list(names)[:_NAMED]
    more = len(names) - len(first)
    return ", ".join(first) + (f" and {more} other{'s' * (more > 1)}" if more else "")
