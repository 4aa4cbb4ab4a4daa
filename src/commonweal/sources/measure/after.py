"""The last step of the gate: what is made of figures that have passed it, and what no one needs to see."""

from __future__ import annotations

from collections.abc import Set

import polars as pl

from commonweal.model.project import Project
from commonweal.sources.measure.change import changes
from commonweal.sources.measure.shrink import neighbours, shrunken


def finished(safe: pl.DataFrame, project: Project, aside: Set[tuple[str, str]]) -> pl.DataFrame:
    """Protected observations, with small areas' figures shrunken and changes formed, as the measures ask.

    Nothing but `safe` is looked at, so what comes out gives away no more than what went in. `aside` names
    indicators (or helpers) and periods that were there for this alone; they are left out at the end.
    """
    near = None
    if any(measure.shrink == "neighbours" for measure in project.measures):
        boundaries = project.areas.boundaries
        assert boundaries is not None
        near = neighbours(boundaries, sorted(project.areas.codes))
    for measure in project.measures:
        if measure.shrink:
            own = (pl.col("indicator") == measure.indicator) & (pl.col("source") == measure.records)
            local = near if measure.shrink == "neighbours" else None
            safe = pl.concat([safe.filter(~own), shrunken(safe.filter(own), measure, local)])
    made = [
        changes(safe.filter(pl.col("indicator") == measure.of), measure)
        for measure in project.measures
        if measure.kind == "change"
    ]
    whole = pl.concat([safe, *made])
    gone = pl.DataFrame(sorted(aside), schema={"indicator": pl.String, "period": pl.String}, orient="row")
    return whole.join(gone, on=["indicator", "period"], how="anti", maintain_order="left")
