"""An explanation of one area, as text for people and as a document for machines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from commonweal.insight import explain, order
from commonweal.insight.explain import Explanation
from commonweal.insight.facts import Statement
from commonweal.model.edition import Edition
from commonweal.pipeline.folder import make


@dataclass(frozen=True, slots=True)
class Answer:
    """What `commonweal explain` prints: lines of text, or a document."""

    lines: tuple[str, ...]
    document: dict[str, Any]


def explain_area(root: Path, area: str, against: str, *, report: Callable[[str], None]) -> Answer:
    """Explain an area's latest score and its gap to `against`: an area, a period, ``peers`` or ``all``.

    The lines begin with the finding and the gap that was asked for; what the score is made of comes last.

    Raises AREA-UNKNOWN and the other faults of `insight.explain`.
    """
    edition = make(root, report=report).edition
    whole = explain.score(edition, area)
    gap = explain.gap(edition, area, against)
    said = _said(edition, whole.area)
    lines = [s.text for s in said if s.kind == "finding"]
    lines += ["", *explain.lines(gap, edition)]
    lines += ["", *(s.text for s in order.by_kind(said, order.WHY))]
    for heading, found in order.columns(edition.scoring, said):
        lines += ["", f"{heading}:", *(f"  {s.text}" for s in found)]
    lines += ["", *explain.lines(whole, edition)]
    return Answer(
        tuple(lines),
        {
            "area": whole.area,
            "name": edition.areas.names[whole.area],
            "period": whole.period,
            "statements": [s.text for s in said],
            "score": _document(whole),
            "gap": _document(gap),
        },
    )


def _said(edition: Edition, area: str) -> list[Statement]:
    """What is said of an area, the finding first."""
    latest = pl.col("period") == edition.periods[-1].label
    rows = edition.statements.filter((pl.col("area") == area) & latest).select(
        pl.col(c).fill_null("") for c in ("kind", "text", "area", "node")
    )
    said = [Statement(*row) for row in rows.iter_rows()]
    return sorted(said, key=lambda s: s.kind != "finding")


def _document(explanation: Explanation) -> dict[str, Any]:
    """`parts` in the order of the tree; those marked `adds_up` sum to `points`."""
    leaves = {(row["node"], row["kind"]) for row in explanation.leaves.iter_rows(named=True)}
    parts = [
        {**row, "adds_up": (row["node"], row["kind"]) in leaves}
        for row in explanation.frame.iter_rows(named=True)
    ]
    return {
        "node": explanation.node,
        "against": explanation.against,
        "points": explanation.total,
        "score": explanation.score,
        "other": explanation.other,
        "parts": parts,
    }
