"""Projects about records, made from the model's own nouns: one framework of whatever is measured."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from commonweal.model.area import Area, Areas, Boundaries
from commonweal.model.framework import Framework, Node
from commonweal.model.observation import SCHEMA, Observations
from commonweal.model.period import Period
from commonweal.model.project import Periods, Project, Publication
from commonweal.model.recipe import Recipe
from commonweal.model.source import Measure, Protection, Records

NOTHING = Observations(pl.DataFrame(schema=SCHEMA))
NO_DENOMINATORS = pl.DataFrame(
    schema={"name": pl.String, "area": pl.String, "period": pl.String, "value": pl.Float64}
)


def made_project(
    root: Path,
    records: Sequence[Records],
    measures: Sequence[Measure],
    areas: Sequence[str] = ("A", "B"),
    periods: Sequence[str] = ("2016",),
    *,
    carry: float = 0,
    boundaries: Boundaries | None = None,
    denominators: pl.DataFrame = NO_DENOMINATORS,
    counted: Observations = NOTHING,
    given: Observations = NOTHING,
    protection: Protection | None = None,
) -> Project:
    """A project of these sources and measures, with nothing else in it."""
    indicators = sorted({m.indicator for m in measures} | set(counted.frame["indicator"])) or ["none"]
    nodes = [Node("index", "Index", level="index")]
    nodes += [Node(id, id.replace("_", " ").capitalize(), "index", direction=-1) for id in indicators]
    return Project(
        root=root,
        title="Made up",
        place="Nowhere",
        framework=Framework(tuple(nodes)),
        areas=Areas("ward", "2014", tuple(Area(c, f"Ward {c}") for c in areas), boundaries=boundaries),
        periods=Periods(tuple(Period.parse(p) for p in periods), carry),
        recipe=Recipe.read({}),
        given=given,
        counted=counted,
        protected=NOTHING,
        records=tuple(records),
        measures=tuple(measures),
        denominators=denominators,
        protection=protection or Protection(),
        publication=Publication(),
        benchmarks=pl.DataFrame(),
    )


def boundaries_from(path: Path, code: str) -> Boundaries:
    """Outlines straight from GeoJSON."""
    import json

    import shapely

    features = json.loads(path.read_text())["features"]
    features.sort(key=lambda f: f["properties"][code])
    outlines = shapely.from_geojson([json.dumps(f["geometry"]) for f in features])
    codes = tuple(f["properties"][code] for f in features)
    return Boundaries(codes, np.asarray(outlines, dtype=object), "EPSG:4326")
