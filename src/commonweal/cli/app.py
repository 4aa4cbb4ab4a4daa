"""The command line: `commonweal --help` lists the commands."""

from __future__ import annotations

import sys
import traceback
from typing import Final

import typer

from commonweal.cli import audit, build, check, demo, diff, explain, export, freeze, new, schema
from commonweal.errors import CommonwealError

OUR_FAULT: Final = 1
USERS_FAULT: Final = 2

app = typer.Typer(
    name="commonweal",
    help="From a council's records to a published, explainable social progress index for every ward.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command in (demo, new, check, build, audit, explain, freeze, diff, export, schema):
    app.command(name=command.NAME, help=command.HELP, epilog=command.EXAMPLE)(command.run)


@app.callback(invoke_without_command=True)
def version(show: bool = typer.Option(False, "--version", help="Print the version and leave.")) -> None:
    """Answer --version."""
    if show:
        import commonweal

        typer.echo(f"commonweal {commonweal.__version__}")
        raise typer.Exit


def run() -> None:
    """Run the command line; exit 0 when done, 2 for the user to put right, 1 for our own fault."""
    try:
        app()
    except CommonwealError as error:
        for fault in error.faults:
            typer.echo(str(fault), err=True)
        count = len(error.faults)
        pages = ", ".join(sorted({fault.page for fault in error.faults}))
        typer.echo(f"\n{count} fault{'s' if count > 1 else ''}; nothing was written. Help: {pages}", err=True)
        sys.exit(USERS_FAULT)
    except KeyboardInterrupt:
        typer.echo("Stopped; nothing was changed.", err=True)
        sys.exit(USERS_FAULT)
    except Exception:
        traceback.print_exc()
        typer.echo(
            "This is a fault in Commonweal, not in your project. Nothing was changed."
            " Please report the lines above; they name no record.",
            err=True,
        )
        sys.exit(OUR_FAULT)
