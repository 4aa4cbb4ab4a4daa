"""Fill gaps with what the other cells suggest.

Every method takes a `Table` and the positions `wanted` of the indicators to fill, and returns estimates
(wanted, periods, areas), nan where it has none. Only gaps are filled with them; what is there stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

import numpy as np

from commonweal.arrays import Flags, Floats, Positions
from commonweal.methods.lines import SPARE_ROWS, Line, least_squares, line

#: Rounds of the chained equations; after a few the estimates only move by the noise that is drawn.
ROUNDS: Final = 10
_SEED: Final = 20


class Table(NamedTuple):
    """Directed values (indicators, periods, areas), nan in gaps, and what they stand in.

    `parent` (indicators,) numbers the parents, `group` (areas,) the groups (-1 for none), `years` (periods,)
    says when each period ended. `fit` marks the cells that count where something is fitted.
    """

    x: Floats
    fit: Flags
    parent: Positions
    group: Positions
    years: Floats


def none(table: Table, wanted: Positions) -> Floats:
    """Gaps stay gaps."""
    return np.full((len(wanted), *table.x.shape[1:]), np.nan)


def group_mean(table: Table, wanted: Positions, *, group: str) -> Floats:
    """The mean of the areas of the same group (a column of areas.csv) in the same period.

    >>> x = np.array([[[1.0, 3.0, np.nan, 9.0]]])
    >>> table = Table(x, ~np.isnan(x), np.zeros(1, int), np.array([0, 0, 0, 1]), np.zeros(1))
    >>> group_mean(table, np.array([0]), group="region")[0, 0].tolist()
    [2.0, 2.0, 2.0, 9.0]
    """
    return _by_group(table, wanted, np.mean)


def group_median(table: Table, wanted: Positions, *, group: str) -> Floats:
    """The median of the areas of the same group (a column of areas.csv) in the same period."""
    return _by_group(table, wanted, np.median)


def component_mean(table: Table, wanted: Positions) -> Floats:
    """The area's mean of its other indicators under the same parent, as far up the range as they are.

    Directed values are scaled 0-1 by the least and largest value, averaged without weights, and scaled back.

    >>> x = np.array([[[0.0, 10.0, np.nan]], [[1.0, 3.0, 2.0]]])
    >>> table = Table(x, ~np.isnan(x), np.zeros(2, int), np.full(3, -1), np.zeros(1))
    >>> component_mean(table, np.array([0]))[0, 0].tolist()
    [0.0, 10.0, 5.0]
    """
    return by_ends(table, wanted, *ends(table))


def ends(table: Table) -> tuple[Floats, Floats]:
    """The least and the largest value (indicators,) of the cells that count; nan where there is none."""
    counted = np.where(table.fit, table.x, np.nan).reshape(len(table.x), -1)
    return np.fmin.reduce(counted, axis=1), np.fmax.reduce(counted, axis=1)


def by_ends(table: Table, wanted: Positions, low: Floats, high: Floats) -> Floats:
    """`component_mean` with each indicator (indicators,) scaled by these ends; no part in it without."""
    ranged = high > low
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = (table.x - low[:, None, None]) / np.where(ranged, high - low, np.nan)[:, None, None]
    found = none(table, wanted)
    for row, i in zip(found, wanted, strict=True):
        others = np.flatnonzero((table.parent == table.parent[i]) & ranged)
        others = others[others != i]
        row[:] = low[i] + _mean(scaled[others]) * (high[i] - low[i])
    return found


def carry(table: Table, wanted: Positions, *, limit: float | None) -> Floats:
    """The area's latest earlier value, at most `limit` years older.

    >>> x = np.array([[[4.0], [np.nan], [np.nan]]])
    >>> table = Table(x, ~np.isnan(x), np.zeros(1, int), np.array([-1]), np.array([2016.0, 2017.0, 2018.0]))
    >>> carry(table, np.array([0]), limit=1)[0, :, 0].tolist()
    [4.0, 4.0, nan]
    """
    before, _ = _neighbours(table.x[wanted])
    found, age = _taken(table, wanted, before)
    return np.where(age <= _allowed(limit), found, np.nan)


def linear(table: Table, wanted: Positions, *, limit: float | None) -> Floats:
    """The straight line between the values before and after in the same area, both at most `limit` years off.

    >>> x = np.array([[[4.0], [np.nan], [10.0]]])
    >>> table = Table(x, ~np.isnan(x), np.zeros(1, int), np.array([-1]), np.array([2016.0, 2017.0, 2019.0]))
    >>> linear(table, np.array([0]), limit=None)[0, :, 0].tolist()
    [4.0, 6.0, 10.0]
    """
    before, after = _neighbours(table.x[wanted])
    first, age = _taken(table, wanted, before)
    last, ahead = _taken(table, wanted, after)
    ahead = -ahead
    near = (age <= _allowed(limit)) & (ahead <= _allowed(limit))
    with np.errstate(divide="ignore", invalid="ignore"):
        line = np.where(age + ahead > 0, first + (last - first) * age / (age + ahead), first)
    return np.where(near, line, np.nan)


def regression(table: Table, wanted: Positions) -> Floats:
    """Least squares, with an intercept, on the indicators under the same parent that the area has.

    For each set of indicators that some area with a gap has, over the cells that have them all and the
    wanted one; no estimate where there are fewer such cells than numbers to find, and one more.
    """
    return by_lines(table, wanted, lines(table, wanted))


def lines(table: Table, wanted: Positions) -> list[Line]:
    """The lines of `regression`: on all siblings of an indicator, all but one, and each set a gap needs."""
    found = []
    for i in wanted.tolist():
        siblings = np.flatnonzero(table.parent == table.parent[i])
        siblings = siblings[siblings != i]
        whole = tuple(siblings.tolist())
        sets = {whole, *(whole[:k] + whole[k + 1 :] for k in range(len(whole)))} - {()}
        known = ~np.isnan(table.x[siblings])
        gaps = np.isnan(table.x[i]) & known.any(axis=0)
        if gaps.any():
            patterns = np.unique(known[:, gaps].T, axis=0)
            sets |= {tuple(siblings[pattern].tolist()) for pattern in patterns}
        x, y = table.x[siblings][:, table.fit[i]], table.x[i][table.fit[i]]
        order = np.lexsort((*x, y))  # so that the order of areas can't change the last bit
        x, y = x[:, order], y[order]
        for held in sorted(sets) or [()]:
            used = x[np.isin(siblings, held)]
            rows = ~np.isnan(used).any(axis=0)
            found.append(line(i, held, used[:, rows], y[rows]))
    return found


def by_lines(table: Table, wanted: Positions, held: Iterable[Line]) -> Floats:
    """Each gap's estimate by the line on just those indicators that are there, of all that lines name."""
    found = none(table, wanted)
    kept = list(held)
    for row, i in zip(found, wanted.tolist(), strict=True):
        own = [one for one in kept if one.indicator == i]
        named = sorted({k for one in own for k in one.known})
        known = ~np.isnan(table.x[named])
        for one in own:
            pattern = np.isin(named, one.known)
            here = np.isnan(table.x[i]) & (known == pattern[:, None, None]).all(axis=0)
            row[here] = one.at(table.x[list(one.known)][:, here])
    return found


