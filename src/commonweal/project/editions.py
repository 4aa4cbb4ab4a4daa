"""What the earlier editions of a project say of each figure: a reader has them beside the new one."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import polars as pl

from commonweal.formats.tables import read_published
from commonweal.model.observation import SCHEMA
from commonweal.project.edition import is_edition

#: Where a project keeps its editions.
EDITIONS: Final = "editions"


def published_before(root: Path) -> dict[str, pl.DataFrame]:
    """The protected observations of each edition kept in a project folder, by the edition's name.

    An edition that can't be read says nothing: `commonweal diff` tells what is wrong with it.
    """
    folders = sorted(path for path in (root / EDITIONS).glob("*") if path.is_dir() and is_edition(path))
    found = {}
    for folder in folders:
        path = folder / "project" / "data" / "observations.csv"
        if path.is_file():
            frame = read_published(path)
            if set(frame.columns) >= _NEEDED:
                found[folder.name] = frame.select(
                    pl.col(name).cast(kind) for name, kind in SCHEMA.items() if name in frame.columns
                )
    return found


_NEEDED: Final = {
    "indicator", "period", "area", "value", "lower", "upper", "numerator", "denominator", "status", "per",
    "round_to",
}  # fmt: skip
