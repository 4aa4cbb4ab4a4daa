"""From scores to meaning: everything that is said about an edition, worked out at once."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from commonweal.insight.benchmarks import benchmarks
from commonweal.insight.convergence import convergence, spread
from commonweal.insight.overtaking import overtaking
from commonweal.insight.peers import peers
from commonweal.insight.performance import performance
from commonweal.insight.place_pattern import place_pattern
from commonweal.insight.progress import progress
from commonweal.insight.statements import statements
from commonweal.insight.trends import trends
from commonweal.insight.uncertainty.sure import how_sure
from commonweal.insight.unevenness import unevenness
from commonweal.model.edition import Edition
from commonweal.report import Report, silent


def interpret(edition: Edition, given_benchmarks: pl.DataFrame, report: Report = silent) -> Edition:
    """The same edition with its peers, performance, progress, unevenness, benchmarks and statements.

    Peers and performance need a peer rule, progress, trends and convergence a progress rule, and how sure
    they are its rule; without one they stay empty.
    `given_benchmarks` has name, period, indicator, value and may have lower, upper, numerator, denominator;
    `report` is told how far draws have come.
    Raises PEERS-ATTRIBUTE, PEERS-IN-INDEX, PEERS-FEW, PROGRESS-PERIODS, PROGRESS-SINCE, PROGRESS-SCALE.
    """
    scoring = edition.scoring
    meant = replace(
        edition,
        unevenness=unevenness(scoring),
        benchmarks=benchmarks(scoring, edition.areas, edition.observations, edition.place, given_benchmarks),
        pattern=place_pattern(scoring, edition.areas),
        overtaking=overtaking(scoring),
    )
    if edition.peer_rule is not None:
        near = peers(scoring, edition.areas, edition.peer_rule)
        meant = replace(meant, peers=near, performance=performance(scoring, near, edition.peer_rule))
    if edition.progress_rule is not None:
        rule = edition.progress_rule
        meant = replace(
            meant,
            progress=progress(scoring, rule),
            trends=trends(scoring, rule),
            convergence=convergence(scoring, rule),
            spread=spread(scoring),
        )
    if edition.uncertainty_rule is not None:
        meant = how_sure(meant, report=report)
    return replace(meant, tell=statements)
