"""What the words of a question mean: which node, period, area and other side an explanation is about."""

from __future__ import annotations

from difflib import get_close_matches

import numpy as np
import polars as pl

from commonweal.arrays import Array
from commonweal.errors import refusal
from commonweal.insight import words
from commonweal.insight.unscored import lack
from commonweal.model.edition import Edition, Scoring


def node_at(scoring: Scoring, node: str | None) -> int:
    """The position of a node by id, or name whatever its capitals; the index if none is named.

    Raises EXPLAIN-NODE.
    """
    at, tree = scoring.node_index, scoring.framework
    asked = tree.roots[0].id if node is None else node.strip()
    named = [found.id for found in tree if found.name.casefold() == asked.casefold()]
    if asked not in at and len(named) != 1:
        near = get_close_matches(asked.casefold(), at, n=3)
        likely = f": perhaps {' or '.join(near)}" if near else ""
        what = f"no single node of the framework has the id or name {asked!r}"
        raise refusal("EXPLAIN-NODE", what, f"Use an id from framework.csv{likely}.")
    return at[asked] if asked in at else at[named[0]]


def period_at(scoring: Scoring, period: str | None) -> int:
    """The position of a published period; the latest if none is named. Raises EXPLAIN-PERIOD."""
    label = scoring.periods[-1].label if period is None else period
    if label not in scoring.period_index:
        known = ", ".join(scoring.period_index)
        raise refusal("EXPLAIN-PERIOD", f"{label!r} is not a published period", f"Use one of: {known}.")
    return scoring.period_index[label]


def _find(edition: Edition, area: str) -> int | None:
    """The area with this code, or this name whatever its capitals."""
    at = edition.scoring.area_index
    if area in at:
        return at[area]
    named = [a.code for a in edition.areas if a.name.casefold() == area.strip().casefold()]
    return at[named[0]] if len(named) == 1 else None


def area_at(edition: Edition, area: str) -> int:
    """The position of an area by code or name. Raises AREA-UNKNOWN."""
    found = _find(edition, area)
    if found is None:
        raise refusal(
            "AREA-UNKNOWN",
            f"no single area has the code or name {area!r}",
            f"Use a code or a name from areas.csv{_likely(edition, area)}.",
        )
    return found


def _likely(edition: Edition, area: str) -> str:
    """What may have been meant, to stand in a remedy."""
    near = get_close_matches(area.strip(), [a.name for a in edition.areas], n=3)
    return f": perhaps {' or '.join(near)}" if near else ""


def others_at(edition: Edition, against: str, when: int, who: int) -> tuple[Array, Array, str]:
    """The other side's periods and areas, and what it is called. Raises EXPLAIN-AGAINST."""
    scoring = edition.scoring
    if against == "peers":
        peers = edition.peers.filter(pl.col("area") == scoring.areas[who]).sort("order")["peer"]
        if peers.is_empty():
            raise refusal(
                "EXPLAIN-AGAINST",
                f"there are no peers of {edition.areas.names[scoring.areas[who]]} to compare with",
                "Compare with all, an area or a period, or add a peers key to commonweal.yaml.",
            )
        kind, codes = "peers", list(peers)
    elif against == "all":
        kind, codes = "all", list(scoring.areas)
    elif against in scoring.period_index:
        return np.array([scoring.period_index[against]]), np.array([who]), against
    else:
        other = _find(edition, against)
        if other is None:
            raise refusal(
                "EXPLAIN-AGAINST",
                f"{against!r} is not an area or a published period",
                f"Use a code or name from areas.csv, peers, all, or one of: "
                f"{', '.join(scoring.period_index)}.",
            )
        return np.array([when]), np.array([other]), scoring.areas[other]
    areas = np.array([scoring.area_index[code] for code in codes])
    return np.full_like(areas, when), areas, kind


def need_score(edition: Edition, top: int, when: int, who: int) -> None:
    """Refuse to explain a score that is not there: EXPLAIN-SCORE."""
    scoring = edition.scoring
    if not np.isfinite(scoring.scores[when, who, top]):
        node, name = scoring.framework.nodes[top], edition.areas.names[scoring.areas[who]]
        found = lack(scoring, top, when, who)
        lacked = f"score for {words.inside(node.name)}" if node.parent else "index"
        what = f"{name} has no {lacked} in {scoring.periods[when].label}"
        if not node.is_indicator:
            share = f"{found.known} of its {found.of} indicators are known ({found.known / found.of:.0%})"
            what += f": {share}, which is too few under one of its parts"
        what += f"; {found}" if str(found) else ""
        raise refusal(
            "EXPLAIN-SCORE",
            what,
            "Name another node or period, let older figures stand in (periods: carry), let fewer parts"
            " suffice (recipe: available), or leave an indicator out (framework: without).",
        )
