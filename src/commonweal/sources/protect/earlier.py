"""What earlier editions said of the figures that are published again: a reader has those too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from commonweal.model.period import Period
from commonweal.sources.dates import months
from commonweal.sources.measure.kinds import KINDS
from commonweal.sources.protect.known import Role
from commonweal.sources.protect.overlaps import Earlier, Former, Source
from commonweal.sources.protect.rule import Rule

KEY = ("indicator", "period", "area")
#: A role, the exact count behind it, and the range that was published of it.
Said = tuple[Role, float, float, float]


def earlier_figures(
    editions: Mapping[str, pl.DataFrame], exact: pl.DataFrame, rule: Rule
) -> tuple[list[Earlier], int]:
    """The ranges that earlier editions gave of these counts, and how many counts were revised since.

    `editions` holds published observations by edition, `exact` the present ones, numbered `row#`. A count
    that does not lie in the range once given of it has been revised: it is another figure now, of which the
    old range tells nothing.
    """
    found: list[Earlier] = []
    revised = 0
    for edition, frame in sorted(editions.items()):
        columns = [*KEY, "value", "lower", "upper", "numerator", "denominator", "status", "per", "round_to"]
        both = exact.select(*KEY, "row#", "kind", "numerator", "denominator").join(
            frame.select(columns), on=list(KEY), suffix="_then", maintain_order="left"
        )
        for row in both.iter_rows(named=True):
            for role, count, low, high in _said(row, rule):
                if low <= count <= high:
                    found.append(Earlier(edition, row["row#"], role, low, high))
                else:
                    revised += 1
    return found, revised


def _said(row: Mapping[str, Any], rule: Rule) -> Iterator[Said]:
    """What an edition said of the counts of one observation."""
    kind = KINDS[row["kind"]]
    count, base = row["numerator"], row["denominator"]
    count_then, base_then, step = row["numerator_then"], row["denominator_then"], row["round_to"]
    if kind.denominator and base is not None and base_then is not None:
        yield Role.BASE, base, *_rounded(base_then, step, rule)
    if not kind.numerator or count is None:
        return
    if count_then is not None:
        yield Role.COUNT, count, *_rounded(count_then, step, rule)
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
    scale = (row["denominator_then"] or 1.0) / (1.0 if row["kind"] == "count" else row["per"] or 1.0)
    yield Role.COUNT, count, round(row["lower"] * scale), round(row["upper"] * scale)


def _rounded(figure: float, step: float | None, rule: Rule) -> tuple[float, float]:
    """The counts that a figure stands for."""
    return rule.interval(figure) if step == rule.round_to else _shown(figure, step)


def _shown(figure: float, step: float | None) -> tuple[float, float]:
    """The counts that a figure stands for, under whatever rule; one without rounding stands for itself.

    >>> _shown(15, 5), _shown(12, None)
    ((13, 17), (12, 12))
    """
    if not step or step == 1:
        return figure, figure
    return (0, 0) if figure == 0 else (max(figure - step // 2, 1), figure + (step - 1) // 2)


def former_figures(editions: Mapping[str, pl.DataFrame], source: Source) -> tuple[Former, ...]:
    """What earlier editions said of a source's indicators in periods that are published no more.

    Only periods that share months with present ones, and counts of records: of those it is known from the
    filters what they counted.
    """
    counted = {indicator: count for (indicator, _), count in source.counts.items() if not count.people}
    areas = set(source.rows["area"])
    present = frozenset[int]().union(*(count.months for count in source.counts.values()))
    found = []
    for edition, frame in sorted(editions.items()):
        own = frame.filter(pl.col("indicator").is_in(sorted(counted)), pl.col("numerator").is_not_null())
        for row in own.sort(KEY).iter_rows(named=True):
            within = months(Period.parse(row["period"]))
            gone = (row["indicator"], row["period"]) not in source.counts and row["area"] in areas
            if gone and within & present and KINDS[row["kind"]].numerator:
                key = (counted[row["indicator"]].numerator, within)
                low, high = _shown(row["numerator"], row["round_to"])
                found.append(Former(edition, row["area"], key, low, high))
    return tuple(found)
