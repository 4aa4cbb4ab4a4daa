"""The trial: an intruder puts everything published together, and more is hidden until nothing is narrowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from commonweal.errors import CommonwealError, Fault
from commonweal.sources.protect.counting import apart
from commonweal.sources.protect.disclosure.intruder import ContradictionError, consistent, exposures
from commonweal.sources.protect.disclosure.suppress import Pattern, UnprotectableError, published, suppress
from commonweal.sources.protect.disclosure.system import Array, System
from commonweal.sources.protect.overlaps import Earlier, Overlaps, Place, Source, overlaps
from commonweal.sources.protect.rule import Rule

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
        """The sources and fates whose number is not in the ledger."""
        switches = self.overlaps.ledger_switch.items()
        return frozenset(place for place, switch in switches if self.pattern.levels[switch])


def tried(
    sources: Sequence[Source],
    rule: Rule,
    *,
    public_base: Mapping[str, bool],
    minimum_base: int = 0,
    earlier: Sequence[Earlier] = (),
) -> Tried:
    """Find the cheapest pattern under which no hidden figure of any source can be narrowed.

    Raises PROTECT-EXPOSED where there is none.
    """

    def joined(parts: Sequence[Source]) -> Overlaps:
        return overlaps(parts, rule, public_base=public_base, minimum_base=minimum_base, earlier=earlier)

    whole = joined(sources)
    separate: tuple[str, ...] = ()
    if whole.system.guarded.any() and not consistent(whole.system):
        broken = [s.name for s in sources if not consistent(joined([s]).system)]
        separate = tuple(sorted(broken))
        whole = joined([apart(s) if s.name in broken else s for s in sources])
    narrowed = exposures(whole.system)
    try:
        pattern = suppress(whole.system, rule)
    except (UnprotectableError, ContradictionError) as error:
        figures = error.figures if isinstance(error, UnprotectableError) else ()
        raise _refused([whole.places[figure] for figure in figures], sources) from error
    system = published(whole.system, pattern.levels, rule)
    if exposures(system):  # can't be: the last word is not the search's but the intruder's
        raise _refused([whole.places[e.figure] for e in exposures(system)], sources)
    told = tuple((whole.places[e.figure], e.upper, round(e.reached, 6)) for e in narrowed)
    return Tried(whole, pattern, system, separate, told)


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
        return f"the ledger of {place.source}, {place.fate}"
    return f"{row['indicator']} in {row['area']}, {row['period']}"


def narrowest(system: System) -> int | None:
    """The fewest values that a hidden count is left with; None where nothing is hidden.

    After a trial that is every value of 1 to `keep`.
    """
    keep: Array = system.keep[system.guarded]
    return int(np.min(keep)) if len(keep) else None
