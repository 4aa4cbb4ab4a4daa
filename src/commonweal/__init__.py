"""Commonweal: from a council's records to a published, explainable social progress index.

Names are loaded when they are first used, so that `import commonweal` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from commonweal.demo.write import write as write_demo
    from commonweal.errors import CommonwealError, Fault
    from commonweal.insight.vary import sobol_indices, with_uncertainty
    from commonweal.model.area import Area, Areas, Boundaries
    from commonweal.model.edition import Edition, Scoring
    from commonweal.model.framework import Framework, Node
    from commonweal.model.observation import Observations, Status
    from commonweal.model.period import Period
    from commonweal.model.project import Project
    from commonweal.model.recipe import Recipe
    from commonweal.pipeline.comparing import compare, diff, replay
    from commonweal.pipeline.explanation import explain_gap, explain_score
    from commonweal.pipeline.exporting import export
    from commonweal.pipeline.folder import build, check
    from commonweal.pipeline.frames import score
    from commonweal.pipeline.freezing import freeze
    from commonweal.pipeline.supposing import whatif, whatif_budget, whatif_reach
    from commonweal.project.edition import read_edition
    from commonweal.project.load import load as load_project

__version__ = "0.1.0"

_HOMES = {
    "Area": "model.area",
    "Areas": "model.area",
    "Boundaries": "model.area",
    "CommonwealError": "errors",
    "Edition": "model.edition",
    "Fault": "errors",
    "Framework": "model.framework",
    "Node": "model.framework",
    "Observations": "model.observation",
    "Period": "model.period",
    "Project": "model.project",
    "Recipe": "model.recipe",
    "Scoring": "model.edition",
    "Status": "model.observation",
    "build": "pipeline.folder",
    "check": "pipeline.folder",
    "compare": "pipeline.comparing",
    "diff": "pipeline.comparing",
    "explain_gap": "pipeline.explanation",
    "explain_score": "pipeline.explanation",
    "export": "pipeline.exporting",
    "freeze": "pipeline.freezing",
    "load_project": "project.load",
    "read_edition": "project.edition",
    "replay": "pipeline.comparing",
    "score": "pipeline.frames",
    "sobol_indices": "insight.vary",
    "whatif": "pipeline.supposing",
    "whatif_budget": "pipeline.supposing",
    "whatif_reach": "pipeline.supposing",
    "with_uncertainty": "insight.vary",
    "write_demo": "demo.write",
}
_INSIDE = {"load_project": "load", "write_demo": "write"}

__all__ = [
    "Area",
    "Areas",
    "Boundaries",
    "CommonwealError",
    "Edition",
    "Fault",
    "Framework",
    "Node",
    "Observations",
    "Period",
    "Project",
    "Recipe",
    "Scoring",
    "Status",
    "build",
    "check",
    "compare",
    "diff",
    "explain_gap",
    "explain_score",
    "export",
    "freeze",
    "load_project",
    "read_edition",
    "replay",
    "score",
    "sobol_indices",
    "whatif",
    "whatif_budget",
    "whatif_reach",
    "with_uncertainty",
    "write_demo",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'commonweal' has no attribute {name!r}")
    return getattr(import_module(f"commonweal.{_HOMES[name]}"), _INSIDE.get(name, name))


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
