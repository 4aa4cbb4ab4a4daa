"""What someone who knows the data in general may take for granted about it, and would be right in.

From the filters alone a sex may be anything. Whoever knows that it is F or M in this source knows that both
together are all, and could use it. So each thing that could be known of a source is tried on the exact
counts: where it holds, the intruder is given it. Each makes the intruder stronger, so what withstands it
withstands others too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from commonweal.sources.filter import columns_of
from commonweal.sources.ledger import COUNTED
from commonweal.sources.protect.disclosure.intruder import consistent
from commonweal.sources.protect.disclosure.system import Figure, System
from commonweal.sources.protect.expected import groups, totals
from commonweal.sources.protect.known import Role
from commonweal.sources.protect.layout import Atoms, Key
from commonweal.sources.protect.logic import World
from commonweal.sources.protect.overlaps import Former, Source, key_of, laid_out, names_everyone

#: Area -> what is counted -> how many.
Exact = Mapping[str, Mapping[Key, float]]

_EVERYWHERE: Final = ""


def as_known(source: Source) -> Source | None:
    """The source with everything that holds of it; None where its figures are no sums of the same records.

    Tried are, column by column, that every cell is filled, then that it holds nothing but what the filters
    mention; and that no record was counted outside the periods that are published.
    """
    exact = _exact(source)
    together = _together(exact)
    source = replace(source, former=tuple(_unrevised(source, exact)))
    if not _holds(source, together) or not _holds(source, exact):
        return None
    for more in _more(source):
        tried = replace(source, worlds={**source.worlds, **more}) if more else replace(source, whole=True)
        if _holds(tried, together) and _holds(tried, exact):
            source = tried
    return source


def _unrevised(source: Source, exact: Exact) -> list[Former]:
    """The former figures that can be of the same records as the present ones; the others were revised."""
    together: dict[tuple[str, ...], list[Former]] = {}
    for old in sorted(source.former, key=lambda old: len(old.areas)):
        together.setdefault(old.areas, []).append(old)
    kept: list[Former] = []
    for areas, own in together.items():
        if not exact.keys() >= set(areas):
            continue
        here = {area: exact[area] for area in areas}
        beside = [old for old in kept if set(areas).issuperset(old.areas)]
        if _holds(replace(source, former=(*beside, *own)), here):
            kept += own
            continue
        for old in own:
            if _holds(replace(source, former=(*beside, old)), here):
                beside.append(old)
                kept.append(old)
    return kept


def _more(source: Source) -> Iterator[Mapping[str, World]]:
    """What is tried, in order; nothing stands for what is said of the periods."""
    columns = sorted(
        set[str]().union(
            *(columns_of(c) for count in source.counts.values() for c in (count.numerator, count.base)),
            {count.people for count in source.counts.values() if count.people},
        )
    )
    for column in columns:
        yield {column: World.FILLED}
        yield {column: World.CLOSED}
    if source.fates:
        yield {}


def _exact(source: Source) -> Exact:
    """The exact counts behind the published figures."""
    found: dict[str, dict[Key, float]] = {}
    for row in source.rows.iter_rows(named=True):
        count = source.counts[row["indicator"], row["period"]]
        here = found.setdefault(row["area"], {})
        if row["numerator"] is not None:
            here[key_of(count, Role.COUNT)] = row["numerator"]
        if row["denominator"] is not None and source.counts_base(row["kind"]):
            here[key_of(count, Role.BASE)] = row["denominator"]
    return found


def _together(exact: Exact) -> Exact:
    """The counts of all areas as if they were one: what does not hold there does not hold."""
    whole: dict[Key, float] = {}
    for counts in exact.values():
        for key, number in counts.items():
            whole[key] = whole.get(key, 0.0) + number
    return {_EVERYWHERE: whole}


def _holds(source: Source, exact: Exact) -> bool:
    """Whether there are records that have these exact counts."""
    figures: list[Figure] = []
    everywhere: list[int] = []
    keys = [key for counts in exact.values() for key in counts] + [old.key for old in source.former]
    keys += groups(source.counts)
    laid, everyone = laid_out(keys, source.worlds, everyone=bool(source.fates))
    starts: dict[str, int] = {}
    for place, (area, counts) in enumerate(sorted(exact.items())):
        first = place * laid.size

        def moved(atoms: Atoms, first: int = first) -> Atoms:
            return tuple(first + atom for atom in atoms)

        figures += [Figure(moved(t.atoms), t.low, t.high, less=moved(t.less)) for t in laid.ties]
        figures += [Figure(moved(laid.atoms[key]), n, n) for key, n in counts.items() if laid.atoms[key]]
        starts[area] = first
        for key, n in counts.items():
            if n == 0 and len(key) == 3 and isinstance(key[0], str) and names_everyone(source, key[0]):
                figures.append(Figure(moved(laid.atoms[key[1], key[2]]), 0, 0))
        if any(n > 0 and not laid.atoms[key] for key, n in counts.items()):
            return False
        everywhere += moved(everyone)
    for old in source.former:
        if starts.keys() >= set(old.areas):
            atoms = tuple(starts[area] + atom for area in old.areas for atom in laid.atoms[old.key])
            figures.append(Figure(atoms, old.low, old.high))
    for total in totals(source.counts, laid, starts):
        if total.whole and total.atoms:
            figures.append(Figure(total.atoms, total.count, total.count))
    if source.whole and not everywhere:
        return False
    if source.fates and source.whole:
        figures.append(Figure(tuple(everywhere), source.fates[COUNTED], source.fates[COUNTED]))
    elif everywhere:
        figures.append(Figure(tuple(everywhere), 0, source.fates[COUNTED]))
    figures = [figure for figure in figures if figure.atoms or figure.less]
    return not figures or consistent(System.of(figures))
