"""Fixtures that more than one kind of test needs."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import settings

from commonweal.model.edition import GOALPOSTS, WEIGHTS, Scoring
from commonweal.model.framework import Framework
from commonweal.model.period import Period
from commonweal.model.recipe import Recipe, power

ROOT = Path(__file__).resolve().parent.parent


# Shared machines are uneven, so no example has a deadline; a run that others wait for draws the same ones.
settings.register_profile("patient", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("patient")


def _data() -> Path:
    return Path(os.environ.get("COMMONWEAL_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets; tests that need it are skipped where it is absent."""
    folder = _data()
    if not folder.is_dir():
        pytest.skip(f"real data not found at {folder} (set COMMONWEAL_DATA)")
    return folder


@pytest.fixture(scope="session")
def golden() -> Path:
    """The folder of results made by others; it lies beside the real data."""
    folder = _data().parent / "golden"
    if not folder.is_dir():
        pytest.skip(f"golden results not found at {folder} (set COMMONWEAL_DATA)")
    return folder


@pytest.fixture(scope="session")
def make_scoring() -> Callable[..., Scoring]:
    """A scoring made plainly, cell by cell, from scores of indicators: for tests of what scores mean."""
    return plain_scoring


def plain_scoring(
    tree: Framework,
    leaves: np.ndarray,
    recipe: dict[str, object] | None = None,
    *,
    periods: tuple[str, ...] = ("2018",),
    areas: tuple[str, ...] | None = None,
    weights: dict[str, np.ndarray] | None = None,
    entered_from: np.ndarray | None = None,
    values: np.ndarray | None = None,
) -> Scoring:
    """`leaves` (periods, areas, indicators) are scores; a parent has one where at least one child has.

    `weights` of a parent are (weight periods, children), or (weight periods, areas, children).
    """
    read = Recipe.read(recipe or {})
    P, A, _ = leaves.shape
    at = {node.id: i for i, node in enumerate(tree)}
    scores = np.full((P, A, len(tree)), np.nan)
    scores[:, :, [at[n.id] for n in tree.indicators]] = leaves
    held = {
        node.id: (weights or {}).get(node.id, np.array([[c.weight for c in tree.children(node.id)]]))
        for node in tree.parents
    }
    held = {id: w if w.ndim == 3 else w[:, None] for id, w in held.items()}
    held = {id: w / w.sum(axis=-1, keepdims=True) for id, w in held.items()}
    for node in tree.parents:
        p = power(read.aggregate.method.at(node.id, node.level))
        children = [at[child.id] for child in tree.children(node.id)]
        for t, a in np.ndindex(P, A):
            own = held[node.id][min(t, len(held[node.id]) - 1)]
            row = own[min(a, len(own) - 1)]
            used = [(w, scores[t, a, c]) for w, c in zip(row, children, strict=True)]
            used = [(w, x) for w, x in used if np.isfinite(x) and w > 0]
            if used:
                scores[t, a, at[node.id]] = _power_mean(used, p, read.floor)
    ranks = 1 + (scores[:, None] > scores[:, :, None] + 1e-12).sum(axis=2)
    codes = areas or tuple(f"A{i:03}" for i in range(A))
    own = np.broadcast_to(np.arange(P)[:, None, None], leaves.shape)
    return Scoring(
        periods=tuple(Period.parse(label) for label in periods),
        areas=codes,
        framework=tree,
        recipe=read,
        values=leaves if values is None else values,
        value_status=np.where(np.isfinite(leaves), 0, 6),
        entered_periods=periods,
        entered_from=np.where(np.isfinite(leaves), own if entered_from is None else entered_from, -1),
        scores=scores,
        status=np.where(np.isfinite(scores), 0, 6),
        ranks=np.where(np.isfinite(scores), ranks, 0),
        of=np.isfinite(scores).sum(axis=1),
        child_weights=held,
        weights=pl.DataFrame(schema=WEIGHTS),
        goalposts=pl.DataFrame(schema=GOALPOSTS),
        trace=(),
        floored=pl.DataFrame(),
    )


def _power_mean(used: list[tuple[float, float]], p: float, floor: float | None) -> float:
    w = np.array([weight for weight, _ in used]) / sum(weight for weight, _ in used)
    x = np.array([score for _, score in used])
    if p <= 0 and floor is not None:
        x = np.maximum(x, floor)
    return float(np.exp(w @ np.log(x)) if p == 0 else (w @ x**p) ** (1 / p))
