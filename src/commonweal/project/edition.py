"""Reads an edition back from its folder: what a build wrote, or what `commonweal freeze` keeps."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from commonweal.errors import CommonwealError, Fault, raise_any, refusal
from commonweal.formats.tables import read_published
from commonweal.model.edition import GOALPOSTS, SCORES, WEIGHTS
from commonweal.model.framework import Framework
from commonweal.model.observation import Observations
from commonweal.model.project import Project
from commonweal.model.recipe import Recipe
from commonweal.model.record import FORMAT, RECORD, fingerprint
from commonweal.project.columns import several
from commonweal.project.load import load


@dataclass(frozen=True, slots=True, eq=False)
class KeptEdition:
    """An edition as it was published. `scores`, `weights` and `goalposts` have the columns of OUT/data.

    `project` is the project folder inside the edition, which gives the same scores again; its framework,
    recipe and protected observations are those of the edition. `record` is edition.json.
    """

    path: Path
    record: Mapping[str, Any]
    project: Project
    scores: pl.DataFrame
    weights: pl.DataFrame
    goalposts: pl.DataFrame

    @property
    def framework(self) -> Framework:
        """The tree that was scored."""
        return self.project.framework

    @property
    def recipe(self) -> Recipe:
        """The steps that were run."""
        return self.project.recipe

    @property
    def observations(self) -> Observations:
        """What was observed, after protection, each under its own period."""
        return self.project.protected


def is_edition(folder: Path) -> bool:
    """Whether a folder holds an edition, whole or not."""
    return (folder / RECORD).is_file()


def project_in(folder: Path) -> Path:
    """The project folder to make an edition of: the folder itself, or the project that an edition holds."""
    return folder / "project" if is_edition(folder) else folder


def read_edition(folder: Path | str) -> KeptEdition:
    """Read an edition from its folder: `editions/NAME`, or the output of a build.

    Raises EDITION-MISSING where there is none, EDITION-BROKEN where files are gone or are not those
    that were published, and what `load` raises.
    """
    folder = Path(folder)
    record = read_record(folder)
    raise_any(broken_files(folder, record))
    return KeptEdition(
        folder,
        record,
        load(folder / "project"),
        _table(folder, "scores", SCORES),
        _table(folder, "weights", WEIGHTS),
        _table(folder, "goalposts", GOALPOSTS),
    )


def read_record(folder: Path) -> dict[str, Any]:
    """edition.json of a folder. Raises EDITION-MISSING, EDITION-BROKEN."""
    path = folder / RECORD
    if not path.is_file():
        raise refusal(
            "EDITION-MISSING",
            f"{str(folder)!r} holds no edition (no {RECORD})",
            "Name editions/NAME, or the folder that `commonweal build` wrote.",
        )
    try:
        record = json.loads(path.read_text("utf-8"))
    except ValueError:
        record = None
    if not isinstance(record, dict) or not isinstance(record.get("files"), dict):
        raise _broken(path, f"{RECORD} can't be read")
    if record.get("format") != FORMAT:
        raise _broken(path, f"the format {record.get('format')!r} of {RECORD} is not known")
    return record


def broken_files(folder: Path, record: Mapping[str, Any]) -> list[Fault]:
    """EDITION-BROKEN for each file that is not there, or is not the one that was published."""
    return several(_broken_files(folder, record))


def _broken_files(folder: Path, record: Mapping[str, Any]) -> Iterator[Fault]:
    remedy = "Take the edition from a copy that is whole, or build it again."
    for name, expected in sorted(record["files"].items()):
        path = folder / name
        if not path.is_file():
            yield Fault("EDITION-BROKEN", "the file is not there", remedy, str(path))
        elif fingerprint(path) != expected:
            yield Fault("EDITION-BROKEN", "the file is not the one that was published", remedy, str(path))


def _table(folder: Path, name: str, schema: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
    """A table of OUT/data; an empty text is an empty text, an empty number null."""
    path = folder / "data" / f"{name}.csv"
    frame = read_published(path)
    lacking = [column for column in schema if column not in frame.columns]
    if lacking:
        raise _broken(path, f"there is no column {lacking[0]!r}")
    return frame.select(
        pl.col(column).fill_null("") if kind == pl.String else pl.col(column).cast(kind)
        for column, kind in schema.items()
    )


def _broken(path: Path, what: str) -> CommonwealError:
    return refusal(
        "EDITION-BROKEN", what, "Take the edition from a copy that is whole, or build it again.", str(path)
    )
