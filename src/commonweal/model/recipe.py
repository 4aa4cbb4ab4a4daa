"""The recipe: the ordered, typed steps that turn observations into scores. It is data, valid from birth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from commonweal.errors import CommonwealError, Fault, near, raise_any, refusal
from commonweal.model.framework import Framework
from commonweal.model.methods import METHODS, Method, Value, power
from commonweal.model.reading import read_step
from commonweal.model.steps import (
    CELL_STEPS,
    FITTED,
    ONCE,
    ORDER,
    RULES,
    RULES_OF,
    Aggregate,
    Available,
    ByParent,
    CellStep,
    Denominate,
    Fitted,
    Floor,
    Impute,
    Normalise,
    Screen,
    Step,
    Treat,
    Weigh,
)

__all__ = [
    "CELL_STEPS", "FITTED", "METHODS", "ORDER", "RULES", "RULES_OF", "Aggregate", "Available", "ByParent",
    "CellStep", "Denominate", "Fitted", "Floor", "Impute", "Method", "Normalise", "Recipe", "Screen", "Step",
    "Treat", "Value", "Weigh", "power",
]  # fmt: skip

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Recipe:
    """The steps, in the order they run: those on cells as written, then how parents are formed.

    Read one with `Recipe.read`; it fills in what is left out: goalposts (pooled), equal weights,
    arithmetic means. Raises RECIPE-KEY, RECIPE-METHOD, RECIPE-PARAMETER, RECIPE-RULE, all at once.

    >>> recipe = Recipe.read({"normalise": "minmax", "aggregate": {"index": "geometric"}, "floor": 1})
    >>> recipe.aggregate.method.at("index", "index").name
    'geometric'
    >>> recipe.aggregate.method.at("shelter", "component").name
    'arithmetic'
    >>> twice = Recipe.read([{"treat": "log"}, {"impute": "component-mean"}, {"treat": "winsorise"}])
    >>> [step.key for step in twice.steps]
    ['treat', 'impute', 'treat', 'normalise', 'weigh', 'aggregate']
    """

    steps: tuple[Step, ...]

    @classmethod
    def read(cls, written: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> Recipe:
        """Read a recipe as written: a mapping of steps, or a list of one-key mappings."""
        steps = _read_steps(written)
        present = {step.key for step in steps}
        steps += [default for key, default in _DEFAULTS.items() if key not in present]
        cells = [step for step in steps if isinstance(step, CellStep)]
        if isinstance(written, Mapping):
            cells.sort(key=lambda step: ORDER.index(step.key))
        parents = sorted(
            (step for step in steps if not isinstance(step, CellStep)), key=lambda step: ORDER.index(step.key)
        )
        recipe = cls((*cells, *parents))
        raise_any([*recipe._mixed_periods(), *recipe._frozen_twice()])
        return recipe

    def _frozen_twice(self) -> Iterator[Fault]:
        """An edition hands on the scales of its last normalise, so no earlier one can take them."""
        scales = [step for step in self.steps if isinstance(step, Normalise)]
        if any(step.rule == "frozen" for step in scales[:-1]):
            yield Fault(
                "RECIPE-RULE",
                "a normalise with rule frozen stands before another normalise",
                "An edition hands on the scales of its last normalise: use another rule for the earlier one.",
                path=("normalise", "rule"),
            )

    def changed(self, written: Mapping[str, Any]) -> Recipe:
        """This recipe with the steps of `written` in the place of its own of the same names.

        >>> recipe = Recipe.read([{"impute": "component-mean"}, {"treat": "winsorise"}])
        >>> [step.key for step in recipe.changed({"treat": "none", "normalise": "zscore"}).cells]
        ['impute', 'normalise']
        """
        steps = [step for step in self.steps if step.key not in written]
        changed = _read_steps(written)
        present = {step.key for step in (*steps, *changed)}
        changed += [default for key, default in _DEFAULTS.items() if key not in present]
        for step in changed:
            later = (i for i, other in enumerate(steps) if ORDER.index(other.key) > ORDER.index(step.key))
            steps.insert(next(later, len(steps)), step)
        recipe = Recipe(tuple(steps))
        raise_any(recipe._mixed_periods())
        return recipe

    def _mixed_periods(self) -> Iterator[Fault]:
        """Treated period by period, then put on one scale: a move in time would be the treatment's."""
        by_period = False
        for step in self.steps:
            if isinstance(step, Treat) and step.rule == "each-period":
                methods = {step.method.name, *(method.name for _, method in step.by)}
                by_period = by_period or bool(methods & FITTED)
            if isinstance(step, Normalise) and by_period and step.rule != "each-period":
                yield Fault(
                    "RECIPE-RULE",
                    f"treat has rule each-period, and the normalise after it has rule {step.rule}",
                    "Values that each period treats in its own way do not compare on one scale: write the"
                    " same rule for both, as in treat: {…, rule: pooled}.",
                    path=("treat", "rule"),
                )

    def faults_against(self, framework: Framework) -> list[Fault]:
        """What in this recipe does not fit a framework.

        RECIPE-LEVEL, RECIPE-NODE, FRAMEWORK-GOALPOSTS, RECIPE-METHOD, RECIPE-PARAMETER.
        """
        faults: list[Fault] = []
        parents = {node.id for node in framework.parents}
        indicators = {node.id for node in framework.indicators}
        levels = {node.level for node in framework.parents}
        for step in self.steps:
            if isinstance(step, (Floor, Screen)):
                continue
            nodes: tuple[tuple[str, Any], ...]
            named: tuple[tuple[str, Any], ...] = ()
            if isinstance(step, (Denominate, Fitted)):
                nodes, known = step.by, indicators
            else:
                setting = step.share if isinstance(step, Available) else step.method
                nodes, known, named = setting.nodes, parents, setting.levels
            faults += [
                Fault(
                    "RECIPE-LEVEL",
                    f"{step.key} names the level {level!r}",
                    f"Levels of parents here are: {', '.join(sorted(levels))}.",
                    path=(step.key, level),
                )
                for level, _ in named
                if level not in levels
            ]
            faults += [
                Fault(
                    "RECIPE-NODE",
                    f"{step.key} names the node {node!r}{near(node, sorted(known))}",
                    f"{step.key} takes {'parents' if known is parents else 'indicators'} of the framework:"
                    f" {_some(known)}.",
                    path=(step.key, node) if isinstance(step, Denominate) else (step.key, "by", node),
                )
                for node, _ in nodes
                if node not in known
            ]
        return faults + self._goalpost_faults(framework) + self._weight_faults(framework)

    def _goalpost_faults(self, framework: Framework) -> list[Fault]:
        faults: list[Fault] = []
        scales = [step for step in self.steps if isinstance(step, Normalise)]
        for node in framework.indicators:
            rules = {step.rule for step in scales if step.at(node.id).name == "goalposts"}
            if not rules:
                continue
            given = "given" in rules
            if given and (node.worst is None or node.best is None):
                faults.append(
                    Fault(
                        "FRAMEWORK-GOALPOSTS",
                        f"indicator {node.id!r} lacks worst or best, and the rule is given",
                        "Fill in both, or use another rule.",
                        path=(node.id, "worst"),
                    )
                )
            if not given and (node.worst is not None or node.best is not None):
                faults.append(
                    Fault(
                        "FRAMEWORK-GOALPOSTS",
                        f"indicator {node.id!r} has worst or best, but the rule is {min(rules)}",
                        "Write rule: given in the recipe, or leave the two columns empty.",
                        path=(node.id, "worst"),
                    )
                )
        return faults

    def _weight_faults(self, framework: Framework) -> list[Fault]:
        """Weights that differ by area, where areas are compared; and least shares that leave no choice."""
        faults: list[Fault] = []
        for parent in framework.parents:
            weigh = self.weigh.method.at(parent.id, parent.level)
            aggregate = self.aggregate.method.at(parent.id, parent.level)
            if weigh.name != "benefit-of-doubt":
                continue
            if aggregate.name in COMPARES:
                faults.append(
                    Fault(
                        "RECIPE-METHOD",
                        f"{parent.id!r} is weighed by benefit-of-doubt, each area in its own way, and formed"
                        f" by {aggregate.name}, which compares areas",
                        "Form it by a mean, or weigh it in a way that is the same for all areas.",
                        path=("weigh",),
                    )
                )
            count = len(framework.children(parent.id))
            if count * weigh["least"] > 1:
                faults.append(
                    Fault(
                        "RECIPE-PARAMETER",
                        f"least of benefit-of-doubt is {weigh['least']:g}, and {parent.id!r} has {count}"
                        " children: their least shares add up to more than one",
                        f"Write less than {1 / count:.3g}, the share that each has where all are equal.",
                        path=("weigh",),
                    )
                )
        return faults

    def _last(self, kind: type[_T]) -> _T:
        return [step for step in self.steps if isinstance(step, kind)][-1]

    @property
    def cells(self) -> tuple[CellStep, ...]:
        """The steps on the cells of indicators, in the order they run."""
        return tuple(step for step in self.steps if isinstance(step, CellStep))

    @property
    def normalise(self) -> Normalise:
        """The normalisation; the last one, where there are several."""
        return self._last(Normalise)

    @property
    def editions(self) -> dict[str, set[str]]:
        """The older editions that steps with rule frozen name, and the keys of these steps."""
        named: dict[str, set[str]] = {}
        for step in self.cells:
            if isinstance(step, Fitted) and step.rule == "frozen":
                named.setdefault(step.edition, set()).add(step.key)
        return dict(sorted(named.items()))

    @property
    def weigh(self) -> Weigh:
        """The weighting."""
        return self._last(Weigh)

    @property
    def aggregate(self) -> Aggregate:
        """The means."""
        return self._last(Aggregate)

    @property
    def available(self) -> Available | None:
        """What parents need, if the recipe says so."""
        return next((s for s in self.steps if isinstance(s, Available)), None)

    @property
    def floor(self) -> float | None:
        """The floor in points, if the recipe has one."""
        return next((s.points for s in self.steps if isinstance(s, Floor)), None)


