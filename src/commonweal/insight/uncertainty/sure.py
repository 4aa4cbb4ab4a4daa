"""How sure an edition is: chance and choices joined into one result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Array, Floats
from commonweal.insight import words
from commonweal.insight.peers import peer_index
from commonweal.insight.uncertainty.chance import Chance
from commonweal.insight.uncertainty.choices import Choice, Experiment, Input
from commonweal.insight.uncertainty.counts import RankCounts
from commonweal.insight.uncertainty.groups import groups
from commonweal.insight.uncertainty.null import marks_by_chance
from commonweal.insight.uncertainty.periods import only_periods
from commonweal.insight.uncertainty.tallies import MOST_FOR_PAIRS, Marks, Moves, Pairs, Spread
from commonweal.insight.uncertainty.usual import WHY, inputs
from commonweal.methods.rank import draw_ranks
from commonweal.model.edition import Edition, Scoring
from commonweal.model.uncertainty import CHANCES, FEWEST, PAIRS, Uncertainty, Varied
from commonweal.report import Report, silent

#: The share of draws that an interval of ranks holds.
MIDDLE: Final = 0.9
#: With more areas than this, ranks are drawn for the latest period alone.
MANY: Final = 100
#: Points of an experiment are drawn from this.
_SEED: Final = 1729
_QUARTERS: Final = 4


def how_sure(edition: Edition, threads: int = 1, report: Report = silent) -> Edition:
    """The same edition with its uncertainty, and with the probability of each class of its latest period.

    Needs `edition.uncertainty_rule`. Chance takes the observations as they are published and leaves the
    method alone; choices take the observations as they are and vary the method. Results are the same for any
    number of threads. With fewer than 8 areas in the index nothing is worked out, and it is said why.
    `report` is told how far the draws have come.
    """
    rule = edition.uncertainty_rule
    if rule is None or rule.replications == 0:
        return replace(edition, uncertainty=None)
    scoring = edition.scoring
    root = scoring.node_index[scoring.framework.roots[0].id]
    scored = int((scoring.ranks[-1, :, root] > 0).sum())
    if scored < FEWEST:
        types = words.types(edition.areas.type, scored)
        why = (
            f"How sure ranks are is not worked out: {words.count(scored)} {types}"
            f" {'has' if scored == 1 else 'have'} an index, and it takes {words.count(FEWEST)} to learn"
            " how far they differ."
        )
        return replace(edition, uncertainty=Uncertainty(why_not=why))
    by_chance = _Chance.of(edition)
    by_chance.run(rule.replications, threads, report)
    varied = inputs(scoring, rule)
    ranges, reruns = _choices(edition, varied, rule.replications, report)
    return replace(
        edition,
        performance=by_chance.with_marks(edition.performance),
        progress=by_chance.with_moves(edition.progress),
        uncertainty=Uncertainty(
            replications=rule.replications,
            reruns=reruns,
            failed=rule.replications - reruns,
            ranks=by_chance.ranks(),
            ranges=ranges,
            chances=by_chance.chances(),
            pairs=by_chance.pairs_frame(),
            groups=by_chance.groups(),
            marks=_null_marks(edition, by_chance.chance),
            known=by_chance.known,
            varied=tuple(_told(varied)),
        ),
    )


@dataclass(frozen=True, eq=False)
class _Chance:
    """The work of drawing: which periods and nodes are looked at, and what is counted."""

    edition: Edition
    chance: Chance
    kept: tuple[int, ...]
    #: nodes, by position, that chance can move, and those of them that are parents
    moving: tuple[int, ...]
    parents: tuple[int, ...]
    counts: RankCounts
    pairs: Pairs | None
    spread: Spread
    marks: Marks | None
    moves: Moves | None

    @classmethod
    def of(cls, edition: Edition) -> _Chance:
        whole = edition.scoring
        since = _since(edition)
        latest = len(whole.periods) - 1
        few = len(whole.areas) <= MANY
        kept = tuple(range(len(whole.periods))) if few else tuple(sorted({since, latest}))
        scoring = only_periods(whole, kept)
        chance = Chance.of(scoring, edition.observations)
        tree, at = scoring.framework, scoring.node_index
        root = at[tree.roots[0].id]
        moving = [int(n) for n in np.flatnonzero(chance.moves)]
        parents = tuple(n for n in moving if not tree.nodes[n].is_indicator)
        ordered = (*(n for n in parents if n == root), *(n for n in parents if n != root))
        leaves = tuple(n for n in moving if n not in parents)
        last = scoring.scores[-1].T
        return cls(
            edition,
            chance,
            kept,
            tuple(moving),
            parents,
            RankCounts.of((*ordered, *leaves), len(kept) if few else 1, len(whole.areas)),
            Pairs.of(len(whole.areas)) if len(whole.areas) <= MOST_FOR_PAIRS else None,
            Spread.about(last[list(parents)]),
            _marks(edition, last[moving]),
            _moves(edition, scoring.scores[kept.index(since)].T[moving], last[moving]),
        )

    @property
    def scoring(self) -> Scoring:
        return self.chance.scoring

    @property
    def known(self) -> frozenset[str]:
        nodes = self.scoring.framework.nodes
        return frozenset(nodes[n].id for n in self.moving if nodes[n].is_indicator)

    def run(self, replications: int, threads: int, report: Report) -> None:
        """Draw, and count as batches come; nothing to do where chance is known of no figure."""
        if not self.moving:
            return
        root = self.scoring.node_index[self.scoring.framework.roots[0].id]
        first = self.kept.index(_since(self.edition))
        ranked = -self.counts.counts.shape[1]
        for held in self.chance.draws(replications, threads):
            self.counts.add(draw_ranks(np.stack([held[n][:, ranked:] for n in self.counts.nodes])))
            latest = [held[n][:, -1] for n in self.moving]
            self.spread.add([held[n][:, -1] for n in self.parents])
            if self.pairs is not None and root in self.parents:
                self.pairs.add(held[root][:, -1])
            if self.marks is not None:
                self.marks.add(latest)
            if self.moves is not None:
                self.moves.add([held[n][:, first] for n in self.moving], latest)
            report(f"Drawing what chance could do: {self.counts.total:,} of {replications:,}")

    def ranks(self) -> Array:
        """(periods, areas, nodes, 2) of the whole edition; 0 for nodes of which chance is not known."""
        own = self.edition.scoring.ranks.astype(np.int64)
        found = np.zeros((*own.shape, 2), dtype=np.int64)
        _widen(found, self.counts, own)
        return found

    def chances(self) -> pl.DataFrame:
        """A row an area and parent of the latest period (columns of CHANCES)."""
        low, high = self.spread.between()
        whole, period = self.scoring, self.scoring.periods[-1].label
        counted = {n: k for k, n in enumerate(self.counts.nodes)}
        frames = [pl.DataFrame(schema=CHANCES)]
        for k, n in enumerate(self.parents):
            there = np.flatnonzero(whole.ranks[-1, :, n] > 0)
            if n not in counted:
                continue
            own = self.counts.of_node(counted[n])
            reached = [
                own.at_or_above(whole.of[-1, n] * quarter / _QUARTERS)[0, -1, there]
                for quarter in range(1, _QUARTERS + 1)
            ]
            quarters = np.diff(np.stack([np.zeros(len(there)), *reached]), axis=0)
            frames.append(
                pl.DataFrame(
                    {
                        "period": [period] * len(there),
                        "area": pl.Series(whole.areas).gather(there),
                        "node": [whole.framework.nodes[n].id] * len(there),
                        "score_low": low[k, there],
                        "score_high": high[k, there],
                        **{f"quarter_{q + 1}": quarters[q] for q in range(_QUARTERS)},
                    },
                    schema=CHANCES,
                )
            )
        return pl.concat(frames)

    def _ordered(self) -> list[int]:
        """The areas that have an index, best first."""
        root = self.scoring.node_index[self.scoring.framework.roots[0].id]
        ranks = self.scoring.ranks[-1, :, root]
        return sorted((int(a) for a in np.flatnonzero(ranks)), key=lambda a: (ranks[a], a))

    def pairs_frame(self) -> pl.DataFrame:
        """Each pair of areas that have an index, the higher one first (columns of PAIRS)."""
        if self.pairs is None or not self.pairs.total:
            return pl.DataFrame(schema=PAIRS)
        order = np.array(self._ordered())
        first, second = np.triu_indices(len(order), 1)
        codes = pl.Series(self.scoring.areas)
        return pl.DataFrame(
            {
                "period": [self.scoring.periods[-1].label] * len(first),
                "area": codes.gather(order[first]),
                "other": codes.gather(order[second]),
                "above": self.pairs.share[order[first], order[second]],
            },
            schema=PAIRS,
        )

    def groups(self) -> tuple[tuple[str, ...], ...]:
        """Areas of the index that can't be told apart."""
        if self.pairs is None or not self.pairs.total:
            return ()
        found = groups(self.pairs.share, self._ordered())
        return tuple(tuple(self.scoring.areas[a] for a in members) for members in found)

    def with_marks(self, performance: pl.DataFrame) -> pl.DataFrame:
        """The probability of each mark of the latest period."""
        if self.marks is None:
            return performance
        table = self._table(self.marks.seen / max(self.marks.total, 1))
        late = pl.col("period") == self.scoring.periods[-1].label
        joined = performance.drop("probability").join(
            table, on=["area", "node"], how="left", maintain_order="left"
        )
        kept = pl.when(late).then("probability").alias("probability")
        return joined.with_columns(kept).select(performance.columns)

    def with_moves(self, progress: pl.DataFrame) -> pl.DataFrame:
        """The probability of each class of progress."""
        if self.moves is None:
            return progress
        table = self._table(self.moves.seen / max(self.moves.total, 1))
        joined = progress.drop("probability").join(
            table, on=["area", "node"], how="left", maintain_order="left"
        )
        kept = pl.when(pl.col("class").is_not_null()).then("probability").alias("probability")
        return joined.with_columns(kept).select(progress.columns)

    def _table(self, share: Floats) -> pl.DataFrame:
        """A share for each moving node and area, as rows."""
        nodes = [self.scoring.framework.nodes[n].id for n in self.moving]
        areas = self.scoring.areas
        return pl.DataFrame(
            {
                "area": list(areas) * len(nodes),
                "node": np.repeat(nodes, len(areas)),
                "probability": share.reshape(-1),
            },
            schema={"area": pl.String, "node": pl.String, "probability": pl.Float64},
        )


