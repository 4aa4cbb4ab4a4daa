"""Everything published about people as one system: which figures count the same records, and how often.

Figures of one source are sums of the same atoms in each area (`layout`). The ledger's totals run over all
areas. What an earlier edition said of a figure is one more range that the reader knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from commonweal.sources.filter import EVERY
from commonweal.sources.ledger import COUNTED, READ
from commonweal.sources.measure.gather import Counted
from commonweal.sources.protect.disclosure.system import NONE, Figure, Switch, System
from commonweal.sources.protect.expected import groups, totals
from commonweal.sources.protect.known import LEDGER_COST, Known, Role, cost, counts_base, known
from commonweal.sources.protect.layout import Atoms, Key, Layout, Met, Months, People, Rest, layout
from commonweal.sources.protect.logic import World, Worlds
from commonweal.sources.protect.rule import Rule


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier edition says of the count behind a figure: whose, and the range that it gave."""

    edition: str
    row: int
    role: Role
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Former:
    """What an earlier edition says of a figure that is no longer published: of what, in which areas
    together, and the range."""

    edition: str
    areas: tuple[str, ...]
    key: Key
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Everything published of one source: its exact observations, what each counts, and its ledger.

    `rows` are numbered rows of the exact observations (`row#`); `counts` says for an indicator and period
    what is counted; `fates` are the exact numbers of the ledger, empty for a table of values. `worlds` says
    what columns hold, `whole` that no record counted lies outside the periods of `rows`, `public_base` that
    the denominators of rates are public. `former` are figures that were published earlier and are no more.
    """

    name: str
    rows: pl.DataFrame
    counts: Mapping[tuple[str, str], Counted]
    fates: Mapping[str, int] = field(default_factory=dict)
    worlds: Worlds = field(default_factory=dict)
    whole: bool = False
    public_base: bool = True
    former: tuple[Former, ...] = ()

    def counts_base(self, kind: str) -> bool:
        """Whether the denominators of a kind of observation count people here."""
        return counts_base(kind, self.public_base)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a figure is published: a row of the observations and its role there, or a fate in the ledger."""

    source: str
    row: int = NONE
    role: Role = Role.COUNT
    fate: str = ""
    edition: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Overlaps:
    """The system, where each of its figures is published, and which switch hides what.

    `count_switch` and `base_switch` lead from a row of the observations to the switch of its count and of
    its base; `ledger_switch` from a source and fate, `expected_switch` from a source, indicator and
    period to the totals that those expected are made of.
    """

    system: System
    places: tuple[Place, ...]
    count_switch: Mapping[int, int]
    base_switch: Mapping[int, int]
    ledger_switch: Mapping[tuple[str, str], int]
    expected_switch: Mapping[tuple[str, str, str], int]


def overlaps(
    sources: Sequence[Source],
    rule: Rule,
    *,
    minimum_base: int = 0,
    earlier: Sequence[Earlier] = (),
) -> Overlaps:
    """Set up the system of everything published about people."""
    build = _Build(rule, minimum_base)
    for item in earlier:
        build.earlier.setdefault((item.row, item.role), []).append(item)
    for source in sources:
        build.add(source)
    return build.done()


