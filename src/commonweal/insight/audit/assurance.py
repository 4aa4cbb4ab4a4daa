"""The statement of assurance: what was verified and how, the limits of that, what is open.

After the Aqua Book (HM Treasury, 2015): quality is stated in proportion, with its limits, by roles that
people fill. Only what was really checked in this build stands here.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from commonweal.arrays import Floats
from commonweal.insight.audit.document import Assurance, Check, Mark, Section
from commonweal.insight.audit.facts import Facts
from commonweal.insight.diagnose.removal import MEANS
from commonweal.insight.forming import Forming, bend, formings, shares
from commonweal.methods.significant import DIGITS
from commonweal.model.observation import Status

#: Two computations of a score, relative to the largest one, may differ by the noise of floating point.
_NOISE: Final = 1e-9


def assurance(facts: Facts, sections: tuple[Section, ...]) -> Assurance:
    """Check the latest period again by other means, and gather what is open."""
    again, between = _means(facts)
    checks = [_weights(facts), *again, *between, _directions(facts), _ranks(facts), *_hidden(facts)]
    looks = tuple(
        f"Step {section.step}: {finding.found} {finding.look}".rstrip()
        for section in sections
        for finding in section.findings
        if finding.mark == Mark.LOOK
    )
    return Assurance(tuple(checks), _limits(facts), looks)


def _weights(facts: Facts) -> Check:
    scoring = facts.edition.scoring
    held = [weight for node, weight in scoring.child_weights.items() if node not in scoring.dropped]
    off = max((float(np.abs(weight.sum(axis=-1) - 1).max()) for weight in held), default=0.0)
    low = min((float(weight.min()) for weight in held), default=0.0)
    return Check(
        "The weights of the parts of each group are 0 or more and add up to one, in every period and area.",
        "Added up again from the weights that were used; the figure is the largest distance from one.",
        off <= _NOISE and low >= 0,
        off,
    )


def _means(facts: Facts) -> tuple[list[Check], list[Check]]:
    """Every mean of the latest period by the closed formula, and its place among its parts."""
    scoring = facts.edition.scoring
    method = scoring.recipe.aggregate.method
    apart, outside, counted = 0.0, 0.0, 0
    plain = {n.id for n in facts.tree.parents if method.at(n.id, n.level).name in MEANS}
    for form in formings(scoring):
        if form.id not in plain:
            continue
        x = form.lifted(facts.scores[:, form.children])
        made = facts.scores[:, form.node]
        there = ~np.isnan(made)
        if not there.any():
            continue
        share = shares(x, scoring.area_weights_of(form.id, -1))[there]
        x, made = np.where(share > 0, x[there], np.nan), made[there]
        size = max(1.0, float(np.nanmax(np.abs(x))))
        apart = max(apart, float(np.nanmax(np.abs(_mean(x, share, form) - made), initial=0.0)) / size)
        low, high = np.nanmin(x, axis=1) - made, made - np.nanmax(x, axis=1)
        outside = max(outside, float(np.max(np.maximum(low, high), initial=0.0)) / size)
        counted += len(made)
    if not counted:
        return [], []
    return (
        [
            Check(
                f"The {counted:,} scores of groups in {facts.period} follow from their parts and weights.",
                "Taken again from the scores of the parts by the formula of the mean; the figure is the"
                " largest difference, as a share of the largest score.",
                apart <= _NOISE,
                apart,
            )
        ],
        [
            Check(
                "Each of them lies between its lowest and its highest part.",
                "Compared one by one; the figure is how far one lies outside.",
                outside <= _NOISE,
                outside,
            )
        ],
    )


def _mean(x: Floats, share: Floats, form: Forming) -> Floats:
    """The power mean by its definition, over the parts that are there."""
    with np.errstate(divide="ignore", invalid="ignore"):
        total = np.nansum(np.where(share > 0, share * bend(x, form.p), 0.0), axis=1)
        result: Floats = np.exp(total) if form.p == 0 else (form.p * total) ** (1 / form.p)
    return result


def _directions(facts: Facts) -> Check:
    """Whether indicators score higher where they are better."""
    wrong = 0
    for i, node in enumerate(facts.indicators):
        value, score = facts.met[:, i] * float(node.direction or 1), facts.column(node.id)
        both = ~np.isnan(value) & ~np.isnan(score)
        ordered = score[both][np.argsort(value[both], kind="stable")]
        size = float(np.abs(ordered).max(initial=1.0))
        wrong += int((np.diff(ordered) < -_NOISE * size).any())
    of = len(facts.indicators)
    each = "The one indicator" if of == 1 else f"Each of the {of:,} indicators"
    return Check(
        f"{each} scores no lower where its value is better.",
        "Areas put in the order of the values that were normalised, in the direction of the framework;"
        " the figure is how many indicators break it.",
        wrong == 0,
        float(wrong),
    )


def _ranks(facts: Facts) -> Check:
    """Ranks of the index by counting, since 1 + (areas with a higher score) is what a rank is."""
    scores = facts.column(facts.root.id)
    ranks = facts.edition.scoring.ranks[-1][:, facts.edition.scoring.node_index[facts.root.id]]
    there = ~np.isnan(scores)
    size = float(np.abs(scores[there]).max(initial=0.0))
    digits = DIGITS - 1 - int(np.floor(np.log10(size))) if size > 0 else 0
    rounded = np.array([round(v, digits) for v in scores[there].tolist()])
    ordered = np.sort(rounded)
    counted = 1 + len(ordered) - np.searchsorted(ordered, rounded, side="right")
    wrong = int((counted != ranks[there]).sum()) + int((ranks[~there] != 0).sum())
    return Check(
        f"The ranks of the index in {facts.period} follow from its scores.",
        "Each counted again as one more than the areas with a higher score; the figure is how many differ.",
        wrong == 0,
        float(wrong),
    )


def _hidden(facts: Facts) -> list[Check]:
    hidden = facts.edition.observations.filter(pl.col("status") == Status.SUPPRESSED.value)
    if hidden.is_empty() or facts.edition.internal:
        return []
    shown = hidden.filter(pl.col("numerator").is_not_null()).height
    return [
        Check(
            f"The {hidden.height:,} hidden values stand without their counts.",
            "Counted in the protected figures that everything is made from.",
            shown == 0,
            float(shown),
        )
    ]


def _limits(facts: Facts) -> tuple[str, ...]:
    limits = [
        "These checks were made by the program that built the edition. No review by a person is recorded in"
        " it; who commissioned the work, who did it and who assured it is for the publisher to state.",
        "Whether the figures are right at their source was not checked, nor whether the framework is the"
        " right one for its purpose.",
        f"The analysis is of {facts.period}. Correlations are between areas, not between people.",
    ]
    if facts.with_status(Status.SUPPRESSED):
        limits.append(
            "Hidden values enter as the middle of their range, so figures built on them are estimates."
        )
    return tuple(limits)
