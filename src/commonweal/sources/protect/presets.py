"""The rules that have a name, each with who states it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from commonweal.errors import raise_any
from commonweal.model.source import Protection
from commonweal.sources.protect.controlled import RULE
from commonweal.sources.protect.rule import Rule


@dataclass(frozen=True, slots=True)
class Preset:
    """A rule with a name: what it is, and who states it, in words that do not claim more than was read."""

    rule: Rule
    source: str


PRESETS: Final[dict[str, Preset]] = {
    "nhs": Preset(
        Rule(hide_to=7, round_to=5),
        "The rule is called nhs because it is the one that NHS England states for its hospital statistics.",
    ),
    "gss": Preset(
        Rule(hide_to=4, round_to=5),
        "The rule is called gss after the Government Statistical Service: a threshold of 5 and rounding to 5,"
        " as in the rounding policy of Ofqual (gov.uk, updated 30 October 2025), which follows the Service's"
        " guidance.",
    ),
    "ons": Preset(
        Rule(hide_to=9, round_to=5),
        "The rule is called ons after the threshold of 10 by which the Office for National Statistics clears"
        " results of its research services; the rounding to 5 is this software's.",
    ),
}  # fmt: skip


def rule_of(protection: Protection) -> Rule:
    """The rule that a project is protected by. Raises PROTECT-REASON, PROTECT-WEAK, PROJECT-VALUE.

    >>> rule_of(Protection("own", hide_to=4, round_to=5))
    Rule(hide_to=4, round_to=5)
    """
    raise_any(protection.faults())
    if protection.preset == "controlled":
        return RULE
    if protection.preset == "own":
        return Rule(int(protection.hide_to or 0), int(protection.round_to or 0))
    return PRESETS["nhs" if protection.preset == "none" else protection.preset].rule


def source_of(protection: Protection) -> str:
    """Who states the rule, in a sentence for the protection page."""
    if protection.preset == "own":
        reason = protection.reason.strip()
        return "The rule is this publisher's own." + (f" Reason: {reason}" if reason else "")
    return PRESETS[protection.preset].source
