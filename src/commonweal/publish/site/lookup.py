"""An edition arranged for reading cell by cell: what every page asks for, looked up once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import isnan, nan
from typing import Any, Final

import polars as pl

from commonweal.insight import words
from commonweal.model.area import Area
from commonweal.model.edition import Edition
from commonweal.model.framework import Framework, Node
from commonweal.model.observation import STATUSES
from commonweal.publish.site import numbers
from commonweal.publish.site.addresses import file_names
from commonweal.publish.site.facts import NO_WEIGHT, Change, Figure, Mark, Statement, Weight
from commonweal.publish.site.scale import Axis
from commonweal.publish.site.sureness import Sureness, could_be_chance
from commonweal.publish.site.symbols import SYMBOLS

#: Value, score and status of a benchmark that has none.
_NOTHING: Final = (nan, nan, "")


@dataclass(frozen=True, eq=False)
class Lookup:
    """Everything a page asks of an edition, by area and node, for the latest period and over time."""

    edition: Edition

    @cached_property
    def framework(self) -> Framework:
        """The tree."""
        return self.edition.framework

    @cached_property
    def areas(self) -> tuple[Area, ...]:
        """The areas, in the order of the scoring."""
        by_code = {area.code: area for area in self.edition.areas}
        return tuple(by_code[code] for code in self.edition.scoring.areas)

    @cached_property
    def names(self) -> dict[str, str]:
        """Area code -> name."""
        return self.edition.areas.names

    @cached_property
    def area_files(self) -> dict[str, str]:
        """Area code -> page, without its folder."""
        return file_names(area.code for area in self.areas)

    @cached_property
    def node_files(self) -> dict[str, str]:
        """Node id -> page, without its folder."""
        return file_names(node.id for node in self.framework)

    @cached_property
    def root(self) -> Node:
        """The index."""
        return self.framework.roots[0]

    @cached_property
    def periods(self) -> tuple[str, ...]:
        """The labels of the periods, oldest first."""
        return tuple(period.label for period in self.edition.periods)

    @property
    def latest(self) -> str:
        """The period that pages are about."""
        return self.periods[-1]

    @cached_property
    def type(self) -> str:
        """What one area is called."""
        return words.one_type(self.edition.areas.type)

    @cached_property
    def types(self) -> str:
        """What several areas are called."""
        return words.types(self.edition.areas.type)

    @cached_property
    def _scores(self) -> Any:
        return self.edition.scoring.scores.tolist()

    @cached_property
    def _ranks(self) -> Any:
        return self.edition.scoring.ranks.tolist()

    @cached_property
    def _of(self) -> Any:
        return self.edition.scoring.of.tolist()

    @cached_property
    def _status(self) -> Any:
        return self.edition.scoring.status.tolist()

    @cached_property
    def _at(self) -> tuple[dict[str, int], dict[str, int]]:
        return self.edition.scoring.area_index, self.edition.scoring.node_index

    def score(self, area: str, node: str, period: int = -1) -> float:
        """A score, nan where there is none."""
        areas, nodes = self._at
        return float(self._scores[period][areas[area]][nodes[node]])

    def rank(self, area: str, node: str) -> int:
        """A rank in the latest period, 0 where there is none that may be shown."""
        areas, nodes = self._at
        return 0 if self.hidden(area, node) else int(self._ranks[-1][areas[area]][nodes[node]])

    def hidden(self, area: str, node: str) -> bool:
        """Whether the node is an indicator whose value is hidden here: its score is known by a range only."""
        figure = self.figures.get((area, node))
        return figure is not None and figure.hidden

    def hidden_in(self, node: str) -> int:
        """In how many areas an indicator is hidden."""
        return sum(self.hidden(area.code, node) for area in self.areas)

    def shown_in(self, node: str) -> int:
        """In how many areas an indicator has a figure that is shown."""
        return sum(self.figures[area.code, node].shown for area in self.areas)

    def of(self, node: str) -> int:
        """How many areas have a score in the latest period."""
        return int(self._of[-1][self._at[1][node]])

    def of_areas(self, node: str) -> str:
        """ "of 17 wards": those that have a score in the latest period."""
        count = self.of(node)
        return f"of {count:,} {words.types(self.edition.areas.type, count)}"

    def status(self, area: str, node: str) -> str:
        """How a score came to be."""
        areas, nodes = self._at
        return STATUSES[int(self._status[-1][areas[area]][nodes[node]])]

    def trend(self, area: str, node: str) -> tuple[float, ...]:
        """An area's scores of all periods, nan where there is none."""
        areas, nodes = self._at
        a, n = areas[area], nodes[node]
        return tuple(period[a][n] for period in self._scores)

    def ordered(self, node: str) -> tuple[Area, ...]:
        """The areas from best to worst; then those that are hidden, then those without a score, by name."""

        def key(area: Area) -> tuple[int, bool, str, str]:
            rank = self.rank(area.code, node) or len(self.areas) + 1
            return (rank, not self.hidden(area.code, node), area.name, area.code)

        return tuple(sorted(self.areas, key=key))

    @cached_property
    def scale(self) -> Axis:
        """What scores run over: 0 to 1, 0 to 100, or round numbers around what there is."""
        found = [s for period in self._scores for row in period for s in row if not isnan(s)]
        for high in (1.0, 100.0):
            if found and min(found) >= 0 and max(found) <= high * (1 + 1e-9):
                return Axis(0.0, high, tuple(high * k / 4 for k in range(5)), 0)
        return Axis.over(found)

    @cached_property
    def out_of(self) -> str:
        """The best score possible, as text; empty where the method has none."""
        return words.number(self.scale.high, 0) if self.scale.low == 0 and self.scale.high >= 1 else ""

    def shown_points(self, area: str, node: str) -> str:
        """An area's score as text, or the symbol that stands for it."""
        return SYMBOLS["suppressed"] if self.hidden(area, node) else self.points(self.score(area, node))

    def points(self, score: float, more: int = 0) -> str:
        """A score as text, with the decimals that its scale wants."""
        if isnan(score):
            return "[x]"
        spread = self.scale.high - self.scale.low
        return words.number(score, (1 if spread > 20 else 3 if spread <= 2 else 2) + more)

    # What lies behind the scores of indicators -------------------------------------------------------

    @cached_property
    def _observed(self) -> dict[tuple[str, str, str], tuple[Any, ...]]:
        columns = ["area", "indicator", "period", "observed", "lower", "upper", "numerator", "denominator",
                   "source", "round_to"]  # fmt: skip
        rows = self.edition.observations.select(columns).rows()
        return {row[:3]: row[3:] for row in rows}

    @cached_property
    def figures(self) -> dict[tuple[str, str], Figure]:
        """(area, indicator) -> the figure behind the score of the latest period."""
        scoring = self.edition.scoring
        values = scoring.values[-1].tolist()
        status = scoring.value_status[-1].tolist()
        source = scoring.entered_from[-1].tolist()
        found = {}
        for i, indicator in enumerate(self.framework.indicators):
            for a, area in enumerate(scoring.areas):
                own = scoring.entered_periods[source[a][i]] if source[a][i] >= 0 else ""
                row = self._observed.get((area, indicator.id, own), ("",) + (None,) * 4 + ("", None))
                found[area, indicator.id] = Figure(
                    values[a][i], STATUSES[int(status[a][i])], row[0] or own, *row[1:]
                )
        return found

    def shown_values(self, indicator: str, period: int) -> list[float]:
        """The values of one indicator and period that are there and not hidden."""
        i, scoring = self._indicator[indicator], self.edition.scoring
        hidden = STATUSES.index("suppressed")
        pairs = zip(scoring.values[period, :, i].tolist(), scoring.value_status[period, :, i], strict=True)
        return [value for value, status in pairs if not isnan(value) and status != hidden]

    def hidden_values(self, indicator: str, period: int) -> int:
        """How many values of one indicator and period are hidden."""
        status = self.edition.scoring.value_status[period, :, self._indicator[indicator]]
        return int((status == STATUSES.index("suppressed")).sum())

    @cached_property
    def _indicator(self) -> dict[str, int]:
        return {node.id: i for i, node in enumerate(self.framework.indicators)}

    @cached_property
    def places(self) -> dict[str, int]:
        """Indicator -> decimals of its values."""
        values = self.edition.scoring.values
        return {
            node.id: numbers.places_for(v for v in values[:, :, i].ravel().tolist() if not isnan(v))
            for i, node in enumerate(self.framework.indicators)
        }

    @cached_property
    def goalposts(self) -> dict[str, tuple[float, float]]:
        """Indicator -> worst and best, where the method has them, for the latest period.

        Only of indicators that are scored in the units of their source: what is divided or bent has others.
        """
        frame = self.edition.goalposts
        moved = self.edition.scoring.in_other_units
        return {
            row[0]: (row[1], row[2])
            for row in frame.select("indicator", "worst", "best", "period").rows()
            if row[1] is not None
            and row[2] is not None
            and row[3] in (None, "", self.latest)
            and row[0] not in moved
        }

    @cached_property
    def _weights(self) -> dict[str, Weight]:
        frame = self.edition.weights.select("node", "weight", "effective_weight", "reason", "period")
        return {
            row[0]: Weight(row[1], row[2], row[3] or "")
            for row in frame.rows()
            if row[4] in (None, "", self.latest)
        }

    def weight(self, node: str) -> Weight:
        """A node's weight, empty where it has none."""
        return self._weights.get(node, NO_WEIGHT)

    @cached_property
    def _own_weights(self) -> dict[tuple[str, str], float]:
        held = self.edition.scoring.area_weights.filter(pl.col("period") == self.latest)
        return {(area, node): weight for area, node, weight in held.select("area", "node", "weight").rows()}

    def share_in(self, area: str, node: str) -> float | None:
        """The weight of a node in its parent: the area's own, where it has one."""
        return self._own_weights.get((area, node), self.weight(node).share)

    # Meaning -----------------------------------------------------------------------------------------

    @cached_property
    def marks(self) -> dict[tuple[str, str], Mark]:
        """(area, node) -> how it stands against its peers in the latest period."""
        frame = self.edition.performance.filter(
            (pl.col("period") == self.latest) & pl.col("class").is_in(["over", "within", "under"])
        )
        return {
            (area, node): Mark(kind, centre, low, high, could_be_chance(probability))
            for area, node, kind, centre, low, high, probability in frame.select(
                "area", "node", "class", "centre", "low", "high", "probability"
            ).rows()
        }

    @cached_property
    def changes(self) -> dict[tuple[str, str], Change]:
        """(area, node) -> its progress, where anything was measured anew."""
        columns = ("area", "node", "since", "until", "first", "last", "per_year")
        frame = self.edition.progress.select(*columns, pl.col("class").fill_null(""), "probability")
        return {
            (area, node): Change(since, until, first, last, change, kind, could_be_chance(probability))
            for area, node, since, until, first, last, change, kind, probability in frame.rows()
            if change is not None
        }

    @cached_property
    def sure(self) -> Sureness:
        """How sure the latest ranks are."""
        return Sureness(self.edition)

    @cached_property
    def since(self) -> str:
        """Since when progress counts; empty where there is none."""
        return next(iter(self.changes.values())).since if self.changes else ""

    def renewed(self, node: str) -> bool:
        """Whether any figure below a node is another one than when progress began counting."""
        scoring = self.edition.scoring
        below = [self._indicator[leaf.id] for leaf in self.framework.below(node)]
        first, last = scoring.entered_from[self.periods.index(self.since)], scoring.entered_from[-1]
        return bool((first[:, below] != last[:, below]).any())

    @cached_property
    def peers(self) -> dict[str, tuple[str, ...]]:
        """Area -> its peers, nearest first."""
        found: dict[str, list[str]] = {}
        for area, peer in self.edition.peers.sort("area", "order").select("area", "peer").rows():
            found.setdefault(area, []).append(peer)
        return {area: tuple(peers) for area, peers in found.items()}

    @cached_property
    def statements(self) -> dict[str, tuple[Statement, ...]]:
        """Area -> what is said about it, in the order of the edition; '' holds what is about all."""
        found: dict[str, list[Statement]] = {}
        columns = ("id", "area", "node", "kind", "against", "text")
        for row in self.edition.statements.select(pl.col(c).fill_null("") for c in columns).rows():
            statement = Statement(*row)
            found.setdefault(statement.area, []).append(statement)
        return {area: tuple(said) for area, said in found.items()}

    @cached_property
    def unevenness(self) -> dict[tuple[str, str], tuple[tuple[str, float], ...]]:
        """(area, node) -> parts of the cost of unevenness in the latest period."""
        found: dict[tuple[str, str], list[tuple[str, float]]] = {}
        frame = self.edition.unevenness.filter(pl.col("period") == self.latest)
        for area, node, part, points in frame.select("area", "node", "part", "points").rows():
            found.setdefault((area, node), []).append((part, points))
        return {key: tuple(parts) for key, parts in found.items()}

    # Beside the areas --------------------------------------------------------------------------------

    @cached_property
    def benchmarks(self) -> tuple[str, ...]:
        """The names of the benchmarks: the place itself first."""
        names = set(self.edition.benchmarks["name"].to_list())
        return tuple(sorted(names, key=lambda name: (name != self.edition.place, name)))

    @cached_property
    def _benchmark(self) -> Mapping[tuple[str, str, str], tuple[float, float, str]]:
        columns = ("name", "node", "period", "value", "score", "status")
        return {
            row[:3]: (nan if row[3] is None else row[3], nan if row[4] is None else row[4], row[5])
            for row in self.edition.benchmarks.select(columns).rows()
        }

    def benchmark_value(self, name: str, node: str, period: str = "") -> float:
        """A benchmark's value of an indicator, nan where there is none."""
        return self._benchmark.get((name, node, period or self.latest), _NOTHING)[0]

    def benchmark_score(self, name: str, node: str, period: str = "") -> float:
        """A benchmark's score, nan where there is none."""
        return self._benchmark.get((name, node, period or self.latest), _NOTHING)[1]

    def benchmark_status(self, name: str, node: str) -> str:
        """How a benchmark's latest figure came to be; empty where there is none."""
        return self._benchmark.get((name, node, self.latest), _NOTHING)[2]

    @cached_property
    def attributes(self) -> dict[str, dict[str, float]]:
        """Numeric attribute -> area -> its value, where it has one."""
        frame = self.edition.areas.attributes
        return {
            name: {
                code: float(v) for code, v in frame.select("code", name).rows() if v is not None and v == v
            }
            for name in frame.columns
            if frame.schema[name].is_numeric()
        }

    @cached_property
    def attribute_places(self) -> dict[str, int]:
        """Numeric attribute -> decimals of its values."""
        return {name: numbers.places_for(held.values()) for name, held in self.attributes.items()}

    @cached_property
    def floored(self) -> dict[str, tuple[str, ...]]:
        """Area -> nodes whose score counted as the floor in the latest period."""
        found: dict[str, list[str]] = {}
        frame = self.edition.scoring.floored.filter(pl.col("period") == self.latest)
        for area, node in frame.select("area", "node").rows():
            found.setdefault(area, []).append(node)
        return {area: tuple(nodes) for area, nodes in found.items()}

    def levels(self) -> Iterator[tuple[str, int]]:
        """The levels from the index down, with the number of nodes of each."""
        for level in reversed(self.framework.levels):
            yield level, sum(node.level == level for node in self.framework)
