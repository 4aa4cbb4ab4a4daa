"""Someone with nothing but the published tables, who knows the rule and which records can exist."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from typing import Any

import polars as pl

from commonweal.sources.protect.disclosure.system import Figure, System
from commonweal.sources.protect.rule import Rule

#: A kind of record: its area, its month, and the texts of its other columns.
Kind = tuple[str, ...]
#: Indicator and period -> which kinds its numerator counts, and which its base.
Meaning = Mapping[tuple[str, str], tuple[Callable[[Kind], bool], Callable[[Kind], bool]]]


def kinds(*columns: Sequence[str]) -> list[Kind]:
    """Every kind of record that may exist."""
    return list(product(*columns))


def readers_system(
    published: pl.DataFrame,
    exact: pl.DataFrame,
    meaning: Meaning,
    possible: Sequence[Kind],
    rule: Rule,
    more: Iterable[Figure] = (),
) -> System:
    """What is known of the counts of every kind of record, from the published observations alone.

    `exact` only says which counts are small, and so must stay open. A percentage that is hidden without a
    base is taken for unknown. Kinds begin with the area.
    """
    both = published.join(
        exact.select("period", "area", "indicator", pl.col("numerator", "denominator").name.suffix("_exact")),
        on=["period", "area", "indicator"],
    )
    figures = []
    for row in both.iter_rows(named=True):
        counted, based = meaning[row["indicator"], row["period"]]
        here = [i for i, kind in enumerate(possible) if kind[0] == row["area"]]
        top = tuple(i for i in here if counted(possible[i]))
        below = tuple(i for i in here if based(possible[i]))
        figures += _figures(row, top, below, rule)
    return System.of([*figures, *more])


def _figures(row: dict[str, Any], top: tuple[int, ...], below: tuple[int, ...], rule: Rule) -> list[Figure]:
    count, base = row["numerator_exact"], row["denominator_exact"]
    if row["kind"] != "percentage":
        low, high = _range(row["numerator"], row["lower"], row["upper"], 1.0, rule)
        return [Figure(top, low, high, keep=_keep(count, rule))]
    rest = tuple(i for i in below if i not in top)
    guarded = [
        Figure(atoms, 0, float("inf"), keep=_keep(n, rule))
        for atoms, n in ((top, count), (rest, base - count), (below, base))
        if _keep(n, rule)
    ]
    if row["denominator"] is None:
        return guarded
    told = [Figure(below, *rule.interval(row["denominator"]))]
    if row["numerator"] is not None:
        told.append(Figure(top, *rule.interval(row["numerator"])))
    elif row["lower"] is not None:
        shares = [round(row[end] * row["denominator"] / 100) for end in ("lower", "upper")]
        if shares[0] <= count <= shares[1] and shares[0] < row["denominator"] / 2:
            told.append(Figure(top, *shares))
        else:
            told.append(Figure(rest, row["denominator"] - shares[1], row["denominator"] - shares[0]))
    return told + guarded


def _keep(count: float, rule: Rule) -> int:
    return rule.hide_to if 1 <= count <= rule.hide_to else 0


def _range(figure: float | None, lower: float, upper: float, scale: float, rule: Rule) -> tuple[float, float]:
    return rule.interval(figure) if figure is not None else (round(lower * scale), round(upper * scale))
