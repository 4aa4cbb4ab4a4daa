"""Finds the line of commonweal.yaml that a fault of protecting or scoring is about."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from commonweal.errors import Fault
from commonweal.project.load import FILE
from commonweal.project.positions import read_document


def place(root: Path | str, faults: Iterable[Fault]) -> list[Fault]:
    """Faults with the line of commonweal.yaml that they are about, where there is one."""
    document = read_document(Path(root) / FILE, FILE)
    data = document.data
    placed = []
    for fault in faults:
        first = str(fault.path[0]) if fault.path else ""
        section = "measures" if first in (data.get("measures") or {}) else ""
        section = "recipe" if fault.code.startswith(("SCORE", "RECIPE")) else section
        above = (section,) if section else () if first in data else None
        placed.append(fault if fault.file or above is None else document.place(fault, above))
    return placed
