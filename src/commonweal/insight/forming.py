"""How each parent is formed from its children, as arrays: what explanation and unevenness take apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commonweal.arrays import Array
from commonweal.model.edition import Scoring
from commonweal.model.recipe import power


@dataclass(frozen=True, slots=True, eq=False)
class Forming:
    """One parent: where it and its children stand among the nodes, its mean's exponent and floor.

    `way` names how it is formed. `exact` says whether it is a power mean, which alone splits exactly into
    what each child makes of it; others have no exponent (`p` is nan).
    """

    node: int
    id: str
    children: Array
    p: float
    floor: float | None
    way: str = "arithmetic"

    @property
    def exact(self) -> bool:
        """Whether the parent is a power mean of its children."""
        return not np.isnan(self.p)

    def lifted(self, x: Array) -> Array:
        """The children's scores as the mean uses them: no lower than the floor where p <= 0."""
        return x if self.floor is None or not self.p <= 0 else np.maximum(x, self.floor)


def formings(scoring: Scoring) -> tuple[Forming, ...]:
    """How every parent of a scoring is formed, each child before its parent."""
    tree, recipe, at = scoring.framework, scoring.recipe, scoring.node_index
    found = []
    for node in tree.parents:
        method = recipe.aggregate.method.at(node.id, node.level)
        p = power(method)
        children = np.array([at[child.id] for child in tree.children(node.id)])
        exponent = np.nan if p is None else p
        found.append(Forming(at[node.id], node.id, children, exponent, recipe.floor, method.name))
    return tuple(found)


def shares(scores: Array, weights: Array) -> Array:
    """Weights rescaled over the children that have a score; 0 for the others. Last axis: children.

    >>> shares(np.array([50.0, np.nan, 20.0]), np.array([0.5, 0.25, 0.25])).round(3).tolist()
    [0.667, 0.0, 0.333]
    """
    present = np.where(np.isfinite(scores), weights, 0.0)
    total = present.sum(axis=-1, keepdims=True)
    result: Array = np.divide(present, total, out=np.zeros_like(present), where=total > 0)
    return result


def shares_of(scoring: Scoring, forming: Forming, periods: Array, areas: Array) -> Array:
    """The shares of one parent's children in pairs of a period and an area, shape (pairs, children)."""
    held = scoring.child_weights[forming.id]
    some = np.zeros_like(periods)
    weights = held[some if len(held) == 1 else periods, some if held.shape[1] == 1 else areas]
    return shares(scoring.scores[periods[:, None], areas[:, None], forming.children], weights)


def bend(x: Array, p: float) -> Array:
    """The f of a power mean, x^p / p (ln x at p = 0), less a constant that cancels wherever f is used."""
    with np.errstate(divide="ignore", invalid="ignore"):
        result: Array = np.log(x) if p == 0 else x**p / p
    return result


def stretch(a: Array, b: Array, p: float) -> Array:
    """lam_p(a, b) = (b - a) / (f(b) - f(a)): points of a mean for one unit of f; a^(1-p) where a = b.

    In the form that stays exact when a and b are close: with L = log1p((b - a) / a),
    lam = a^(1-p) expm1(L) / (expm1(p L) / p). One side 0: p b^(1-p) for p > 0, else 0. Both 0: 0.

    >>> stretch(np.array([50.0, 0.0]), np.array([50.0, 4.0]), 0.5).round(6).tolist()
    [7.071068, 1.0]
    """
    if p == 1:
        return np.ones(np.broadcast(a, b).shape)
    low, high = np.minimum(a, b), np.maximum(a, b)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        grown = np.log1p((high - low) / low)
        steps = grown if p == 0 else np.expm1(p * grown) / p
        ratio = np.where(grown == 0, 1.0, np.expm1(grown) / steps)
        result = low ** (1 - p) * ratio
        edge = p * high ** (1 - p) if p > 0 else np.zeros_like(high)
    return np.where(high == 0, 0.0, np.where(low == 0, edge, result))
