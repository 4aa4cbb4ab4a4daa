"""An explanation of one area, as text for people and as a document for machines."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from commonweal.insight import explain, order, overtaking, restated
from commonweal.insight.explain import Explanation
from commonweal.insight.facts import Statement
from commonweal.model.edition import Edition
from commonweal.model.record import EDITIONS
from commonweal.pipeline.opened import AnyEdition, opened
from commonweal.project.edition import is_edition, read_edition
from commonweal.report import Report


@dataclass(frozen=True, slots=True)
class Answer:
    """What `commonweal explain` prints: lines of text, or a document."""

    lines: tuple[str, ...]
    document: dict[str, Any]


def explain_score(
    of: AnyEdition, area: str, *, period: str | None = None, node: str | None = None
) -> Explanation:
    """Take one score of an area apart: what each node below adds to it, in points.

    `of` is an edition (in memory, or read back), a project folder, or the folder of an edition; an edition
    that is not in memory is made again of its own published figures. See `commonweal.insight.explain.score`.
    Raises AREA-UNKNOWN, EXPLAIN-NODE, EXPLAIN-PERIOD, EXPLAIN-SCORE, and what `build` raises.
    """
    return explain.score(opened(of), area, period=period, node=node)


def explain_gap(
    of: AnyEdition, area: str, against: str, *, period: str | None = None, node: str | None = None
) -> Explanation:
    """Split the gap between an area's score and another: an area, a period, ``peers`` or ``all``.

    `of` as in `explain_score`. See `commonweal.insight.explain.gap`.
    Raises what `explain_score` raises, and EXPLAIN-AGAINST.
    """
    return explain.gap(opened(of), area, against, period=period, node=node)


def explain_area(root: Path, area: str, against: str | None, *, report: Report) -> Answer:
    """Explain an area's latest score and its gap to `against`: an area, a period, ``peers`` or ``all``.

    Left out, it is the peers, or all areas where there are none. `root` is a project folder, or that of an
    edition (the output of a build).
    The lines begin with the finding and the gap that was asked for; what the score is made of comes last.
    Against an area they say what the order of the two hangs on, against a period what of the change from the
    figure published then is re-statement, where the project keeps an edition that published it.

    Raises AREA-UNKNOWN and the other faults of `insight.explain`, EDITION-BROKEN.
    """
    edition = opened(root, report)
    whole = explain.score(edition, area)
    gap = explain.gap(edition, area, against or ("peers" if edition.peers.height else "all"))
    said = _said(edition, whole.area)
    lines = [s.text for s in said if s.kind == "finding"]
    lines += ["", *explain.lines(gap, edition)]
    more, answers = _more(root, edition, gap)
    lines += ["", *more] if more else []
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
            **answers,
        },
    )


def _more(root: Path, edition: Edition, gap: Explanation) -> tuple[list[str], dict[str, Any]]:
    """What is said beside a gap, as lines and for the document."""
    if gap.against in edition.scoring.area_index:
        race = overtaking.race(edition, gap.area, gap.against)
        moved = None if race.swap is None else race.swap.moved
        told = {
            "weightings": None if race.why_not else race.weightings,
            "shift": moved,
            "givers": list(race.givers),
            "taker": race.taker,
            "why_not": race.why_not,
        }
        return overtaking.lines(edition, race), {"overtaking": told}
    if gap.against in edition.scoring.period_index:
        found = restated.restated(edition, gap.area, gap.against, _older(root))
        if found is not None:
            told = {
                "edition": found.edition,
                "published": found.published,
                "change": found.change,
                "real": found.real,
                "restatement": found.restatement,
            }
            return restated.lines(edition, found), {"restated": told}
    return [], {}


def _older(root: Path) -> dict[str, pl.DataFrame]:
    """The scores of the editions that a project keeps, by name."""
    folders = sorted((root / EDITIONS).iterdir()) if (root / EDITIONS).is_dir() else []
    return {folder.name: read_edition(folder).scores for folder in folders if is_edition(folder)}


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
