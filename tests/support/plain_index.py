"""An index worked out the slow, plain way, from the written definitions alone, for the engine to agree with.

One cell at a time, in plain Python, and nothing of the package: dictionaries {(period, area): value} for each
indicator, nan where nothing is known. Reads a recipe of the steps impute, treat, normalise, aggregate,
available and floor; weights are equal.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import fmean, median, stdev
from typing import Any

Column = dict[tuple[str, str], float]
NAN = math.nan


def known(column: Column, keys: Sequence[tuple[str, str]]) -> list[float]:
    return [column[key] for key in keys if not math.isnan(column[key])]


def plain_scores(
    columns: Mapping[str, Column],
    direction: Mapping[str, int],
    parents: Mapping[str, Sequence[str]],
    groups: Mapping[str, str],
    targets: Mapping[str, float],
    recipe: Mapping[str, Any],
) -> dict[str, Column]:
    """The score of every node: `parents` from the lowest up, the last one the index."""
    held = {i: dict(column) for i, column in columns.items()}
    component = {i: [k for k in kids if k in columns] for kids in parents.values() for i in kids}
    if "impute" in recipe:
        held = {i: imputed(i, columns, direction, component[i], groups, recipe["impute"]) for i in columns}
    scores: dict[str, Column] = {}
    for i, column in held.items():
        for keys in at_once(column, recipe.get("treat")):
            column.update(treated(column, keys, recipe.get("treat")))
        scores[i] = {}
        for keys in at_once(column, recipe["normalise"]):
            scores[i] |= normalised(column, keys, direction[i], targets[i], recipe["normalise"])
    for parent, kids in parents.items():
        scores[parent] = {
            key: formed([scores[k][key] for k in kids], kids, columns, recipe) for key in scores[kids[0]]
        }
    return scores


def at_once(column: Column, step: Mapping[str, Any] | None) -> list[list[tuple[str, str]]]:
    """The cells that are seen together: all of them (pooled), or each period's."""
    if step is None or step.get("rule", "pooled") == "pooled":
        return [list(column)]
    return [[key for key in column if key[0] == period] for period in sorted({key[0] for key in column})]


def imputed(
    i: str,
    columns: Mapping[str, Column],
    direction: Mapping[str, int],
    siblings: Sequence[str],
    groups: Mapping[str, str],
    step: Mapping[str, Any],
) -> Column:
    """Gaps filled by the group in the same period, or by how far up the area's other indicators are."""
    filled = dict(columns[i])
    for period, area in (key for key, value in columns[i].items() if math.isnan(value)):
        if step["method"] == "component-mean":
            ends = {k: sorted(known(columns[k], list(columns[k]))) for k in siblings}
            places = [place(columns[k][period, area], ends[k], direction[k]) for k in siblings if k != i]
            there = [p for p in places if not math.isnan(p)]
            if there and ends[i]:
                up = fmean(there) if direction[i] == 1 else 1 - fmean(there)
                filled[period, area] = ends[i][0] + up * (ends[i][-1] - ends[i][0])
        else:
            same = [(p, a) for p, a in columns[i] if p == period and groups[a] == groups[area]]
            if others := known(columns[i], same):
                filled[period, area] = (fmean if step["method"] == "group-mean" else median)(others)
    return filled


def place(value: float, ordered: Sequence[float], sign: int) -> float:
    """How far up its range a value is, from the worst 0 to the best 1."""
    if math.isnan(value) or ordered[0] == ordered[-1]:
        return NAN
    up = (value - ordered[0]) / (ordered[-1] - ordered[0])
    return up if sign == 1 else 1 - up


def outlying(values: Sequence[float], step: Mapping[str, Any]) -> float:
    """The skewness G1 of values that fail the test, and 0 of values that pass it or can't be tested."""
    n, mean = len(values), fmean(values)
    m2, m3, m4 = (fmean([(x - mean) ** r for x in values]) for r in (2, 3, 4))
    if n < 4 or min(values) == max(values):
        return 0.0
    g1 = math.sqrt(n * (n - 1)) / (n - 2) * m3 / m2**1.5
    g2 = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * (m4 / m2**2 - 3) + 6)
    return 0.0 if abs(g1) < step["skew"] or g2 < step["kurtosis"] else g1


