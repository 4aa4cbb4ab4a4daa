"""Read the steps of a recipe as they are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any, Final, TypeGuard

from commonweal.errors import Fault, raise_any, refusal
from commonweal.model.methods import Method, Path
from commonweal.model.period import Period
from commonweal.model.steps import (
    RULES_OF,
    Aggregate,
    Available,
    ByParent,
    Denominate,
    Floor,
    Impute,
    Normalise,
    Screen,
    Step,
    Treat,
    Weigh,
)

#: Ways to impute that look at one period only, or along time: there is no rule to choose.
_WITHOUT_RULE: Final = frozenset({"group-mean", "group-median", "carry", "linear"})


def read_step(key: str, value: object, path: Path) -> Step | None:
    """One step as written; None where it does nothing.

    Raises RECIPE-METHOD, RECIPE-PARAMETER, RECIPE-RULE, PERIOD-FORM.
    """
    return _READERS[key](value, path)


def _denominate(value: object, path: Path) -> Denominate | None:
    if value is None or value == "none":
        return None
    if not isinstance(value, Mapping):
        what = f"denominate is {value!r}"
        raise refusal(
            "RECIPE-PARAMETER", what, "Write a mapping, as in denominate: {crimes: population}.", path=path
        )
    raise_any(
        Fault(
            "RECIPE-PARAMETER", f"the denominator of {id!r} is {name!r}", _DENOMINATOR, path=(*path, str(id))
        )
        for id, name in value.items()
        if not isinstance(name, str) or not name
    )
    return Denominate(tuple((str(id), name) for id, name in value.items())) if value else None


_DENOMINATOR: Final = "Write a name under denominators, or a column of the areas that holds numbers."


def _screen(value: object, path: Path) -> Screen | None:
    if value is None or value == "none":
        return None
    if not isinstance(value, Mapping):
        raise refusal(
            "RECIPE-PARAMETER",
            f"screen is {value!r}",
            "Write shares, as in screen: {areas: 0.65, indicators: 0.65}.",
            path=path,
        )
    faults = [
        Fault("RECIPE-PARAMETER", f"screen has no parameter {key!r}", "It takes: areas, indicators.",
              path=(*path, str(key)))
        for key in value
        if key not in ("areas", "indicators")
    ]  # fmt: skip
    faults += [
        Fault("RECIPE-PARAMETER", f"{key} of screen is {share!r}", "Write a share from 0 to 1.",
              path=(*path, key))
        for key, share in value.items()
        if key in ("areas", "indicators") and not _is_share(share)
    ]  # fmt: skip
    raise_any(faults)
    return Screen(**{key: float(share) for key, share in value.items()})


def _is_share(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1


def _impute(value: object, path: Path) -> Impute | None:
    step = Impute(*_fitted("impute", value, path))
    named = {step.method.name, *(method.name for _, method in step.by)}
    fitted = named - {"none"}
    if step.rule in ("base", "frozen") and fitted and fitted <= _WITHOUT_RULE:
        what = f"rule {step.rule} does not fit {min(fitted)}"
        remedy = "It looks at the same period, or along time: leave the rule out."
        raise refusal("RECIPE-RULE", what, remedy, path=(*path, "rule"))
    if step.rule == "frozen" and "chained" in named:
        what = "rule frozen does not fit chained: its lines are found anew in every round of every draw"
        remedy = "Use regression, whose lines an edition hands on, or another rule."
        raise refusal("RECIPE-RULE", what, remedy, path=(*path, "rule"))
    return None if named == {"none"} else step


def _treat(value: object, path: Path) -> Treat | None:
    step = Treat(*_fitted("treat", value, path))
    return None if {step.method.name, *(m.name for _, m in step.by)} == {"none"} else step


def _normalise(value: object, path: Path) -> Normalise:
    return Normalise(*_fitted("normalise", value, path))


def _fitted(
    family: str, value: object, path: Path
) -> tuple[Method, str, str, str, tuple[tuple[str, Method], ...]]:
    given: dict[str, Any] = dict(value) if isinstance(value, Mapping) else {"method": value}
    rule = given.pop("rule", "pooled")
    base = str(given.pop("base", ""))
    edition = str(given.pop("edition", ""))
    by = _by(given, path)
    if by and "method" not in given and family != "normalise":
        given["method"] = "none"
    method = Method.read(family, given, path)
    rules = RULES_OF[family]
    faults = []
    if rule not in rules:
        faults.append(("rule", f"{rule!r} is not a rule", f"Use one of: {', '.join(rules)}."))
    for needed, name, have in (("base", "base", base), ("frozen", "edition", edition)):
        if rule == needed and not have:
            faults.append(("rule", f"rule {rule} lacks its {name}", f"Add `{name}:` beside the rule."))
        if rule != needed and have:
            faults.append((name, f"{name} is {have!r}, but the rule is {rule}", f"Write rule: {needed}."))
    if rule == "given" and rule in rules and method.name != "goalposts":
        remedy = "Only goalposts can be given in the framework."
        faults.append(("rule", f"rule given does not fit {method.name}", remedy))
    methods = tuple((node, _own(family, written, given, (*path, "by", node))) for node, written in by.items())
    raise_any(Fault("RECIPE-RULE", what, remedy, path=(*path, at)) for at, what, remedy in faults)
    if rule == "base":
        Period.parse(base)
    return method, rule, base, edition, methods


def _by(given: dict[str, Any], path: Path) -> dict[str, Any]:
    """Take out what is said of single nodes: node id -> what is written."""
    by = given.pop("by", None)
    if by is None:
        return {}
    if not isinstance(by, Mapping):
        remedy = "Write a mapping of nodes, as in by: {crime-rate: rank}."
        raise refusal("RECIPE-PARAMETER", f"by is {by!r}", remedy, path=(*path, "by"))
    return {str(node): written for node, written in by.items()}


def _own(family: str, written: object, general: Mapping[str, Any], path: Path) -> Method:
    """A node's own method. Parameters without a method change those of the general one, and keep the rest."""
    if isinstance(written, Mapping) and "method" not in written and "method" in general:
        written = {**general, **written}
    return Method.read(family, written, path)


