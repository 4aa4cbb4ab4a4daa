"""Controlled rounding: every figure to a multiple beside it, so that all of them still add up.

Each count goes to one of the two multiples beside it (one that is a multiple stays), so that there are whole
multiples for the atoms whose sums the rounded figures are; of all ways the one with the least change in all.

Source: J. J. Salazar-González, Controlled rounding and cell perturbation: statistical disclosure limitation
methods for tabular data, Mathematical Programming 105 (2006), 583-603.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from commonweal.arrays import Array
from commonweal.sources.protect.disclosure.linear import Program
from commonweal.sources.protect.disclosure.system import System, parts


def rounded(system: System, step: int) -> Array | None:
    """Every figure of a system of exact counts rounded, shape (figures,); None where they can't add up.

    A figure's count is the lower end of its range. Ties (figures without a switch) keep their range.

    >>> from commonweal.sources.protect.disclosure.system import Figure, Switch
    >>> wards = [Figure((0,), 2, 2, switch=0), Figure((1,), 6, 6, switch=1), Figure((2,), 4, 4, switch=2)]
    >>> town = Figure((0, 1, 2), 12, 12, switch=3)
    >>> rounded(System.of([*wards, town], [Switch()] * 4), 5).tolist()
    [0.0, 5.0, 5.0, 10.0]
    """
    found = np.zeros(system.figures)
    for part in parts(system):
        answer = _part(part.system, step)
        if answer is None:
            return None
        found[part.figures] = answer
    return found


def _part(system: System, step: int) -> Array | None:
    """One connected part, in multiples: the change is a sum of what each step upwards costs or saves."""
    counted = system.switch >= 0
    below, above = np.floor(system.low / step), np.ceil(system.low / step)
    low, high = np.where(counted, below, system.low), np.where(counted, above, system.high)
    upwards = (above * step - system.low) - (system.low - below * step)
    cost = np.zeros(system.atoms)
    entry = np.repeat(np.where(counted & (above > below), upwards, 0.0), np.diff(system.start))
    np.add.at(cost, system.atom, entry * system.sign)
    program = Program(system.ranged(low, high), whole=True)
    answer = program.cheapest(cost)
    return None if answer is None else step * np.rint(answer.figures)


def unrounded(system: System, figures: Array, step: int) -> System:
    """What a reader knows of rounded figures: each is less than a step away from its count.

    Counts of 1 to less than a step have to stay open to one another.
    """
    counted = system.switch >= 0
    small = counted & (system.low >= 1) & (system.low < step)
    return replace(
        system,
        low=np.where(counted, np.maximum(figures - step + 1, 0), system.low),
        high=np.where(counted, figures + step - 1, system.high),
        keep=np.where(small, step - 1, 0),
    )
