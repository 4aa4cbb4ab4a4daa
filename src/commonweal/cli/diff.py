"""`commonweal diff`: what moved between two editions, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from commonweal.files import json_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from polars import DataFrame

    from commonweal.pipeline.comparing import Difference

NAME: Final = "diff"
HELP: Final = "Name every figure that moved between two editions, and the step that moved it."
EXAMPLE: Final = "Example: commonweal diff marlbridge/editions/2025 marlbridge/build"
_SHOWN: Final = 20


def run(
    old: Annotated[
        Path, typer.Argument(metavar="OLD", help="An edition's folder, or the output of a build.")
    ],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The one to compare with it.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines: every figure.")] = False,
) -> None:
    """Compare two editions."""
    from commonweal.cli.progress import steps
    from commonweal.pipeline.comparing import diff

    with steps() as report:
        report("Comparing")
        found = diff(old, new)
    if as_json:
        typer.echo(json_text(found.to_dict()))
        return
    for line in _lines(found):
        typer.echo(line)


def _lines(found: Difference) -> Iterator[str]:
    from commonweal.cli.tables import lines

    if not any(
        frame.height for frame in (found.scores, found.data, found.method, found.added, found.removed)
    ):
        yield "No figure moved."
    for title, frame in (
        ("Added", found.added),
        ("Removed", found.removed),
        ("Settings changed", found.method),
    ):
        if frame.height:
            yield f"{title}:"
            yield from (f"  {line}" for line in lines(frame))
    for name in ("data", "goalposts", "weights"):
        frame = getattr(found, name)
        if frame.height:
            yield f"Moved in {name}: {frame.height} figures; the first {min(_SHOWN, frame.height)}:"
            yield from (f"  {line}" for line in lines(_in_full(frame.head(_SHOWN))))
    yield from _scores(found)
    for sentence in found.breaks:
        yield f"Break: {sentence}"


def _in_full(frame: DataFrame) -> DataFrame:
    """Figures with six significant digits: weights are small."""
    import polars as pl

    return frame.with_columns(
        pl.Series(name, [None if x is None else f"{x:.6g}" for x in frame[name]], dtype=pl.String)
        for name, kind in frame.schema.items()
        if kind == pl.Float64
    )


def _scores(found: Difference) -> Iterator[str]:
    """The scores that moved furthest; a change is the sum of what the four steps moved it by."""
    import polars as pl

    from commonweal.cli.tables import lines

    if not found.scores.height:
        return
    furthest = found.scores.sort(
        pl.col("change").abs(), descending=True, nulls_last=True, maintain_order=True
    )
    columns = [
        "period", "area", "node", "old", "new", "change", "data", "goalposts", "weights", "method",
        "old_rank", "new_rank", "steps",
    ]  # fmt: skip
    yield f"Scores or ranks that moved: {furthest.height}; the furthest {min(_SHOWN, furthest.height)}:"
    yield from (f"  {line}" for line in lines(furthest.select(columns).head(_SHOWN)))
    if furthest.height > _SHOWN:
        yield "All of them: --json."
