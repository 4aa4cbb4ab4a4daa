"""1,000 replications of 7,000 areas x 53 indicators: choices only, and with the noise of what is observed.

Bare numpy does the same draws, products and sorts by hand, in the same run. Prints ratios, then the memory of
1,000 and of 4,000 replications.

    python benchmarks/replications.py [areas]
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # threads are ours, one a batch

import resource
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter

import numpy as np

from borough import borough
from commonweal.engine.replicate import batch_size, replicate
from commonweal.insight.uncertainty.chance import Chance
from commonweal.insight.uncertainty.counts import RankCounts
from commonweal.insight.uncertainty.periods import only_periods
from commonweal.methods.rank import draw_ranks
from made import tree

REPLICATIONS = 1_000
THREADS = 2
SPREAD = 0.25


def seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def in_batches(work: Callable[[int, int], object], size: int, replications: int) -> list[object]:
    starts = range(0, replications, size)
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(lambda start: work(start, min(size, replications - start)), starts))


def ours_choices(chance: Chance, replications: int) -> None:
    """Weights of every node times 0.75 to 1.25, the index formed and ranked."""
    scoring = chance.scoring
    root = scoring.node_index["index"]
    nodes = [scoring.node_index[node.id] for node in scoring.framework.indicators]
    indicators = list(np.moveaxis(scoring.scores[:, :, nodes], -1, 0)[:, None])

    def batch(start: int, size: int) -> np.ndarray:
        random = np.random.Generator(np.random.Philox(key=start))
        weights = {
            parent: np.moveaxis(held, -1, 0)[:, None]
            * _factors(random, held.shape[-1], size)[:, :, None, None]
            for parent, held in scoring.child_weights.items()
        }
        return draw_ranks(replicate(scoring, indicators, weights)[root]).astype(np.int16)

    counts = RankCounts.of([root], 1, len(scoring.areas))
    for ranks in in_batches(batch, batch_size(len(scoring.areas)), replications):
        counts.add(ranks[None])
    counts.between(0.9)


def _factors(random: np.random.Generator, children: int, size: int) -> np.ndarray:
    return 1 + SPREAD * (2 * random.random((children, size)) - 1)


def ours_noise(chance: Chance, replications: int) -> None:
    """Truths drawn, scored, formed into the index and ranked."""
    scoring = chance.scoring
    root = scoring.node_index["index"]
    counts = RankCounts.of([root], 1, len(scoring.areas))
    for held in chance.draws(replications, THREADS):
        counts.add(draw_ranks(held[root][None]))
    counts.between(0.9)


def bare(scores: np.ndarray, draw: Callable[[np.random.Generator], np.ndarray] | None, floor: float) -> None:
    """The same by hand: weights or draws, products, logarithms, sorts."""
    _, groups = tree()
    areas = scores.shape[1]

    def batch(start: int, size: int) -> np.ndarray:
        random = np.random.Generator(np.random.Philox(key=start))
        x = scores if draw is None else np.stack([draw(random) for _ in range(size)], axis=1)
        spread = SPREAD if draw is None else 0.0

        def weights(count: int) -> np.ndarray:
            w = 1 + spread * (2 * random.random((size if draw is None else 1, count)) - 1)
            return w / w.sum(axis=1, keepdims=True)

        dimensions = []
        for rows in groups:
            logs = []
            for children in rows:
                w = weights(len(children))
                held = x[children]
                component = w @ held if draw is None else np.tensordot(w[0], held, 1)
                logs.append(np.log(np.maximum(component, floor)))
            w = weights(len(rows))
            dimensions.append(sum(w[:, k, None] * log for k, log in enumerate(logs)))
        w = weights(len(dimensions))
        index = np.exp(sum(w[:, k, None] * one for k, one in enumerate(dimensions)))
        order = np.argsort(-index, axis=1)
        ranks = np.empty(order.shape, dtype=np.int16)
        np.put_along_axis(ranks, order, np.arange(1, areas + 1, dtype=np.int16)[None], 1)
        return ranks

    ranks = np.concatenate(in_batches(batch, batch_size(areas), REPLICATIONS))
    np.sort(ranks, axis=0)[[len(ranks) // 20, len(ranks) * 19 // 20]]


def by_hand(chance: Chance) -> Callable[[np.random.Generator], np.ndarray]:
    """One draw of all scores, (indicators, areas): counts behind rounding, gamma rates, straight scales."""
    (source,) = chance.sources
    evidence = source.posterior.evidence
    count, width = evidence.low, evidence.high - evidence.low + 1
    fits = chance.scoring.fits[0, source.indicator].T
    shape = (len(chance.scoring.framework.indicators), len(chance.scoring.areas))

    def draw(random: np.random.Generator) -> np.ndarray:
        n = count + np.floor(width * random.random(len(count)))
        rate = random.standard_gamma(10 + n) / (evidence.base + 500)
        x0, x1, s0, s1 = fits
        scores = np.clip(s0 + (s1 - s0) * (rate[source.entries] * 1000 - x0) / (x1 - x0), 0, 100)
        result = np.empty(shape)
        result[source.indicator, source.area] = scores
        return result

    return draw


def memory(replications: int) -> float:
    """The most memory, in MB, of a process that draws so many replications with 500 areas."""
    program = f"import replications as r; r.ours_noise(r.latest(500), {replications})"
    most = "[line for line in open('/proc/self/status') if line.startswith('VmHWM')][0].split()[1]"
    code = f"{program}; print({most})"
    out = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parent, check=True, capture_output=True
    )
    return int(out.stdout.split()[-1]) / 1024


def _timed(work: Callable[[Chance, int], None], chance: Chance) -> float:
    return seconds(lambda: work(chance, REPLICATIONS))


def latest(areas: int) -> Chance:
    """A made-up borough, its latest period."""
    edition = borough(areas, 0, replications=0).edition
    return Chance.of(only_periods(edition.scoring, [1]), edition.observations)


def main() -> None:
    areas = int(sys.argv[1]) if len(sys.argv) > 1 else 7_000
    chance = latest(areas)
    scoring = chance.scoring
    nodes = [scoring.node_index[node.id] for node in scoring.framework.indicators]
    scores = np.ascontiguousarray(scoring.scores[0, :, nodes])
    hand = by_hand(chance)
    for what, ours, theirs, times in (
        ("choices only", ours_choices, lambda: bare(scores, None, 1.0), 5),
        ("with data noise", ours_noise, lambda: bare(scores, hand, 1.0), 1),
    ):
        # in turn, the best of each: other work on the machine then strikes both alike
        both = [(_timed(ours, chance), seconds(theirs)) for _ in range(times)]
        mine, other = (min(side) for side in zip(*both, strict=True))
        print(
            f"{areas:,} areas, {REPLICATIONS:,} replications, {what}:"
            f" {mine:.2f} s, {mine / other:.1f} x bare numpy"
        )
    sizes = ", ".join(f"{count:,} replications {memory(count):.0f} MB" for count in (1_000, 4_000))
    print(f"memory with 500 areas: {sizes}")
    print(f"most memory of this program: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
