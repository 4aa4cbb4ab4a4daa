"""Step 7: how far the order of areas would change without one of the parts."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import polars as pl

from commonweal.insight import words
from commonweal.insight.audit.document import Column, Finding, Mark, Part, Table
from commonweal.insight.audit.facts import MOST_FOR_PAIRS, Facts, agree
from commonweal.insight.diagnose.outranking import dominant, outranking
from commonweal.insight.diagnose.removal import removals
from commonweal.model.uncertainty import Uncertainty

_MOST_ROWS: Final = 25


def part(facts: Facts) -> Part:
    """The index without each part, and how many pairs of areas are clear whatever the weights."""
    nodes = [node.id for node in facts.tree if node.parent]
    table = removals(facts.edition.scoring, nodes).drop_nulls("mean_rank_change")
    if table.is_empty():
        findings = [
            Finding(
                Mark.NOTE,
                "The index was not taken again without its parts.",
                "Its aggregation can’t be taken again from weights and scores alone.",
            )
        ]
        return Part(7, (*findings, *_clear(facts), *_ranges(facts)))
    table = table.sort(["mean_rank_change", "node"], descending=[True, False])
    columns = (
        Column("node", "Without", "node"),
        Column("level", "Level", "text"),
        Column("mean_rank_change", "Places an area moves, on average"),
        Column("largest_rank_change", "Places at most", "count"),
    )
    title = "The index without one part"
    note = f"The {_MOST_ROWS} that matter most of {table.height}." if table.height > _MOST_ROWS else ""
    findings = [*_removed(facts, table), *_clear(facts), *_ranges(facts)]
    return Part(7, tuple(findings), (Table.of("without", title, columns, table.head(_MOST_ROWS), note),))


def _removed(facts: Facts, table: pl.DataFrame) -> list[Finding]:
    findings = []
    for kind in (False, True):
        ids = [node.id for node in facts.tree if node.parent and node.is_indicator == kind]
        top = table.filter(pl.col("node").is_in(ids)).head(1)
        if top.is_empty():
            continue
        row = top.row(0, named=True)
        findings.append(
            Finding(
                Mark.NOTE,
                f"Of the {'indicators' if kind else 'groups'}, leaving out {facts.name(row['node'])} moves"
                f" {facts.types} most: {words.number(row['mean_rank_change'])} places on average of"
                f" {row['areas']:,}, {row['largest_rank_change']:,} at most.",
                "The larger the move, the more the order rests on that part.",
                "" if kind else "Be ready to say why it belongs in the index, and with that weight.",
            )
        )
    return findings


def _clear(facts: Facts) -> list[Finding]:
    children = facts.tree.children(facts.root.id)
    if len(children) < 2:
        return []
    if facts.areas > MOST_FOR_PAIRS:
        return [
            Finding(
                Mark.NOTE,
                f"Areas were not compared pair by pair: there are more than {MOST_FOR_PAIRS:,}.",
            )
        ]
    x = facts.columns(children)
    x = x[~np.isnan(x).any(axis=1)]
    pairs = len(x) * (len(x) - 1) // 2
    if not pairs:
        return []
    clear = dominant(outranking(x, np.ones(len(children))))
    kind = words.types(children[0].level, len(children))
    return [
        Finding(
            Mark.NOTE,
            f"In {100 * clear / pairs:.0f}% of the pairs of {facts.types} one is at least as good in every"
            f" one of the {len(children)} {kind}.",
            "Whatever the weights, their order stays. That of the other pairs depends on the weights.",
        )
    ]


def _ranges(facts: Facts) -> list[Finding]:
    """How far chance, and other choices, move areas; or that it is not known."""
    found = facts.edition.uncertainty
    if found is None or found.why_not:
        return [
            Finding(
                Mark.LOOK,
                "This edition holds no ranges of ranks.",
                (found.why_not if found else "")
                or "How far chance or other choices of method could move an area is not known from it.",
                "Do not read a difference of a few places as a difference between areas.",
            )
        ]
    root = facts.edition.scoring.node_index[facts.root.id]
    return [*_by_chance(facts, found, root), *_by_choice(facts, found, root), *_marks_by_chance(facts, found)]


def _by_chance(facts: Facts, found: Uncertainty, root: int) -> list[Finding]:
    if not found.known:
        return [
            Finding(
                Mark.LOOK,
                "No figure comes with a count or an interval, so ranks have no range from chance.",
                "It does not mean that they are certain: nothing says how far chance could move them.",
                "Give numerators and denominators, or intervals, where there are any.",
            )
        ]
    share = len(found.known) / len(facts.indicators)
    wide = _width(found.ranks[-1, :, root])
    same = (
        f" {agree(len(found.groups), 'group of areas', 'groups of areas')} can’t be told apart."
        if found.groups
        else ""
    )
    return [
        Finding(
            Mark.NOTE,
            f"In {found.replications:,} draws of chance alone a rank of the index moves over"
            f" {words.number(wide)} places on average, in the middle 9 of 10 draws.{same}",
            f"Chance is known for {len(found.known)} of {len(facts.indicators)} indicators, {share:.0%}:"
            " those with a count or an interval. The others are taken as they are, so ranges may be too"
            " narrow.",
        )
    ]


def _by_choice(facts: Facts, found: Uncertainty, root: int) -> list[Finding]:
    if not found.reruns:
        return [Finding(Mark.LOOK, "Scores were not made again with other choices of method.")]
    findings = [
        Finding(
            Mark.NOTE,
            f"In 9 of 10 of {found.reruns:,} re-runs with other choices a rank of the index moves over"
            f" {words.number(_width(found.ranges[-1, :, root]))} places on average.",
            f"What varied: {words.listed([one.name for one in found.varied])}.",
        )
    ]
    if found.failed:
        count = agree(found.failed, "re-run", "re-runs")
        findings.append(
            Finding(Mark.LOOK, f"{count} gave no index, and {'is' if found.failed == 1 else 'are'} left out.")
        )
    return findings


def _marks_by_chance(facts: Facts, found: Uncertainty) -> list[Finding]:
    if not found.marks:
        return []
    indicators = [node.id for node in facts.indicators if node.id in found.known]
    latest = facts.edition.performance.filter(
        (pl.col("period") == facts.period)
        & pl.col("node").is_in(indicators)
        & pl.col("class").is_in(["over", "under"])
    )
    by_chance = sum(expected for expected, _ in found.marks.values())
    return [
        Finding(
            Mark.NOTE,
            f"Of the indicators of which chance is known {latest.height:,}"
            f" {'mark is' if latest.height == 1 else 'marks are'} over or under; chance"
            f" alone would make about {words.number(by_chance, 0)}, were all {facts.types} alike.",
            "A single mark says little. Those drawn solid would come out the same 9 times in 10.",
        )
    ]


def _width(ends: Any) -> float:
    """How many places a range of ranks holds, on average over the areas that have one."""
    there = ends[ends[:, 0] > 0]
    return float((there[:, 1] - there[:, 0] + 1).mean()) if len(there) else 0.0
