"""The typed steps that a recipe is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from commonweal.model.methods import Method

#: What a step is fitted on: all published periods, each its own, one base period, an older edition; and for
#: goalposts also what the framework gives.
RULES: Final = ("pooled", "each-period", "base", "frozen", "given")
#: The rules of each step that has one.
RULES_OF: Final = {"impute": RULES[:4], "treat": RULES[:4], "normalise": RULES}
#: Ways to treat whose result depends on the values they are fitted on.
FITTED: Final = frozenset({"winsorise", "box-cox", "yeo-johnson"})


@dataclass(frozen=True, slots=True)
class ByParent:
    """A setting for each parent formed: one for all, by level of the parent, or by parent."""

    every: Any
    levels: tuple[tuple[str, Any], ...] = ()
    nodes: tuple[tuple[str, Any], ...] = ()

    def at(self, node: str, level: str) -> Any:
        """The setting for one parent: its own, or its level's, or the general one."""
        return dict(self.nodes).get(node, dict(self.levels).get(level, self.every))


@dataclass(frozen=True, slots=True)
class Denominate:
    """Divide indicators by a denominator: the name of a table of denominators, or a column of the areas."""

    key: ClassVar[str] = "denominate"
    by: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Screen:
    """Drop area-periods, then indicators, of whose cells less than a share has a value. 0 drops none."""

    key: ClassVar[str] = "screen"
    areas: float = 0.0
    indicators: float = 0.0


@dataclass(frozen=True, slots=True)
class Fitted:
    """A step with a method for all indicators, `by` those with one of their own, and what it is fitted on."""

    key: ClassVar[str]
    method: Method
    rule: str = "pooled"
    base: str = ""
    edition: str = ""
    by: tuple[tuple[str, Method], ...] = ()

    def at(self, indicator: str) -> Method:
        """The method for one indicator."""
        return dict(self.by).get(indicator, self.method)


@dataclass(frozen=True, slots=True)
class Impute(Fitted):
    """Fill cells that are missing; each is flagged as imputed."""

    key: ClassVar[str] = "impute"


@dataclass(frozen=True, slots=True)
class Treat(Fitted):
    """Draw in outliers, or bend a skewed indicator straight."""

    key: ClassVar[str] = "treat"


@dataclass(frozen=True, slots=True)
class Normalise(Fitted):
    """Put every indicator on one scale."""

    key: ClassVar[str] = "normalise"


@dataclass(frozen=True, slots=True)
class Weigh:
    """How much each child counts in its parent."""

    key: ClassVar[str] = "weigh"
    method: ByParent


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Which mean forms a parent from its children."""

    key: ClassVar[str] = "aggregate"
    method: ByParent


@dataclass(frozen=True, slots=True)
class Available:
    """What a parent needs of its children: a share (0-1) of them, or 'n-1'. None: the standing rule."""

    key: ClassVar[str] = "available"
    share: ByParent


@dataclass(frozen=True, slots=True)
class Floor:
    """Points below which no child counts in a mean with p <= 0."""

    key: ClassVar[str] = "floor"
    points: float


#: Steps on the cells of indicators: these run one after the other, and a list may hold one of them twice.
CellStep = Denominate | Screen | Impute | Treat | Normalise
Step = CellStep | Weigh | Aggregate | Available | Floor
#: The order in which a mapping's steps run, whatever the order of its keys.
ORDER: Final = (
    "denominate", "screen", "impute", "treat", "normalise", "weigh", "aggregate", "available", "floor",
)  # fmt: skip
#: The keys of the steps on cells.
CELL_STEPS: Final = ORDER[:5]
ONCE: Final = ("weigh", "aggregate", "available", "floor")
