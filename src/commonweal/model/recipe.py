"""The recipe: the ordered, typed steps that turn observations into scores. It is data, valid from birth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from math import isfinite
from typing import Any, ClassVar, Final, TypeVar

from commonweal.errors import CommonwealError, Fault, raise_any
from commonweal.model.framework import Framework

Value = float | str | bool | None
Parameters = Mapping[str, Value]

#: Family -> method -> its parameters with their defaults (None: must be given).
#: A test keeps these names equal to the functions of commonweal.methods.
METHODS: Final[dict[str, dict[str, dict[str, Value]]]] = {
    "treat": {"none": {}},
    "impute": {"none": {}},
    "normalise": {
        "none": {},
        "goalposts": {"clip": True},
        "minmax": {"low": 0.0, "high": 100.0},
        "zscore": {"mean": 0.0, "sd": 1.0},
        "rank": {},
        "percentile": {"scale": 1.0},
        "exponential": {"rate": 23.0},
    },
    "weigh": {"given": {}, "equal": {}, "pca": {}},
    "aggregate": {"arithmetic": {}, "geometric": {}, "harmonic": {}, "power": {"p": None}},
}
RULES: Final = ("pooled", "each-period", "base", "frozen", "given")
_RULE_KEYS: Final = ("rule", "base", "edition")


@dataclass(frozen=True, slots=True)
class Method:
    """A named method of a family with all its parameters, defaults filled in.

    >>> Method.read("aggregate", {"method": "power", "p": 0.5})
    Method(name='power', parameters=(('p', 0.5),))
    """

    name: str
    parameters: tuple[tuple[str, Value], ...] = ()

    def __getitem__(self, name: str) -> Any:
        return dict(self.parameters)[name]

    @classmethod
    def read(cls, family: str, written: object, path: tuple[str | int, ...] = ()) -> Method:
        """Read a name, or a mapping with `method` and parameters.

        Raises RECIPE-METHOD, RECIPE-PARAMETER.
        """
        allowed = METHODS[family]
        given: dict[str, Any] = dict(written) if isinstance(written, Mapping) else {"method": written}
        name = given.pop("method", None)
        if not isinstance(name, str) or name not in allowed:
            raise CommonwealError(
                Fault(
                    "RECIPE-METHOD",
                    f"{name!r} is not a way to {family}{_near(name, allowed)}",
                    f"Use one of: {', '.join(allowed)}.",
                    path=path,
                )
            )
        defaults = allowed[name]
        faults = []
        for key, value in given.items():
            if key not in defaults:
                has = f"It takes: {', '.join(defaults)}." if defaults else "It takes no parameters."
                faults.append(
                    Fault("RECIPE-PARAMETER", f"{name} has no parameter {key!r}", has, path=(*path, key))
                )
            elif not _same_kind(value, defaults[key]):
                kind = "true or false" if isinstance(defaults[key], bool) else "a number"
                faults.append(
                    Fault(
                        "RECIPE-PARAMETER",
                        f"{key} of {name} is {value!r}",
                        f"Write {kind}.",
                        path=(*path, key),
                    )
                )
        for key, default in defaults.items():
            if default is None and key not in given:
                faults.append(
                    Fault(
                        "RECIPE-PARAMETER",
                        f"{name} lacks its parameter {key!r}",
                        f"Write {{method: {name}, {key}: …}}.",
                        path=path,
                    )
                )
        raise_any(faults)
        held = {key: given.get(key, default) for key, default in defaults.items()}
        if (wrong := _reversed(name, held)) is not None:
            raise CommonwealError(Fault("RECIPE-PARAMETER", *wrong, path=path))
        return cls(name, tuple(held.items()))

    def written(self) -> str | dict[str, Value]:
        """The method as a recipe writes it."""
        return {"method": self.name, **dict(self.parameters)} if self.parameters else self.name


def _near(word: object, known: Iterable[str]) -> str:
    near = get_close_matches(str(word), list(known), n=1)
    return f", did you mean {near[0]!r}?" if near else ""


def _same_kind(value: object, default: Value) -> bool:
    if isinstance(default, bool):
        return isinstance(value, bool)
    return isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)


def _reversed(method: str, held: Mapping[str, Any]) -> tuple[str, str] | None:
    """Parameters that would turn a scale round, or make it a single point: what is wrong, and the remedy."""
    if method == "minmax" and not held["low"] < held["high"]:
        return f"minmax has low {held['low']:g} and high {held['high']:g}", "Write a high above low."
    for key in ("sd", "scale", "rate"):
        if key in held and not held[key] > 0:
            return f"{key} of {method} is {held[key]:g}", "Write a number above 0."
    return None


_T = TypeVar("_T")


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
class Normalise:
    """Put every indicator on one scale. `by` names indicators with a method of their own."""

    key: ClassVar[str] = "normalise"
    method: Method
    rule: str = "pooled"
    base: str = ""
    edition: str = ""
    by: tuple[tuple[str, Method], ...] = ()

    def at(self, indicator: str) -> Method:
        """The method for one indicator."""
        return dict(self.by).get(indicator, self.method)


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


Step = Normalise | Weigh | Aggregate | Available | Floor
#: The order in which a mapping's steps run, whatever the order of its keys.
ORDER: Final = ("treat", "impute", "normalise", "weigh", "aggregate", "available", "floor")


@dataclass(frozen=True, slots=True)
class Recipe:
    """The steps, in the order they run.

    Read one with `Recipe.read`; it fills in what is left out: goalposts (pooled), equal weights,
    arithmetic means. Raises RECIPE-KEY, RECIPE-METHOD, RECIPE-PARAMETER, RECIPE-RULE, all at once.

    >>> recipe = Recipe.read({"normalise": "minmax", "aggregate": {"index": "geometric"}, "floor": 1})
    >>> recipe.aggregate.method.at("index", "index").name
    'geometric'
    >>> recipe.aggregate.method.at("shelter", "component").name
    'arithmetic'
    """

    steps: tuple[Step, ...]

    @classmethod
    def read(cls, written: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> Recipe:
        """Read a recipe as written: a mapping of steps, or a list of one-key mappings."""
        items = _items(written)
        faults: list[Fault] = []
        steps: list[Step] = []
        seen: set[str] = set()
        for path, key, value in items:
            if key in seen:
                faults.append(
                    Fault("RECIPE-KEY", f"the step {key!r} stands twice", "Write each step once.", path=path)
                )
                continue
            seen.add(key)
            reader = _READERS.get(key)
            if reader is None:
                faults.append(
                    Fault(
                        "RECIPE-KEY",
                        f"a recipe has no step {key!r}{_near(key, ORDER)}",
                        f"Use one of: {', '.join(ORDER)}.",
                        path=path,
                    )
                )
                continue
            try:
                step = reader(value, path)
            except CommonwealError as error:
                faults += error.faults
            else:
                if step is not None:
                    steps.append(step)
        raise_any(faults)
        present = {step.key for step in steps}
        for key, default in _DEFAULTS.items():
            if key not in present:
                steps.append(default)
        steps.sort(key=lambda step: ORDER.index(step.key))
        return cls(tuple(steps))

    def faults_against(self, framework: Framework) -> list[Fault]:
        """What in this recipe does not fit a framework: RECIPE-LEVEL, RECIPE-NODE, FRAMEWORK-GOALPOSTS."""
        faults: list[Fault] = []
        parents = {node.id for node in framework.parents}
        levels = {node.level for node in framework.parents}
        for step in self.steps:
            if isinstance(step, Floor):
                continue
            nodes: tuple[tuple[str, Any], ...]
            named: tuple[tuple[str, Any], ...] = ()
            if isinstance(step, Normalise):
                nodes, known = step.by, {n.id for n in framework.indicators}
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
                    f"{step.key} names the node {node!r}",
                    "Name a node of the framework (an indicator under normalise, a parent elsewhere).",
                    path=(step.key, "by", node),
                )
                for node, _ in nodes
                if node not in known
            ]
        return faults + self._goalpost_faults(framework)

    def _goalpost_faults(self, framework: Framework) -> list[Fault]:
        faults: list[Fault] = []
        given = self.normalise.rule == "given"
        for node in framework.indicators:
            if self.normalise.at(node.id).name != "goalposts":
                continue
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
                        f"indicator {node.id!r} has worst or best, but the rule is {self.normalise.rule}",
                        "Write rule: given in the recipe, or leave the two columns empty.",
                        path=(node.id, "worst"),
                    )
                )
        return faults

    def _one(self, kind: type[_T]) -> _T:
        return next(step for step in self.steps if isinstance(step, kind))

    @property
    def normalise(self) -> Normalise:
        """The normalisation."""
        return self._one(Normalise)

    @property
    def weigh(self) -> Weigh:
        """The weighting."""
        return self._one(Weigh)

    @property
    def aggregate(self) -> Aggregate:
        """The means."""
        return self._one(Aggregate)

    @property
    def available(self) -> Available | None:
        """What parents need, if the recipe says so."""
        return next((s for s in self.steps if isinstance(s, Available)), None)

    @property
    def floor(self) -> float | None:
        """The floor in points, if the recipe has one."""
        return next((s.points for s in self.steps if isinstance(s, Floor)), None)


def power(method: Method) -> float:
    """The exponent p of a mean.

    >>> power(Method("harmonic"))
    -1.0
    """
    fixed = {"arithmetic": 1.0, "geometric": 0.0, "harmonic": -1.0}
    return fixed[method.name] if method.name in fixed else float(method["p"])


def _items(written: object) -> Iterator[tuple[tuple[str | int, ...], str, Any]]:
    if isinstance(written, Mapping):
        yield from (((str(key),), str(key), value) for key, value in written.items())
    elif isinstance(written, Sequence) and not isinstance(written, str):
        for i, item in enumerate(written):
            if not isinstance(item, Mapping) or len(item) != 1:
                raise CommonwealError(
                    Fault(
                        "RECIPE-KEY",
                        f"step {i + 1} of the recipe is {item!r}",
                        "Write each step of a list as one key and its value.",
                        path=(i,),
                    )
                )
            yield from (((i, str(key)), str(key), value) for key, value in item.items())
    else:
        raise CommonwealError(
            Fault("RECIPE-KEY", f"the recipe is {written!r}", "Write a mapping of steps.", path=())
        )


def _read_none(family: str) -> Any:
    def read(value: object, path: tuple[str | int, ...]) -> None:
        Method.read(family, value, path)

    return read


def _read_normalise(value: object, path: tuple[str | int, ...]) -> Normalise:
    given: dict[str, Any] = dict(value) if isinstance(value, Mapping) else {"method": value}
    rule = given.pop("rule", "pooled")
    base = str(given.pop("base", ""))
    edition = str(given.pop("edition", ""))
    by = _by(given, path)
    method = Method.read("normalise", given, path)
    faults = []
    if rule not in RULES:
        faults.append(
            Fault(
                "RECIPE-RULE",
                f"{rule!r} is not a rule",
                f"Use one of: {', '.join(RULES)}.",
                path=(*path, "rule"),
            )
        )
    for needed, name, have in (("base", "base", base), ("frozen", "edition", edition)):
        if rule == needed and not have:
            faults.append(
                Fault(
                    "RECIPE-RULE",
                    f"rule {rule} lacks its {name}",
                    f"Add `{name}:` beside the rule.",
                    path=(*path, "rule"),
                )
            )
    if rule == "given" and method.name != "goalposts":
        faults.append(
            Fault(
                "RECIPE-RULE",
                f"rule given does not fit {method.name}",
                "Only goalposts can be given in the framework.",
                path=(*path, "rule"),
            )
        )
    methods = tuple(
        (node, Method.read("normalise", written, (*path, "by", node))) for node, written in by.items()
    )
    raise_any(faults)
    return Normalise(method, rule, base, edition, methods)


def _by(given: dict[str, Any], path: tuple[str | int, ...]) -> dict[str, Any]:
    """Take out what is said of single nodes: node id -> what is written."""
    by = given.pop("by", None)
    if by is None:
        return {}
    if not isinstance(by, Mapping):
        raise CommonwealError(
            Fault(
                "RECIPE-PARAMETER",
                f"by is {by!r}",
                "Write a mapping of nodes, as in by: {crime-rate: rank}.",
                path=(*path, "by"),
            )
        )
    return {str(node): written for node, written in by.items()}


def _read_by_parent(family: str, value: object, path: tuple[str | int, ...], default: str) -> ByParent:
    if not isinstance(value, Mapping) or "method" in value:
        given: dict[str, Any] = dict(value) if isinstance(value, Mapping) else {"method": value}
        by = _by(given, path)
        every = Method.read(family, given, path)
        levels: tuple[tuple[str, Method], ...] = ()
    else:
        given = dict(value)
        by = _by(given, path)
        every = Method.read(family, default, path)
        levels = tuple(
            (str(level), Method.read(family, written, (*path, str(level))))
            for level, written in given.items()
        )
    nodes = tuple((node, Method.read(family, written, (*path, "by", node))) for node, written in by.items())
    return ByParent(every, levels, nodes)


def _read_weigh(value: object, path: tuple[str | int, ...]) -> Weigh:
    return Weigh(_read_by_parent("weigh", value, path, "equal"))


def _read_aggregate(value: object, path: tuple[str | int, ...]) -> Aggregate:
    return Aggregate(_read_by_parent("aggregate", value, path, "arithmetic"))


def _read_available(value: object, path: tuple[str | int, ...]) -> Available:
    def share(written: object, at: tuple[str | int, ...]) -> float | str:
        if written == "n-1":
            return "n-1"
        if isinstance(written, (int, float)) and not isinstance(written, bool) and 0 <= written <= 1:
            return float(written)
        raise CommonwealError(
            Fault(
                "RECIPE-PARAMETER",
                f"available is {written!r}",
                "Write a share from 0 to 1, or n-1.",
                path=at,
            )
        )

    if not isinstance(value, Mapping):
        return Available(ByParent(share(value, path)))
    given = dict(value)
    by = _by(given, path)
    levels = tuple((str(level), share(written, (*path, str(level)))) for level, written in given.items())
    nodes = tuple((node, share(written, (*path, "by", node))) for node, written in by.items())
    return Available(ByParent(None, levels, nodes))


def _read_floor(value: object, path: tuple[str | int, ...]) -> Floor | None:
    if value is None:
        return None
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not value > 0 or not isfinite(value):
        raise CommonwealError(
            Fault("RECIPE-PARAMETER", f"floor is {value!r}", "Write a number of points above 0.", path=path)
        )
    return Floor(float(value))


_READERS: Final = {
    "treat": _read_none("treat"),
    "impute": _read_none("impute"),
    "normalise": _read_normalise,
    "weigh": _read_weigh,
    "aggregate": _read_aggregate,
    "available": _read_available,
    "floor": _read_floor,
}
_DEFAULTS: Final[dict[str, Step]] = {
    "normalise": Normalise(Method("goalposts", (("clip", True),))),
    "weigh": Weigh(ByParent(Method("equal"))),
    "aggregate": Aggregate(ByParent(Method("arithmetic"))),
}
