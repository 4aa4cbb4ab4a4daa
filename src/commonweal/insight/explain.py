"""Why a score is what it is, and why it differs from another: parts that add up exactly.

A gap is split as in `commonweal.insight.split`; against a group it is the mean of the splits against each
member, which adds up to the gap to the group's mean. One score is taken apart by what a point in each
node is worth to it (its effect): a power mean is the sum of its children's scores times their effects.

Both are exact for power means only. A node that is formed in another way (a median, say) is not taken apart:
its parts are shown with their scores and without points, and the words say that no exact split exists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from commonweal.arrays import Array
from commonweal.errors import refusal
from commonweal.insight import words
from commonweal.insight.asked import area_at, need_score, node_at, others_at, period_at
from commonweal.insight.forming import Forming, formings, shares_of
from commonweal.insight.split import Split, split
from commonweal.model.edition import Edition, Scoring
from commonweal.model.framework import Framework

#: The columns of an explanation. kind: value, missing (on one side only), weights and gaps, floor; or part,
#: which stands without points below a node that has no exact split.
#: `weight` is the node's share in its parent, `effect` the points of the explained node for one of this.
COLUMNS: Final = {
    "node": pl.String, "parent": pl.String, "depth": pl.Int64, "kind": pl.String, "points": pl.Float64,
    "weight": pl.Float64, "effect": pl.Float64, "x0": pl.Float64, "x1": pl.Float64,
}  # fmt: skip
VALUE: Final = "value"
MISSING: Final = "missing"
WEIGHTS: Final = "weights and gaps"
FLOOR: Final = "floor"
PART: Final = "part"
#: How many levels below the explained node are put in words.
_DEEPEST: Final = 2
_Line = Callable[[dict[str, Any], Edition, "Explanation"], str]


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """A score, or the gap between two sides, taken apart.

    `frame` has the columns of `COLUMNS`, the explained node first, then the tree below it from the top
    down. A node's points are those of the rows one deeper that follow it, so the rows `leaves` gives add
    up to `total`; but the parts of a node in `inexact` have no points. `against` is an area code, a period,
    "peers" or "all"; empty for a score by itself.
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
        split = self.frame.filter(pl.col("kind") != PART)
        above = split.filter(pl.col("depth") > 0).select(
            pl.when(pl.col("kind") == WEIGHTS).then(pl.col("node")).otherwise(pl.col("parent"))
        )
        opened = above.to_series().unique().implode()
        return split.filter((pl.col("kind") != VALUE) | ~pl.col("node").is_in(opened))

    @property
    def inexact(self) -> tuple[str, ...]:
        """The nodes explained that have no exact split, since no power mean forms them."""
        known = set(self.frame.filter(pl.col("kind") != PART)["node"])
        parents = self.frame.filter(pl.col("kind") == PART)["parent"].unique(maintain_order=True)
        return tuple(parent for parent in parents if parent in known)


