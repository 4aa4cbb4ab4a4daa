"""`commonweal explain`: why an area has its score, and what makes a gap."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from commonweal.files import json_text

NAME: Final = "explain"
HELP: Final = "Explain an area's score, or its gap to another area, a period, its peers or all areas."
EXAMPLE: Final = "Example: commonweal explain marlbridge Quayside --against peers"


def run(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The project folder, or that of an edition (OUT).")
    ],
    area: Annotated[str, typer.Argument(metavar="AREA", help="An area's name or code.")],
    against: Annotated[
        str | None,
        typer.Option(
            metavar="AREA|PERIOD|peers|all",
            help="What to compare with [default: peers, or all where the project names none].",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False,
) -> None:
    """Explain a score and a gap."""
    from commonweal.cli.progress import steps
    from commonweal.pipeline.explanation import explain_area

    with steps() as report:
        answer = explain_area(folder, area, against, report=report)
    if as_json:
        typer.echo(json_text(answer.document))
        return
    for line in answer.lines:
        typer.echo(line)
