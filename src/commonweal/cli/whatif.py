"""`commonweal whatif`: what would move if figures were others, and the least change that reaches a target."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from commonweal.files import json_text

NAME: Final = "whatif"
HELP: Final = (
    "See scores, ranks and classes if figures were others; the smallest change that reaches a target; what a"
    " budget of points would do best."
)
EXAMPLE: Final = "Example: commonweal whatif marlbridge Quayside crime-rate=-10% food-hygiene=20"


def run(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The project folder, or that of an edition (OUT).")
    ],
    area: Annotated[
        str | None,
        typer.Argument(metavar="AREA", help="An area's name or code; left out, --budget is for all."),
    ] = None,
    figures: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="INDICATOR=VALUE",
            help="A full value (6.5), or a change with its sign (-2, +5, -10%).",
        ),
    ] = None,
    reach: Annotated[
        str | None,
        typer.Option(metavar="TARGET", help="Find the smallest change for rank=10, score=60 or class=over."),
    ] = None,
    budget: Annotated[
        float | None,
        typer.Option(metavar="POINTS", help="Find what so many points of indicators would do best."),
    ] = None,
    within: Annotated[
        list[str] | None,
        typer.Option(
            metavar="peers|all|history",
            help="No better than the best of the peers, than the best area, no faster than any has risen;"
            " may be repeated [default: peers and history].",
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="INDICATOR", help="Choose from these indicators; may be repeated."),
    ] = None,
    node: Annotated[
        str | None,
        typer.Option(metavar="NODE", help="What is to rise, if not the index: a dimension, a component."),
    ] = None,
    period: Annotated[
        str | None, typer.Option(metavar="PERIOD", help="A published period, if not the latest.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False,
) -> None:
    """Answer one question."""
    from commonweal.cli.progress import steps
    from commonweal.cli.tables import lines
    from commonweal.pipeline.supposing import Question, answer

    asked = Question(
        area, tuple(figures or ()), reach, budget, tuple(within or ()), tuple(only or ()), node, period
    )
    with steps() as report:
        told = answer(folder, asked, report=report)
    if as_json:
        typer.echo(json_text(told.document))
        return
    for sentence in told.says:
        typer.echo(sentence)
    for heading, table in told.tables:
        typer.echo(f"\n{heading}:")
        for line in lines(table, decimals=told.decimals):
            typer.echo(f"  {line}")