def gap(
    edition: Edition, area: str, against: str, *, period: str | None = None, node: str | None = None
) -> Explanation:
    """Split the gap between an area's score and another: what each node adds to it, in points.

    `against` is another area (code or name; the same period), a period (the same area), ``peers`` or
    ``all`` (the mean of the areas that have a score). The latest period and the index are meant if none
    is named. Raises AREA-UNKNOWN, EXPLAIN-AGAINST, EXPLAIN-NODE, EXPLAIN-PERIOD, EXPLAIN-SCORE.
    """
    scoring = edition.scoring
    top, when, who = node_at(scoring, node), period_at(scoring, period), area_at(edition, area)
    periods, areas, says = others_at(edition, against, when, who)
    scored = np.isfinite(scoring.scores[periods, areas, top])
    periods, areas = periods[scored], areas[scored]
    need_score(edition, top, when, who)
    if not len(areas):
        raise refusal(
            "EXPLAIN-SCORE",
            f"there is no score to compare with ({says})",
            "Name another area or period, or look in scores.csv for what is scored.",
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
    top, when, who = node_at(scoring, node), period_at(scoring, period), area_at(edition, area)
    need_score(edition, top, when, who)
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
        if not form.exact:
            yield from _parts(scoring, at, depth + 1, np.full(len(x), np.nan), x)
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


def _parts(scoring: Scoring, top: int, depth: int, x0: Array, x1: Array) -> Iterator[tuple[object, ...]]:
    """All below a node that has no exact split, with the scores of both sides and no points."""
    tree, at = scoring.framework, scoring.node_index
    for child in tree.children(tree.nodes[top].id):
        i = at[child.id]
        yield (
            child.id, child.parent, depth, PART, None, None, None, _number(x0[i]), _number(x1[i])
        )  # fmt: skip
        yield from _parts(scoring, i, depth + 1, x0, x1)


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
    inexact = {form.node for form in formings(scoring) if not form.exact}
    rows: list[tuple[object, ...]] = []
    for i in _down(tree, at, top, inexact):
        node = tree.nodes[i]
        depth = len(tree.ancestors(node.id)) - top_depth
        facts = (float(weight[i]), float(effect[i]), _number(mean[i]), _number(mine[i]))
        if parts.shown[:, i].any():
            rows.append((node.id, node.parent, depth, VALUE, float(values[i]), *facts))
        if parts.lone[:, i].any():
            rows.append((node.id, node.parent, depth, MISSING, float(lone[i]), *facts))
        if i in inexact:
            rows += _parts(scoring, i, depth + 1, mean, mine)
        elif parts.shown[:, i].any() and not node.is_indicator:
            rows.append((node.id, node.parent, depth + 1, WEIGHTS, float(gaps[i]), None, None, None, None))
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


def _down(tree: Framework, at: dict[str, int], top: int, closed: set[int]) -> Iterator[int]:
    """A node and those below it, but not below those that are closed."""
    yield top
    if top not in closed:
        for child in tree.children(tree.nodes[top].id):
            yield from _down(tree, at, at[child.id], closed)


def _number(x: float) -> float | None:
    return float(x) if np.isfinite(x) else None


# ---- in words ----


def lines(explanation: Explanation, edition: Edition) -> list[str]:
    """An explanation as lines of plain text: the finding, then its parts, the largest first."""
    root = edition.framework.roots[0].id
    name = edition.areas.names[explanation.area]
    what = (
        "" if explanation.node == root else f" for {words.inside(edition.framework[explanation.node].name)}"
    )
    said = f"{name} scores {words.number(explanation.score, 2)}{what} in {explanation.period}"
    if not explanation.against:
        bent = bool(_geometric(explanation, edition))
        head = (
            f"{said}. Its parts, and what one point more of each is worth to it:"
            if bent
            else f"{said}, made of:"
        )
        return [
            head,
            *_part_lines(explanation, edition, _score_line),
            *_inexact_lines(explanation, edition),
        ]
    total, other = explanation.total, words.number(explanation.other, 2)
    apart = f"{words.points(total, 2)} {'above' if total > 0 else 'below'}"
    apart = "the same as" if not words.number(total, 2).strip("0.") else apart
    return [
        f"{said}, {apart} {_other_side(explanation, edition)} ({other}).",
        "What makes the gap, in points:",
        *_part_lines(explanation, edition, _gap_line),
        *_inexact_lines(explanation, edition),
        f"Together {words.signed(total, 2)}.",
        *_of_a_group(explanation),
    ]


def _of_a_group(explanation: Explanation) -> list[str]:
    """Why a part's points need not have the sign of the difference that stands beside them."""
    odd = explanation.frame.filter(
        (pl.col("kind") == VALUE)
        & (pl.col("depth").is_between(1, _DEEPEST))
        & (pl.col("points") * (pl.col("x1") - pl.col("x0")) < 0)
        & (pl.col("points").abs() >= 0.005)
    )
    if explanation.members < 2 or odd.is_empty():
        return []
    return [
        f"Points are the mean of {explanation.members:,} gaps, one to each area compared with, and in each a"
        " low score weighs more than a high one: so a part can lift although its score is below the mean."
    ]


def _geometric(explanation: Explanation, edition: Edition) -> set[str]:
    """The explained node and those below it that are geometric means of their parts.

    Score times effect is then weight times the mean, the same for all parts of one weight: it tells nothing.
    """
    inside = set(explanation.frame["node"])
    return {form.id for form in formings(edition.scoring) if form.p == 0 and form.id in inside}


def _inexact_lines(explanation: Explanation, edition: Edition) -> list[str]:
    """That what a node is made of can't be told in points, and why."""
    tree, recipe = edition.framework, edition.recipe
    said = []
    for id in explanation.inexact:
        method = recipe.aggregate.method.at(id, tree[id].level).name
        name = words.plain(tree[id].name)
        said.append(f"{name} is formed by {words.way(method)}: its parts are shown, no exact split exists.")
    return said


def _other_side(explanation: Explanation, edition: Edition) -> str:
    members = explanation.members
    if explanation.against == "peers":
        return f"the mean of its {words.count(members)} peers"
    if explanation.against == "all":
        return f"the mean of all {members:,} {words.types(edition.areas.type, members)}"
    if explanation.against in edition.scoring.period_index:
        return f"its own score in {explanation.against}"
    return edition.areas.names[explanation.against]


def _part_lines(explanation: Explanation, edition: Edition, line: _Line) -> list[str]:
    """The two levels below the explained node, each branch under its parent, the largest first."""
    found: list[str] = []
    bent = not explanation.against and _geometric(explanation, edition)
    size = pl.col("points").abs().round(9)
    largest = [pl.col("effect")] if bent else [size, pl.col("effect")]

    def below(parent: str, depth: int) -> None:
        parts = explanation.frame.filter(
            (pl.col("depth") == depth)
            & pl.when(pl.col("kind") == WEIGHTS)
            .then(pl.col("node") == parent)
            .otherwise(pl.col("parent") == parent)
        ).sort(*largest, "node", descending=[True] * len(largest) + [False], nulls_last=True)
        for row in parts.iter_rows(named=True):
            if row["kind"] in (WEIGHTS, FLOOR) and abs(row["points"]) < 0.005:
                continue
            found.append("  " * depth + line(row, edition, explanation))
            if depth < _DEEPEST and row["kind"] in (VALUE, PART):
                below(row["node"], depth + 1)

    below(explanation.node, 1)
    return found


def _gap_line(row: dict[str, Any], edition: Edition, explanation: Explanation) -> str:
    if row["kind"] == PART:
        mine, theirs = (_score(row[side]) for side in ("x1", "x0"))
        return f"–  {words.plain(edition.framework[row['node']].name)}: {mine} against {theirs}"
    points = words.signed(row["points"], 2)
    if row["kind"] == WEIGHTS:
        return f"{points}  other weights, because something is missing or weighs differently"
    name = words.plain(edition.framework[row["node"]].name)
    if row["kind"] == MISSING:
        return f"{points}  {name}: known on one side only"
    against = "against" if explanation.members == 1 else "against a mean of"
    return f"{points}  {name}: {words.number(row['x1'], 2)} {against} {words.number(row['x0'], 2)}"


def _score_line(row: dict[str, Any], edition: Edition, explanation: Explanation) -> str:
    tree = edition.framework
    if row["kind"] == PART:
        return f"–  {words.plain(tree[row['node']].name)}: {_score(row['x1'])}"
    above = {row["parent"], *(node.id for node in tree.ancestors(row["parent"]))}
    bent = above & _geometric(explanation, edition)
    points = "" if bent else f"{words.number(row['points'], 2)}  "
    name = words.plain(tree[row["node"]].name)
    if row["kind"] == FLOOR:
        return f"{points}{name}: lifted to the floor"
    effect, x = words.number(row["effect"], 3), words.number(row["x1"], 2)
    return f"{points}{name}: {x}, where one point more is worth {effect}"


def _score(x: float | None) -> str:
    return "no score" if x is None else words.number(x, 2)
