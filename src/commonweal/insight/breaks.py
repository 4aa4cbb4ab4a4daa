"""Breaks: an indicator's values that jump, as they do when a definition or a source has changed."""

from __future__ import annotations

from typing import Final

import numpy as np

from commonweal.arrays import Floats
from commonweal.model.edition import Scoring

#: With fewer values a jump is chance.
FEWEST: Final = 5
#: A range so many times as wide, or as narrow, as before.
TIMES: Final = 3.0


def jump(before: Floats, after: Floats) -> str:
    """How the values of an indicator jump from one set to another, in words; empty where they don't.

    A jump: the new median lies outside the old range, or one range is more than `TIMES` the other. At
    least `FEWEST` values are needed on both sides; nan is no value.

    >>> jump(np.array([1.0, 2, 3, 4, 5]), np.array([10.0, 20, 30, 40, 50]))
    'the median is now 30, outside the earlier range of 1 to 5'
    >>> jump(np.array([1.0, 2, 3, 4, 5]), np.array([-9.0, 2, 3, 4, 5]))
    'the range is now -9 to 5, 3.5 times as wide as before (1 to 5)'
    >>> jump(np.array([1.0, 2, 3, 4, 5]), np.array([2.0, 2, 3, 4, 6]))
    ''
    """
    old, new = before[~np.isnan(before)], after[~np.isnan(after)]
    if len(old) < FEWEST or len(new) < FEWEST:
        return ""
    low, high, middle = float(old.min()), float(old.max()), float(np.median(new))
    if not low <= middle <= high:
        return f"the median is now {middle:.6g}, outside the earlier range of {low:.6g} to {high:.6g}"
    lowest, highest = float(new.min()), float(new.max())
    was, now = high - low, highest - lowest
    if now > TIMES * was:
        times = f"{now / was:.2g} times as wide" if was else "wider"
        return f"the range is now {lowest:.6g} to {highest:.6g}, {times} as before ({low:.6g} to {high:.6g})"
    if was > TIMES * now:
        share = f"1/{was / now:.2g} as wide" if now else "a single value"
        return f"the range is now {lowest:.6g} to {highest:.6g}, {share}; it was {low:.6g} to {high:.6g}"
    return ""


def between_periods(scoring: Scoring) -> tuple[str, ...]:
    """A sentence for each jump from one published period to the next; carried values are left out."""
    own = scoring.entered_from
    said = []
    for i, node in enumerate(scoring.framework.indicators):
        last = -1
        for p, period in enumerate(scoring.periods):
            fresh = own[p, :, i] >= 0
            if p:
                fresh &= own[p, :, i] != own[p - 1, :, i]
            if not fresh.any():
                continue
            if last >= 0:
                after = np.where(fresh, scoring.values[p, :, i], np.nan)
                if found := jump(scoring.values[last, :, i], after):
                    said.append(f"{node.name} jumps from {scoring.periods[last]} to {period}: {found}.")
            last = p
    return tuple(said)


def between_editions(old: Scoring, new: Scoring) -> tuple[str, ...]:
    """A sentence for each jump of an indicator between two editions, period by period.

    A period that only the new edition has is held against the old edition's last one.
    """
    theirs = {node.id: i for i, node in enumerate(old.framework.indicators)}
    said = []
    for i, node in enumerate(new.framework.indicators):
        if node.id not in theirs:
            continue
        for p, period in enumerate(new.periods):
            before = old.period_index.get(period.label, len(old.periods) - 1)
            found = jump(old.values[before, :, theirs[node.id]], new.values[p, :, i])
            if found:
                said.append(f"{node.name}, {period}, jumps against the old edition: {found}.")
    return tuple(said)
