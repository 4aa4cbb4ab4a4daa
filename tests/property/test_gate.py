"""The gate: what is published never tells a hidden 1 to 7 from another, and every record is accounted for."""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_project import made_project

from commonweal.methods.significant import significant
from commonweal.model.observation import Observations
from commonweal.model.source import Link, Measure, Records
from commonweal.sources import Gated, collect, gate
from commonweal.sources.protect.apply import protect
from commonweal.sources.protect.disclosure.intruder import exposures, impossible
from commonweal.sources.protect.disclosure.system import Figure, System
from commonweal.sources.protect.known import Role, known
from commonweal.sources.protect.presets import PRESETS
from commonweal.sources.protect.rule import Rule

NHS = Rule(hide_to=7, round_to=5)
#: The named rules, and some that a council may make for itself.
RULES = [
    *(preset.rule for preset in PRESETS.values()),
    Rule(4, 1),
    Rule(2, 1),
    Rule(2, 5),
    Rule(5, 10),
    Rule(9, 10),
]

SEVEN = set(range(1, 8))
AREAS = ("A", "B", "C", "D")


def cells(kind: str, pairs: list[tuple[int, int]]) -> pl.DataFrame:
    """Observations with these numerators and denominators, an area each."""
    numerators, bases = (np.array(side, dtype=float) for side in zip(*pairs, strict=True))
    return Observations.of(
        pl.DataFrame(
            {
                "area": [f"{i:05}" for i in range(len(pairs))],
                "period": "2016",
                "indicator": "made",
                "value": 100 * numerators / bases,
                "numerator": numerators,
                "denominator": bases,
                "kind": kind,
                "per": 100.0,
            }
        )
    ).frame


def published(frame: pl.DataFrame) -> list[tuple[object, ...]]:
    columns = ["value", "lower", "upper", "numerator", "denominator", "status"]
    return frame.select(columns).rows()


@pytest.mark.parametrize("rule", RULES, ids=lambda r: f"{r.hide_to}-{r.round_to}")
def test_a_percentage_never_narrows_a_hidden_count_complement_or_base(rule: Rule) -> None:
    """By trying all of them: every pair that is published alike is what a reader must think possible."""
    small = set(range(1, rule.hide_to + 1))
    pairs = [(n, b) for b in range(1, 70) for n in range(b + 1)]
    alike = defaultdict(list)
    protected = protect(cells("percentage", pairs), rule, public_base=False)
    for pair, figures in zip(pairs, published(protected), strict=True):
        alike[figures].append(pair)
    for figures, possible in alike.items():
        numerators = {n for n, _ in possible}
        rests = {b - n for n, b in possible}
        bases = {b for _, b in possible}
        for found in (numerators, rests, bases):
            assert not found & small or found >= small, (figures, possible)
        if figures[5] != "suppressed":
            assert not (numerators | rests | bases) & small


@pytest.mark.parametrize("rule", RULES, ids=lambda r: f"{r.hide_to}-{r.round_to}")
def test_what_a_reader_knows_of_an_observation_holds_whatever_the_counts_are(rule: Rule) -> None:
    """The ranges that the intruder starts from hold for every pair that is published alike."""
    pairs = [(n, b) for b in range(1, 60) for n in range(b + 1)]
    frame = cells("percentage", pairs)
    alike = defaultdict(list)
    for pair, figures in zip(pairs, published(protect(frame, rule, public_base=False)), strict=True):
        alike[figures].append(pair)
    for possible in alike.values():
        told = []
        for n, b in possible:
            row = {"kind": "percentage", "numerator": n, "denominator": b}
            told.append({k.role: (k.low, k.high) for k in known(row, rule, public_base=False)})
        assert all(ranges == told[0] for ranges in told)
        for n, b in possible:
            for role, count in ((Role.COUNT, n), (Role.REST, b - n), (Role.BASE, b)):
                low, high = told[0].get(role, (0, 100))
                assert low <= count <= high


def test_a_count_never_narrows_what_is_hidden() -> None:
    counts = [(n, 1) for n in range(200)]
    alike = defaultdict(set)
    for (count, _), figures in zip(
        counts, published(protect(cells("count", counts), NHS, public_base=True)), strict=True
    ):
        alike[figures].add(count)
    assert {frozenset(s) for s in alike.values() if s & SEVEN} == {frozenset(SEVEN)}
    assert all(len(s) == 5 or s in ({0}, SEVEN) for s in list(alike.values())[:-1])