#: Ways to form a parent that compare areas: they need all of them, weighed alike.
COMPARES: Final = frozenset({"copeland", "benefit-of-doubt"})
#: How many names a message lists at most.
_SHOWN: Final = 12
_DEFAULTS: Final[dict[str, Step]] = {
    "normalise": Normalise(Method("goalposts", (("clip", True),))),
    "weigh": Weigh(ByParent(Method("equal"))),
    "aggregate": Aggregate(ByParent(Method("arithmetic"))),
}


def _read_steps(written: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> list[Step]:
    """The steps as written, and no others. Raises what `Recipe.read` does of single steps, all at once."""
    faults: list[Fault] = []
    steps: list[Step] = []
    seen: set[str] = set()
    for path, key, value in _items(written):
        if key in seen and key in ONCE:
            remedy = "Write it once: it says how every parent is formed."
            faults.append(Fault("RECIPE-KEY", f"the step {key!r} stands twice", remedy, path=path))
            continue
        seen.add(key)
        if key not in ORDER:
            what, remedy = f"a recipe has no step {key!r}", f"Use one of: {', '.join(ORDER)}."
            faults.append(Fault("RECIPE-KEY", what + near(key, ORDER), remedy, path=path))
            continue
        try:
            step = read_step(key, value, path)
        except CommonwealError as error:
            faults += error.faults
        else:
            if step is not None:
                steps.append(step)
    raise_any(faults)
    return steps


def _items(written: object) -> Iterator[tuple[tuple[str | int, ...], str, Any]]:
    if isinstance(written, Mapping):
        yield from (((str(key),), str(key), value) for key, value in written.items())
    elif isinstance(written, Sequence) and not isinstance(written, str):
        for i, item in enumerate(written):
            if not isinstance(item, Mapping) or len(item) != 1:
                raise refusal(
                    "RECIPE-KEY",
                    f"step {i + 1} of the recipe is {item!r}",
                    "Write each step of a list as one key and its value.",
                    path=(i,),
                )
            yield from (((i, str(key)), str(key), value) for key, value in item.items())
    else:
        raise refusal("RECIPE-KEY", f"the recipe is {written!r}", "Write a mapping of steps.", path=())


def _some(names: Iterable[str]) -> str:
    """Names to choose from: the first dozen, and how many more there are."""
    shown = sorted(names)
    more = len(shown) - _SHOWN
    return ", ".join(shown[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
