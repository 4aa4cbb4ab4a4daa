"""What all areas together have of each group of people: those expected of a ratio are made of that."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from commonweal.arrays import Array
from commonweal.model.source import Measure
from commonweal.sources.filter import AllOf, AnyOf, Compare, Condition
from commonweal.sources.measure.bands import are_bands, band
from commonweal.sources.measure.strata import Strata


@dataclass(frozen=True, slots=True, eq=False)
class Grouped:
    """The groups that a measure compares: which records are of each, how many, and whose people they are of.

    `totals`, shape (groups,), are of the areas whose people are known; `shares`, shape (areas, groups), say
    which part of a group's people lives in an area: nan where that is not known, 0 where there are none.
    """

    conditions: tuple[Condition, ...]
    totals: Array
    areas: tuple[str, ...]
    shares: Array

    @property
    def known(self) -> frozenset[str]:
        """The areas whose people are known: the totals are of those."""
        return frozenset(
            a for a, share in zip(self.areas, self.shares, strict=True) if np.isfinite(share).all()
        )

    @property
    def told(self) -> Array:
        """Which groups someone lives in, shape (groups,): the totals of others tell nothing."""
        return np.asarray(np.nan_to_num(self.shares).any(axis=0))

    def expected(self, totals: Array) -> Array:
        """Those expected in each area at such totals, shape (areas,).

        >>> half = Grouped((AllOf(),), np.array([12.0]), ("A", "B"), np.array([[0.25], [0.75]]))
        >>> half.expected(np.array([10.0])).tolist()
        [2.5, 7.5]
        """
        found: Array = (self.shares * totals).sum(axis=1)
        return found


def grouped(
    measure: Measure, strata: Strata, events: Array, areas: tuple[str, ...], texts: Sequence[Collection[str]]
) -> Grouped:
    """The groups of a measure, from its people and its records by group, each of shape (areas, groups).

    `texts` are what each of its columns of the records holds.
    """
    population = strata.population
    known = np.isfinite(population.sum(axis=1))
    people = np.where(known[:, None], population, 0.0).sum(axis=0)
    shares = np.divide(population, people, out=np.zeros_like(population), where=(people > 0)[None, :])
    return Grouped(
        conditions_of([column for _, column in measure.by], strata.groups, texts),
        events[known].sum(axis=0),
        areas,
        np.where(known[:, None], shares, np.nan),
    )


def conditions_of(
    columns: Sequence[str], groups: Collection[Sequence[str]], texts: Sequence[Collection[str]]
) -> tuple[Condition, ...]:
    """Which records are of each group, by what they hold in some columns: its text, or an age in its band.

    >>> young, _ = conditions_of(["age"], [["0-39"], ["40+"]], [["17", "84"]])
    >>> young.conditions[0].conditions
    (Compare(column='age', operator='<', value=40.0),)
    """
    held = [
        _Column(column, frozenset(group[i] for group in groups), frozenset(texts[i]))
        for i, column in enumerate(columns)
    ]
    return tuple(
        AllOf(tuple(column.of(label) for column, label in zip(held, group, strict=True))) for group in groups
    )


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of records, the labels of the groups that it tells apart, and the texts it holds."""

    name: str
    labels: frozenset[str]
    texts: frozenset[str]

    def of(self, label: str) -> Condition:
        """Which records are of a label. Nobody is younger than 0."""
        ages = band(label) if are_bands(self.labels) else None
        named = Compare(self.name, "=", label)
        if ages is None or self.texts <= self.labels:
            return named
        ends = [Compare(self.name, ">=", float(ages.first))] * (ages.first > 0)
        if np.isfinite(ages.last):
            ends.append(Compare(self.name, "<", float(ages.last + 1)))
        aged = AllOf(tuple(ends))
        return AnyOf((named, aged)) if self.texts & self.labels else aged