@given(st.integers(0, 10**6), st.integers(1, 10**7))
def test_a_hidden_rate_has_its_middle_and_its_range(count: int, population: int) -> None:
    ((value, lower, upper, numerator, base, status),) = published(
        protect(cells("rate", [(count, population)]), NHS, public_base=True)
    )
    assert base == population
    if 1 <= count <= 7:
        assert status == "suppressed"
        assert numerator is None
        expected = [100 * n / population for n in (4, 1, 7)]
        np.testing.assert_allclose([value, lower, upper], expected, rtol=1e-14)
    else:
        assert status == ("rounded" if count else "observed")
        assert abs(numerator - count) <= 2
        assert lower <= value <= upper


ROW = st.tuples(
    st.sampled_from([*AREAS, *AREAS, "Z", ""]),
    st.sampled_from(["2016-01", "2016-02", "2017-01", "soon", "2016", ""]),
    st.sampled_from(["1", "2", "3", "", "", ""]),
    st.sampled_from(["x", "y"]),
)


def built(folder: str, rows: list[tuple[str, ...]], where: str) -> tuple[pl.DataFrame, pl.DataFrame, Gated]:
    path = Path(folder) / "records.csv"
    path.write_text("ward,month,id,kind\n" + "".join(",".join(row) + "\n" for row in rows))
    source = Records("made", (path,), "records.csv", "person", Link("code", "ward"), key="id", date="month")
    measure = Measure("count", "made", "count", where=where)
    project = made_project(Path(folder), [source], [measure], AREAS, ("2016-01", "2016-02", "2017-01"))
    # a source that would be refused has to be protected no less
    with patch.object(sys.modules["commonweal.sources.collect"], "faults", return_value=[]):
        collected = collect(project)
    return collected.counted.frame, collected.ledger, gate(project, collected)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(rows=st.lists(ROW, max_size=60), more=st.integers(0, 40), where=st.sampled_from(["", "kind = 'x'"]))
def test_every_record_has_a_fate_and_no_total_gives_a_hidden_count_back(
    rows: list[tuple[str, ...]], more: int, where: str
) -> None:
    with TemporaryDirectory() as folder:
        exact, ledger, gated = built(folder, [*rows, *[("A", "2016-01", "", "x")] * more], where)
    met = dict(ledger.select("fate", "records").rows())
    assert met.pop("read") == len(rows) + more == sum(met.values())
    if not where:
        assert exact["numerator"].sum() == met["counted"]

    shown = dict(gated.ledger.select("fate", "records").rows())
    assert all(n is None or n % 5 == 0 for n in shown.values())
    left = a_readers_system(gated, exact, met, whole=not where)
    assert not exposures(left)
    assert not impossible(left)


def a_readers_system(gated: Gated, exact: pl.DataFrame, met: dict[str, int], *, whole: bool) -> System:
    """What someone knows who has nothing but the published tables, set up without the gate's own system.

    An atom for each area and month, and one for each fate; one more for what a filter leaves uncounted.
    """
    rows = gated.observations.frame.join(exact.rename({"numerator": "exact"}), on=["period", "area"])
    figures = []
    for atom, (numerator, lower, upper, count) in enumerate(
        rows.select("numerator", "lower", "upper", "exact").iter_rows()
    ):
        low, high = NHS.interval(numerator) if numerator is not None else (lower, upper)
        figures.append(Figure((atom,), low, high, keep=7 if 1 <= count <= 7 else 0))
    atoms = {"counted": tuple(range(len(figures) + (not whole)))}
    size = len(atoms["counted"])
    for fate in met:
        if fate != "counted":
            atoms[fate] = (size,)
            size += 1
    atoms["read"] = tuple(range(size))
    exactly = {**met, "read": sum(met.values())}
    for fate, figure, note in gated.ledger.select("fate", "records", "note").iter_rows():
        if "not published" in note:
            continue
        low, high = NHS.interval(figure)
        figures.append(Figure(atoms[fate], low, high, keep=7 if 1 <= exactly[fate] <= 7 else 0))
    return System.of(figures)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.lists(ROW, min_size=1, max_size=40))
def test_the_order_of_rows_never_matters_where_no_key_repeats(
    rows: list[tuple[str, ...]],
) -> None:
    plain = [(ward, month, "", kind) for ward, month, _, kind in rows]
    turned = list(reversed(plain))
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        first, second = built(one, plain, "")[2], built(other, turned, "")[2]
    assert first.observations.frame.equals(second.observations.frame)
    assert first.ledger.equals(second.ledger)


def test_what_passes_has_twelve_significant_digits(tmp_path: Path) -> None:
    table = Observations.of(
        pl.DataFrame({"area": ["A"], "indicator": ["made"], "period": ["2016"], "value": [1 / 3]})
    )
    project = made_project(tmp_path, [], [Measure("made", "none", "count")], ("A",), given=table)
    passed = gate(project, collect(project)).observations.frame
    assert passed["value"].to_list() == significant(np.array([1 / 3])).tolist() == [0.333333333333]
