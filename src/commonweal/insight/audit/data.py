"""Steps 2 and 3: the indicators one by one, and what was done where a figure is missing."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from commonweal.insight import words
from commonweal.insight.audit.document import Column, Finding, Mark, Part, Table
from commonweal.insight.audit.facts import LEVEL, Facts, agree
from commonweal.insight.diagnose import availability, pairs
from commonweal.insight.diagnose.statistics import LEAST_AVAILABLE
from commonweal.model.observation import Status

#: Words in the name of an attribute that say how big an area is.
_SIZES: Final = frozenset(
    {"population", "residents", "people", "households", "homes", "dwellings", "hectares", "acres"}
)
_FLAGS: Final = (
    (
        "low_available",
        "a value in fewer than 65 of 100 areas",
        "Gaps this wide decide scores as much as values do.",
        "Look for a fuller source, or leave it out.",
    ),
    (
        "low_nonzero",
        "zero in more than half of the areas",
        "Such an indicator tells few areas apart, and those by rare events.",
        "Count over more years, or join it with a neighbouring figure.",
    ),
    (
        "low_distinct",
        "few different values: fewer than half as many as areas",
        "Many areas tie; rounding to protect people can cause it too.",
        "Check that ties are real and not an artefact of rounding.",
    ),
    (
        "outliers",
        "a few areas far from all others (skewness beyond 2 and kurtosis above 3.5)",
        "On a scale from the lowest to the highest value the others are pressed together.",
        "Check these values; if they are right, consider treating them in the recipe.",
    ),
)


def selection(facts: Facts) -> Part:
    """Step 2: statistics, flags, age, and indicators that measure size."""
    table = facts.statistics
    findings = []
    for flag, what, means, look in _FLAGS:
        flagged = table.filter(pl.col(flag))["indicator"].to_list()
        if flagged:
            count = agree(len(flagged), "indicator has", "indicators have")
            found = f"{count} {what}: {facts.named(flagged)}."
            if flag == "low_nonzero":
                found = found.replace(" has ", " is ", 1).replace(" have ", " are ", 1)
            findings.append(Finding(Mark.LOOK, found, means, look))
    constant = table.filter(pl.col("distinct") == 1)["indicator"].to_list()
    if constant and facts.areas > 1:
        count = agree(len(constant), "indicator has", "indicators have")
        findings.append(
            Finding(
                Mark.LOOK,
                f"{count} one value everywhere: {facts.named(constant)}.",
                "Such an indicator can’t tell areas apart.",
                "Leave it out, or look for a figure of smaller areas.",
            )
        )
    if not findings:
        findings.append(
            Finding(Mark.SOUND, "No indicator is flagged for gaps, zeros, ties or far-off values.")
        )
    return Part(2, (*findings, *_carried(facts), *_size(facts)), (_statistics(facts), _statuses(facts)))


def _carried(facts: Facts) -> list[Finding]:
    carried = facts.with_status(Status.CARRIED)
    if not carried:
        return []
    return [
        Finding(
            Mark.NOTE,
            f"{agree(carried, 'value is an older figure', 'values are older figures')} carried forward, of"
            f" {facts.values.size:,} in {facts.period}.",
            "A carried figure makes no progress, and may no longer hold.",
            "The method page lists all of them with their dates.",
        )
    ]


def _size(facts: Facts) -> list[Finding]:
    sizes = [name for name in facts.attributes if _SIZES & set(name.lower().split("_"))]
    if not sizes:
        return []
    others = np.stack([facts.attributes[name] for name in sizes], axis=1)
    names = [node.id for node in facts.indicators]
    close = pairs.against(facts.met, names, others, sizes).filter(pl.col("p") < LEVEL)
    shown = words.listed([name.replace("_", " ") for name in sizes])
    if close.is_empty():
        said = f"No indicator moves closely with the size of areas ({shown})."
        return [Finding(Mark.SOUND, said, "No figure is a count in disguise.")]
    nodes = close["first"].unique(maintain_order=True).to_list()
    divided = facts.divided
    remedies = (
        (
            [node for node in nodes if node not in divided],
            "Divide by a base, such as residents, unless size is what is meant.",
        ),
        (
            [node for node in nodes if node in divided],
            "It is divided already: ask whether its base is the right one, and why large areas differ.",
        ),
    )
    return [
        Finding(
            Mark.LOOK,
            f"{agree(len(ours), 'indicator moves', 'indicators move')} closely (r beyond 0.7) with the size"
            f" of areas ({shown}): {facts.named(ours)}.",
            "Such a figure may say how big an area is rather than how it fares.",
            remedy
            if len(ours) == 1
            else remedy.replace("It is", "They are").replace("its base", "each base"),
        )
        for ours, remedy in remedies
        if ours
    ]


def _statistics(facts: Facts) -> Table:
    names = (
        "indicator", "available", "min", "median", "max", "mean", "sd", "skewness", "kurtosis", "distinct",
        "nonzero",
    )  # fmt: skip
    columns = (
        Column("indicator", "Indicator", "node"),
        Column("available", "Values", "count"),
        Column("min", "Lowest"),
        Column("median", "Median"),
        Column("max", "Highest"),
        Column("mean", "Mean"),
        Column("sd", "Standard deviation"),
        Column("skewness", "Skewness", "correlation"),
        Column("kurtosis", "Kurtosis", "correlation"),
        Column("distinct", "Different values", "count"),
        Column("nonzero", "Not zero", "count"),
    )
    rows = tuple(facts.statistics.select(names).rows())
    note = "In each indicator’s own unit. A hidden value enters as the middle of its range."
    return Table("statistics", f"Each indicator in {facts.period}", columns, rows, note)


def _statuses(facts: Facts) -> Table:
    whole = facts.values.size
    rows = tuple((status.replace("_", " "), count, count / whole) for status, count in facts.statuses)
    columns = (
        Column("status", "Status", "text"),
        Column("values", "Values", "count"),
        Column("share", "Share", "share"),
    )
    return Table("statuses", f"How the values of {facts.period} came to be", columns, rows)


def gaps(facts: Facts) -> Part:
    """Step 3: what is missing, what was filled in, and where little is left."""
    table = availability.by_area(facts.values, facts.edition.scoring.areas)
    findings = (*_values(facts), *_thin(facts, table), *_screened(facts), *_unscored(facts))
    lacking = table.filter(pl.col("missing") > 0).sort(["missing", "area"], descending=[True, False]).head(20)
    columns = (
        Column("area", "Area", "area"),
        Column("missing", "Missing", "count"),
        Column("available_share", "Share there", "share"),
    )
    title = "Where most is missing (20 areas at most)"
    return Part(3, findings, (Table.of("missing", title, columns, lacking),) if lacking.height else ())


def _values(facts: Facts) -> list[Finding]:
    """What was filled in, what is hidden, and what stayed missing."""
    missing = int(np.isnan(facts.values).sum())
    whole = facts.values.size
    findings = []
    hidden = facts.with_status(Status.SUPPRESSED)
    filled = facts.edition.scoring.imputed.filter(pl.col("period") == facts.period)
    imputed, left = filled.height, missing - filled.height
    if imputed:
        findings.append(
            Finding(
                Mark.NOTE,
                f"{agree(imputed, 'value was', 'values were')} filled in of {whole:,}, by the step impute.",
                "Such values are marked [e] on the pages; scores made of them have the status imputed.",
            )
        )
    if hidden:
        findings.append(
            Finding(
                Mark.NOTE,
                f"{agree(hidden, 'value is', 'values are')} hidden of {whole:,}, to protect people, and"
                " counted as the middle of the published range.",
                "The true value may lie anywhere in that range.",
            )
        )
    if left > 0:
        findings.append(
            Finding(
                Mark.NOTE,
                f"{agree(left, 'value is', 'values are')} missing of {whole:,}, and not filled in.",
                "The weights of the others in the group are raised in their place, as if the missing one"
                " were like them.",
                "The table shows where most is missing.",
            )
        )
    elif not missing:
        findings.append(Finding(Mark.SOUND, f"Every area has a value of every indicator in {facts.period}."))
    return findings


def _thin(facts: Facts, table: pl.DataFrame) -> list[Finding]:
    """The areas that have few of the indicators."""
    thin = table.filter(pl.col("available_share") < LEAST_AVAILABLE)
    if thin.is_empty():
        return []
    names = facts.edition.areas.names
    first = [names[code] for code in thin.sort("available_share", "area")["area"][:3]]
    return [
        Finding(
            Mark.LOOK,
            f"{agree(thin.height, 'area has', 'areas have')} values of fewer than 65 in 100 indicators"
            f" (most is missing in {words.listed(first)}).",
            "Scores there rest on part of the picture.",
            "Consider leaving such areas out of the ranking with the step screen.",
        )
    ]


def _unscored(facts: Facts) -> list[Finding]:
    """The areas without an index, where there is to be one."""
    unscored = int(np.isnan(facts.column(facts.root.id)).sum())
    formed = facts.edition.recipe.aggregate.method.at(facts.root.id, facts.root.level).name != "none"
    if not unscored or not formed:
        return []
    return [
        Finding(
            Mark.LOOK,
            f"{agree(unscored, 'area has', 'areas have')} no index score in {facts.period}.",
            "Too little is known there for the recipe’s rule on missing parts.",
            "See which indicators are missing there.",
        )
    ]


def _screened(facts: Facts) -> list[Finding]:
    """What the step screen has left out, and what steps could not do."""
    scoring = facts.edition.scoring
    here = scoring.screened.filter((pl.col("period") == facts.period) | (pl.col("period") == ""))
    areas = here.filter(pl.col("indicator").fill_null("") == "")["area"].n_unique()
    gone = [node.id for node in facts.indicators if node.id in scoring.dropped]
    findings = [Finding(Mark.NOTE, text) for text in scoring.notes]
    if areas:
        findings.append(
            Finding(
                Mark.NOTE,
                f"{agree(areas, 'area was', 'areas were')} left out by the step screen: too few values.",
            )
        )
    if gone:
        count = agree(len(gone), "indicator was", "indicators were")
        findings.append(
            Finding(
                Mark.LOOK,
                f"{count} left out by the step screen: {facts.named(gone)}.",
                "The index does not measure what they stand for.",
                "Look for fuller sources, or take them out of the framework.",
            )
        )
    return findings
