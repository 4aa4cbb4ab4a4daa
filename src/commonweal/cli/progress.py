"""Show which step is running and for how long, in a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from commonweal.report import Report, silent


@contextmanager
def steps() -> Iterator[Report]:
    """Give a function that shows the step it is told; quiet when not a terminal."""
    if not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import Progress, TextColumn, TimeElapsedColumn

    # How long a step takes depends on the records: the time shows that work goes on, and nothing spins.
    columns = (TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, refresh_per_second=1) as progress:
        running = progress.add_task("Starting", total=None)

        def show(step: str) -> None:
            progress.update(running, description=step)

        yield show
