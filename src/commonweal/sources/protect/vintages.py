"""Areas of an earlier edition and of today that together are the same place, though drawn otherwise."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import polars as pl

from commonweal.model.lookup import TOLERANCE, Lookup, composed, way
from commonweal.model.project import Project
from commonweal.model.published import PublishedBefore

#: Areas of an edition, and the areas of today that are the same place together.
Group = tuple[tuple[str, ...], tuple[str, ...]]


def same_places(project: Project, edition: PublishedBefore) -> list[Group]:
    """The areas of an edition, in the smallest groups that are groups of today's areas too.

    A code that both have is the same area. Where a lookup leads from the areas of then to those of now, the
    others hang together as it says; else all others of then are taken for all others of now, where the place
    is called the same.
    """
    then, now = set(edition.observations["area"]), set(project.areas.codes)
    same: list[Group] = [((code,), (code,)) for code in sorted(then & now)]
    if then <= now or now <= then:
        return same
    steps = way(project.lookups, edition.geography, project.areas.geography)
    if steps and all(told(step) for step in steps):
        return [*same, *grouped(composed(steps), then, now)]
    if edition.place != project.place:
        return same
    return [*same, (tuple(sorted(then - now)), tuple(sorted(now - then)))]


def told(lookup: Lookup) -> bool:
    """Whether a lookup says where all of an area lies, not only where most of it does."""
    return lookup.fit == "apportioned" or lookup.shares["part"].null_count() == 0


def grouped(lookup: Lookup, then: Collection[str], now: Collection[str]) -> list[Group]:
    """The areas that hang together by a lookup, where all of them are there, then and now.

    >>> from commonweal.model.area import Geography
    >>> shares = pl.DataFrame({"from": ["A", "B", "B", "C"], "to": ["W", "W", "X", "Y"],
    ...                        "share": [1.0, 0.5, 0.5, 1.0]})
    >>> lookup = Lookup.of(Geography("ward", "2014"), Geography("ward", "2022"), shares)
    >>> grouped(lookup, "ABC", "WXY")
    [(('A', 'B'), ('W', 'X')), (('C',), ('Y',))]
    """
    lies = (pl.col("share") > TOLERANCE) | (pl.col("part") > TOLERANCE).fill_null(False)
    pairs: Sequence[tuple[str, str]] = lookup.shares.filter(lies).select("from", "to").rows()
    found: list[tuple[set[str], set[str]]] = []
    for old, new in pairs:
        olds, news = {old}, {new}
        for group in [g for g in found if old in g[0] or new in g[1]]:
            found.remove(group)
            olds, news = olds | group[0], news | group[1]
        found.append((olds, news))
    whole = [(a, b) for a, b in found if a <= set(then) and b <= set(now) and a != b]
    return sorted((tuple(sorted(a)), tuple(sorted(b))) for a, b in whole)
