"""What an audit is drawn from: the latest period of an edition, arranged once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import polars as pl

from commonweal.arrays import Floats
from commonweal.insight import words
from commonweal.insight.diagnose.correlation import Correlations, pearson
from commonweal.insight.diagnose.statistics import statistics
from commonweal.model.edition import Edition
from commonweal.model.framework import Framework, Node
from commonweal.model.observation import STATUS_CODE, STATUSES, Status

#: Up to here areas are compared pair by pair; work on more grows too fast for every build.
MOST_FOR_PAIRS: Final = 2_000
#: Under this many areas a correlation moves so much by chance that it is a hint, no more.
FEW_AREAS: Final = 30
#: A chance as small as this is told from none.
LEVEL: Final = 0.05


#: Kinds of figures that grow with the number of people or things in an area.
_OF_SIZE: Final = ("value", "count", "sum", "distinct")
#: A unit that says what a figure is divided by.
_PER: Final = re.compile(r"%|\bper\b|\bfor each\b|\bpercent", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Facts:
    """An edition's latest period: arrays have a row an area; columns are indicators or nodes."""

    edition: Edition

    @property
    def tree(self) -> Framework:
        """The framework."""
        return self.edition.framework

    @property
    def root(self) -> Node:
        """The index."""
        return self.tree.roots[0]

    @property
    def period(self) -> str:
        """The label of the latest period."""
        return self.edition.periods[-1].label

    @property
    def areas(self) -> int:
        """How many areas there are."""
        return len(self.edition.scoring.areas)

    @property
    def types(self) -> str:
        """What several areas are called."""
        return words.types(self.edition.areas.type)

    @property
    def indicators(self) -> tuple[Node, ...]:
        """The indicators."""
        return self.tree.indicators

    @cached_property
    def values(self) -> Floats:
        """The values that entered, in their own units (areas, indicators)."""
        values: Floats = self.edition.scoring.values[-1]
        return values

    @cached_property
    def met(self) -> Floats:
        """The values that were normalised, divided, filled in and treated first (areas, indicators)."""
        met = self.edition.scoring.met
        return self.values if met is None else met[-1]

    @cached_property
    def value_status(self) -> Any:
        """How each value came to be, as codes (areas, indicators)."""
        return self.edition.scoring.value_status[-1]

    @cached_property
    def scores(self) -> Floats:
        """Scores (areas, nodes)."""
        scores: Floats = self.edition.scoring.scores[-1]
        return scores

    def column(self, node: str) -> Floats:
        """The scores of one node."""
        column: Floats = self.scores[:, self.edition.scoring.node_index[node]]
        return column

    def columns(self, nodes: tuple[Node, ...]) -> Floats:
        """The scores of some nodes (areas, nodes)."""
        at = self.edition.scoring.node_index
        return self.scores[:, [at[node.id] for node in nodes]]

    @cached_property
    def links(self) -> Correlations:
        """Pearson's r of the scores of all nodes, each pair over the areas that have both."""
        return pearson(self.scores)

    @cached_property
    def statistics(self) -> pl.DataFrame:
        """Each indicator by itself, in its own unit."""
        return statistics(self.values, [node.id for node in self.indicators])

    @cached_property
    def attributes(self) -> dict[str, Floats]:
        """Numeric figures of the areas that are outside the index: name -> a value an area."""
        frame = self.edition.areas.attributes
        numeric = [name for name in frame.columns if name != "code" and frame.schema[name].is_numeric()]
        if not numeric or "code" not in frame.columns:
            return {}
        rows = pl.DataFrame({"code": list(self.edition.scoring.areas)}).join(frame, on="code", how="left")
        return {name: rows[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in numeric}

    @cached_property
    def divided(self) -> frozenset[str]:
        """The indicators that are so many per something already: by their kind, the recipe, or their unit."""
        whole = pl.col("kind").is_not_null() & ~pl.col("kind").is_in(_OF_SIZE)
        per = pl.col("kind").eq("distinct") & pl.col("denominator").is_not_null()
        ratios = self.edition.observations.filter(whole | per)["indicator"]
        by_unit = {node.id for node in self.indicators if _PER.search(node.unit)}
        return frozenset({*ratios, *self.edition.scoring.denominated, *by_unit})

    def with_status(self, status: Status) -> int:
        """How many values of the latest period came to be that way."""
        return int((self.value_status == STATUS_CODE[status]).sum())

    @cached_property
    def statuses(self) -> tuple[tuple[str, int], ...]:
        """Each status that occurs among the latest values, with its count; gaps are missing."""
        counts = np.bincount(self.value_status.reshape(-1), minlength=len(STATUSES))
        return tuple((status, int(counts[i])) for i, status in enumerate(STATUSES) if counts[i])

    def name(self, node: str) -> str:
        """A node's name as it stands inside a sentence."""
        return words.inside(self.tree[node].name)

    def named(self, nodes: list[str]) -> str:
        """Names in a sentence: all of a few, the first of many and how many more there are."""
        return words.few([self.name(node) for node in nodes], 6, "more")


def agree(n: int, one: str, many: str) -> str:
    """A count and the words that agree with it, to begin a sentence.

    >>> agree(1, "indicator has", "indicators have"), agree(12, "indicator has", "indicators have")
    ('One indicator has', '12 indicators have')
    """
    return f"{words.sentence(words.count(n))} {one if n == 1 else many}"