def _by_parent(family: str, value: object, path: Path, default: str) -> ByParent:
    if not isinstance(value, Mapping) or "method" in value:
        given: dict[str, Any] = dict(value) if isinstance(value, Mapping) else {"method": value}
        by = _by(given, path)
        every = Method.read(family, given, path)
        levels: tuple[tuple[str, Method], ...] = ()
    else:
        levelled = dict(value)
        by = _by(levelled, path)
        given = {"method": default}
        every = Method.read(family, given, path)
        levels = tuple(
            (str(level), Method.read(family, written, (*path, str(level))))
            for level, written in levelled.items()
        )
    nodes = tuple((node, _own(family, written, given, (*path, "by", node))) for node, written in by.items())
    return ByParent(every, levels, nodes)


def _weigh(value: object, path: Path) -> Weigh:
    return Weigh(_by_parent("weigh", value, path, "equal"))


def _aggregate(value: object, path: Path) -> Aggregate:
    return Aggregate(_by_parent("aggregate", value, path, "arithmetic"))


def _available(value: object, path: Path) -> Available:
    def share(written: object, at: Path) -> float | str:
        if written == "n-1":
            return "n-1"
        if not _is_share(written):
            raise refusal(
                "RECIPE-PARAMETER", f"available is {written!r}", "Write a share from 0 to 1, or n-1.", path=at
            )
        return float(written)

    if not isinstance(value, Mapping):
        return Available(ByParent(share(value, path)))
    given = dict(value)
    by = _by(given, path)
    levels = tuple((str(level), share(written, (*path, str(level)))) for level, written in given.items())
    nodes = tuple((node, share(written, (*path, "by", node))) for node, written in by.items())
    return Available(ByParent(None, levels, nodes))


def _floor(value: object, path: Path) -> Floor | None:
    if value is None:
        return None
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not value > 0 or not isfinite(value):
        raise refusal(
            "RECIPE-PARAMETER", f"floor is {value!r}", "Write a number of points above 0.", path=path
        )
    return Floor(float(value))


_READERS: Final[dict[str, Callable[[object, Path], Step | None]]] = {
    "denominate": _denominate,
    "screen": _screen,
    "impute": _impute,
    "treat": _treat,
    "normalise": _normalise,
    "weigh": _weigh,
    "aggregate": _aggregate,
    "available": _available,
    "floor": _floor,
}
