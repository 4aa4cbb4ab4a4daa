"""Scenarios of a folder or an edition, for Python and as what `commonweal whatif` prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypedDict

import polars as pl

from commonweal.errors import refusal
from commonweal.insight import scenario
from commonweal.insight.scenario import PlaceSpending, Reach, Scenario, Spending
from commonweal.pipeline.opened import AnyEdition, opened
from commonweal.report import Report, silent

_FORM: Final = "Write INDICATOR=VALUE, --reach rank=10 or --budget 20."


def whatif(
    of: AnyEdition, area: str, figures: Mapping[str, float | str], *, period: str | None = None
) -> Scenario:
    """What the scores, ranks and classes would be if an area's figures were others.

    `of` is an edition (in memory, or read back), a project folder, or the folder of an edition; `figures`
    gives each indicator (id or name) a full value, or as text a change ("-2", "-10%"). The method is fixed:
    scales, goalposts, weights and means are the edition's own.
    Raises AREA-UNKNOWN, EXPLAIN-PERIOD, INDICATOR-UNKNOWN, WHATIF-VALUE, SCORE-ZERO, and what `build` raises.
    """
    return scenario.whatif(opened(of), area, figures, period=period)


def whatif_reach(
    of: AnyEdition,
    area: str,
    target: str,
    *,
    within: Sequence[str] = (),
    only: Sequence[str] = (),
    node: str | None = None,
    period: str | None = None,
) -> Reach:
    """The smallest realistic change with which an area reaches ``rank=10``, ``score=60`` or ``class=over``.

    In the index, or in `node` (id or name): a dimension, a component, an indicator. `within` is any of peers,
    all and history (empty: peers and history); `only` the indicators to choose from.
    See `commonweal.insight.scenario.whatif_reach`.
    """
    return scenario.whatif_reach(opened(of), area, target, within=within, only=only, node=node, period=period)


def whatif_budget(
    of: AnyEdition,
    budget: float,
    area: str | None = None,
    *,
    within: Sequence[str] = (),
    only: Sequence[str] = (),
    node: str | None = None,
    period: str | None = None,
) -> Spending | PlaceSpending:
    """What a budget of points would do best: in one area, or, without one, in each and for the place.

    See `commonweal.insight.scenario.whatif_budget` and `whatif_place_budget`.
    """
    edition, bounds = opened(of), _Bounds(within=within, only=only, node=node, period=period)
    if area is None:
        return scenario.whatif_place_budget(edition, budget, **bounds)
    return scenario.whatif_budget(edition, area, budget, **bounds)


@dataclass(frozen=True, slots=True)
class Question:
    """What `commonweal whatif` was asked; `figures` are as typed, INDICATOR=VALUE."""

    area: str | None = None
    figures: tuple[str, ...] = ()
    reach: str | None = None
    budget: float | None = None
    within: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    node: str | None = None
    period: str | None = None


class _Bounds(TypedDict):
    """What a target and a budget are asked within."""

    within: Sequence[str]
    only: Sequence[str]
    node: str | None
    period: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What `commonweal whatif` prints: sentences, then tables under headings; or a document.

    Numbers of the tables have `decimals`.
    """

    says: tuple[str, ...]
    tables: tuple[tuple[str, pl.DataFrame], ...]
    document: dict[str, Any]
    decimals: int = 2


def answer(folder: Path, question: Question, *, report: Report = silent) -> Told:
    """Answer a question about a folder. Raises WHATIF-ASKED, before the folder is read, and as the above."""
    _check(question)
    figures = _typed(question.figures)
    edition = opened(folder, report)
    bounds = _Bounds(within=question.within, only=question.only, node=question.node, period=question.period)
    match question:
        case Question(area=str(area), reach=str(target)):
            return _reach(scenario.whatif_reach(edition, area, target, **bounds))
        case Question(area=str(area), budget=float(budget)):
            return _spending(scenario.whatif_budget(edition, area, budget, **bounds))
        case Question(budget=float(budget)):
            report("Working out what the points would do in each area")
            return _place(scenario.whatif_place_budget(edition, budget, **bounds))
        case Question(area=str(area)):
            return _scenario(scenario.whatif(edition, area, figures, period=question.period))
    raise refusal("WHATIF-ASKED", "no area is named", "Name one by code or name after DIR.")


def _check(question: Question) -> None:
    asked = [bool(question.figures), question.reach is not None, question.budget is not None]
    if question.area is not None and "=" in question.area:
        raise refusal(
            "WHATIF-ASKED",
            f"{question.area!r} stands where the area does",
            "Name the area first: DIR AREA INDICATOR=VALUE.",
        )
    if sum(asked) != 1:
        what = "nothing is supposed" if not any(asked) else "several things are asked at once"
        raise refusal("WHATIF-ASKED", what, _FORM if not any(asked) else f"Ask one at a time. {_FORM}")
    if question.area is None and question.budget is None:
        raise refusal("WHATIF-ASKED", "no area is named", "Name one by code or name after DIR.")
    if question.figures and (question.within or question.only or question.node):
        what = "--within, --only and --node are for a change that is looked for"
        raise refusal("WHATIF-ASKED", what, "Leave them out with INDICATOR=VALUE.")


