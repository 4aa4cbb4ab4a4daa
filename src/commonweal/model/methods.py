"""The methods that a recipe may name, with their parameters: what each takes, and what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any, Final

from commonweal.errors import Fault, near, raise_any, refusal

Value = float | str | bool | None | tuple[float, ...]
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a parameter takes: `kind` is number, whole, flag, choice, text or numbers.

    `needed` ones have no default; others may be left out. Numbers lie between `least` and `most`, and
    above `above`.
    """

    kind: str
    default: Value = None
    needed: bool = False
    choices: tuple[str, ...] = ()
    least: float = -inf
    most: float = inf
    above: float = -inf

    def takes(self, value: object) -> bool:
        """Whether a value as written is allowed."""
        match self.kind:
            case "flag":
                return isinstance(value, bool)
            case "text":
                return isinstance(value, str) and value.strip() != ""
            case "choice":
                return value in self.choices
            case "numbers":
                return isinstance(value, (list, tuple)) and len(value) > 0 and all(map(self._number, value))
        return self._number(value)

    def _number(self, value: object) -> bool:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
            return False
        whole = self.kind != "whole" or value == int(value)
        return whole and self.least <= value <= self.most and value > self.above

    @property
    def allowed(self) -> str:
        """What is allowed, in words."""
        match self.kind:
            case "flag":
                return "true or false"
            case "text":
                return "a name"
            case "choice":
                return f"one of: {', '.join(self.choices)}"
        kind = {"number": "a number", "whole": "a whole number", "numbers": "a list of numbers"}[self.kind]
        limits = [
            f"{word} {limit:g}"
            for word, limit in (("above", self.above), ("from", self.least), ("up to", self.most))
            if isfinite(limit)
        ]
        return " ".join([kind, *limits])

    def read(self, value: Any) -> Value:
        """The value as a recipe holds it."""
        if self.kind == "numbers":
            return tuple(float(number) for number in value)
        return int(value) if self.kind == "whole" else value


def number(
    default: float | None = None, *, least: float = -inf, most: float = inf, above: float = -inf
) -> Parameter:
    """A number; without a default it must be given."""
    return Parameter("number", default, default is None, least=least, most=most, above=above)


def maybe(*, above: float = -inf) -> Parameter:
    """A number that may be left out."""
    return Parameter("number", above=above)


def whole(default: int, *, least: float = 0) -> Parameter:
    """A whole number."""
    return Parameter("whole", default, least=least)


def choice(*names: str) -> Parameter:
    """One of some names; the first is the default."""
    return Parameter("choice", names[0], choices=names)


FLAG_ON: Final = Parameter("flag", True)
FLAG_OFF: Final = Parameter("flag", False)
NAME: Final = Parameter("text", needed=True)
#: Multiplies scores that run from 0 to 1.
_SCALE: Final = number(1.0, above=0)

