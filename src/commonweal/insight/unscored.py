"""Why an area has no score: which indicators below a node are hidden or missing, and how many are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from commonweal.insight import words
from commonweal.model.edition import Scoring
from commonweal.model.observation import STATUS_CODE, Status

#: More indicators than this are counted instead of named.
_NAMED: Final = 4


@dataclass(frozen=True, slots=True)
class Lack:
    """The indicators (ids) without which a node has no score, and how many of those below it are known."""

    hidden: tuple[str, ...]
    missing: tuple[str, ...]
    known: int
    of: int

    def __str__(self) -> str:
        """ "hidden: rent and pay; missing: jobs"."""
        told = (("hidden to protect people", self.hidden), ("missing", self.missing))
        return "; ".join(f"{what}: {words.few(ids, _NAMED)}" for what, ids in told if ids)


def lack(scoring: Scoring, top: int, when: int, who: int) -> Lack:
    """What keeps a node (a position) of an area in a period from having a score.

    Indicators that are not known count only where each node above them, up to this one, has no score either:
    the others are done without.
    """
    tree, at = scoring.framework, scoring.node_index
    scored = np.isfinite(scoring.scores[when, who])
    node = tree.nodes[top]
    leaves = tree.below(node.id)
    short = [leaf for leaf in leaves if not scored[at[leaf.id]]]
    inside = {node.id, *(n.id for n in tree if node in tree.ancestors(n.id))}
    felt = [
        leaf
        for leaf in short
        if not any(scored[at[above.id]] for above in tree.ancestors(leaf.id) if above.id in inside)
    ]
    order = {leaf.id: i for i, leaf in enumerate(tree.indicators)}
    status = scoring.value_status[when, who]
    hidden = [n.id for n in felt if status[order[n.id]] == STATUS_CODE[Status.SUPPRESSED]]
    missing = [n.id for n in felt if n.id not in hidden]
    return Lack(tuple(hidden), tuple(missing), len(leaves) - len(short), len(leaves))
