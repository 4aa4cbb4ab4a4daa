"""A scenario in sentences: what would be, if; never what would make it so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from commonweal.insight import words
from commonweal.insight.scenario.spot import Spot

#: More figures than this are counted instead of named, and more areas.
_NAMED: Final = 4
FIXED: Final = (
    "The method is fixed: scales, weights and means are those of this edition, and gaps that were filled stay"
    " as they are. This is what the scores would be with such figures, not what would bring them about."
)


def told(here: Spot, figures: pl.DataFrame, nodes: pl.DataFrame, areas: pl.DataFrame) -> tuple[str, ...]:
    """What moves, what is held or approximate, and what is fixed."""
    index = nodes.row(by_predicate=pl.col("node") == here.root.id, named=True)
    return (
        _scores(here, figures, index),
        *_place(here, index, areas),
        *_by_chance(here),
        *_classes(here, index),
        *_others(here, areas),
        *_limits(figures),
        FIXED,
    )


def _scores(here: Spot, figures: pl.DataFrame, index: dict[str, Any]) -> str:
    changes = [_change(row) for row in figures.iter_rows(named=True)]
    supposed = words.listed(changes) if len(changes) <= _NAMED else f"{len(changes)} figures were as supposed"
    what = f"If in {here.name}, in {here.label}, {supposed}, its index would"
    old, new = index["score_before"], index["score_after"]
    if new is None:
        return f"{what} still not be known: too few of its parts are."
    if old is None:
        return f"{what} be {words.number(new, 2)}; it has none now, since too few of its parts are known."
    if words.number(new, 2) == words.number(old, 2):
        return f"{what} stay {words.number(old, 2)}."
    return (
        f"{what} be {words.number(new, 2)} instead of {words.number(old, 2)} ({words.signed(new - old, 2)})."
    )


def _change(row: dict[str, Any]) -> str:
    """ "unemployment were 6.5% instead of 8.1%"."""
    new = words.amount(row["value_after"], row["unit"])
    was = row["value_before"]
    instead = "" if was is None else f" instead of {words.again(was, row['unit'])}"
    return f"{words.inside(row['name'])} were {new}{instead}"


def _place(here: Spot, index: dict[str, Any], areas: pl.DataFrame) -> Iterator[str]:
    old, new, of = index["rank_before"], index["rank_after"], index["of"]
    if new is None:
        return
    if of == 1:
        yield f"It is the only {words.types(here.edition.areas.type, 1)} with an index, so no place can move."
        return
    types = words.types(here.edition.areas.type)
    if old == new:
        yield f"It would stay {words.place(new, of)} of {of:,} {types}."
        return
    place = f"It would come {words.place(new, of)} of {of:,} {types}"
    if old is None:
        yield f"{place}."
        return
    yield f"{place} instead of {words.place(old, of)}."
    ranked = areas.filter(pl.col("area") != here.code).drop_nulls(["rank_before", "rank_after"])
    was, now = pl.col("rank_before"), pl.col("rank_after")
    passed = ranked.filter((was < old) & (now >= new))["name"].to_list()
    behind = ranked.filter((was > old) & (now <= new))["name"].to_list()
    if new < old and passed:
        yield f"It would come before, or level with, {_named(passed)}."
    if new > old and behind:
        yield f"It would fall behind, or level with, {_named(behind)}."


def _by_chance(here: Spot) -> Iterator[str]:
    """Where chance alone could place the area as it is, so that a place is not overrated."""
    rows = here.edition.scores.filter(period=here.label, area=here.code, node=here.root.id)
    low, high = rows["rank_low"][0], rows["rank_high"][0]
    if low is not None and high is not None and low < high:
        ends = f"{words.ordinal(low)} and {words.ordinal(high)}"
        yield f"As its figures stand, chance alone could place it between {ends}."


def _classes(here: Spot, index: dict[str, Any]) -> Iterator[str]:
    for kind, said in (("performance", "against its peers"), ("progress", "in progress")):
        old, new = index[f"{kind}_before"], index[f"{kind}_after"]
        if new and old and old != new:
            yield f"Its class {said} would be {new!r} instead of {old!r}.".replace("'", "")
        elif new and old:
            yield f"Its class {said} would stay {new}."


def _others(here: Spot, areas: pl.DataFrame) -> Iterator[str]:
    moved = areas.filter(
        (pl.col("area") != here.code) & (pl.col("performance_before") != pl.col("performance_after"))
    )
    if moved.height:
        yield f"As a peer of theirs it would move the class of {_named(moved['name'].to_list())}."


def _limits(figures: pl.DataFrame) -> Iterator[str]:
    for row in figures.iter_rows(named=True):
        name = words.sentence(words.inside(row["name"]))
        value = words.amount(row["value_after"], row["unit"])
        if row["held"]:
            yield (
                f"{name}: {value} is beyond the {row['held']} goalpost, so the score is held to"
                f" {row['score_after']:.0f}."
            )
        if row["placed"] == "read off":
            yield (
                f"{name}: its scores are places among the edition’s values, so that of {value} is read off"
                " between them and approximate."
            )


def _named(names: list[str]) -> str:
    if len(names) <= _NAMED:
        return words.listed(names)
    return f"{words.listed([*names[: _NAMED - 1], f'{len(names) - _NAMED + 1} others'])}"
