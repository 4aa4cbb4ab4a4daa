"""`commonweal schema`: the JSON Schema of commonweal.yaml, for editors."""

from __future__ import annotations

from typing import Final

import typer

from commonweal.files import json_text

NAME: Final = "schema"
HELP: Final = "Print the JSON Schema of commonweal.yaml, so that an editor can complete and check it."
EXAMPLE: Final = "Example: commonweal schema > commonweal.schema.json"


def run() -> None:
    """Print the JSON Schema."""
    from commonweal import project

    typer.echo(json_text(project.json_schema()))
