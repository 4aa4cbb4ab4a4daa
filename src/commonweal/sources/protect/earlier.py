"""What earlier editions said of the same people: a reader has those figures too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import polars as pl

from commonweal.model.project import Project
from commonweal.model.published import PublishedBefore
from commonweal.sources.measure.kinds import KINDS
from commonweal.sources.protect.definitions import Cell, counted_then, redefined, said
from commonweal.sources.protect.known import Role
from commonweal.sources.protect.overlaps import Earlier, Former, Source, key_of
from commonweal.sources.protect.vintages import Group, same_places

KEY = ("indicator", "period", "area")
#: A role, the exact count behind it, and the range that was published of it.
Said = tuple[Role, float, float, float]
_ANY: Final = (0.0, float("inf"))


def earlier_figures(
    editions: Mapping[str, PublishedBefore], exact: pl.DataFrame, now: pl.DataFrame
) -> tuple[list[Earlier], int]:
    """The ranges that earlier editions gave of these counts, and how many counts were revised since.

    `exact` holds the present observations, numbered `row#`, `now` what they count (`DEFINITIONS`): an
    indicator that has been redefined counts something else. A count that does not lie in the range once given
    of it has been revised: it is another figure now, of which the old range tells nothing.
    """
    found: list[Earlier] = []
    revised = 0
    for name, edition in sorted(editions.items()):
        columns = [*KEY, "value", "lower", "upper", "numerator", "denominator", "status", "per", "round_to"]
        both = exact.select(*KEY, "row#", "kind", "numerator", "denominator").join(
            edition.observations.select(columns), on=list(KEY), suffix="_then", maintain_order="left"
        )
        others = redefined(edition, now)
        for row in both.iter_rows(named=True):
            if (row["indicator"], row["period"]) in others:
                continue
            for role, count, low, high in _said(row, edition):
                if low <= count <= high:
                    found.append(Earlier(name, row["row#"], role, low, high))
                else:
                    revised += 1
    return found, revised


def _said(row: Mapping[str, Any], edition: PublishedBefore) -> Iterator[Said]:
    """What an edition said of the counts of one observation."""
    kind = KINDS[row["kind"]]
    count, base = row["numerator"], row["denominator"]
    count_then, base_then, step = row["numerator_then"], row["denominator_then"], row["round_to"]
    if kind.denominator and base is not None and base_then is not None:
        yield Role.BASE, base, *edition.stands_for(base_then, step)
    if not kind.numerator or count is None:
        return
    if count_then is not None:
        yield Role.COUNT, count, *edition.stands_for(count_then, step)
    elif row["lower"] is not None and row["upper"] is not None and (base_then or row["kind"] == "count"):
        yield from _hidden(row, count, base)


def _hidden(row: Mapping[str, Any], count: float, base: float | None) -> Iterator[Said]:
    """The range of a hidden count, from the range of its value."""
    if row["kind"] == "percentage":
        assert base is not None
        low, high = (round(row[end] * row["denominator_then"] / 100) for end in ("lower", "upper"))
        if low <= count <= high:
            yield Role.COUNT, count, low, high
        else:
            then = round(row["denominator_then"])
            yield Role.REST, base - count, then - high, then - low
        return
    yield Role.COUNT, count, *_ends(row, row["denominator_then"])


def _ends(row: Mapping[str, Any], denominator: float | None) -> tuple[float, float]:
    """The ends of a hidden count or rate as counts."""
    scale = (denominator or 1.0) / (1.0 if row["kind"] == "count" else row["per"] or 1.0)
    return round(row["lower"] * scale), round(row["upper"] * scale)


def former_figures(
    editions: Mapping[str, PublishedBefore], source: Source, project: Project
) -> tuple[Former, ...]:
    """What earlier editions said of a source's records in figures that are published no more.

    Indicators that were dropped or redefined, periods that share months with present ones, and areas drawn
    otherwise: of those what all of a group of them come to, which is a group of today's areas too.
    """
    present = frozenset[int]().union(*(count.months for count in source.counts.values()))
    here = set(source.rows["area"])
    found: list[Former] = []
    for name, edition in sorted(editions.items()):
        groups = [group for group in same_places(project, edition) if here.issuperset(group[1])]
        rows: dict[Cell, dict[str, Mapping[str, Any]]] = {}
        for row in edition.observations.sort(KEY).iter_rows(named=True):
            rows.setdefault((row["indicator"], row["period"]), {})[row["area"]] = row
        for cell, then in sorted(counted_then(edition, source).items()):
            if not then.months & present or cell not in rows:
                continue
            now = source.counts.get(cell)
            same = now is not None and said(now) == said(then)
            for group in groups:
                if same and group[0] == group[1]:
                    continue  # taken for an earlier figure of that very row
                for role, low, high in _of_group(rows[cell], group, edition):
                    found.append(Former(name, group[1], key_of(then, role), low, high))
    return tuple(found)


def _of_group(
    rows: Mapping[str, Mapping[str, Any]], group: Group, edition: PublishedBefore
) -> Iterator[tuple[Role, float, float]]:
    """What the figures of some areas say of all of them together."""
    each: Sequence[Mapping[Role, tuple[float, float]]] = [
        dict(_told(rows[area], edition)) if area in rows else {} for area in group[0]
    ]
    for role in sorted({role for told in each for role in told}):
        ends = [told.get(role, _ANY) for told in each]
        low, high = sum(low for low, _ in ends), sum(high for _, high in ends)
        if (low, high) != _ANY:
            yield role, low, high


def _told(row: Mapping[str, Any], edition: PublishedBefore) -> Iterator[tuple[Role, tuple[float, float]]]:
    """What a published observation says of its counts, whoever knows none of them."""
    kind = KINDS[row["kind"]]
    if kind.denominator and row["denominator"] is not None:
        yield Role.BASE, edition.stands_for(row["denominator"], row["round_to"])
    if kind.numerator and row["numerator"] is not None:
        yield Role.COUNT, edition.stands_for(row["numerator"], row["round_to"])
    elif _scales(row) and None not in (row["lower"], row["upper"]):
        yield Role.COUNT, _ends(row, row["denominator"])


def _scales(row: Mapping[str, Any]) -> bool:
    """Whether the range of a hidden value says by itself which counts it stands for."""
    return bool(
        row["kind"] == "count" or (row["kind"] in ("rate", "standardised_ratio") and row["denominator"])
    )
