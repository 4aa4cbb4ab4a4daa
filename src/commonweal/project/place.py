"""Finds the line that a fault of protecting or scoring is about: in commonweal.yaml, or in the framework."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from commonweal.errors import CommonwealError, Fault
from commonweal.model.project import PROJECT_FILE
from commonweal.model.recipe import ORDER
from commonweal.project.frameworks import read_framework
from commonweal.project.paths import Files
from commonweal.project.positions import Keys, read_document
from commonweal.project.schema import FrameworkChoice
from commonweal.project.steps import place_of

#: Keys of commonweal.yaml that faults of what scores mean are about.
_RULES: Final = ("peers", "progress")


@contextmanager
def placing(root: Path | str) -> Iterator[None]:
    """Faults raised inside are raised with the file and line of the project at `root`; see `place`."""
    try:
        yield
    except CommonwealError as error:
        raise CommonwealError(place(root, error.faults)) from None


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
        return place_of(data["recipe"], first)
    if fault.code.startswith("NORMALISE"):
        return (*place_of(data["recipe"], "normalise"), "normalise", "by")
    return ("measures",) if first in (data.get("measures") or {}) else ()


def _nodes(root: Path, data: Mapping[str, Any]) -> Mapping[str, tuple[str, int]]:
    """Where each node of the framework was written."""
    written = data["project"]["framework"]
    choice = written if isinstance(written, str) else FrameworkChoice.model_validate(written)
    try:
        return read_framework(Files(root), choice).places
    except CommonwealError:
        return {}
