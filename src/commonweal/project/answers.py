"""What people said about the weights: points shared out (budget), or comparisons two by two (pairwise).

A budget table has a row a person: `respondent`, then a column for each part, named by its node id. A pairwise
table has a row a comparison: `respondent`, `first`, `second` and `times`, how many times as important the
first is as the second, from 1/9 to 9. A person with empty cells only was asked, but took no part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import isfinite
from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Array
from commonweal.errors import CommonwealError, Fault, raise_any
from commonweal.formats.tables import Table
from commonweal.model.framework import Framework, Node
from commonweal.model.recipe import Recipe
from commonweal.project.columns import several
from commonweal.project.paths import Files

RESPONDENT: Final = "respondent"
PAIRS: Final = (RESPONDENT, "first", "second", "times")
#: Saaty's scale ends at 9 times as important; a thousandth forgives a third written as 0.333.
_MOST: Final = 9.009


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What people said: by parent (people, children) points or (people, children, children) judgements.

    `tables` has the tables by the path that the recipe names, with numbers in the place of names: they count
    people in the order of what they said, so that no place in the file gives anybody away.
    """

    by_parent: Mapping[str, Array] = field(default_factory=dict)
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)


def read_answers(files: Files, recipe: Recipe, framework: Framework) -> Answers:
    """Read every table of answers that the recipe names.

    Raises ANSWER-VALUE, COLUMN-MISSING, COLUMN-UNKNOWN, and what `Files.table` raises.
    """
    asking: dict[tuple[str, str], list[Node]] = {}
    for parent in framework.parents:
        method = recipe.weigh.method.at(parent.id, parent.level)
        if method.name in _READERS:
            asking.setdefault((method.name, method["path"]), []).append(parent)
    by_parent: dict[str, Array] = {}
    tables: dict[str, pl.DataFrame] = {}
    faults: list[Fault] = []
    for (name, path), parents in asking.items():
        try:
            table = files.table(path)
            files.private.add(path)
            found, tables[path] = _READERS[name](table, path, parents, framework)
        except CommonwealError as error:
            faults += error.faults
        else:
            by_parent |= found
    raise_any(faults)
    return Answers(by_parent, tables)


# ---- points ----


def _points(
    table: Table, path: str, parents: list[Node], framework: Framework
) -> tuple[dict[str, Array], pl.DataFrame]:
    frame = table.frame
    faults = _header_faults(path, frame, framework)
    for parent, column in ((p, c.id) for p in parents for c in framework.children(p.id)):
        siblings = [child.id for child in framework.children(parent.id)]
        if column not in frame.columns and set(siblings) & set(frame.columns):
            what = f"the answers have no column {column!r}, but others under {parent.id!r}"
            remedy = "Ask about all parts of a parent, or about none."
            faults.append(Fault("COLUMN-MISSING", what, remedy, path, 1))
    raise_any(faults)
    parts = [name for name in frame.columns if name != RESPONDENT]
    # twelve digits, as everything published has, so that what is republished gives the same weights
    numbers = frame.select(pl.col(parts).cast(pl.Float64, strict=False))
    bad = []
    for name in parts:
        wrong = frame[name].is_not_null() & ~(numbers[name].is_finite() & (numbers[name] >= 0)).fill_null(
            False
        )
        for row in wrong.arg_true():
            what = f"points for {name!r} are {frame[name][row]!r}"
            bad.append(_fault(what, "Write a number of 0 or more, or leave it empty.", path, table.line(row)))
    seen: dict[str | None, int] = {}
    for row, person in enumerate(frame[RESPONDENT]):
        if person is None or person in seen:
            what = f"respondent {person!r} stands twice" if person else "a row has no respondent"
            bad.append(_fault(what, "Give each person one row.", path, table.line(row)))
        seen[person] = row
    raise_any(several(bad))
    numbers = numbers.select(pl.all().round_sig_figs(12)).sort(parts, nulls_last=True)
    by_parent = {}
    for parent in parents:
        children = [child.id for child in framework.children(parent.id)]
        if set(children) <= set(parts):
            by_parent[parent.id] = numbers.select(children).fill_null(np.nan).to_numpy()
    return by_parent, numbers.select(_numbered(len(numbers)), *parts)


