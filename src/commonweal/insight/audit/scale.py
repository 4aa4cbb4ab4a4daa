"""Step 5: how different units are put on one scale."""

from __future__ import annotations

import numpy as np
import polars as pl

from commonweal.insight.audit.document import Column, Finding, Mark, Part, Table
from commonweal.insight.audit.facts import Facts, agree
from commonweal.methods.moments import moments


def part(facts: Facts) -> Part:
    """The spread of each indicator's scores, and how many areas stand at an end of the scale."""
    method = facts.edition.recipe.normalise
    findings = [
        *_treated(facts),
        Finding(
            Mark.NOTE,
            f"Indicators are normalised by {method.method.name}, rule {method.rule}.",
            "The method page says in words what that does.",
        ),
    ]
    rows = tuple(_row(facts, node.id) for node in facts.indicators)
    crowded = [str(row[0]) for row in rows if row[1] and (row[5] + row[6]) / row[1] > 0.5]
    if crowded:
        count = agree(len(crowded), "indicator has", "indicators have")
        findings.append(
            Finding(
                Mark.LOOK,
                f"{count} over half of the areas at the lowest or highest score: {facts.named(crowded)}.",
                "Among those areas such an indicator makes no difference.",
                "Check the goalposts and the spread of its values.",
            )
        )
    spread = {str(row[0]): row[3] for row in rows if row[3]}
    if len(spread) > 1:
        wide, narrow = max(spread, key=spread.__getitem__), min(spread, key=spread.__getitem__)
        ratio = spread[wide] / spread[narrow]
        far = ratio > 3
        findings.append(
            Finding(
                Mark.LOOK if far else Mark.SOUND,
                f"The scores of {facts.name(wide)} spread {ratio:.1f} times as far as those of"
                f" {facts.name(narrow)}.",
                "Of equally weighted indicators the one that spreads further moves the group more."
                if far
                else "No indicator’s spread is more than three times another’s.",
                "See step 6 for what each really counts." if far else "",
            )
        )
    columns = (
        Column("indicator", "Indicator", "node"),
        Column("scored", "Areas", "count"),
        Column("mean", "Mean score"),
        Column("sd", "Standard deviation"),
        Column("skewness", "Skewness", "correlation"),
        Column("lowest", "At the lowest score", "count"),
        Column("highest", "At the highest", "count"),
    )
    scores = Table("scores", "The scores of each indicator", columns, rows)
    return Part(5, tuple(findings), (*_treatments(facts), scores))


def _changed(facts: Facts) -> pl.DataFrame:
    """The treatments that changed something in the latest period, or in all periods together."""
    table = facts.edition.scoring.treatments.filter(pl.col("what") != "unchanged")
    return table.filter(pl.col("period").is_in(["", facts.period]))


def _treated(facts: Facts) -> list[Finding]:
    if facts.edition.scoring.treatments.is_empty():
        return []
    nodes = _changed(facts)["indicator"].unique(maintain_order=True).to_list()
    if not nodes:
        return [Finding(Mark.NOTE, "The step treat looked at every indicator and changed none.")]
    return [
        Finding(
            Mark.NOTE,
            f"{agree(len(nodes), 'indicator was', 'indicators were')} treated for skewness or far-off values:"
            f" {facts.named(nodes)}.",
            "Such values count for less than they stand in the tables of data.",
            "Check that they are right before they are drawn in; the table says what was done and why.",
        )
    ]


def _treatments(facts: Facts) -> tuple[Table, ...]:
    changed = _changed(facts)
    columns = (
        Column("indicator", "Indicator", "node"),
        Column("what", "What was done", "text"),
        Column("points", "Values drawn in", "count"),
        Column("skew_before", "Skewness before", "correlation"),
        Column("kurtosis_before", "Kurtosis before", "correlation"),
        Column("skew_after", "Skewness after", "correlation"),
        Column("kurtosis_after", "Kurtosis after", "correlation"),
        Column("why", "Why", "text"),
    )
    return (Table.of("treatments", "What was treated", columns, changed),) if changed.height else ()


def _row(facts: Facts, node: str) -> tuple[str, int, float | None, float | None, float | None, int, int]:
    x = facts.column(node)
    x = x[~np.isnan(x)]
    if not len(x):
        return node, 0, None, None, None, 0, 0
    skew = float(moments(x[None])[0, 0])
    sd = float(x.std(ddof=1)) if len(x) > 1 else None
    ends = int((x == x.min()).sum()), int((x == x.max()).sum())
    return node, len(x), float(x.mean()), sd, None if np.isnan(skew) else skew, *ends
