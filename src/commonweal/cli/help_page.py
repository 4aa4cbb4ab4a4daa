"""`commonweal help CODE`: what a fault means, when it occurs, and how to put it right."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated, Final

import typer

from commonweal.errors import CODES, CommonwealError, Fault, near

NAME: Final = "help"
HELP: Final = "Explain the code of a fault; without one, list them all."
EXAMPLE: Final = "Example: commonweal help AREA-UNKNOWN"


def run(
    codes: Annotated[list[str] | None, typer.Argument(metavar="[CODE]...", help="Codes of faults.")] = None,
) -> None:
    """Print the page of each code, or every code with its meaning."""
    if not codes:
        width = max(map(len, CODES))
        for code, meaning in CODES.items():
            typer.echo(f"{code.ljust(width)}  {meaning}")
        return
    wanted = [code.upper() for code in codes]
    unknown = [code for code in wanted if code not in CODES]
    if unknown:
        raise CommonwealError([_unknown(code) for code in unknown])
    typer.echo("\n\n".join(page(code) for code in wanted))


def page(code: str) -> str:
    """The page of a code, from the package, or from the documentation where that is at hand."""
    shipped = files("commonweal").joinpath("help", f"{code}.md")
    if shipped.is_file():
        return shipped.read_text("utf-8").strip()
    checkout = Path(__file__).parents[3] / "docs" / "errors" / f"{code}.md"
    return checkout.read_text("utf-8").strip()


def _unknown(code: str) -> Fault:
    what = f"there is no fault of the code {code!r}{near(code, CODES)}"
    return Fault("HELP-CODE", what, "List them: commonweal help")
