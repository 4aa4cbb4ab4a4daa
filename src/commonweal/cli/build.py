"""`commonweal build`: from a project folder to a published index."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

NAME: Final = "build"
HELP: Final = "Build the index and write its site, data and open project, whole or not at all."
EXAMPLE: Final = "Example: commonweal build marlbridge --out public"


def run(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The project folder.")],
    out: Annotated[Path | None, typer.Option(help="Where to write; DIR/build if left out.")] = None,
    internal: Annotated[
        bool, typer.Option("--internal", help="Skip protection; every page says: not for publication.")
    ] = False,
) -> None:
    """Build and publish."""
    from commonweal.cli.progress import steps
    from commonweal.insight.words import types
    from commonweal.pipeline.folder import build
    from commonweal.sources import ledger_lines

    advice: list[str] = []
    with steps() as report:
        edition = build(folder, out, internal=internal, report=report, advise=advice.append)
    target = out if out is not None else folder / "build"
    span = " to ".join(dict.fromkeys(period.label for period in (edition.periods[0], edition.periods[-1])))
    typer.echo(f"{edition.place}: {edition.title}, {span}")
    areas, indicators = len(edition.areas), len(edition.framework.indicators)
    typer.echo(f"{areas:,} {types('area', areas)}, {indicators} {types('indicator', indicators)}")
    said = edition.statements
    for finding in said.filter((said["area"] == "") & (said["kind"] == "finding") & (said["node"] == ""))[
        "text"
    ]:
        typer.echo(finding)
    for line in ledger_lines(edition.ledger):
        typer.echo(line)
    for note in (*edition.notes, *advice):
        typer.echo(f"Note: {note}")
    typer.echo(f"Open {target / 'site' / 'index.html'}")
