"""Why a score is what it is, and why it differs from another: parts that add up exactly.

A gap is split as in `commonweal.insight.split`; against a group it is the mean of the splits against each
member, which adds up to the gap to the group's mean. One score is taken apart by what a point in each
node is worth to it (its effect): a power mean is the sum of its children's scores times their effects.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import polars as pl

from commonweal.errors import CommonwealError, Fault
from commonweal.insight import words
from commonweal.insight.forming import Array, Forming, formings, shares_of
from commonweal.insight.split import Split, split
from commonweal.model.edition import Edition, Scoring
from commonweal.model.framework import Framework

#: The columns of an explanation. kind: value, missing (on one side only), weights and gaps, floor.
#: `weight` is the node's share in its parent, `effect` the points of the explained node for one of this.
COLUMNS: Final = {
    "node": pl.String, "parent": pl.String, "depth": pl.Int64, "kind": pl.String, "points": pl.Float64,
    "weight": pl.Float64, "effect": pl.Float64, "x0": pl.Float64, "x1": pl.Float64,
}  # fmt: skip
VALUE: Final = "value"
MISSING: Final = "missing"
WEIGHTS: Final = "weights and gaps"
FLOOR: Final = "floor"


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """A score, or the gap between two sides, taken apart.

    `frame` has the columns of `COLUMNS`, the explained node first, then the tree below it from the top
    down. A node's points are those of the rows one deeper that follow it, so the rows `leaves` gives add
    up to `total`. `against` is an area code, a period, "peers" or "all"; empty for a score by itself.
    """

    node: str
    area: str
    period: str
    against: str
    score: float
    #: the other side's score, or the mean of the group's; 0 for a score by itself
    other: float
    #: how many areas the other side is made of
    members: int
    frame: pl.DataFrame

    @property
    def total(self) -> float:
        """The points explained: score less other."""
        return self.score - self.other

    @property
    def leaves(self) -> pl.DataFrame:
        """The rows that are not opened further: they add up to `total`."""
        opened = self.frame.filter(pl.col("kind") == WEIGHTS)["node"].implode()
        return self.frame.filter((pl.col("kind") != VALUE) | ~pl.col("node").is_in(opened))


def gap(
    edition: Edition, area: str, against: str, *, period: str | None = None, node: str | None = None
) -> Explanation:
    """Split the gap between an area's score and another: what each node adds to it, in points.

    `against` is another area (code or name; the same period), a period (the same area), ``peers`` or
    ``all`` (the mean of the areas that have a score). The latest period and the index are meant if none
    is named. Raises AREA-UNKNOWN, EXPLAIN-AGAINST, EXPLAIN-NODE, EXPLAIN-PERIOD, EXPLAIN-SCORE.
    """
    scoring = edition.scoring
    top, when, who = _node(scoring, node), _period(scoring, period), _area(edition, area)
    periods, areas, says = _others(edition, against, when, who)
    scored = np.isfinite(scoring.scores[periods, areas, top])
    periods, areas = periods[scored], areas[scored]
    _need_score(edition, top, when, who)
    if not len(areas):
        raise CommonwealError(
            Fault(
                "EXPLAIN-SCORE",
                f"there is no score to compare with ({says})",
                "Name another area or period, or look in scores.csv for what is scored.",
            )
        )
    here = (np.full_like(periods, when), np.full_like(areas, who))
    parts = split(scoring, (periods, areas), here, top)
    others, mine = scoring.scores[periods, areas], scoring.scores[when, who]
    return Explanation(
        scoring.framework.nodes[top].id,
        scoring.areas[who],
        scoring.periods[when].label,
        says,
        float(mine[top]),
        float(others[:, top].mean()),
        len(areas),
        _gap_frame(scoring, parts, others, mine, top),
    )


def score(edition: Edition, area: str, *, period: str | None = None, node: str | None = None) -> Explanation:
    """Take one score apart: each node below adds its score times its effect, and the sum is the score.

    The effect of child i of a mean M_p is w_i (M/x_i)^(1-p), the points M gains for one more point of x_i;
    effects multiply down the tree. What a floor lifts a child by stands in a row of its own.
    Raises AREA-UNKNOWN, EXPLAIN-NODE, EXPLAIN-PERIOD, EXPLAIN-SCORE.
    """
    scoring = edition.scoring
    top, when, who = _node(scoring, node), _period(scoring, period), _area(edition, area)
    _need_score(edition, top, when, who)
    x = scoring.scores[when, who]
    frame = pl.DataFrame(list(_score_rows(scoring, when, who, top)), schema=COLUMNS, orient="row")
    node_id = scoring.framework.nodes[top].id
    return Explanation(
        node_id, scoring.areas[who], scoring.periods[when].label, "", float(x[top]), 0.0, 0, frame
    )


def _score_rows(scoring: Scoring, when: int, who: int, top: int) -> Iterator[tuple[object, ...]]:
    x, forms = scoring.scores[when, who], {form.node: form for form in formings(scoring)}
    nodes = scoring.framework.nodes

    def rows(at: int, depth: int, weight: float, effect: float) -> Iterator[tuple[object, ...]]:
        node = nodes[at]
        yield (node.id, node.parent, depth, VALUE, effect * x[at], weight, effect, None, x[at])
        form = forms.get(at)
        if form is None:
            return
        share = shares_of(scoring, form, np.array([when]), np.array([who]))[0]
        for child, w in zip(form.children, share, strict=True):
            if not np.isfinite(x[child]):
                continue
            lifted = float(form.lifted(x[child]))
            per_point = _effect(form, float(x[at]), lifted, float(w))
            yield from rows(int(child), depth + 1, float(w), effect * per_point)
            if lifted != x[child]:
                kept = effect * per_point * (lifted - x[child])
                yield (nodes[child].id, node.id, depth + 1, FLOOR, kept, w, None, None, x[child])

    return rows(top, 0, 1.0, 1.0)


def _effect(form: Forming, mean: float, x: float, weight: float) -> float:
    if form.p == 1:
        return weight
    return weight * (mean / x) ** (1 - form.p) if weight > 0 and x > 0 else 0.0


def _gap_frame(scoring: Scoring, parts: Split, others: Array, mine: Array, top: int) -> pl.DataFrame:
    tree, at = scoring.framework, scoring.node_index
    pairs = len(others)
    values = np.where(parts.shown, parts.points, 0.0).sum(axis=0) / pairs
    lone = np.where(parts.lone, parts.points, 0.0).sum(axis=0) / pairs
    gaps, effect = parts.gaps.sum(axis=0) / pairs, parts.effect.sum(axis=0) / pairs
    weight = parts.weight.sum(axis=0) / pairs
    there = np.isfinite(others)
    with np.errstate(invalid="ignore"):
        mean = np.where(there, others, 0.0).sum(axis=0) / there.sum(axis=0)
    top_depth = len(tree.ancestors(tree.nodes[top].id))
    rows: list[tuple[object, ...]] = []
    for i in _down(tree, at, top):
        node = tree.nodes[i]
        depth = len(tree.ancestors(node.id)) - top_depth
        facts = (float(weight[i]), float(effect[i]), _number(mean[i]), _number(mine[i]))
        if parts.shown[:, i].any():
            rows.append((node.id, node.parent, depth, VALUE, float(values[i]), *facts))
        if parts.lone[:, i].any():
            rows.append((node.id, node.parent, depth, MISSING, float(lone[i]), *facts))
        if parts.shown[:, i].any() and not node.is_indicator:
            rows.append((node.id, node.parent, depth + 1, WEIGHTS, float(gaps[i]), None, None, None, None))
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


def _down(tree: Framework, at: dict[str, int], top: int) -> Iterator[int]:
    yield top
    for child in tree.children(tree.nodes[top].id):
        yield from _down(tree, at, at[child.id])


def _number(x: float) -> float | None:
    return float(x) if np.isfinite(x) else None


# ---- what the words of a command mean ----


def _node(scoring: Scoring, node: str | None) -> int:
    id = scoring.framework.roots[0].id if node is None else node
    if id not in scoring.node_index:
        raise CommonwealError(
            Fault("EXPLAIN-NODE", f"{id!r} is not a node of the framework", "Use an id from framework.csv.")
        )
    return scoring.node_index[id]


def _period(scoring: Scoring, period: str | None) -> int:
    label = scoring.periods[-1].label if period is None else period
    if label not in scoring.period_index:
        known = ", ".join(scoring.period_index)
        raise CommonwealError(
            Fault("EXPLAIN-PERIOD", f"{label!r} is not a published period", f"Use one of: {known}.")
        )
    return scoring.period_index[label]


def _find_area(edition: Edition, area: str) -> int | None:
    """The area with this code, or this name whatever its capitals."""
    at = edition.scoring.area_index
    if area in at:
        return at[area]
    named = [a.code for a in edition.areas if a.name.casefold() == area.strip().casefold()]
    return at[named[0]] if len(named) == 1 else None


def _area(edition: Edition, area: str) -> int:
    found = _find_area(edition, area)
    if found is None:
        raise CommonwealError(
            Fault(
                "AREA-UNKNOWN",
                f"no single area has the code or name {area!r}",
                "Use a code or a name from areas.csv.",
            )
        )
    return found


def _others(edition: Edition, against: str, when: int, who: int) -> tuple[Array, Array, str]:
    """The other side's periods and areas, and what it is called."""
    scoring = edition.scoring
    kind: Literal["peers", "all"]
    if against == "peers":
        peers = edition.peers.filter(pl.col("area") == scoring.areas[who]).sort("order")["peer"]
        if peers.is_empty():
            raise CommonwealError(
                Fault("EXPLAIN-AGAINST", "this project names no peers", "Add a peers key to commonweal.yaml.")
            )
        kind, codes = "peers", list(peers)
    elif against == "all":
        kind, codes = "all", list(scoring.areas)
    elif against in scoring.period_index:
        return np.array([scoring.period_index[against]]), np.array([who]), against
    else:
        other = _find_area(edition, against)
        if other is None:
            raise CommonwealError(
                Fault(
                    "EXPLAIN-AGAINST",
                    f"{against!r} is not an area or a published period",
                    f"Use a code or name from areas.csv, peers, all, or one of: "
                    f"{', '.join(scoring.period_index)}.",
                )
            )
        return np.array([when]), np.array([other]), scoring.areas[other]
    areas = np.array([scoring.area_index[code] for code in codes])
    return np.full_like(areas, when), areas, kind


def _need_score(edition: Edition, top: int, when: int, who: int) -> None:
    scoring = edition.scoring
    if not np.isfinite(scoring.scores[when, who, top]):
        node, name = scoring.framework.nodes[top], edition.areas.names[scoring.areas[who]]
        raise CommonwealError(
            Fault(
                "EXPLAIN-SCORE",
                f"{name} has no score for {words.inside(node.name)} in {scoring.periods[when].label}",
                "Name another node or period; `commonweal check` shows which values are there.",
            )
        )
