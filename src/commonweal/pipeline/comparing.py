"""Compare editions: what moved and why, several side by side, and one made again with a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from commonweal import engine, project, sources
from commonweal.errors import CommonwealError, raise_any
from commonweal.insight.breaks import between_editions
from commonweal.insight.moves import moves
from commonweal.model.edition import Edition, Scoring
from commonweal.model.observation import Observations
from commonweal.model.project import Periods, Project
from commonweal.model.recipe import Normalise, Weigh
from commonweal.pipeline.folder import make_of, score_project
from commonweal.pipeline.frames import without_edition
from commonweal.pipeline.opened import AnyEdition
from commonweal.pipeline.protecting import protect
from commonweal.project.edition import KeptEdition, is_edition, read_edition
from commonweal.publish.record import written

#: Steps of a recipe that prepare values before they are put on a scale.
_PREPARING = ("denominate", "screen", "impute", "treat")
_CELL = ["period", "area", "indicator"]


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """What moved from one edition to another, as frames.

    `scores`: each score or rank that moved, with the points that each step moved it by (they add up to
    `change`). `data`, `goalposts`, `weights`: each figure of the step that moved. `method`: each setting.
    `added` and `removed`: what, id. `breaks`: sentences on indicators that jump.
    """

    scores: pl.DataFrame
    data: pl.DataFrame
    goalposts: pl.DataFrame
    weights: pl.DataFrame
    method: pl.DataFrame
    added: pl.DataFrame
    removed: pl.DataFrame
    breaks: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The difference as plain lists, for JSON."""
        frames = ("scores", "data", "goalposts", "weights", "method", "added", "removed")
        return {name: getattr(self, name).to_dicts() for name in frames} | {"breaks": list(self.breaks)}


def diff(old: KeptEdition | str | Path, new: KeptEdition | str | Path) -> Difference:
    """Every figure that moved from edition `old` to edition `new`, and the step that moved it.

    Both are folders (editions/NAME, or the output of a build), or were read back by `read_edition`.
    Raises EDITION-MISSING, EDITION-BROKEN.
    """
    before, after = _kept(old), _kept(new)
    first, last = _scoring(before.project), _scoring(after.project)
    prepared, afresh = _between(before.project, after.project, first, last)
    gone, come = _inventory(first), _inventory(last)
    return Difference(
        scores=moves(first, last, prepared, afresh),
        data=_moved(_observed(before.project), _observed(after.project), _CELL, ["value"]),
        goalposts=_moved(before.goalposts, after.goalposts, ["period", "indicator"], ["worst", "best"]),
        weights=_moved(before.weights, after.weights, ["period", "node"], ["weight", "effective_weight"]),
        method=_settings_moved(before.project, after.project),
        added=come.join(gone, on=["what", "id"], how="anti", maintain_order="left"),
        removed=gone.join(come, on=["what", "id"], how="anti", maintain_order="left"),
        breaks=between_editions(first, last),
    )


def replay(source: AnyEdition, change: Mapping[str, Any]) -> Edition:
    """An edition made again with one step, or several, of its recipe changed; nothing is written.

    `source` is a project folder, an edition's folder, or an edition in memory or read back; `change` holds
    the steps as commonweal.yaml writes them. An edition is made again from its own protected observations.
    Raises what `Recipe.read` and `build` raise.

        commonweal.replay("editions/2026", {"aggregate": {"index": "arithmetic"}})
    """
    if isinstance(source, Edition):
        return _replay_in_memory(source, change)
    folder = source.path if isinstance(source, KeptEdition) else Path(source)
    inside = read_edition(folder).path / "project" if is_edition(folder) else folder
    return make_of(project.load(inside, change)).edition


def compare(editions: Mapping[str, AnyEdition]) -> pl.DataFrame:
    """Scores and ranks of any number of editions, side by side.

    Columns period, area, node, level, then `score NAME` and `rank NAME` for each edition, in the order
    given; empty where an edition has no such score. Raises EDITION-MISSING, EDITION-BROKEN.
    """
    key = ["period", "area", "node"]
    tables = {
        name: edition.scores if isinstance(edition, Edition) else _kept(edition).scores
        for name, edition in editions.items()
    }
    whole = pl.concat([table.select(*key, "level") for table in tables.values()]).unique(key, keep="first")
    whole = whole.sort(key)
    for name, table in tables.items():
        figures = (pl.col(figure).alias(f"{figure} {name}") for figure in ("score", "rank"))
        whole = whole.join(table.select(*key, *figures), on=key, how="left", maintain_order="left")
    return whole


def _kept(edition: KeptEdition | str | Path) -> KeptEdition:
    return edition if isinstance(edition, KeptEdition) else read_edition(edition)


def _scoring(loaded: Project) -> Scoring:
    return score_project(loaded, protect(loaded, sources.collect(loaded)).observations)


