"""Statements about an area beside others: its peers, its past, its benchmarks, and an even place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import polars as pl

from commonweal.insight import words
from commonweal.insight.basis import difference, scored_indicators
from commonweal.insight.facts import Facts, Statement
from commonweal.insight.peers import peer_index
from commonweal.insight.performance import OVER, UNDER, WITHIN
from commonweal.insight.split import split
from commonweal.model.framework import Node

#: A class below this probability is likelier not so.
_EVEN: Final = 0.5


def about_comparisons(facts: Facts) -> Iterator[Statement]:
    """What an area page says from peers, progress, unevenness and benchmarks."""
    yield from _marks(facts)
    yield from _against_peers(facts)
    yield from _progress(facts)
    yield from _unevenness(facts)
    yield from _benchmarks(facts)


def _marks(facts: Facts) -> Iterator[Statement]:
    """On how many indicators an area is over, within and under its peers' usual range."""
    indicators = [node.id for node in facts.edition.framework.indicators]
    marks = facts.edition.performance.filter(
        (pl.col("period") == facts.period) & pl.col("node").is_in(indicators)
    )
    if marks.is_empty():
        return
    counts = marks.group_by("area").agg(
        *((pl.col("class") == mark).sum().alias(mark) for mark in (OVER, WITHIN, UNDER))
    )
    peers = words.count(_peer_count(facts))
    for row in counts.sort("area").iter_rows(named=True):
        total = row[OVER] + row[WITHIN] + row[UNDER]
        over, within, under = (words.tally(row[mark]) for mark in (OVER, WITHIN, UNDER))
        of = "the one indicator" if total == 1 else f"{total} indicators"
        text = (
            f"Of {of} compared, {facts.name(row['area'])} is over the usual range of its {peers} peers"
            f" on {over}, within it on {within} and under it on {under}."
        )
        yield Statement("marks", text, row["area"], "", "peers", float(row[UNDER]))


def _peer_count(facts: Facts) -> int:
    return facts.edition.peers["order"].n_unique()


def _against_peers(facts: Facts) -> Iterator[Statement]:
    """Which part takes most from an area's index, and which adds most, against the mean of its peers."""
    if facts.edition.peers.is_empty():
        return
    peers = peer_index(facts.edition.scoring, facts.edition.peers)
    top = facts.index(facts.root)
    here = np.repeat(np.arange(len(peers)), peers.shape[1])
    there = peers.reshape(-1)
    scored = (there >= 0) & np.isfinite(facts.scores[here, top]) & np.isfinite(facts.scores[there, top])
    here, there = here[scored], there[scored]
    when = np.full_like(here, facts.at)
    parts = split(facts.edition.scoring, (when, there), (when, here), top)
    nodes = _named_parts(facts)
    at = np.array([facts.index(node) for node in nodes])
    members = np.bincount(here, minlength=len(peers))
    total = np.bincount(here, parts.points[:, top], len(peers))
    shares = np.stack([np.bincount(here, parts.points[:, n], len(peers)) for n in at], axis=1)
    compared = np.stack([np.bincount(here, parts.shown[:, n], len(peers)) for n in at], axis=1)
    for area in np.nonzero(members)[0]:
        points, gap = shares[area] / members[area], total[area] / members[area]
        # a score that is not there, or rests on hidden figures alone, neither lifts nor holds back
        unseen = [not facts.seen(int(area), node) for node in nodes]
        points[(compared[area] < members[area]) | unseen] = 0.0
        who = f"its {words.count(int(members[area]))} {'peer' if members[area] == 1 else 'peers'}"
        for kind, n, verb in (
            ("holds-back", int(points.argmin()), "holds {} back"),
            ("lifts", int(points.argmax()), "lifts {}"),
        ):
            if abs(points[n]) < 0.005 or (points[n] < 0) != (kind == "holds-back"):
                continue
            text = (
                f"{words.sentence(words.inside(nodes[n].name))} {verb.format(facts.names[area])} most against"
                f" {who}: {words.signed(points[n], 2)} points, in a gap of {words.signed(gap, 2)}."
            )
            yield Statement(kind, text, facts.codes[area], nodes[n].id, "peers", float(points[n]))


def _named_parts(facts: Facts) -> list[Node]:
    """The nodes two below the index if all there are parents, else those just below it."""
    tree = facts.edition.framework
    below = [child for part in facts.parts for child in tree.children(part.id) or (part,)]
    return list(facts.parts) if any(node.is_indicator for node in below) else below


