"""Published figures as sums of unknown counts: all that a reader can set up from what is published.

Every figure counts some of the same records. Cut the records into *atoms*, the smallest groups that no
figure tells apart; then each figure is a sum of atoms, and each atom is a whole number that nobody outside
knows and that is at least 0. What is published of a figure is a range: 8 to 12 where 10 is shown, 1 to 7
where it is hidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from commonweal.arrays import Array

#: A figure that nothing can hide, a figure whose range is not published once it is hidden, and a
#: switch that needs no other.
NONE: Final = -1


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: the atoms it is the sum of (less those in `less`), and the range that a reader knows.

    `keep` is 0, or how far a hidden count has to stay open: every one of `keep_from` (1, unless less was open
    before) to `keep` must stay possible.
    `switch` is the number of the published cell that hides this figure with it. `class_` is the class of
    the rule that its exact count lies in (see `rule.Rule`): widened, it is what is published if it is hidden.
    """

    atoms: tuple[int, ...]
    low: float
    high: float
    keep: int = 0
    switch: int = NONE
    class_: int = NONE
    less: tuple[int, ...] = ()
    keep_from: int = 1


@dataclass(frozen=True, slots=True)
class Switch:
    """A published cell that may be hidden to protect others: its cost, and what must be hidden with it."""

    cost: float = 1.0
    needs: int = NONE


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """Figures over the atoms 0 to `atoms` - 1, as a sparse matrix by rows, and the switches that hide them.

    `start` has the shape (figures + 1,), `atom` and `sign` (entries,), `cost` and `needs` (switches,), all
    others (figures,). `whole` says that atoms are counts, not amounts of anything. Raises ValueError where a
    range is upside down, or a figure that must stay open is not open to begin with.

    >>> two = System.of([Figure((0,), 1, 7, keep=7), Figure((0, 1), 8, 12)])
    >>> two.figures, two.atoms
    (2, 2)
    """

    atoms: int
    start: Array
    atom: Array
    sign: Array
    low: Array
    high: Array
    keep: Array
    keep_from: Array
    switch: Array
    class_: Array
    cost: Array
    needs: Array
    whole: bool = True

    @classmethod
    def of(cls, figures: Sequence[Figure], switches: Sequence[Switch] = (), *, whole: bool = True) -> System:
        """The system of these figures."""
        rows = [figure.atoms + figure.less for figure in figures]
        atom = np.array([a for row in rows for a in row], dtype=np.int32)
        signs = [[1.0] * len(f.atoms) + [-1.0] * len(f.less) for f in figures]
        return cls(
            atoms=int(atom.max()) + 1 if len(atom) else 0,
            start=np.cumsum([0, *map(len, rows)], dtype=np.int32),
            atom=atom,
            sign=np.array([s for row in signs for s in row], dtype=float),
            low=np.array([f.low for f in figures], dtype=float),
            high=np.array([f.high for f in figures], dtype=float),
            keep=np.array([f.keep for f in figures], dtype=np.int64),
            keep_from=np.array([f.keep_from for f in figures], dtype=np.int64),
            switch=np.array([f.switch for f in figures], dtype=np.int64),
            class_=np.array([f.class_ for f in figures], dtype=np.int64),
            cost=np.array([s.cost for s in switches], dtype=float),
            needs=np.array([s.needs for s in switches], dtype=np.int64),
            whole=whole,
        )

    def __post_init__(self) -> None:
        if (self.low > self.high).any():
            raise ValueError("a figure's range is upside down")
        if (self.guarded & ((self.low > self.keep_from) | (self.high < self.keep))).any():
            raise ValueError("a figure that has to stay open is not open to begin with")

    @property
    def figures(self) -> int:
        """How many figures there are."""
        return len(self.low)

    @property
    def guarded(self) -> Array:
        """Which figures have to stay open: the hidden counts."""
        held: Array = self.keep > 0
        return held

    @property
    def signature(self) -> tuple[bytes, ...]:
        """Equal for equal systems."""
        columns = (self.start, self.atom, self.sign, self.low, self.high, self.keep, self.keep_from)
        return tuple(c.tobytes() for c in (*columns, self.switch, self.class_, self.cost, self.needs))

    def row(self, figure: int) -> slice:
        """Where the entries of a figure are in `atom` and `sign`."""
        return slice(int(self.start[figure]), int(self.start[figure + 1]))

    def loosened(self, hidden: Array) -> System:
        """The system in which nothing is published of the figures that these switches hide."""
        off = (self.switch >= 0) & np.append(hidden, False)[self.switch]
        return replace(self, low=np.where(off, 0.0, self.low), high=np.where(off, np.inf, self.high))

    def unguarded(self, figures: Array) -> System:
        """The system in which some figures need not stay open."""
        keep = self.keep.copy()
        keep[figures] = 0
        return replace(self, keep=keep)

    def ranged(self, low: Array, high: Array) -> System:
        """The system with other ranges."""
        return replace(self, low=low, high=high)


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Some figures that hang together, as a system of their own; which they are in the whole."""

    system: System
    figures: Array
    switches: Array


def parts(system: System) -> list[Part]:
    """The connected parts: figures that share atoms or a switch, directly or through others.

    >>> len(parts(System.of([Figure((0, 1), 0, 9), Figure((1,), 0, 9), Figure((2,), 0, 9)])))
    2
    """
    labels = _labels(system)
    order = np.argsort(labels, kind="stable")
    cuts = np.flatnonzero(np.diff(labels[order])) + 1
    return [part_of(system, figures) for figures in np.split(order, cuts) if len(figures)]


def part_of(system: System, figures: Array) -> Part:
    """Some whole connected parts of a system, as a system of their own."""
    sizes = np.diff(system.start)[figures]
    entries = np.repeat(system.start[figures] - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
    atoms, atom = np.unique(system.atom[entries], return_inverse=True)
    switches = np.unique(system.switch[figures])
    switches = switches[switches >= 0]
    renumbered = np.append(np.full(len(system.cost), NONE), NONE)
    renumbered[switches] = np.arange(len(switches))
    return Part(
        System(
            atoms=len(atoms),
            start=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32),
            atom=atom.astype(np.int32),
            sign=system.sign[entries],
            low=system.low[figures],
            high=system.high[figures],
            keep=system.keep[figures],
            keep_from=system.keep_from[figures],
            switch=renumbered[system.switch[figures]],
            class_=system.class_[figures],
            cost=system.cost[switches],
            needs=renumbered[system.needs[switches]],
            whole=system.whole,
        ),
        figures,
        switches,
    )


def _labels(system: System) -> Array:
    """The least figure that each figure is connected with."""
    figure = np.repeat(np.arange(system.figures), np.diff(system.start))
    groups = [(figure, system.atom)]
    switched = np.flatnonzero(system.switch >= 0)
    first = np.where(system.needs >= 0, system.needs, np.arange(len(system.needs)))
    groups.append((switched, first[system.switch[switched]]))
    labels = np.arange(system.figures)
    while True:
        before = labels.copy()
        for members, group in groups:
            least = np.full(int(group.max()) + 1 if len(group) else 0, system.figures)
            np.minimum.at(least, group, labels[members])
            np.minimum.at(labels, members, least[group])
        labels = labels[labels]
        if (labels == before).all():
            return labels


def merged(rows: Iterable[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Each different one of some tuples once, in order; atoms that lie in the same figures are one atom.

    >>> merged([(0, 1), (2,), (0, 1)])
    [(0, 1), (2,)]
    """
    return list(dict.fromkeys(rows))
