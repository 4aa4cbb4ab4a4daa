"""The nouns of an audit: sections of findings and tables, and a statement of assurance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Literal, Self

import numpy as np
import polars as pl

from commonweal.methods.significant import significant

Cell = str | float | int | bool | None
#: What a column holds: how it is written, and what its cells lead to.
Kind = Literal["text", "node", "area", "number", "correlation", "share", "p", "count", "yes"]

#: The ten steps, in order, each with the question that it answers.
STEPS: Final[tuple[tuple[str, str], ...]] = (
    ("Theoretical framework", "What is measured, and how do the parts make a whole?"),
    ("Data selection", "Are the indicators complete, varied and comparable?"),
    ("Imputation of missing data", "What was done where a figure is missing?"),
    ("Multivariate analysis", "Do the parts of a group belong together?"),
    ("Normalisation", "How are different units put on one scale?"),
    ("Weighting and aggregation", "What does each part really count?"),
    ("Robustness and sensitivity", "How far would another choice change the order?"),
    ("Back to the data", "What lies behind the high and the low scores?"),
    ("Links to other figures", "How does the index move with what is outside it?"),
    ("Presentation and dissemination", "Can a reader find, read and check every figure?"),
)


class Mark(StrEnum):
    """How a finding stands: as it should be, good to know, or for someone to look at."""

    SOUND = "sound"
    NOTE = "note"
    LOOK = "look"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, what it means, and what to look at, in plain words."""

    mark: Mark
    found: str
    means: str = ""
    look: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of figures: its name in JSON, its heading, and what it holds."""

    name: str
    heading: str
    kind: Kind = "number"


@dataclass(frozen=True, slots=True)
class Table:
    """Figures behind findings: typed rows."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""

    @classmethod
    def of(
        cls, id: str, title: str, columns: tuple[Column, ...], frame: pl.DataFrame, note: str = ""
    ) -> Self:
        """The rows of a frame: of its columns those that `columns` name."""
        return cls(id, title, columns, tuple(frame.select(column.name for column in columns).rows()), note)


@dataclass(frozen=True, slots=True)
class Part:
    """What one part of the product has to say on one step (1 to 10)."""

    step: int
    findings: tuple[Finding, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One of the ten steps, with all that was said on it."""

    step: int
    title: str
    asks: str
    findings: tuple[Finding, ...]
    tables: tuple[Table, ...]

    @property
    def id(self) -> str:
        """Its address on the page."""
        return f"step-{self.step}"


@dataclass(frozen=True, slots=True)
class Check:
    """Something verified while building: what, by what means, whether it held, and the figure found."""

    what: str
    how: str
    passed: bool
    figure: float


@dataclass(frozen=True, slots=True)
class Assurance:
    """What was verified and how, the limits of that, and what is open."""

    checks: tuple[Check, ...]
    limits: tuple[str, ...]
    open: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Audit:
    """The whole audit of an edition; figures are of its latest `period` unless they say otherwise."""

    title: str
    place: str
    period: str
    status: str
    areas: int
    sections: tuple[Section, ...]
    assurance: Assurance
    names: dict[str, str] = field(default_factory=dict)
    #: how people were protected, in numbers
    protection: Mapping[str, Any] = field(default_factory=dict)

    def count(self, mark: Mark) -> int:
        """How many findings have a mark."""
        return sum(finding.mark == mark for section in self.sections for finding in section.findings)

    def document(self) -> dict[str, Any]:
        """The audit as audit.json holds it: cells typed, floats to 12 significant digits."""
        return {
            "title": self.title,
            "place": self.place,
            "period": self.period,
            "status": self.status,
            "areas": self.areas,
            "sections": [_section(section) for section in self.sections],
            "assurance": {
                "verified": [
                    {"what": c.what, "how": c.how, "passed": c.passed, "figure": _cell(c.figure)}
                    for c in self.assurance.checks
                ],
                "limits": list(self.assurance.limits),
                "open": list(self.assurance.open),
            },
            "protection": dict(self.protection),
        }


def _section(section: Section) -> dict[str, Any]:
    return {
        "step": section.step,
        "title": section.title,
        "findings": [
            {"mark": f.mark.value, "found": f.found, "means": f.means, "look": f.look}
            for f in section.findings
        ],
        "tables": [
            {
                "id": table.id,
                "title": table.title,
                "note": table.note,
                "columns": {column.name: column.heading for column in table.columns},
                "rows": [
                    {column.name: _cell(cell) for column, cell in zip(table.columns, row, strict=True)}
                    for row in table.rows
                ],
            }
            for table in section.tables
        ],
    }


def _cell(cell: Cell) -> Cell:
    if isinstance(cell, float):
        return float(significant(np.array([cell]))[0]) + 0.0 if np.isfinite(cell) else None
    return cell
