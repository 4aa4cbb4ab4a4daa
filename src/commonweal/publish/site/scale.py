"""Scales of pictures: round axes, places along them in percent, and the three classes of a map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10
from typing import Final

#: An axis has at most so many steps.
_STEPS: Final = 5


@dataclass(frozen=True, slots=True)
class Axis:
    """A stretch of numbers with round ends and round marks between them.

    >>> Axis.over([36.9, 58.4]).ticks
    (35.0, 40.0, 45.0, 50.0, 55.0, 60.0)
    >>> Axis.over([1.8, 9.7], zero=True).at(6.0)
    60.0
    """

    low: float
    high: float
    ticks: tuple[float, ...]
    places: int

    @classmethod
    def over(cls, values: Sequence[float], *, zero: bool = False) -> Axis:
        """The shortest axis with at most five round steps that holds all `values` (and 0 if asked)."""
        found = [v for v in values if isfinite(v)] or [0.0]
        low, high = min(found), max(found)
        if zero:
            low, high = min(low, 0.0), max(high, 0.0)
        if high - low <= 1e-9 * max(abs(low), abs(high)):
            low, high = (0.0, high) if high > 0 else (low, 0.0) if low < 0 else (0.0, 1.0)
        step = _round_step((high - low) / _STEPS)
        while ceil(high / step) - floor(low / step) > _STEPS:
            step = _round_step(step * 1.01)
        first, last = floor(low / step), ceil(high / step)
        places = max(0, -floor(log10(step) + 1e-9))
        if step * 10**places % 1 > 1e-9:
            places += 1
        ticks = tuple(round(i * step, 12) for i in range(first, last + 1))
        return cls(ticks[0], ticks[-1], ticks, places)

    def at(self, value: float) -> float:
        """Where `value` stands, in percent of the axis, kept inside it."""
        share = 100 * (value - self.low) / (self.high - self.low)
        return min(100.0, max(0.0, share))


def _round_step(least: float) -> float:
    power = 10.0 ** floor(log10(least))
    return next(f * power for f in (1.0, 2.0, 2.5, 5.0, 10.0) if f * power >= least * (1 - 1e-9))


def percent(share: float) -> str:
    """A place along a picture, as an SVG attribute.

    >>> percent(50.0), percent(33.3333)
    ('50%', '33.3%')
    """
    return f"{share:.1f}".removesuffix(".0") + "%"


@dataclass(frozen=True, slots=True)
class Classes:
    """Up to three classes of nearly equal size, parted at the roundest numbers that part them.

    >>> classes = Classes.of([36.9, 38.6, 44.1, 46.8, 51.2, 53.7])
    >>> classes.breaks, [classes.number(v) for v in (36.9, 45.0, 53.7)]
    ((40.0, 50.0), [1, 2, 3])
    """

    breaks: tuple[float, ...]

    @classmethod
    def of(cls, values: Sequence[float]) -> Classes:
        """Part `values` in three; ties stay together, so there can be fewer.

        A class may be a twelfth of the values larger or smaller for the sake of a rounder break.
        """
        ordered = sorted(v for v in values if isfinite(v))
        found = (_cut(ordered, round(len(ordered) * k / 3), len(ordered) // 12) for k in (1, 2))
        return cls(tuple(sorted({cut for cut in found if cut is not None})))

    def number(self, value: float) -> int:
        """The class of a value: 1, 2 or 3. Two classes are 1 and 3, which stand furthest apart."""
        passed = sum(value >= b for b in self.breaks)
        return 1 + passed * (2 if len(self.breaks) == 1 else 1)

    def labels(self, write: Sequence[str]) -> tuple[tuple[int, str], ...]:
        """The classes with their names; `write` holds the breaks as text."""
        if not write:
            return ((1, "All alike"),)
        if len(write) == 1:
            return ((1, f"Under {write[0]}"), (3, f"{write[0]} or over"))
        return (
            (1, f"Under {write[0]}"),
            (2, f"{write[0]} to under {write[1]}"),
            (3, f"{write[1]} or over"),
        )


def _cut(ordered: Sequence[float], wanted: int, slack: int) -> float | None:
    """The roundest break near a position; where values tie there, the nearest that parts any."""
    changes = [i for i in range(1, len(ordered)) if ordered[i - 1] < ordered[i]]
    if not changes:
        return None
    near = [i for i in changes if abs(i - wanted) <= slack]
    near = near or [min(changes, key=lambda i: (abs(i - wanted), i))]
    breaks = {i: roundest_between(ordered[i - 1], ordered[i]) for i in near}
    return breaks[min(near, key=lambda i: (_digits(breaks[i]), abs(i - wanted), i))]


def _digits(value: float) -> float:
    """The digits that a number needs; a 5 at its end counts half, for 45 is rounder than 44."""
    bare = f"{abs(value):.12g}".replace(".", "").strip("0")
    return len(bare) - 0.5 * (len(bare) > 1 and bare.endswith("5"))


def roundest_between(low: float, high: float) -> float:
    """The number with the fewest digits that is above `low` and at most `high`.

    >>> roundest_between(44.1, 45.5), roundest_between(0.118, 0.131), roundest_between(-3.0, 4.0)
    (45.0, 0.12, 0.0)
    """
    exponent = 9
    while exponent > -13:
        for factor in (5.0, 1.0):
            step = factor * 10.0**exponent
            first, last = floor(low / step) + 1, floor(high / step)
            if first <= last:
                middle = min(last, max(first, round((low + high) / 2 / step)))
                found = round(middle * step, 12) + 0.0
                if low < found <= high:
                    return found
        exponent -= 1
    return high
