"""Whoever has an edition of other wards and indicators beside the present one narrows no hidden count."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from made_project import made_project
from scipy.optimize import Bounds, LinearConstraint, milp

from commonweal.errors import CommonwealError
from commonweal.model.area import Geography
from commonweal.model.published import PublishedBefore
from commonweal.model.source import Link, Measure, Records
from commonweal.sources import Gated, collect, gate
from commonweal.sources.protect.rule import Rule

KINDS = ("a", "b", "c")
FILTERS = {
    "": "abc",
    "kind = 'a'": "a",
    "kind in ('a', 'b')": "ab",
    "not kind = 'a'": "bc",
    "kind = 'c'": "c",
}
NEW, SAME = ("N1", "N2", "N3"), "S"


def edition(
    root: Path, rows: list[tuple[str, str]], asked: dict[str, str], earlier: dict[str, PublishedBefore]
) -> Gated:
    (root / "r.csv").write_text("ward,kind\n" + "".join(f"{ward},{kind}\n" for ward, kind in rows))
    source = Records("r", (root / "r.csv",), "r.csv", "person", Link("code", "ward"), period="2016")
    measures = [Measure(n, "r", "count", where=where, may_be_empty=True) for n, where in asked.items()]
    wards = sorted({ward for ward, _ in rows} | {SAME})
    project = made_project(root, [source], measures, wards)
    project = replace(project, areas=replace(project.areas, vintage=str(len(wards))))
    return gate(project, collect(project), earlier=earlier)


def known(gated: Gated, asked: dict[str, str]) -> dict[tuple[str, str], tuple[float, float]]:
    """Of each ward and filter the range that is published."""
    found = {}
    for row in gated.observations.frame.iter_rows(named=True):
        ends = (row["lower"], row["upper"])
        shown = row["numerator"]
        found[row["area"], asked[row["indicator"]]] = ends if shown is None else Rule().interval(shown)
    return found


@pytest.mark.parametrize("seed", range(40))
def test_no_hidden_count_is_narrowed_by_an_edition_of_other_wards(seed: int, tmp_path: Path) -> None:
    draw = np.random.default_rng(seed)
    mean = draw.choice([1.0, 3.0, 9.0], (5, len(KINDS)))
    counts = {
        (w, k): int(draw.poisson(mean[i, j])) for i, w in enumerate((*NEW, SAME)) for j, k in enumerate(KINDS)
    }
    lists = [
        dict(zip("pqr", draw.permutation(list(FILTERS))[:n], strict=False)) for n in draw.integers(1, 4, 2)
    ]
    now = [ward for ward in product(counts) for _ in range(counts[ward[0]])]
    rows = [(ward, kind) for ((ward, kind),) in now]
    old = {ward: str(draw.choice(["O1", "O2"])) for ward in NEW} | {SAME: SAME}
    before = edition(tmp_path, [(old[ward], kind) for ward, kind in rows], lists[0], {})
    kept = PublishedBefore(
        before.observations.frame, before.definitions, Geography("ward", "other"), "Nowhere"
    )
    try:
        after = edition(tmp_path, rows, lists[1], {"before": kept})
    except CommonwealError as error:
        if {fault.code for fault in error.faults} != {"PROTECT-EXPOSED"}:
            raise
        return  # refused: nothing is published
    atoms = list(counts)
    told = [([w], f, ends) for (w, f), ends in known(after, lists[1]).items()]
    said = known(before, lists[0])
    told += [([w], f, ends) for (w, f), ends in said.items() if w == SAME]
    for where in lists[0].values():
        ends = [e for (w, f), e in said.items() if w != SAME and f == where]
        told.append((list(NEW), where, (sum(low for low, _ in ends), sum(high for _, high in ends))))
    matrix = np.array([[w in wards and k in FILTERS[f] for w, k in atoms] for wards, f, _ in told], float)
    low, high = (np.array([ends[i] for _, _, ends in told], float) for i in (0, 1))
    for (ward, where), ends in known(after, lists[1]).items():
        count = sum(n for (w, k), n in counts.items() if w == ward and k in FILTERS[where])
        if not 1 <= count <= 7 or said.get((ward, where)) == ends:
            continue
        aim = np.array([w == ward and k in FILTERS[where] for w, k in atoms], float)
        ranges = LinearConstraint(matrix, low, high)
        least, most = (
            sign * milp(sign * aim, constraints=ranges, bounds=Bounds(0, 1e4)).fun for sign in (1, -1)
        )
        assert least <= 1 + 1e-6
        assert most >= 7 - 1e-6
