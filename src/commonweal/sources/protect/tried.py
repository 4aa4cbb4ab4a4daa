"""The trial: an intruder puts everything published together, and more is hidden until nothing is narrowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from commonweal.arrays import Array
from commonweal.errors import CommonwealError, Fault
from commonweal.sources.ledger import COUNTED, READ
from commonweal.sources.protect.counting import apart
from commonweal.sources.protect.disclosure.intruder import (
    ContradictionError,
    narrowed,
)
from commonweal.sources.protect.disclosure.suppress import (
    Pattern,
    UnprotectableError,
    published,
    suppress,
)
from commonweal.sources.protect.disclosure.system import Part, System, part_of
from commonweal.sources.protect.overlaps import Earlier, Overlaps, Place, Source, overlaps
from commonweal.sources.protect.rule import Rule
from commonweal.sources.protect.worlds import as_known

#: So many figures are named in a fault.
NAMED: Final = 5


@dataclass(frozen=True, slots=True, eq=False)
class Tried:
    """What the trial found: the system, the pattern that is safe, and what a reader is left with.

    `apart` names the sources whose figures do not add up with one another (numbers at a date, or moved
    between areas), which are taken one by one. `narrowed` are the places that the rule alone gave away, with
    how far an intruder would get: exact, and not to be published.
    """

    overlaps: Overlaps
    pattern: Pattern
    system: System
    apart: tuple[str, ...]
    narrowed: tuple[tuple[Place, bool, float], ...]

    def levels(self, rows: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
        """How far the ranges of the counts and the bases of rows (`row#`) are widened."""
        return self._level(rows, self.overlaps.count_switch), self._level(rows, self.overlaps.base_switch)

    def _level(self, rows: pl.DataFrame, switches: Mapping[int, int]) -> pl.Series:
        found = [int(self.pattern.levels[switches[r]]) if r in switches else 0 for r in rows["row#"]]
        return pl.Series(found, dtype=pl.Int64)

    @property
    def withheld(self) -> frozenset[tuple[str, str]]:
        """The sources and fates whose number is not in the ledger; untried totals are left out too."""
        switches = self.overlaps.ledger_switch.items()
        turned = {place for place, switch in switches if self.pattern.levels[switch]}
        return frozenset(turned | {(source, fate) for source in self.apart for fate in (READ, COUNTED)})


def tried(
    sources: Sequence[Source],
    rule: Rule,
    *,
    minimum_base: int = 0,
    earlier: Sequence[Earlier] = (),
) -> Tried:
    """Find the cheapest pattern under which no hidden figure of any source can be narrowed.

    Raises PROTECT-EXPOSED where there is none.
    """

    def laid(known: Sequence[tuple[Source, Source | None]]) -> Overlaps:
        each = [found or apart(source) for source, found in known]
        return overlaps(each, rule, minimum_base=minimum_base, earlier=earlier)

    def adds_up(source: Source) -> bool:
        try:
            narrowed(_cells(laid([(source, source)])).system)
        except ContradictionError:
            return False
        return True

    known = [(source, as_known(source)) for source in sources]
    whole = laid(known)
    try:
        given = narrowed(_cells(whole).system)
    except ContradictionError:
        # counts dealt out to other areas add up as they are, and not always once each is rounded
        known = [(source, found if found is not None and adds_up(found) else None) for source, found in known]
        whole = laid(known)
        given = narrowed(_cells(whole).system)
    separate = tuple(sorted(source.name for source, found in known if found is None))
    try:
        pattern, system = _searched(whole, [figure for figure, _, _ in given], rule)
    except UnprotectableError as error:
        raise _refused([whole.places[figure] for figure in error.figures], sources) from error
    # can't be, and the ledger was tried with all it runs over: the last word is not the search's
    others = [i for i, place in enumerate(whole.places) if (place.source, READ) not in whole.ledger_switch]
    rest = part_of(system, np.array(others, dtype=np.int64))
    if left := narrowed(rest.system):
        raise _refused([whole.places[int(rest.figures[figure])] for figure, _, _ in left], sources)
    cells = _cells(whole).figures
    told = tuple((whole.places[cells[figure]], upper, round(end, 6)) for figure, upper, end in given)
    return Tried(whole, pattern, system, separate, told)


def _cells(whole: Overlaps) -> Part:
    """The system without the totals that would tie all areas of a source together."""
    return part_of(
        whole.system, np.array([i for i, p in enumerate(whole.places) if not p.fate], dtype=np.int64)
    )


def _searched(whole: Overlaps, exposed: Sequence[int], rule: Rule) -> tuple[Pattern, System]:
    """The pattern of the figures, then which totals over all areas may stand beside it."""
    cells = _cells(whole)
    try:
        found = suppress(cells.system, rule, exposed)
    except UnprotectableError as error:
        raise UnprotectableError([int(cells.figures[figure]) for figure in error.figures]) from error
    levels = np.zeros(len(whole.system.cost), dtype=np.int64)
    levels[cells.switches] = found.levels
    tries, given = found.tries, found.exposed
    for source in sorted({source for source, *_ in (*whole.ledger_switch, *whole.expected_switch)}):
        withheld, tried, more = _totals(whole, source, levels, rule)
        levels[withheld] = 1
        tries, given = tries + tried, given + more
    return Pattern(levels, given, tries, found.exact), _read(whole.system, whole.places, levels, rule)


def _read(system: System, places: Sequence[Place], levels: Array, rule: Rule) -> System:
    """What a reader knows: a total that is left out is no figure, so it need not stay open."""
    left_out = [i for i, p in enumerate(places) if p.fate and levels[system.switch[i]]]
    return published(system, levels, rule).unguarded(np.array(left_out, dtype=np.int64))


def _totals(whole: Overlaps, source: str, levels: Array, rule: Rule) -> tuple[list[int], int, int]:
    """The fewest totals over all areas of a source that have to be left out: the switches, how often that was
    tried, and how many hidden figures all totals together would have narrowed.

    Totals of the ledger are left out first, and only then those that expected numbers are made of.
    """
    own = np.array([i for i, place in enumerate(whole.places) if place.source == source], dtype=np.int64)
    part = part_of(whole.system, own)
    places = [whole.places[i] for i in own]
    ledger = [
        whole.ledger_switch[of] for fate in (READ, COUNTED) if (of := (source, fate)) in whole.ledger_switch
    ]
    ratios = [switch for (name, *_), switch in sorted(whole.expected_switch.items()) if name == source]
    tries = 0

    def left(withheld: Sequence[int]) -> list[int]:
        nonlocal tries
        tries += 1
        turned = levels.copy()
        turned[list(withheld)] = 1
        found = narrowed(_read(part.system, places, turned[part.switches], rule))
        return sorted({int(own[figure]) for figure, _, _ in found})

    if not (given := left([])):
        return [], tries, 0
    hidden = ratios if left(ledger) else []
    for switch in hidden:
        fewer = [other for other in hidden if other != switch]
        hidden = hidden if left([*ledger, *fewer]) else fewer
    for totals in ([], ledger[:1], ledger[1:], ledger):
        if not (still := left([*hidden, *totals])):
            return [*hidden, *totals], tries, len(given)
    raise UnprotectableError(still)


def _refused(places: Sequence[Place], sources: Sequence[Source]) -> CommonwealError:
    """What can't be protected, and by leaving what out it could be."""
    rows = {row["row#"]: row for source in sources for row in source.rows.iter_rows(named=True)}
    named = list(dict.fromkeys(_name(place, rows) for place in places))
    listed = "; ".join(named[:NAMED]) + (f"; and {len(named) - NAMED} more" if len(named) > NAMED else "")
    indicators = sorted({rows[p.row]["indicator"] for p in places if p.row in rows})
    what = (
        f"hidden figures could be worked out from what is published: {listed or 'see the earlier editions'}"
    )
    leave = f"Leave out {', '.join(indicators)}" if indicators else "Leave out an indicator of that source"
    remedy = f"{leave}, or the indicators and periods that overlap with it."
    return CommonwealError(Fault("PROTECT-EXPOSED", what, remedy, path=("protect",)))


def _name(place: Place, rows: Mapping[int, Mapping[str, Any]]) -> str:
    row = rows.get(place.row)
    if row is None:
        return f"{place.fate} in the records of {place.source}"
    return f"{row['indicator']} in {row['area']}, {row['period']}"


def narrowest(system: System) -> int | None:
    """The fewest values that a hidden count is left with; None where nothing is hidden.

    After a trial that is every value of 1 to `keep`.
    """
    keep: Array = system.keep[system.guarded]
    return int(np.min(keep)) if len(keep) else None