def _typed(figures: Sequence[str]) -> dict[str, float | str]:
    """INDICATOR=VALUE, split at the first =."""
    found: dict[str, float | str] = {}
    for typed in figures:
        indicator, equals, value = typed.partition("=")
        if not equals:
            raise refusal("WHATIF-ASKED", f"{typed!r} gives no value", _FORM)
        if indicator.strip() in found:
            raise refusal(
                "WHATIF-ASKED", f"{indicator.strip()!r} stands twice", "Suppose one value for each indicator."
            )
        found[indicator.strip()] = value
    return found


# ---- as text and as documents ----


def _scenario(found: Scenario) -> Told:
    tables = [("What is supposed", _figures(found.figures)), ("What would move with it", _nodes(found.nodes))]
    if found.areas.height > 1:
        tables.append(("Areas whose score, place or class would be another", _areas(found.areas)))
    return Told(found.says, tuple(tables), _document(found))


def _reach(found: Reach) -> Told:
    heading = "Indicators that would move" if found.reached else "Every indicator at its bound"
    document = {
        "area": found.area, "name": found.name, "period": found.period, "node": found.node,
        "target": found.target,
        "score": found.score if abs(found.score) != float("inf") else None, "reached": found.reached,
        "points": found.points, "moves": found.moves.to_dicts(),
        "scenario": None if found.scenario is None else _document(found.scenario), "says": list(found.says),
    }  # fmt: skip
    return Told(found.says, ((heading, _moves(found.moves)),) if found.moves.height else (), document)


def _spending(found: Spending) -> Told:
    document = {
        "area": found.area, "name": found.name, "period": found.period, "node": found.node,
        "budget": found.budget,
        "points": found.points, "moves": found.moves.to_dicts(),
        "scenario": None if found.scenario is None else _document(found.scenario), "says": list(found.says),
    }  # fmt: skip
    tables = (("Indicators that would move", _moves(found.moves)),) if found.moves.height else ()
    return Told(found.says, tables, document)


def _place(found: PlaceSpending) -> Told:
    table = found.areas.select(
        pl.col("name").alias("area"), "points", pl.col("score_before").alias("score"),
        pl.col("score_after").alias("would be"), "gain", pl.col("gain_per_point").alias("a point"),
        pl.col("rank_before").alias("rank"), pl.col("rank_after").alias("would be "),
        pl.col("place_gain").alias("place"), pl.col("first").alias("most points for"),
    )  # fmt: skip
    document = {
        "period": found.period, "node": found.node, "budget": found.budget,
        "weighted_by": found.weighted_by,
        "areas": found.areas.to_dicts(), "says": list(found.says),
    }  # fmt: skip
    heading = f"If {found.budget:g} points were used in each in turn"
    return Told(found.says, ((heading, table),), document, decimals=3)


def _document(found: Scenario) -> dict[str, Any]:
    return {
        "area": found.area, "name": found.name, "period": found.period, "figures": found.figures.to_dicts(),
        "nodes": found.nodes.to_dicts(), "areas": found.areas.to_dicts(), "says": list(found.says),
    }  # fmt: skip


def _better() -> pl.Expr:
    return pl.when(pl.col("direction") > 0).then(pl.lit("up")).otherwise(pl.lit("down")).alias("better")


def _figures(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(
        "indicator", _better(), "unit", pl.col("value_before").alias("value"),
        pl.col("value_after").alias("would be"), pl.col("score_before").alias("score"),
        pl.col("score_after").alias("would be "),
    )  # fmt: skip


def _nodes(frame: pl.DataFrame) -> pl.DataFrame:
    def moved(kind: str) -> pl.Expr:
        before, after = pl.col(f"{kind}_before"), pl.col(f"{kind}_after")
        both = pl.format("{} to {}", before, after)
        return pl.when((before == after) | (before == "")).then(after).otherwise(both).alias(kind)

    return frame.select(
        "node", "level", pl.col("score_before").alias("score"), pl.col("score_after").alias("would be"),
        "change", pl.col("rank_before").alias("rank"), pl.col("rank_after").alias("would be "), "of",
        moved("performance"), moved("progress"),
    )  # fmt: skip


def _areas(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(
        pl.col("name").alias("area"), pl.col("score_before").alias("score"),
        pl.col("score_after").alias("would be"), pl.col("rank_before").alias("rank"),
        pl.col("rank_after").alias("would be "), pl.col("performance_before").alias("performance"),
        pl.col("performance_after").alias("would be  "),
    )  # fmt: skip


def _moves(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(
        "indicator", _better(), "unit", pl.col("value_before").alias("value"),
        pl.col("value_after").alias("would be"), pl.col("score_before").alias("score"),
        pl.col("score_after").alias("would be "), "points", pl.col("ceiling").alias("at most"), "bound",
    )  # fmt: skip
