"""Score 35,000 areas on 53 indicators, beside bare numpy doing the same products and sorts.

Both sides run in this process, on the same array, best of several. Prints a line a recipe:
seconds of ours, seconds of numpy, their ratio, and the memory taken in copies of the input.
COINr's time for a table of this shape (min-max, arithmetic means, no weights from the data) was recorded
once, on another day, by its own functions under R 4.2.2; it is shown as recorded.

    python benchmarks/index.py
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable

import numpy as np

from commonweal.engine import fold
from commonweal.model.edition import Scoring
from commonweal.model.recipe import Recipe
from made import AREAS, INDICATORS, entered, tree

COINR_SECONDS = 26.6
PLAIN = {"normalise": "minmax", "aggregate": "arithmetic"}
FULL = {
    "normalise": {"method": "goalposts", "rule": "pooled"},
    "weigh": {"component": "pca", "dimension": "equal", "index": "equal"},
    "aggregate": {"component": "arithmetic", "dimension": "geometric", "index": "geometric"},
    "floor": 1,
}
RESAMPLES = 500


def bare(values: np.ndarray, direction: np.ndarray, groups: list[list[list[int]]], pca: bool) -> np.ndarray:
    """The same products and sorts, written by hand for this one table: indicators by areas, none missing."""
    directed = values * direction[:, None]
    low, high = directed.min(axis=1, keepdims=True), directed.max(axis=1, keepdims=True)
    scores = (directed - low) / (high - low) * 100.0
    components = []
    for dimension in groups:
        for rows in dimension:
            weight = _pca_weights(scores[rows]) if pca else np.full(len(rows), 1.0 / len(rows))
            components.append(weight @ scores[rows])
    middle = np.stack(components)
    counts = np.cumsum([len(dimension) for dimension in groups])[:-1]
    upper = np.stack([_mean(part, pca) for part in np.split(middle, counts)])
    every = np.vstack([scores, middle, upper, _mean(upper, pca)[None]])
    order = np.argsort(-every, axis=1)
    ranks = np.empty(order.shape, dtype=np.int32)
    np.put_along_axis(ranks, order, np.arange(1, order.shape[1] + 1, dtype=np.int32)[None], axis=1)
    return every


def _mean(x: np.ndarray, geometric: bool) -> np.ndarray:
    return np.exp(np.log(np.maximum(x, 1.0)).mean(axis=0)) if geometric else x.mean(axis=0)


def _pca_weights(scores: np.ndarray) -> np.ndarray:
    sd = scores.std(axis=1, ddof=1)
    z = ((scores - scores.mean(axis=1, keepdims=True)) / sd[:, None]).T
    loading = np.linalg.eigh(z.T @ z)[1][:, -1]
    areas, children = z.shape
    pairs = np.triu_indices(children)
    moments = np.column_stack([z, z[:, pairs[0]] * z[:, pairs[1]]])
    random = np.random.default_rng(0)
    for _ in range(RESAMPLES // 25):
        drawn = random.integers(0, areas, (25, areas))
        total = np.stack([np.bincount(draw, minlength=areas) for draw in drawn]).astype(float) @ moments
        square = np.empty((25, children, children))
        square[:, pairs[0], pairs[1]] = square[:, pairs[1], pairs[0]] = total[:, children:] / areas
        np.linalg.eigh(square)
    weight = np.abs(loading) / sd
    return weight / weight.sum()


def best_of(run: Callable[[], object], times: int) -> float:
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def copies(run: Callable[[], Scoring], size: int) -> float:
    """The most memory held at once beyond the input and the trace, in copies of the input."""
    tracemalloc.start()
    scoring = run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    held = {"enter", "rank"}  # these two show arrays that are there anyway
    shown = sum(step.values.nbytes for step in scoring.trace if step.step not in held | {"weigh"})
    return (peak - shown) / size


def main() -> None:
    framework, groups = tree()
    table = entered(framework, AREAS)
    direction = np.array([float(node.direction or 1) for node in framework.indicators])
    areas = tuple(f"a{i:06d}" for i in range(AREAS))
    values = np.ascontiguousarray(table.values[:, 0])
    print(f"{AREAS:,} areas x {INDICATORS} indicators, {len(framework)} nodes, one period")
    for name, written in (("min-max, arithmetic", PLAIN), ("goalposts, pca, geometric, floor", FULL)):
        recipe, pca = Recipe.read(written), written is FULL

        def ours(recipe: Recipe = recipe) -> Scoring:
            return fold(table, areas, framework, recipe)

        def numpy_alone(pca: bool = pca) -> np.ndarray:
            return bare(values, direction, groups, pca)

        np.testing.assert_allclose(ours().scores[0, :, 0], numpy_alone()[-1], rtol=1e-9)
        seconds, theirs = best_of(ours, 5), best_of(numpy_alone, 5)
        taken = copies(ours, values.nbytes)
        print(
            f"{name:34} ours {seconds:7.3f} s   numpy {theirs:7.3f} s   ratio {seconds / theirs:5.2f}"
            f"   memory {taken:4.1f} copies"
        )
        if not pca:
            faster = COINR_SECONDS / seconds
            print(f"{'':34} COINr {COINR_SECONDS:.1f} s, as recorded: {faster:.0f} times ours")


if __name__ == "__main__":
    main()
