"""Finds the line that a fault of protecting or scoring is about: in commonweal.yaml, or in the framework."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from commonweal.errors import CommonwealError, Fault
from commonweal.model.project import PROJECT_FILE
from commonweal.model.recipe import ORDER
from commonweal.project.frameworks import read_framework
from commonweal.project.paths import Files
from commonweal.project.positions import Keys, read_document
from commonweal.project.schema import FrameworkChoice

#: Keys of commonweal.yaml that faults of what scores mean are about.
_RULES: Final = ("peers", "progress")


def place(root: Path | str, faults: Iterable[Fault]) -> list[Fault]:
    """Faults of protecting and scoring with the file and line that they are about, where there is one.

    A fault of a rule stands at its key, one of a step at the step, one of an indicator at its measure, or
    else where the framework has it.
    """
    document = read_document(Path(root) / PROJECT_FILE, PROJECT_FILE)
    data = document.data
    nodes = _nodes(Path(root), data)
    placed = []
    for fault in faults:
        first = str(fault.path[0]) if fault.path else ""
        above = _above(fault, first, data)
        if fault.file:
            placed.append(fault)
        elif first in _RULES:
            placed.append(document.place(fault))
        elif above or first in data:
            placed.append(document.place(fault, above))
        else:
            placed.append(fault.at(*nodes[first]) if first in nodes else fault)
    return placed


def _above(fault: Fault, first: str, data: Mapping[str, Any]) -> Keys:
    """The keys of commonweal.yaml that a fault's own keys stand under; none where it is not about them."""
    if first in ORDER or fault.code.startswith(("SCORE", "RECIPE", "EDITION")):
        return _step(data["recipe"], first)
    if fault.code.startswith("NORMALISE"):
        return (*_step(data["recipe"], "normalise"), "normalise", "by")
    return ("measures",) if first in (data.get("measures") or {}) else ()


def _step(recipe: Any, key: str) -> Keys:
    """Where a step stands: a recipe is a mapping of steps, or a list of mappings with one step each."""
    if isinstance(recipe, list):
        for number, item in enumerate(recipe):
            if isinstance(item, Mapping) and key in item:
                return ("recipe", number)
    return ("recipe",)


def _nodes(root: Path, data: Mapping[str, Any]) -> Mapping[str, tuple[str, int]]:
    """Where each node of the framework was written."""
    written = data["project"]["framework"]
    choice = written if isinstance(written, str) else FrameworkChoice.model_validate(written)
    try:
        return read_framework(Files(root), choice).places
    except CommonwealError:
        return {}
