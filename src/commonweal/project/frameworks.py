"""The framework of a project: a file or a built-in one, with the project's changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final

import polars as pl

from commonweal import frameworks
from commonweal.errors import CommonwealError, Fault, near, raise_any, refusal
from commonweal.model.framework import COLUMNS, INDICATOR, Framework, Node
from commonweal.project.columns import LINE, Rows, read_rows
from commonweal.project.paths import Files
from commonweal.project.schema import FrameworkChoice

_NUMBERS: Final = {
    "weight": "FRAMEWORK-WEIGHT",
    "worst": "FRAMEWORK-GOALPOSTS",
    "best": "FRAMEWORK-GOALPOSTS",
    "target": "FRAMEWORK-GOALPOSTS",
}
_REQUIRED: Final = ("id", "name", "parent")


def framework_from_frame(frame: pl.DataFrame) -> Framework:
    """A framework from a table with the columns of framework.csv; id, name and parent are required.

    A blank level is indicator, a blank weight 1. Raises what `Framework` raises, and COLUMN-MISSING,
    COLUMN-UNKNOWN.

    >>> tree = framework_from_frame(pl.DataFrame({
    ...     "id": ["index", "crime"], "name": ["Index", "Crime rate"], "parent": ["", "index"],
    ...     "level": ["index", "indicator"], "direction": [None, -1]}))
    >>> tree["crime"].direction
    -1
    """
    text = frame.with_columns(pl.all().cast(pl.String)).with_row_index(LINE)
    try:
        return _framework([Rows("", text, 0)])[0]
    except CommonwealError as error:
        raise CommonwealError(fault.at("framework") for fault in error.faults) from None


@dataclass(frozen=True, slots=True)
class Chosen:
    """A project's framework, the indicators it left out, and where each node was written."""

    framework: Framework
    left_out: frozenset[str]
    places: Mapping[str, tuple[str, int]]


def read_framework(files: Files, choice: str | FrameworkChoice) -> Chosen:
    """The framework that a project chose.

    Raises what `framework_from_frame` raises, and FRAMEWORK-NAME, FRAMEWORK-UNKNOWN, PATH-….
    """
    if isinstance(choice, str):
        choice = FrameworkChoice.model_validate({"use": choice})
    tables = [_rows_of(files, choice.use)]
    if choice.change is not None:
        tables.append(read_rows(files, choice.change))
    whole, places = _framework(tables)
    named = [*choice.without, *choice.only]
    raise_any(
        Fault(
            "FRAMEWORK-UNKNOWN",
            f"the framework has no node {id!r}{near(id, (n.id for n in whole))}",
            "Name a node by its id.",
            path=("without" if id in choice.without else "only",),
        )
        for id in named
        if id not in whole
    )
    chosen = whole.only(choice.only) if choice.only else whole
    chosen = chosen.without(choice.without) if choice.without else chosen
    left_out = frozenset(node.id for node in whole.indicators if node.id not in chosen)
    return Chosen(chosen, left_out, places)


def _rows_of(files: Files, use: str) -> Rows:
    if use in frameworks.NAMES:
        with frameworks.built_in(use) as path:
            rows = read_rows(Files(path.parent), path.name)
        return Rows(f"the built-in framework {use}", rows.frame, rows.header)
    if not use.lower().endswith((".csv", ".xlsx", ".parquet")):
        raise refusal(
            "FRAMEWORK-NAME",
            f"there is no built-in framework {use!r}{near(use, frameworks.NAMES)}",
            f"Use {', '.join(frameworks.NAMES)}, or a file such as framework.csv.",
            path=("use",),
        )
    return read_rows(files, use)


def _framework(tables: list[Rows]) -> tuple[Framework, dict[str, tuple[str, int]]]:
    raise_any(fault for rows in tables for fault in _column_faults(rows))
    cells: dict[str, dict[str, Any]] = {}
    places: dict[str, tuple[str, int]] = {}
    order: list[dict[str, Any]] = []
    faults: list[Fault] = []
    for position, rows in enumerate(tables):
        for row in rows.frame.iter_rows(named=True):
            line = row.pop(LINE)
            id = row["id"] or ""
            if position and id in cells:
                # a changed node keeps what the change leaves blank
                cells[id].update({name: cell for name, cell in row.items() if cell is not None})
            else:
                order.append(row)
                cells[id] = row
            places[id] = (rows.file, line)
    nodes = []
    for row in order:
        node, own = _node(row)
        nodes.append(node)
        faults += own
    mine = {fault.path for fault in faults}
    try:
        framework = Framework(tuple(nodes))
    except CommonwealError as error:
        faults += [fault for fault in error.faults if fault.path not in mine]
    raise_any(_placed(faults, places))
    return framework, places


def _column_faults(rows: Rows) -> list[Fault]:
    faults = rows.require(_REQUIRED)
    faults += [
        rows.fault(
            "COLUMN-UNKNOWN",
            f"the column {name!r} is not known{near(name, COLUMNS)}",
            f"A framework has the columns {', '.join(COLUMNS)}.",
            rows.header,
        )
        for name in rows.frame.columns
        if name not in COLUMNS and name != LINE
    ]
    return faults


def _node(row: dict[str, Any]) -> tuple[Node, list[Fault]]:
    id = row["id"] or ""
    faults: list[Fault] = []
    figures: dict[str, float | None] = {}
    for name, code in _NUMBERS.items():
        figures[name], fault = _figure(id, name, row.get(name), code)
        faults += fault
    direction, fault = _figure(id, "direction", row.get("direction"), "FRAMEWORK-DIRECTION")
    texts = ("parent", "unit", "description", "source", "licence", "denominator", "subject", "code")
    node = Node(
        id,
        row.get("name") or id,
        level=row.get("level") or INDICATOR,
        direction=int(direction) if direction in (1.0, -1.0) else None,
        weight=1.0 if figures["weight"] is None else figures["weight"],
        worst=figures["worst"],
        best=figures["best"],
        target=figures["target"],
        **{name: row.get(name) or "" for name in texts},
    )
    if direction is not None and direction not in (1.0, -1.0):
        fault = [_not_usable(id, "direction", row["direction"], "FRAMEWORK-DIRECTION")]
    return node, faults + fault


def _figure(id: str, name: str, cell: Any, code: str) -> tuple[float | None, list[Fault]]:
    try:
        value = None if cell in (None, "") else float(cell)
    except ValueError:
        return None, [_not_usable(id, name, cell, code)]
    if value is not None and (not isfinite(value) or (name == "weight" and value < 0)):
        return None, [_not_usable(id, name, cell, code)]
    return value, []


def _not_usable(id: str, name: str, cell: Any, code: str) -> Fault:
    remedies = {
        "direction": "Write 1 where more is better, -1 where less is better.",
        "weight": "Write a number of 0 or more, or leave it blank for 1.",
    }
    remedy = remedies.get(name, "Write a number, or leave the cell empty.")
    return Fault(code, f"{name} of {id!r} is {cell!r}", remedy, path=(id, name))


def _placed(faults: Iterable[Fault], places: dict[str, tuple[str, int]]) -> list[Fault]:
    only_file = next(iter(places.values()), ("", 0))[0]
    return [
        fault.at(*places.get(str(fault.path[0]) if fault.path else "", (only_file, 0))) for fault in faults
    ]
