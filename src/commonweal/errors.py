"""Every error a user can meet: a code, the facts, the remedy, and the page that explains it.

A *fault* is one thing that is wrong. Work that can find several faults collects them all and raises
one `CommonwealError` that carries every one, so that a user hears all the news in one run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

#: Code -> what it says, in a few words. Each has a page, docs/errors/CODE.md, and at least one test.
CODES: Final[dict[str, str]] = {
    "AREA-DUPLICATE": "an area code stands twice",
    "AREA-EMPTY": "an area code is empty",
    "AREA-NAME-EMPTY": "an area has no name",
    "AREA-UNKNOWN": "an area code is not in the areas table",
    "FRAMEWORK-CYCLE": "nodes are one another's parents",
    "FRAMEWORK-DIRECTION": "an indicator has no direction",
    "FRAMEWORK-DUPLICATE": "a node id stands twice",
    "FRAMEWORK-EMPTY": "a framework has no indicator",
    "FRAMEWORK-GOALPOSTS": "a goalpost can't be used as it stands",
    "FRAMEWORK-ID": "a node id is not usable as an address",
    "FRAMEWORK-LEVEL": "the levels of a framework do not agree",
    "FRAMEWORK-ORPHAN": "a node's parent does not exist",
    "FRAMEWORK-WEIGHT": "a weight is negative, or all weights under a parent are zero",
    "OBSERVATION-DUPLICATE": "a value stands twice for one area, period and indicator",
    "OBSERVATION-NUMBER": "a value is not a finite number",
    "OBSERVATION-STATUS": "an observation has an unknown status",
    "OUT-FOREIGN": "the output folder holds something that no build wrote",
    "OUT-LOCKED": "another build is writing the same output",
    "PERIOD-FORM": "a period is not written in a form that is known",
    "RECIPE-KEY": "a recipe has a key that is not known",
    "RECIPE-LEVEL": "a recipe names a level that the framework does not have",
    "RECIPE-METHOD": "a recipe names a method that is not known",
    "RECIPE-NODE": "a recipe names a node that the framework does not have",
    "RECIPE-PARAMETER": "a parameter of a method is not allowed",
    "RECIPE-RULE": "a recipe's rule is not allowed or lacks what it needs",
}

HELP_PAGE: Final = "docs/errors/{}.md"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: what, where, which value, and what to do next.

    >>> print(Fault("AREA-UNKNOWN", "area 'E05' is not in areas.csv", "Add it, or correct the code.",
    ...             file="data/values.csv", line=7))
    data/values.csv:7: AREA-UNKNOWN area 'E05' is not in areas.csv; Add it, or correct the code.
    """

    code: str
    what: str
    remedy: str
    file: str = ""
    line: int = 0
    #: keys that lead to the place in a mapping (a recipe, a project), for whoever knows its lines
    path: tuple[str | int, ...] = ()

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise ValueError(f"unregistered error code {self.code!r}")

    def at(self, file: str, line: int = 0) -> Fault:
        """The same fault, placed in a file."""
        return replace(self, file=file, line=line)

    @property
    def page(self) -> str:
        """The documentation page that explains this fault."""
        return HELP_PAGE.format(self.code)

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: " if self.line else f"{self.file}: " if self.file else ""
        return f"{place}{self.code} {self.what}; {self.remedy}"


class CommonwealError(Exception):
    """Something the user can put right; carries every fault found. Commands exit with 2."""

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        if not self.faults:
            raise ValueError("an error needs at least one fault")
        super().__init__("\n".join(str(fault) for fault in self.faults))


def raise_any(faults: Iterable[Fault]) -> None:
    """Raise `CommonwealError` with all `faults`, or return if there are none."""
    found = tuple(faults)
    if found:
        raise CommonwealError(found)
