"""Peers: the areas most alike by attributes that are outside the index, or those that the project names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Array, Floats, Positions
from commonweal.errors import Fault, raise_any, refusal
from commonweal.insight import words
from commonweal.methods.similar import clusters, nearest, standardised, uncorrelated
from commonweal.model.area import Areas
from commonweal.model.edition import PEERS, Scoring
from commonweal.model.project import PeerRule

#: Fewer scored peers than this and there is no performance.
FEWEST: Final = 3


def peers(scoring: Scoring, areas: Areas, rule: PeerRule) -> pl.DataFrame:
    """Name each area's peers: those the rule gives by hand, or the `rule.count` nearest in `rule.by`.

    attributes: the absolute difference of one attribute, the Euclidean distance of the z-scores of several
    (the way of CIPFA's nearest neighbours). statistical: the Mahalanobis distance, in which attributes that
    tell the same count once. cluster: the Euclidean distance, among the areas of the same group of k-means
    alone. Ties go by code. Peers are the same for all periods and nodes. A row an area and peer, with the
    columns of `PEERS`; `order` 1 is the nearest, `distance` is empty where peers are given by hand.

    Raises PEERS-ATTRIBUTE, PEERS-IN-INDEX, PEERS-FEW, all at once.
    """
    raise_any(_faults(scoring, areas, rule))
    if rule.given:
        return _by_hand(scoring, rule)
    found, distance = _nearest(_attributes(scoring, areas, rule), rule)
    area, order = np.nonzero(found >= 0)
    codes = pl.Series(scoring.areas)
    return pl.DataFrame(
        {
            "area": codes.gather(area),
            "peer": codes.gather(found[area, order]),
            "order": order + 1,
            "distance": distance[area, order],
        },
        schema=PEERS,
    )


def peer_index(scoring: Scoring, peers: pl.DataFrame) -> Positions:
    """The peers' positions among the areas, shape (areas, the most that any area has); -1 for none."""
    found = np.full((len(scoring.areas), int(str(peers["order"].max() or 0))), -1, dtype=np.intp)
    at = scoring.area_index
    for area, peer, order in peers.select("area", "peer", "order").iter_rows():
        found[at[area], order - 1] = at[peer]
    return found


def of_peers(scores: Array, index: Positions) -> Array:
    """The scores (..., areas, nodes) of each area's peers, (..., areas, peers, nodes); nan for none."""
    theirs = scores[..., index, :]
    if (index < 0).any():
        theirs = np.where((index >= 0)[..., None], theirs, np.nan)
    return theirs


def says(rule: PeerRule, by: list[str]) -> str:
    """How peers are chosen, in words that follow "the wards"; `by` are the attributes in words.

    >>> says(PeerRule(("income",)), ["household income"])
    'nearest in household income'
    >>> says(PeerRule(("a", "b"), method="statistical"), ["age", "income"])
    'most alike in age and income, where what both tell counts once'
    """
    if rule.given:
        return "that the publisher of this index chose"
    listed = words.listed(by)
    if rule.method == "cluster":
        return f"nearest in {listed}, in the same group of similar areas"
    if rule.method == "statistical":
        which = "both" if len(by) == 2 else "several of them"
        return f"most alike in {listed}" + (f", where what {which} tell counts once" if len(by) > 1 else "")
    return f"nearest in {listed}"


def _attributes(scoring: Scoring, areas: Areas, rule: PeerRule) -> Floats:
    wanted = pl.DataFrame({"code": list(scoring.areas)}).join(areas.attributes, on="code", how="left")
    table: Floats = wanted.select(pl.col(name).cast(pl.Float64) for name in rule.by).to_numpy()
    return table


def _nearest(table: Floats, rule: PeerRule) -> tuple[Positions, Floats]:
    """The peers' positions and distances, (areas, count)."""
    if rule.method == "statistical":
        return nearest(uncorrelated(table), rule.count)
    points = standardised(table) if table.shape[1] > 1 else table
    if rule.method == "cluster":
        return nearest(points, rule.count, _groups(standardised(table), rule))
    return nearest(points, rule.count)


def _groups(points: Floats, rule: PeerRule) -> Positions:
    """The group of each area: as many as are asked for, or as many as leave each area enough peers.

    Asked for nothing, the number is at most the root of half the areas (Mardia, Kent and Bibby 1979, p. 365).
    Raises PEERS-FEW where an area would have fewer than three others in its group.
    """
    if rule.clusters:
        group = clusters(points, rule.clusters)
        if (least := int(np.bincount(group).min())) <= FEWEST:
            raise refusal(
                "PEERS-FEW",
                f"of {rule.clusters} clusters the smallest has {words.count(least)}"
                f" {'area' if least == 1 else 'areas'}",
                f"Ask for fewer clusters, so that each area has at least {FEWEST} others in its own, or"
                " leave `clusters` out.",
                path=("peers", "clusters"),
            )
        return group
    most = max(1, round((len(points) / 2) ** 0.5))
    tried = (clusters(points, count) for count in range(most, 0, -1))
    return next(group for group in tried if np.bincount(group).min() > FEWEST)


def _by_hand(scoring: Scoring, rule: PeerRule) -> pl.DataFrame:
    rows = [
        (area, peer, order, None)
        for area, named in rule.given
        if area in scoring.area_index
        for order, peer in enumerate(named, 1)
    ]
    return pl.DataFrame(rows, schema=PEERS, orient="row").sort("area", "order")


def _faults(scoring: Scoring, areas: Areas, rule: PeerRule) -> list[Fault]:
    return [*_attribute_faults(scoring, areas, rule), *_count_faults(scoring, rule)]


def _attribute_faults(scoring: Scoring, areas: Areas, rule: PeerRule) -> Iterator[Fault]:
    for i, name in enumerate(rule.by):
        at = ("peers", "by", i)
        if _same_name(name, scoring):
            yield Fault(
                "PEERS-IN-INDEX",
                f"{name!r} is an indicator of the index",
                "Choose peers by an attribute that is not itself scored, such as household income.",
                path=at,
            )
        elif (same := _copied(scoring, areas, name)) is not None:
            yield Fault(
                "PEERS-IN-INDEX",
                f"{name!r} has the figures of {same!r}, which is an indicator of the index",
                "Choose peers by an attribute that is not itself scored, such as household income.",
                path=at,
            )
        elif (what := _unusable(areas, name)) is not None:
            known = [c for c in areas.attributes.columns if c not in ("code", "name")]
            yield Fault(
                "PEERS-ATTRIBUTE",
                what,
                "Use a column of the areas table that is filled with numbers; "
                f"it has: {', '.join(known) or 'none'}.",
                path=at,
            )


def _count_faults(scoring: Scoring, rule: PeerRule) -> Iterator[Fault]:
    others = len(scoring.areas) - 1
    if not rule.given and (rule.count < FEWEST or rule.count > others):
        yield Fault(
            "PEERS-FEW",
            f"{rule.count} peers are asked for and {others} other areas are there",
            f"Ask for at least {FEWEST}, and no more than there are other areas, or leave peers out.",
            path=("peers", "count"),
        )


def _same_name(name: str, scoring: Scoring) -> bool:
    def bare(text: str) -> str:
        return "".join(c for c in text.casefold() if c.isalnum())

    return bare(name) in {bare(text) for node in scoring.framework for text in (node.id, node.name)}


def _copied(scoring: Scoring, areas: Areas, name: str) -> str | None:
    """The indicator whose figures of some period an attribute repeats in every area, under another name."""
    if _unusable(areas, name) is not None:
        return None
    column = dict(areas.attributes.select("code", pl.col(name).cast(pl.Float64)).iter_rows())
    own = np.array([column[code] for code in scoring.areas])
    if len(set(own.tolist())) < FEWEST:
        return None
    same = np.isclose(scoring.values, own[None, :, None], rtol=1e-9, atol=0.0).all(axis=1).any(axis=0)
    found = [node.id for node, is_same in zip(scoring.framework.indicators, same, strict=True) if is_same]
    return found[0] if found else None


def _unusable(areas: Areas, name: str) -> str | None:
    """What is wrong with an attribute, or None."""
    if name not in areas.attributes.columns or name in ("code", "name"):
        return f"the areas table has no attribute {name!r}"
    column = areas.attributes[name]
    if not column.dtype.is_numeric():
        return f"the attribute {name!r} is not numeric"
    filled = areas.attributes.filter(pl.col(name).cast(pl.Float64).is_finite())["code"]
    lacking = sorted(set(areas.codes) - set(filled))
    return f"the attribute {name!r} is empty for area {lacking[0]!r}" if lacking else None