def _between(before: Project, after: Project, first: Scoring, last: Scoring) -> tuple[Scoring, Scoring]:
    """What gives the new values, and what stands for the old method on the new data (see `moves`)."""
    if _method(before) == _method(after):
        return last, last
    try:
        again = _scoring(_on_new_data(before, after))
    except CommonwealError:  # the old method can't be run on these data
        again = first
    return (last if _preparing(before) == _preparing(after) else again), again


def _on_new_data(before: Project, after: Project) -> Project:
    """The old project with the new edition's data; what that edition has left out keeps its old data."""
    mine = [node.id for node in before.framework.indicators]
    new = after.protected.frame.filter(pl.col("indicator").is_in(mine))
    left_out = [id for id in mine if id not in after.framework]
    kept = pl.col("indicator").is_in(left_out) & pl.col("area").is_in(list(after.areas.codes))
    old = before.protected.frame.filter(kept)
    return replace(
        before,
        protected=Observations(pl.concat([new, old])),
        areas=after.areas,
        periods=replace(after.periods, carry=before.periods.carry),
        denominators=after.denominators,
    )


def _method(loaded: Project) -> object:
    """What scores depend on besides data, goalposts and weights."""
    tree = [(n.id, n.parent, n.level, n.direction) for n in loaded.framework]
    steps = [
        replace(step, rule="", base="", edition="") if isinstance(step, Normalise) else step
        for step in loaded.recipe.steps
        if not isinstance(step, Weigh)
    ]
    return tree, steps, loaded.periods.carry


def _preparing(loaded: Project) -> object:
    steps = [step for step in loaded.recipe.steps if step.key in _PREPARING]
    return steps, loaded.periods.carry


def _observed(loaded: Project) -> pl.DataFrame:
    return loaded.protected.frame.select(*_CELL, "value")


def _moved(old: pl.DataFrame, new: pl.DataFrame, key: list[str], figures: list[str]) -> pl.DataFrame:
    """The rows of which a figure moved, came or went: `old FIGURE` and `new FIGURE` side by side."""
    both = old.select(*key, *figures).join(
        new.select(*key, *figures), on=key, how="full", coalesce=True, suffix=" new"
    )
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name} new")) for name in figures)
    return (
        both.filter(differs)
        .sort(key)
        .select(
            *key,
            *(
                pl.col(held).alias(f"{side}_{name}")
                for name in figures
                for side, held in (("old", name), ("new", f"{name} new"))
            ),
        )
    )


def _settings_moved(before: Project, after: Project) -> pl.DataFrame:
    old, new = _settings(before), _settings(after)
    names = (name for name in sorted({*old, *new}) if old.get(name) != new.get(name))
    rows = [(name, old.get(name), new.get(name)) for name in names]
    return pl.DataFrame(rows, schema=dict.fromkeys(("setting", "old", "new"), pl.String), orient="row")


def _settings(loaded: Project) -> dict[str, str]:
    """Each setting of the method by its address, as text: recipe.aggregate.every, framework.crime.weight."""
    found = {"periods.carry": f"{loaded.periods.carry:g}"}
    for step in loaded.recipe.steps:
        found |= _flat("recipe", written(step))
    for node in loaded.framework:
        for name in ("parent", "level", "direction", "weight", "worst", "best", "target"):
            if (value := getattr(node, name)) not in (None, ""):
                found[f"framework.{node.id}.{name}"] = str(value)
    return found


def _flat(above: str, value: object) -> dict[str, str]:
    if isinstance(value, Mapping):
        return {k: v for key, held in value.items() for k, v in _flat(f"{above}.{key}", held).items()}
    return {above: str(value)}


def _inventory(scoring: Scoring) -> pl.DataFrame:
    """What an edition is about: areas, nodes, periods."""
    rows = [
        *(("area", code) for code in scoring.areas),
        *(("node", node.id) for node in scoring.framework),
        *(("period", period.label) for period in scoring.periods),
    ]
    return pl.DataFrame(rows, schema={"what": pl.String, "id": pl.String}, orient="row")


def _replay_in_memory(edition: Edition, change: Mapping[str, Any]) -> Edition:
    recipe = edition.recipe.changed(change)
    raise_any(
        fault
        for fault in without_edition(recipe, edition.scoring.editions)
        if fault.path != ("weigh",) or "weigh" in change  # its own weights are in its framework
    )
    raise_any(recipe.faults_against(edition.framework))
    scoring = engine.score(
        Observations(edition.observations),
        edition.framework,
        edition.areas,
        Periods(edition.periods, edition.carry),
        recipe,
        edition.scoring.editions,
        answers=edition.scoring.answers or None,
        denominators=edition.scoring.denominators,
    )
    return replace(edition, scoring=scoring, uncertainty=None)
