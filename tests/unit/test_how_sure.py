"""Chance and choices as one result: intervals, pairs, groups, marks, and what leaves them unmoved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from counted import PER, counted, observed

import commonweal
from commonweal.insight.peers import peer_index
from commonweal.insight.performance import Band
from commonweal.insight.uncertainty.chance import Chance
from commonweal.insight.uncertainty.choices import Alternative, Choice, Experiment, WeightSets
from commonweal.insight.uncertainty.counts import RankCounts
from commonweal.insight.uncertainty.evidence import sources
from commonweal.insight.uncertainty.groups import groups
from commonweal.insight.uncertainty.null import marks_by_chance
from commonweal.insight.uncertainty.sure import how_sure
from commonweal.insight.uncertainty.usual import inputs, usual
from commonweal.insight.uncertainty.weight_sets import dirichlet, resampled
from commonweal.methods.rank import draw_ranks, rank
from commonweal.model.project import UncertaintyRule
from commonweal.publish.site.how_sure import how_sure as how_sure_page
from commonweal.publish.site.lookup import Lookup

RANDOM = np.random.default_rng(11)
#: Eight indicators in twelve areas, two years; areas differ by a third.
RATES = np.exp(RANDOM.normal(3.5, 0.35, (8, 1, 12))) * np.ones((1, 2, 1))
COUNTS = RANDOM.poisson(RATES)


def index_of(edition):
    """The rows of the index in the latest period, best first."""
    late = edition.scores.filter(level="index", period=edition.periods[-1].label)
    return late.sort("rank", "area")


def test_every_rank_lies_in_its_ranges():
    scores = counted(COUNTS).scores
    for low, high in (("rank_low", "rank_high"), ("range_low", "range_high")):
        there = scores.drop_nulls(low)
        assert there.height
        assert (there[low] <= there["rank"]).all()
        assert (there["rank"] <= there[high]).all()
        assert (there[high] <= there["of"]).all()
    assert scores.filter(pl.col("level") == "indicator")["range_low"].null_count() == 8 * 2 * 12


def test_an_area_far_ahead_is_first_whatever_chance_does():
    n = np.full((8, 1, 12), 400)
    n[:, :, 0] = 20
    edition = counted(n)
    first = index_of(edition).row(0, named=True)
    assert (first["area"], first["rank_low"], first["rank_high"]) == ("A000", 1, 1)
    assert edition.uncertainty.pairs.filter(area="A000")["above"].min() == 1.0
    assert not any("A000" in run for run in edition.uncertainty.groups)


def test_areas_that_are_alike_could_be_anywhere():
    edition = counted(RANDOM.poisson(np.full((8, 1, 12), 200.0)))
    rows = index_of(edition)
    assert (rows["rank_high"] - rows["rank_low"]).mean() > 6
    assert len(max(edition.uncertainty.groups, key=len)) > 6


def test_neither_order_of_rows_nor_threads_play_a_part():
    edition = counted(COUNTS)
    again = counted(COUNTS, shuffled=3)
    many = how_sure(edition, threads=3)
    for other in (again, many):
        assert edition.scores.equals(other.scores)
        assert edition.uncertainty.chances.equals(other.uncertainty.chances)
        assert edition.uncertainty.pairs.equals(other.uncertainty.pairs)
        assert edition.performance.equals(other.performance)
        assert edition.progress.equals(other.progress)


def test_it_is_told_how_far_the_draws_have_come():
    told = []
    how_sure(counted(COUNTS), report=told.append)
    chance, choices = ([line for line in told if line.startswith(what)] for what in ("Draw", "Re-run"))
    assert chance[-1] == "Drawing what chance could do: 200 of 200"
    assert choices[-1] == "Re-running with other choices: 200 of 200"
    assert [*chance, *choices] == told


def test_batches_play_no_part(monkeypatch):
    edition = counted(COUNTS)
    monkeypatch.setattr("commonweal.insight.uncertainty.chance.batch_size", lambda cells: 7)
    assert how_sure(edition).scores.equals(edition.scores)


def test_few_areas_are_told_why_not():
    edition = counted(COUNTS[:, :, :7])
    assert "seven wards have an index" in edition.uncertainty.why_not
    assert edition.scores["rank_low"].null_count() == edition.scores.height
    assert edition.performance["probability"].null_count() == edition.performance.height


def test_no_replications_are_no_uncertainty():
    assert counted(COUNTS, rule=UncertaintyRule(0)).uncertainty is None


def test_published_figures_without_counts_have_no_range_from_chance():
    edition = counted(COUNTS)
    bare = edition.observations.with_columns(
        *(pl.lit(None, dtype=pl.Float64).alias(c) for c in ("lower", "upper", "numerator", "denominator")),
        pl.lit("observed").alias("status"),
        pl.lit("value").alias("kind"),
    )
    found = how_sure(replace(edition, observations=bare))
    assert found.scores["rank_low"].null_count() == found.scores.height
    assert found.scores.filter(level="index")["range_low"].null_count() == 0
    assert not found.uncertainty.known
    assert found.uncertainty.pairs.is_empty()


def test_probabilities_belong_to_classes_of_the_latest_period():
    edition = counted(COUNTS)
    late = edition.performance["period"] == "2025"
    assert edition.performance.filter(late)["probability"].null_count() == 0
    assert edition.performance.filter(~late)["probability"].null_count() == (~late).sum()
    assert edition.progress["probability"].is_between(0, 1).all()
    quarters = edition.uncertainty.chances.select(pl.sum_horizontal(f"quarter_{k}" for k in range(1, 5)))
    assert quarters.to_series().to_numpy() == pytest.approx(1.0)


def test_rank_counts_agree_with_quantiles_of_all_ranks():
    drawn = draw_ranks(RANDOM.normal(size=(3, 501, 2, 15)) + np.arange(15))
    counts = RankCounts.of([0, 1, 2], 2, 15)
    for part in np.array_split(drawn, 4, axis=1):
        counts.add(part)
    ends = np.quantile(drawn, [0.05, 0.95], axis=1, method="inverted_cdf")
    assert np.array_equal(counts.between(0.9), np.moveaxis(ends, 0, -1))
    assert counts.at_or_above(np.array(5.0)) == pytest.approx((drawn <= 5).mean(axis=1))


def test_ranks_of_draws_are_ranks():
    for areas in (5, 40, 41, 90):
        scores = np.round(RANDOM.normal(size=(50, areas)), 1)
        scores[:, 2] = np.nan
        assert np.array_equal(draw_ranks(scores), rank(scores)[0])


def test_groups_hold_only_areas_that_cannot_be_told_apart():
    above = np.clip(0.5 + 0.3 * (np.arange(8)[None, :] - np.arange(8)[:, None]), 0, 1)
    found = groups(above, list(range(8)))
    assert found == [(k, k + 1) for k in range(7)]


def test_evidence_knows_rounded_hidden_and_carried_figures():
    n = COUNTS + 20
    n[0, :, 0] = 3
    edition = counted(n)
    (source,) = sources(edition.scoring, edition.observations)
    low, high = source.posterior.evidence.low, source.posterior.evidence.high
    hidden = source.entries[(source.indicator == 0) & (source.area == 0)]
    assert set(low[hidden]) == {1.0}
    assert set(high[hidden]) == {7.0}
    shown = np.delete(np.arange(len(low)), hidden)
    assert set(high[shown] - low[shown]) == {4.0}


def test_a_carried_observation_is_one_truth_in_all_periods():
    edition = counted(COUNTS)
    scoring = edition.scoring
    carried = scoring.entered_from.copy()
    carried[1, :, 0] = carried[0, :, 0]
    chance = Chance.of(replace(scoring, entered_from=carried), edition.observations)
    node = scoring.node_index["i0"]
    (held,) = chance.draws(20)
    assert np.array_equal(held[node][:, 0], held[node][:, 1])


def test_a_run_that_fails_leaves_out_itself_alone():
    own = Alternative("own")
    broken = Alternative("broken", {"treat": "log"})  # a count of 0 has no logarithm
    n = np.array(COUNTS)
    n[0, :, 0] = 0
    edition = counted(n)
    points = np.linspace(0.01, 0.99, 20)[:, None]
    seen = [
        run for runs, _ in Experiment.of(edition, (Choice("c", (own, broken)),)).run(points) for run in runs
    ]
    assert sorted(seen) == list(range(10))


def test_failed_runs_are_counted():
    n = np.array(COUNTS)
    n[0, :, 0] = 0
    rule = UncertaintyRule(100, {"extremes": ({"treat": "log"},)}, "none", 0.0)
    found = counted(n, rule=rule).uncertainty
    assert 20 < found.failed < 80
    assert found.failed + found.reruns == 100


def test_the_own_way_gives_the_published_scores():
    edition = counted(COUNTS)
    varied = inputs(edition.scoring, UncertaintyRule(50))
    points = np.zeros((1, len(varied)))
    experiment = Experiment.of(edition, tuple(one for one in varied if isinstance(one, Choice)))
    ((_, held),) = experiment.run(points[:, : len(experiment.inputs)])
    root = edition.scoring.node_index["index"]
    assert held[root][0] == pytest.approx(edition.scoring.scores[:, :, root])


def test_leaving_a_part_out_is_a_weight_of_none():
    edition = counted(COUNTS)
    gone = Choice("leave out", (Alternative("without", without=frozenset({"i0", "i2"})),))
    ((_, held),) = Experiment.of(edition, (gone,)).run(np.zeros((3, 1)))
    at = edition.scoring.node_index
    kept = edition.scoring.scores[:, :, [at["i4"], at["i6"]]].mean(axis=-1)
    assert held[at["c0"]][2] == pytest.approx(kept)


def test_runs_that_differ_in_the_mean_alone_are_formed_as_each_by_itself():
    edition = counted(COUNTS)
    means = [Alternative(way, {"aggregate": {"index": way}, "floor": 1}) for way in ("harmonic", "geometric")]
    experiment = Experiment.of(edition, (Choice("mean", (Alternative("as published"), *means)),))
    points = np.array([[0.1], [0.9], [0.5], [0.2]])
    root = edition.scoring.node_index["index"]
    ((runs, together),) = experiment.run(points)
    for run, scores in zip(runs, together[root], strict=True):
        ((_, alone),) = experiment.run(points[[run]])
        assert np.array_equal(scores, alone[root][0], equal_nan=True)
    assert len({scores.tobytes() for scores in together[root]}) == 3


def test_the_page_says_where_there_are_no_ranges():
    few = counted(COUNTS)
    many = counted(np.random.default_rng(2).poisson(np.full((2, 2, 101), 90.0)), rule=UncertaintyRule(20))
    assert "Single indicators have none" in " ".join(how_sure_page(Lookup(few)).says)
    told = [" ".join(how_sure_page(Lookup(edition)).says) for edition in (few, many)]
    assert ["of the latest period alone" in text for text in told] == [False, True]
    earlier = many.scores.filter(pl.col("period") == "2024")
    assert earlier["rank_low"].null_count() == earlier["range_low"].null_count() == earlier.height


def test_usual_choices_fit_the_scale():
    assert set(usual(counted(COUNTS).scoring)) >= {"scale", "mean", "extremes"}
    standard = counted(COUNTS, recipe={"normalise": "zscore", "aggregate": "arithmetic"})
    assert [way.label for way in usual(standard.scoring).get("mean", ())] == []


@pytest.mark.parametrize("spread", [0.1, 0.25])
def test_weights_move_within_their_spread_and_by_number(spread):
    scoring = counted(COUNTS).scoring
    few, many = (WeightSets.around(scoring, spread, sets) for sets in (20, 200))
    for parent, sets in many.sets.items():
        assert np.array_equal(sets[:20], few.sets[parent])
        own = scoring.child_weights[parent].mean(axis=(0, 1))
        assert (np.abs(sets / own - 1) <= spread).all()


def test_other_weights_add_up_to_one():
    pca = {"normalise": "minmax", "weigh": {"component": "pca", "index": "equal"}, "aggregate": "arithmetic"}
    scoring = counted(COUNTS, recipe=pca).scoring
    for found in (dirichlet(scoring, 30), resampled(scoring, 30)):
        for sets in found.sets.values():
            assert sets.sum(axis=1) == pytest.approx(1.0)


def test_marks_by_chance_agree_with_a_direct_simulation():
    random = np.random.default_rng(8)
    areas, base, mean = 20, 10_000.0, np.full((4, 1, 1), 60.0)
    edition = counted(random.poisson(np.broadcast_to(mean, (4, 1, areas))), base)
    peers, rule = peer_index(edition.scoring, edition.peers), edition.peer_rule
    stated = marks_by_chance(Chance.of(edition.scoring, edition.observations), peers, rule, replications=400)
    fits = edition.scoring.fits[0]
    there = []
    for _ in range(400):
        frame = observed(
            random.poisson(np.broadcast_to(mean, (4, 1, areas))), np.full(areas, base), ("2025",)
        )
        values = frame["value"].to_numpy().reshape(4, areas)
        x0, x1, s0, s1 = fits.T[:, :, None]
        scores = np.clip(s0 + (s1 - s0) * (values - x0) / (x1 - x0), 0, 100)
        there.append(np.stack([Band.of(own[peers.T], rule).marks(own) for own in scores]) != 1)
    assert PER == 1000
    assert stated.mean() == pytest.approx(np.mean(there), abs=0.03)


def test_a_percentage_is_per_hundred_whether_that_is_said_or_not() -> None:
    """Of a rate, what it is per is found from its numbers."""
    tree = pl.DataFrame(
        {"id": ["index", "jobs"], "name": ["Index", "Jobs"], "parent": ["", "index"],
         "level": ["index", "indicator"], "direction": [None, 1]}
    )  # fmt: skip
    met = [300 + 17 * i for i in range(10)]

    def ranges(kind: str, times: float, per: float | None) -> list[tuple[int, int]]:
        values = pl.DataFrame(
            {"area": [f"E{i}" for i in range(10)], "indicator": "jobs", "numerator": met, "denominator": 1000,
             "value": [times * n / 1000 for n in met], "kind": kind}
        )  # fmt: skip
        given = values if per is None else values.with_columns(per=pl.lit(per))
        edition = commonweal.with_uncertainty(commonweal.score(given, tree), replications=50)
        return edition.scores.filter(level="index").select("rank_low", "rank_high").rows()

    assert ranges("percentage", 100, None) == ranges("percentage", 100, 100)
    assert ranges("rate", 1000, None) == ranges("rate", 1000, 1000)
    assert len(set(ranges("rate", 1000, None))) > 3
