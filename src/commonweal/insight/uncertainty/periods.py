"""A scoring with some of its periods, for work that need not look at all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from commonweal.arrays import Array
from commonweal.model.edition import Scoring


def only_periods(scoring: Scoring, kept: Sequence[int]) -> Scoring:
    """The same scores in the periods at these positions; scales and weights are still those of all."""
    whole = len(scoring.periods)
    at = list(kept)
    if at == list(range(whole)):
        return scoring

    def by_period(held: Array) -> Array:
        return held[at] if len(held) == whole else held

    def of_one_or_all(held: Array) -> Array:
        return held if len(held) == 1 else held[at]

    return replace(
        scoring,
        periods=tuple(scoring.periods[p] for p in at),
        values=scoring.values[at],
        value_status=scoring.value_status[at],
        entered_from=scoring.entered_from[at],
        scores=scoring.scores[at],
        status=scoring.status[at],
        ranks=scoring.ranks[at],
        of=scoring.of[at],
        child_weights={parent: of_one_or_all(held) for parent, held in scoring.child_weights.items()},
        fits=of_one_or_all(scoring.fits),
        met=None if scoring.met is None else scoring.met[at],
        divisors=None if scoring.divisors is None else scoring.divisors[at],
        curves=tuple(of_one_or_all(curve) for curve in scoring.curves),
        trace=tuple(replace(step, values=by_period(step.values)) for step in scoring.trace),
    )
