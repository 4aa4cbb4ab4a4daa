"""edition.json: what this edition is, what it was made from, and the fingerprint of every file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from commonweal.files import write_json
from commonweal.model.edition import Edition
from commonweal.model.recipe import (
    Aggregate,
    Available,
    ByParent,
    Denominate,
    Fitted,
    Floor,
    Method,
    Screen,
    Step,
    Weigh,
)
from commonweal.model.record import FORMAT, RECORD, fingerprint


def write_record(edition: Edition, tree: Path, version: str, inputs: Mapping[str, str]) -> None:
    """Write edition.json last: the fingerprints of published `inputs` and of every file in `tree`."""
    files = sorted(path for path in tree.rglob("*") if path.is_file())
    record: dict[str, Any] = {
        "format": FORMAT,
        "commonweal": version,
        "title": edition.title,
        "place": edition.place,
        "status": "internal" if edition.internal else edition.publication.status,
        "published": edition.publication.date,
        "areas": {"type": edition.areas.type, "vintage": edition.areas.vintage, "count": len(edition.areas)},
        "periods": [period.label for period in edition.periods],
        "nodes": {level: _count(edition, level) for level in edition.framework.levels},
        "recipe": [written(step) for step in edition.recipe.steps],
        "inputs": dict(sorted(inputs.items())),
        "files": {path.relative_to(tree).as_posix(): fingerprint(path) for path in files},
    }
    write_json(tree / RECORD, record)


def _count(edition: Edition, level: str) -> int:
    return sum(node.level == level for node in edition.framework)


def written(step: Step) -> dict[str, Any]:
    """A step of a recipe with every default filled in.

    >>> written(Floor(1.0))
    {'floor': 1.0}
    """
    match step:
        case Denominate():
            return {step.key: dict(step.by)}
        case Screen():
            return {step.key: {"areas": step.areas, "indicators": step.indicators}}
        case Fitted():
            settings: dict[str, Any] = {"method": step.method.name, **dict(step.method.parameters)}
            settings["rule"] = step.rule
            settings |= {key: value for key in ("base", "edition") if (value := getattr(step, key))}
            if step.by:
                settings["by"] = {node: method.written() for node, method in step.by}
            return {step.key: settings}
        case Weigh() | Aggregate():
            return {step.key: _by_parent(step.method)}
        case Available():
            return {step.key: _by_parent(step.share)}
        case Floor():
            return {step.key: step.points}


def _by_parent(setting: ByParent) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        return value.written() if isinstance(value, Method) else value

    return {
        "every": plain(setting.every),
        "levels": {level: plain(value) for level, value in setting.levels},
        "nodes": {node: plain(value) for node, value in setting.nodes},
    }
