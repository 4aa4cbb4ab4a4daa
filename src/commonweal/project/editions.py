"""What the earlier editions of a project say of each figure: a reader has them beside the new one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import polars as pl

from commonweal.errors import CommonwealError
from commonweal.formats.tables import read_published
from commonweal.model.area import Geography
from commonweal.model.observation import SCHEMA
from commonweal.model.published import DEFINITIONS, PublishedBefore
from commonweal.model.record import EDITIONS
from commonweal.project.edition import is_edition, read_record


def published_before(root: Path) -> dict[str, PublishedBefore]:
    """What each edition kept in a project folder has published, by the edition's name.

    An edition that can't be read says nothing: `commonweal diff` tells what is wrong with it.
    """
    folders = sorted(path for path in (root / EDITIONS).glob("*") if path.is_dir() and is_edition(path))
    found = {}
    for folder in folders:
        observations = _table(folder, "observations", SCHEMA)
        if observations is not None and set(observations.columns) >= _NEEDED:
            definitions = _table(folder, "definitions", DEFINITIONS)
            record = _record(folder)
            areas = record.get("areas") or {}
            found[folder.name] = PublishedBefore(
                observations,
                pl.DataFrame(schema=DEFINITIONS) if definitions is None else definitions,
                Geography(areas.get("type", ""), areas.get("vintage", "")),
                record.get("place", ""),
                *_rule(folder),
            )
    return found


def _table(folder: Path, name: str, schema: dict[str, type[pl.DataType]]) -> pl.DataFrame | None:
    """Those columns of a table of an edition's project that are known; None where there is no table."""
    path = folder / "project" / "data" / f"{name}.csv"
    if not path.is_file():
        return None
    frame = read_published(path)
    return frame.select(pl.col(name).cast(kind) for name, kind in schema.items() if name in frame.columns)


def _rule(folder: Path) -> tuple[int, bool]:
    """Up to where an edition hid counts, and whether it rounded them together, as far as its audit tells."""
    try:
        protection = json.loads((folder / "audit.json").read_text(encoding="utf-8"))["protection"]
        return int(protection.get("hide_to") or 0), protection.get("preset") == "controlled"
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return 0, False


def _record(folder: Path) -> dict[str, Any]:
    """edition.json; of one that can't be read, nothing."""
    try:
        return read_record(folder)
    except CommonwealError:
        return {}


_NEEDED: Final = {
    "indicator", "period", "area", "value", "lower", "upper", "numerator", "denominator", "status", "per",
    "round_to",
}  # fmt: skip
