"""Someone who has all published means and sums, and what columns hold, narrows no hidden one."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from made_project import made_project
from scipy.optimize import linprog

from commonweal.model.period import Period
from commonweal.model.source import Link, Measure, Records
from commonweal.sources import collect, gate
from commonweal.sources.dates import months

GROUPS = ("x", "y", "z")
ASKED: dict[str, tuple[str, tuple[str, ...]]] = {
    "all": ("", GROUPS),
    "x": ("group = 'x'", ("x",)),
    "xy": ("group in ('x', 'y')", ("x", "y")),
    "not_y": ("not group = 'y'", ("x", "z")),
}
PERIODS = (
    ("2016", "2016-Q1", "2016-Q2", "2016-Q3", "2016-Q4"),
    ("2016", "2016-Q1", "2016-Q2", "6 months to 2016-06"),
    ("2016-01", "2016-02", "2016-03", "2016-Q1"),
)
HIDE_TO, MOST = 7, 0.5


def payments(draw: np.random.Generator, within: frozenset[int]) -> list[tuple[str, int, str, float]]:
    found = []
    for area in ("A", "B"):
        mean = draw.choice([0.3, 1.0, 4.0]) * 12 / len(within)
        for month in sorted(within):
            for group in GROUPS:
                for _ in range(draw.poisson(mean * draw.choice([0.2, 1.0]))):
                    size = draw.choice([1.0, 1.0, 1.0, 40.0])
                    found.append(
                        (area, month, group, float(size * draw.integers(0, 9) + draw.integers(0, 2)))
                    )
    return found


@pytest.mark.parametrize("seed", range(20))
def test_no_hidden_mean_or_sum_is_narrowed(seed: int, tmp_path: Path) -> None:
    draw = np.random.default_rng(seed)
    periods = PERIODS[seed % len(PERIODS)]
    spans = {label: months(Period.parse(label)) for label in periods}
    every = frozenset().union(*spans.values())
    paid = payments(draw, every)
    lines = [f"{w},{m // 12}-{m % 12 + 1:02},{g},{cost}" for w, m, g, cost in paid]
    (tmp_path / "r.csv").write_text("ward,month,group,cost\n" + "\n".join(lines) + "\n")
    covers = tuple(f"{m // 12}-{m % 12 + 1:02}" for m in sorted(every))
    source = Records("r", (tmp_path / "r.csv",), "r.csv", "person", Link("code", "ward"), date="month",
                     covers=covers)  # fmt: skip
    kinds = {name: str(draw.choice(["sum", "mean"])) for name in ASKED}
    asked = [
        Measure(name, "r", kind, where=ASKED[name][0], value="cost", may_be_empty=True)  # type: ignore[arg-type]
        for name, kind in kinds.items()
    ]
    project = made_project(tmp_path, [source], asked, ("A", "B"), periods)
    table = gate(project, collect(project)).observations.frame
    for area in ("A", "B"):
        own = table.filter(pl.col("area") == area).rows(named=True)
        _attack(own, [p[1:] for p in paid if p[0] == area], spans, kinds)


def _attack(
    rows: list[dict[str, Any]],
    paid: list[tuple[int, str, float]],
    spans: dict[str, frozenset[int]],
    kinds: dict[str, str],
) -> None:
    slices = sorted({tuple(m in s for s in spans.values()) for m in frozenset().union(*spans.values())})
    atoms = [(place, group) for place in range(len(slices)) for group in GROUPS]
    shown, hidden, met = [], [], []
    for row in rows:
        groups, place = ASKED[row["indicator"]][1], list(spans).index(row["period"])
        own = [c for m, g, c in paid if g in groups and m in spans[row["period"]]]
        alone = 0 < len(own) <= HIDE_TO or max(own, default=0) > MOST * sum(own)
        sum_of = np.array([float(slices[s][place] and g in groups) for s, g in atoms])
        if row["value"] is None:
            hidden += [(sum_of, sum(own))] if alone else []
            continue
        assert not alone
        value = row["value"] * (len(own) if kinds[row["indicator"]] == "mean" else 1)
        assert value == pytest.approx(sum(own))
        shown.append((sum_of, sum(own)))
        met.append((sum_of, len(own)))
    for (whole, of), (part, n) in permutations(met, 2):
        assert (part > whole).any() or not 0 < of - n <= HIDE_TO or (part == whole).all()
    matrix = np.array([atoms for atoms, _ in shown]).reshape(len(shown), len(atoms))
    known = {"A_eq": matrix, "b_eq": [total for _, total in shown]} if shown else {}
    for aim, total in hidden:
        least = linprog(aim, **known).fun
        most = linprog(-aim, **known)
        assert least <= MOST * total + 1e-3
        assert most.status == 3 or -most.fun >= (2 - MOST) * total - 1e-3
