"""OUT/project: a project of its own, made only of published figures, that builds the same scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Final

import polars as pl

from commonweal.model.edition import Edition
from commonweal.model.framework import COLUMNS, Framework
from commonweal.model.observation import Status
from commonweal.model.project import PROJECT_FILE, Project
from commonweal.publish.geography import write_geojson
from commonweal.publish.handed_on import write_handed_on
from commonweal.publish.tables import write_table

#: The columns of a protected table: it has passed the gate and never passes again. `observed` follows them
#: where a figure has a date of its own, such as several years together.
PROTECTED: Final = (
    "area", "period", "indicator", "value", "lower", "upper", "numerator", "denominator",
    "status", "kind", "per", "round_to", "source",
)  # fmt: skip
_UNCHANGED: Final = ("peers", "progress", "uncertainty", "publication")


def write_project(edition: Edition, project: Project, folder: Path) -> None:
    """Write the project folder that anyone can build the same index from."""
    write_table(framework_table(edition.framework), folder / "framework.csv")
    write_table(_areas_table(project), folder / "areas.csv")
    if project.areas.boundaries is not None:
        write_geojson(project.areas, folder / "areas.geojson", {})
    write_table(protected_table(edition), folder / "data" / "observations.csv")
    if edition.definitions.height:
        write_table(edition.definitions, folder / "data" / "definitions.csv")
    for name in _names(project.denominators):
        rows = project.denominators.filter(pl.col("name") == name)
        write_table(
            rows.select("area", "period", "value"), folder / "data" / f"denominator-{_file(name)}.csv"
        )
    for name in _names(project.benchmarks):
        rows = project.benchmarks.filter(pl.col("name") == name)
        write_table(rows.select(_BENCHMARK), folder / "data" / f"benchmark-{_file(name)}.csv")
    for file, table in _answers(project).values():
        write_table(table, folder / file)
    for name, at in _editions(project).items():
        write_handed_on(project.editions[name], folder / at / "data")
    if given := _given_peers(project):
        write_table(edition.peers.select("area", "peer", "order"), folder / given)
    _write_yaml(_settings(edition, project), folder / PROJECT_FILE)


_BENCHMARK: Final = ["name", "period", "indicator", "value", "lower", "upper", "numerator", "denominator"]


def framework_table(framework: Framework) -> pl.DataFrame:
    """The tree as framework.csv: a row a node, in the order of the framework."""
    rows = [asdict(node) for node in framework]
    number = {"weight": pl.Float64, "worst": pl.Float64, "best": pl.Float64, "target": pl.Float64}
    schema = {name: number.get(name, pl.Int64 if name == "direction" else pl.String) for name in COLUMNS}
    return pl.DataFrame(rows, schema=schema)


def protected_table(edition: Edition) -> pl.DataFrame:
    """Each observation that entered the index, once, under its own period; and hidden ones without value."""
    scoring = edition.scoring
    own = {scoring.entered_periods[i] for i in scoring.entered_from[scoring.entered_from >= 0]}
    hidden = (pl.col("value").is_null()) & (pl.col("status") == Status.SUPPRESSED.value)
    used = (
        edition.observations.filter(pl.col("period").is_in(sorted(own)) | hidden)
        .filter(pl.col("value").is_not_null() | hidden)
        .filter(pl.col("indicator").is_in([node.id for node in edition.framework.indicators]))
        .filter(pl.col("area").is_in(list(scoring.areas)))
    )
    dated = ["observed"] if (used["observed"] != used["period"]).any() else []
    return used.select(*PROTECTED, *dated).sort("indicator", "period", "area")


def _areas_table(project: Project) -> pl.DataFrame:
    codes = pl.DataFrame(
        {"code": list(project.areas.codes), "name": [area.name for area in project.areas]},
        schema={"code": pl.String, "name": pl.String},
    )
    attributes = project.areas.attributes
    if "code" not in attributes.columns:
        return codes
    extra = attributes.drop("name", strict=False)
    return codes.join(extra, on="code", how="left", maintain_order="left")


def _settings(edition: Edition, project: Project) -> dict[str, Any]:
    areas: dict[str, Any] = {
        "type": project.areas.type,
        "vintage": project.areas.vintage,
        "table": "areas.csv",
    }
    if project.areas.boundaries is not None:
        areas |= {"boundaries": "areas.geojson", "code": "code"}
    settings: dict[str, Any] = {
        "project": {"title": project.title, "place": project.place, "framework": "framework.csv"},
        "periods": {
            "publish": [period.label for period in project.periods.publish],
            "carry": project.periods.carry,
        },
        "areas": areas,
        "values": [{"path": "data/observations.csv", "layout": "long", "protected": True}],
        "recipe": _recipe(project),
    }
    if names := _names(project.denominators):
        settings["denominators"] = {name: f"data/denominator-{_file(name)}.csv" for name in names}
    if names := _names(project.benchmarks):
        settings["benchmarks"] = {name: f"data/benchmark-{_file(name)}.csv" for name in names}
    settings |= {key: project.written[key] for key in _UNCHANGED if key in project.written}
    if given := _given_peers(project):
        settings["peers"] = {**settings["peers"], "given": given}
    return settings


def _given_peers(project: Project) -> str:
    """The file here of the peers that a table of the project gives; empty where none does."""
    written = project.written.get("peers")
    return "data/peers.csv" if isinstance(written, Mapping) and isinstance(written.get("given"), str) else ""


def _recipe(project: Project) -> Any:
    written: Any = _with_paths(project.written.get("recipe", {}), _answers(project))
    for key in ("impute", "treat", "normalise"):
        written = _changed(written, key, partial(_from_here, _editions(project)))
    return _changed(written, "weigh", _given)


def _changed(written: Any, key: str, change: Callable[[Any], Any]) -> Any:
    """A recipe, a mapping or a list of steps, with what is written under `key` changed."""
    if isinstance(written, list):
        return [_changed(item, key, change) for item in written]
    return {name: change(step) if name == key else step for name, step in written.items()}


def _editions(project: Project) -> dict[str, str]:
    """The name that the recipe gives an edition -> the folder here that holds what it hands on."""
    return {name: f"frozen-{number}" for number, name in enumerate(project.editions, 1)}


def _from_here(editions: Mapping[str, str], step: Any) -> Any:
    """A step with rule frozen with the fits that lie in this project; another one as it is."""
    frozen = isinstance(step, Mapping) and step.get("rule") == "frozen"
    return {**step, "edition": editions[str(step["edition"])]} if frozen else step


def _given(written: Any) -> Any:
    """Frozen weights as given ones: framework.csv holds them."""
    if isinstance(written, Mapping):
        held = {key: _given(value) for key, value in written.items() if key != "edition"}
        return held | {"method": "given"} if held.get("method") == "frozen" else held
    return written


def _answers(project: Project) -> dict[str, tuple[str, pl.DataFrame]]:
    """Path that the recipe names -> the file here, and the answers without names."""
    tables = sorted(project.answer_tables.items())
    return {path: (f"data/answers-{number}.csv", table) for number, (path, table) in enumerate(tables, 1)}


def _with_paths(written: Any, answers: Mapping[str, tuple[str, pl.DataFrame]]) -> Any:
    """A recipe whose tables of answers are the files here."""
    if isinstance(written, Mapping):
        return {
            key: answers[held][0] if key == "path" and held in answers else _with_paths(held, answers)
            for key, held in written.items()
        }
    return [_with_paths(item, answers) for item in written] if isinstance(written, list) else written


def _names(frame: pl.DataFrame) -> list[str]:
    return frame["name"].unique().sort().to_list() if "name" in frame.columns else []


def _file(name: str) -> str:
    """A name as part of a file name that every system takes, told apart by what was replaced."""
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else f"-{ord(c):x}-" for c in name)
    return safe.lower() if safe == name else safe


def _write_yaml(settings: dict[str, Any], path: Path) -> None:
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt")
    yaml.default_flow_style = False
    yaml.width = 100
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(
            "# Made of published figures only; `commonweal build` on this folder gives the same scores.\n"
        )
        yaml.dump(settings, file)
