"""An explanation of one area, as text for people and as a document for machines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from commonweal.insight import explain
from commonweal.insight.explain import Explanation
from commonweal.model.edition import Edition
from commonweal.pipeline.folder import make


@dataclass(frozen=True, slots=True)
class Answer:
    """What `commonweal explain` prints: lines of text, or a document."""

    lines: tuple[str, ...]
    document: dict[str, Any]


def explain_area(root: Path, area: str, against: str, *, report: Callable[[str], None]) -> Answer:
    """Explain an area's latest score and its gap to `against`: an area, a period, ``peers`` or ``all``.

    Raises AREA-UNKNOWN and the other faults of `insight.explain`.
    """
    edition = make(root, report=report).edition
    whole = explain.score(edition, area)
    gap = explain.gap(edition, area, against)
    sentences = _sentences(edition, whole.area)
    lines = [*sentences, "", *explain.lines(whole, edition), "", *explain.lines(gap, edition)]
    return Answer(
        tuple(lines),
        {
            "area": whole.area,
            "name": edition.areas.names[whole.area],
            "period": whole.period,
            "statements": sentences,
            "score": _document(whole),
            "gap": _document(gap),
        },
    )


def _sentences(edition: Edition, area: str) -> list[str]:
    """What is said of an area, the finding first."""
    latest = pl.col("period") == edition.periods[-1].label
    said = edition.statements.filter((pl.col("area") == area) & latest)
    return said.sort(pl.col("kind") != "finding", maintain_order=True)["text"].to_list()


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
