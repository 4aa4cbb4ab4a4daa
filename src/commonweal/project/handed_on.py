"""What an older edition hands on: the fits of its steps, to frozen rules, and its weights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Final

import polars as pl

from commonweal.errors import CommonwealError, Fault, raise_any, refusal
from commonweal.model.framework import Framework
from commonweal.model.handed_on import IN_FILE, TABLES, HandedOn, last_period
from commonweal.model.period import Period
from commonweal.model.recipe import Recipe
from commonweal.project.columns import Rows, number, number_faults, read_rows
from commonweal.project.paths import Files

#: The tables of an edition that each step takes its fits from. Every edition has goalposts.
_TABLES_OF: Final = {
    "impute": ("imputation",),
    "treat": ("treatments",),
    "normalise": ("goalposts", "scales", "references"),
}
#: Columns that a table may lack.
_OPTIONAL: Final = frozenset({"period", "weighted_by", "area"})


def read_handed_on(files: Files, edition: str, steps: Iterable[str]) -> tuple[HandedOn, tuple[str, ...]]:
    """What an edition hands on to these steps, and notes where each of its periods has a fit of its own.

    An edition is its folder, a folder that holds its tables, or its goalposts.csv. Raises PATH-MISSING and
    what reading tables raises.
    """
    goalposts = _goalposts(files, edition)
    tables, notes = {}, []
    for name in sorted({table for step in steps for table in _TABLES_OF[step]}):
        beside = str(PurePosixPath(goalposts).with_name(f"{name}.csv"))
        tables[name] = _table(files, goalposts if name == "goalposts" else beside, name)
        if label := last_period(tables[name]):
            notes.append(f"{edition} has {name} for each period: those of {label} are handed on")
    return HandedOn.of(tables), tuple(notes)


def _goalposts(files: Files, edition: str) -> str:
    """Where the goalposts.csv of an edition is: the tables stand beside it."""
    for written in (edition, f"{edition}/data/goalposts.csv", f"{edition}/goalposts.csv"):
        try:
            files.file(written)
        except CommonwealError as error:
            if {fault.code for fault in error.faults} != {"PATH-MISSING"}:
                raise
        else:
            return written
    raise refusal(
        "PATH-MISSING",
        f"there are no goalposts of the edition {edition!r}",
        "Name its folder, or its goalposts.csv, inside the project folder.",
    )


def _table(files: Files, written: str, name: str) -> pl.DataFrame:
    """A table that an edition hands on, with its period; no rows where the edition has none."""
    columns: dict[str, type[pl.DataType]] = {"period": pl.String, **TABLES[name]}
    try:
        rows = read_rows(files, written)
    except CommonwealError as error:
        if {fault.code for fault in error.faults} <= {"FILE-EMPTY", "PATH-MISSING"}:
            return pl.DataFrame(schema=columns)
        raise
    theirs = {column: IN_FILE.get(column, column) for column in columns}
    raise_any(rows.require(theirs[column] for column in columns if column not in _OPTIONAL))
    numbers = [theirs[column] for column, kind in columns.items() if kind != pl.String]
    raise_any(number_faults(rows, numbers))
    return rows.frame.select(
        _text(rows, column) if kind == pl.String else number(theirs[column]).cast(kind).alias(column)
        for column, kind in columns.items()
    )


def _text(rows: Rows, column: str) -> pl.Expr:
    held = pl.col(column).fill_null("") if column in rows.frame.columns else pl.lit("")
    return held.alias(column)


def with_frozen_weights(
    files: Files, recipe: Recipe, framework: Framework
) -> tuple[Framework, tuple[str, ...]]:
    """The framework with an older edition's weights, below each parent that the recipe weighs so.

    Where that edition has weights for each period those of its last one are taken, and a note says so.
    Raises EDITION-WEIGHTS where it has no weight for a child.
    """
    faults: list[Fault] = []
    notes: list[str] = []
    weights: dict[str, float] = {}
    for parent in framework.parents:
        method = recipe.weigh.method.at(parent.id, parent.level)
        if method.name != "frozen":
            continue
        held = _weights(files, method["edition"])
        taken = set()
        for child in framework.children(parent.id):
            found = held.get((child.id, parent.id), {})
            if found:
                label = _last(found)
                weights[child.id] = found[label]
                taken |= {label} if len(set(found.values())) > 1 else set()
                continue
            faults.append(
                Fault(
                    "EDITION-WEIGHTS",
                    f"the edition {method['edition']!r} has no weight for {child.id!r} in {parent.id!r}",
                    "Weigh this parent in another way (`by:`), or freeze an edition with a weight for it.",
                )
            )
        notes += [
            f"{method['edition']} has weights in {parent.id} for each period: those of {label} are handed on"
            for label in sorted(taken)
        ]
    raise_any(faults)
    changed = Framework(tuple(replace(node, weight=weights.get(node.id, node.weight)) for node in framework))
    return changed, tuple(notes)


def _last(labels: Iterable[str]) -> str:
    named = [label for label in labels if label]
    return max(named, key=Period.parse) if named else ""


def _weights(files: Files, edition: str) -> Mapping[tuple[str, str], dict[str, float]]:
    """(Node, parent) -> period -> weight; the period is empty where one weight holds for all."""
    rows = read_rows(files, f"{edition}/data/weights.csv")
    raise_any(rows.require(("node", "parent", "weight")))
    raise_any(number_faults(rows, ("weight",)))
    found: dict[tuple[str, str], dict[str, float]] = {}
    columns = (_text(rows, "period"), "node", "parent", number("weight"))
    for label, node, parent, weight in rows.frame.select(*columns).iter_rows():
        found.setdefault((node, parent or ""), {})[label] = weight
    return found
