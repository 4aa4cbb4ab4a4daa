"""How the figures of one source are sums of the same unknown counts, in any one area.

Two things tell records of one area apart: which conditions they meet, and when they happened. An atom is
one way to meet conditions (`logic.Vector`) in one slice of months that no published period cuts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

from commonweal.sources.filter import EVERY, Condition
from commonweal.sources.protect.disclosure.system import merged
from commonweal.sources.protect.logic import OPEN, World, Worlds, groups, vectors

Months = frozenset[int]
INFINITE: Final = float("inf")
#: Records that meet a condition and happened in some months.
Met = tuple[Condition, Months]
Atoms = tuple[int, ...]

#: What is left over of a base: records that meet the second condition and not the first.
Rest = tuple[Condition, Condition, Months]
#: Different people, by the column that names them, with a record that meets a condition in some months.
People = tuple[str, Condition, Months]
Key = Met | Rest | People


@dataclass(frozen=True, slots=True)
class Tie:
    """A sum of atoms less a sum of others, and the range that it must lie in whatever is published."""

    atoms: Atoms
    less: Atoms
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True, slots=True)
class Layout:
    """The atoms of one area: how many, which of them make up each figure, and what holds between them.

    `less` says of a figure left over which atoms are taken off, where it is a difference.
    """

    size: int
    atoms: Mapping[Key, Atoms]
    less: Mapping[Key, Atoms] = field(default_factory=dict)
    ties: tuple[Tie, ...] = ()


def layout(
    figures: Iterable[Met],
    rests: Iterable[Rest] = (),
    people: Iterable[People] = (),
    worlds: Worlds = OPEN,
) -> Layout:
    """The layout of a source's figures; those left over of a base come as (condition, base, months).

    People are no sum of records: someone may have many. What holds of them is that they are no more than the
    records, than the people of a wider condition or longer time, and than the people of all its parts.

    >>> from commonweal.sources.filter import parse_filter
    >>> abuse, year = parse_filter("kind in ('a', 'b')"), frozenset(range(12))
    >>> laid = layout([(abuse, year), (abuse, frozenset([0, 1, 2])), (parse_filter("kind = 'a'"), year)])
    >>> laid.size, [len(atoms) for atoms in laid.atoms.values()]
    (6, [4, 2, 2])
    """
    left, persons = list(dict.fromkeys(rests)), list(dict.fromkeys(people))
    of_rests = [(condition, months) for count, base, months in left for condition in (base, count)]
    # no figure, but some: whoever is counted has a record, and that one may be in others
    of_people = [(condition, months) for _, condition, months in persons]
    wanted: list[Met] = list(dict.fromkeys([*figures, *of_rests, *of_people]))
    slices = _slices([months for _, months in wanted])
    conditions = sorted({c for c, _ in wanted if c != EVERY}, key=repr)
    everyone = any(c == EVERY for c, _ in wanted)
    built = _Builder(slices, worlds)
    parts = groups(conditions)
    for part in parts:
        own = [conditions[i] for i in part]
        found = vectors(own, worlds)
        if found is None:
            built.apart(own)
        else:
            built.together(own, found)
    if everyone:
        built.whole()
    rest, less = built.rests(left)
    found_people = built.people(persons, wanted)
    atoms: dict[Key, Atoms] = {(c, months): built.atoms(c, months) for c, months in wanted}
    atoms.update(rest)
    atoms.update(found_people)
    return Layout(built.size, atoms, less, tuple(built.ties))


def _slices(periods: Sequence[Months]) -> list[Months]:
    """Months that lie in the same periods, together.

    >>> [sorted(s) for s in _slices([frozenset([1, 2, 3]), frozenset([3, 4])])]
    [[1, 2], [3], [4]]
    """
    different = merged(tuple(sorted(p)) for p in periods)
    inside: dict[int, list[int]] = {}
    for number, period in enumerate(different):
        for month in period:
            inside.setdefault(month, []).append(number)
    found: dict[tuple[int, ...], set[int]] = {}
    for month, numbers in inside.items():
        found.setdefault(tuple(numbers), set()).add(month)
    return sorted((frozenset(months) for months in found.values()), key=min)


class _Builder:
    """Atoms handed out one after the other, and where each condition finds its own."""

    def __init__(self, slices: Sequence[Months], worlds: Worlds) -> None:
        self.slices = slices
        self.worlds = worlds
        #: for two conditions by themselves: they need not mention all that a closed column is known to hold
        self.worlds_of_two = {column: min(world, World.FILLED) for column, world in worlds.items()}
        self.size = 0
        self.ties: list[Tie] = []
        #: condition -> for each slice its atoms
        self._of: dict[Condition, list[Atoms]] = {}
        #: for each block of conditions, all its atoms by slice, and whether they are all records
        self._blocks: list[list[Atoms]] = []
        self._loose: list[list[Condition]] = []
        self._everyone: list[Atoms] = []

    def together(self, conditions: Sequence[Condition], found: Sequence[tuple[bool, ...]]) -> None:
        """Atoms for every way to meet some conditions."""
        block: list[Atoms] = []
        for _ in self.slices:
            block.append(tuple(range(self.size, self.size + len(found))))
            self.size += len(found)
        self._blocks.append(block)
        for i, condition in enumerate(conditions):
            self._of[condition] = [
                tuple(a for a, v in zip(part, found, strict=True) if v[i]) for part in block
            ]

    def apart(self, conditions: Sequence[Condition]) -> None:
        """An atom for each condition by itself, and what two of them say of each other."""
        for condition in conditions:
            self._of[condition] = [(self.size + i,) for i in range(len(self.slices))]
            self.size += len(self.slices)
        for first, second in combinations(conditions, 2):
            both = vectors([first, second], self.worlds_of_two)
            if both is None:
                continue
            for one, other, ways in ((first, second, both), (second, first, [v[::-1] for v in both])):
                if (True, False) not in ways:
                    self.ties += [
                        Tie(b, a, 0.0, INFINITE) for a, b in zip(self._of[one], self._of[other], strict=True)
                    ]
        self._loose.append(list(conditions))

    def whole(self) -> None:
        """All records: the atoms of the one block, or an atom that every block adds up to."""
        if len(self._blocks) == 1 and not self._loose:
            self._everyone = self._blocks[0]
            return
        self._everyone = [(self.size + i,) for i in range(len(self.slices))]
        self.size += len(self.slices)
        for block in self._blocks:
            self.ties += [Tie(a, b) for a, b in zip(self._everyone, block, strict=True)]
        for conditions in self._loose:
            for condition in conditions:
                parts = zip(self._everyone, self._of[condition], strict=True)
                self.ties += [Tie(a, b, 0.0, INFINITE) for a, b in parts]
            self._disjoint(conditions)

    def _disjoint(self, conditions: Sequence[Condition]) -> None:
        """No record meets both of two conditions: together they are no more than all."""
        for first, second in combinations(conditions, 2):
            both = vectors([first, second], self.worlds_of_two)
            if both is not None and (True, True) not in both:
                parts = zip(self._everyone, self._of[first], self._of[second], strict=True)
                self.ties += [Tie(a, b + c, 0.0, INFINITE) for a, b, c in parts]

    def atoms(self, condition: Condition, months: Months) -> Atoms:
        """The atoms of the records that meet a condition in some months."""
        by_slice = self._everyone if condition == EVERY else self._of[condition]
        return tuple(
            a for part, own in zip(self.slices, by_slice, strict=True) if part <= months for a in own
        )

    def rests(self, rests: Sequence[Rest]) -> tuple[dict[Key, Atoms], dict[Key, Atoms]]:
        """Those left over: the atoms of the base that are not in the count, or a difference of both."""
        atoms: dict[Key, Atoms] = {}
        less: dict[Key, Atoms] = {}
        for count, base, months in rests:
            own, all_of_them = set(self.atoms(count, months)), self.atoms(base, months)
            if own <= set(all_of_them):
                atoms[count, base, months] = tuple(a for a in all_of_them if a not in own)
            else:
                atoms[count, base, months] = all_of_them
                less[count, base, months] = tuple(sorted(own))
                self.ties.append(Tie(all_of_them, less[count, base, months], 0.0, INFINITE))
        return atoms, less

    def people(self, people: Sequence[People], records: Sequence[Met]) -> dict[Key, Atoms]:
        """An atom for each number of different people, and what ties it to others and to records."""
        found: dict[Key, Atoms] = {key: (self.size + i,) for i, key in enumerate(people)}
        self.size += len(people)
        for column, condition, months in people:
            own = found[column, condition, months]
            wider = [
                found[o] for o in people if o[0] == column and self._within(condition, months, o[1], o[2])
            ]
            wider += [self.atoms(*r) for r in records if self._within(condition, months, *r, same=True)]
            self.ties += [Tie(atoms, own, 0.0, INFINITE) for atoms in wider]
            parts = [o for o in people if o[:2] == (column, condition) and o[2] < months]
            if months and frozenset().union(*(o[2] for o in parts)) == months:
                self.ties.append(Tie(tuple(found[o][0] for o in parts), own, 0.0, INFINITE))
        return found

    def _within(
        self, condition: Condition, months: Months, other: Condition, longer: Months, same: bool = False
    ) -> bool:
        """Whether all records of a condition and time are among those of another, or are the `same`."""
        if not months <= longer or (not same and (condition, months) == (other, longer)):
            return False
        if other in (EVERY, condition):
            return True
        ways = vectors([condition, other], self.worlds_of_two)
        return ways is not None and (True, False) not in ways
