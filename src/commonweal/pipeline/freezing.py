"""Keep an edition for good: a complete, read-only copy of what a build published."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Final

from commonweal import project
from commonweal.errors import raise_any, refusal
from commonweal.model.record import EDITIONS
from commonweal.pipeline.exchange import Place, locked, writing
from commonweal.pipeline.folder import build
from commonweal.pipeline.inputs import is_of_present_inputs
from commonweal.project.edition import broken_files, is_edition, read_record
from commonweal.report import Report, silent

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_READ_FILE: Final = 0o444
_READ_FOLDER: Final = 0o555
_WRITE_FOLDER: Final = 0o755


def freeze(
    root: str | Path,
    name: str,
    out: str | Path | None = None,
    *,
    report: Report = silent,
) -> Path:
    """Copy the output of a project (default DIR/build) to DIR/editions/NAME, read-only; return that folder.

    The output is built first where it is not of the present inputs. An edition is never overwritten, and a
    copy that is cut short leaves no edition behind. Raises EDITION-NAME, EDITION-EXISTS, EDITION-INTERNAL,
    OUT-WRITE, and what `build` raises.
    """
    folder = Path(root)
    source = Path(out) if out is not None else folder / "build"
    target = folder / EDITIONS / name
    _check(name, target, source)
    report("Reading the project")
    if not is_of_present_inputs(project.load(folder), source):
        build(folder, source, report=report)
    report("Copying the edition")
    target.parent.mkdir(exist_ok=True)
    with writing(target), locked(Place(target.parent.absolute())), locked(Place(source.absolute())):
        _check(name, target, source)
        partial = target.with_name(f".{name}.partial")
        _remove(partial)  # what a copy that was cut short left behind
        shutil.copytree(source, partial)
        raise_any(broken_files(partial, read_record(partial)))
        _close(partial)
        partial.rename(target)
        target.chmod(_READ_FOLDER)
    return target


def _check(name: str, target: Path, source: Path) -> None:
    if not _NAME.fullmatch(name):
        raise refusal(
            "EDITION-NAME",
            f"{name!r} can't be the name of an edition",
            "Use letters, digits, points, hyphens and underscores, as in 2026.",
        )
    if target.exists():
        raise refusal(
            "EDITION-EXISTS",
            f"there is an edition {name!r} already",
            "Choose another name; an edition is never overwritten.",
        )
    if is_edition(source) and read_record(source).get("status") == "internal":
        raise refusal(
            "EDITION-INTERNAL",
            f"{str(source)!r} was built with --internal",
            "Build it without --internal first; only what may be published is frozen.",
        )


def _close(folder: Path) -> None:
    """Take away the right to write, inside `folder` but not yet of itself: it has still to be renamed."""
    for path in folder.rglob("*"):
        path.chmod(_READ_FOLDER if path.is_dir() else _READ_FILE)


def _remove(folder: Path) -> None:
    if not folder.exists():
        return
    folder.chmod(_WRITE_FOLDER)
    for path in folder.rglob("*"):
        if path.is_dir():
            path.chmod(_WRITE_FOLDER)
    shutil.rmtree(folder)
