"""Where the table of a lookup leads, set beside the areas of the project: what is a slip, what is lost."""

from __future__ import annotations

import polars as pl

from commonweal.errors import Fault, near
from commonweal.model.area import Areas
from commonweal.project.columns import LINE, Rows, several
from commonweal.project.values import lookalike


def slips(rows: Rows, areas: Areas) -> list[Fault]:
    """LOOKUP-AREAS for each code in `to` that looks like an area of the project, but is written otherwise."""
    return several(
        rows.fault(
            "LOOKUP-AREAS", f"the lookup leads to {code!r}{alike}", "Write it as the areas table does.", line
        )
        for code, line in _astray(rows, areas).select("to", LINE).iter_rows()
        if (alike := lookalike(code, areas.codes))
    )


def astray(rows: Rows, areas: Areas) -> list[str]:
    """What leaves the project by the table, in words, at the line where it first does; empty if nothing does.

    That is right where the table is about a larger place, so it is told and no fault. An area of the
    project that the table lacks is offered for a code that is near it.
    """
    strange = _astray(rows, areas)
    if not strange.height:
        return []
    known = pl.col("to").is_in(list(areas.codes))
    parted = rows.frame.group_by("from").agg(known.any().alias("in"), (~known).any().alias("out"))
    both = parted.filter(pl.col("in") & pl.col("out")).height
    ends = rows.frame["to"].n_unique()
    code, line = strange.select("to", LINE).row(0)
    lacking = sorted(set(areas.codes) - set(rows.frame["to"]))
    slip = near(code, lacking) if strange.height <= len(areas) else ""
    are = "is" if strange.height == 1 else "are"
    told = f"{strange.height:,} of the {ends:,} areas that the lookup leads to {are} not in the areas table"
    if both:
        told += f"; {both:,} old area{'s' * (both > 1)} {'are' if both > 1 else 'is'} shared with them"
    told += f"; the first is {code!r}{slip or '.'}"
    return [f"{rows.file}:{line}: LOOKUP-AREAS {told}"]


def _astray(rows: Rows, areas: Areas) -> pl.DataFrame:
    """The codes in `to` that are of no area of the project, each with its first line, in their order."""
    strange = rows.frame.filter(~pl.col("to").is_in(list(areas.codes)))
    return strange.group_by("to").agg(pl.col(LINE).min()).sort(LINE, "to")