def _since(edition: Edition) -> int:
    """The period that progress counts from; the latest where there is no progress."""
    latest = len(edition.periods) - 1
    if edition.progress.is_empty():
        return latest
    return edition.scoring.period_index[edition.progress["since"][0]]


def _marks(edition: Edition, published: Floats) -> Marks | None:
    if edition.performance.is_empty() or edition.peer_rule is None or not len(published):
        return None
    return Marks(peer_index(edition.scoring, edition.peers), edition.peer_rule, published)


def _moves(edition: Edition, first: Floats, last: Floats) -> Moves | None:
    if edition.progress.is_empty() or edition.progress_rule is None or not len(last):
        return None
    years = edition.periods[-1].years_after(edition.periods[_since(edition)])
    return Moves(edition.progress_rule, years, first, last)


def _widen(found: Array, counts: RankCounts, own: Array) -> None:
    """Put counted intervals where they belong, each wide enough for the published rank."""
    periods = counts.counts.shape[1]
    for held, n in zip(counts.between(MIDDLE), counts.nodes, strict=True):
        published = own[-periods:, :, n]
        there = (published > 0) & (held[..., 0] > 0)
        found[-periods:, :, n, 0] = np.where(there, np.minimum(held[..., 0], published), published)
        found[-periods:, :, n, 1] = np.where(there, np.maximum(held[..., 1], published), published)


