"""Step 1: what is measured, and how the parts make a whole."""

from __future__ import annotations

from commonweal.insight import words
from commonweal.insight.audit.document import Column, Finding, Mark, Part, Table
from commonweal.insight.audit.facts import Facts, agree


def part(facts: Facts) -> Part:
    """The shape of the tree, groups of one, and what is not described."""
    tree = facts.tree
    counts = [(level, sum(node.level == level for node in tree)) for level in tree.levels]
    shape = words.listed([f"{n:,} {level if n == 1 else words.types(level)}" for level, n in counts])
    findings = [
        Finding(Mark.NOTE, f"The framework has {shape}.", "The table shows what each group is made of.")
    ]
    single = [node.id for node in tree.parents if len(tree.children(node.id)) == 1]
    if single:
        findings.append(
            Finding(
                Mark.LOOK,
                f"{agree(len(single), 'group has', 'groups have')} a single part: {facts.named(single)}.",
                "Such a group says what its one part says.",
                "Find a second figure for such a group, or move its part up.",
            )
        )
    findings += _undescribed(facts)
    return Part(1, tuple(findings), (_groups(facts),))


def _undescribed(facts: Facts) -> list[Finding]:
    findings = []
    for what, why in (
        ("description", "A reader can’t tell exactly what is measured."),
        ("source", "Nobody else can fetch the figures and compare."),
        ("unit", "Values without a unit can’t be read."),
    ):
        lacking = [node.id for node in facts.indicators if not getattr(node, what)]
        if lacking:
            count = agree(len(lacking), "indicator has", "indicators have")
            findings.append(
                Finding(
                    Mark.LOOK,
                    f"{count} no {what} in the framework: {facts.named(lacking)}.",
                    why,
                    f"Fill in the column {what} of framework.csv.",
                )
            )
    if not findings:
        findings.append(
            Finding(Mark.SOUND, "Every indicator has a description, a source and a unit in the framework.")
        )
    return findings


def _groups(facts: Facts) -> Table:
    tree = facts.tree
    rows = tuple(
        (node.id, node.level, len(tree.children(node.id)), len(tree.below(node.id)))
        for node in tree
        if not node.is_indicator
    )
    columns = (
        Column("node", "Group", "node"),
        Column("level", "Level", "text"),
        Column("parts", "Parts", "count"),
        Column("indicators", "Indicators below", "count"),
    )
    return Table("groups", "What each group is made of", columns, rows)
