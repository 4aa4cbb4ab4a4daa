"""Which further figures to hide, so that none that is hidden can be worked out from those that are shown.

A pattern is chosen, an intruder tries it, and each hidden figure that is narrowed teaches a *cut*: of these
figures, some have to be hidden too. The cheapest pattern that respects all cuts is tried next, until the
intruder finds nothing. Cuts come from the duals of the intruder's linear program and hold for every safe
pattern, so the last pattern is the cheapest safe one.

Source: M. Fischetti and J. J. Salazar-González, Models and algorithms for optimizing cell suppression in
tabular data with linear constraints, Journal of the American Statistical Association 95 (2000), 916-928.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from commonweal.arrays import Array
from commonweal.sources.protect.disclosure.intruder import WHOLE, Exposure, exposures, impossible, narrowed
from commonweal.sources.protect.disclosure.linear import TOLERANCE, choose
from commonweal.sources.protect.disclosure.system import System, parts
from commonweal.sources.protect.rule import Rule

#: With more switches than this in one connected part, cuts are covered greedily instead of at least cost.
EXACT: Final = 400
#: After this many rounds without an end, likewise.
ROUNDS: Final = 80
#: Ranges of more hidden figures than this are widened alike, not one by one.
ONE_BY_ONE: Final = 120
#: The widest range published: 2^40 classes.
WIDEST: Final = 40

#: Switches, and how far each brings a narrowed figure back to where it must be: at least 1 in all.
Cut = tuple[Array, Array]


class UnprotectableError(ValueError):
    """Hidden figures that are narrowed by figures which nothing can hide; `figures` says which."""

    def __init__(self, figures: Sequence[int]) -> None:
        super().__init__(f"{len(figures)} hidden figures can't be protected")
        self.figures = tuple(figures)


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """What is hidden to protect others: for each switch 0, or how far its range is widened.

    A range widened to level n is the block of 2^n classes that the count lies in (`Rule.block`). `exposed`
    counts the figures that the rule alone gave away, `tries` how often the intruder was let loose, `exact`
    says that no cheaper pattern is safe.
    """

    levels: Array
    exposed: int = 0
    tries: int = 1
    exact: bool = True


def suppress(system: System, rule: Rule, exposed: Collection[int] | None = None) -> Pattern:
    """The cheapest pattern that leaves every guarded figure open, with the narrowest ranges that do.

    `exposed` are the figures that an intruder narrows in the system as it is, where they are known already.
    Connected parts that are alike are solved once. Raises UnprotectableError where hiding everything would
    not do, ContradictionError where nothing fits.
    """
    first = {figure for figure, _, _ in narrowed(system)} if exposed is None else set(exposed)
    levels = np.zeros(len(system.cost), dtype=np.int64)
    tries, exact, lost = 1, True, list[int]()
    solved: dict[tuple[bytes, ...], tuple[Array, int, bool] | UnprotectableError] = {}
    for part in parts(system) if first else []:
        if first.isdisjoint(part.figures.tolist()):
            continue
        found = solved.get(part.system.signature)
        if found is None:
            found = solved[part.system.signature] = _solved(part.system, rule)
            tries += 0 if isinstance(found, UnprotectableError) else found[1]
        if isinstance(found, UnprotectableError):
            lost += [int(part.figures[figure]) for figure in found.figures]
            continue
        levels[part.switches] = found[0]
        exact &= found[2]
    if lost:
        raise UnprotectableError(sorted(lost))
    return Pattern(levels, len(first), tries, exact)


def _solved(system: System, rule: Rule) -> tuple[Array, int, bool] | UnprotectableError:
    """The levels of one part's pattern, how often the intruder tried, whether nothing cheaper is safe."""
    try:
        found = _Search(system).run()
    except UnprotectableError as error:
        return error
    ranged, more = _narrowest(system, found.hidden, rule)
    return ranged, found.tries + more, found.exact


def published(system: System, levels: Array, rule: Rule) -> System:
    """The system as a reader knows it once the switches are turned: with the ranges published then."""
    if not levels.any():
        return system
    low, high = system.low.copy(), system.high.copy()
    level = np.append(levels, 0)[system.switch]
    for figure in np.flatnonzero(level):
        class_ = int(system.class_[figure])
        low[figure], high[figure] = (0, np.inf) if class_ < 0 else rule.block(class_, int(level[figure]))
    return system.ranged(low, high)


def safe(system: System) -> bool:
    """Whether every guarded figure stays open, to whole numbers too where the system is small."""
    return not exposures(system) and not (_small(system) and impossible(system))


def _small(system: System) -> bool:
    """Whether whole numbers are tried too: of counts, where there are few."""
    return system.whole and system.atoms <= WHOLE


