"""What moved between two editions, and which step moved it.

The new edition is reached from the old one in four steps, always in this order: new data; new goalposts
(also means and deviations); new weights; new method. After each step every area is scored again, so the
parts of a change are the differences between neighbouring states, and they add up to the whole change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import polars as pl

from commonweal.arrays import Floats
from commonweal.engine import score_profile
from commonweal.methods.rank import rank
from commonweal.model.edition import Scoring

STEPS: Final = ("data", "goalposts", "weights", "method")
MOVES: Final = {
    "period": pl.String, "area": pl.String, "node": pl.String, "level": pl.String,
    "old": pl.Float64, "new": pl.Float64, "change": pl.Float64,
    "data": pl.Float64, "goalposts": pl.Float64, "weights": pl.Float64, "method": pl.Float64,
    "old_rank": pl.Int64, "new_rank": pl.Int64,
    "rank_data": pl.Int64, "rank_goalposts": pl.Int64, "rank_weights": pl.Int64, "rank_method": pl.Int64,
    "steps": pl.String,
}  # fmt: skip
#: As a share of the largest score: a smaller change is the noise of floating point.
_NOTHING: Final = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """What a state is made of: values (periods, areas, indicators), lines, and weights by parent.

    Weights are (periods, weight areas, children), the areas those of the values.
    """

    values: Floats
    lines: Floats
    weights: Mapping[str, Floats]


def moves(old: Scoring, new: Scoring, prepared: Scoring, afresh: Scoring) -> pl.DataFrame:
    """A row for each score or rank of both editions that moved, with the columns of `MOVES`.

    `prepared` gives the new values and goalposts: `new` itself, or the old method run on the new data
    where values are prepared in another way (treated, imputed). `afresh` stands for all of the first three
    steps where a score can't be taken apart into values, lines and weights (ranks, comparisons in pairs):
    `new` if the method is the same, else the old method run on the new data, or `old` if that can't be run.
    """
    periods = [p.label for p in old.periods if p.label in new.period_index]
    nodes = [node.id for node in old.framework if node.id in new.framework]
    if not periods or not nodes:
        return pl.DataFrame(schema=MOVES)
    values = _values(old, prepared, periods, new.areas)
    lines, weights = _lines(old, periods), _weights(old, periods, new.areas)
    new_lines, new_weights = _new_lines(old, prepared, periods), _new_weights(old, new, periods)
    states = [
        _score(old, _Held(values, lines, weights)),
        _score(old, _Held(values, new_lines, weights)),
        _score(old, _Held(values, new_lines, new_weights)),
    ]
    first = _reach(old.scores, old, periods, new.areas, nodes)
    last = _reach(new.scores, new, periods, new.areas, nodes)
    other = _reach(afresh.scores, afresh, periods, new.areas, nodes)
    whole = [state[:, :, [old.node_index[id] for id in nodes]] for state in states]
    whole = [np.where(_can_be_taken_apart(old, periods, nodes), state, other) for state in whole]
    settled = _settled([first, *whole, last])
    ranks = [
        _reach(old.ranks, old, periods, new.areas, nodes),
        *(_ranks(state) for state in settled[1:-1]),
        _reach(new.ranks, new, periods, new.areas, nodes),
    ]
    return _frame(periods, new, old, nodes, settled, ranks)


def _score(method: Scoring, held: _Held) -> Floats:
    """Every node (periods, areas, nodes) by the method of a scoring, on other lines and weights."""
    scores = np.full((*held.values.shape[:2], len(method.framework)), np.nan)
    for p, values in enumerate(held.values):
        # each area is a profile, with its own weights where it has any
        weights = {id: weight[p][:, None, :] for id, weight in held.weights.items()}
        now = replace(
            method,
            fits=held.lines[p : p + 1],
            child_weights=weights,
            # the values are already as normalise meets them
            curves=(),
            denominated=frozenset(),
        )
        scores[p] = score_profile(now, values)
    return scores


def _can_be_taken_apart(old: Scoring, periods: list[str], nodes: list[str]) -> Any:
    """Which nodes the old values, lines and weights give back as they were scored."""
    weights = _weights(old, periods, old.areas)
    held = _Held(_values(old, old, periods, old.areas), _lines(old, periods), weights)
    at = [old.period_index[label] for label in periods]
    missed: Any = ~np.isclose(_score(old, held), old.scores[at], rtol=_NOTHING, atol=_NOTHING, equal_nan=True)
    sound: Any = ~missed.any(axis=(0, 1))
    return sound[[old.node_index[id] for id in nodes]]


def _values(old: Scoring, source: Scoring, periods: list[str], areas: tuple[str, ...]) -> Floats:
    """What normalise meets of the old framework's indicators: from `source`, where it has the indicator."""
    found = np.full((len(periods), len(areas), len(old.framework.indicators)), np.nan)
    theirs = {node.id: i for i, node in enumerate(source.framework.indicators)}
    for i, node in enumerate(old.framework.indicators):
        giver, at = (source, theirs[node.id]) if node.id in theirs else (old, i)
        to = [a for a, code in enumerate(areas) if code in giver.area_index]
        rows = [giver.area_index[areas[a]] for a in to]
        for p, label in enumerate(periods):
            if label in giver.period_index:
                met = giver.values if giver.met is None else giver.met
                found[p, to, i] = met[giver.period_index[label], rows, at]
    return found


def _lines(scoring: Scoring, periods: list[str]) -> Floats:
    """The straight lines of each indicator (periods, indicators, 4)."""
    return np.stack(
        [scoring.fits[0 if len(scoring.fits) == 1 else scoring.period_index[label]] for label in periods]
    )


