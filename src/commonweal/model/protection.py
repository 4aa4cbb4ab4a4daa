"""How people in records are protected: a rule by name, or one of the publisher's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from commonweal.errors import Fault

#: The smallest `hide_to` of a publisher's own rule: a single person, and a pair who know of each other.
LEAST_HIDDEN: Final = 2
#: A rule of one's own that hides less than this needs a reason: fewer than five is the common threshold.
USUAL_HIDDEN: Final = 4

#: Above this share of a sum, in per cent, a single contribution is too much of it.
USUAL_DOMINANCE: Final = 50.0


@dataclass(frozen=True, slots=True)
class Protection:
    """The rule by the name of its preset, and what else is hidden.

    controlled: nothing is hidden, all counts are rounded together. own: counts of 1 to `hide_to` are hidden,
    others shown to the nearest `round_to`. none: nothing is hidden. A `reason` is needed for none, and for
    hiding less than usual; it is printed. No figure is given whose base is below `minimum_base`, and no mean,
    sum or ratio of which a single record is more than `dominance` per cent.
    """

    preset: Literal["nhs", "gss", "ons", "controlled", "own", "none"] = "nhs"
    reason: str = ""
    hide_to: int | None = None
    round_to: int | None = None
    minimum_base: int = 0
    dominance: float = USUAL_DOMINANCE

    def faults(self) -> list[Fault]:
        """What can't be published under it: PROTECT-REASON, PROTECT-WEAK; PROJECT-VALUE for the wrong keys.

        >>> [fault.code for fault in Protection("own", hide_to=1, round_to=5).faults()]
        ['PROTECT-WEAK']
        """
        if self.preset == "none":
            return [] if self.reason.strip() else [_no_reason()]
        given = {"hide_to": self.hide_to, "round_to": self.round_to}
        if self.preset != "own":
            return [
                Fault(
                    "PROJECT-VALUE",
                    f"{key} is given beside the preset {self.preset}, which has its own",
                    "Leave it out, or write `preset: own`.",
                    path=("protect", key),
                )
                for key, number in given.items()
                if number is not None
            ]
        lacking = [key for key, number in given.items() if number is None]
        if self.hide_to is None or self.round_to is None:
            what = f"a rule of one's own has no {' and no '.join(lacking)}"
            return [
                Fault(
                    "PROJECT-VALUE", what, "Write both, as in {hide_to: 4, round_to: 5}.", path=("protect",)
                )
            ]
        return _weak(self.hide_to, self.round_to, self.reason)


def _weak(hide_to: int, round_to: int, reason: str) -> list[Fault]:
    """Why a rule of one's own would give people away."""
    if hide_to < LEAST_HIDDEN:
        first = max(hide_to + 1, 1)
        what = f"hide_to is {hide_to}: a count of {first} would be shown, and who they are is known"
        remedy = f"Hide at least 1 to {LEAST_HIDDEN}; 1 to {USUAL_HIDDEN} is usual."
        return [Fault("PROTECT-WEAK", what, remedy, path=("protect", "hide_to"))]
    if round_to > 2 * hide_to + 1:
        what = (
            f"round_to is {round_to}: a count of {hide_to + 1} would be shown as 0, as if there were nobody"
        )
        remedy = f"Round to at most {2 * hide_to + 1}, or hide up to {round_to // 2} and more."
        return [Fault("PROTECT-WEAK", what, remedy, path=("protect", "round_to"))]
    if hide_to < USUAL_HIDDEN and not reason.strip():
        what = f"hide_to is {hide_to}, below the usual {USUAL_HIDDEN}, and no reason is given"
        remedy = "Write `reason:`, which is printed on the site, or hide more."
        return [Fault("PROTECT-WEAK", what, remedy, path=("protect", "hide_to"))]
    return []


def _no_reason() -> Fault:
    return Fault(
        "PROTECT-REASON",
        "protection is none, without a reason",
        "Write `reason:`; it is printed on the site.",
        path=("protect",),
    )
