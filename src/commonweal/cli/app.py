"""The command line: `commonweal --help` lists the commands."""

from __future__ import annotations

import os
import sys
import traceback
from typing import Final

import typer

from commonweal.cli import (
    audit,
    build,
    check,
    demo,
    diff,
    explain,
    export,
    freeze,
    help_page,
    new,
    schema,
    whatif,
)
from commonweal.errors import CommonwealError, Fault
from commonweal.files import json_text

OUR_FAULT: Final = 1
USERS_FAULT: Final = 2
#: The commands that write something when all goes well.
WRITING: Final = frozenset({build.NAME, demo.NAME, new.NAME})

app = typer.Typer(
    name="commonweal",
    help="From a council's records to a published, explainable social progress index for every ward.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command in (demo, new, check, build, audit, explain, whatif, freeze, diff, export, schema, help_page):
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
    # what is multiplied here is small: another thread of the linear algebra would wait in a loop for more
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        app()
    except CommonwealError as error:
        _tell(error.faults, sys.argv[1:])
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


def _tell(faults: tuple[Fault, ...], arguments: list[str]) -> None:
    """Tell every fault: as JSON where that was asked for, else as text, with where to read more."""
    if "--json" in arguments:
        keys = ("code", "file", "line", "what", "remedy")
        document = {"faults": [{key: getattr(fault, key) for key in keys} for fault in faults]}
        typer.echo(json_text(document))
        return
    for fault in faults:
        typer.echo(str(fault), err=True)
    count = f"{len(faults)} fault{'s' if len(faults) > 1 else ''}"
    written = "; nothing was written" if {*arguments[:1]} & WRITING else ""
    codes = " ".join(sorted({fault.code for fault in faults}))
    typer.echo(f"\n{count}{written}. To read more: commonweal help {codes}", err=True)
