"""The periods that are published: as the project lists them, or those that its tables have."""

from __future__ import annotations

from collections.abc import Iterable

from commonweal.errors import Fault
from commonweal.model.period import Period
from commonweal.model.project import Periods
from commonweal.model.source import Records
from commonweal.project.positions import Document
from commonweal.project.rules import since_faults
from commonweal.project.settings import Settings
from commonweal.project.tables import Tables


def read_periods(
    document: Document, settings: Settings, tables: Tables | None, records: Iterable[Records]
) -> tuple[Periods | None, list[Fault]]:
    """The published periods in order, or None where there are none.

    Faults: PERIOD-FORM, PERIOD-UNKNOWN, PROGRESS-PERIODS, PROGRESS-SINCE.
    """
    keys = settings.keys
    found: dict[str, Period] = {}
    faults: list[Fault] = []
    for i, label in enumerate(keys.periods.publish):
        with document.placing(faults, ("periods", "publish", i)):
            found[label] = Period.parse(label)
    if not keys.periods.publish and "periods" not in settings.short:
        if any(source.date for source in records):
            what = "records have dates, but no periods are given"
            remedy = "List the periods to publish: `periods: {publish: [2016, 2017]}`."
            faults.append(document.fault("PERIOD-UNKNOWN", what, remedy, ("periods",)))
        labels = {source.period for source in records if source.period} | _labels(tables)
        with document.placing(faults, ("periods",)):
            found = {label: Period.parse(label) for label in sorted(labels)}
    faults += since_faults(document, keys, found.values())
    return Periods(tuple(sorted(found.values())), keys.periods.carry) if found else None, faults


def _labels(tables: Tables | None) -> set[str]:
    if tables is None:
        return set()
    return {label for table in tables.all for label in table.frame["period"].unique()}
