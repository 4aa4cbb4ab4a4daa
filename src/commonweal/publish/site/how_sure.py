"""The part of the method page that says how sure ranks and marks are, and how that was worked out."""

from __future__ import annotations

from dataclasses import dataclass

from commonweal.insight import words
from commonweal.model.uncertainty import APART, SURE, Uncertainty
from commonweal.publish.site.lookup import Lookup
from commonweal.publish.site.sureness import ASIDE


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """What varied in re-runs: the choice, what stood to choose from, and why."""

    name: str
    ways: str
    why: str


@dataclass(frozen=True, slots=True)
class HowSure:
    """The section, ready to be written."""

    says: tuple[str, ...]
    choices: tuple[ChoiceRow, ...]
    files: tuple[str, ...] = ("scores.csv",)


def how_sure(lookup: Lookup) -> HowSure | None:
    """What was done, in plain words; None where nothing was asked for."""
    found = lookup.edition.uncertainty
    if found is None:
        return None
    if found.why_not:
        return HowSure((found.why_not,), ())
    says = [*_chance(lookup, found), *_choices(found)]
    rows = tuple(_row(lookup, one.name, one.alternatives, one.why) for one in found.varied)
    files = {"chances.csv": found.chances, "pairs.csv": found.pairs}
    return HowSure(
        tuple(says), rows, ("scores.csv", *(file for file, table in files.items() if table.height))
    )


def _chance(lookup: Lookup, found: Uncertainty) -> list[str]:
    if not found.known:
        return [
            "Chance: no figure comes with a count or an interval, so nothing is said of how far chance could"
            " move a rank."
        ]
    says = [
        f"Chance: a count of a small place would not come out the same again. {found.replications:,} times,"
        " true figures were drawn that fit those published, rounding and hiding included, and scored by the"
        f" same method. Each draw leans on all {lookup.types} together: a figure made of few people is"
        " trusted less. The range of a rank holds the middle 9 of 10 draws.",
        lookup.sure.known_for(lookup.root.id),
        ASIDE,
        f"Two {lookup.types} can’t be told apart where neither is above the other in at least"
        f" {APART:.0%} of draws. A mark is solid where its class came out in at least {SURE:.0%} of draws.",
    ]
    if found.marks:
        mean = sum(expected for expected, _ in found.marks.values()) / len(found.marks)
        says.append(
            f"Were all {lookup.types} alike, chance alone would still mark about {words.number(mean, 0)}"
            " of these indicators over or under on each scorecard: peers move by chance too. Of these rely on"
            " solid marks; a hollow one could be chance."
        )
    return says


def _choices(found: Uncertainty) -> list[str]:
    if not found.reruns:
        return []
    says = [
        f"Choices: the index was made again {found.reruns:,} times from the same figures, each time with the"
        " choices below taken at random, the published way as likely as each other. The range of a rank"
        " holds 9 of 10 re-runs. It says nothing of chance, and the other range nothing of choices."
    ]
    if found.failed:
        more = words.sentence(words.count(found.failed))
        left = (
            "re-run could not be scored, and is"
            if found.failed == 1
            else "re-runs could not be scored, and are"
        )
        says.append(f"{more} more {left} left out.")
    return says


def _row(lookup: Lookup, name: str, alternatives: tuple[str, ...], why: str) -> ChoiceRow:
    ways = list(alternatives)
    if not ways:
        return ChoiceRow(words.sentence(name), _weights(lookup), why)
    if len(ways) > 6:
        text = (
            f"{words.sentence(ways[0])}, or {words.count(len(ways) - 1)} other ways: {ways[1]}, {ways[2]} …"
        )
    else:
        text = words.sentence(f"{'; '.join(ways)}")
    return ChoiceRow(words.sentence(name), text, why)


def _weights(lookup: Lookup) -> str:
    rule = lookup.edition.uncertainty_rule
    how = rule.weights if rule else 0.0
    if how == "dirichlet":
        return "Any weights that add up to one"
    if how == "pca-bootstrap":
        return f"Principal components found again in resamples of the {lookup.types}"
    return f"Each weight times {1 - float(how):g} to {1 + float(how):g}"
