"""Our own workbook: four sheets that a person fills in without code, and that make a project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from commonweal.errors import Fault, raise_any, refusal
from commonweal.files import need_empty
from commonweal.formats.cells import Cells
from commonweal.model.project import PROJECT_FILE
from commonweal.project.interchange.draft import Draft, Origin, as_csv, as_yaml

SHEETS: Final = ("About", "Framework", "Areas", "Values")
NAME: Final = "workbook.xlsx"
#: Key on the sheet About -> its value in the example, and what it is.
ABOUT: Final = {
    "title": ("Index of our town", "What the index is called."),
    "place": ("Our town", "The place as a whole."),
    "area type": ("ward", "What one area is called: ward, district, parish."),
    "vintage": ("2024", "The year of the areas' definition; may stay empty."),
    "published": ("yes", "yes: every figure here is public already. no: figures about people need control."),
}
_YES: Final = {"yes": True, "no": False}
_FRAMEWORK: Final = (
    (
        "id", "name", "parent", "level", "direction", "unit", "weight", "worst", "best", "target",
        "description", "subject",
    ),
    ("index", "Index of our town", "", "index", "", "", 1, "", "", "", "How our town is doing.", ""),
    ("safety", "Safety", "index", "component", "", "", 1, "", "", "", "Whether people are safe.", ""),
    ("work", "Work", "index", "component", "", "", 1, "", "", "", "Whether people have work that pays.", ""),
    ("crime", "Crimes", "safety", "indicator", -1, "per 1,000 people", 1, "", "", "", "", "person"),
    ("fires", "Fires", "safety", "indicator", -1, "per 1,000 homes", 1, "", "", "", "", "household"),
    ("jobs", "People in work", "work", "indicator", 1, "% of adults", 1, "", "", "", "", "person"),
    ("pay", "Median pay", "work", "indicator", 1, "pounds a week", 1, "", "", "", "", "person"),
)  # fmt: skip
_AREAS: Final = (
    ("code", "name", "population"),
    ("W1", "Abbey", 9100),
    ("W2", "Bridge", 8400),
    ("W3", "Castle", 10200),
)
_VALUES: Final = (
    ("area", "period", "crime", "fires", "jobs", "pay"),
    ("W1", 2024, 51.2, 3.1, 71.5, 512),
    ("W2", 2024, 38.4, 2.2, 76.0, 547),
    ("W3", 2024, 44.9, "", 68.2, 498),
)
_HELP: Final = {
    "Framework": "A row a node. level: indicator at the bottom, any name above. direction: 1 more is better,"
    " -1 less. subject: person, household or thing.",
    "Areas": "A row an area. Further columns may hold figures about it.",
    "Values": "A row an area and period (2024, 2024/25, 2024-Q1, 2024-01), a column an indicator. Empty:"
    " no value.",
}
_COMMENT: Final = (
    "Made from our workbook. The recipe is a plain one: docs/reference/project.md explains each step."
)
#: So that the same template has the same bytes.
_MADE: Final = datetime(2020, 1, 1)


def write_template(target: Path | str) -> Path:
    """Write the workbook, with a small example filled in, to `target`, a new or empty folder.

    Raises TARGET-NOT-EMPTY.
    """
    target = Path(target)
    need_empty(target)
    from xlsxwriter import Workbook

    target.mkdir(parents=True, exist_ok=True)
    path = target / NAME
    with Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": _MADE})
        bold = book.add_format({"bold": True, "bottom": 1})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        _write_about(book.add_worksheet("About"), bold, wrap)
        for name, rows in (("Framework", _FRAMEWORK), ("Areas", _AREAS), ("Values", _VALUES)):
            _write_table(book.add_worksheet(name), rows, bold, _HELP[name])
    return path


def _write_about(sheet: Any, bold: Any, wrap: Any) -> None:
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 34)
    sheet.set_column(2, 2, 80)
    for column, heading in enumerate(("key", "value", "what it is")):
        sheet.write_string(0, column, heading, bold)
    for row, (key, (value, meaning)) in enumerate(ABOUT.items(), 1):
        sheet.write_string(row, 0, key)
        sheet.write_string(row, 1, value)
        sheet.write_string(row, 2, meaning, wrap)
    published = list(ABOUT).index("published") + 1
    sheet.data_validation(published, 1, published, 1, {"validate": "list", "source": list(_YES)})
    steps = (
        "Replace the examples on the sheets Framework, Areas and Values; keep their headings.",
        "Then: commonweal new FOLDER --from workbook.xlsx, and commonweal build FOLDER.",
    )
    for row, step in enumerate(steps, len(ABOUT) + 2):
        sheet.write_string(row, 2, step, wrap)


def _write_table(sheet: Any, rows: tuple[tuple[Any, ...], ...], bold: Any, help: str) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(rows[0]) - 1, 16)
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if isinstance(cell, str):
                if cell:
                    sheet.write_string(r, c, cell, bold if r == 0 else None)
            else:
                sheet.write_number(r, c, cell)
    sheet.write_comment(0, 0, help)


def read_filled_in(book: Mapping[str, Cells]) -> Draft:
    """A draft of a project from the workbook filled in. Raises INTERCHANGE-LAYOUT."""
    about = book["About"]
    told = {about(row, 1): (about(row, 2), row) for row in range(2, about.height + 1) if about(row, 1)}
    raise_any(_about_faults(about, told))
    said = {key: text for key, (text, _) in told.items()}
    files, origins = {}, {}
    for sheet, name in (
        ("Framework", "framework.csv"),
        ("Areas", "areas.csv"),
        ("Values", "data/values.csv"),
    ):
        files[name], origins[name] = _table(book[sheet])
    files[PROJECT_FILE] = as_yaml(_settings(said, book["Values"], book["Framework"]), _COMMENT)
    return Draft(files, origins)


def _about_faults(about: Cells, told: Mapping[str, tuple[str, int]]) -> Iterator[Fault]:
    for key in ("title", "published"):
        if not told.get(key, ("", 0))[0]:
            what = f"{key!r} has no value"
            yield Fault("INTERCHANGE-LAYOUT", what, ABOUT[key][1], about.label, told.get(key, ("", 0))[1])
    for key, (text, row) in told.items():
        if key not in ABOUT:
            what, remedy = f"the key {key!r} is not known", f"Use {', '.join(ABOUT)}."
            yield Fault("INTERCHANGE-LAYOUT", what, remedy, about.label, row)
        elif key == "published" and text and text.lower() not in _YES:
            yield Fault("INTERCHANGE-LAYOUT", f"published is {text!r}", "Write yes or no.", about.label, row)


def _table(sheet: Cells) -> tuple[str, Origin]:
    """A sheet as CSV: its first row that holds something is the header, empty rows are left out."""
    filled = sorted({row for row, _ in sheet.cells})
    if len(filled) < 2:
        what = "the sheet has no rows" if filled else "the sheet is empty"
        raise refusal("INTERCHANGE-LAYOUT", what, "Keep the headings, and fill in a row each.", sheet.label)
    columns = [c for c in range(1, sheet.width + 1) if sheet(filled[0], c)]
    stray = [(r, c) for r, c in sorted(sheet.cells) if r > filled[0] and c not in columns]
    raise_any(
        Fault(
            "INTERCHANGE-LAYOUT",
            f"{sheet(r, c)!r} stands in a column without a heading",
            "Give the column a heading, or clear the cell.",
            sheet.label,
            r,
        )
        for r, c in stray
    )
    header = [sheet(filled[0], c) for c in columns]
    rows = [[sheet(r, c) for c in columns] for r in filled[1:]]
    return as_csv(header, rows), Origin(sheet.label, tuple(filled[1:]))


def _settings(said: Mapping[str, str], values: Cells, framework: Cells) -> dict[str, Any]:
    header = values.row(min(row for row, _ in values.cells), 1, values.width)
    long = {"indicator", "value"} <= set(header)
    areas = {"type": said.get("area type") or "area", "table": "areas.csv"}
    if said.get("vintage"):
        areas["vintage"] = said["vintage"]
    rule = "given" if _has_goalposts(framework) else "pooled"
    return {
        "project": {
            "title": said["title"],
            "place": said.get("place", ""),
            "framework": "framework.csv",
        },
        "areas": areas,
        "values": [
            {
                "path": "data/values.csv",
                "layout": "long" if long else "wide",
                "published": _YES[said["published"].lower()],
            }
        ],
        "recipe": {
            "normalise": {"method": "goalposts", "rule": rule},
            "weigh": "given",
            "aggregate": "arithmetic",
        },
    }


def _has_goalposts(framework: Cells) -> bool:
    """Whether any worst or best is filled in."""
    top = min(row for row, _ in framework.cells)
    ends = [c for c in range(1, framework.width + 1) if framework(top, c) in ("worst", "best")]
    return any(column in ends for row, column in framework.cells if row > top)
