"""When the records of a source happened, and the stretches of time that its measures are formed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from commonweal.model.period import Period
from commonweal.model.source import Measure
from commonweal.sources.dates import Month, earlier, inside, pooled
from commonweal.sources.measure.observe import Window, share_covered


@dataclass(frozen=True, slots=True)
class Times:
    """The span of each date as written, the periods that are wanted, and the months that are covered.

    `back` says for a measure how many years before those periods it is wanted too: a change is made of it.
    """

    spans: Mapping[str | None, Period]
    wanted: tuple[Period, ...]
    covered: frozenset[Month]
    back: Mapping[str, frozenset[int]]

    def windows(self, measure: Measure) -> list[Window]:
        """The periods a measure is observed in, with the stretch that counts for each, oldest first."""
        found = set(self.wanted)
        for years in self.back.get(measure.indicator, ()):
            found |= {before for period in self.wanted if (before := earlier(period, years)) is not None}
        return [
            Window(period, over, share_covered(over, self.covered))
            for period in sorted(found)
            for over in (pooled(period, measure.pool),)
        ]

    def within(self, stretch: Period) -> list[str | None]:
        """The dates as written that lie in a stretch."""
        return [text for text, span in self.spans.items() if inside(span, stretch)]

    def kept(self, measures: Iterable[Measure]) -> list[str | None]:
        """The dates as written that lie in any stretch a measure counts, or in a period that is wanted."""
        stretches = {window.over for measure in measures for window in self.windows(measure)}
        stretches |= set(self.wanted)
        return [text for text, span in self.spans.items() if any(inside(span, over) for over in stretches)]


def going_back(measures: Iterable[Measure]) -> Mapping[str, frozenset[int]]:
    """For each measure that a change is made of, over how many years."""
    found: dict[str, frozenset[int]] = {}
    for measure in measures:
        if measure.kind == "change":
            found[measure.of] = found.get(measure.of, frozenset()) | {measure.years}
    return found
