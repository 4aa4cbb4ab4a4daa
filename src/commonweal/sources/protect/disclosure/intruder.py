"""The intruder: someone who puts everything published together and works out how far a hidden count is open.

For each hidden figure the least and the most it can be is a linear program over the atoms: every atom at
least 0, every figure within its published range. A hidden count is given away where one of 1 to 7 has become
impossible.

Source: M. Fischetti and J. J. Salazar-González, Models and algorithms for optimizing cell suppression in
tabular data with linear constraints, Journal of the American Statistical Association 95 (2000), 916-928.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from commonweal.arrays import Array
from commonweal.sources.protect.disclosure.linear import TOLERANCE, Program, Solution
from commonweal.sources.protect.disclosure.system import System, parts

#: Systems of up to this many atoms are tried with whole numbers too.
WHOLE: Final = 200
#: Rounds in which all figures still open are aimed at together, before each is aimed at by itself.
TOGETHER: Final = 8


class ContradictionError(ValueError):
    """No counts at all fit what is published: the figures can't be of the same records."""


@dataclass(frozen=True, slots=True, eq=False)
class Exposure:
    """A hidden figure that is narrowed: which end, how far it gets, how far it must, and what holds it back.

    `weights` has the shape (figures,): see `linear.Solution`.
    """

    figure: int
    upper: bool
    reached: float
    needed: float
    weights: Array


def intervals(system: System) -> tuple[Array, Array]:
    """The least and the most each guarded figure can be, in their order; each of shape (guarded,).

    One hidden ward between exact figures comes back, 55 - 20 - 31 = 4:

    >>> from commonweal.sources.protect.disclosure.system import Figure
    >>> ward = Figure((0,), 1, 7, keep=7)
    >>> others = [Figure((1,), 20, 20), Figure((2,), 31, 31), Figure((0, 1, 2), 55, 55)]
    >>> least, most = intervals(System.of([ward, *others]))
    >>> float(least[0]), float(most[0])
    (4.0, 4.0)

    Raises ContradictionError.
    """
    program = Program(system)
    ends = [
        (_solved(program.least([figure])).value, _solved(program.most([figure])).value)
        for figure in np.flatnonzero(system.guarded).tolist()
    ]
    found = np.array(ends, dtype=float).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def exposures(system: System) -> list[Exposure]:
    """Every guarded figure that has lost a value it must stay open to; an end each. For one connected part.

    Raises ContradictionError.
    """
    return [exposure for upper in (True, False) for exposure in _alone(system, upper, _open(system, upper))]


def narrowed(system: System) -> list[tuple[int, bool, float]]:
    """Every guarded figure of a whole system that is narrowed, whether from above, and how far it gets.

    Most figures are cleared many at a time, as in each part; the parts that hold the others are then looked
    at one by one. Raises ContradictionError.
    """
    found: list[tuple[int, bool, float]] = []
    for upper in (True, False):
        left = _open(system, upper)
        if not len(left):
            continue
        for part in parts(system):
            here = np.flatnonzero(np.isin(part.figures, left))
            found += [
                (int(part.figures[e.figure]), upper, e.reached) for e in _alone(part.system, upper, here)
            ]
    return found


def _needed(system: System, figures: Array, upper: bool) -> Array:
    """How far figures must be open."""
    needed: Array = (system.keep if upper else system.keep_from)[figures].astype(float)
    return needed


def _open(system: System, upper: bool) -> Array:
    """The guarded figures that are not cleared together, up or down.

    A single set of counts that fits everything published and has a thousand hidden figures at their largest
    at once clears a thousand. Those that are still in doubt are aimed at again, a few times.
    """
    guarded = np.flatnonzero(system.guarded)
    needed = _needed(system, guarded, upper)
    if not len(guarded):
        return guarded
    program = Program(system)
    if upper:  # no more is needed, and a figure that had more would only leave less for others
        program.hold(guarded, system.low[guarded], np.minimum(system.high[guarded], needed))
    left = np.ones(len(guarded), dtype=bool)
    for _ in range(TOGETHER):
        found = program.most(guarded[left]) if upper else program.least(guarded[left])
        if found is None:
            break
        cleared = left & _reaches(found.figures[guarded], needed, upper)
        left &= ~cleared
        if not (left.any() and cleared.any()):
            break
    return guarded[left]


def _alone(system: System, upper: bool, figures: Array) -> list[Exposure]:
    """Those of some guarded figures that, each by itself, do not get as far as they must."""
    if not len(figures):
        return []
    needed = _needed(system, figures, upper)
    program = Program(system)
    left = np.ones(len(figures), dtype=bool)
    short = []
    for place, figure in enumerate(figures.tolist()):
        if not left[place]:
            continue
        here = figures[place : place + 1]
        if upper:
            program.hold(here, system.low[here], np.minimum(system.high[here], needed[place]))
        found = _solved(program.most([figure]) if upper else program.least([figure]))
        if upper:
            program.hold(here, system.low[here], system.high[here])
        left &= ~_reaches(found.figures[figures], needed, upper)
        if left[place]:
            short.append(Exposure(figure, upper, found.value, float(needed[place]), found.weights))
    return short


def _reaches(figures: Array, needed: Array, upper: bool) -> Array:
    reached: Array = figures >= needed - TOLERANCE if upper else figures <= needed + TOLERANCE
    return reached


def _solved(found: Solution | None) -> Solution:
    if found is None:
        raise ContradictionError("no counts fit what is published")
    return found


def consistent(system: System) -> bool:
    """Whether any counts at all fit what is published."""
    return Program(system).least([]) is not None


def impossible(system: System) -> list[tuple[int, int]]:
    """Guarded figures, each with a value it must stay open to that no whole numbers fit: the exact test.

    A sum can be open to fractions where it is not to whole numbers, so this may find what `exposures` does
    not. It tries every value of every guarded figure, so it is for small systems.
    """
    relaxed, whole = Program(system), Program(system, whole=True)
    found = []
    for figure in np.flatnonzero(system.guarded):
        here = np.array([figure])
        for value in range(int(system.keep_from[figure]), int(system.keep[figure]) + 1):
            relaxed.hold(here, np.array([value]), np.array([value]))
            fits = relaxed.least([])
            if fits is not None and np.abs(fits.atoms - np.rint(fits.atoms)).max(initial=0) > TOLERANCE:
                whole.hold(here, np.array([value]), np.array([value]))
                fits = whole.least([])
                whole.hold(here, system.low[here], system.high[here])
            if fits is None:
                found.append((int(figure), value))
        relaxed.hold(here, system.low[here], system.high[here])
    return found
