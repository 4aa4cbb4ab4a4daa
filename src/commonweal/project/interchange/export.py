"""Write the two tables of COINr, iData and iMeta, from observations that may be seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import polars as pl

from commonweal.formats.tables import read_table
from commonweal.model.framework import Framework, Node
from commonweal.model.observation import Observations
from commonweal.model.project import Project

DATA: Final = "iData.csv"
META: Final = "iMeta.csv"
_META: Final = (
    "Level", "iCode", "iName", "Direction", "Weight", "Unit", "Target", "Denominator", "Parent", "Type",
)  # fmt: skip


def export_pair(project: Project, observations: Observations, folder: Path) -> tuple[Path, Path]:
    """Write iData.csv and iMeta.csv to `folder` and return their paths.

    `observations` have passed the gate. A row an area and published period; groups, other columns of the
    areas table and denominators come before the indicators. Where the project began from such a pair, its
    own names of those columns are kept.
    """
    folder.mkdir(parents=True, exist_ok=True)
    attributes = _attributes(project)
    data, meta = folder / DATA, folder / META
    _data(project, observations, attributes).write_csv(data)
    _meta(project, attributes).write_csv(meta)
    return data, meta


def _code(node: Node) -> str:
    return node.code or node.id


def _attributes(project: Project) -> dict[str, dict[str, str | None]]:
    """Column -> its row of iMeta: those of the areas table, then denominators of their own."""
    frame = project.areas.attributes
    names = [name for name in frame.columns if name not in ("code", "name")]
    names += [name for name in project.denominators["name"].unique().sort() if name not in names]
    divides = set(_denominators(project).values())
    described = _described(project)
    rows: dict[str, dict[str, str | None]] = {}
    for name in names:
        numeric = name not in frame.columns or frame[name].dtype.is_numeric()
        kind = "Denominator" if name in divides else "Other" if numeric else "Group"
        plain: dict[str, str | None] = {"iCode": name, "iName": name, "Type": kind}
        rows[name] = plain | described.get(name, {})
    order = [name for name in described if name in rows]
    return {name: rows[name] for name in (*order, *(name for name in rows if name not in order))}


def _described(project: Project) -> dict[str, dict[str, str | None]]:
    """What the pair that the project began from says of columns that are no nodes."""
    path = project.root / "data" / META
    if not path.is_file():
        return {}
    frame = read_table(path).frame
    rows = frame.select(name for name in _META if name in frame.columns).iter_rows(named=True)
    return {
        row["iCode"]: {key: cell for key, cell in row.items() if cell != "NA"}
        for row in rows
        if row["Type"] not in ("Indicator", "Aggregate")
    }


def _denominators(project: Project) -> dict[str, str]:
    """Indicator -> the column that divides it."""
    steps = (step for step in project.recipe.steps if step.key == "denominate")
    return {id: name for step in steps for id, name in getattr(step, "by", ())}


def _data(
    project: Project, observations: Observations, attributes: dict[str, dict[str, str | None]]
) -> pl.DataFrame:
    periods = [period.label for period in project.periods.publish]
    units = pl.DataFrame({"uName": [a.name for a in project.areas], "uCode": list(project.areas.codes)})
    order = _order(project)
    frame = pl.DataFrame({"Time": periods}).join(units, how="cross")
    table = project.areas.attributes
    if "code" in table.columns:
        held = [name for name in attributes if name in table.columns]
        frame = frame.join(table.select("code", *held), left_on="uCode", right_on="code", how="left")
    for name in attributes:
        if name not in frame.columns:
            rows = project.denominators.filter(name=name).select(
                "area", "period", pl.col("value").alias(name)
            )
            frame = frame.join(rows, left_on=["uCode", "Time"], right_on=["area", "period"], how="left")
    wide = observations.frame.filter(pl.col("status") != "suppressed").pivot(
        "indicator", index=["area", "period"], values="value"
    )
    frame = frame.join(wide, left_on=["uCode", "Time"], right_on=["area", "period"], how="left")
    codes = {node.id: _code(node) for node in project.framework.indicators}
    groups = [name for name, row in attributes.items() if row["Type"] == "Group"]
    others = [name for name in attributes if name not in groups]
    columns = ["uName", "uCode", *groups, *([] if _timeless(project) else ["Time"]), *others]
    absent = [pl.lit(None, dtype=pl.Float64).alias(id) for id in codes if id not in frame.columns]
    frame = frame.with_columns(absent)
    frame = frame.sort("Time", pl.col("uCode").replace_strict(order, default=len(order)), "uCode")
    return frame.select(*columns, *(pl.col(id).alias(code) for id, code in codes.items()))


def _order(project: Project) -> dict[str, int]:
    """Where each unit stands in the pair that the project began from; else in the order of codes."""
    path = project.root / "data" / DATA
    codes = (
        read_table(path).frame["uCode"].unique(maintain_order=True) if path.is_file() else project.areas.codes
    )
    return {code: i for i, code in enumerate(codes)}


def _timeless(project: Project) -> bool:
    """Whether the values came without a column of periods."""
    tables = project.written.get("values")
    fixed = [isinstance(t, dict) and "period" in t for t in tables] if isinstance(tables, list) else [False]
    return len(project.periods.publish) == 1 and all(fixed)


def _meta(project: Project, attributes: dict[str, dict[str, str | None]]) -> pl.DataFrame:
    rows = [*_nodes(project), *({name: row.get(name) for name in _META} for row in attributes.values())]
    return pl.DataFrame(rows, schema=dict.fromkeys(_META, pl.String))


def _nodes(project: Project) -> Iterator[dict[str, str | None]]:
    divides = _denominators(project)
    framework: Framework = project.framework
    for node in sorted(framework, key=lambda node: not node.is_indicator):
        yield {
            "Level": str(framework.levels.index(node.level) + 1),
            "iCode": _code(node),
            "iName": node.name,
            "Direction": str(node.direction or 1),
            "Weight": f"{node.weight:.15g}",
            "Unit": node.unit or None,
            "Target": None if node.target is None else repr(node.target),
            "Denominator": divides.get(node.id),
            "Parent": _code(framework[node.parent]) if node.parent else None,
            "Type": "Indicator" if node.is_indicator else "Aggregate",
        }
