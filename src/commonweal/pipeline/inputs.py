"""Fingerprints of what an edition was made from: published ones for all, the others kept in the project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import commonweal
from commonweal.files import write_text
from commonweal.model.project import Project
from commonweal.model.record import RECORD, fingerprint
from commonweal.project.edition import broken_files, is_edition, read_record

#: Which inputs each output was made from; in the project folder, never in an output.
NOTES: Final = "builds.json"


def published_fingerprints(project: Project) -> dict[str, str]:
    """File as the project names it -> SHA-256, for the inputs that hold nothing private."""
    return {written: fingerprint(path) for written, path in project.public_inputs.items()}


def private_fingerprints(project: Project) -> dict[str, str]:
    """The same for records and tables about people; these never leave the project folder."""
    return {written: fingerprint(path) for written, path in project.private_inputs.items()}


def folder_of(project: Project) -> Path:
    """Where a project keeps what must not be published."""
    return project.root / ".commonweal"


def remember_inputs(project: Project, out: Path) -> None:
    """Note in the project folder which inputs the output at `out` was made from."""
    notes = _notes(project) | {_key(out): _state(project, out)}
    path = folder_of(project) / NOTES
    path.parent.mkdir(exist_ok=True)
    write_text(path, json.dumps(notes, indent=1, sort_keys=True) + "\n")


def is_of_present_inputs(project: Project, out: Path) -> bool:
    """Whether the output at `out` is whole, and made by this version from the inputs as they are now."""
    if not is_edition(out) or _notes(project).get(_key(out)) != _state(project, out):
        return False
    return not broken_files(out, read_record(out))


def _state(project: Project, out: Path) -> dict[str, Any]:
    return {
        "commonweal": commonweal.__version__,
        "edition": fingerprint(out / RECORD),
        "inputs": {**published_fingerprints(project), **private_fingerprints(project)},
    }


def _notes(project: Project) -> dict[str, Any]:
    try:
        notes = json.loads((folder_of(project) / NOTES).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return notes if isinstance(notes, dict) else {}


def _key(out: Path) -> str:
    return out.absolute().resolve().as_posix()
