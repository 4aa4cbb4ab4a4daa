"""Step 8: what lies behind the high and the low scores."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from commonweal.insight.audit.document import Cell, Column, Finding, Mark, Part, Table
from commonweal.insight.audit.facts import LEVEL, Facts, agree
from commonweal.insight.diagnose.pairs import with_ancestors

_ENDS: Final = 5


def part(facts: Facts) -> Part:
    """Each indicator with its group and with the index, and the scores of those at both ends."""
    found = with_ancestors(facts.scores, facts.tree)
    root = found.filter(
        (pl.col("ancestor") == facts.root.id) & pl.col("node").is_in([n.id for n in facts.indicators])
    )
    findings = [*_drivers(facts, root), *_silent(facts, root)]
    tables = [table for table in (_with_index(facts, found), _ends(facts)) if table.rows]
    return Part(8, tuple(findings), tuple(tables))


def _drivers(facts: Facts, root: pl.DataFrame) -> list[Finding]:
    strong = root.drop_nulls("r").sort(["r", "node"], descending=[True, False]).head(3)
    if strong.is_empty():
        return []
    return [
        Finding(
            Mark.NOTE,
            f"The index moves most closely with {facts.named(strong['node'].to_list())}.",
            "A link is not a cause: they may share one.",
        )
    ]


def _silent(facts: Facts, root: pl.DataFrame) -> list[Finding]:
    known = root.drop_nulls("r")
    against = known.filter((pl.col("r") < 0) & (pl.col("p") < LEVEL))["node"].to_list()
    unlinked = known.filter(pl.col("p") >= LEVEL)["node"].to_list()
    findings = []
    if against:
        findings.append(
            Finding(
                Mark.LOOK,
                f"{agree(len(against), 'indicator runs', 'indicators run')} against the index:"
                f" {facts.named(against)}.",
                "Areas that do better overall do worse there.",
                "Check the direction; if it is right, say so beside the ranking.",
            )
        )
    if unlinked:
        findings.append(
            Finding(
                Mark.NOTE,
                f"{len(unlinked)} of {known.height} indicators"
                f" {'has' if len(unlinked) == 1 else 'have'} no link with the index beyond chance"
                " (p of 0.05 or more).",
                "The index says little about them; read their own pages.",
            )
        )
    return findings


def _with_index(facts: Facts, found: pl.DataFrame) -> Table:
    held = {(row["node"], row["ancestor"]): row for row in found.iter_rows(named=True)}
    rows: list[tuple[Cell, ...]] = []
    for node in facts.indicators:
        above = facts.tree.ancestors(node.id)
        if not above:
            continue
        own, whole = held[node.id, above[0].id], held[node.id, above[-1].id]
        rows.append((node.id, above[0].id, own["r"], own["p"], whole["r"], whole["p"], whole["areas"]))
    columns = (
        Column("indicator", "Indicator", "node"),
        Column("group", "Group", "node"),
        Column("r_group", "r with its group", "correlation"),
        Column("p_group", "p", "p"),
        Column("r_index", "r with the index", "correlation"),
        Column("p_index", "p", "p"),
        Column("areas", "Areas", "count"),
    )
    return Table("with-index", "Each indicator with its group and with the index", columns, tuple(rows))


def _ends(facts: Facts) -> Table:
    """The highest and the lowest areas with the scores that make their index."""
    children = facts.tree.children(facts.root.id)
    ranks = facts.edition.scoring.ranks[-1][:, facts.edition.scoring.node_index[facts.root.id]]
    scored = np.flatnonzero(ranks > 0)
    order = scored[np.argsort(ranks[scored], kind="stable")]
    shown = list(order) if len(order) <= 2 * _ENDS else [*order[:_ENDS], *order[-_ENDS:]]
    x, index = facts.columns(children), facts.column(facts.root.id)
    codes = facts.edition.scoring.areas
    rows = tuple(
        (codes[a], int(ranks[a]), float(index[a]), *(None if v != v else float(v) for v in x[a]))
        for a in shown
    )
    columns = (
        Column("area", "Area", "area"),
        Column("rank", "Rank", "count"),
        Column("index", facts.root.name),
        *(Column(node.id, node.name) for node in children),
    )
    return Table("ends", "The highest and the lowest", columns, rows)
