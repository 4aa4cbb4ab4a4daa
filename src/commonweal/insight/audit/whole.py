"""The audit put together: each part of the product says what it knows on one of the ten steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from commonweal.insight.audit import (
    back,
    data,
    fitted,
    framework,
    links,
    place,
    presentation,
    robustness,
    scale,
    structure,
    weighting,
)
from commonweal.insight.audit.assurance import assurance
from commonweal.insight.audit.document import STEPS, Audit, Part, Section
from commonweal.insight.audit.facts import Facts
from commonweal.model.edition import Edition

#: Everything that has something to say; two may speak on the same step.
PARTS: Final[tuple[Callable[[Facts], Part], ...]] = (
    framework.part,
    data.selection,
    fitted.part,
    data.gaps,
    structure.part,
    scale.part,
    weighting.part,
    robustness.part,
    back.part,
    place.part,
    links.part,
    presentation.part,
)


def audit(edition: Edition, *more: Callable[[Facts], Part]) -> Audit:
    """Audit an edition after the ten steps, only from what it holds, ending in a statement of assurance.

    `more` are parts that take too long for every build.

    Source: OECD and JRC, Handbook on Constructing Composite Indicators (2008); HM Treasury, The Aqua Book
    (2015).
    """
    facts = Facts(edition)
    parts = [part(facts) for part in (*PARTS, *more)]
    sections = tuple(_section(step, parts) for step in range(1, len(STEPS) + 1))
    return Audit(
        title=edition.title,
        place=edition.place,
        period=facts.period,
        status="internal" if edition.internal else edition.publication.status,
        areas=facts.areas,
        sections=sections,
        assurance=assurance(facts, sections),
        names={node.id: node.name for node in edition.framework} | edition.areas.names,
        protection=edition.protected,
    )


def _section(step: int, parts: list[Part]) -> Section:
    title, asks = STEPS[step - 1]
    here = [part for part in parts if part.step == step]
    findings = tuple(finding for part in here for finding in part.findings)
    return Section(step, title, asks, findings, tuple(table for part in here for table in part.tables))
