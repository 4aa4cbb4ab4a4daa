"""The gate with what stands around it: the earlier editions, and the notes that stay in the project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from commonweal import project, sources
from commonweal.files import write_json
from commonweal.model.project import Project
from commonweal.pipeline.inputs import folder_of

#: What an intruder would have found out from the rule alone; in the project folder, never in an output.
NOTES: Final = "protection.json"


def protect(loaded: Project, collected: sources.Collected, *, internal: bool = False) -> sources.Gated:
    """Let through what may be published beside the earlier editions. Raises what `sources.gate` raises."""
    earlier = {} if internal else project.published_before(loaded.root)
    with project.placing(loaded.root):
        gated = sources.gate(loaded, collected, internal=internal, earlier=earlier)
    safe = sources.with_values_told(gated, loaded, earlier)
    return safe if internal or loaded.protection.preset == "none" else sources.with_declared(safe, loaded)


def remember_intruder(loaded: Project, found: Mapping[str, Any]) -> None:
    """Keep what the intruder found out before anything was hidden from it, for whoever asks why it was."""
    path = folder_of(loaded) / NOTES
    if not found:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(exist_ok=True)
    write_json(path, found)
