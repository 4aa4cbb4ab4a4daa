"""`commonweal audit`: what a statistician would ask of the index, answered after the ten steps."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from commonweal.files import json_text

NAME: Final = "audit"
HELP: Final = "Audit an index after the ten steps of OECD and JRC, or write its governance pack (--pack)."
EXAMPLE: Final = "Example: commonweal audit marlbridge"


def run(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The project folder, or that of an edition (OUT).")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False,
    pack: Annotated[
        bool, typer.Option("--pack", help="Write the governance pack instead: a page to print and sign.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Where the pack goes; DIR/governance if left out.")] = None,
) -> None:
    """Audit a project."""
    if pack:
        _pack(folder, out)
        return
    from commonweal.cli.progress import steps
    from commonweal.pipeline.auditing import audit_folder

    with steps() as report:
        audit = audit_folder(folder, report=report)
    if as_json:
        typer.echo(json_text(audit.document()))
        return
    from commonweal.insight.audit.written import lines

    for line in lines(audit):
        typer.echo(line)


def _pack(folder: Path, out: Path | None) -> None:
    from commonweal.cli.progress import steps
    from commonweal.pipeline.governing import govern

    with steps() as report:
        written = govern(folder, out, report=report)
    typer.echo(f"Governance pack: open {written[0]}")
