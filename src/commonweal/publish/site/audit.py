"""The audit page: findings in plain words, figures behind them, and the statement of assurance."""

from __future__ import annotations

from dataclasses import dataclass

from commonweal.insight.audit.document import Audit, Cell, Check, Column, Section, Table
from commonweal.insight.audit.written import MARKS, is_number, lead, small, written
from commonweal.publish.site import layout
from commonweal.publish.site.lookup import Lookup


@dataclass(frozen=True, slots=True)
class Figure:
    """A cell as it is shown, and where it leads."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """A table as it is shown; each heading with whether its column holds numbers."""

    id: str
    title: str
    note: str
    headings: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[Figure, ...], ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A finding: its mark as a key and in words, and its sentences."""

    mark: str
    called: str
    found: str
    means: str
    look: str


@dataclass(frozen=True, slots=True)
class Step:
    """One of the ten steps."""

    id: str
    number: int
    title: str
    asks: str
    says: tuple[Said, ...]
    tables: tuple[Figures, ...]


@dataclass(frozen=True, slots=True)
class Verified:
    """A check, how it was made, and what came of it."""

    what: str
    how: str
    result: str
    figure: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """The audit page, ready to be written."""

    page: layout.Page
    lead: str
    period: str
    steps: tuple[Step, ...]
    verified: tuple[Verified, ...]
    limits: tuple[str, ...]
    open: tuple[str, ...]


def audit_page(lookup: Lookup, audit: Audit) -> AuditPage:
    """The audit of an edition as a page."""
    crumbs = (layout.Crumb("Method", "method.html"), layout.Crumb("Audit"))
    return AuditPage(
        page=layout.page(lookup.edition, "audit.html", "Audit", "method", crumbs),
        lead=lead(audit),
        period=audit.period,
        steps=tuple(_step(lookup, section) for section in audit.sections),
        verified=tuple(_verified(check) for check in audit.assurance.checks),
        limits=audit.assurance.limits,
        open=audit.assurance.open,
    )


def _step(lookup: Lookup, section: Section) -> Step:
    return Step(
        section.id,
        section.step,
        section.title,
        section.asks,
        tuple(Said(f.mark.value, MARKS[f.mark], f.found, f.means, f.look) for f in section.findings),
        tuple(_figures(lookup, table) for table in section.tables),
    )


def _figures(lookup: Lookup, table: Table) -> Figures:
    return Figures(
        table.id,
        table.title,
        table.note,
        tuple((column.heading, is_number(column.kind)) for column in table.columns),
        tuple(
            tuple(_figure(lookup, column, cell) for column, cell in zip(table.columns, row, strict=True))
            for row in table.rows
        ),
    )


def _figure(lookup: Lookup, column: Column, cell: Cell) -> Figure:
    if column.kind == "node" and isinstance(cell, str):
        return Figure(lookup.framework[cell].name, f"nodes/{lookup.node_files[cell]}")
    if column.kind == "area" and isinstance(cell, str):
        return Figure(lookup.names[cell], f"areas/{lookup.area_files[cell]}")
    return Figure(written(cell, column.kind, {}))


def _verified(check: Check) -> Verified:
    return Verified(check.what, check.how, "Held" if check.passed else "Failed", small(check.figure))
