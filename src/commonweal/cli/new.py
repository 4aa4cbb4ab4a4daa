"""`commonweal new`: write a starter project."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

NAME: Final = "new"
HELP: Final = "Write a starter project from a built-in framework."
EXAMPLE: Final = "Example: commonweal new our-borough"


def run(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    framework: Annotated[str, typer.Option(help="The built-in framework to start from.")] = "social-progress",
    areas: Annotated[
        Path | None, typer.Option(help="A table of your areas (code, name and more) to start with.")
    ] = None,
) -> None:
    """Write a starter project."""
    from commonweal import project

    project.new(folder, framework=framework, areas=areas)
    typer.echo(
        f"Wrote a starter project to {folder}\n"
        f"First: {folder}/areas.csv, a row for each area, with its code and name.\n"
        f"Then: {folder}/data/values.csv, a row for each area, period and indicator; and in"
        f" {folder}/commonweal.yaml, `only:` the indicators you have figures for.\n"
        f"Next: commonweal check {folder}"
    )
