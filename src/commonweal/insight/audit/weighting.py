"""Step 6: what each part counts on paper, and what it really counts."""

from __future__ import annotations

from typing import Final

import polars as pl

from commonweal.insight import words
from commonweal.insight.audit.document import Column, Finding, Mark, Part, Table
from commonweal.insight.audit.facts import Facts, agree
from commonweal.insight.diagnose.influence import influence

#: A part whose influence is this many times its weight, or less than one in so many, stands out.
_FAR: Final = 2.0
#: Nearer to 1 than this a weight is the whole.
_ALL: Final = 1e-9


def part(facts: Facts) -> Part:
    """Weights beside influence, where weights fell back, the floor, and what unevenness costs."""
    table = influence(facts.edition.scoring)
    findings = [
        *_influence(facts, table),
        *_fallen(facts),
        *_of_each_area(facts),
        *_asked(facts),
        *_floor(facts),
        *_unevenness(facts),
    ]
    columns = (
        Column("node", "Part", "node"),
        Column("parent", "Of", "node"),
        Column("weight", "Weight in it", "share"),
        Column("effective_weight", "In the whole", "share"),
        Column("r", "r with it", "correlation"),
        Column("linear", "r squared", "correlation"),
        Column("correlation_ratio", "Correlation ratio", "correlation"),
        Column("share", "Really counts", "share"),
    )
    note = (
        "Really counts: r squared as a share of its siblings’ sum (Paruolo, Saisana and Saltelli 2013)."
        " The correlation ratio lets the link be a curve; it needs 30 areas."
    )
    tables = (Table.of("influence", "Weight and influence", columns, table, note), *_asked_table(facts))
    return Part(6, tuple(findings), tables)


def _influence(facts: Facts, table: pl.DataFrame) -> list[Finding]:
    upper = [
        (row["node"], row["weight"], row["share"])
        for row in table.iter_rows(named=True)
        if not facts.tree[row["node"]].is_indicator and row["share"] is not None and row["weight"] > 0
    ]
    more = [x for x in upper if x[2] > _FAR * x[1]]
    less = [x for x in upper if x[2] * _FAR < x[1]]
    findings = []
    for found, what, means in (
        (
            more,
            "more than twice its weight",
            "Such a group moves what it is part of more than the weights say.",
        ),
        (less, "less than half its weight", "The weights promise such a group a say that it does not have."),
    ):
        if found:
            node, weight, share = max(found, key=lambda x: abs(x[2] - x[1]))
            count = agree(len(found), "group counts", "groups count")
            most = "It stands" if len(found) == 1 else f"{words.sentence(facts.name(node))} stands"
            findings.append(
                Finding(
                    Mark.LOOK,
                    f"{count} {what}: {facts.named([x[0] for x in found])}. {most} for {100 * share:.0f}% of"
                    f" what moves {facts.name(facts.tree[node].parent)}, at a weight of {100 * weight:.0f}%.",
                    means,
                    "Look at its spread (step 5) and its links (step 4) before changing a weight.",
                )
            )
    if upper and not findings:
        findings.append(Finding(Mark.SOUND, "Each group counts between half and twice what its weight says."))
    return findings


def _fallen(facts: Facts) -> list[Finding]:
    weights = facts.edition.weights
    if weights.is_empty():
        return []
    reasons = weights.filter(pl.col("reason").fill_null("").str.starts_with("equal weights"))
    parents = reasons["parent"].unique(maintain_order=True).to_list() if reasons.height else []
    named = [node for node in parents if node in facts.tree]
    if not named:
        return []
    return [
        Finding(
            Mark.NOTE,
            f"{agree(len(named), 'group has', 'groups have')} equal weights because those of the recipe could"
            f" not be trusted: {facts.named(named)}.",
            "The method page gives the reason of each.",
        )
    ]


def _of_each_area(facts: Facts) -> list[Finding]:
    """Groups in which each area has its own weights: what the table shows of them."""
    held = facts.edition.scoring.area_weights
    here = held.filter(pl.col("period") == facts.period)
    if here.is_empty():
        return []
    groups = here["parent"].unique(maintain_order=True).to_list()
    one = here.group_by("parent", "area").agg(pl.col("weight").max() > 1 - _ALL)["weight"].sum()
    whole = here.select("parent", "area").unique().height
    return [
        Finding(
            Mark.NOTE,
            f"{agree(len(groups), 'group has', 'groups have')} the weights that suit each area best:"
            f" {facts.named(groups)}. {100 * one / whole:.0f}% of these sets of weights are all on one part.",
            "Under weights that differ an area can score above one that is better in every part. The weights"
            " shown are means over the areas, and the index without a part rescales each area's own.",
            "Where many have all on one part, give each a least share of the weight (least)."
            if 2 * one > whole
            else "",
        )
    ]


def _asked(facts: Facts) -> list[Finding]:
    """Weights that people gave: how many took part, and where their interval is wide."""
    asked = facts.edition.scoring.asked
    if asked.is_empty():
        return []
    groups = asked.unique("parent", maintain_order=True)
    largest = groups.select(pl.max("people", "absent", "inconsistent")).row(0)
    people, absent, odd = (int(number or 0) for number in largest)
    apart = f" {odd} more were left out as inconsistent." if odd else ""
    return [
        Finding(
            Mark.NOTE,
            f"{agree(groups.height, 'group has', 'groups have')} weights that people gave: {people} at most"
            f" in one group, and {absent} at most took no part.{apart}",
            "Other people might have weighed otherwise; the intervals say how far by chance.",
            "Say who was asked, and who was not.",
        )
    ]


def _asked_table(facts: Facts) -> tuple[Table, ...]:
    columns = (
        Column("node", "Part", "node"),
        Column("parent", "Of", "node"),
        Column("weight", "Weight", "share"),
        Column("lower", "Lower", "share"),
        Column("upper", "Upper", "share"),
        Column("people", "People", "count"),
        Column("absent", "Took no part", "count"),
        Column("inconsistent", "Inconsistent", "count"),
    )
    asked = facts.edition.scoring.asked
    note = "A 95 % interval over resamples of the people asked."
    return (Table.of("asked", "Weights that people gave", columns, asked, note),) if asked.height else ()


def _floor(facts: Facts) -> list[Finding]:
    floored = facts.edition.scoring.floored
    if floored.is_empty():
        return []
    latest = floored.filter(pl.col("period") == facts.period)
    return [
        Finding(
            Mark.NOTE,
            f"{agree(latest.height, 'score was', 'scores were')} lifted to the floor of"
            f" {words.number(facts.edition.recipe.floor or 0.0, 1)} before a mean in {facts.period}"
            f" ({floored.height:,} in all periods).",
            "A mean with p of 0 or less would otherwise fall to zero.",
        )
    ]


def _unevenness(facts: Facts) -> list[Finding]:
    table = facts.edition.unevenness
    here = table.filter((pl.col("period") == facts.period) & (pl.col("node") == facts.root.id))
    if here.is_empty():
        return []
    costs = here.group_by("area").agg(pl.col("points").sum())["points"].sort()
    mean = float(costs.to_numpy().mean())
    return [
        Finding(
            Mark.NOTE,
            f"Unevenness costs {words.points(mean)} of the index on average.",
            "So much higher would the mean index be, were high scores to make up for low ones in full.",
        )
    ]
