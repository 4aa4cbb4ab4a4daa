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
    own = nodes.row(by_predicate=pl.col("node") == here.top.id, named=True)
    return (
        _scores(here, figures, own),
        *_place(here, own, areas),
        *_by_chance(here, own),
        *_classes(here, own),
        *_others(here, areas),
        *_index(here, nodes),
        *_limits(figures),
        FIXED,
    )


def _scores(here: Spot, figures: pl.DataFrame, own: dict[str, Any]) -> str:
    changes = [_change(row) for row in figures.iter_rows(named=True)]
    supposed = words.listed(changes) if len(changes) <= _NAMED else f"{len(changes)} figures were as supposed"
    what = f"If in {here.name}, in {here.label}, {supposed}, its {here.ground.called} would"
    old, new = own["score_before"], own["score_after"]
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


def _place(here: Spot, own: dict[str, Any], areas: pl.DataFrame) -> Iterator[str]:
    old, new, of = own["rank_before"], own["rank_after"], own["of"]
    if new is None:
        return
    if of == 1:
        one, called = words.types(here.edition.areas.type, 1), words.an(here.ground.called)
        yield f"It is the only {one} with {called}, so no place can move."
        return
    types = words.types(here.edition.areas.type) + here.ground.about
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
        yield f"It would come before, or level with, {words.few(passed, _NAMED)}."
    if new > old and behind:
        yield f"It would fall behind, or level with, {words.few(behind, _NAMED)}."


def _by_chance(here: Spot, own: dict[str, Any]) -> Iterator[str]:
    """Where chance alone could place the area as it is, so that a move is not overrated."""
    rows = here.edition.scores.filter(period=here.label, area=here.code, node=here.top.id)
    low, high = rows["rank_low"][0], rows["rank_high"][0]
    if low is None or high is None or own["rank_before"] is None or own["rank_after"] is None:
        return
    ends = words.ordinal(low) if low == high else f"between {words.ordinal(low)} and {words.ordinal(high)}"
    could = f"As its figures stand, chance alone {'would leave' if low == high else 'could place'} it {ends}"
    if own["rank_before"] == own["rank_after"]:
        if low < high:
            yield f"{could}."
        return
    within = low <= own["rank_after"] <= high
    yield f"{could}: {'such a move is within chance' if within else 'the new place lies outside that'}."


def _classes(here: Spot, own: dict[str, Any]) -> Iterator[str]:
    usual = f"the usual range of its peers{here.ground.about}"
    if old := own["performance_before"]:
        new = own["performance_after"]
        yield f"It would {f'stay {new}' if new == old else f'be {new}, no longer {old},'} {usual}."
    if old := own["progress_before"]:
        new = own["progress_after"]
        how = f"stay {new}" if new == old else f"be {new} instead of {old}"
        yield f"Its class of progress{here.ground.about} would {how}."


def _index(here: Spot, nodes: pl.DataFrame) -> Iterator[str]:
    """What comes of it for the index, where another node was asked about."""
    if not here.top.parent:
        return
    whole = nodes.row(0, named=True)
    old, new = whole["score_before"], whole["score_after"]
    if old is None or new is None:
        return
    was, now = (words.place(whole[rank], whole["of"]) for rank in ("rank_before", "rank_after"))
    place = f"its place still {now}" if was == now else f"its place {now} instead of {was}"
    of = f"{whole['of']:,} {words.types(here.edition.areas.type, whole['of'])}"
    yield (
        f"Its index would be {words.number(new, 2)} instead of {words.number(old, 2)}"
        f" ({words.signed(new - old, 2)}), and {place} of {of}."
    )


def _others(here: Spot, areas: pl.DataFrame) -> Iterator[str]:
    moved = areas.filter(
        (pl.col("area") != here.code) & (pl.col("performance_before") != pl.col("performance_after"))
    )
    if moved.height:
        yield f"As a peer of theirs it would move the class of {words.few(moved['name'].to_list(), _NAMED)}."


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