def _progress(facts: Facts) -> Iterator[Statement]:
    """How the index and its dimensions moved, an area at a time."""
    wanted = [facts.root.id, *(part.id for part in facts.parts if not part.is_indicator)]
    rows = facts.edition.progress.filter(pl.col("node").is_in(wanted) & pl.col("per_year").is_not_null())
    for row in rows.iter_rows(named=True):
        name, node = facts.name(row["area"]), facts.edition.framework[row["node"]]
        if not facts.seen(facts.codes.index(row["area"]), node):
            continue
        what = "index" if node == facts.root else f"score for {words.inside(node.name)}"
        how = moved(facts, row["per_year"], row["since"], row["until"])
        mark = row["class"] or ""
        end = f": {_classed(mark, row['probability'])}" if mark else f", {_unlike(facts, row)}"
        yield Statement(
            "progress", f"{words.possessive(name)} {what} {how}{end}.", row["area"], node.id, row["since"],
            row["per_year"], mark, probability=row["probability"],
        )  # fmt: skip


def _classed(mark: str, probability: float | None) -> str:
    """A class with its probability, where chance is known; one that is likelier not so says it first.

    >>> _classed("stagnation", 0.812), _classed("stagnation", 0.999), _classed("stagnation", None)
    ('stagnation, with a probability of 0.81', 'stagnation, with a probability above 0.99', 'stagnation')
    >>> _classed("deterioration", 0.004)
    'by its size deterioration, but more likely of another class (this one has a probability below 0.01)'
    """
    if probability is None:
        return mark
    how = (
        "above 0.99"
        if probability > 0.99
        else "below 0.01"
        if probability < 0.01
        else f"of {probability:.2f}"
    )
    if probability < _EVEN:
        return f"by its size {mark}, but more likely of another class (this one has a probability {how})"
    return f"{mark}, with a probability {how}"


def _unlike(facts: Facts, row: dict[str, Any]) -> str:
    """Which indicators are behind one end of an area's change only."""
    scoring, since, until = facts.edition.scoring, row["since"], row["until"]
    area = scoring.area_index[row["area"]]
    first, last = (scored_indicators(scoring, area, scoring.period_index[end]) for end in (since, until))
    return difference(facts.edition.framework, row["node"], first, last, since, until)


def moved(facts: Facts, per_year: float, since: str, until: str) -> str:
    """A change a year as a verb: "rose 0.7 points a year from 2014 to 2018"."""
    size = facts.points(abs(per_year))
    if not size.strip("0."):
        how = "hardly moved" if words.number(per_year, 9).strip("0.") else "stayed as it was"
        return f"{how} from {since} to {until}"
    unit = "point" if float(size.replace(",", "")) == 1 else "points"
    return f"{'rose' if per_year > 0 else 'fell'} {size} {unit} a year from {since} to {until}"


def _unevenness(facts: Facts) -> Iterator[Statement]:
    """What an area's index loses because its scores are far apart, and where most of it is lost."""
    rows = facts.edition.unevenness.filter(
        (pl.col("period") == facts.period) & (pl.col("node") == facts.root.id)
    )
    for (area,), parts in rows.group_by("area", maintain_order=True):
        code, cost = str(area), float(parts["points"].sum())
        if cost < 0.005:
            continue
        score = facts.score(facts.edition.scoring.area_index[code], facts.root)
        text = (
            f"Being uneven costs {facts.name(code)} {words.points(cost, 2)}: with the same scores,"
            f"{_floored(facts, code)} averaged plainly, its index would be {words.number(score + cost, 2)}."
        )
        if parts.height > 1:
            part, most = (
                parts.sort("points", descending=True, maintain_order=True).select("part", "points").row(0)
            )
            text += f" The largest part of that, {words.points(most, 2)}, is lost {_where(facts, part)}."
        yield Statement("unevenness", text, code, facts.root.id, "", cost)


def _floored(facts: Facts, code: str) -> str:
    """What is to be said where the floor lifted a score: the plain mean is one of lifted scores too."""
    floored = facts.edition.scoring.floored
    if floored.is_empty() or floored.filter(period=facts.period, area=code).is_empty():
        return ""
    return f" none counted below {words.value(facts.edition.recipe.floor or 0.0)},"


def _where(facts: Facts, part: str) -> str:
    if part != facts.root.id:
        return f"within {words.inside(facts.edition.framework[part].name)}"
    n = len(facts.parts)
    return f"between the {words.count(n)} {words.types(facts.parts[0].level, n)}"


def _benchmarks(facts: Facts) -> Iterator[Statement]:
    """How far an area's index is from each benchmark's."""
    rows = facts.edition.benchmarks.filter(
        (pl.col("period") == facts.period) & (pl.col("node") == facts.root.id) & pl.col("score").is_not_null()
    )
    for name, theirs in rows.select("name", "score").sort("name").iter_rows():
        for area, code in enumerate(facts.codes):
            mine = facts.score(area, facts.root)
            if not np.isfinite(mine):
                continue
            gap = mine - theirs
            how = "above" if gap > 0 else "below"
            apart = "the same as" if abs(gap) < 0.005 else f"{words.points(gap, 2)} {how}"
            text = (
                f"{words.possessive(facts.names[area])} index is {apart} that of {name}"
                f" ({words.number(theirs, 2)})."
            )
            yield Statement("benchmark", text, code, facts.root.id, name, gap)
