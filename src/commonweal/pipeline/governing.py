"""The governance pack of a project folder: made in memory, written beside the project, not in its output."""

from __future__ import annotations

from pathlib import Path

import commonweal
from commonweal import sources
from commonweal.insight.audit import audit
from commonweal.pipeline.folder import make
from commonweal.pipeline.inputs import published_fingerprints
from commonweal.publish.governance import governance_pack, write_pack
from commonweal.report import Report


def govern(root: Path, folder: Path | None, *, report: Report) -> tuple[Path, ...]:
    """Write the governance pack of what a build would publish; the paths written.

    `folder` is where to: left out, `governance` inside the project. Raises CommonwealError with every fault.
    """
    made = make(root, report=report)
    report("Writing the governance pack")
    pack = governance_pack(
        made.edition,
        made.project,
        audit(made.edition),
        sources.columns_read(made.project),
        published_fingerprints(made.project),
        commonweal.__version__,
    )
    return write_pack(pack, folder or root / "governance")
