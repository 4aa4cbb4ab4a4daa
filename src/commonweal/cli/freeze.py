"""`commonweal freeze`: keep an edition for good."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

NAME: Final = "freeze"
HELP: Final = "Keep what was built as a read-only edition; it is built first where anything has changed."
EXAMPLE: Final = "Example: commonweal freeze marlbridge --name 2026"


def run(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The project folder.")],
    name: Annotated[str, typer.Option(help="What the edition is called, for example 2026.")],
    out: Annotated[Path | None, typer.Option(help="The output to keep; DIR/build if left out.")] = None,
) -> None:
    """Freeze an edition."""
    from commonweal.cli.progress import steps
    from commonweal.pipeline.freezing import freeze

    with steps() as report:
        kept = freeze(folder, name, out, report=report)
    typer.echo(f"Kept the edition {name} in {kept}, read-only.")
    typer.echo(f"Score new periods on its scales: rule: frozen, edition: editions/{name}")
