"""What is supposed of an area's figures: full values, or changes of what stands."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from difflib import get_close_matches

import numpy as np

from commonweal.errors import CommonwealError, Fault, raise_any, refusal
from commonweal.insight import words
from commonweal.insight.scenario.spot import Spot
from commonweal.model.framework import Framework

#: A sign makes it a change, a per cent sign one in per cent of what stands; a second = makes it a full value.
_FIGURE = re.compile(
    r"(?P<full>=)?(?P<sign>[+-])?(?P<size>(\d+\.?\d*|\.\d+)(e[+-]?\d+)?)(?P<percent>%)?", re.I
)
_HOW = "Write a full value (6.5), or a change with its sign (-2, +5, -10%); a full value below 0 is ==-2."


def supposed(spot: Spot, figures: Mapping[str, float | str]) -> dict[int, float]:
    """The full value supposed of each indicator (by position): numbers stand for themselves.

    A text may be a full value (``6.5``), a change (``-2``, ``+5``) or one in per cent of the value that
    stands (``-10%``); ``=-2`` is a full value below 0.
    Raises INDICATOR-UNKNOWN and WHATIF-VALUE, all at once.
    """
    found: dict[int, float] = {}
    faults: list[Fault] = []
    for asked, figure in figures.items():
        try:
            i = indicator_at(spot.edition.framework, asked)
            if i in found:
                raise _fault(asked, "stands twice", "Suppose one value for each indicator.")
            found[i] = _possible(spot, i, asked, _value(spot, i, asked, figure))
        except CommonwealError as error:
            faults += error.faults
    raise_any(faults)
    if not found:
        raise refusal("WHATIF-VALUE", "nothing is supposed", "Name an indicator and a value.")
    at = np.array(sorted(found))
    raise_any(_not_followed(spot, int(i)) for i in at if spot.published[i] and not spot.followed[i])
    scores = spot.score(at, np.array([[found[int(i)] for i in at]]))[0]
    raise_any(_unscored(spot, int(i), found[int(i)]) for i, s in zip(at, scores, strict=True) if np.isnan(s))
    return {int(i): found[int(i)] for i in at}


def indicator_at(framework: Framework, asked: str) -> int:
    """The position of an indicator by id, or by name whatever its capitals. Raises INDICATOR-UNKNOWN."""
    ids = [node.id for node in framework.indicators]
    if asked in ids:
        return ids.index(asked)
    names = [node.name.casefold() for node in framework.indicators]
    if names.count(asked.strip().casefold()) == 1:
        return names.index(asked.strip().casefold())
    if asked in framework:
        below = ", ".join(node.id for node in framework.below(asked)[:5])
        what = f"{asked!r} is formed from indicators and has no figure of its own"
        raise refusal("INDICATOR-UNKNOWN", what, f"Name one of those below it: {below}.")
    by_name = {node.name: node.id for node in framework.indicators}
    near = get_close_matches(asked, ids, n=3) + [by_name[n] for n in get_close_matches(asked, by_name, n=2)]
    likely = f": perhaps {' or '.join(dict.fromkeys(near))}" if near else ""
    what = f"{asked!r} is not an indicator of the framework"
    raise refusal("INDICATOR-UNKNOWN", what, f"Use an id from framework.csv{likely}.")


def _value(spot: Spot, i: int, asked: str, figure: float | str) -> float:
    if not isinstance(figure, str):
        if isinstance(figure, bool) or not math.isfinite(figure):
            raise _fault(asked, f"is supposed to be {figure}, which is not a number", "Give a finite number.")
        return float(figure)
    read = _FIGURE.fullmatch(figure.strip().replace(words.MINUS, "-"))
    if read is None or not math.isfinite(float(read["size"])):
        raise _fault(asked, f"is supposed to be {figure!r}, which is not a number", _HOW)
    size = float(read["size"]) * (-1.0 if read["sign"] == "-" else 1.0)
    if read["full"] or not read["sign"]:
        if read["percent"] and not words.is_percentage(spot.indicators[i].unit):
            raise _fault(asked, f"is supposed to be {figure!r}, but is not a percentage", _HOW)
        return size
    if not spot.published[i]:
        why = "is hidden" if spot.hidden[i] else "is not a published figure"
        what = f"is to change by {figure}, but what it is in {spot.name} in {spot.label} {why}"
        raise _fault(asked, what, "Give the full value that is supposed.")
    stands = float(spot.values[i])
    return stands + (abs(stands) * size / 100.0 if read["percent"] else size)


def _possible(spot: Spot, i: int, asked: str, value: float) -> float:
    """The value, unless nothing of its kind can be so low or so high."""
    (low, high), unit = spot.ground.possible[:, i], spot.indicators[i].unit
    if low <= value <= high:
        return value
    known = f" It is {words.amount(float(spot.values[i]), unit)} now." if spot.published[i] else ""
    way = f"A share lies between 0% and 100%.{known}"
    if high > 100.0:
        way = f"A count or a rate is never below 0.{known} Write a smaller change, or a full value (6.5)."
    raise _fault(asked, f"would be {words.amount(value, unit)}", way)


def _not_followed(spot: Spot, i: int) -> Fault:
    what = f"the recipe leads {spot.indicators[i].id!r} to its score by a way that can't be followed again"
    remedy = "Suppose another indicator, or change the value itself and build again."
    return Fault("WHATIF-VALUE", what, remedy)


def _unscored(spot: Spot, i: int, value: float) -> Fault:
    """Why a supposed value has no score."""
    node = spot.indicators[i]
    remedy = "Suppose another indicator, or another value."
    if reason := spot.scoring.reasons.get(node.id):
        return Fault("WHATIF-VALUE", f"{node.id!r} has no score in this edition: {reason}", remedy)
    if node.id in spot.scoring.denominated:
        what = f"there is nothing known to divide {node.id!r} by in {spot.name} in {spot.label}"
        return Fault("WHATIF-VALUE", what, remedy)
    return Fault("WHATIF-VALUE", f"the scale of {node.id!r} has no place for {value:g}", remedy)


def _fault(asked: str, what: str, remedy: str) -> CommonwealError:
    return refusal("WHATIF-VALUE", f"{asked!r} {what}", remedy)
