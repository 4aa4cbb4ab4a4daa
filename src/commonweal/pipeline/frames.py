"""An index from frames in memory, without a folder."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import polars as pl

from commonweal import engine, insight, project
from commonweal.errors import Fault, raise_any
from commonweal.model.area import Area, Areas
from commonweal.model.edition import BENCHMARKS, Edition
from commonweal.model.observation import Observations
from commonweal.model.period import Period
from commonweal.model.project import Periods
from commonweal.model.recipe import Recipe


def score(
    frame: Any,
    framework: Any,
    recipe: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    *,
    title: str = "Index",
    place: str = "",
    carry: float = 0.0,
    areas: Any = None,
    denominators: Any = None,
) -> Edition:
    """Score a table of published values, wide (area, period, a column an indicator) or long.

    `frame` and `framework` are Polars or pandas frames (`framework` with at least id, name, parent, level
    and direction); `recipe` is a mapping as in commonweal.yaml. A frame without a period column is one
    period, '2000'. `areas` (code and any attributes; name if there is one) and `denominators` (name, area,
    period, value) are frames that steps of the recipe may need. Nothing is protected here: give only figures
    that may be seen.
    Raises CommonwealError.

    >>> values = pl.DataFrame({"area": ["E1", "E2"], "jobs": [10.0, 20.0], "crime": [5.0, 9.0]})
    >>> tree = pl.DataFrame({"id": ["index", "jobs", "crime"], "name": ["Index", "Jobs", "Crime"],
    ...                      "parent": ["", "index", "index"], "level": ["index", "indicator", "indicator"],
    ...                      "direction": [None, 1, -1]})
    >>> edition = score(values, tree, {"normalise": "minmax"})
    >>> edition.scores.filter(level="index").select("area", "score", "rank").rows()
    [('E1', 50.0, 1), ('E2', 50.0, 1)]
    """
    tree = project.framework_from_frame(_polars(framework))
    table = _polars(frame)
    if "period" not in table.columns:
        table = table.with_columns(pl.lit("2000").alias("period"))
    observations = project.values_from_frame(table, tree)
    steps = Recipe.read(recipe or {})
    raise_any([*steps.faults_against(tree), *without_edition(steps)])
    places = _areas(observations, areas)
    scoring = engine.score(
        observations,
        tree,
        places,
        _periods(observations, carry),
        steps,
        denominators=None if denominators is None else _denominators(_polars(denominators)),
    )
    edition = Edition(
        title=title,
        place=place,
        areas=places,
        scoring=scoring,
        observations=observations.frame,
        carry=carry,
    )
    return insight.interpret(edition, pl.DataFrame(schema=BENCHMARKS).select("name", "period"))


def without_edition(recipe: Recipe, held: Collection[str] = ()) -> list[Fault]:
    """RECIPE-RULE where steps take from an older edition that is not among those held: there is no folder."""
    setting = recipe.weigh.method
    named = [setting.every, *dict(setting.levels).values(), *dict(setting.nodes).values()]
    remedy = "Score a project folder, which can name one."
    faults = [
        Fault(
            "RECIPE-RULE",
            f"{min(steps)} takes from an older edition, {edition!r}",
            remedy,
            path=(min(steps),),
        )
        for edition, steps in recipe.editions.items()
        if edition not in held
    ]
    if any(method.name == "frozen" for method in named):
        what = "weigh frozen takes weights from an older edition"
        faults.append(Fault("RECIPE-RULE", what, remedy, path=("weigh",)))
    return faults


def _polars(frame: Any) -> pl.DataFrame:
    return frame if isinstance(frame, pl.DataFrame) else pl.from_pandas(frame)


def _areas(observations: Observations, table: Any) -> Areas:
    """The areas of a frame, or those observed."""
    if table is None:
        codes = observations.frame["area"].unique().sort()
        return Areas("area", "", tuple(Area(code, code) for code in codes))
    frame = _polars(table)
    raise_any(_lacking(frame, "areas", ("code",)))
    frame = frame.with_columns(pl.col("code").cast(pl.String))
    names = frame["name"].cast(pl.String) if "name" in frame.columns else frame["code"]
    places = tuple(Area(code or "", name or "") for code, name in zip(frame["code"], names, strict=True))
    return Areas("area", "", places, frame.drop("name", strict=False))


def _denominators(frame: pl.DataFrame) -> pl.DataFrame:
    raise_any(_lacking(frame, "denominators", ("name", "area", "period", "value")))
    text = [pl.col(column).cast(pl.String) for column in ("name", "area", "period")]
    return frame.select(*text, pl.col("value").cast(pl.Float64).fill_nan(None))


def _lacking(frame: pl.DataFrame, what: str, columns: tuple[str, ...]) -> list[Fault]:
    return [
        Fault("COLUMN-MISSING", f"the frame of {what} lacks the column {name!r}", "Add it.")
        for name in columns
        if name not in frame.columns
    ]


def _periods(observations: Observations, carry: float) -> Periods:
    labels = observations.frame["period"].unique()
    return Periods(tuple(sorted(Period.parse(label) for label in labels)), carry)