@dataclass(slots=True)
class _Build:
    rule: Rule
    minimum_base: int
    earlier: dict[tuple[int, Role], list[Earlier]] = field(default_factory=dict)
    #: of the source that is added: what was said of the same count under another name
    former: dict[tuple[str, Key], list[Former]] = field(default_factory=dict)
    atoms: int = 0
    figures: list[Figure] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    switches: list[Switch] = field(default_factory=list)
    count_switch: dict[int, int] = field(default_factory=dict)
    base_switch: dict[int, int] = field(default_factory=dict)
    ledger_switch: dict[tuple[str, str], int] = field(default_factory=dict)
    expected_switch: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def add(self, source: Source) -> None:
        row: Mapping[str, Any]
        published: list[tuple[Mapping[str, Any], tuple[Known, ...]]] = []
        for row in source.rows.iter_rows(named=True):
            told = known(row, self.rule, public_base=source.public_base, minimum_base=self.minimum_base)
            if found := tuple(told):
                published.append((row, found))
        laid, everyone = self._laid(source, published)
        everywhere: list[int] = []
        starts: dict[str, int] = {}
        by_area: dict[str, list[tuple[Mapping[str, Any], tuple[Known, ...]]]] = {}
        for row, found in published:
            by_area.setdefault(row["area"], []).append((row, found))
        self.former = {}
        for old in source.former:
            if len(old.areas) == 1:
                self.former.setdefault((old.areas[0], old.key), []).append(old)
        for area, own in sorted(by_area.items()):
            first = starts[area] = self.atoms
            self.atoms += laid.size
            for tie in laid.ties:
                self._figure(
                    Figure(_moved(tie.atoms, first), tie.low, tie.high, less=_moved(tie.less, first)),
                    Place(source.name),
                )
            everywhere += _moved(everyone, first)
            for row, found in own:
                self._row(source, laid, first, row, found)
        for old in source.former:
            if starts.keys() >= set(old.areas):
                atoms = tuple(a for area in old.areas for a in _moved(laid.atoms[old.key], starts[area]))
                self._figure(Figure(atoms, old.low, old.high), Place(source.name, edition=old.edition))
        if source.fates:
            self._ledger(source, tuple(everywhere))
        self._expected(source, laid, starts)

    def _laid(
        self, source: Source, published: Sequence[tuple[Mapping[str, Any], tuple[Known, ...]]]
    ) -> tuple[Layout, Atoms]:
        """The layout of one area, and the atoms of all its records."""
        asked = [
            key_of(source.counts[row["indicator"], row["period"]], item.role)
            for row, found in published
            for item in found
        ]
        asked += [*(old.key for old in source.former), *groups(source.counts)]
        # of withheld figures too: what a column can hold is told by all filters, as where it was tried
        asked += [
            key_of(source.counts[row["indicator"], row["period"]], Role.COUNT)
            for row in source.rows.iter_rows(named=True)
            if row["numerator"] is not None
        ]
        return laid_out(asked, source.worlds, everyone=bool(source.fates))

    def _row(
        self, source: Source, laid: Layout, first: int, row: Mapping[str, Any], found: Sequence[Known]
    ) -> None:
        number = row["row#"]
        count = source.counts[row["indicator"], row["period"]]
        with_count = [item for item in found if not item.with_base and not item.fixed]
        if with_count:
            self.count_switch[number] = self._switch(max(map(cost, with_count)))
        if with_base := [item for item in found if item.with_base]:
            needs = self.count_switch.get(number, NONE)
            self.base_switch[number] = self._switch(max(map(cost, with_base)), needs)
        for item in found:
            key = key_of(count, item.role)
            atoms, less = _moved(laid.atoms[key], first), _moved(laid.less.get(key, ()), first)
            switch = (
                NONE if item.fixed else (self.base_switch if item.with_base else self.count_switch)[number]
            )
            outright = self.earlier.get((number, item.role), [])
            said: list[Earlier | Former] = [*outright, *self.former.get((row["area"], key), ())]
            keep = min([item.keep, *(int(old.high) for old in said)])
            keep_from = max([1, *(int(old.low) for old in said)])
            if item.keep and keep_from >= keep:  # one value is left, and it is out already
                keep, keep_from = 0, 1
            self._figure(
                Figure(atoms, item.low, item.high, keep, switch, item.class_, less, keep_from),
                Place(source.name, number, item.role),
            )
            if item.class_ == 0 and names_everyone(source, count.people):
                records = _moved(laid.atoms[count.numerator, count.months], first)
                self._figure(Figure(records, 0, 0, switch=switch), Place(source.name, number, item.role))
            for old in outright:
                place = Place(source.name, number, item.role, edition=old.edition)
                self._figure(Figure(atoms, old.low, old.high, less=less), place)

    def _expected(self, source: Source, laid: Layout, starts: Mapping[str, int]) -> None:
        """The totals of all areas that those expected are made of: all of a ratio's are told, or none."""
        for total in totals(source.counts, laid, starts):
            ratio = (source.name, *total.cell)
            if ratio not in self.expected_switch:
                self.expected_switch[ratio] = self._switch(LEDGER_COST)
            switch = self.expected_switch[ratio]
            class_ = self.rule.class_of(total.count)
            atoms = total.atoms if total.whole else (*total.atoms, self._atom())
            keep = self.rule.hide_to if class_ == 1 else 0
            figure = Figure(atoms, self.rule.low(class_), self.rule.high(class_), keep, switch)
            self._figure(figure, Place(source.name, fate=f"those expected of {', '.join(total.cell)}"))

        cells = source.rows.select("indicator", "period", "row#").rows()
        switches = self.expected_switch
        self.base_switch |= {
            row: switches[source.name, *cell] for *cell, row in cells if (source.name, *cell) in switches
        }

    def _ledger(self, source: Source, everywhere: tuple[int, ...]) -> None:
        """Met and read as sums over all areas; each other fate is records of its own."""
        if not source.whole:
            everywhere = (*everywhere, self._atom())
        parts: dict[str, Atoms] = {
            fate: (self._atom(),) for fate in source.fates if fate not in (READ, COUNTED)
        }
        parts[COUNTED] = everywhere
        parts[READ] = tuple(a for atoms in parts.values() for a in atoms)
        for fate, number in source.fates.items():
            class_ = self.rule.class_of(number)
            switch = self._switch(LEDGER_COST)
            self.ledger_switch[source.name, fate] = switch
            keep = self.rule.hide_to if class_ == 1 else 0
            figure = Figure(parts[fate], self.rule.low(class_), self.rule.high(class_), keep, switch)
            self._figure(figure, Place(source.name, fate=fate))

    def _atom(self) -> int:
        self.atoms += 1
        return self.atoms - 1

    def _switch(self, price: float, needs: int = NONE) -> int:
        self.switches.append(Switch(price, needs))
        return len(self.switches) - 1

    def _figure(self, figure: Figure, place: Place) -> None:
        if figure.atoms or figure.less:
            self.figures.append(figure)
            self.places.append(place)

    def done(self) -> Overlaps:
        return Overlaps(
            System.of(self.figures, self.switches),
            tuple(self.places),
            self.count_switch,
            self.base_switch,
            self.ledger_switch,
            self.expected_switch,
        )


