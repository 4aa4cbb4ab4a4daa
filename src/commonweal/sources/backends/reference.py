"""Records to totals in plain Python: one row after another, slow and plainly right.

The other engines are tested against this one. It reads what they read, in the same way: an empty cell is
null, blanks around codes and dates are trimmed, and a file that is not UTF-8 is Latin-1.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from commonweal.sources.filter import (
    NUMBER,
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Empty,
    Like,
    Not,
    OneOf,
    Value,
)
from commonweal.sources.query import (
    PLACES,
    ByCode,
    File,
    Query,
    Totals,
    Unlinked,
    Unreadable,
    condition_names,
    ordered,
    schema,
)

Row = dict[str, str | None]
Truth = bool | None


def total(query: Query, /, *, scratch: Path) -> Totals:
    """Answer `query`, holding every record in memory; `scratch` is not needed."""
    columns = {name for file in query.files for name in file.columns}
    firsts: dict[str, Row] = {}
    fates: Counter[str] = Counter()
    places: list[Unreadable] = []
    cells: dict[tuple[int, str | None], list[int]] = {}
    for row in _rows(query.files):
        if isinstance(row, Unreadable):
            places.append(row)
            continue
        whole = {name: row.get(name) for name in columns}
        key = whole[query.key] if query.key else None
        if key is not None and key in firsts:
            fates["identical" if whole == firsts[key] else "differing"] += 1
            continue
        if key is not None:
            firsts[key] = whole
        met = [1] + [int(truth(condition, row) is True) for condition in query.conditions]
        counted = cells.setdefault((_area(query, row), _at(query, row)), [0] * len(met))
        for i, one in enumerate(met):
            counted[i] += one
    names = ["records", *condition_names(query)]
    frame = pl.DataFrame(
        [{"area": area, "at": at, **dict(zip(names, n, strict=True))} for (area, at), n in cells.items()],
        schema=schema(query),
    )
    places.sort(key=lambda place: (str(place.file), place.line))
    return Totals(
        ordered(frame, query), fates["identical"], fates["differing"], len(places), tuple(places[:PLACES])
    )


def truth(condition: Condition, row: Row) -> Truth:
    """Whether a row meets a condition; None where an empty cell leaves it open.

    >>> truth(Not(Compare("ward", "=", "A")), {"ward": None}) is None
    True
    """
    match condition:
        case AllOf(parts):
            found = [truth(part, row) for part in parts]
            return False if False in found else None if None in found else True
        case AnyOf(parts):
            found = [truth(part, row) for part in parts]
            return True if True in found else None if None in found else False
        case Not(inner):
            held = truth(inner, row)
            return None if held is None else not held
        case Empty(column):
            return row[column] is None
        case Like(column, pattern):
            text = row[column]
            return None if text is None else _fits(pattern, text)
        case OneOf(column, values):
            return truth(AnyOf(tuple(Compare(column, "=", value) for value in values)), row)
        case Compare(column, operator, value):
            return _compare(row[column], operator, value)


def _fits(pattern: str, text: str) -> bool:
    wild = {"%": ".*", "_": "."}
    return bool(re.fullmatch("".join(wild.get(c, re.escape(c)) for c in pattern), text, re.DOTALL))


def _compare(text: str | None, operator: str, value: Value) -> Truth:
    if text is None:
        return None
    held: Any = text
    if not isinstance(value, str):
        held = _number(text)
        if held is None:
            return None
    outcome: dict[str, bool] = {
        "=": held == value, "!=": held != value, "<": held < value,
        "<=": held <= value, ">": held > value, ">=": held >= value,
    }  # fmt: skip
    return outcome[operator]


def _number(text: str | None) -> float | None:
    return float(text) if text is not None and re.fullmatch(NUMBER, text) else None


def _area(query: Query, row: Row) -> int:
    link = query.link
    if isinstance(link, ByCode):
        code = (row[link.column] or "").strip(" ")
        if not code:
            return Unlinked.EMPTY_CODE
        return link.codes.index(code) if code in link.codes else Unlinked.UNKNOWN_CODE
    import shapely

    x, y = _number(row[link.x]), _number(row[link.y])
    if x is None or y is None or not np.isfinite(x) or not np.isfinite(y):
        return Unlinked.NO_COORDINATES
    (east,), (north,) = link.project(np.array([x]), np.array([y]))
    if not np.isfinite(east) or not np.isfinite(north):
        return Unlinked.OUTSIDE
    point = shapely.Point(east, north)
    covering = (i for i, outline in enumerate(link.outlines) if shapely.covers(outline, point))
    return next(covering, int(Unlinked.OUTSIDE))


def _at(query: Query, row: Row) -> str | None:
    text = (row[query.date] or "").strip(" ") if query.date else ""
    day = text[:10] if text[10:11] in ("T", " ") and len(text) > 10 else text
    return (text[:7] if _is_day(day) else day) or None


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _rows(files: tuple[File, ...]) -> Iterator[Row | Unreadable]:
    for file in files:
        yield from _csv_rows(file) if file.kind == "csv" else _parquet_rows(file)


def _csv_rows(file: File) -> Iterator[Row | Unreadable]:
    raw = gzip.decompress(file.path.read_bytes()) if file.path.suffix == ".gz" else file.path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    reader = csv.reader(text.splitlines(keepends=True), delimiter=file.delimiter)
    next(reader)
    end = reader.line_num
    for cells in reader:
        line, end = end + 1, reader.line_num
        if not cells:
            continue
        if len(cells) != len(file.columns):
            yield Unreadable(file.path, line)
        else:
            yield {name: cell or None for name, cell in zip(file.columns, cells, strict=True)}


def _parquet_rows(file: File) -> Iterator[Row]:
    import pyarrow.parquet as pq

    for row in pq.read_table(file.path).to_pylist():
        yield {name: None if cell is None else _as_text(cell) or None for name, cell in row.items()}


def _as_text(cell: object) -> str:
    return str(cell).lower() if isinstance(cell, bool) else str(cell)
