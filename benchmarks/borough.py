"""Made-up boroughs whose truth is known: true rates, what is counted of them, and what is published."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from commonweal import engine
from commonweal.insight.interpret import interpret
from commonweal.insight.peers import peer_index
from commonweal.insight.performance import Band
from commonweal.insight.progress import class_of
from commonweal.insight.uncertainty.chance import Chance
from commonweal.model.area import Area, Areas
from commonweal.model.edition import BENCHMARKS, Edition
from commonweal.model.observation import Observations
from commonweal.model.period import Period
from commonweal.model.project import PeerRule, Periods, ProgressRule, UncertaintyRule
from commonweal.model.recipe import Recipe
from made import tree

PER = 1000.0
#: As the demo is scored.
RECIPE = {
    "normalise": {"method": "goalposts", "rule": "pooled", "clip": True},
    "weigh": {"component": "pca", "dimension": "equal", "index": "equal"},
    "aggregate": {"component": "arithmetic", "dimension": "geometric", "index": "geometric"},
    "floor": 1,
}
YEARS = ("2021", "2025")
RULE = PeerRule(by=("income",))
PROGRESS = ProgressRule()


@dataclass(frozen=True, eq=False)
class Borough:
    """True rates (indicators, periods, areas) a person, the counts of them, and the edition of the counts.

    `mean` and `sd` (indicators) are those of the rates of all places like these: the prior, if it were known.
    """

    truth: np.ndarray
    counts: np.ndarray
    people: np.ndarray
    mean: np.ndarray
    sd: np.ndarray
    edition: Edition

    @property
    def chance(self) -> Chance:
        """What its published figures say of the truth."""
        return Chance.of(self.edition.scoring, self.edition.observations)


def borough(areas: int, number: int, *, alike: bool = False, replications: int = 400) -> Borough:
    """Borough `number` of so many areas; with `alike` all areas of an indicator have one truth.

    Rates of 53 indicators lie about means of 2 to 30 in 1,000, and differ by 15 to 50 % of that; they share
    a common quality inside a component. Counts are Poisson, and protected: 1 to 7 hidden, others to the
    nearest 5.
    """
    random = np.random.default_rng([1871, areas, number])
    framework, groups = tree()
    count = len(framework.indicators)
    people = 5 * np.rint(random.uniform(6000, 14000, areas) / 5)
    mean = np.exp(random.uniform(np.log(0.002), np.log(0.03), count))
    spread = np.zeros(count) if alike else random.uniform(0.15, 0.5, count)
    sign = np.array([float(node.direction or 1) for node in framework.indicators])
    quality = random.standard_normal(areas)
    of_component = np.empty((count, areas))
    for rows in (rows for dimension in groups for rows in dimension):
        of_component[rows] = 0.5 * quality + np.sqrt(0.75) * random.standard_normal(areas)
    own = 0.6 * of_component + 0.8 * random.standard_normal((count, areas))
    moved = [own, own * 0.95 + np.sqrt(1 - 0.95**2) * random.standard_normal((count, areas))]
    z = np.stack(moved, axis=1) * sign[:, None, None]
    truth = (mean * np.exp(-(spread**2) / 2))[:, None, None] * np.exp(spread[:, None, None] * z)
    counts = random.poisson(truth * people)
    income = np.round(30_000 + 5_000 * (0.5 * quality + random.standard_normal(areas)))
    sd = mean * np.sqrt(np.expm1(spread**2))
    return Borough(truth, counts, people, mean, sd, _edition(counts, people, income, replications))


def _edition(counts: np.ndarray, people: np.ndarray, income: np.ndarray, replications: int) -> Edition:
    framework, _ = tree()
    codes = tuple(f"A{a:05}" for a in range(len(people)))
    i, p, a = (axis.reshape(-1) for axis in np.indices(counts.shape))
    n, base = counts.reshape(-1), people[a]
    hidden = (n > 0) & (n < 8)
    shown = np.where(hidden, 4.0, 5 * np.rint(n / 5))
    ids = pl.Series([node.id for node in framework.indicators])
    rows = pl.DataFrame(
        {
            "period": pl.Series(YEARS).gather(p),
            "area": pl.Series(codes).gather(a),
            "indicator": ids.gather(i),
            "value": shown / base * PER,
            "lower": np.where(hidden, 1 / base * PER, np.nan),
            "upper": np.where(hidden, 7 / base * PER, np.nan),
            "numerator": np.where(hidden, np.nan, shown),
            "denominator": base,
            "status": np.where(hidden, "suppressed", "rounded"),
            "kind": "rate",
            "per": PER,
            "round_to": 5.0,
        }
    ).with_columns(pl.col(pl.Float64).fill_nan(None))
    observations = Observations.of(rows)
    places = Areas(
        "ward",
        "",
        tuple(Area(code, code) for code in codes),
        pl.DataFrame({"code": codes, "income": income}),
    )
    periods = Periods(tuple(Period.parse(year) for year in YEARS))
    scoring = engine.score(observations, framework, places, periods, Recipe.read(RECIPE))
    edition = Edition(
        title="Index",
        place="Borough",
        areas=places,
        scoring=scoring,
        observations=observations.frame,
        peer_rule=RULE,
        progress_rule=PROGRESS,
        uncertainty_rule=UncertaintyRule(replications, {}, "none", 0.0),
    )
    return interpret(edition, pl.DataFrame(schema=BENCHMARKS).select("name", "period"))


def scores_of(made: Borough, rates: np.ndarray) -> list[np.ndarray]:
    """Scores of every node on the edition's scales and weights, (draws, periods, areas), of rates.

    `rates` (draws, indicators, periods, areas) a person.
    """
    from commonweal.engine.replicate import fixed_weights, replicate

    chance = made.chance
    held = [np.empty((len(rates), *rates.shape[2:])) for _ in range(rates.shape[1])]
    for source in chance.sources:
        entry = np.empty((len(rates), len(source.posterior.evidence)))
        entry[:, source.entries] = rates[:, source.indicator, source.period, source.area]
        scores = chance.rescorer.scores(source, entry)
        for k, (i, p, a) in enumerate(zip(source.indicator, source.period, source.area, strict=True)):
            held[i][:, p, a] = scores[:, k]
    return replicate(made.edition.scoring, held, fixed_weights(made.edition.scoring))


def known_prior(made: Borough, draws: int) -> np.ndarray:
    """Rates drawn with everything known but the truth: the prior, and the counts before protection."""
    mean, sd = made.mean[:, None, None], np.maximum(made.sd, 1e-9)[:, None, None]
    shape, rate = (mean / sd) ** 2, mean / sd**2
    random = np.random.default_rng(1)
    return np.stack([random.gamma(shape + made.counts, 1 / (rate + made.people)) for _ in range(draws)])


def true_classes(made: Borough, true: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """The true mark against peers in the last period, and the true class of progress: (nodes, areas)."""
    peers = peer_index(made.edition.scoring, made.edition.peers)
    last = np.stack([scores[0, -1] for scores in true])
    first = np.stack([scores[0, 0] for scores in true])
    marks = np.stack([Band.of(own[peers.T], RULE).marks(own) for own in last])
    years = made.edition.periods[-1].years_after(made.edition.periods[0])
    return marks, class_of((last - first) / years, PROGRESS)
