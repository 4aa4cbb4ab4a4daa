"""Indicators and periods that nothing gives a figure for, as far as tables can tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

from commonweal.errors import Fault
from commonweal.model.period import Period
from commonweal.model.project import Periods
from commonweal.project.columns import SHOWN, several
from commonweal.project.frameworks import Chosen
from commonweal.project.positions import Document


def empty_periods(
    document: Document, written: list[str], periods: Periods, have: Iterable[str]
) -> Iterator[Fault]:
    """PERIOD-EMPTY for each published period that no period of the tables (`have`) enters.

    `written` are the published periods as the project lists them.
    """
    held = [Period.parse(label) for label in sorted(set(have))]
    for period in periods.publish:
        if not any(0 <= period.years_after(other) <= periods.carry for other in held):
            what = f"no table has a value that enters the period {period.label!r}"
            remedy = "Take it out, add its values, or let older ones be carried."
            place = written.index(period.label)
            yield document.fault("PERIOD-EMPTY", what, remedy, ("periods", "publish", place))


def empty_indicators(document: Document, chosen: Chosen, measured: Set[str]) -> list[Fault]:
    """A fault for each indicator without data; one for all where few have some, as in a new project."""
    ids = [node.id for node in chosen.framework.indicators]
    empty = [id for id in ids if id not in measured]
    have = [id for id in ids if id in measured]
    if len(empty) > len(have) and len(empty) > SHOWN:
        what = f"{len(empty)} of {len(ids)} indicators have neither values nor a measure"
        use = document.data["project"]["framework"]
        use = use["use"] if isinstance(use, dict) else use
        remedy = f"Add some, or keep those you have: `framework: {{use: {use}, only: [{', '.join(have)}]}}`."
        return [document.fault("INDICATOR-EMPTY", what, remedy, ("project", "framework"))]
    return several(
        Fault(
            "INDICATOR-EMPTY",
            f"indicator {id!r} has neither values nor a measure",
            "Add some, or leave it out: `framework: {use: …, without: [" + id + "]}`.",
            *chosen.places[id],
        )
        for id in empty
    )
