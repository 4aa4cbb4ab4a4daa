"""`commonweal new`: write a starter project."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

NAME: Final = "new"
HELP: Final = (
    "Write a starter project: from a built-in framework, a workbook, or the tables of another program."
)
EXAMPLE: Final = "Example: commonweal new our-borough"


def run(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    framework: Annotated[str, typer.Option(help="The built-in framework to start from.")] = "social-progress",
    areas: Annotated[
        Path | None, typer.Option(help="A table of your areas (code, name and more) to start with.")
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="PATH",
            help="Start from iData.csv and iMeta.csv of COINr (their folder, or the first), a COIN Tool"
            " workbook, or our own workbook filled in.",
        ),
    ] = None,
    meta: Annotated[
        Path | None, typer.Option(help="With --from iData.csv: where iMeta.csv is, if not beside it.")
    ] = None,
    template: Annotated[
        bool, typer.Option("--template", help="Write only the workbook, to fill in without code.")
    ] = False,
) -> None:
    """Write a starter project."""
    from commonweal import project

    if template:
        path = project.write_template(folder)
        typer.echo(f"Wrote {path}\nFill it in, then: commonweal new FOLDER --from {path}")
        return
    if source is not None:
        for sentence in project.begin_from(folder, source, meta):
            typer.echo(f"Note: {sentence}")
        typer.echo(f"Wrote a project to {folder}\nNext: commonweal build {folder}")
        return
    project.new(folder, framework=framework, areas=areas)
    typer.echo(
        f"Wrote a starter project to {folder}\n"
        f"First: {folder}/areas.csv, a row for each area, with its code and name.\n"
        f"Then: {folder}/data/values.csv, a row for each area, period and indicator; and in"
        f" {folder}/commonweal.yaml, `only:` the indicators you have figures for.\n"
        f"Next: commonweal check {folder}"
    )
