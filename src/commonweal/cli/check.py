"""`commonweal check`: find every fault, write nothing, show what is covered."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from commonweal.files import json_text

NAME: Final = "check"
HELP: Final = "Check a project and show which indicators are not fully covered. Writes nothing."
EXAMPLE: Final = "Example: commonweal check marlbridge"


def run(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The project folder.")],
    whole: Annotated[bool, typer.Option("--all", help="List every indicator and period.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False,
) -> None:
    """Check and show coverage."""
    from commonweal.cli.progress import steps
    from commonweal.pipeline.folder import check

    with steps() as report:
        coverage = check(folder, report=report)
    if as_json:
        document = {
            "faults": [],
            "coverage": coverage.table.to_dicts(),
            "sources": list(coverage.sources),
            "notes": list(coverage.notes),
        }
        typer.echo(json_text(document))
        return
    from commonweal.cli.tables import lines
    from commonweal.project import exceptions

    part = exceptions(coverage.table)
    table = coverage.table if whole else part
    typer.echo(_summary(coverage.table.height, part.height))
    for line in [*(lines(table) if table.height else ()), *coverage.sources]:
        typer.echo(line)
    for note in coverage.notes:
        typer.echo(f"Note: {note}")
    typer.echo("No faults found.")


def _summary(pairs: int, exceptions: int) -> str:
    if not exceptions:
        return "Every area has a figure for every indicator and period."
    return (
        f"In {pairs - exceptions} of {pairs} pairs of indicator and period every area has a figure;"
        f" the other{'s' if exceptions > 1 else ''}:"
    )
