"""What an older edition hands on to a frozen rule: goalposts, means and deviations, and weights."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from commonweal.errors import CommonwealError, Fault, raise_any
from commonweal.model.framework import Framework
from commonweal.model.recipe import Recipe
from commonweal.project.columns import number, number_faults, read_rows
from commonweal.project.paths import Files


def read_goalposts(files: Files, edition: str) -> pl.DataFrame:
    """Indicator, worst, best, mean and sd of an edition: a goalposts.csv, or a folder that holds one.

    Mean and sd come from the scales.csv beside it, if there is one. Raises PATH-MISSING and what reading
    tables raises.
    """
    for written in (edition, f"{edition}/data/goalposts.csv", f"{edition}/goalposts.csv"):
        ends = _figures(files, written, ("worst", "best"))
        if ends is not None:
            break
    else:
        raise CommonwealError(
            Fault(
                "PATH-MISSING",
                f"there are no goalposts of the edition {edition!r}",
                "Name its folder, or its goalposts.csv, inside the project folder.",
            )
        )
    moments = _figures(files, written.replace("goalposts.csv", "scales.csv"), ("mean", "sd"))
    if moments is None:
        return ends.with_columns(pl.lit(None, dtype=pl.Float64).alias(name) for name in ("mean", "sd"))
    return ends.join(moments, on="indicator", how="full", coalesce=True).sort("indicator")


def _figures(files: Files, written: str, columns: tuple[str, str]) -> pl.DataFrame | None:
    """Two figures of each indicator; no rows where a table has none, None where there is no table."""
    try:
        rows = read_rows(files, written)
    except CommonwealError as error:
        codes = {fault.code for fault in error.faults}
        if codes == {"FILE-EMPTY"}:
            return pl.DataFrame(
                schema={"indicator": pl.String, columns[0]: pl.Float64, columns[1]: pl.Float64}
            )
        if codes == {"PATH-MISSING"}:
            return None
        raise
    raise_any(rows.require(("indicator", *columns)))
    raise_any(number_faults(rows, columns))
    return rows.frame.select("indicator", *map(number, columns)).sort("indicator")


def with_frozen_weights(files: Files, recipe: Recipe, framework: Framework) -> Framework:
    """The framework with an older edition's weights, below each parent that the recipe weighs so.

    Raises EDITION-WEIGHTS where that edition has no weight for a child, or one for each period.
    """
    faults: list[Fault] = []
    weights: dict[str, float] = {}
    for parent in framework.parents:
        method = recipe.weigh.method.at(parent.id, parent.level)
        if method.name != "frozen":
            continue
        held = _weights(files, method["edition"])
        for child in framework.children(parent.id):
            found = held.get((child.id, parent.id), [])
            if len(found) == 1:
                weights[child.id] = found[0]
                continue
            what = f"the edition {method['edition']!r} has {'several weights' if found else 'no weight'}"
            faults.append(
                Fault(
                    "EDITION-WEIGHTS",
                    f"{what} for {child.id!r} in {parent.id!r}",
                    "Weigh this parent in another way (`by:`), or freeze an edition with one weight for it.",
                )
            )
    raise_any(faults)
    return Framework(tuple(replace(node, weight=weights.get(node.id, node.weight)) for node in framework))


def _weights(files: Files, edition: str) -> dict[tuple[str, str], list[float]]:
    rows = read_rows(files, f"{edition}/data/weights.csv")
    raise_any(rows.require(("node", "parent", "weight")))
    raise_any(number_faults(rows, ("weight",)))
    found: dict[tuple[str, str], list[float]] = {}
    for node, parent, weight in rows.frame.select("node", "parent", number("weight")).unique().iter_rows():
        found.setdefault((node, parent or ""), []).append(weight)
    return found
