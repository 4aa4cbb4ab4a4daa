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
from commonweal.errors import CommonwealError
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

        Set k is the same however many there are. Weights that differ by period or area take their mean.
        """
        parents = sorted(scoring.child_weights)
        own = [scoring.child_weights[parent].mean(axis=(0, 1)) for parent in parents]
        stream = np.random.Generator(np.random.Philox(key=_SEED))
        drawn = 1 + spread * (2 * stream.random((sets, sum(map(len, own)))) - 1)
        parts = np.split(drawn, np.cumsum([len(weights) for weights in own])[:-1], axis=1)
        return cls(name, {p: weights * u for p, weights, u in zip(parents, own, parts, strict=True)})


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
        ways = [one.steps for choice in inputs if isinstance(choice, Choice) for one in choice.alternatives]
        recipes = [scoring.recipe, *(scoring.recipe.changed(steps) for steps in ways if steps)]
        steps = (step for recipe in recipes for step in recipe.cells if isinstance(step, Fitted))
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
        areas) or one run that stands for all. Runs with the same steps are formed together; those whose
        steps can't be run on these observations are left out.
        """
        picked = [
            [input.pick(at) if isinstance(input, Choice) else None for at in points[:, k]]
            for k, input in enumerate(self.inputs)
        ]
        groups: dict[tuple[int, ...], list[int]] = {}
        for run in range(len(points)):
            # nodes left out are weights of 0: they part no group
            chosen = [one for column in picked if (one := column[run]) is not None]
            key = tuple(id(one) for one in chosen if one.steps)
            groups.setdefault(key, []).append(run)
        _, periods, areas = self._own.shape
        size = batch_size(periods * areas)
        for runs in groups.values():
            chosen = [one for column in picked if (one := column[runs[0]]) is not None]
            try:
                recipe, indicators = self._variant(chosen)
            except CommonwealError:
                continue
            for start in range(0, len(runs), size):
                part = np.array(runs[start : start + size])
                without = [
                    frozenset[str]().union(*(one.without for column in picked if (one := column[run])))
                    for run in part
                ]
                weights = self._weights(points[part], without)
                yield part, replicate(self.scoring, list(indicators[:, None]), weights, recipe)

    @cached_property
    def _own(self) -> Floats:
        at = [self.scoring.node_index[node.id] for node in self.scoring.framework.indicators]
        return np.moveaxis(self.scoring.scores[:, :, at], -1, 0)

    @cached_property
    def _variants(self) -> dict[str, Floats]:
        return {repr(self.scoring.recipe.cells): self._own}

    def _variant(self, alternatives: list[Alternative]) -> tuple[Recipe, Floats]:
        """The recipe with some steps replaced, and the scores of indicators that it leads to."""
        changes: dict[str, Any] = {}
        for alternative in alternatives:
            changes |= alternative.steps
        recipe = self.scoring.recipe.changed(changes) if changes else self.scoring.recipe
        key = repr(recipe.cells)
        if key not in self._variants:
            self._variants[key] = self._scored(recipe)
        return recipe, self._variants[key]

    def _scored(self, recipe: Recipe) -> Floats:
        return indicator_scores(
            self.entered,
            self.scoring.areas,
            self.scoring.framework,
            recipe,
            self.bases,
            self.scoring.editions,
            self.context,
        )

    def _weights(self, points: Floats, without: list[frozenset[str]]) -> dict[str, Floats]:
        """The weights of each parent, (children, runs, periods, areas); 0 for what a run leaves out."""
        found = {}
        for parent in self.scoring.framework.parents:
            children = self.scoring.framework.children(parent.id)
            share = self._sets(parent, points)
            if share is None:
                share = np.moveaxis(self.scoring.child_weights[parent.id], -1, 0)[:, None]
            gone = np.array([[child.id in nodes for nodes in without] for child in children])
            gone &= ~gone.all(axis=0)
            if gone.any():
                share = np.where(gone[:, :, None, None], 0.0, share)
            found[parent.id] = share
        return found

    def _sets(self, parent: Node, points: Floats) -> Floats | None:
        for k, input in enumerate(self.inputs):
            if isinstance(input, WeightSets) and parent.id in input.sets:
                number = np.minimum((points[:, k] * input.count).astype(int), input.count - 1)
                share: Floats = input.sets[parent.id][number].T[:, :, None, None]
                return share
        return None
