"""The audit of a project folder: built in memory, nothing written."""

from __future__ import annotations

from pathlib import Path

from commonweal.insight.audit import Audit, audit, sensitive
from commonweal.pipeline.folder import make
from commonweal.project.edition import project_in
from commonweal.report import Report


def audit_folder(root: Path, *, report: Report) -> Audit:
    """Audit what a build of the folder would publish, and which choice of method moves ranks.

    The folder is a project's, or an edition's (the output of a build).
    Raises CommonwealError with every fault found.
    """
    edition = make(project_in(root), report=report).edition
    report("Auditing")
    return audit(edition, sensitive.part)