def _choices(edition: Edition, varied: tuple[Input, ...], runs: int, report: Report) -> tuple[Array, int]:
    """The ranks of parents in the middle 90 % of re-runs, (periods, areas, nodes, 2), and how many ran."""
    scoring = edition.scoring
    own = scoring.ranks.astype(np.int64)
    found = np.zeros((*own.shape, 2), dtype=np.int64)
    if not varied:
        return found, 0
    few = len(scoring.areas) <= MANY
    kept = tuple(range(len(scoring.periods))) if few else (len(scoring.periods) - 1,)
    parents = [n for n, node in enumerate(scoring.framework) if not node.is_indicator]
    root = scoring.node_index[scoring.framework.roots[0].id]
    parents = [root, *(n for n in parents if n != root)]
    counts = RankCounts.of(parents, len(kept), len(scoring.areas))
    # row k is the same however many runs there are
    points = np.random.Generator(np.random.Philox(key=_SEED)).random((runs, len(varied)))
    ran = 0
    for part, held in Experiment.of(edition, varied).run(points):
        shape = (len(part), len(kept), len(scoring.areas))
        formed = np.stack([np.broadcast_to(held[n][:, list(kept)], shape) for n in counts.nodes])
        there = np.isfinite(formed[0, :, -1]).any(axis=-1)
        ran += int(there.sum())
        counts.add(draw_ranks(formed[:, there]))
        report(f"Re-running with other choices: {counts.total:,} of {runs:,}")
    _widen(found, counts, own)
    return found, ran


def _null_marks(edition: Edition, chance: Chance) -> dict[str, tuple[float, int]]:
    """Area -> marks that chance alone would make, and on how many indicators that are compared."""
    rule = edition.peer_rule
    if edition.performance.is_empty() or rule is None:
        return {}
    share = marks_by_chance(chance, peer_index(edition.scoring, edition.peers), rule)
    at = {node.id: i for i, node in enumerate(edition.framework.indicators)}
    latest = edition.performance.filter(
        (pl.col("period") == edition.periods[-1].label) & pl.col("node").is_in(list(at))
    )
    areas = edition.scoring.area_index
    counted = np.zeros(share.shape, dtype=bool)
    for area, node in latest.select("area", "node").rows():
        counted[at[node], areas[area]] = True
    counted &= np.isfinite(share)
    total = np.where(counted, share, 0.0).sum(axis=0)
    return {
        code: (float(total[a]), int(counted[:, a].sum())) for code, a in areas.items() if counted[:, a].any()
    }


def _told(varied: tuple[Input, ...]) -> Iterator[Varied]:
    """What varied, for the page of the method."""
    for one in varied:
        if isinstance(one, Choice):
            labels = tuple(alternative.label for alternative in one.alternatives)
            yield Varied(one.name, labels, WHY.get(one.name, ""))
        else:
            yield Varied(one.name, (), WHY["weights"])
