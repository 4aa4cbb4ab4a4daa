"""Statements: every sentence made about a place, as a row with its numbers and an address."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain
from typing import Final

import polars as pl

from commonweal.insight.about_areas import about_areas
from commonweal.insight.about_comparisons import about_comparisons
from commonweal.insight.about_place import about_nodes, about_place
from commonweal.insight.about_sureness import about_sureness
from commonweal.insight.convergence import about_convergence
from commonweal.insight.facts import Facts, Statement
from commonweal.insight.overtaking import about_overtaking
from commonweal.insight.place_pattern import about_pattern
from commonweal.insight.trends import about_trends
from commonweal.model.edition import STATEMENTS, Edition

#: Everything that has something to say.
_ABOUT: Final = (
    about_place, about_nodes, about_areas, about_comparisons, about_sureness,
    about_trends, about_convergence, about_pattern, about_overtaking,
)  # fmt: skip


def statements(edition: Edition) -> pl.DataFrame:
    """All statements about the latest period, one row each, with the columns of `STATEMENTS`.

    `area` is empty for those about the place as a whole or a node, `node` for those about no one node.
    `id` is the sentence's address on its page: unique, the same from build to build, and a valid HTML id.
    `lower` and `upper` are the ranks that chance alone could give, `probability` that of a class.
    """
    facts = Facts(edition)
    said = list(chain.from_iterable(about(facts) for about in _ABOUT))
    said.sort(key=lambda s: (s.area, _order(facts, s.node), s.kind, s.against))
    columns = {
        "id": _addresses(said),
        "period": [facts.period] * len(said),
        "area": [s.area for s in said],
        "node": [s.node for s in said],
        "kind": [s.kind for s in said],
        "against": [s.against for s in said],
        "value": [s.value for s in said],
        "lower": [s.lower for s in said],
        "upper": [s.upper for s in said],
        "probability": [s.probability for s in said],
        "class": [s.mark for s in said],
        "text": [s.text for s in said],
    }
    return pl.DataFrame(columns, schema=STATEMENTS)


def _order(facts: Facts, node: str) -> int:
    return facts.edition.scoring.node_index[node] if node else -1


def _addresses(said: Iterable[Statement]) -> list[str]:
    """s-AREA-KIND-NODE, with what it is set against where a kind has several."""
    seen: Counter[str] = Counter()
    found = []
    for s in said:
        against = s.against if s.kind in ("benchmark", "benchmark-count") else ""
        parts = (s.area or "place", s.kind, s.node, against)
        address = "-".join(["s", *(_slug(part) for part in parts if part)])
        seen[address] += 1
        found.append(address if seen[address] == 1 else f"{address}-{seen[address]}")
    return found


@lru_cache(maxsize=1024)
def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9_]+", "-", text.casefold()).strip("-") or "x"
