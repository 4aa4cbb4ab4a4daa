"""`commonweal demo`: write the built-in demo project."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

NAME: Final = "demo"
HELP: Final = "Write the demo: a fictional borough of 17 wards, with records, ready to build."
EXAMPLE: Final = "Example: commonweal demo marlbridge && commonweal build marlbridge"


def run(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    scale: Annotated[int, typer.Option(min=1, help="Write this many times the records.")] = 1,
) -> None:
    """Write the demo project."""
    from commonweal.cli.progress import steps
    from commonweal.demo.write import write

    with steps() as report:
        report("Writing the demo")
        write(folder, scale=scale)
    typer.echo(f"Wrote the demo project to {folder}\nNext: commonweal build {folder}")
