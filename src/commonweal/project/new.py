"""Writes a starter project: everything an analyst fills in, with a built-in framework in plain sight."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Final

from commonweal import frameworks
from commonweal.errors import near, refusal
from commonweal.files import json_text, need_empty, write_text
from commonweal.formats.tables import read_table
from commonweal.model.project import PROJECT_FILE
from commonweal.project.schema import json_schema

#: The columns of data/values.csv as a new project has them.
VALUE_COLUMNS: Final = ("area", "period", "indicator", "value", "numerator", "denominator")
_AREA_COLUMNS: Final = ("code", "name", "population", "households", "median_household_income")


def new(
    target: Path | str, *, framework: str = "social-progress", areas: Path | str | None = None
) -> tuple[Path, ...]:
    """Write a starter project to `target`, a new or empty folder, and return its files.

    `areas` is a table with code, name and any attributes to begin with. Raises FRAMEWORK-NAME,
    TARGET-NOT-EMPTY, and what reading `areas` raises; then nothing is written.
    """
    target = Path(target)
    need_empty(target)
    texts = {
        PROJECT_FILE: files(__package__).joinpath("starter.yaml").read_text("utf-8"),
        "commonweal.schema.json": json_text(json_schema()) + "\n",
        "framework.csv": _framework(framework),
        "areas.csv": _header(_AREA_COLUMNS) if areas is None else _areas(Path(areas)),
        "data/values.csv": _header(VALUE_COLUMNS),
    }
    for name, text in texts.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, text)
    return tuple(target / name for name in texts)


def _framework(name: str) -> str:
    if name not in frameworks.NAMES:
        raise refusal(
            "FRAMEWORK-NAME",
            f"there is no built-in framework {name!r}{near(name, frameworks.NAMES)}",
            f"Use {', '.join(frameworks.NAMES)}.",
        )
    with frameworks.built_in(name) as path:
        return path.read_text("utf-8")


def _areas(path: Path) -> str:
    if not path.is_file():
        raise refusal("PATH-MISSING", f"the file {str(path)!r} does not exist", "Correct it.")
    frame = read_table(path).frame
    lacking = [name for name in ("code", "name") if name not in frame.columns]
    if lacking:
        raise refusal(
            "COLUMN-MISSING",
            f"there is no column {lacking[0]!r}",
            "Give the table of areas the columns code and name.",
            str(path),
            1,
        )
    return frame.write_csv()


def _header(columns: tuple[str, ...]) -> str:
    return ",".join(columns) + "\n"
