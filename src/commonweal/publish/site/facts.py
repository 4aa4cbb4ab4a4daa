"""What pages are told about areas and nodes, one small fact each."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import Final


@dataclass(frozen=True, slots=True)
class Figure:
    """The value behind an indicator's score: as observed, protected, carried or made up."""

    value: float
    status: str
    observed: str = ""
    lower: float | None = None
    upper: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    source: str = ""
    round_to: float | None = None

    @property
    def hidden(self) -> bool:
        """Whether the value is confidential: then only its range may be shown."""
        return self.status == "suppressed"

    @property
    def ranged(self) -> bool:
        """Whether a hidden value has a range, whose middle was scored: a mean of few people has none."""
        return self.hidden and self.lower is not None

    @property
    def shown(self) -> bool:
        """Whether there is a value and it may be shown."""
        return not isnan(self.value) and not self.hidden


@dataclass(frozen=True, slots=True)
class Mark:
    """How a score stands against the peers' usual range."""

    kind: str  # over, within, under
    centre: float
    low: float
    high: float
    hollow: bool = False  # it could be chance


@dataclass(frozen=True, slots=True)
class Change:
    """How a score moved between two periods. `kind` is empty where the ends are of unlike indicators."""

    since: str
    until: str
    first: float
    last: float
    per_year: float
    kind: str
    hollow: bool = False  # the class could be chance


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence about a place, and the address that leads to it."""

    id: str
    area: str
    node: str
    kind: str
    against: str
    text: str


@dataclass(frozen=True, slots=True)
class Weight:
    """A node's share in its parent and in the index, and the reason if it is not the recipe's."""

    share: float | None
    effective: float | None
    reason: str


NO_WEIGHT: Final = Weight(None, None, "")