def _header_faults(path: str, frame: pl.DataFrame, framework: Framework) -> list[Fault]:
    faults = []
    if RESPONDENT not in frame.columns:
        what = f"the answers have no column {RESPONDENT!r}"
        faults.append(Fault("COLUMN-MISSING", what, "Add it: a name or number for each person.", path, 1))
    faults += [
        Fault(
            "COLUMN-UNKNOWN",
            f"the answers have a column {name!r}, which is no node of the framework",
            "Name each column after a node, or take it out.",
            path,
            1,
        )
        for name in frame.columns
        if name != RESPONDENT and name not in framework
    ]
    return faults


# ---- comparisons ----


def _comparisons(
    table: Table, path: str, parents: list[Node], framework: Framework
) -> tuple[dict[str, Array], pl.DataFrame]:
    frame = table.frame
    raise_any(
        Fault("COLUMN-MISSING", f"the answers have no column {name!r}", f"Use {', '.join(PAIRS)}.", path, 1)
        for name in PAIRS
        if name not in frame.columns
    )
    said: dict[str, dict[tuple[str, str], float]] = {}
    bad = []
    for row, (person, first, second, text) in enumerate(frame.select(PAIRS).iter_rows()):
        line = table.line(row)
        if person is None:
            bad.append(_fault("a row has no respondent", "Give each person a name or number.", path, line))
            continue
        own = said.setdefault(person, {})
        if text is None:
            continue
        times = _times(text)
        if times is None:
            what = f"times is {text!r} for {first!r} and {second!r}"
            remedy = "Write a number from 1/9 to 9: how many times as important the first is."
            bad.append(_fault(what, remedy, path, line))
        elif wrong := _pair_fault(first, second, own, framework):
            bad.append(_fault(*wrong, path, line))
        else:
            own[first, second] = times
    raise_any(several(bad))
    people = sorted(said.values(), key=lambda own: sorted((_key(pair), own[pair]) for pair in own))
    by_parent = {}
    for parent in parents:
        children = [child.id for child in framework.children(parent.id)]
        if len(children) == 1 or any(set(pair) <= set(children) for own in people for pair in own):
            by_parent[parent.id] = np.stack([_matrix(own, children) for own in people])
    rows: list[tuple[object, ...]] = []
    for number, own in enumerate(people, 1):
        rows += [(number, *pair, own[pair]) for pair in sorted(own)] or [(number, None, None, None)]
    schema = {RESPONDENT: pl.Int64, "first": pl.String, "second": pl.String, "times": pl.Float64}
    return by_parent, pl.DataFrame(rows, schema=schema, orient="row")


def _key(pair: tuple[str, str]) -> tuple[str, ...]:
    return tuple(sorted(pair))


def _times(text: str) -> float | None:
    """A number or a fraction within Saaty's scale."""
    try:
        value = float(Fraction(text.replace(" ", "")))
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    return float(f"{value:.12g}") if isfinite(value) and 1 / _MOST <= value <= _MOST else None


def _pair_fault(
    first: str | None, second: str | None, own: Mapping[tuple[str, str], float], framework: Framework
) -> tuple[str, str] | None:
    for name in (first, second):
        if name is None or name not in framework:
            return f"{name!r} is compared, which is no node of the framework", "Correct the id."
    if first == second:
        return f"{first!r} is compared with itself", "Take the row out."
    if framework[str(first)].parent != framework[str(second)].parent:
        return f"{first!r} and {second!r} are not parts of the same parent", "Compare parts of one parent."
    if (first, second) in own or (second, first) in own:
        return f"{first!r} and {second!r} are compared twice by one person", "Keep one of the rows."
    return None


def _matrix(own: Mapping[tuple[str, str], float], children: list[str]) -> Array:
    at = {name: i for i, name in enumerate(children)}
    matrix = np.full((len(children), len(children)), np.nan)
    np.fill_diagonal(matrix, 1.0)
    for (first, second), times in own.items():
        if first in at and second in at:
            matrix[at[first], at[second]] = times
            matrix[at[second], at[first]] = 1.0 / times
    return matrix


def _numbered(count: int) -> pl.Series:
    return pl.Series(RESPONDENT, range(1, count + 1), dtype=pl.Int64)


def _fault(what: str, remedy: str, path: str, line: int) -> Fault:
    return Fault("ANSWER-VALUE", what, remedy, path, line)


_READERS: Final = {"budget": _points, "pairwise": _comparisons}