def _new_lines(old: Scoring, new: Scoring, periods: list[str]) -> Floats:
    """The old lines, and the new one where an indicator is put on its scale in the same way."""
    lines = _lines(old, periods)
    kept = [label for label in periods if label in new.period_index]
    theirs = _lines(new, kept)
    rows = [periods.index(label) for label in kept]
    position = {node.id: i for i, node in enumerate(new.framework.indicators)}
    for i, node in enumerate(old.framework.indicators):
        same = node.id in position and old.recipe.normalise.at(node.id) == new.recipe.normalise.at(node.id)
        if same and node.direction == new.framework[node.id].direction:
            lines[rows, i] = theirs[:, position[node.id]]
    return lines


def _weights(scoring: Scoring, periods: list[str], areas: tuple[str, ...]) -> dict[str, Floats]:
    """The weights of each parent's children (periods, weight areas, children)."""
    at = [scoring.period_index[label] for label in periods]
    return {
        parent: np.stack([_in_areas(scoring, parent, p, areas) for p in at])
        for parent in scoring.child_weights
    }


def _in_areas(scoring: Scoring, parent: str, period: int, areas: tuple[str, ...]) -> Floats:
    """The weights of one parent's children, by area where each has its own; the mean for unknown areas."""
    held = scoring.area_weights_of(parent, period)
    if len(held) == 1:
        return held
    mean = scoring.weights_of(parent, period)
    rows = [held[scoring.area_index[code]] if code in scoring.area_index else mean for code in areas]
    return np.stack(rows)


def _new_weights(old: Scoring, new: Scoring, periods: list[str]) -> dict[str, Floats]:
    """The old weights, and the new ones of each parent that has the same children."""
    weights, theirs = _weights(old, periods, new.areas), _weights(new, periods, new.areas)
    for parent in weights:
        mine = [child.id for child in old.framework.children(parent)]
        other = [child.id for child in new.framework.children(parent)]
        if set(mine) == set(other):
            weights[parent] = theirs[parent][:, :, [other.index(id) for id in mine]]
    return weights


def _reach(
    values: Any, scoring: Scoring, periods: list[str], areas: tuple[str, ...], nodes: list[str]
) -> Any:
    """Scores or ranks of a scoring on these axes; nan or 0 where it has none."""
    empty: Any = np.nan if values.dtype.kind == "f" else 0
    found = np.full((len(periods), len(areas), len(nodes)), empty, dtype=values.dtype)
    rows = [p for p, label in enumerate(periods) if label in scoring.period_index]
    columns = [a for a, code in enumerate(areas) if code in scoring.area_index]
    third = [n for n, id in enumerate(nodes) if id in scoring.node_index]
    found[np.ix_(rows, columns, third)] = values[
        np.ix_(
            [scoring.period_index[periods[p]] for p in rows],
            [scoring.area_index[areas[a]] for a in columns],
            [scoring.node_index[nodes[n]] for n in third],
        )
    ]
    return found


def _settled(states: list[Floats]) -> list[Floats]:
    """Neighbouring states that differ by the noise of floating point made the same, the ends kept."""
    size = max(1.0, float(np.nanmax(np.abs(states[-1]), initial=0.0)))
    near = _NOTHING * size
    for k in range(len(states) - 2, 0, -1):
        states[k] = np.where(np.abs(states[k] - states[k + 1]) <= near, states[k + 1], states[k])
    for k in range(1, len(states) - 1):
        states[k] = np.where(np.abs(states[k] - states[k - 1]) <= near, states[k - 1], states[k])
    return states


def _ranks(scores: Floats) -> Any:
    return np.moveaxis(rank(np.moveaxis(scores, 1, -1))[0], -1, 1)


def _frame(
    periods: list[str], new: Scoring, old: Scoring, nodes: list[str], states: list[Floats], ranks: list[Any]
) -> pl.DataFrame:
    """The rows of areas in both editions that moved."""
    parts: Any = np.diff(np.stack(states), axis=0)
    rank_parts: Any = np.diff(np.stack(ranks).astype(np.int64), axis=0)
    gaps = np.isnan(np.stack(states))
    appears = gaps[1:] != gaps[:-1]
    by_step: Any = (np.abs(np.nan_to_num(parts)) > _NOTHING) | appears | (rank_parts != 0)
    in_both = np.array([code in old.area_index for code in new.areas])
    at = np.nonzero(by_step.any(axis=0) & in_both[None, :, None])
    unranked = (np.stack([held[at] for held in ranks]) == 0).any(axis=0)
    columns: dict[str, Any] = {
        "period": np.asarray(periods)[at[0]],
        "area": np.asarray(new.areas)[at[1]],
        "node": np.asarray(nodes)[at[2]],
        "level": np.asarray([new.framework[id].level for id in nodes])[at[2]],
        "old": states[0][at],
        "new": states[-1][at],
        "change": (states[-1] - states[0])[at],
        **{step: parts[k][at] for k, step in enumerate(STEPS)},
        "old_rank": ranks[0][at],
        "new_rank": ranks[-1][at],
        **{f"rank_{step}": rank_parts[k][at] for k, step in enumerate(STEPS)},
        "steps": _names(np.stack([moved[at] for moved in by_step])),
    }
    frame = pl.DataFrame(columns).select(pl.col(name).cast(kind) for name, kind in MOVES.items())
    return frame.with_columns(
        pl.col(pl.Float64).fill_nan(None),
        *(pl.when(pl.col(name) > 0).then(pl.col(name)).alias(name) for name in ("old_rank", "new_rank")),
        *(pl.when(~pl.Series(unranked)).then(pl.col(f"rank_{step}")).alias(f"rank_{step}") for step in STEPS),
    )


def _names(by_step: Any) -> list[str]:
    """The steps that move each figure, in their order, as text."""
    return [", ".join(step for step, moved in zip(STEPS, row, strict=True) if moved) for row in by_step.T]