def treated(column: Column, keys: Sequence[tuple[str, str]], step: Mapping[str, Any] | None) -> Column:
    """Winsorised: the furthest value gets the next one's, until the test passes or `max` are changed."""
    now = {key: column[key] for key in keys if not math.isnan(column[key])}
    before = dict(now)
    while step is not None and now and (skew := outlying(list(now.values()), step)):
        changed = sum(now[key] != before[key] for key in now)
        if changed >= step["max"] or len(set(now.values())) <= 2:
            break
        furthest = max if skew > 0 else min
        end = furthest(now.values())
        inner = furthest(x for x in now.values() if x != end)
        now = {key: inner if x == end else x for key, x in now.items()}
    if step is not None and step["then"] == "log" and now and outlying(list(now.values()), step):
        low, high = min(before.values()), max(before.values())
        now = {key: math.log(x - low + 0.01 * (high - low)) for key, x in before.items()}
    return now


def normalised(
    column: Column, keys: Sequence[tuple[str, str]], sign: int, target: float, step: Mapping[str, Any]
) -> Column:
    """Each value, turned by the direction, on the scale that the others make."""
    seen = [sign * x for x in known(column, keys)]
    return {key: on_scale(sign * column[key], seen, sign * target, step) for key in keys}


def on_scale(x: float, seen: Sequence[float], target: float, step: Mapping[str, Any]) -> Any:
    if math.isnan(x):
        return NAN
    worst, best, n = min(seen), max(seen), len(seen)
    worse = sum(y < x for y in seen)
    better = sum(y > x for y in seen)
    match step["method"]:
        case "goalposts":
            return 100 * (x - worst) / (best - worst)
        case "minmax":
            return (x - worst) / (best - worst) * (step["high"] - step["low"]) + step["low"]
        case "zscore":
            return (x - fmean(seen)) / stdev(seen) * step["sd"] + step["mean"]
        case "rank":
            return worse + 1
        case "borda":
            return worse
        case "percentile":
            return step["scale"] * worse / (n - 1)
        case "distance-to-target":
            way = (x - worst) / (target - worst)
            return step["scale"] * (min(way, 1.0) if step["cap"] else way)
        case "exponential":
            share = (n - better) / n
            return -23 * math.log(1 - share * (1 - math.exp(-100 / 23)))
    raise AssertionError(step)


def formed(
    children: Sequence[float], kids: Sequence[str], columns: Mapping[str, Column], recipe: Mapping[str, Any]
) -> float:
    """The mean of the children that are there, if enough are."""
    there = [x for x in children if not math.isnan(x)]
    if "available" in recipe:
        enough = bool(there) and not len(there) / len(children) < recipe["available"]
    else:  # a parent of indicators can do without one of them, a parent of parents without none
        enough = len(there) >= (max(1, len(children) - 1) if kids[0] in columns else len(children))
    if not enough:
        return NAN
    p = {"arithmetic": 1, "geometric": 0, "harmonic": -1}.get(
        recipe["aggregate"]["method"], recipe["aggregate"].get("p")
    )
    if p <= 0:
        there = [max(x, recipe["floor"]) for x in there]
    if p == 0:
        return math.exp(fmean([math.log(x) for x in there]))
    return float(fmean([x**p for x in there]) ** (1 / p))


def plain_ranks(column: Column) -> dict[tuple[str, str], int]:
    """1 for the best of a period; scores equal to 12 digits of the period's largest share the best place."""
    ranks = {}
    for period, area in (key for key, score in column.items() if not math.isnan(score)):
        scores = {key: score for key, score in column.items() if key[0] == period and not math.isnan(score)}
        size = max(abs(score) for score in scores.values())
        digits = 11 - math.floor(math.log10(size)) if size else 0
        rounded = {key: round(score, digits) for key, score in scores.items()}
        ranks[period, area] = 1 + sum(other > rounded[period, area] for other in rounded.values())
    return ranks
