"""Choices of method that could have been made otherwise, and what scores become under any mix of them.

An experiment has inputs, each a number from 0 to 1: it picks one of several alternatives (a step of the
recipe, a node left out), or one of many sets of weights. The same experiment serves the intervals of
choices, which draw all inputs at random, and the indices of sensitivity, which draw them by design.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np

from commonweal.arrays import Array, Flags, Floats
from commonweal.engine.cells import Cells, Context
from commonweal.engine.enter import Entered, enter, fill
from commonweal.engine.replicate import batch_size, replicate, spans
from commonweal.engine.run import Run
from commonweal.errors import CommonwealError
from commonweal.model.edition import Edition, Scoring
from commonweal.model.framework import Node
from commonweal.model.observation import Observations
from commonweal.model.period import Period
from commonweal.model.project import Periods
from commonweal.model.recipe import CellStep, Fitted, Recipe

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


#: Steps on cells, in order.
_Steps = tuple[CellStep, ...]


def _branches(run: Run, left: Mapping[_Steps, _Steps]) -> Iterator[tuple[_Steps, Floats]]:
    """Lists of steps and the scores they lead to, given what is left of each; what they share is run once."""
    after: dict[CellStep, dict[_Steps, _Steps]] = {}
    for whole, steps in left.items():
        if steps:
            after.setdefault(steps[0], {})[whole] = steps[1:]
        else:
            yield whole, run.scores
    for step, rest in after.items():
        try:
            more = run.then(step)
        except CommonwealError:  # it can't be run on these observations
            continue
        yield from _branches(more, rest)


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
        chosen = [[one for column in picked if (one := column[run])] for run in range(len(points))]
        _, periods, areas = self._own.shape
        size = batch_size(periods * areas)
        grouped, gone = self._by_recipe(chosen), self._left_out(chosen)
        for cells, indicators in self._scored(grouped):
            runs = [(recipe, run) for recipe, own in grouped[cells].items() for run in own]
            for start in range(0, len(runs), size):
                recipes, numbers = zip(*runs[start : start + size], strict=True)
                part = np.array(numbers)
                weights = self._weights(points[part], gone[:, part])
                yield part, replicate(self.scoring, list(indicators[:, None]), weights, spans(recipes))

    def _by_recipe(self, chosen: list[list[Alternative]]) -> dict[_Steps, dict[Recipe, list[int]]]:
        """The runs of each recipe, by its steps on cells. Nodes left out are weights of 0: they part none."""
        found: dict[_Steps, dict[Recipe, list[int]]] = {}
        known: dict[tuple[int, ...], list[int]] = {}
        for run, alternatives in enumerate(chosen):
            key = tuple(id(one) for one in alternatives if one.steps)
            if key not in known:
                try:
                    recipe = self._recipe(alternatives)
                except CommonwealError:
                    known[key] = []  # its steps don't go together
                else:
                    known[key] = found.setdefault(recipe.cells, {}).setdefault(recipe, [])
            known[key].append(run)
        return found

    def _recipe(self, alternatives: list[Alternative]) -> Recipe:
        """The edition's recipe with some steps replaced."""
        changes: dict[str, Any] = {}
        for alternative in alternatives:
            changes |= alternative.steps
        return self.scoring.recipe.changed(changes) if changes else self.scoring.recipe

    def _left_out(self, chosen: list[list[Alternative]]) -> Flags:
        """Which nodes each run leaves out, (nodes, runs)."""
        gone = np.zeros((len(self.scoring.framework), len(chosen)), dtype=bool)
        for run, alternatives in enumerate(chosen):
            for one in alternatives:
                for id in one.without:
                    gone[self.scoring.node_index[id], run] = True
        return gone

    @cached_property
    def _own(self) -> Floats:
        at = [self.scoring.node_index[node.id] for node in self.scoring.framework.indicators]
        return np.moveaxis(self.scoring.scores[:, :, at], -1, 0)

    def _scored(self, lists: Iterable[_Steps]) -> Iterator[tuple[_Steps, Floats]]:
        """Lists of steps that can be run, and the scores of indicators that each leads to."""
        own, scoring = self.scoring.recipe.cells, self.scoring
        if own in lists:
            yield own, self._own
        cells = Cells.of(scoring.framework, scoring.areas, self.entered, self.bases)
        start = Run.of(scoring.framework, self.context, scoring.editions, cells)
        yield from _branches(start, {steps: steps for steps in lists if steps != own})

    def _weights(self, points: Floats, left_out: Flags) -> dict[str, Floats]:
        """The weights of each parent, (children, runs, periods, areas); 0 for what a run leaves out."""
        found = {}
        for parent in self.scoring.framework.parents:
            children = self.scoring.framework.children(parent.id)
            share = self._sets(parent, points)
            if share is None:
                share = np.moveaxis(self.scoring.child_weights[parent.id], -1, 0)[:, None]
            gone = left_out[[self.scoring.node_index[child.id] for child in children]]
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
