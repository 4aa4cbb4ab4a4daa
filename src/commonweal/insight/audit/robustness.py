"""Step 7: how far the order of areas would change without one of the parts."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from commonweal.insight import words
from commonweal.insight.audit.document import Column, Finding, Mark, Part, Table
from commonweal.insight.audit.facts import MOST_FOR_PAIRS, Facts
from commonweal.insight.diagnose.outranking import dominant, outranking
from commonweal.insight.diagnose.removal import removals

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
    rows = tuple(table.head(_MOST_ROWS).select([column.name for column in columns]).rows())
    title = "The index without one part"
    note = f"The {_MOST_ROWS} that matter most of {table.height}." if table.height > _MOST_ROWS else ""
    findings = [*_removed(facts, table), *_clear(facts), *_ranges(facts)]
    return Part(7, tuple(findings), (Table("without", title, columns, rows, note),))


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
    ranges = facts.edition.scores.select("rank_low", "range_low")
    if ranges["rank_low"].null_count() < ranges.height or ranges["range_low"].null_count() < ranges.height:
        return []
    return [
        Finding(
            Mark.LOOK,
            "This edition holds no ranges of ranks.",
            "How far chance or other choices of method could move an area is not known from it.",
            "Do not read a difference of a few places as a difference between areas.",
        )
    ]
