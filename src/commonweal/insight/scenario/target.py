"""What is to be reached: a rank, a score or a class, as the score of the node asked about that it takes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from commonweal.errors import refusal
from commonweal.insight import words
from commonweal.insight.performance import OVER, WITHIN
from commonweal.insight.progress import CLASSES
from commonweal.insight.scenario.spot import Spot

#: Points past a line that belongs to the class below; classes are told apart by 9 decimals.
_PAST: Final = 2e-9
_FORMS: Final = "Write rank=10, score=60 or class=over."


@dataclass(frozen=True, slots=True)
class Target:
    """A score that is enough, and what it is for in words ("come 10th of 17 wards")."""

    score: float
    words: str


def target_of(here: Spot, asked: str) -> Target:
    """Read a target: ``rank=10``, ``score=60``, ``class=over`` (or within, or a class of progress).

    Raises WHATIF-TARGET.
    """
    kind, equals, wanted = asked.partition("=")
    readers = {"rank": _rank, "score": _score, "class": _class}
    if not equals or kind.strip() not in readers:
        raise refusal("WHATIF-TARGET", f"{asked!r} is not a target", _FORMS)
    return readers[kind.strip()](here, wanted.strip())


def _rank(here: Spot, wanted: str) -> Target:
    of = int(here.scoring.of[here.period, here.ground.node])
    if not wanted.isdecimal() or not 1 <= int(wanted) <= of:
        raise refusal("WHATIF-TARGET", f"{wanted!r} is not a rank", f"Use a whole number from 1 to {of}.")
    place = int(wanted)
    others = np.delete(here.ground.tops, here.area)
    falling = np.sort(others[np.isfinite(others)])[::-1]
    types = words.types(here.edition.areas.type, of)
    says = f"come {words.place(place, of)} of {of:,} {types}{here.ground.about}"
    if place > len(falling):
        return Target(-math.inf, says)
    return Target(float(falling[place - 1]), says)


def _score(here: Spot, wanted: str) -> Target:
    try:
        score = float(wanted)
    except ValueError:
        score = math.nan
    if not math.isfinite(score):
        raise refusal("WHATIF-TARGET", f"{wanted!r} is not a score", _FORMS)
    return Target(score, f"have {words.an(here.ground.called)} of {words.number(score, 2)}")


def _class(here: Spot, wanted: str) -> Target:
    name = wanted.replace("-", " ").lower()
    if name in (OVER, WITHIN):
        return _of_performance(here, name)
    if name in CLASSES[1:]:
        return _of_progress(here, name)
    known = ", ".join((OVER, WITHIN, *CLASSES[1:]))
    raise refusal(
        "WHATIF-TARGET", f"{wanted!r} is not a class that a rise can lead to", f"Use one of: {known}."
    )


def _of_performance(here: Spot, name: str) -> Target:
    rows = here.edition.performance.filter(
        (pl.col("area") == here.code) & (pl.col("node") == here.top.id) & (pl.col("period") == here.label)
    )
    if not rows.height:
        raise refusal(
            "WHATIF-TARGET",
            f"{here.name} has no class against peers{here.ground.about} in {here.label}",
            "Add a peers key to commonweal.yaml, or use rank= or score=.",
        )
    line = float(rows["high"][0]) + _PAST if name == OVER else float(rows["low"][0])
    return Target(line, f"be {name} the usual range of its peers{here.ground.about}")


def _of_progress(here: Spot, name: str) -> Target:
    rule, last = here.edition.progress_rule, len(here.scoring.periods) - 1
    rows = here.edition.progress.filter((pl.col("area") == here.code) & (pl.col("node") == here.top.id))
    if rule is None or not rows.height or here.period != last:
        raise refusal(
            "WHATIF-TARGET",
            f"{here.name} has no class of progress{here.ground.about} up to {here.label}",
            "It takes a progress key in commonweal.yaml and the latest period; or use rank= or score=.",
        )
    scoring = here.scoring
    since, until = (scoring.periods[scoring.period_index[rows[end][0]]] for end in ("since", "until"))
    cut = rule.cuts[CLASSES.index(name) - 1]
    slope = cut if name == CLASSES[1] else cut + _PAST
    score = float(rows["first"][0]) + slope * until.years_after(since)
    return Target(score, f"have the progress class {name}{here.ground.about}")
