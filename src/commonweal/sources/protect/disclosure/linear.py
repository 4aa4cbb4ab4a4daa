"""The one place that talks to HiGHS: linear programs over the atoms of a system, and choices of switches.

Source: Q. Huangfu and J. A. J. Hall, Parallelizing the dual revised simplex method, Mathematical Programming
Computation 10 (2018), 119-142. It is run on one thread and stops on nodes, never on seconds, so the same
system gives the same answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from commonweal.arrays import Array
from commonweal.sources.protect.disclosure.system import System

#: Solutions are taken to this.
TOLERANCE: Final = 1e-6
#: A choice of switches is given up to the best one found after this many nodes.
NODES: Final = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """An optimum: the sum aimed at, every figure in it, every atom, and the weight of each figure's bound.

    A weight is above 0 where the lower end of the figure's range holds the sum back, below 0 where the
    upper end does; by how much the sum would move with that end.
    """

    value: float
    figures: Array
    atoms: Array
    weights: Array


class Program:
    """A linear program over the atoms of a system: aim at sums of figures, one after the other.

    The last solution is where the next one starts, so many aims cost little more than one.
    """

    def __init__(self, system: System, *, whole: bool = False) -> None:
        import highspy

        self.system = system
        self._solver = _silent(highspy)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = system.atoms, system.figures
        model.col_cost_ = np.zeros(system.atoms)
        model.col_lower_ = np.zeros(system.atoms)
        model.col_upper_ = np.full(system.atoms, highspy.kHighsInf)
        model.row_lower_, model.row_upper_ = system.low, system.high
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = system.start
        model.a_matrix_.index_ = system.atom
        model.a_matrix_.value_ = system.sign
        if whole:
            model.integrality_ = [highspy.HighsVarType.kInteger] * system.atoms
        self._solver.passModel(model)
        self._optimal = highspy.HighsModelStatus.kOptimal
        self._cost = np.zeros(system.atoms)

    def hold(self, figures: Array, low: Array, high: Array) -> None:
        """Other ranges for some figures."""
        if len(figures):
            self._solver.changeRowsBounds(
                len(figures),
                np.asarray(figures, dtype=np.int32),
                np.asarray(low, float),
                np.asarray(high, float),
            )

    def most(self, figures: Sequence[int] | Array) -> Solution | None:
        """The greatest sum of some figures; None where nothing fits all ranges."""
        return self._aim(figures, -1.0)

    def least(self, figures: Sequence[int] | Array) -> Solution | None:
        """The least sum of some figures; None where nothing fits all ranges."""
        return self._aim(figures, 1.0)

    def _aim(self, figures: Sequence[int] | Array, sign: float) -> Solution | None:
        cost = np.zeros(self.system.atoms)
        for figure in figures:
            entries = self.system.row(int(figure))
            np.add.at(cost, self.system.atom[entries], sign * self.system.sign[entries])
        found = self.cheapest(cost)
        return found and Solution(sign * found.value, found.figures, found.atoms, found.weights)

    def cheapest(self, cost: Array) -> Solution | None:
        """The atoms of the least total cost, shape (atoms,); None where nothing fits all ranges."""
        changed = np.flatnonzero(cost != self._cost).astype(np.int32)
        if len(changed):
            self._solver.changeColsCost(len(changed), changed, cost[changed])
        self._cost = cost
        self._solver.run()
        if self._solver.getModelStatus() != self._optimal:
            return None
        found = self._solver.getSolution()
        atoms = np.array(found.col_value)
        return Solution(float(cost @ atoms), np.array(found.row_value), atoms, np.array(found.row_dual))


def choose(cost: Array, needs: Array, cuts: Sequence[tuple[Array, Array]]) -> Array | None:
    """Which switches to turn, at the least total cost; None where no choice satisfies every cut.

    A cut is (switches, coefficients): the coefficients of those turned add up to at least 1. A switch that
    `needs` another is turned only with it.
    """
    import highspy

    solver = _silent(highspy)
    count = len(cost)
    pairs = [(np.array([i, needs[i]]), np.array([-1.0, 1.0]), 0.0) for i in np.flatnonzero(needs >= 0)]
    rows = [*((switches, weights, 1.0) for switches, weights in cuts), *pairs]
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = count, len(rows)
    model.col_cost_ = cost
    model.col_lower_, model.col_upper_ = np.zeros(count), np.ones(count)
    model.row_lower_ = np.array([least for _, _, least in rows])
    model.row_upper_ = np.full(len(rows), highspy.kHighsInf)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.cumsum([0, *(len(switches) for switches, _, _ in rows)]).astype(np.int32)
    model.a_matrix_.index_ = np.concatenate([switches for switches, _, _ in rows]).astype(np.int32)
    model.a_matrix_.value_ = np.concatenate([weights for _, weights, _ in rows])
    model.integrality_ = [highspy.HighsVarType.kInteger] * count
    solver.passModel(model)
    solver.run()
    found = np.array(solver.getSolution().col_value)
    return found if len(found) == count and solver.getInfo().primal_solution_status == 2 else None


def solver() -> str:
    """The name and version of the solver."""
    import highspy

    return f"HiGHS {_silent(highspy).version()}"


def _silent(highspy: Any) -> Any:
    solver = highspy.Highs()
    for name, value in (
        ("output_flag", False), ("threads", 1), ("parallel", "off"), ("random_seed", 0),
        ("mip_rel_gap", 0.0), ("mip_abs_gap", 1e-6), ("mip_max_nodes", NODES),
    ):  # fmt: skip
        solver.setOptionValue(name, value)
    return solver
