"""What a reader who knows the rule knows of the counts in one published observation, taken by itself."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from commonweal.sources.measure.kinds import KINDS
from commonweal.sources.protect.disclosure.system import NONE
from commonweal.sources.protect.rule import Rule


class Role(IntEnum):
    """Which count of an observation: those counted, those left over, all of them."""

    COUNT = 0
    REST = 1
    BASE = 2


@dataclass(frozen=True, slots=True)
class Known:
    """One count of an observation: the range a reader knows, and what widens with it.

    `keep`, `class_` as in `disclosure.system.Figure`. `with_base` says that it is hidden together with the
    base, not with the count; `fixed` that it is known however much is hidden.
    """

    role: Role
    low: float
    high: float
    keep: int = 0
    class_: int = NONE
    with_base: bool = False
    fixed: bool = False


#: What it costs to hide a figure for others: a total in the ledger least, then to widen the range of one
#: that is hidden anyway, then a shown one, the larger the dearer.
LEDGER_COST: Final = 1.0
WIDEN_COST: Final = 2.0
HIDE_COST: Final = 8.0


def cost(known: Known) -> float:
    """What hiding a figure costs.

    >>> cost(Known(Role.COUNT, 1, 7, keep=7)), cost(Known(Role.COUNT, 63, 67, class_=13))
    (2.0, 14.0)
    """
    if known.keep or (known.class_ == NONE and known.low < known.high):
        return WIDEN_COST
    return HIDE_COST + math.log2(1 + known.low)


def known(row: Mapping[str, Any], rule: Rule, *, public_base: bool, minimum_base: int = 0) -> Iterator[Known]:
    """The counts of people in an exact observation, as a reader of the protected one knows them.

    >>> row = {"kind": "percentage", "numerator": 3.0, "denominator": 100.0}
    >>> [(k.role.name, k.low, k.high, k.keep) for k in known(row, Rule(), public_base=True)]
    [('COUNT', 1, 7, 7), ('REST', 8, inf, 0), ('BASE', 98, 102, 0)]
    """
    kind = KINDS[row["kind"]]
    count, base = row["numerator"], row["denominator"]
    if minimum_base and row["kind"] not in ("count", "distinct"):
        if counts_base(row["kind"], public_base) and base is not None:
            yield _beside_minimum(base, minimum_base, rule)
        if (base or 0) < minimum_base:
            return
    if kind.complement:
        if count is not None and base is not None:
            yield from _percentage(count, base, rule)
        return
    if kind.numerator and count is not None:
        yield _by_rule(Role.COUNT, count, rule)
    if kind.denominator and not kind.numerator and base is not None and base > rule.hide_to:
        # the value gives the number away that it was divided by, or its digits do: hiding it hides both
        yield Known(Role.BASE, base, base)
    elif counts_base(row["kind"], public_base) and base is not None:
        yield _by_rule(Role.BASE, base, rule, with_base=kind.numerator)


def counts_base(kind: str, public_base: bool) -> bool:
    """Whether the denominator of a kind of observation counts people of the source.

    >>> counts_base("percentage", True), counts_base("rate", True), counts_base("rate", False)
    (True, False, True)
    """
    follows = KINDS[kind].follows and kind not in ("count", "distinct")
    return KINDS[kind].denominator or (follows and not public_base)


def _beside_minimum(base: float, minimum: int, rule: Rule) -> Known:
    """That a base is below the minimum, or not: a figure that is withheld for it tells as much."""
    if base >= minimum:
        return Known(Role.BASE, minimum, math.inf, fixed=True)
    keep = min(rule.hide_to, minimum - 1) if 0 < base <= rule.hide_to else 0
    return Known(Role.BASE, 0, minimum - 1, keep, fixed=True)


def _by_rule(role: Role, count: float, rule: Rule, *, with_base: bool = False) -> Known:
    class_ = rule.class_of(count)
    keep = rule.hide_to if class_ == 1 else 0
    return Known(role, rule.low(class_), rule.high(class_), keep, class_, with_base)


def _percentage(count: float, base: float, rule: Rule) -> Iterator[Known]:
    """Numerator, those left over and base of a percentage; see `apply.protect` for what is hidden when."""
    rest, last = base - count, rule.hide_to
    small, left_small = 0 < count <= last, 0 < rest <= last
    if 0 < base <= last or ((small or left_small) and base <= rule.small_base) or (small and left_small):
        yield Known(Role.COUNT, 0, math.inf, last * small)
        yield Known(Role.REST, 0, math.inf, last * left_small)
        yield Known(Role.BASE, 1, max(rule.small_base, 2 * last), last * (base <= last))
        return
    if left_small:
        yield Known(Role.COUNT, last + 1, math.inf)
        yield Known(Role.REST, 1, last, last, 1)
    else:
        yield (shown := _by_rule(Role.COUNT, count, rule))
        yield from _left(shown, rule.class_of(base), rule)
    yield _by_rule(Role.BASE, base, rule, with_base=True)


def _left(shown: Known, base: int, rule: Rule) -> Iterator[Known]:
    """That those left over are not hidden says that they are nobody, or too many to be hidden."""
    if rule.low(base) - shown.high >= 1:
        yield Known(Role.REST, rule.hide_to + 1, math.inf)
    elif rule.high(base) - shown.low <= rule.hide_to:
        yield Known(Role.REST, 0, 0)
