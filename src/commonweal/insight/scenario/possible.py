"""What values a figure can have at all: no count, rate or share is below 0, no share above 100 %."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Floats
from commonweal.insight.uncertainty.evidence import COUNTED, SHARES
from commonweal.model.edition import Edition
from commonweal.model.framework import Node

#: Units of what is counted, where no kind is given: "per 1,000 people", "incidents per 10,000 households".
_COUNTED_UNIT: Final = re.compile(r"(^|\s)per [\d,]*\d\b")
_SHARE_UNIT: Final = "% of "


def possible(edition: Edition) -> Floats:
    """The least and the most that each indicator can be (2, indicators); infinite where nothing is known.

    Told by the kind of its observations, or by its unit; a value seen beyond is taken at its word.
    """
    kinds: dict[str, set[str]] = {}
    if edition.observations.width:
        pairs = edition.observations.select("indicator", pl.col("kind").fill_null("")).unique()
        for indicator, kind in pairs.iter_rows():
            kinds.setdefault(indicator, set()).add(kind)
    found = [
        _ends(node, kinds.get(node.id, set()), edition.scoring.values[:, :, i])
        for i, node in enumerate(edition.framework.indicators)
    ]
    return np.array(found).T


def _ends(node: Node, kinds: set[str], seen: Floats) -> tuple[float, float]:
    share = (bool(kinds) and kinds <= {*SHARES}) or node.unit.startswith(_SHARE_UNIT)
    counted = (bool(kinds) and kinds <= {*COUNTED}) or _COUNTED_UNIT.search(node.unit) is not None
    known = seen[np.isfinite(seen)]
    low = 0.0 if (share or counted) and not (known < 0.0).any() else -np.inf
    high = 100.0 if share and not (known > 100.0).any() else np.inf
    return low, high