#: Family -> method -> its parameters. A test keeps these names equal to the functions of commonweal.methods.
METHODS: Final[dict[str, dict[str, dict[str, Parameter]]]] = {
    "impute": {
        "none": {},
        "group-mean": {"group": NAME},
        "group-median": {"group": NAME},
        "component-mean": {},
        "carry": {"limit": maybe(above=0)},
        "linear": {"limit": maybe(above=0)},
        "regression": {},
        "chained": {"draws": whole(20, least=1)},
    },
    "treat": {
        "none": {},
        "winsorise": {
            "skew": number(2.0, least=0),
            "kurtosis": number(3.5),
            "max": whole(5),
            "then": choice("none", "log", "signed-log"),
            "then_on": choice("untreated", "winsorised"),
        },
        "cap": {"low": maybe(), "high": maybe()},
        "log": {},
        "sqrt": {},
        "cube-root": {},
        "box-cox": {},
        "yeo-johnson": {},
    },
    "normalise": {
        "none": {},
        "goalposts": {"clip": FLAG_ON},
        "minmax": {"low": number(0.0), "high": number(100.0)},
        "zscore": {"mean": number(0.0), "sd": number(1.0, above=0)},
        "rank": {},
        "borda": {},
        "percentile": {"scale": _SCALE},
        "distance-to-max": {"scale": _SCALE},
        "distance-to-target": {"cap": FLAG_OFF, "scale": _SCALE},
        "distance-to-reference": {"area": NAME, "scale": _SCALE},
        "share-of-max": {"scale": _SCALE},
        "quantile-scale": {"classes": whole(5, least=2)},
        "exponential": {"rate": number(23.0, above=0)},
        "t-score": {},
        "index-100": {"weight": NAME},
        "threshold": {},
    },
    "weigh": {
        "given": {},
        "equal": {},
        "pca": {},
        "factor": {},
        "entropy": {},
        "critic": {},
        "balanced": {},
        "benefit-of-doubt": {"least": number(0.0, least=0, most=1)},
        "budget": {"path": NAME},
        "pairwise": {"path": NAME},
        "frozen": {"edition": NAME},
    },
    "aggregate": {
        "arithmetic": {},
        "geometric": {},
        "harmonic": {},
        "power": {"p": number()},
        "median": {},
        "owa": {"weights": Parameter("numbers", needed=True, least=0)},
        "mazziotta-pareto": {"sign": choice("-", "+")},
        "copeland": {},
        "benefit-of-doubt": {},
        "none": {},
    },
}


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
    def read(cls, family: str, written: object, path: Path = ()) -> Method:
        """Read a name, or a mapping with `method` and parameters.

        Raises RECIPE-METHOD, RECIPE-PARAMETER.
        """
        known = METHODS[family]
        given: dict[str, Any] = dict(written) if isinstance(written, Mapping) else {"method": written}
        name = given.pop("method", None)
        if not isinstance(name, str) or name not in known:
            meant = _MEANT.get(str(name), "")
            what = f"{name!r} is not a way to {family}{near(meant if meant in known else name, known)}"
            remedy = f"Use one of: {', '.join(known)}."
            raise refusal("RECIPE-METHOD", what, remedy, path=path)
        parameters = known[name]
        raise_any(_faults(name, parameters, given, path))
        held = {
            key: takes.read(given[key]) if given.get(key) is not None else takes.default
            for key, takes in parameters.items()
        }
        if (wrong := _contradiction(name, held)) is not None:
            raise refusal("RECIPE-PARAMETER", *wrong, path=path)
        return cls(name, tuple(held.items()))

    def written(self) -> str | dict[str, Value]:
        """The method as a recipe writes it."""
        held = {key: value for key, value in self.parameters if value is not None}
        return {"method": self.name, **held} if held else self.name


#: What others call a method whose name here is not near to that.
_MEANT: Final = {"mean": "arithmetic", "average": "arithmetic"}


def _faults(
    name: str, parameters: Mapping[str, Parameter], given: Mapping[str, Any], path: Path
) -> list[Fault]:
    faults = []
    for key, value in given.items():
        at = (*path, str(key))
        if key not in parameters:
            has = f"It takes: {', '.join(parameters)}." if parameters else "It takes no parameters."
            faults.append(Fault("RECIPE-PARAMETER", f"{name} has no parameter {key!r}", has, path=at))
        elif not parameters[key].takes(value):
            remedy = f"Write {parameters[key].allowed}."
            faults.append(Fault("RECIPE-PARAMETER", f"{key} of {name} is {value!r}", remedy, path=at))
    for key, takes in parameters.items():
        if takes.needed and key not in given:
            remedy = f"Write {{method: {name}, {key}: …}}, with {takes.allowed}."
            faults.append(Fault("RECIPE-PARAMETER", f"{name} lacks its parameter {key!r}", remedy, path=path))
    return faults


def _contradiction(method: str, held: Mapping[str, Any]) -> tuple[str, str] | None:
    """Parameters that are right one by one but not together: what is wrong, and the remedy."""
    if method == "minmax" and not held["low"] < held["high"]:
        return f"minmax has low {held['low']:g} and high {held['high']:g}", "Write a high above low."
    if method == "owa" and not sum(held["weights"]) > 0:
        return "weights of owa are all 0", "Write at least one above 0, the weight of the best child first."
    if method == "cap":
        low, high = held["low"], held["high"]
        if low is None and high is None:
            return "cap has neither low nor high", "Write at least one, in the units of the indicator."
        if low is not None and high is not None and not low < high:
            return f"cap has low {low:g} and high {high:g}", "Write a high above low."
    return None


def power(method: Method) -> float | None:
    """The exponent p of a power mean; None for every other way to form a parent.

    >>> power(Method("harmonic")), power(Method("median"))
    (-1.0, None)
    """
    fixed = {"arithmetic": 1.0, "geometric": 0.0, "harmonic": -1.0}
    return float(method["p"]) if method.name == "power" else fixed.get(method.name)
