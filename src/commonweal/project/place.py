"""Finds the line of commonweal.yaml that a fault of scoring is about."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from commonweal.errors import Fault
from commonweal.project.load import FILE
from commonweal.project.positions import read_document


def place(root: Path | str, faults: Iterable[Fault]) -> list[Fault]:
    """Faults of scoring with the line of commonweal.yaml that they are about, where there is one."""
    document = read_document(Path(root) / FILE, FILE)
    data = document.data
    placed = []
    for fault in faults:
        first = str(fault.path[0]) if fault.path else ""
        section = "measures" if first in (data.get("measures") or {}) else ""
        section = "recipe" if fault.code.startswith(("SCORE", "RECIPE")) else section
        placed.append(document.place(fault, (section,)) if section and not fault.file else fault)
    return placed
