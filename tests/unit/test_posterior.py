"""The posterior of published figures: each kind against what is known of it, and draws by stream."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from commonweal.methods.posterior import Evidence, Posterior


def stream(number: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=number))


def drawn(evidence: Evidence, groups: int = 1, draws: int = 3000) -> np.ndarray:
    return Posterior.of(evidence, groups).draws([stream(k) for k in range(draws)])


def group(count: int, of: int = 0) -> np.ndarray:
    return np.full(count, of, dtype=np.int32)


def counts(n: np.ndarray, base: float, away: float = 0.0) -> Evidence:
    low, high = np.maximum(n - away, 0.0), n + away
    return Evidence("count", group(len(n)), low, high, np.full(len(n), base))


def test_counts_of_many_people_are_taken_at_their_word():
    n = np.linspace(20_000, 60_000, 12)
    found = drawn(counts(n, 1e6), draws=800)
    assert found.mean(axis=0) == pytest.approx(n / 1e6, rel=2e-3)
    assert found.std(axis=0) == pytest.approx(np.sqrt(n) / 1e6, rel=0.12)


def test_alike_counts_are_drawn_towards_what_they_share():
    n = stream(5).poisson(30, 40).astype(float)
    found = drawn(counts(n, 1000.0), draws=600).mean(axis=0)
    assert np.ptp(found) < 0.5 * np.ptp(n / 1000)
    assert found.mean() == pytest.approx(n.mean() / 1000, rel=0.03)


def test_shares_lie_between_none_and_all():
    n = np.array([0.0, 1.0, 5.0, 20.0, 49.0, 50.0, 10.0, 25.0])
    found = drawn(Evidence("proportion", group(8), n, n, np.full(8, 50.0)))
    assert ((found >= 0) & (found <= 1)).all()
    assert found.mean(axis=0) == pytest.approx((n + 0.5) / 51, abs=0.04)


def test_measured_values_fall_between_their_own_and_the_mean():
    values, error = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 20.0]), np.full(8, 2.0)
    found = drawn(Evidence("measured", group(8), values, values, error)).mean(axis=0)
    assert values.mean() < found[-1] < 20
    assert values[0] < found[0] < values.mean()


def test_a_value_without_an_error_stays():
    values = np.arange(8.0)
    found = drawn(Evidence("measured", group(8), values, values, np.zeros(8)), draws=50)
    assert np.array_equal(found, np.broadcast_to(values, found.shape))


def test_rounding_widens_what_may_be():
    n = np.array([10.0, 15, 20, 25, 30, 35, 40, 60])
    exact, rounded = (drawn(counts(n, 200.0, away)).std(axis=0) for away in (0.0, 2.0))
    assert (rounded > exact * 0.97).all()
    assert rounded.mean() > exact.mean()


def test_a_hidden_count_takes_every_number_of_its_range_and_no_other():
    n = np.array([4.0, 40, 60, 80, 90, 100, 120, 140])
    low, high = n.copy(), n.copy()
    low[0], high[0] = 1, 7
    posterior = Posterior.of(Evidence("count", group(8), low, high, np.full(8, 1000.0)), 1)
    chances = np.diff(posterior.stands[0], prepend=0.0)
    assert chances.sum() == pytest.approx(1)
    assert (chances[:7] > 0).all()
    assert np.diff(posterior.stands[1], prepend=0.0)[1:].sum() == 0


def test_each_draw_hangs_on_its_own_stream_alone():
    n = np.array([3.0, 40, 60, 80, 90, 100, 120, 140])
    posterior = Posterior.of(counts(n, 1000.0, 2.0), 1)
    together = posterior.draws([stream(k) for k in range(5)])
    assert np.array_equal(together[3], posterior.draw(stream(3)))


def in_time(evidence: Evidence, areas: int) -> Evidence:
    """Two periods, a year apart, of the same areas."""
    series = np.tile(np.arange(areas), 2)
    both = group(2 * areas)
    return replace(
        evidence,
        group=np.repeat(np.arange(2, dtype=np.int32), areas),
        series=series,
        indicator=both,
        time=np.repeat([2024.0, 2025.0], areas),
    )


def test_what_persists_makes_a_change_surer_than_two_figures_apart():
    rates = np.exp(stream(1).normal(-4, 0.4, 60))
    n = stream(2).poisson(np.tile(rates, 2) * 2000).astype(float)
    apart = replace(counts(n, 2000.0), group=np.repeat(np.arange(2, dtype=np.int32), 60))
    changes = []
    for evidence in (apart, in_time(apart, 60)):
        found = drawn(evidence, 2, 400)
        changes.append(found[:, 60:] - found[:, :60])
    free, joined = (change.std(axis=0).mean() for change in changes)
    assert joined < 0.7 * free
    # the truth did not change: what seems to have changed is drawn towards nothing
    assert np.abs(changes[1].mean(axis=0)).mean() < 0.7 * np.abs(changes[0].mean(axis=0)).mean()


def test_figures_that_do_not_persist_stay_apart():
    n = stream(3).poisson(np.exp(stream(4).normal(4, 0.8, 120))).astype(float)
    apart = replace(counts(n, 2000.0), group=np.repeat(np.arange(2, dtype=np.int32), 60))
    free, joined = drawn(apart, 2, 400).mean(axis=0), drawn(in_time(apart, 60), 2, 400).mean(axis=0)
    assert np.corrcoef(free, joined)[0, 1] > 0.97
