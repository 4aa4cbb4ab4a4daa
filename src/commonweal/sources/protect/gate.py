"""The gate: nothing after it sees a figure about people that it has not let through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import polars as pl

from commonweal.methods.significant import significant
from commonweal.model.observation import Observations, Status
from commonweal.model.project import Project
from commonweal.model.published import DEFINITIONS, PublishedBefore
from commonweal.model.source import Records
from commonweal.sources.collect import Collected
from commonweal.sources.link.transfer import widen
from commonweal.sources.measure.after import finished
from commonweal.sources.protect.apply import BASE_LEVEL, COUNT_LEVEL, protect
from commonweal.sources.protect.controlled import (
    rewritten,
    round_together,
    say_rounded,
    summary_rounded,
)
from commonweal.sources.protect.counting import record_sources, table_sources
from commonweal.sources.protect.definitions import definitions
from commonweal.sources.protect.earlier import earlier_figures, former_figures
from commonweal.sources.protect.evidence import Evidence, details, say, summary
from commonweal.sources.protect.expected import with_expected
from commonweal.sources.protect.fates import protected_ledger
from commonweal.sources.protect.overlaps import Source
from commonweal.sources.protect.presets import rule_of
from commonweal.sources.protect.rule import Rule
from commonweal.sources.protect.sums import Sums, sums, without_sums
from commonweal.sources.protect.telltale import without_telltale
from commonweal.sources.protect.tried import Tried, tried

NOBODY: Final = "No figure here is about people in records that are not public, so none needs hiding."
INTERNAL: Final = "This build is internal: counts about people are exact, and nothing in it may be published."


@dataclass(frozen=True, slots=True, eq=False)
class Gated:
    """What may be published: observations, the ledger, and in plain sentences what was done to them.

    `summary` says the same in numbers. `details` is what the intruder found out before anything was hidden
    to protect others: it is exact, and must never be published. `definitions` say what the figures of records
    about people count, with the columns of `DEFINITIONS`. `told` are notes for whoever answers for the
    data, of values hidden because an earlier edition's differs: they name the places, so no output has them.
    """

    observations: Observations
    ledger: pl.DataFrame
    says: tuple[str, ...]
    summary: Mapping[str, Any] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
    definitions: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=DEFINITIONS))
    told: tuple[str, ...] = ()


def gate(
    project: Project,
    collected: Collected,
    *,
    internal: bool = False,
    earlier: Mapping[str, PublishedBefore] | None = None,
) -> Gated:
    """Let everything through that may be seen, protected where it is about people.

    Every count goes through the rule; then an intruder puts everything together, and more is hidden until
    nothing that is hidden can be narrowed. Figures that came from other areas get wider limits at the end,
    from what is let through alone. `earlier` holds what earlier editions published, by name. `internal` skips
    the protection, for a build that is not for publication. All figures are rounded to 12 significant digits.
    Raises PROTECT-REASON where protection is switched off without a reason, PROTECT-EXPOSED where a hidden
    figure can't be protected.
    """
    rule = rule_of(project.protection)
    private = {r.name: r for r in project.records if r.about_people}
    names = {node.id: node.name for node in project.framework}
    if internal:
        return _open(project, collected, INTERNAL, {"preset": "none", "internal": True})
    if project.protection.preset == "none":
        reason = project.protection.reason.strip()
        said = f"Counts about people are shown as they are. Reason: {reason}"
        return _open(project, collected, said, {"preset": "none", "reason": reason})
    exact = _exact(project, collected, private, rule)
    if not exact.height and not private:
        return _open(
            project, collected, NOBODY, {"preset": project.protection.preset, "figures": {"about_people": 0}}
        )
    of_records = record_sources(project, collected, exact.filter("record#"))
    defined = definitions(of_records, collected.aside)
    sources = [
        *(replace(source, former=former_figures(earlier or {}, source, project)) for source in of_records),
        *table_sources(exact.filter(~pl.col("record#"))),
    ]
    minimum = project.protection.minimum_base
    if project.protection.preset == "controlled":
        rounded = round_together(sources)
        safe = rewritten(exact, rounded.shown, minimum).select(pl.exclude("^.*#$"))
        safe = without_telltale(safe, project.measures, collected.figures, all_inexact=True)
        safe, _ = _without_sums(project, collected, of_records, exact, safe, rule)
        return Gated(
            _passed(project, collected, private, safe),
            protected_ledger(collected.ledger, private, rounded.withheld, rule),
            say_rounded(safe, rounded, project.protection, names),
            summary_rounded(safe, rounded, project.protection),
            definitions=defined,
        )
    old, revised = earlier_figures(earlier or {}, exact, defined)
    trial = tried(sources, rule, minimum_base=minimum, earlier=old)
    marked = _marked(exact, trial, rule, minimum)
    safe = without_telltale(_protected(marked, rule, minimum), project.measures, collected.figures)
    safe, alone = _without_sums(project, collected, of_records, exact, safe, rule)
    editions = tuple(sorted(earlier or {}))
    found = Evidence(rule, project.protection, marked, safe, trial, editions, revised, alone)
    return Gated(
        _passed(project, collected, private, safe),
        protected_ledger(collected.ledger, private, trial.withheld, rule),
        say(found, names),
        summary(found),
        details(found),
        defined,
    )


def _passed(
    project: Project, collected: Collected, private: Mapping[str, Records], safe: pl.DataFrame
) -> Observations:
    """What is public, what has been protected, and what is made of both."""
    public = collected.counted.frame.filter(~pl.col("source").is_in(sorted(private)))
    passing = pl.concat([project.given.frame, project.protected.frame, public, safe])
    return Observations(_rounded(finished(widen(passing, collected.moved), project, collected.aside)))


def _open(project: Project, collected: Collected, says: str, off: Mapping[str, Any]) -> Gated:
    """Everything as it is."""
    frames = [project.given.frame, project.protected.frame, collected.counted.frame, project.counted.frame]
    whole = finished(widen(pl.concat(frames), collected.moved), project, collected.aside)
    return Gated(Observations(_rounded(whole)), collected.ledger, (says,), off)


def _exact(
    project: Project, collected: Collected, private: Mapping[str, Records], rule: Rule
) -> pl.DataFrame:
    """The exact observations about people, numbered (`row#`), and whether they are of records (`record#`).

    Those expected of a standardised ratio are no count of people: they are made of protected totals already.
    """
    counted = collected.counted.frame.filter(pl.col("source").is_in(sorted(private)))
    return pl.concat(
        [
            with_expected(counted, collected.figures, rule).with_columns(pl.lit(True).alias("record#")),
            project.counted.frame.with_columns(pl.lit(False).alias("record#")),
        ]
    ).with_row_index("row#")


def _without_sums(
    project: Project,
    collected: Collected,
    sources: Sequence[Source],
    exact: pl.DataFrame,
    safe: pl.DataFrame,
    rule: Rule,
) -> tuple[pl.DataFrame, Sums]:
    """Protected observations without what would tell of a single record, or of few people."""
    numbered = safe.with_columns(exact["row#"])
    found = sums(sources, numbered, collected.amounts, rule, dominance=project.protection.dominance)
    return without_sums(numbered, found).drop("row#"), found


def _marked(exact: pl.DataFrame, trial: Tried, rule: Rule, minimum_base: int) -> pl.DataFrame:
    """The exact observations with the levels of the pattern, and whether the rule alone hides them."""
    plain = _protected(exact, rule, minimum_base)
    counts, bases = trial.levels(exact)
    return exact.with_columns(
        counts.alias(COUNT_LEVEL),
        bases.alias(BASE_LEVEL),
        (plain["status"] == Status.SUPPRESSED.value).alias("by_rule#"),
    )


def _protected(exact: pl.DataFrame, rule: Rule, minimum_base: int) -> pl.DataFrame:
    """Protected observations, in order."""
    parts = [
        protect(part, rule, public_base=bool(of_records[0]), minimum_base=minimum_base)
        for of_records, part in exact.group_by("record#", maintain_order=True)
    ]
    safe = pl.concat(parts) if parts else exact
    return safe.select(pl.exclude("^.*#$"))


def _rounded(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        pl.Series(name, significant(frame[name].fill_null(float("nan")).to_numpy())).fill_nan(None)
        for name, dtype in frame.schema.items()
        if dtype == pl.Float64
    )