def chained(table: Table, wanted: Positions, *, draws: int) -> Floats:
    """Chained equations: each indicator on the others under its parent, in turn, ten times; mean of `draws`.

    Gaps start at the indicator's mean. A round regresses each indicator with gaps on all the others, filled
    so far, and draws its gaps from around the line with the residual's spread. The mean of the draws enters;
    their seed is fixed. An area with none of the indicators keeps its gaps.
    Source: van Buuren and Groothuis-Oudshoorn 2011, doi:10.18637/jss.v045.i03.
    """
    found = none(table, wanted)
    for parent in np.unique(table.parent[wanted]):
        members = np.flatnonzero(table.parent == parent)
        x = table.x[members].reshape(len(members), -1)
        fit = table.fit[members].any(axis=0).reshape(-1)
        order = np.lexsort(np.where(np.isnan(x), np.inf, x))  # no draw hangs on the order of areas
        order = order[~np.isnan(x[:, order]).all(axis=0)]
        filled = np.full(x.shape, np.nan)
        filled[:, order] = _chain(x[:, order], fit[order], draws)
        for n, i in enumerate(wanted):
            if table.parent[i] == parent:
                found[n] = filled[np.flatnonzero(members == i)[0]].reshape(found[n].shape)
    return found


METHODS: Final[dict[str, Callable[..., Floats]]] = {
    "none": none,
    "group-mean": group_mean,
    "group-median": group_median,
    "component-mean": component_mean,
    "carry": carry,
    "linear": linear,
    "regression": regression,
    "chained": chained,
}
#: Methods that look along time.
ALONG_TIME: Final = frozenset({"carry", "linear"})
#: Methods whose estimates hang on a few figures that are found once: ranges, or lines.
LEARNING: Final = frozenset({"component-mean", "regression"})


