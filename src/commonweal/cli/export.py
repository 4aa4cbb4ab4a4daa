"""`commonweal export`: hand an index to another program."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

NAME: Final = "export"
HELP: Final = "Write the two tables of COINr, iData and iMeta, from a project or an edition."
EXAMPLE: Final = "Example: commonweal export marlbridge --to iData"


class Form(StrEnum):
    """What can be written."""

    PAIR = "iData"


def run(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A project folder, or an edition's.")],
    to: Annotated[Form, typer.Option(help="What to write: iData.csv and iMeta.csv.")] = Form.PAIR,
    out: Annotated[Path | None, typer.Option(help="The folder to write to; DIR/export if left out.")] = None,
) -> None:
    """Export."""
    from commonweal.cli.progress import steps
    from commonweal.pipeline.exporting import export

    with steps() as report:
        report(f"Writing {to}")
        written = export(folder, out)
    for path in written:
        typer.echo(f"Wrote {path}")
