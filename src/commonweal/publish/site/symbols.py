"""The symbols that stand in place of a figure or beside it, and what they mean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from commonweal.insight import words
from commonweal.publish.site import numbers
from commonweal.publish.site.facts import Figure

#: Status of a figure -> symbol. An observed or rounded one has none; a carried one shows its own date.
SYMBOLS: Final = {
    "suppressed": "[c]",
    "estimated": "[e]",
    "imputed": "[e]",
    "missing": "[x]",
    "not_applicable": "[z]",
}


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol with its name and meaning."""

    sign: str
    name: str
    meaning: str


_HIDDEN: Final = "The figure is hidden to protect people."
_RANGED: Final = (
    "its range is shown. The middle of that range enters the scores of which it is a part, so no page shows a"
    " score or a rank of its own."
)
_BARE: Final = "no range is shown, and it was not scored."
_OTHERS: Final = (
    Symbol(
        "(2015)",
        "a date",
        "An older figure, carried forward because there is no newer one. It stands with its own date and"
        " makes no progress.",
    ),
    Symbol(
        "[e]",
        "estimated",
        "Not observed as it stands: worked out from other figures, as that of a whole place from its parts;"
        " dealt out from areas with other boundaries; scaled up from part of a year; or filled in.",
    ),
    Symbol("[x]", "not available", "There is no figure, so there is no score."),
    Symbol("[z]", "not applicable", "The figure makes no sense here."),
)


def legend(figures: Iterable[Figure]) -> tuple[Symbol, ...]:
    """The symbols and their meaning; what is said of hidden figures fits those there are, if any."""
    hidden = [figure for figure in figures if figure.hidden]
    kinds = {figure.ranged for figure in hidden}
    if kinds == {True}:
        says = f"{_HIDDEN} {words.sentence(_RANGED)}"
    elif kinds == {False}:
        says = f"{_HIDDEN} Few people stand behind it; {_BARE}"
    else:
        says = (
            f"{_HIDDEN} Where a range is shown, the middle of it enters scores; where none is, as of a mean"
            " of few people, the figure enters none. No page shows a score or a rank of its own."
        )
    return (Symbol("[c]", "confidential", says), *_OTHERS)


def symbol(figure: Figure) -> str:
    """What stands beside a figure or its score: a symbol, the date of a carried one, or nothing."""
    if figure.status == "carried":
        return f"({numbers.day(figure.observed)})"
    return SYMBOLS.get(figure.status, "")
