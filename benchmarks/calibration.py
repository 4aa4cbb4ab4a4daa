"""Do ranges hold the truth as often as they say? On made-up boroughs whose truth is known.

    python benchmarks/calibration.py [boroughs of 17 areas] [boroughs of 625 areas]

Prints, for each size: how often the true rank of the index lies in its range, on average and in each fifth of
the true ranking; the mean width against that of a posterior that knows the prior and the counts as they were
before protection; how often classes that have a probability are true; and marks under pure noise.
"""

from __future__ import annotations

import sys

import numpy as np
import polars as pl

from borough import Borough, borough, known_prior, scores_of, true_classes
from commonweal.insight.performance import CLASSES as MARKS
from commonweal.insight.progress import CLASSES as MOVES
from commonweal.methods.rank import rank

DRAWS = 400
#: Lower ends of the classes of probability that are looked at.
BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


def look(made: Borough) -> dict[str, np.ndarray]:
    """What one borough shows: whether ranges hold the truth, how wide they are, what classes came true."""
    scoring, found = made.edition.scoring, made.edition.uncertainty
    root = scoring.node_index["index"]
    true = scores_of(made, made.truth[None])
    ranks = rank(true[root][0, -1])[0]
    low, high = found.ranks[-1, :, root].T
    drawn = rank(scores_of(made, known_prior(made, DRAWS))[root][:, -1])[0]
    ends = np.quantile(drawn, [0.05, 0.95], axis=0, method="inverted_cdf")
    marks, moves = true_classes(made, true)
    return {
        "held": (ranks >= low) & (ranks <= high),
        "fifth": (ranks - 1) * 5 // len(ranks),
        "width": high - low,
        "known": ends[1] - ends[0],
        "marks": _came_true(made, made.edition.performance, marks, MARKS),
        "moves": _came_true(made, made.edition.progress, moves, MOVES),
    }


def _came_true(made: Borough, table: pl.DataFrame, true: np.ndarray, classes: tuple[str, ...]) -> np.ndarray:
    """A row for each class that has a probability: the probability, and whether the class is the true one."""
    scoring = made.edition.scoring
    rows = table.drop_nulls("probability").select("area", "node", "class", "probability").rows()
    return np.array(
        [
            (probability, true[scoring.node_index[node], scoring.area_index[area]] == classes.index(kind))
            for area, node, kind, probability in rows
        ],
        dtype=float,
    ).reshape(-1, 2)


def reliability(rows: np.ndarray) -> list[tuple[float, float, int]]:
    """The mean probability, the share that came true and the number, by classes of probability."""
    where = np.searchsorted(BINS, rows[:, 0], side="right") - 1
    return [
        (rows[where == k, 0].mean(), rows[where == k, 1].mean(), int((where == k).sum()))
        for k in range(len(BINS))
        if (where == k).any()
    ]


def noise(areas: int, boroughs: int) -> tuple[float, float]:
    """Marks on a scorecard that the page states, and those there are, where all areas are alike."""
    stated, there = [], []
    for number in range(boroughs):
        made = borough(areas, number, alike=True, replications=10)
        latest = made.edition.performance.filter(
            (pl.col("period") == "2025") & pl.col("node").is_in(list(made.edition.uncertainty.known))
        )
        stated += [expected for expected, _ in made.edition.uncertainty.marks.values()]
        there.append(latest.filter(pl.col("class") != "within").height / areas)
    return float(np.mean(stated)), float(np.mean(there))


def main() -> None:
    small, large = (int(text) for text in (*sys.argv[1:], "60", "6")[:2])
    for areas, boroughs in ((17, small), (625, large)):
        seen = [look(borough(areas, number, replications=DRAWS)) for number in range(boroughs)]
        held, fifth = (np.concatenate([one[name] for one in seen]) for name in ("held", "fifth"))
        width, known = (np.concatenate([one[name] for one in seen]).mean() for name in ("width", "known"))
        fifths = ", ".join(f"{held[fifth == k].mean():.1%}" for k in range(5))
        print(f"{areas} areas, {boroughs} boroughs")
        print(f"  the true rank lies in its range: {held.mean():.1%} (fifths from the best: {fifths})")
        print(f"  mean width {width:.2f}, with the prior known {known:.2f}: {width / known:.2f} x")
        for name, what in (("marks", "marks against peers"), ("moves", "classes of progress")):
            rows = np.concatenate([one[name] for one in seen])
            print(f"  {what}: said, came true, of so many")
            for said, came, count in reliability(rows):
                print(f"    {said:6.1%} {came:6.1%} {count:7,}")
        print(
            "  marks where all areas are alike, a scorecard: {:.1f} stated, {:.1f} there".format(
                *noise(areas, max(2, boroughs // 3))
            )
        )


if __name__ == "__main__":
    main()
