"""`commonweal check`: find every fault, write nothing, show what is covered."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

NAME: Final = "check"
HELP: Final = "Check a project and show how far each indicator is covered. Writes nothing."
EXAMPLE: Final = "Example: commonweal check marlbridge"


def run(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The project folder.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False,
) -> None:
    """Check and show coverage."""
    from commonweal.cli.progress import steps
    from commonweal.pipeline.folder import check

    with steps() as report:
        coverage = check(folder, report=report)
    if as_json:
        import json

        typer.echo(
            json.dumps({"coverage": coverage.table.to_dicts(), "notes": list(coverage.notes)}, indent=1)
        )
        return
    from commonweal.cli.tables import lines

    for line in lines(coverage.table):
        typer.echo(line)
    for note in coverage.notes:
        typer.echo(f"Note: {note}")
    typer.echo("No faults found.")