def laid_out(asked: Iterable[Key], worlds: Worlds, *, everyone: bool) -> tuple[Layout, Atoms]:
    """The layout of some counts in one area, and, if asked for, the atoms of all records in their months."""
    keys = list(dict.fromkeys(asked))
    figures: list[Met] = [key for key in keys if len(key) == 2]
    people: list[People] = [key for key in keys if len(key) == 3 and isinstance(key[0], str)]
    rests: list[Rest] = [key for key in keys if len(key) == 3 and not isinstance(key[0], str)]
    months: Months = frozenset().union(*(key[-1] for key in keys))
    if everyone and months:
        figures.append((EVERY, months))
    laid = layout(figures, rests, people, worlds)
    return laid, laid.atoms.get((EVERY, months), ()) if everyone else ()


def names_everyone(source: Source, column: str) -> bool:
    """Whether every record names someone in a column, so that where nobody is counted there is no record."""
    return source.worlds.get(column, World.OPEN) >= World.FILLED


def key_of(count: Counted, role: Role) -> Key:
    """What a count of an observation is called in a layout."""
    match role:
        case Role.COUNT if count.people:
            return count.people, count.numerator, count.months
        case Role.COUNT:
            return count.numerator, count.months
        case Role.BASE:
            return count.base, count.months
        case Role.REST:
            return count.numerator, count.base, count.months


def _moved(atoms: Sequence[int], first: int) -> tuple[int, ...]:
    return tuple(first + atom for atom in atoms)
