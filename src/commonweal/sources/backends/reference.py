"""Records to totals in plain Python: one row after another, slow and plainly right.

The other engines are tested against this one. It reads what they read, in the same way: an empty cell is
null, and blanks around codes and dates are trimmed.
"""

from __future__ import annotations

import csv
import gzip
import math
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext
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
    DIGITS,
    PLACES,
    SECONDS,
    ByCode,
    ByPoint,
    Cells,
    Distinct,
    File,
    Number,
    Query,
    Tally,
    Totals,
    Unlinked,
    Unreadable,
    code_text,
    ordered,
    schema,
)

Row = dict[str, str | None]
Truth = bool | None
#: A row with its area and its date.
Record = tuple[int, str | None, Row]


def total(query: Query, /, *, scratch: Path) -> Totals:
    """Answer `query` about files, holding every record in memory; `scratch` is not needed."""
    places: list[Unreadable] = []
    rows: list[Row] = []
    for row in _rows(query.files):
        if isinstance(row, Unreadable):
            places.append(row)
        else:
            rows.append(row)
    kept, identical, differing = _without_repeats(query, rows)
    areas = [_area(query, row) for row in kept]
    dates = [_at(query, row) for row in kept]
    records = list(zip(areas, dates, kept, strict=True))
    answers = tuple(
        _distinct(ask, records) if isinstance(ask, Distinct) else _cells(ask, records) for ask in query.asks
    )
    places.sort(key=lambda place: (str(place.file), place.line))
    return Totals(answers, identical, differing, len(places), tuple(places[:PLACES]))


def _without_repeats(query: Query, rows: list[Row]) -> tuple[list[Row], int, int]:
    """The rows without those whose key came before; how many of these equal the first, how many differ."""
    columns = {name for file in query.files for name in file.columns}
    kept: list[Row] = []
    firsts: dict[str, Row] = {}
    fates: Counter[str] = Counter()
    for row in rows:
        whole = {name: row.get(name) for name in columns}
        key = whole[query.key] if query.key else None
        if key is not None and key in firsts:
            fates["identical" if whole == firsts[key] else "differing"] += 1
            continue
        if key is not None:
            firsts[key] = whole
        kept.append(row)
    return kept, fates["identical"], fates["differing"]


def _cells(ask: Cells, records: list[Record]) -> pl.DataFrame:
    cells: dict[tuple[Any, ...], list[Row]] = {}
    for area, at, row in records:
        groups = [_trimmed(row[column]) for column in ask.by]
        value = [_whole_number(row, ask.bins)] if ask.bins else []
        cells.setdefault((area, at, *groups, *value), []).append(row)
    table = [
        (*cell, len(rows), *(_tally(tally, rows) for tally in ask.tallies)) for cell, rows in cells.items()
    ]
    return ordered(pl.DataFrame(table, schema=schema(ask), orient="row"), ask)


def _tally(tally: Tally, rows: list[Row]) -> int | None:
    met = [row for row in rows if truth(tally.where, row) is True]
    if tally.number is None:
        return len(met)
    numbers = [n for row in met if (n := _whole_number(row, tally.number)) is not None]
    match tally.kind:
        case "count":
            return len(numbers)
        case "sum":
            return sum(numbers)
        case "squares":
            return sum(n * n for n in numbers)
        case "least":
            return min(numbers, default=None)
        case "most":
            return max(numbers, default=None)


def _distinct(ask: Distinct, records: list[Record]) -> pl.DataFrame:
    people: dict[tuple[int, int], set[str]] = {}
    for area, at, row in records:
        who = _trimmed(row[ask.column])
        if who is None or truth(ask.where, row) is not True:
            continue
        for period in ask.periods.get(at, ()):
            people.setdefault((area, period), set()).add(who)
    table = [(area, period, len(found)) for (area, period), found in people.items()]
    return ordered(pl.DataFrame(table, schema=schema(ask), orient="row"), ask)


def _trimmed(text: str | None) -> str | None:
    return (text or "").strip(" ") or None


def _whole_number(row: Row, number: Number) -> int | None:
    """A cell as a whole number of 10^-decimals, half away from zero."""
    text = (row[number.column] or "").strip(" ")
    if not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)", text):
        return None
    before = text.lstrip("+-").split(".")[0].lstrip("0")
    if len(before) > DIGITS - number.decimals:
        return None
    with localcontext() as context:
        context.prec = len(text) + DIGITS
        scaled = Decimal(text).scaleb(number.decimals)
        return int(scaled.to_integral_value(ROUND_HALF_UP))


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
        code = code_text(row[link.column] or "", link.form)
        return link.index.get(code, Unlinked.UNKNOWN_CODE) if code else Unlinked.EMPTY_CODE
    import shapely

    x, y = _number(row[link.x]), _number(row[link.y])
    if x is None or y is None or not np.isfinite(x) or not np.isfinite(y):
        return Unlinked.NO_COORDINATES
    (east,), (north,) = link.project(np.array([x]), np.array([y]))
    if not np.isfinite(east) or not np.isfinite(north):
        return Unlinked.OUTSIDE
    point = shapely.Point(east, north)
    covering = (i for i, outline in enumerate(link.outlines) if shapely.covers(outline, point))
    return next(covering, _nearest(link, point))


def _nearest(link: ByPoint, point: Any) -> int:
    """The nearest outline where it is near enough; of equally near ones the first."""
    away = [(outline.distance(point), i) for i, outline in enumerate(link.outlines)]
    distance, nearest = min(away, default=(math.inf, 0))
    return nearest if link.within > 0 and distance <= link.within else int(Unlinked.OUTSIDE)


def _at(query: Query, row: Row) -> str | None:
    text = (row[query.date] or "").strip(" ") if query.date else ""
    day = text[:10] if text[10:11] in ("T", " ") and len(text) > 10 else text
    if re.fullmatch(SECONDS, text):
        return datetime.fromtimestamp(int(text[:10]), UTC).strftime("%Y-%m")
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
    reader = csv.reader(raw.decode("utf-8-sig").splitlines(keepends=True), delimiter=file.delimiter)
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

    read = pq.read_table(file.path)
    columns = {name: [_as_text(cell) or None for cell in read[name]] for name in read.column_names}
    for cells in zip(*columns.values(), strict=True):
        yield {**dict(zip(columns, cells, strict=True)), **dict(file.folders)}


def _as_text(cell: Any) -> str:
    """A value as it would be written: 1 for a real number that is whole, a time without zeros at its end."""
    held = cell.as_py()
    if held is None:
        return ""
    if isinstance(held, bool):
        return str(held).lower()
    if isinstance(held, float):
        # a number of 32 bits has fewer digits than its copy of 64
        shortest = float(str(np.float32(held))) if cell.type.bit_width == 32 else held
        return repr(shortest + 0.0).removesuffix(".0")
    if isinstance(held, datetime):
        moment = held.replace(tzinfo=None).isoformat(" ")
        return (moment.rstrip("0") if held.microsecond else moment) + ("+00" if held.tzinfo else "")
    return str(held)
