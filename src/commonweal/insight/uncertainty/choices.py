"""Choices of method that could have been made otherwise, and what scores become under any mix of them.

An experiment has inputs, each a number from 0 to 1: it picks one of several alternatives (a step of the
recipe, a node left out), or one of many sets of weights. The same experiment serves the intervals of
choices, which draw all inputs at random, and the indices of sensitivity, which draw them by design.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np

from commonweal.engine.cells import Context
from commonweal.engine.enter import Entered, enter, fill
from commonweal.engine.fold import indicator_scores
from commonweal.engine.replicate import batch_size, replicate
from commonweal.methods import Floats
from commonweal.model.edition import Edition, Scoring
from commonweal.model.framework import Node
from commonweal.model.observation import Observations
from commonweal.model.period import Period
from commonweal.model.project import Periods
from commonweal.model.recipe import Fitted, Recipe

Array = np.ndarray[Any, Any]

_SEED: Final = 7


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to choose: steps that replace those of the recipe, or nodes that are left out.

    Without either it is the edition's own choice. `label` names it in words.
    """

    label: str
    steps: Mapping[str, Any] = field(default_factory=dict)
    without: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice between alternatives; each is as likely as the others."""

    name: str
    alternatives: tuple[Alternative, ...]

    def pick(self, at: float) -> Alternative:
        """The alternative that a number from 0 to 1 stands for."""
        return self.alternatives[min(int(at * len(self.alternatives)), len(self.alternatives) - 1)]


@dataclass(frozen=True, slots=True, eq=False)
class WeightSets:
    """A choice between sets of weights: `sets` (sets, children) by parent; one left out has its own."""

    name: str
    sets: Mapping[str, Floats]

    @property
    def count(self) -> int:
        """How many sets there are."""
        return len(next(iter(self.sets.values())))

    @classmethod
    def around(
        cls, scoring: Scoring, spread: float = 0.25, sets: int = 1000, name: str = "weights"
    ) -> WeightSets:
        """Each weight of the edition times 1 + u, u uniform in (-spread, spread), independent.

        Set k is drawn from a stream of its own. Weights that differ by period or area take their mean.
        """
        parents = sorted(scoring.child_weights)
        own = {parent: scoring.child_weights[parent].mean(axis=(0, 1)) for parent in parents}
        drawn = []
        for number in range(sets):
            stream = np.random.Generator(np.random.Philox(key=(_SEED << 64) + number))
            drawn.append([1 + spread * (2 * stream.random(len(own[parent])) - 1) for parent in parents])
        return cls(
            name,
            {parent: own[parent] * np.stack([one[k] for one in drawn]) for k, parent in enumerate(parents)},
        )


Input = Choice | WeightSets


def _base(edition: Edition, observations: Observations, label: str) -> Entered:
    periods = Periods((Period.parse(label),), edition.carry)
    return fill(observations, edition.framework, edition.areas, periods)


@dataclass(frozen=True, eq=False)
class Experiment:
    """An edition, what entered it, and the inputs that are to vary."""

    scoring: Scoring
    entered: Entered
    inputs: tuple[Input, ...]
    bases: Mapping[str, Entered] = field(default_factory=dict)
    context: Context = field(default_factory=Context)

    @classmethod
    def of(cls, edition: Edition, inputs: tuple[Input, ...]) -> Experiment:
        """An experiment on an edition, from its own observations."""
        scoring, periods = edition.scoring, Periods(edition.periods, edition.carry)
        observations = Observations(edition.observations)
        steps = (step for step in scoring.recipe.cells if isinstance(step, Fitted))
        bases = sorted({step.base for step in steps if step.base})
        return cls(
            scoring,
            enter(observations, scoring.framework, edition.areas, periods),
            inputs,
            {label: _base(edition, observations, label) for label in bases},
            Context(edition.areas.attributes, scoring.denominators),
        )

    def run(self, points: Floats) -> Iterator[tuple[Array, list[Floats]]]:
        """Score every row of `points` (runs, inputs), each number from 0 to 1.

        Yields batches: which runs, and the scores of every node in framework order, each (runs, periods,
        areas) or one run that stands for all. Runs with the same alternatives are formed together.
        """
        picked = [
            [input.pick(at) if isinstance(input, Choice) else None for at in points[:, k]]
            for k, input in enumerate(self.inputs)
        ]
        groups: dict[tuple[int, ...], list[int]] = {}
        for run in range(len(points)):
            key = tuple(id(column[run]) for column in picked)
            groups.setdefault(key, []).append(run)
        _, periods, areas = self._own.shape
        size = batch_size(periods * areas)
        for runs in groups.values():
            chosen = [column[runs[0]] for column in picked]
            alternatives = [one for one in chosen if one is not None]
            recipe, indicators = self._variant(alternatives)
            for start in range(0, len(runs), size):
                part = np.array(runs[start : start + size])
                weights = self._weights(points[part], alternatives)
                yield part, replicate(self.scoring, indicators[:, None], weights, recipe)

    @cached_property
    def _own(self) -> Floats:
        at = [self.scoring.node_index[node.id] for node in self.scoring.framework.indicators]
        return np.moveaxis(self.scoring.scores[:, :, at], -1, 0)

    @cached_property
    def _variants(self) -> dict[str, tuple[Recipe, Floats]]:
        return {}

    def _variant(self, alternatives: list[Alternative]) -> tuple[Recipe, Floats]:
        """The recipe with some steps replaced, and the scores of indicators that it leads to."""
        changes: dict[str, Any] = {}
        for alternative in alternatives:
            changes |= alternative.steps
        key = repr(sorted(changes.items()))
        if key not in self._variants:
            recipe = self.scoring.recipe.changed(changes) if changes else self.scoring.recipe
            self._variants[key] = (recipe, self._scored(recipe))
        return self._variants[key]

    def _scored(self, recipe: Recipe) -> Floats:
        if recipe.cells == self.scoring.recipe.cells:
            return self._own
        return indicator_scores(
            self.entered,
            self.scoring.areas,
            self.scoring.framework,
            recipe,
            self.bases,
            self.scoring.editions,
            self.context,
        )

    def _weights(self, points: Floats, alternatives: list[Alternative]) -> dict[str, Floats]:
        """The weights of each parent, (children, runs, periods, areas); 0 for what is left out."""
        without = frozenset[str]().union(*(one.without for one in alternatives))
        found = {}
        for parent in self.scoring.framework.parents:
            children = self.scoring.framework.children(parent.id)
            share = self._sets(parent, points)
            if share is None:
                share = np.moveaxis(self.scoring.child_weights[parent.id], -1, 0)[:, None]
            gone = np.array([child.id in without for child in children])
            if gone.any() and not gone.all():
                share = np.where(gone[:, None, None, None], 0.0, share)
            found[parent.id] = share
        return found

    def _sets(self, parent: Node, points: Floats) -> Floats | None:
        for k, input in enumerate(self.inputs):
            if isinstance(input, WeightSets) and parent.id in input.sets:
                number = np.minimum((points[:, k] * input.count).astype(int), input.count - 1)
                share: Floats = input.sets[parent.id][number].T[:, :, None, None]
                return share
        return None
