"""Peers: the areas most alike by an attribute that is outside the index."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import polars as pl

from commonweal.errors import Fault, raise_any
from commonweal.methods.significant import DIGITS
from commonweal.model.area import Areas
from commonweal.model.edition import PEERS, Scoring
from commonweal.model.project import PeerRule

Array = np.ndarray[Any, Any]
#: Fewer scored peers than this and there is no performance.
FEWEST: Final = 3


def peers(scoring: Scoring, areas: Areas, rule: PeerRule) -> pl.DataFrame:
    """Name each area's peers: the `rule.count` other areas nearest in the attributes `rule.by`.

    One attribute: the absolute difference. Several: Euclidean distance on z-scores over all areas.
    Ties go by code. Peers are the same for all periods and nodes. A row an area and peer, with the
    columns of `PEERS`; `order` 1 is the nearest.

    Raises PEERS-ATTRIBUTE, PEERS-IN-INDEX, PEERS-FEW, all at once.
    """
    raise_any(_faults(scoring, areas, rule))
    wanted = pl.DataFrame({"code": list(scoring.areas)}).join(areas.attributes, on="code", how="left")
    table = wanted.select(pl.col(name).cast(pl.Float64) for name in rule.by).to_numpy()
    nearest, distance = _nearest(table, rule.count)
    codes = pl.Series(scoring.areas)
    here = np.repeat(np.arange(len(codes)), rule.count)
    return pl.DataFrame(
        {
            "area": codes.gather(here),
            "peer": codes.gather(nearest.reshape(-1)),
            "order": np.tile(np.arange(1, rule.count + 1), len(codes)),
            "distance": distance.reshape(-1),
        },
        schema=PEERS,
    )


def peer_index(scoring: Scoring, peers: pl.DataFrame) -> Array:
    """The peers' positions among the areas, shape (areas, count)."""
    at = pl.DataFrame({"peer": list(scoring.areas), "at": np.arange(len(scoring.areas))})
    ordered = peers.sort("area", "order").join(at, on="peer", how="left", maintain_order="left")
    return ordered["at"].to_numpy().reshape(len(scoring.areas), -1)


def _nearest(table: Array, count: int) -> tuple[Array, Array]:
    """The `count` nearest other rows of each row and their distances, both (rows, count).

    One row at a time, so that memory does not grow with the square of the areas.
    """
    if table.shape[1] > 1:
        spread = table.std(axis=0)
        table = (table - table.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    nearest = np.empty((len(table), count), dtype=np.int64)
    distances = np.empty((len(table), count))
    digits = _digits(table)
    for i, row in enumerate(table):
        away = np.abs(table[:, 0] - row[0])
        if table.shape[1] > 1:
            away = np.sqrt(((table - row) ** 2).sum(axis=1))
        away = np.round(away, digits)
        away[i] = np.inf
        close = np.flatnonzero(away <= np.partition(away, count - 1)[count - 1])
        # areas stand in the order of their codes, so a stable sort breaks ties by code
        nearest[i] = close[np.argsort(away[close], kind="stable")][:count]
        distances[i] = away[nearest[i]]
    return nearest, distances


def _digits(table: Array) -> int:
    """Decimals of a distance that are more than the rounding of floating point, so that equal ones tie."""
    size = float(np.abs(table).max())
    return DIGITS - 1 - int(np.floor(np.log10(size))) if size > 0 else 0


def _faults(scoring: Scoring, areas: Areas, rule: PeerRule) -> list[Fault]:
    faults = []
    for name in rule.by:
        at = ("peers", "by", name)
        if _same_name(name, scoring):
            faults.append(
                Fault(
                    "PEERS-IN-INDEX",
                    f"{name!r} is an indicator of the index",
                    "Choose peers by an attribute that is not itself scored, such as household income.",
                    path=at,
                )
            )
        elif (what := _unusable(areas, name)) is not None:
            known = [c for c in areas.attributes.columns if c not in ("code", "name")]
            faults.append(
                Fault(
                    "PEERS-ATTRIBUTE",
                    what,
                    "Use a column of the areas table that is filled with numbers; "
                    f"it has: {', '.join(known) or 'none'}.",
                    path=at,
                )
            )
    others = len(scoring.areas) - 1
    if rule.count < FEWEST or rule.count > others:
        faults.append(
            Fault(
                "PEERS-FEW",
                f"{rule.count} peers are asked for and {others} other areas are there",
                f"Ask for at least {FEWEST}, and no more than there are other areas, or leave peers out.",
                path=("peers", "count"),
            )
        )
    return faults


def _same_name(name: str, scoring: Scoring) -> bool:
    def bare(text: str) -> str:
        return "".join(c for c in text.casefold() if c.isalnum())

    return bare(name) in {bare(text) for node in scoring.framework for text in (node.id, node.name)}


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
