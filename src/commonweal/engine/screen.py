"""Leave out areas and indicators of which too little is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from commonweal.arrays import Flags, Floats
from commonweal.engine.cells import Cells
from commonweal.engine.enter import MISSING
from commonweal.errors import CommonwealError, refusal
from commonweal.model.recipe import Screen

#: A share like 0.65 of 20 cells is 13, whatever floating point makes of the quotient.
_NEAR = 1e-12
Row = tuple[str, str, str, float, str]


def screen(cells: Cells, step: Screen) -> tuple[Cells, list[Row]]:
    """The cells without area-periods, then without indicators, known for strictly less than a share.

    An area is dropped in the periods in which too few of its indicators have a value; an indicator, if too
    few of the area-periods that are left have one. Rows tell what was dropped: period, area, indicator,
    share, reason. Raises SCREEN-EMPTY.
    """
    there = cells.there
    share = there[cells.kept].mean(axis=0)
    dropped = _below(share, step.areas) & ~cells.dropped
    rows = [
        (period.label, cells.areas[a], "", float(share[p, a]), _says("indicators", share[p, a], step.areas))
        for p, period in enumerate(cells.periods)
        for a in np.flatnonzero(dropped[p])
    ]
    left = ~(dropped | cells.dropped)[cells.published]
    if not left.any():
        raise _nothing_left("area", f"{step.areas:g} of the indicators")
    by_indicator = there[:, cells.published][:, left].mean(axis=1)
    out = _below(by_indicator, step.indicators) & cells.kept
    rows += [
        ("", "", cells.nodes[i].id, float(by_indicator[i]),
         _says("area-periods", by_indicator[i], step.indicators))
        for i in np.flatnonzero(out)
    ]  # fmt: skip
    kept = cells.kept & ~out
    if not kept.any():
        raise _nothing_left("indicator", f"{step.indicators:g} of the areas")
    if not rows:
        return cells, rows
    gone = dropped[None] | ~kept[:, None, None]
    return (
        replace(
            cells,
            values=np.where(gone, np.nan, cells.values),
            status=np.where(gone, MISSING, cells.status),
            carried=cells.carried & ~gone,
            counted=cells.counted & ~gone,
            own=np.where(gone, np.int16(-1), cells.own),
            kept=kept,
            dropped=cells.dropped | dropped,
        ),
        rows,
    )


def _below(share: Floats, least: float) -> Flags:
    return np.asarray(share < least - _NEAR)


def _says(what: str, share: float, least: float) -> str:
    return f"screened out: {share:.3g} of the {what} have a value, {least:g} are needed"


def _nothing_left(what: str, needed: str) -> CommonwealError:
    return refusal(
        "SCREEN-EMPTY",
        f"screen leaves no {what}: none has a value for {needed}",
        "Ask for a smaller share, or give more values.",
        path=("screen", f"{what}s"),
    )
