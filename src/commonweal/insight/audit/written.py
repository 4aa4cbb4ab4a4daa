"""How the figures of an audit are written, and the whole of it as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from commonweal.insight import words
from commonweal.insight.audit.document import Audit, Cell, Finding, Kind, Mark, Table

#: What stands where there is no figure.
NONE: Final = "–"
#: How each mark is called.
MARKS: Final = {Mark.SOUND: "Sound", Mark.NOTE: "Note", Mark.LOOK: "Look at"}
_NUMBERS: Final = frozenset({"number", "correlation", "share", "p", "count"})
_MOST_ROWS: Final = 12


def written(cell: Cell, kind: Kind, names: Mapping[str, str]) -> str:
    """A cell as a reader sees it; nodes and areas by name.

    >>> [written(x, kind, {}) for x, kind in ((0.0004, "p"), (-0.5, "correlation"), (0.125, "share"))]
    ['< 0.001', '−0.50', '12.5%']
    >>> written(None, "number", {}), written(12345, "count", {}), written("e1", "area", {"e1": "Abbey"})
    ('–', '12,345', 'Abbey')
    """
    if cell is None or cell != cell:
        return NONE
    if isinstance(cell, str):
        return names.get(cell, cell) if kind in ("node", "area") else words.sentence(cell)
    if kind == "count":
        return words.number(cell, 0)
    if kind == "share":
        return f"{words.number(100 * cell)}%"
    if kind == "p":
        return "< 0.001" if cell < 0.0005 else words.number(cell, 3)
    if kind == "correlation":
        return words.number(cell, 2)
    return words.value(float(cell))


def is_number(kind: Kind) -> bool:
    """Whether a column holds numbers, which stand to the right."""
    return kind in _NUMBERS


def small(figure: float) -> str:
    """A figure that should be nothing: 0, or its size as a power of ten.

    >>> small(0.0), small(2.2e-16), small(3.0)
    ('0', '2e-16', '3')
    """
    return f"{figure:.0e}".replace("e-0", "e-") if 0 < abs(figure) < 0.01 else f"{figure:g}"


def lead(audit: Audit) -> str:
    """The audit in one sentence."""
    look, failed = audit.count(Mark.LOOK), sum(not check.passed for check in audit.assurance.checks)
    made = len(audit.assurance.checks)
    held = f"{failed} of {made} checks failed" if failed else f"All {words.count(made)} checks held"
    held = held if made > 1 else f"The one check {'failed' if failed else 'held'}"
    if not look:
        return f"{held}. Nothing was found that needs a look."
    thing = "point needs" if look == 1 else "points need"
    return f"{held}. {words.sentence(words.count(look))} {thing} a look."


def lines(audit: Audit) -> Iterator[str]:
    """The audit as text, section by section; long tables are cut."""
    yield f"Audit of {f'{audit.place}: ' if audit.place else ''}{audit.title}, {audit.period}"
    yield lead(audit)
    for section in audit.sections:
        yield ""
        yield f"{section.step}. {section.title}: {section.asks}"
        for finding in section.findings:
            yield from _finding(finding)
        for table in section.tables:
            yield ""
            yield from _table(table, audit.names)
    yield ""
    yield "Assurance"
    for check in audit.assurance.checks:
        result = "Held" if check.passed else "FAILED"
        yield f"  {result}: {check.what} {check.how} Found: {small(check.figure)}."
    yield "Limits"
    yield from (f"  {text}" for text in audit.assurance.limits)
    yield "Open"
    yield from (f"  {text}" for text in audit.assurance.open or ("Nothing.",))


def _finding(finding: Finding) -> Iterator[str]:
    yield f"  {MARKS[finding.mark]}: {finding.found}"
    if finding.means:
        yield f"    {finding.means}"
    if finding.look:
        yield f"    {finding.look}"


def _table(table: Table, names: Mapping[str, str]) -> Iterator[str]:
    yield f"  {table.title}"
    shown = table.rows[:_MOST_ROWS]
    kinds = [column.kind for column in table.columns]
    body = [[written(cell, kind, names) for cell, kind in zip(row, kinds, strict=True)] for row in shown]
    cells = [[column.heading for column in table.columns], *body]
    widths = [max(len(row[i]) for row in cells) for i in range(len(kinds))]
    for row in cells:
        fields = (
            text.rjust(width) if is_number(kind) else text.ljust(width)
            for text, width, kind in zip(row, widths, kinds, strict=True)
        )
        yield f"    {'  '.join(fields)}".rstrip()
    if len(table.rows) > len(shown):
        yield f"    … {len(table.rows) - len(shown):,} more rows with --json."
    if table.note:
        yield f"    {table.note}"
