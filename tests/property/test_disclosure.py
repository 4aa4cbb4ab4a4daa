"""Figures hidden to protect others: never too few, and hardly ever one too many."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from random_tables import random_system, system_of

from commonweal.sources.protect.disclosure.intruder import exposures, impossible, intervals, narrowed
from commonweal.sources.protect.disclosure.suppress import UnprotectableError, published, safe, suppress
from commonweal.sources.protect.disclosure.system import Figure, Switch, System
from commonweal.sources.protect.rule import Rule

NHS = Rule(hide_to=7, round_to=5)
EXACT = Rule(hide_to=4, round_to=1)
#: Made tables tried in every run; the others when there is time (`-m slow`).
USUAL = 240
MANY = 4000


def check(seeds: range, rule: Rule) -> int:
    """Protect made tables and let an intruder try; how many would have leaked."""
    leaking = 0
    for seed in seeds:
        system, counts = random_system(seed, rule)
        pattern = suppress(system, rule)
        left = published(system, pattern.levels, rule)
        leaking += pattern.exposed > 0
        assert not narrowed(left), seed
        assert system.atoms <= 200
        assert not impossible(left), seed
        for figure in range(system.figures):
            count = counts[system.atom[system.row(figure)]].sum()
            assert left.low[figure] <= count <= left.high[figure], seed
    return leaking


@pytest.mark.parametrize("rule", [NHS, EXACT], ids=["nhs", "exact"])
def test_no_made_table_lets_an_intruder_narrow_a_hidden_count(rule: Rule) -> None:
    """With margins, two geographies, a year and its parts, rolling periods; whole numbers tried too."""
    assert check(range(USUAL // 2), rule) > USUAL // 8


@pytest.mark.slow
@pytest.mark.parametrize("rule", [NHS, EXACT], ids=["nhs", "exact"])
def test_no_table_of_thousands_lets_an_intruder_narrow_a_hidden_count(rule: Rule) -> None:
    assert check(range(USUAL // 2, MANY // 2), rule) > MANY // 8


@pytest.mark.parametrize(("largest", "seeds"), [(2, range(40)), (3, range(24))])
def test_a_pattern_is_within_a_tenth_of_the_cheapest(largest: int, seeds: range) -> None:
    """By trying every pattern that is cheaper by more than that: none of them is safe."""
    compared = 0
    for seed in seeds:
        system, _ = random_system(seed, NHS, largest=largest)
        pattern = suppress(system, NHS)
        assert pattern.exact
        cost = float(system.cost[pattern.levels > 0].sum())
        cheaper = [
            np.array(c) for c in product((False, True), repeat=len(system.cost)) if len(system.cost) < 13
        ]
        cheaper = [hidden for hidden in cheaper if system.cost[hidden].sum() < cost / 1.1 - 1e-9]
        if len(cheaper) <= 600:
            compared += bool(cheaper)
            assert not any(safe(system.loosened(hidden)) for hidden in cheaper), seed
    assert compared >= len(seeds) // 5


@pytest.mark.parametrize("seed", range(30))
def test_the_greedy_way_is_safe_too(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commonweal.sources.protect.disclosure.suppress.EXACT", 0)
    system, _ = random_system(seed, NHS)
    pattern = suppress(system, NHS)
    assert pattern.exact == (pattern.exposed == 0)
    assert not narrowed(published(system, pattern.levels, NHS))


def test_the_same_system_gives_the_same_pattern() -> None:
    system, _ = random_system(43, NHS)
    first, second = suppress(system, NHS), suppress(system, NHS)
    assert first.exposed
    assert first.levels.tolist() == second.levels.tolist()


def test_a_part_that_stands_twice_is_solved_once() -> None:
    one, _ = random_system(43, NHS)
    both = []
    for half in (0, 1):
        for i in range(one.figures):
            atoms = tuple(int(a) + half * one.atoms for a in one.atom[one.row(i)])
            switch, class_ = int(one.switch[i]) + half * one.figures, int(one.class_[i])
            both.append(Figure(atoms, one.low[i], one.high[i], int(one.keep[i]), switch, class_))
    alone = suppress(one, NHS)
    twice = suppress(System.of(both, [Switch(c) for c in [*one.cost, *one.cost]]), NHS)
    assert twice.levels.tolist() == [*alone.levels, *alone.levels]
    assert twice.tries == alone.tries


def test_what_nothing_can_hide_is_told() -> None:
    """A ward of 4, its neighbour of 20, and a total of 24 that an earlier edition gave."""
    system = System.of(
        [
            Figure((0,), 1, 7, keep=7, switch=0, class_=1),
            Figure((1,), 20, 20, switch=-1),
            Figure((0, 1), 24, 24),
        ],
        [Switch()],
    )
    with pytest.raises(UnprotectableError) as told:
        suppress(system, NHS)
    assert told.value.figures == (0,)


def test_an_interval_is_what_trying_every_table_gives() -> None:
    """Two by three cells with margins, every table of whole numbers up to 12."""
    counts = np.array([2, 9, 5, 8, 1, 10])
    groups = [(i,) for i in range(6)] + [(0, 1, 2), (3, 4, 5), (0, 3), (1, 4), (2, 5), tuple(range(6))]
    system = system_of(groups, counts, NHS)
    tables = np.stack(np.meshgrid(*[np.arange(13)] * 6, indexing="ij"), axis=-1).reshape(-1, 6)
    for figure in range(system.figures):
        sums = tables[:, system.atom[system.row(figure)]].sum(axis=1)
        tables = tables[(sums >= system.low[figure]) & (sums <= system.high[figure])]
    least, most = intervals(system)
    for i, figure in enumerate(np.flatnonzero(system.guarded)):
        sums = tables[:, system.atom[system.row(int(figure))]].sum(axis=1)
        assert (sums.min(), sums.max()) == (least[i], most[i])
    assert bool(exposures(system)) == bool((least > 1).any() or (most < 7).any())


def test_hiding_that_helps_but_not_enough_is_told_too() -> None:
    """A ward of 4, a neighbour of 3 or 4 that can be hidden, and a total of 7 or 8 that nothing hides."""
    system = System.of(
        [
            Figure((0,), 1, 7, keep=7, switch=0, class_=1),
            Figure((1,), 3, 4, switch=1, class_=1),
            Figure((0, 1), 8, 8),
            Figure((1,), 2, 5),
        ],
        [Switch(), Switch()],
    )
    with pytest.raises(UnprotectableError) as told:
        suppress(system, NHS)
    assert told.value.figures == (0,)
