"""Faults of records and measures at the line of the project that is about them, where its lines are known."""

from __future__ import annotations

from commonweal.errors import Fault
from commonweal.model.project import PROJECT_FILE
from commonweal.model.source import Measure, Records


def at_measure(fault: Fault, measure: Measure) -> Fault:
    """A fault where the project names the measure; without a file where that is not known.

    >>> str(at_measure(Fault("FILTER-EMPTY", "none", "Look."), Measure("jobs", "vacancies", "count", line=7)))
    'commonweal.yaml:7: FILTER-EMPTY none; Look.'
    """
    return fault.at(PROJECT_FILE if measure.line else "", measure.line)


def at_records(fault: Fault, records: Records) -> Fault:
    """A fault where the project names the source, if that is known."""
    return fault.at(PROJECT_FILE, records.line) if records.line else fault
