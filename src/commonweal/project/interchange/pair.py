"""The two tables of COINr: iData has a row a unit (and a Time), iMeta a row for each of its columns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from commonweal.errors import Fault, raise_any
from commonweal.formats.tables import Table, read_table
from commonweal.model.framework import COLUMNS, INDICATOR
from commonweal.model.project import PROJECT_FILE
from commonweal.project.interchange.draft import Draft, Origin, as_csv, as_yaml, node_ids

#: What a table of COINr writes for no value.
MISSING: Final = "NA"
_NODES: Final = ("Indicator", "Aggregate")
_NEEDED: Final = ("Level", "iCode", "Direction", "Weight", "Parent", "Type")
#: The period of a table without Time.
_PERIOD: Final = "2000"
_COMMENT: Final = """Made from iData and iMeta of COINr. data/ holds both as they were.
The recipe is COINr's plain one: no treatment, min-max 0-100 over all periods, arithmetic means.
published: true says that all figures are public; take it out where some are not."""


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    """Both tables as text, NA taken out, with the path of each."""

    data: Table
    meta: Table

    @property
    def nodes(self) -> pl.DataFrame:
        """The rows of iMeta that are nodes, and `line`."""
        lines = pl.Series("line", self.meta.lines)
        return self.meta.frame.with_columns(lines).filter(pl.col("Type").is_in(_NODES))

    def of_type(self, *types: str) -> list[str]:
        """The codes of these types that are columns of iData."""
        found = self.meta.frame.filter(pl.col("Type").is_in(types))["iCode"].to_list()
        return [code for code in found if code in self.data.frame.columns]


def read_pair(data: Path, meta: Path) -> Draft:
    """A draft of a project from iData and iMeta. Raises INTERCHANGE-LAYOUT and what `read_table` raises."""
    pair = _Pair(_without_na(read_table(data)), _without_na(read_table(meta)))
    raise_any(_faults(pair))
    ids = node_ids(pair.nodes["iCode"])
    # A column that changes from year to year can't be an attribute of the areas.
    extra = [*pair.of_type("Group"), *pair.of_type("Denominator", "Other")]
    varying = [code for code in extra if _varies(pair.data.frame, code)]
    denominators = [code for code in varying if code in pair.of_type("Denominator")]
    framework, rows = _framework(pair, ids)
    files: dict[str, str | bytes] = {
        PROJECT_FILE: as_yaml(_settings(pair, ids, denominators), _COMMENT),
        "framework.csv": framework,
        "areas.csv": _areas(pair, [code for code in extra if code not in denominators]),
        "data/iData.csv": data.read_bytes(),
        "data/iMeta.csv": meta.read_bytes(),
        **{f"data/{ids_file(code)}": _denominator(pair, code) for code in denominators},
    }
    origins = {
        "framework.csv": Origin(str(meta), rows),
        "data/iData.csv": Origin(str(data)),
        "areas.csv": Origin(str(data)),
    }
    says = [
        f"{code} changes over time and is not a denominator: the latest is kept."
        for code in varying
        if code not in denominators
    ]
    return Draft(files, origins, tuple(says))


def ids_file(code: str) -> str:
    """The file of a denominator that changes over time."""
    return f"denominator-{next(iter(node_ids([code]).values()))}.csv"


def _without_na(table: Table) -> Table:
    text = pl.all()
    return Table(
        table.path, table.frame.with_columns(pl.when(text != MISSING).then(text).name.keep()), table.lines
    )


def _faults(pair: _Pair) -> Iterable[Fault]:
    data, meta = pair.data.frame, pair.meta.frame
    lacking = [name for name in _NEEDED if name not in meta.columns]
    if lacking or "uCode" not in data.columns:
        table, name = (pair.meta, lacking[0]) if lacking else (pair.data, "uCode")
        yield Fault(
            "INTERCHANGE-LAYOUT",
            f"there is no column {name!r}",
            "iData needs uCode; iMeta needs " + ", ".join(_NEEDED) + ".",
            str(table.path),
            1,
        )
        return
    for row in pair.nodes.filter(pl.col("Type") == "Indicator").iter_rows(named=True):
        if row["iCode"] not in data.columns:
            yield Fault(
                "INTERCHANGE-LAYOUT",
                f"the indicator {row['iCode']!r} is no column of {pair.data.path.name}",
                "Give both tables the same codes.",
                str(pair.meta.path),
                row["line"],
            )
    for row in pair.nodes.iter_rows(named=True):
        if not (row["Level"] or "").removesuffix(".0").isdigit():
            yield Fault(
                "INTERCHANGE-LAYOUT",
                f"the Level of {row['iCode']!r} is {row['Level']!r}",
                "Write 1 for indicators, 2 for what is made of them, and so on.",
                str(pair.meta.path),
                row["line"],
            )


def _framework(pair: _Pair, ids: dict[str, str]) -> tuple[str, tuple[int, ...]]:
    """framework.csv, and the row of iMeta behind each line."""
    top = pair.nodes["Level"].cast(pl.Float64).max()
    rows = []
    for row in pair.nodes.iter_rows(named=True):
        level = float(row["Level"])
        node: dict[str, Any] = {
            "id": ids[row["iCode"]],
            "name": row.get("iName") or row["iCode"],
            "parent": ids.get(row["Parent"] or "", row["Parent"]),
            "level": INDICATOR
            if row["Type"] == "Indicator"
            else "index"
            if level == top
            else f"level-{level:g}",
            "direction": row["Direction"] if row["Type"] == "Indicator" else "",
            "unit": row.get("Unit"),
            "weight": row["Weight"],
            "target": row.get("Target"),
            "code": row["iCode"],
        }
        rows.append([node.get(column) or "" for column in COLUMNS])
    return as_csv(COLUMNS, rows), tuple(pair.nodes["line"])


def _areas(pair: _Pair, attributes: list[str]) -> str:
    """areas.csv: each unit once, with its latest attributes."""
    data = pair.data.frame
    if "Time" in data.columns:
        data = data.sort(pl.col("Time").cast(pl.Float64, strict=False), maintain_order=True)
    name = "uName" if "uName" in data.columns else "uCode"
    units = data.select(pl.col("uCode").alias("code"), pl.col(name).alias("name"), *attributes)
    units = units.unique("code", keep="last").sort("code")
    return as_csv(units.columns, ([cell or "" for cell in row] for row in units.iter_rows()))


def _denominator(pair: _Pair, code: str) -> str:
    rows = pair.data.frame.select("uCode", "Time", code).drop_nulls().sort("uCode", "Time")
    return as_csv(("area", "period", "value"), rows.iter_rows())


def _varies(data: pl.DataFrame, code: str) -> bool:
    return "Time" in data.columns and bool(
        (data.group_by("uCode").agg(pl.col(code).n_unique())[code] > 1).any()
    )


def _settings(pair: _Pair, ids: dict[str, str], varying: list[str]) -> dict[str, Any]:
    nodes = pair.nodes
    indicators = nodes.filter(pl.col("Type") == "Indicator")
    roots = nodes.filter(pl.col("Parent").is_null())
    values: dict[str, Any] = {
        "path": "data/iData.csv",
        "layout": "wide",
        "published": True,
        "missing": MISSING,
    }
    columns: dict[str, str] = {"uCode": "area"}
    if "Time" in pair.data.frame.columns:
        columns["Time"] = "period"
    else:
        values["period"] = _PERIOD
    values["columns"] = columns | {code: ids[code] for code in indicators["iCode"]}
    settings: dict[str, Any] = {
        "project": {
            "title": (roots["iName"][0] if roots.height and "iName" in roots.columns else None) or "Index",
            "framework": "framework.csv",
        },
        "areas": {"type": "unit", "table": "areas.csv"},
        "values": [values],
    }
    if varying:
        settings["denominators"] = {code: f"data/{ids_file(code)}" for code in varying}
    recipe: dict[str, Any] = {}
    if "Denominator" in nodes.columns:
        by = indicators.filter(pl.col("Denominator").is_not_null())
        if by.height:
            recipe["denominate"] = {
                ids[code]: name for code, name in by.select("iCode", "Denominator").iter_rows()
            }
    recipe["normalise"] = {"method": "minmax", "low": 0, "high": 100}
    recipe |= {"weigh": "given", "aggregate": "arithmetic", "available": 0}
    return settings | {"recipe": recipe}
