"""Made tables of counts about people, of every shape in which published figures overlap, from a seed."""

from __future__ import annotations

from itertools import product

import numpy as np

from commonweal.sources.protect.disclosure.system import Figure, Switch, System
from commonweal.sources.protect.known import Known, Role, cost
from commonweal.sources.protect.rule import Rule


def random_system(seed: int, rule: Rule, *, largest: int = 5) -> tuple[System, np.ndarray]:
    """A system, and the exact count of every atom: one of four shapes, with many small counts."""
    draw = np.random.default_rng(seed)
    rows, columns = int(draw.integers(1, largest)), int(draw.integers(2, largest + 1))
    shape = (rows, columns, int(draw.integers(1, 3)))
    scale = draw.choice([1.5, 4.0, 9.0, 30.0])
    counts = draw.negative_binomial(1, 1 / (1 + scale), size=shape)
    groups = _groups(shape, int(draw.integers(4)), draw)
    return system_of(groups, counts.ravel(), rule), counts.ravel()


def _groups(shape: tuple[int, int, int], kind: int, draw: np.random.Generator) -> list[tuple[int, ...]]:
    """Which atoms each published figure is the sum of."""
    rows, columns, layers = shape
    number = np.arange(rows * columns * layers).reshape(shape)
    cells = [tuple(number[r, c]) for r, c in product(range(rows), range(columns))]
    if kind == 0:  # a table with its margins
        return [*cells, *map(tuple, number.reshape(rows, -1)), *_columns(number), tuple(number.ravel())]
    if kind == 1:  # two geographies that cut the same place: neither lies within the other
        cut = np.sort(draw.integers(0, 4, number.size))
        other = [tuple(np.flatnonzero(cut == i)) for i in range(4)]
        return [*cells, *(group for group in other if len(group)), tuple(number.ravel())]
    if kind == 2:  # a year and its parts, and what lies within: all, some of it
        inner = [tuple(number[r, : columns // 2 + 1].ravel()) for r in range(rows)]
        return [*map(tuple, number.reshape(rows, -1)), *inner, *cells, *_columns(number)]
    pooled = [tuple(number[r : r + 2].ravel()) for r in range(max(rows - 1, 1))]  # rolling periods
    return [*map(tuple, number.reshape(rows, -1)), *pooled, tuple(number.ravel())]


def _columns(number: np.ndarray) -> list[tuple[int, ...]]:
    return [tuple(number[:, c].ravel()) for c in range(number.shape[1])]


def system_of(groups: list[tuple[int, ...]], counts: np.ndarray, rule: Rule) -> System:
    """The system of these sums as the rule publishes them, each with a switch of its own."""
    figures, switches = [], []
    for group in dict.fromkeys(tuple(sorted(int(a) for a in g)) for g in groups):
        class_ = rule.class_of(int(counts[list(group)].sum()))
        known = Known(Role.COUNT, rule.low(class_), rule.high(class_), rule.hide_to * (class_ == 1), class_)
        figures.append(Figure(group, known.low, known.high, known.keep, len(switches), class_))
        switches.append(Switch(cost(known)))
    return System.of(figures, switches)