def _by_group(table: Table, wanted: Positions, centre: Callable[[Floats], float]) -> Floats:
    found = none(table, wanted)
    for group in np.unique(table.group[table.group >= 0]):
        members = np.flatnonzero(table.group == group)
        for n, i in enumerate(wanted):
            for p, values in enumerate(np.sort(table.x[i][:, members], axis=1)):
                known = values[~np.isnan(values)]
                if len(known):
                    found[n, p, members] = centre(known)
    return found


def _mean(x: Floats) -> Floats:
    known = ~np.isnan(x)
    count = known.sum(axis=0)
    mean: Floats = np.where(known, x, 0.0).sum(axis=0) / np.where(count > 0, count, np.nan)
    return mean


def _neighbours(x: Floats) -> tuple[Positions, Positions]:
    """Positions (indicators, periods, areas) of the nearest period with a value before and after; -1 none."""
    at = np.arange(x.shape[1])[None, :, None]
    known = ~np.isnan(x)
    before = np.maximum.accumulate(np.where(known, at, -1), axis=1)
    last = x.shape[1]
    after = np.minimum.accumulate(np.where(known, at, last)[:, ::-1], axis=1)[:, ::-1]
    return before, np.where(after == last, -1, after)


def _taken(table: Table, wanted: Positions, at: Positions) -> tuple[Floats, Floats]:
    """The values at these positions and how many years earlier they are; nan where there is none."""
    held = np.maximum(at, 0)
    value = np.where(at >= 0, np.take_along_axis(table.x[wanted], held, axis=1), np.nan)
    return value, np.where(at >= 0, table.years[:, None] - table.years[held], np.nan)


def _allowed(limit: float | None) -> float:
    return np.inf if limit is None else limit + 1e-9  # years are whole months


def _chain(x: Floats, fit: Flags, draws: int) -> Floats:
    """x (columns, rows), its gaps filled by the mean of the draws; they stay if too few rows are there."""
    gaps = np.isnan(x)
    known = [~gap & fit for gap in gaps]
    if not gaps.any() or len(x) < 2 or min(k.sum() for k in known) < len(x) + SPARE_ROWS + 1:
        return np.where(gaps, np.nan, x)
    mean = np.array([row[k].mean() for row, k in zip(x, known, strict=True)])
    sd = np.array([row[k].std() or 1.0 for row, k in zip(x, known, strict=True)])
    start = np.where(gaps, 0.0, (x - mean[:, None]) / sd[:, None])
    total = np.zeros(x.shape)
    for draw in range(draws):
        random = np.random.Generator(np.random.PCG64([_SEED, draw]))
        z = start.copy()
        for _ in range(ROUNDS):
            for c in np.flatnonzero(gaps.any(axis=1)):
                others = np.delete(z, c, axis=0).T
                slope = least_squares(others[known[c]], z[c, known[c]])
                line = slope[0] + others @ slope[1:]
                spare = known[c].sum() - len(x)
                spread = np.sqrt(((z[c] - line)[known[c]] ** 2).sum() / spare)
                z[c, gaps[c]] = line[gaps[c]] + spread * random.standard_normal(int(gaps[c].sum()))
        total += z
    return np.where(gaps, mean[:, None] + sd[:, None] * total / draws, x)