@dataclass(slots=True)
class _Search:
    """The cuts learned so far about one connected part, and the pattern that respects them."""

    system: System
    cuts: list[Cut] = field(default_factory=list)
    hidden: Array = field(default_factory=lambda: np.zeros(0, dtype=bool))
    tries: int = 0
    exact: bool = True

    def run(self) -> _Search:
        self.hidden = np.zeros(len(self.system.cost), dtype=bool)
        self.exact = len(self.hidden) <= EXACT
        while learned := self._learn():
            self.cuts += learned
            self.exact &= self.tries < ROUNDS
            self._choose(learned)
        if not self.exact:
            self._spare()
        return self

    def _learn(self) -> list[Cut]:
        self.tries += 1
        loose = self.system.loosened(self.hidden)
        if found := exposures(loose):
            cuts = [_cut(self.system, exposure, self.hidden) for exposure in found]
            short = 1.0 - TOLERANCE
            if lost := [e.figure for e, cut in zip(found, cuts, strict=True) if cut[1].sum() < short]:
                raise UnprotectableError(sorted(set(lost)))
            return cuts
        if not _small(self.system) or not (closed := impossible(loose)):
            return []
        others = np.flatnonzero(~self.hidden)
        if not len(others):
            raise UnprotectableError(sorted({figure for figure, _ in closed}))
        return [(others, np.ones(len(others)))]

    def _choose(self, learned: list[Cut]) -> None:
        cost, needs = self.system.cost, self.system.needs
        if self.exact:
            found = choose(cost, needs, self.cuts)
            if found is not None:
                self.hidden = found > 0.5
                return
            self.exact = False
        self.hidden = _greedy(cost, needs, learned, self.hidden)

    def _spare(self) -> None:
        """Show again what need not be hidden after all, the dearest first."""
        order = np.argsort(-self.system.cost, kind="stable")
        for switch in [s for s in order if self.hidden[s]][:ONE_BY_ONE]:
            without = self.hidden.copy()
            without[switch] = False
            if (without & (self.system.needs == switch)).any():
                continue
            self.tries += 1
            if safe(self.system.loosened(without)):
                self.hidden = without


def _cut(system: System, exposure: Exposure, hidden: Array) -> Cut:
    """What an exposure teaches: which switches would open the figure again, and how far at most.

    By duality the end of the figure's interval is a sum of ends of ranges times weights. Hiding a figure
    takes its lower end down to 0 and its upper end away, which moves the sum by no more than that.
    """
    missing = abs(exposure.needed - exposure.reached)
    weights = exposure.weights
    off = (system.switch >= 0) & np.append(hidden, False)[system.switch]
    lower = np.where(weights > TOLERANCE, weights * np.where(np.isfinite(system.low), system.low, 0), 0.0)
    upper = np.where((weights < -TOLERANCE) & ~off, np.inf, 0.0)
    missing += float(lower[off].sum())
    gains = np.zeros(len(system.cost))
    switched = system.switch >= 0
    np.add.at(gains, system.switch[switched], (lower + upper)[switched])
    useful = np.flatnonzero(gains > TOLERANCE)
    return useful, np.minimum(gains[useful] / missing, 1.0)


def _greedy(cost: Array, needs: Array, cuts: Sequence[Cut], hidden: Array) -> Array:
    """More switches turned, until every cut is respected: each time the one that does most for its cost."""
    found = hidden.copy()
    while True:
        gain = np.zeros(len(cost))
        for switches, weights in cuts:
            missing = 1.0 - weights[found[switches]].sum()
            if missing > TOLERANCE:
                gain[switches] += np.minimum(weights, missing) * ~found[switches]
        if not gain.any():
            return found
        best = int(np.argmax(gain / cost))
        found[best] = True
        if needs[best] >= 0:
            found[needs[best]] = True


def _narrowest(system: System, hidden: Array, rule: Rule) -> tuple[Array, int]:
    """The narrowest published ranges under which a pattern stays safe, and how often that was tried.

    First the same level for all; then each by itself as low as it goes. Whole numbers are tried last: if they
    do not fit, all keep the same level.
    """
    level, tries = 1, 1
    while level < WIDEST and not safe(published(system, np.where(hidden, level, 0), rule)):
        level, tries = level + 1, tries + 1
    same = np.where(hidden, level, 0)
    ranged = np.unique(system.switch[(system.class_ >= 0) & (system.switch >= 0)])
    one_by_one = [int(switch) for switch in ranged if hidden[switch]]
    if level == 1 or len(one_by_one) > ONE_BY_ONE:
        return same, tries
    levels = same.copy()
    for switch in one_by_one:
        for lower in range(1, level):
            levels[switch] = lower
            tries += 1
            if not exposures(published(system, levels, rule)):
                break
            levels[switch] = level
    return (levels if safe(published(system, levels, rule)) else same), tries + 1
