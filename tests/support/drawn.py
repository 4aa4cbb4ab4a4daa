"""Small tables and trees written as text, so that an example can be read and checked by hand."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from commonweal.engine import score
from commonweal.model.area import Area, Areas
from commonweal.model.edition import Scoring
from commonweal.model.framework import Framework, Node
from commonweal.model.handed_on import HandedOn
from commonweal.model.observation import Observations
from commonweal.model.period import Period
from commonweal.model.project import Periods
from commonweal.model.recipe import Recipe


def tree(text: str, **indicators: Mapping[str, object]) -> Framework:
    """Read a tree: a node a line, indented below its parent; `+` or `-` before an indicator's id.

    Levels are named index, dimension, component from the top. Keyword arguments change single nodes.
    """
    nodes: list[Node] = []
    above: list[str] = []
    for line in text.strip("\n").splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        sign, id = (
            (line.strip()[0], line.strip()[1:].strip()) if line.strip()[0] in "+-" else ("", line.strip())
        )
        above = [*above[:depth], id]
        parent = above[depth - 1] if depth else ""
        level = "indicator" if sign else ("index", "dimension", "component")[depth]
        direction = {"+": 1, "-": -1}.get(sign)
        nodes.append(Node(id, id.title(), parent, level, direction, **indicators.get(id, {})))  # type: ignore[arg-type]
    return Framework(tuple(nodes))


def table(text: str) -> pl.DataFrame:
    """Read a table drawn with bars; the columns area and period (2020 if left out), then indicators.

    `.` is a missing value; `4*` is a hidden one that enters as 4, `~10` a rounded one, `*` has no value.
    """
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    rows = []
    for line in lines[1:]:
        row = dict(zip(lines[0], line, strict=True))
        area, period = row.pop("area"), row.pop("period", "2020")
        for indicator, cell in row.items():
            status = "suppressed" if "*" in cell else "rounded" if "~" in cell else None
            number = cell.strip("*~.")
            rows.append((period, area, indicator, float(number) if number else None, status))
    names = {"period": str, "area": str, "indicator": str, "value": float, "status": str}
    return pl.DataFrame(rows, schema=names, orient="row")


def scored(
    framework: Framework,
    rows: pl.DataFrame | str,
    recipe: object = (),
    publish: tuple[str, ...] = (),
    carry: float = 0,
    frozen: HandedOn | None = None,
    attributes: pl.DataFrame | None = None,
) -> Scoring:
    """Score a drawn table; all its periods are published unless some are named.

    `frozen` is what the edition that the recipe names hands on.
    """
    frame = table(rows) if isinstance(rows, str) else rows
    items = tuple(Area(code, code) for code in frame["area"].unique().to_list())
    areas = Areas("place", "", items, pl.DataFrame() if attributes is None else attributes)
    labels = publish or tuple(frame["period"].unique().to_list())
    periods = Periods(tuple(sorted(Period.parse(label) for label in labels)), carry)
    read = Recipe.read(recipe)  # type: ignore[arg-type]
    editions = {} if frozen is None else dict.fromkeys(read.editions, frozen)
    return score(Observations.of(frame), framework, areas, periods, read, editions)


def column(scoring: Scoring, node: str, period: str = "", digits: int = 9) -> list[float | None]:
    """The scores of a node in the last (or named) period, area after area; None where missing."""
    p = scoring.period_index[period] if period else -1
    held = scoring.scores[p, :, scoring.node_index[node]]
    return [None if np.isnan(score) else round(float(score), digits) for score in held]
