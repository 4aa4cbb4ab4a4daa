"""From scores to meaning: everything that is said about an edition, worked out at once."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from commonweal.insight.benchmarks import benchmarks
from commonweal.insight.peers import peers
from commonweal.insight.performance import performance
from commonweal.insight.progress import progress
from commonweal.insight.statements import statements
from commonweal.insight.uncertainty.sure import how_sure
from commonweal.insight.unevenness import unevenness
from commonweal.model.edition import Edition


def interpret(edition: Edition, given_benchmarks: pl.DataFrame) -> Edition:
    """The same edition with its peers, performance, progress, unevenness, benchmarks and statements.

    Peers and performance need a peer rule, progress a progress rule, and how sure they are its rule;
    without one they stay empty.
    `given_benchmarks` has name, period, indicator, value and may have lower, upper, numerator, denominator.
    Raises PEERS-ATTRIBUTE, PEERS-IN-INDEX, PEERS-FEW, PROGRESS-SINCE, PROGRESS-SCALE.
    """
    scoring = edition.scoring
    meant = replace(
        edition,
        unevenness=unevenness(scoring),
        benchmarks=benchmarks(scoring, edition.areas, edition.observations, edition.place, given_benchmarks),
    )
    if edition.peer_rule is not None:
        near = peers(scoring, edition.areas, edition.peer_rule)
        meant = replace(meant, peers=near, performance=performance(scoring, near, edition.peer_rule))
    if edition.progress_rule is not None:
        meant = replace(meant, progress=progress(scoring, edition.progress_rule))
    if edition.uncertainty_rule is not None:
        meant = how_sure(meant)
    return replace(meant, tell=statements)
