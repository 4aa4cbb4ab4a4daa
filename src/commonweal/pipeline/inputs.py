"""Fingerprints of what an edition was made from: published ones for all, the others kept in the project."""

from __future__ import annotations

from pathlib import Path

from commonweal.model.project import Project
from commonweal.publish.record import fingerprint


def published_fingerprints(project: Project) -> dict[str, str]:
    """File as the project names it -> SHA-256, for the inputs that hold nothing private."""
    return {written: fingerprint(path) for written, path in project.public_inputs.items()}


def private_fingerprints(project: Project) -> dict[str, str]:
    """The same for records and tables about people; these never leave the project folder."""
    return {written: fingerprint(path) for written, path in project.private_inputs.items()}


def folder_of(project: Project) -> Path:
    """Where a project keeps what must not be published."""
    return project.root / ".commonweal"
