"""One way to an edition, whatever it is asked of: made already, read back, or the folder of either."""

from __future__ import annotations

from pathlib import Path

from commonweal.model.edition import Edition
from commonweal.pipeline.folder import make, make_of
from commonweal.project.edition import KeptEdition, project_in
from commonweal.report import Report, silent

#: An edition in memory, one that was read back from its folder, a project folder, or an edition's folder.
AnyEdition = Edition | KeptEdition | str | Path


def opened(of: AnyEdition, report: Report = silent) -> Edition:
    """An edition as it is, or made again: of a folder, or of the project of published figures that it holds.

    Raises what `build` raises.
    """
    match of:
        case Edition():
            return of
        case KeptEdition():
            return make_of(of.project, report=report).edition
        case _:
            return make(project_in(Path(of)), report=report).edition
