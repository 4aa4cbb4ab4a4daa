"""Which columns of each source a project looks at: for whoever has to answer for the data."""

from __future__ import annotations

from collections.abc import Mapping

from commonweal.model.project import Project
from commonweal.sources.people import asked_of
from commonweal.sources.plan import Plan, plan_all
from commonweal.sources.query import columns_asked


def columns_read(project: Project) -> Mapping[str, tuple[str, ...]]:
    """Source -> the columns that its records are counted by, in order of name.

    Raises what reading the first lines of the sources raises.
    """
    return {plan.records.name: tuple(sorted(columns_of_plan(plan))) for plan in plan_all(project)}


def columns_of_plan(plan: Plan) -> frozenset[str]:
    """The columns of a source that any question of its plan looks at."""
    people = plan.people({})
    columns = columns_asked(plan.query) | (columns_asked(people) if people else frozenset())
    return asked_of(plan.records, plan.measures, columns)
