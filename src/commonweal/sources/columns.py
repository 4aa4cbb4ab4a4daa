"""Which columns of each source a project looks at: for whoever has to answer for the data."""

from __future__ import annotations

from collections.abc import Mapping

from commonweal.model.project import Project
from commonweal.sources.plan import plan_all
from commonweal.sources.query import columns_asked


def columns_read(project: Project) -> Mapping[str, tuple[str, ...]]:
    """Source -> the columns that its records are counted by, in order of name.

    Raises what reading the first lines of the sources raises.
    """
    return {plan.records.name: tuple(sorted(columns_asked(plan.query))) for plan in plan_all(project)}
