"""Which observation enters which period: each period's own, or else an older one carried into it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from commonweal.arrays import Flags, Floats
from commonweal.errors import Fault, raise_any
from commonweal.model.area import Areas
from commonweal.model.framework import Framework
from commonweal.model.observation import STATUS_CODE, STATUSES, Observations, Status
from commonweal.model.period import Period
from commonweal.model.project import Periods

Codes = NDArray[np.uint8]
MISSING = STATUS_CODE[Status.MISSING]
CARRIED = STATUS_CODE[Status.CARRIED]
#: Without a value these still speak for their period, so nothing older is carried over them.
_SPEAKS = (Status.SUPPRESSED.value, Status.NOT_APPLICABLE.value)
#: Years are whole months, so this only forgives the arithmetic.
_MONTH_FRACTION = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Entered:
    """What enters each published period; arrays have the axes indicators, periods, areas.

    `values` are in the units of the source, nan where there is none, and `own` says where each comes from:
    its position in `own_periods`, -1 for none. `carried` marks values whose own period ended earlier.
    `protected` marks the indicators that protection has rounded or hidden anywhere.
    """

    periods: tuple[Period, ...]
    values: Floats
    status: Codes
    carried: Flags
    own: NDArray[np.int16]
    own_periods: tuple[Period, ...]
    protected: Flags

    @property
    def counted(self) -> Flags:
        """Where an observation enters for the first time: in pooled goalposts each counts once."""
        first = ~np.isnan(self.values)
        first[:, 1:] &= self.own[:, 1:] != self.own[:, :-1]
        return first


def enter(observations: Observations, framework: Framework, areas: Areas, periods: Periods) -> Entered:
    """Fill each published period with the latest observations that ended no later and are not too old.

    Raises AREA-UNKNOWN, INDICATOR-UNKNOWN, INDICATOR-EMPTY, PERIOD-EMPTY, PERIOD-FORM.
    """
    entered = fill(observations, framework, areas, periods)
    raise_any(_empty(entered, framework, observations.frame))
    return entered


def fill(observations: Observations, framework: Framework, areas: Areas, periods: Periods) -> Entered:
    """As `enter`, but periods and indicators may stay empty: a base period need not be published.

    Raises AREA-UNKNOWN, INDICATOR-UNKNOWN, PERIOD-FORM.
    """
    frame = observations.frame
    raise_any(_unknown(frame, framework, areas))
    publish = tuple(sorted(periods.publish))
    shape = (len(framework.indicators), len(publish), len(areas))
    values = np.full(shape, np.nan)
    status = np.full(shape, MISSING, dtype=np.uint8)
    carried = np.zeros(shape, dtype=bool)
    own = np.full(shape, -1, dtype=np.int16)
    own_periods = _own_periods(frame, publish)
    for q, source in enumerate(own_periods):
        takers = [p for p, target in enumerate(publish) if _enters(source, target, publish, periods.carry)]
        if not takers:
            continue
        there, value, code = _spread(frame.filter(pl.col("period") == source.label), framework, areas)
        for p in takers:
            older = source.end < publish[p].end
            np.copyto(values[:, p], value, where=there)
            np.copyto(status[:, p], np.maximum(code, CARRIED) if older else code, where=there)
            carried[:, p][there] = older
            own[:, p][there] = q
    own[np.isnan(values)] = -1
    carried &= own >= 0
    protected = _protected(frame, framework)
    return Entered(publish, values, status, carried, own, own_periods, protected)


def _own_periods(frame: pl.DataFrame, publish: tuple[Period, ...]) -> tuple[Period, ...]:
    """All periods observed, the one to be preferred later: the latest end, then one that is published."""
    found = [Period.parse(label) for label in frame["period"].unique().to_list()]
    return tuple(sorted(found, key=lambda q: (q.end, q in publish, q.start)))


def _enters(source: Period, target: Period, publish: tuple[Period, ...], carry: float) -> bool:
    if source.end == target.end:
        return source == target or source not in publish
    return source.end < target.end and target.years_after(source) <= carry + _MONTH_FRACTION


def _spread(rows: pl.DataFrame, framework: Framework, areas: Areas) -> tuple[Flags, Floats, Codes]:
    """One period's rows as arrays (indicators, areas): whether one speaks, its value, its status code."""
    shape = (len(framework.indicators), len(areas))
    at = _codes(rows["indicator"], [n.id for n in framework.indicators]), _codes(rows["area"], areas.codes)
    value = np.full(shape, np.nan)
    code = np.full(shape, MISSING, dtype=np.uint8)
    there = np.zeros(shape, dtype=bool)
    value[at] = rows["value"].to_numpy()
    code[at] = _codes(rows["status"], STATUSES)
    there[at] = (rows["value"].is_not_null() | rows["status"].is_in(_SPEAKS)).to_numpy()
    return there, value, code


def _codes(column: pl.Series, names: tuple[str, ...] | list[str]) -> NDArray[np.uint32]:
    position: NDArray[np.uint32] = column.cast(pl.Enum(names)).to_physical().cast(pl.UInt32).to_numpy()
    return position


def _protected(frame: pl.DataFrame, framework: Framework) -> Flags:
    passed = pl.col("status").is_in([Status.ROUNDED.value, Status.SUPPRESSED.value])
    touched = frame.filter(passed | pl.col("round_to").is_not_null())
    ids = set(touched["indicator"].unique().to_list())
    return np.array([node.id in ids for node in framework.indicators], dtype=bool)


def _unknown(frame: pl.DataFrame, framework: Framework, areas: Areas) -> list[Fault]:
    indicators = {node.id for node in framework.indicators}
    faults = [
        Fault(
            "AREA-UNKNOWN",
            f"area {code!r} has observations but is not among the areas",
            "Add it to the areas table, or correct the code.",
        )
        for code in sorted(set(frame["area"].unique().to_list()) - set(areas.codes))
    ]
    faults += [
        Fault(
            "INDICATOR-UNKNOWN",
            f"{id!r} has observations but is not an indicator of the framework",
            "Add it to the framework, or leave its values out.",
        )
        for id in sorted(set(frame["indicator"].unique().to_list()) - indicators)
    ]
    return faults


def _empty(entered: Entered, framework: Framework, frame: pl.DataFrame) -> list[Fault]:
    there: Flags = ~np.isnan(entered.values)
    faults = [
        Fault("PERIOD-EMPTY", f"no indicator has a value for {period.label}", "Publish another period.")
        for period, any_value in zip(entered.periods, np.any(there, axis=(0, 2)).tolist(), strict=True)
        if not any_value
    ]
    if not entered.periods:
        faults.append(Fault("PERIOD-EMPTY", "no period is published", "Name at least one under publish."))
    if faults:
        return faults
    hidden = set(frame.filter(pl.col("status") == Status.SUPPRESSED.value)["indicator"].unique().to_list())
    return [
        Fault(
            "INDICATOR-EMPTY",
            f"indicator {node.id!r} has no value in any published period",
            "Give it values, let older ones be carried, or leave it out with `without`.",
            path=(node.id, "id"),
        )
        for node, any_value in zip(framework.indicators, np.any(there, axis=(1, 2)).tolist(), strict=True)
        if not any_value and node.id not in hidden
    ]
