"""Hand an index to other programs: only what has passed the gate."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from commonweal import project, sources
from commonweal.model.observation import KEY, Observations
from commonweal.pipeline.protecting import protect
from commonweal.project.edition import is_edition, read_edition
from commonweal.project.interchange import export_pair


def export(root: str | Path, folder: str | Path | None = None) -> tuple[Path, Path]:
    """Write iData.csv and iMeta.csv of COINr from a project, or from an edition's folder; return their paths.

    `folder` is where to: left out, `export` inside the project, or in the present folder for an edition.
    Published values keep all their digits; others are as the gate lets them through. Raises what reading a
    project or an edition raises.
    """
    root = Path(root)
    kept = is_edition(root)
    loaded = read_edition(root).project if kept else project.load(root)
    target = Path(folder) if folder is not None else (Path() if kept else root) / "export"
    gated = protect(loaded, sources.collect(loaded)).observations.frame
    exact = loaded.given.frame
    others = gated.join(exact.select(KEY), on=KEY, how="anti")
    return export_pair(loaded, Observations(pl.concat([exact, others])), target)
