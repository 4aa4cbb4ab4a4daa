"""The symbols that stand in place of a figure or beside it, and what they mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

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


LEGEND: Final = (
    Symbol(
        "[c]",
        "confidential",
        "The figure is hidden to protect people. Its range is shown. The middle of that range is what was"
        " scored, so neither a score nor a rank is shown.",
    ),
    Symbol(
        "(2015)",
        "a date",
        "An older figure, carried forward because there is no newer one. It stands with its own date and"
        " makes no progress.",
    ),
    Symbol(
        "[e]",
        "estimated",
        "Not observed: worked out from other figures, as that of a whole place from its parts.",
    ),
    Symbol("[x]", "not available", "There is no figure, so there is no score."),
    Symbol("[z]", "not applicable", "The figure makes no sense here."),
)


def symbol(figure: Figure) -> str:
    """What stands beside a figure or its score: a symbol, the date of a carried one, or nothing."""
    if figure.status == "carried":
        return f"({numbers.day(figure.observed)})"
    return SYMBOLS.get(figure.status, "")
