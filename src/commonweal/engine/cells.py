"""The cells of indicators on their way to scores: what each step of a recipe takes and returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from commonweal.arrays import Flags, Floats
from commonweal.engine.enter import Codes, Entered
from commonweal.model.framework import Framework, Node
from commonweal.model.observation import STATUS_CODE, Status
from commonweal.model.period import Period

IMPUTED = STATUS_CODE[Status.IMPUTED]


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """What lies beside the observations: attributes of the areas, and tables of denominators.

    `attributes` has code and a column an attribute, `denominators` has name, area, period, value.
    """

    attributes: pl.DataFrame = field(default_factory=pl.DataFrame)
    denominators: pl.DataFrame = field(default_factory=pl.DataFrame)


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Arrays (indicators, periods, areas); base periods that are not published follow the published ones.

    `direction` (indicators,) turns to 1 once values are scores. `own` holds the labels of the period that
    each value is from, by position in `own_periods`. `counted` marks what is counted in pooled statistics,
    `kept` (indicators,) those that screening has left, `dropped` (periods, areas) those it has not.
    """

    nodes: tuple[Node, ...]
    areas: tuple[str, ...]
    periods: tuple[Period, ...]
    base: tuple[str, ...]
    values: Floats
    status: Codes
    carried: Flags
    counted: Flags
    own: np.ndarray[tuple[int, int, int], np.dtype[np.int16]]
    own_periods: tuple[Period, ...]
    direction: Floats
    protected: Flags
    kept: Flags
    dropped: Flags

    @classmethod
    def of(
        cls,
        framework: Framework,
        areas: tuple[str, ...],
        entered: Entered,
        bases: Mapping[str, Entered],
    ) -> Cells:
        """The cells as they entered, and those of base periods that are not published."""
        labels = {period.label for period in entered.periods}
        extra = {label: base for label, base in sorted(bases.items()) if label not in labels}
        own_periods = entered.own_periods
        own = [entered.own]
        for base in extra.values():
            shift = len(own_periods)
            own.append(np.where(base.own >= 0, base.own + shift, -1).astype(np.int16))
            own_periods += base.own_periods
        counted = entered.counted
        unseen = [np.zeros_like(base.carried) for base in extra.values()]
        return cls(
            nodes=framework.indicators,
            areas=areas,
            periods=entered.periods,
            base=tuple(extra),
            values=_joined([entered.values, *(base.values for base in extra.values())]),
            status=_joined([entered.status, *(base.status for base in extra.values())]),
            carried=_joined([entered.carried, *(base.carried for base in extra.values())]),
            counted=_joined([counted, *unseen]),
            own=_joined(own),
            own_periods=own_periods,
            direction=np.array([float(node.direction or 1) for node in framework.indicators]),
            protected=entered.protected,
            kept=np.ones(len(framework.indicators), dtype=bool),
            dropped=np.zeros((len(entered.periods) + len(extra), len(areas)), dtype=bool),
        )

    @property
    def published(self) -> slice:
        """The published periods, on the second axis."""
        return slice(0, len(self.periods))

    @property
    def there(self) -> Flags:
        """Where there is a value."""
        found: Flags = ~np.isnan(self.values)
        return found

    def at_base(self, label: str) -> int:
        """The position of a base period on the second axis."""
        return [*(period.label for period in self.periods), *self.base].index(label)

    def where(self, i: int, p: int, a: int) -> str:
        """A cell in words."""
        label = [*(period.label for period in self.periods), *self.base][p]
        return f"indicator {self.nodes[i].id!r} in area {self.areas[a]!r}, period {label}"


def _joined(parts: list[Any]) -> Any:
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)
