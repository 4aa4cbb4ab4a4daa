"""The COIN Tool, the Excel workbook of the Joint Research Centre: its sheets Database and Framework.

The places of things are those that COINr's `import_coin_tool` reads. Database: weights in row 7, directions
in row 8, the codes of index, sub-index, pillar and sub-pillar in rows 11 to 14, names in row 15, codes in
row 16, from column E on; units from row 17, their names in column B and codes in column C. Framework: codes
in column C, weights in column E, names in column H, under a header in row 4 (row 5 in early versions).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from commonweal.errors import Fault, raise_any
from commonweal.formats.cells import Cells
from commonweal.model.framework import COLUMNS, INDICATOR
from commonweal.model.project import PROJECT_FILE
from commonweal.project.interchange.draft import Draft, Origin, as_csv, as_yaml, node_ids

SHEET: Final = "Database"
MISSING: Final = "n/a"
_WEIGHT, _DIRECTION, _NAME, _CODE, _FIRST_UNIT = 7, 8, 15, 16, 17
#: Row -> level, and how the codes of that level begin; from the index down.
_LEVELS: Final = {
    11: ("index", "Index"),
    12: ("sub-index", "si."),
    13: ("pillar", "p."),
    14: ("sub-pillar", "sp."),
}
_UNIT_NAME, _UNIT_CODE, _FIRST_INDICATOR = 2, 3, 5
_FRAMEWORK: Final = "Framework"
_FRAMEWORK_HEADERS: Final = (4, 5)
_FRAMEWORK_HEADING: Final = "Dimension/indicator"
_NODE_CODE, _NODE_WEIGHT, _NODE_NAME = 3, 5, 8
_UNUSED: Final = "--"
_PERIOD: Final = "2000"
_COMMENT: Final = """Made from a COIN Tool workbook: its units, values, structure, weights and directions.
Treatment, goalposts and the choices of method are not taken over: say them in the recipe below.
period: the workbook does not say which year its values are of; write it here.
published: true says that all figures are public; take it out where some are not."""


@dataclass(frozen=True, slots=True)
class _Parent:
    code: str
    name: str
    weight: str
    row: int


def read_coin_tool(book: Mapping[str, Cells]) -> Draft:
    """A draft of a project from a COIN Tool workbook. Raises INTERCHANGE-LAYOUT."""
    sheet = book[SHEET]
    columns = [c for c in range(_FIRST_INDICATOR, sheet.width + 1) if _holds_values(sheet, c)]
    units = [r for r in range(_FIRST_UNIT, sheet.height + 1) if any(sheet(r, c) for c in columns)]
    raise_any(_layout_faults(sheet, columns, units))
    rows = [row for row in _LEVELS if _is_used(sheet, row, columns)]
    parents = _parents(book.get(_FRAMEWORK))
    codes = [
        *(code for row in rows for code in _codes(sheet, row, columns)),
        *(sheet(_CODE, c) for c in columns),
    ]
    ids = node_ids(codes)
    framework = _framework(sheet, columns, rows, parents, ids)
    values = [
        [sheet(r, _UNIT_CODE), *("" if sheet(r, c) == MISSING else sheet(r, c) for c in columns)]
        for r in units
    ]
    return Draft(
        {
            PROJECT_FILE: as_yaml(_settings(sheet, rows, columns, parents), _COMMENT),
            "framework.csv": framework,
            "areas.csv": as_csv(
                ("code", "name"), ((sheet(r, _UNIT_CODE), sheet(r, _UNIT_NAME)) for r in units)
            ),
            "data/values.csv": as_csv(("area", *(ids[sheet(_CODE, c)] for c in columns)), values),
        },
        {
            "framework.csv": Origin(sheet.label, (_CODE,) * framework.count("\n")),
            "areas.csv": Origin(sheet.label, tuple(units)),
            "data/values.csv": Origin(sheet.label, tuple(units)),
        },
        (
            "The places of cells are those that COINr reads; compare a few figures with the workbook.",
            "Goalposts, treatment and method are not taken over: see the recipe in commonweal.yaml.",
        ),
    )


def _holds_values(sheet: Cells, column: int) -> bool:
    return any(sheet(row, column) not in ("", MISSING) for row in range(_FIRST_UNIT, sheet.height + 1))


def _codes(sheet: Cells, row: int, columns: list[int]) -> list[str]:
    return list(dict.fromkeys(sheet(row, c) for c in columns))


def _is_used(sheet: Cells, row: int, columns: list[int]) -> bool:
    """A level below the index that has one code throughout is one that the workbook does not use."""
    return _LEVELS[row][0] == "index" or len(_codes(sheet, row, columns)) > 1


def _layout_faults(sheet: Cells, columns: list[int], units: list[int]) -> Iterator[Fault]:
    if not columns or not units:
        what = f"there are no values from row {_FIRST_UNIT}, column E on"
        yield Fault("INTERCHANGE-LAYOUT", what, _REMEDY, sheet.label, _FIRST_UNIT)
        return
    for column in columns:
        for row in (_NAME, _CODE):
            if not sheet(row, column):
                what = (
                    f"the indicator in column {_letters(column)} has no {'name' if row == _NAME else 'code'}"
                )
                yield Fault("INTERCHANGE-LAYOUT", what, _REMEDY, sheet.label, row)
        for row, (level, start) in _LEVELS.items():
            if not sheet(row, column).startswith(start):
                found = f"column {_letters(column)} has {sheet(row, column)!r}"
                what = f"{found} where the code of its {level} belongs"
                yield Fault("INTERCHANGE-LAYOUT", what, _REMEDY, sheet.label, row)
    for row in units:
        if not sheet(row, _UNIT_CODE):
            what = f"the unit {sheet(row, _UNIT_NAME)!r} has no code in column C"
            yield Fault("INTERCHANGE-LAYOUT", what, _REMEDY, sheet.label, row)


_REMEDY: Final = (
    "Use the sheet Database of COIN Tool version 1, or our own workbook (`commonweal new DIR --template`)."
)


def _letters(column: int) -> str:
    """The letters of a column.

    >>> _letters(28)
    'AB'
    """
    text = ""
    while column:
        column, letter = divmod(column - 1, 26)
        text = chr(ord("A") + letter) + text
    return text


def _parents(sheet: Cells | None) -> dict[str, _Parent]:
    """What the sheet Framework says of each code; nothing where it is laid out in another way."""
    if sheet is None:
        return {}
    header = next((r for r in _FRAMEWORK_HEADERS if _FRAMEWORK_HEADING in sheet.row(r, 3, 8)), 0)
    if not header:
        return {}
    rows = range(header + 1, sheet.height + 1)
    found = (_Parent(sheet(r, _NODE_CODE), sheet(r, _NODE_NAME), sheet(r, _NODE_WEIGHT), r) for r in rows)
    return {
        parent.code: parent for parent in found if parent.code and _UNUSED not in (parent.code, parent.name)
    }


def _framework(
    sheet: Cells, columns: list[int], rows: list[int], parents: dict[str, _Parent], ids: dict[str, str]
) -> str:
    nodes: list[dict[str, str]] = []
    for depth, row in enumerate(rows):
        for code in _codes(sheet, row, columns):
            column = next(c for c in columns if sheet(row, c) == code)
            known = parents.get(code)
            nodes.append(
                {
                    "id": ids[code],
                    "name": (known.name if known else "") or code,
                    "parent": ids[sheet(rows[depth - 1], column)] if depth else "",
                    "level": _LEVELS[row][0],
                    "weight": known.weight if known and depth else "",
                    "code": code,
                }
            )
    nodes += (
        {
            "id": ids[sheet(_CODE, column)],
            "name": sheet(_NAME, column),
            "parent": ids[sheet(rows[-1], column)],
            "level": INDICATOR,
            "direction": sheet(_DIRECTION, column),
            "weight": sheet(_WEIGHT, column),
            "code": sheet(_CODE, column),
        }
        for column in columns
    )
    return as_csv(COLUMNS, ([node.get(column, "") for column in COLUMNS] for node in nodes))


def _settings(
    sheet: Cells, rows: list[int], columns: list[int], parents: dict[str, _Parent]
) -> dict[str, Any]:
    index = parents.get(sheet(rows[0], columns[0]))
    return {
        "project": {"title": (index.name if index else "") or "Index", "framework": "framework.csv"},
        "areas": {"type": "unit", "table": "areas.csv"},
        "values": [{"path": "data/values.csv", "layout": "wide", "period": _PERIOD, "published": True}],
        "recipe": {
            "normalise": {"method": "minmax", "low": 0, "high": 100},
            "weigh": "given",
            "aggregate": "arithmetic",
            "available": 0,
        },
    }
